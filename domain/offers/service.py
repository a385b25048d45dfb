"""Use cases of offers while the window is open, and what anybody may read of them (13.3-13.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from domain.base import stored_money, stored_quantity
from domain.errors import AccessDenied, Conflict, RuleBroken
from domain.escalations.chains import OFFER_WINDOW
from domain.escalations.running import stop
from domain.files import FileInfo
from domain.offers.model import Offer, OfferLine, OfferVersion
from domain.offers.queries import asked_line, offers_of, photo_subject, versions_of
from domain.offers.rules import OfferedLine, check_offer, check_window, grounds
from domain.offers.views import OfferPage, OfferRow, OfferView, Submitted
from domain.orders.attaching import add_file
from domain.orders.model import Order, OrderInvitation, OrderLine
from domain.orders.queries import (
    check_company,
    check_may_see,
    company_by_bin,
    invitation_of,
    is_customer,
    lock_order,
    order_subject,
    read_order,
)
from domain.orders.service import SUPPLIERS
from domain.people.queries import tell_company
from domain.registry.model import Company
from domain.roles import EVERYBODY, WATCHERS, Role
from domain.work import Look, Site, Work, query, use_case

#: Chains that an offer, or a word that there will be none, ends.
_ASKED = (OFFER_WINDOW.category,)


@dataclass(frozen=True)
class OfferInput:
    """What a supplier offers for one line; photos are already in the file store."""

    line: int
    quantity: Decimal
    price: Decimal
    delivery_days: int
    characteristics: str
    warranty: str = ""
    photos: tuple[FileInfo, ...] = ()


class Offers:
    """Submitting, changing, withdrawing and reading offers."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @use_case("offer.submit", by=SUPPLIERS)
    async def submit(
        self, work: Work, order_number: int, supplier_bin: str, lines: Sequence[OfferInput]
    ) -> Submitted:
        """Submit an offer or its next version (clause 13.3).

        An offer that breaks a ground of 13.4 is recorded all the same and judged at the close.
        Raises ``window_closed`` at or after the due instant, ``not_invited`` (13.2), and those
        of ``check_offer``.
        """
        order = await lock_order(work, order_number)
        company = await company_by_bin(work.session, supplier_bin)
        work.actor.check_acts_for(company.id)
        check_window(order.state, order.offers_due_at, work.now)
        invitation = await _invitation(work, order, company)
        allowed = {int(line) for line in invitation.matched}
        checked = check_offer(
            {line.position: asked_line(order, line) for line in order.lines},
            [_offered(line) for line in lines],
            photos_required=work.actor.source == "telegram",
        )
        for line in checked:
            if line.line not in allowed:
                raise RuleBroken("line_not_matched", "344-13.2b", line=line.line)
        offer = await _next_version(work, order, company)
        await _write_lines(work, order, offer, checked, lines)
        # Who offers has changed their mind. The order itself has not changed: its revision stays,
        # or everybody could count the offers while they are sealed.
        invitation.declined_at = None
        await stop(work, order_subject(order_number), company=company.id, categories=_ASKED)
        breaks = _breaks(order, checked)
        work.record(
            f"offer:{offer.number}",
            order=order_number,
            version=offer.version,
            supplier=supplier_bin,
            breaks=breaks,
        )
        about = {"number": order_number, "offer": offer.number, "version": offer.version}
        await tell_company(
            work,
            company.id,
            Role.SUPPLIER,
            "offer.submitted",
            order_subject(order_number),
            about=about,
            submitted_at=work.now,
            due_at=order.offers_due_at,
        )
        return Submitted(offer.number, order_number, offer.version, work.now, breaks)

    @use_case("offer.withdraw", by=SUPPLIERS)
    async def withdraw(self, work: Work, order_number: int, supplier_bin: str) -> int:
        """Withdraw an offer while the window is open; returns its number. Versions are kept."""
        order = await lock_order(work, order_number)
        company = await company_by_bin(work.session, supplier_bin)
        work.actor.check_acts_for(company.id)
        check_window(order.state, order.offers_due_at, work.now)
        offer = await own_offer(work, order, company)
        if offer is None or offer.state != "submitted":
            raise Conflict("no_offer", "344-13.3a", number=order_number)
        offer.state = "withdrawn"
        offer.withdrawn_at = work.now
        work.record(f"offer:{offer.number}", order=order_number, withdrawn=offer.version)
        await tell_company(
            work,
            company.id,
            Role.SUPPLIER,
            "offer.withdrawn",
            order_subject(order_number),
            number=order_number,
            offer=offer.number,
        )
        return offer.number

    @query(by=EVERYBODY)
    async def of_order(self, look: Look, order_number: int) -> list[OfferView]:
        """All offers of an order, once the window has closed (clause 13.4).

        For the customer and those who watch; suppliers have ``own``. Raises Conflict ``sealed``
        before the close.
        """
        order = await read_order(look.session, order_number)
        check_may_see(look.actor, order)
        if order.closed_at is None:
            raise Conflict("sealed", "344-13.4a", due_at=order.offers_due_at)
        if not is_customer(look.actor, order) and look.actor.role not in WATCHERS:
            raise AccessDenied("role_not_allowed", "366-8", role=str(look.actor.role))
        return await offers_of(look.session, order)

    @query(by=SUPPLIERS)
    async def own(self, look: Look, order_number: int, supplier_bin: str) -> list[OfferView]:
        """Every version of the supplier's own offer, oldest first; empty when there is none."""
        order = await read_order(look.session, order_number)
        company = await company_by_bin(look.session, supplier_bin)
        look.actor.check_acts_for(company.id)
        return await versions_of(look.session, order, company)

    @query(by=SUPPLIERS)
    async def page(self, look: Look, after: int | None = None, size: int = 8) -> OfferPage:
        """The actor's company's offers, newest first."""
        statement = (
            select(Offer, Order, OrderLine)
            .join(Order, Order.id == Offer.order_id)
            .join(OrderLine, (OrderLine.order_id == Order.id) & (OrderLine.position == 1))
            .where(Offer.company_id == look.actor.company_id)
            .order_by(Offer.number.desc())
            .limit(size + 1)
        )
        if after is not None:
            statement = statement.where(Offer.number < after)
        rows = (await look.session.execute(statement)).all()
        offers = [
            OfferRow(
                number=offer.number,
                order_number=order.number,
                order_state=order.state,
                name_ru=line.name_ru,
                name_kk=line.name_kk,
                version=offer.version,
                state=offer.state,
                submitted_at=offer.submitted_at,
                offers_due_at=order.offers_due_at,
            )
            for offer, order, line in rows[:size]
        ]
        return OfferPage(offers, offers[-1].number if len(rows) > size else None)


def _offered(line: OfferInput) -> OfferedLine:
    return OfferedLine(
        line.line,
        line.quantity,
        line.price,
        line.delivery_days,
        line.characteristics,
        line.warranty,
        len(line.photos),
    )


async def _invitation(work: Work, order: Order, company: Company) -> OrderInvitation:
    invitation = await invitation_of(work.session, order.id, company.id)
    if invitation is None:
        raise AccessDenied("not_invited", "344-13.2b", number=order.number)
    check_company(company)
    return invitation


async def own_offer(work: Work, order: Order, company: Company) -> Offer | None:
    """The company's offer on the order, if any."""
    return (
        await work.session.scalars(
            select(Offer).where(Offer.order_id == order.id, Offer.company_id == company.id)
        )
    ).one_or_none()


async def _next_version(work: Work, order: Order, company: Company) -> Offer:
    offer = await own_offer(work, order, company)
    if offer is None:
        offer = Offer(order_id=order.id, company_id=company.id, version=0)
        work.session.add(offer)
    offer.version += 1
    offer.state = "submitted"
    offer.submitted_at = work.now
    offer.withdrawn_at = None
    await work.session.flush()
    return offer


async def _write_lines(
    work: Work,
    order: Order,
    offer: Offer,
    checked: Sequence[OfferedLine],
    given: Sequence[OfferInput],
) -> None:
    ids = {line.position: line.id for line in order.lines}
    rows = [
        OfferLine(
            order_line_id=ids[line.line],
            quantity=stored_quantity(line.quantity),
            price=stored_money(line.price),
            delivery_days=line.delivery_days,
            characteristics=line.characteristics,
            warranty=line.warranty,
        )
        for line in checked
    ]
    version = OfferVersion(
        offer_id=offer.id,
        version=offer.version,
        submitted_at=work.now,
        submitted_by=work.actor.person_id,
        lines=rows,
    )
    work.session.add(version)
    await work.session.flush()
    photos = {line.line: line.photos for line in given}
    for row, line in zip(rows, checked, strict=True):
        for photo in photos[line.line]:
            await add_file(work, photo_subject(row.id), photo)


def _breaks(order: Order, checked: Sequence[OfferedLine]) -> dict[int, tuple[str, ...]]:
    asked = {line.position: asked_line(order, line) for line in order.lines}
    found = {
        line.line: tuple(
            str(ground) for ground in grounds(asked[line.line], line.price, line.delivery_days)
        )
        for line in checked
    }
    return {line: broken for line, broken in found.items() if broken}

"""Use cases of an order up to its publication, and its card (act 344, clauses 8, 12, 13.1-13.2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select

from domain.awards.listing import FormedList
from domain.deadlines import set_moment, set_period
from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken
from domain.escalations.chains import OFFER_WINDOW as OFFER_WINDOW_CHAIN
from domain.escalations.running import stop
from domain.files import Attachment, FileInfo
from domain.firing import Deadlines
from domain.goods_lists.needs import Excess, excesses_of
from domain.law import OFFER_WINDOW
from domain.offers.rules import check_window
from domain.orders.attaching import add_file, check_document
from domain.orders.cards import card_of
from domain.orders.closing import fail
from domain.orders.drafting import NewLine, check_needs, rows_of, terms_of_line
from domain.orders.inviting import Invited, find_suppliers
from domain.orders.model import Order, OrderInvitation
from domain.orders.pages import order_page
from domain.orders.queries import (
    INVITED,
    check_customer,
    check_may_see,
    company_by_bin,
    goods_of,
    invitation_of,
    lock_order,
    order_subject,
    read_order,
)
from domain.orders.reminder_choices import ReminderChoice, reminder_choices
from domain.orders.reminders import register_reminders
from domain.orders.rules import (
    OrderTerms,
    check_lines,
    check_order,
    split_by_homogeneity,
)
from domain.orders.views import Created, OrderCard, OrderPage, Preview, Published
from domain.people.queries import tell_company
from domain.roles import COMPANY_ROLES, EVERYBODY, Role
from domain.texts import REASON_LIMIT, clean_text
from domain.work import Look, Site, Work, query, use_case
from domain.working_time.model import calendar_for_reading

# A line is named beside the use case that takes it.
__all__ = ["CUSTOMERS", "SUPPLIERS", "NewLine", "Orders"]

CUSTOMERS = frozenset({Role.CUSTOMER})
SUPPLIERS = frozenset({Role.SUPPLIER})


class Orders:
    """Drafting, publishing, showing and declining orders."""

    def __init__(self, site: Site, deadlines: Deadlines) -> None:
        self.site = site
        register_reminders(deadlines)

    @use_case("order.create", by=CUSTOMERS)
    async def create(
        self,
        work: Work,
        customer_bin: str,
        terms: OrderTerms,
        lines: Sequence[NewLine],
        *,
        split: bool = False,
        files: Sequence[FileInfo] = (),
    ) -> Created:
        """Make a draft order; with ``split``, one for each homogeneous basket of the lines.

        ``files`` are attached to each order; their bytes are already in the store.
        Raises RuleBroken with the codes of ``check_order`` (clauses 12.1-12.4 and 13.1).
        """
        customer = await company_by_bin(work.session, customer_bin)
        work.actor.check_acts_for(customer.id)
        if not customer.is_customer:
            raise RuleBroken("not_a_customer", "344-12", bin=customer_bin)
        await check_needs(work, customer.id, lines)
        # Codes are made canonical before they are compared, and errors name the lines as given.
        baskets = split_by_homogeneity(check_lines(lines)) if split else [list(lines)]
        numbers = [
            await self._draft(work, customer.id, terms, basket) for basket in baskets or [[]]
        ]
        for number in numbers:
            await _attach(work, number, files)
        work.record(order_subject(numbers[0]), numbers=numbers, customer=customer_bin)
        return Created(tuple(numbers))

    async def _draft(
        self, work: Work, customer_id: int, terms: OrderTerms, lines: Sequence[NewLine]
    ) -> int:
        checked, checked_lines = check_order(terms, lines)
        order = Order(
            customer_id=customer_id,
            created_by=work.actor.person_id,
            created_at=work.now,
            state="draft",
            delivery_place=checked.delivery_place,
            delivery_terms=checked.delivery_terms,
            delivery_days=checked.delivery_days,
            lines=rows_of(checked_lines, lines),
        )
        work.session.add(order)
        await work.session.flush()
        return order.number

    @use_case("order.revise", by=CUSTOMERS)
    async def revise(
        self,
        work: Work,
        number: int,
        terms: OrderTerms,
        lines: Sequence[NewLine],
        *,
        split: bool = False,
        files: Sequence[FileInfo] | None = None,
    ) -> Created:
        """Replace the content of a draft; a published order cannot be changed.

        ``files`` are attached in place of the earlier ones; None leaves those as they are.
        With ``split`` the draft keeps the first homogeneous basket of the lines, and each other
        one becomes a draft of its own.
        """
        order = await lock_order(work, number)
        check_customer(work.actor, order)
        _check_draft(order)
        await check_needs(work, order.customer_id, lines)
        baskets = split_by_homogeneity(check_lines(lines)) if split else []
        kept, *others = baskets or [list(lines)]
        checked, checked_lines = check_order(terms, kept)
        order.delivery_place = checked.delivery_place
        order.delivery_terms = checked.delivery_terms
        order.delivery_days = checked.delivery_days
        order.lines.clear()
        await work.session.flush()
        order.lines.extend(rows_of(checked_lines, kept))
        order.revision += 1
        further = [await self._draft(work, order.customer_id, terms, each) for each in others]
        numbers = (number, *further)
        if files is not None:
            subject = order_subject(number)
            await work.session.execute(delete(Attachment).where(Attachment.subject == subject))
            for each in numbers:
                await _attach(work, each, files)
        work.record(order_subject(number), revision=order.revision, numbers=list(numbers))
        return Created(numbers)

    @use_case("order.attach", by=CUSTOMERS)
    async def attach(self, work: Work, number: int, file: FileInfo) -> int:
        """Attach a file to a draft; returns its number. Its bytes are already in the store."""
        order = await lock_order(work, number)
        check_customer(work.actor, order)
        _check_draft(order)
        check_document(file)
        position = await add_file(work, order_subject(number), file)
        work.record(order_subject(number), file=position, sha256=file.sha256)
        return position

    @use_case("order.detach", by=CUSTOMERS)
    async def detach(self, work: Work, number: int, file: int) -> None:
        """Take a file off a draft by its number; raises NotFound ``file_unknown``.

        Its bytes stay in the store, which keeps the same content for everybody once.
        """
        order = await lock_order(work, number)
        check_customer(work.actor, order)
        _check_draft(order)
        subject = order_subject(number)
        found = await work.session.scalar(
            select(Attachment).where(Attachment.subject == subject, Attachment.position == file)
        )
        if found is None:
            raise NotFound("file_unknown")
        await work.session.delete(found)
        work.record(subject, file=file, sha256=found.sha256)

    @use_case("order.discard", by=CUSTOMERS)
    async def discard(self, work: Work, number: int) -> None:
        """Throw a draft away: its row, lines and list of files are gone, the record says so.

        A published order stays for good (raises Conflict ``order_not_draft``), and its number
        is given to no other.
        """
        order = await lock_order(work, number)
        check_customer(work.actor, order)
        _check_draft(order)
        subject = order_subject(number)
        files = await work.session.scalars(
            delete(Attachment).where(Attachment.subject == subject).returning(Attachment.sha256)
        )
        work.record(
            subject,
            discarded=True,
            goods=goods_of(order.lines),
            files=sorted(files),
            created_at=order.created_at,
        )
        await work.session.delete(order)

    @query(by=CUSTOMERS)
    async def preview(self, look: Look, number: int) -> Preview:
        """Who would be invited if the order were published now (clause 13.2)."""
        order = await read_order(look.session, number)
        check_customer(look.actor, order)
        invited = await find_suppliers(look.session, order.lines, order.customer_id)
        calendar = await calendar_for_reading(look.session)
        return Preview(
            number=number,
            suppliers=len(invited),
            by_line={
                line.position: sum(line.position in each.lines for each in invited)
                for line in order.lines
            },
            codes=tuple(sorted({code for each in invited for code in each.codes})),
            offers_due_at=calendar.due(look.now, OFFER_WINDOW.term).due_at,
            excesses=tuple(await excesses_of(look.session, order.lines)),
        )

    @use_case("order.publish", by=CUSTOMERS)
    async def publish(self, work: Work, number: int) -> Published:
        """Publish: match by codes, fix the moment, open the window, invite (13.1-13.3).

        Without a single matching supplier the order fails at once on ground 15.3. What goes
        beyond the uncovered need of a goods list (clause 3) stands on record and stops nothing.
        """
        order = await lock_order(work, number)
        check_customer(work.actor, order)
        _check_draft(order)
        check_order(
            OrderTerms(order.delivery_place, order.delivery_terms, order.delivery_days),
            [terms_of_line(line) for line in order.lines],
        )
        invited = await find_suppliers(work.session, order.lines, order.customer_id)
        beyond = await excesses_of(work.session, order.lines)
        order.published_at = work.now
        order.revision += 1
        if not invited:
            order.closed_at = work.now
            await fail(work, FormedList(order, [], []), "15.3")
        else:
            await self._open_window(work, order, invited)
        work.record(order_subject(number), state=order.state, invited=len(invited))
        if beyond:
            work.record(order_subject(number), beyond_need=[_on_record(each) for each in beyond])
        return Published(number, order.state, len(invited), order.offers_due_at)

    async def _open_window(self, work: Work, order: Order, invited: Sequence[Invited]) -> None:
        subject = order_subject(order.number)
        order.state = "collecting"
        order.offers_due_at = await set_period(work, OFFER_WINDOW, subject, order_id=order.id)
        await work.session.execute(
            insert(OrderInvitation),
            [
                {
                    "order_id": order.id,
                    "company_id": each.company_id,
                    "matched": {str(line): sorted(codes) for line, codes in each.lines.items()},
                    "invited_at": work.now,
                }
                for each in invited
            ],
        )
        about = {
            "number": order.number,
            "due_at": order.offers_due_at,
            "clause": OFFER_WINDOW.clause,
        }
        await tell_company(
            work,
            order.customer_id,
            Role.CUSTOMER,
            "order.published",
            subject,
            about=about,
            invited=len(invited),
            goods=goods_of(order.lines),
        )
        by_lines: dict[tuple[int, ...], list[int]] = {}
        for each in invited:
            by_lines.setdefault(tuple(sorted(each.lines)), []).append(each.company_id)
        for lines, companies in by_lines.items():
            await tell_company(
                work,
                companies,
                Role.SUPPLIER,
                INVITED,
                subject,
                about=about,
                delivery_days=order.delivery_days,
                goods=goods_of(order.lines, lines),
            )

    @use_case("order.decline", by=SUPPLIERS)
    async def decline(self, work: Work, number: int, reason: str = "") -> None:
        """Say "not this time": no more reminders; an offer can still be made in time."""
        order = await lock_order(work, number)
        invitation = await _own_invitation(work, order)
        invitation.declined_at = work.now
        invitation.decline_reason = clean_text(reason, "reason", REASON_LIMIT) or None
        asked = (OFFER_WINDOW_CHAIN.category,)
        await stop(work, order_subject(number), company=invitation.company_id, categories=asked)
        work.record(order_subject(number), declined=True)

    @use_case("order.remind_me", by=COMPANY_ROLES)
    async def remind_me(self, work: Work, number: int, at: datetime) -> datetime:
        """Set the actor's own reminder about an order; a new one replaces the one before.

        Raises those of ``check_window``, ``reminder_out_of_window``.
        """
        if work.actor.person_id is None:
            raise AccessDenied("not_a_person", "366-5")
        order = await lock_order(work, number)
        check_may_see(work.actor, order)
        check_window(order.state, order.offers_due_at, work.now)
        if at <= work.now or (order.offers_due_at is not None and at >= order.offers_due_at):
            raise RuleBroken("reminder_out_of_window", None, number=number)
        await set_moment(
            work,
            "remind.me",
            f"{order_subject(number)}#person:{work.actor.person_id}",
            at,
            order_id=order.id,
            params={
                "person": work.actor.person_id,
                "company": work.actor.company_id,
                "number": number,
            },
        )
        work.record(order_subject(number), remind_at=at)
        return at

    @query(by=COMPANY_ROLES)
    async def reminder_choices(self, look: Look, number: int) -> list[ReminderChoice]:
        """When the actor may be reminded of an order; empty once no offers are taken."""
        order = await read_order(look.session, number)
        check_may_see(look.actor, order)
        if order.state != "collecting" or order.offers_due_at is None:
            return []
        calendar = await calendar_for_reading(look.session)
        return reminder_choices(calendar, look.now, order.offers_due_at)

    @query(by=EVERYBODY)
    async def card(self, look: Look, number: int) -> OrderCard:
        """The order as the actor may see it (act 344, clauses 8 and 11)."""
        return await card_of(look, number)

    @query(by=EVERYBODY)
    async def page(
        self,
        look: Look,
        states: Sequence[str] | None = None,
        after: int | None = None,
        size: int = 8,
        customer_bin: str | None = None,
    ) -> OrderPage:
        """The actor's orders, newest first: own, invited to, or all for those who watch."""
        return await order_page(look, states, after, size, customer_bin)


def _on_record(each: Excess) -> dict[str, object]:
    return {
        "item": each.item,
        "lines": list(each.lines),
        "asked": each.asked,
        "uncovered": each.uncovered,
        "beyond": each.by,
    }


async def _attach(work: Work, number: int, files: Sequence[FileInfo]) -> None:
    for file in files:
        check_document(file)
        await add_file(work, order_subject(number), file)


def _check_draft(order: Order) -> None:
    if order.state != "draft":
        raise Conflict("order_not_draft", "344-13.2", number=order.number, state=order.state)


async def _own_invitation(work: Work, order: Order) -> OrderInvitation:
    if work.actor.company_id is None:
        raise RuleBroken("not_invited", "344-13.2b", number=order.number)
    invitation = await invitation_of(work.session, order.id, work.actor.company_id)
    if invitation is None:
        raise RuleBroken("not_invited", "344-13.2b", number=order.number)
    check_window(order.state, order.offers_due_at, work.now)
    return invitation

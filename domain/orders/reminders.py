"""What the reminders of an order's deadlines do when their moment comes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, union_all

from domain.awards.fellows import fellows, goods_given, speaks, waiting_with
from domain.awards.model import Award
from domain.deadlines import Deadline
from domain.escalations.starting import Sides, contract_reminded, offers_reminded
from domain.firing import Deadlines
from domain.law import CONFIRMATION, CONTRACT, OFFER_WINDOW, SELECTION
from domain.notices.writing import tell
from domain.offers.model import Offer
from domain.orders.model import Order, OrderInvitation
from domain.orders.queries import goods_of, order_subject
from domain.people.queries import tell_company
from domain.preferences.rhythm import wanting
from domain.registry.model import Company
from domain.roles import Role
from domain.work import Work


def register_reminders(deadlines: Deadlines) -> None:
    """Say who answers for each kind of reminder."""
    deadlines.on(f"remind.{OFFER_WINDOW.name}", remind_offers)
    deadlines.on(f"remind.{SELECTION.name}", remind_selection)
    deadlines.on(f"remind.{CONFIRMATION.name}", remind_award)
    deadlines.on(f"remind.{CONTRACT.name}", remind_contract)
    deadlines.on("remind.me", remind_me)


def _due_at(deadline: Deadline) -> datetime:
    return datetime.fromisoformat(str(deadline.params["due_at"]))


async def _order(work: Work, deadline: Deadline) -> Order:
    order = await work.session.get_one(Order, deadline.order_id)
    await work.session.refresh(order, ["lines"])
    return order


async def remind_offers(work: Work, deadline: Deadline) -> None:
    """Remind the invited who have neither offered nor declined."""
    order = await _order(work, deadline)
    silent = await work.session.scalars(
        select(OrderInvitation.company_id)
        .outerjoin(
            Offer,
            (Offer.order_id == OrderInvitation.order_id)
            & (Offer.company_id == OrderInvitation.company_id)
            & (Offer.state == "submitted"),
        )
        .where(
            OrderInvitation.order_id == order.id,
            OrderInvitation.declined_at.is_(None),
            Offer.id.is_(None),
        )
    )
    companies = list(silent)
    told = await _remind(work, companies, Role.SUPPLIER, "remind.offer_window", order, deadline)
    await offers_reminded(work, order.number, told, deadline.started_at)


async def remind_selection(work: Work, deadline: Deadline) -> None:
    """Remind the customer to choose."""
    order = await _order(work, deadline)
    await _remind(work, [order.customer_id], Role.CUSTOMER, "remind.selection", order, deadline)


async def _award(work: Work, deadline: Deadline) -> Award:
    number = int(str(deadline.params["subject"]).removeprefix("award:"))
    return (await work.session.scalars(select(Award).where(Award.number == number))).one()


async def remind_award(work: Work, deadline: Deadline) -> None:
    """Remind the selected supplier to confirm or refuse: once for all lines of a selection."""
    award = await _award(work, deadline)
    order = await _order(work, deadline)
    together = await waiting_with(work.session, award)
    if not speaks(award, together):
        work.record(order_subject(order.number), reminded=0)
        return
    await _remind(
        work,
        [award.company_id],
        Role.SUPPLIER,
        "remind.confirmation",
        order,
        deadline,
        award=award.number,
        awards=len(together),
        goods=goods_given(order, together or [award]),
    )


async def remind_contract(work: Work, deadline: Deadline) -> None:
    """Remind both sides to conclude the contract."""
    award = await _award(work, deadline)
    order = await _order(work, deadline)
    together = await fellows(work.session, award, _due_at(deadline))
    if not speaks(award, together):
        work.record(order_subject(order.number), reminded=0)
        return
    supplier = await work.session.get_one(Company, award.company_id)
    about = {
        "award": award.number,
        "goods": goods_given(order, together or [award]),
        "supplier_ru": supplier.name_ru,
        "supplier_kk": supplier.name_kk,
    }
    for company, role in ((supplier.id, Role.SUPPLIER), (order.customer_id, Role.CUSTOMER)):
        told = await _remind(
            work, [company], role, "remind.contract", order, deadline, side=role.value, **about
        )
        if told:
            sides = Sides(order.number, order.customer_id, supplier.id)
            await contract_reminded(work, sides, role, award.number, deadline.started_at)


async def _remind(
    work: Work,
    companies: list[int],
    role: Role,
    kind: str,
    order: Order,
    deadline: Deadline,
    **params: object,
) -> list[int]:
    """Tell those of the companies that want this reminder; returns which they are."""
    companies = await wanting(work, companies, role, deadline)
    work.record(order_subject(order.number), reminded=len(companies))
    due_at = _due_at(deadline)
    await tell_company(
        work,
        companies,
        role,
        kind,
        order_subject(order.number),
        useless_after=due_at,
        number=order.number,
        due_at=due_at,
        clause=deadline.clause,
        about={"goods": goods_of(order.lines), **params},
    )
    return companies


async def remind_me(work: Work, deadline: Deadline) -> None:
    """A person's own reminder about an order whose window is open and who has not yet acted."""
    order = await _order(work, deadline)
    person, company = deadline.params["person"], deadline.params.get("company")
    open_ = order.state == "collecting" and order.offers_due_at is not None
    needed = (
        open_
        and work.now < (order.offers_due_at or work.now)
        and not await _has_acted(work, deadline, company)
    )
    work.record(order_subject(order.number), reminded=int(needed))
    if not needed:
        return
    await tell(
        work,
        [int(str(person))],
        "remind.me",
        order_subject(order.number),
        useless_after=order.offers_due_at,
        as_company=company if isinstance(company, int) else None,
        number=order.number,
        due_at=order.offers_due_at,
        clause=OFFER_WINDOW.clause,
        goods=goods_of(order.lines),
    )


async def _has_acted(work: Work, deadline: Deadline, company: object) -> bool:
    """Whether the person's company has offered or declined since it asked to be reminded."""
    since = deadline.started_at
    offered = select(Offer.id).where(
        Offer.order_id == deadline.order_id,
        Offer.company_id == company,
        Offer.state == "submitted",
        Offer.submitted_at > since,
    )
    declined = select(OrderInvitation.company_id).where(
        OrderInvitation.order_id == deadline.order_id,
        OrderInvitation.company_id == company,
        OrderInvitation.declined_at > since,
    )
    found = await work.session.execute(union_all(offered, declined).limit(1))
    return found.first() is not None

"""Building the card and the lists of orders for one reader."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
    union_all,
)

from domain.awards.model import Award
from domain.clock import ASTANA
from domain.contracts.model import Contract
from domain.deadlines import Deadline, of_order, view
from domain.law import OFFER_WINDOW
from domain.offers.model import Offer
from domain.orders.model import Order, OrderInvitation, OrderLine
from domain.orders.queries import files_of, is_customer, order_subject
from domain.orders.views import (
    AwardView,
    ContractView,
    Elsewhere,
    Mine,
    OrderCard,
    OrderPage,
    OrderRow,
    line_view,
    party,
)
from domain.people.model import Membership
from domain.registry.model import Company
from domain.roles import WATCHERS, Role
from domain.work import Look


async def awards_of(look: Look, order: Order, only: int | None = None) -> list[AwardView]:
    """Awards of an order, oldest first; ``only`` keeps those of one supplier."""
    statement = (
        select(Award, Company, Contract.contract_number, OrderLine.position)
        .join(Company, Company.id == Award.company_id)
        .join(OrderLine, OrderLine.id == Award.order_line_id)
        .outerjoin(Contract, Contract.id == Award.contract_id)
        .where(Award.order_id == order.id)
        .order_by(Award.id)
    )
    if only is not None:
        statement = statement.where(Award.company_id == only)
    rows = await look.session.execute(statement)
    return [
        AwardView(
            id=award.number,
            order_number=order.number,
            supplier=party(company),
            line=position,
            quantity=award.quantity,
            price=award.price,
            state=award.state,
            outcome=award.outcome,
            reason=award.reason,
            selected_at=award.selected_at,
            due_at=award.due_at,
            decided_at=award.decided_at,
            contract_number=contract_number,
        )
        for award, company, contract_number, position in rows
    ]


def _waiting() -> tuple[ColumnElement[bool], ...]:
    """The awards that a proposed contract will be about: confirmed by its date and its entry."""
    confirmed_on = cast(func.timezone(ASTANA.key, Award.decided_at), Date)
    return (
        Contract.state == "proposed",
        Award.contract_id.is_(None),
        Award.decided_at <= Contract.entered_at,
        confirmed_on <= Contract.signed_on,
    )


async def contracts_of(look: Look, order: Order, only: int | None = None) -> list[ContractView]:
    """Contracts of an order that stand: proposed or concluded."""
    total = (
        select(func.coalesce(func.sum(Award.price), 0))
        .where(
            Award.order_id == Contract.order_id,
            Award.company_id == Contract.company_id,
            Award.state == "active",
            or_(Award.contract_id == Contract.id, and_(*_waiting())),
        )
        .scalar_subquery()
    )
    statement = (
        select(Contract, Company, total)
        .join(Company, Company.id == Contract.company_id)
        .where(Contract.order_id == order.id, Contract.state != "withdrawn")
        .order_by(Contract.id)
    )
    if only is not None:
        statement = statement.where(Contract.company_id == only)
    rows = await look.session.execute(statement)
    return [
        ContractView(
            id=contract.id,
            order_number=order.number,
            supplier=party(company),
            contract_number=contract.contract_number,
            signed_on=contract.signed_on,
            state=contract.state,
            entered_by_side=contract.entered_by_side,
            entered_at=contract.entered_at,
            agreed_at=contract.agreed_at,
            sum=Decimal(sum_),
        )
        for contract, company, sum_ in rows
    ]


async def _mine(look: Look, order: Order) -> Mine | None:
    if look.actor.role is not Role.SUPPLIER or look.actor.company_id is None:
        return None
    company = look.actor.company_id
    invitation, elsewhere = await _invitations(look, order, company)
    offer = (
        await look.session.scalars(
            select(Offer).where(Offer.order_id == order.id, Offer.company_id == company)
        )
    ).one_or_none()
    return Mine(
        invited=invitation is not None,
        matched_lines=tuple(sorted(int(line) for line in invitation.matched)) if invitation else (),
        declined=bool(invitation and invitation.declined_at),
        offer_number=offer.number if offer else None,
        offer_version=offer.version if offer else None,
        offer_state=offer.state if offer else None,
        elsewhere=elsewhere,
    )


async def _invitations(
    look: Look, order: Order, company_id: int
) -> tuple[OrderInvitation | None, tuple[Elsewhere, ...]]:
    """The invitation of the company acted for, and those of the person's other companies."""
    rows = await look.session.execute(
        select(OrderInvitation, Membership.id, Company)
        .join(Membership, Membership.company_id == OrderInvitation.company_id)
        .join(Company, Company.id == OrderInvitation.company_id)
        .where(
            OrderInvitation.order_id == order.id,
            Membership.person_id == look.actor.person_id,
            Membership.role == Role.SUPPLIER.value,
            Membership.state == "active",
        )
        .order_by(Membership.id)
    )
    found = list(rows)
    own = [invitation for invitation, _, _ in found if invitation.company_id == company_id]
    others = tuple(
        Elsewhere(membership, party(company))
        for invitation, membership, company in found
        if invitation.company_id != company_id
    )
    return (own[0] if own else None), others


def _sees_all(look: Look, order: Order) -> bool:
    return is_customer(look.actor, order) or look.actor.role in WATCHERS


async def card_of(look: Look, order: Order) -> OrderCard:
    """The card; a supplier sees its own awards and contracts only, the customer and watchers all.

    The count of offers is None while they are sealed.
    """
    customer = await look.session.get_one(Company, order.customer_id)
    only = None if _sees_all(look, order) else look.actor.company_id or 0
    awards = await awards_of(look, order, only) if order.closed_at else []
    contracts = await contracts_of(look, order, only) if order.closed_at else []
    own = {order_subject(order.number), *(f"award:{award.id}" for award in awards)}
    deadlines = await of_order(look.session, order.id) if order.published_at else []
    invited, offers = await _counts(look, order)
    return OrderCard(
        number=order.number,
        state=order.state,
        revision=order.revision,
        customer=party(customer),
        delivery_place=order.delivery_place,
        delivery_terms=order.delivery_terms,
        delivery_days=order.delivery_days,
        created_at=order.created_at,
        published_at=order.published_at,
        offers_due_at=order.offers_due_at,
        closed_at=order.closed_at,
        finished_at=order.finished_at,
        failure_ground=order.failure_ground,
        lines=[line_view(line) for line in order.lines],
        deadlines=[view(row) for row in deadlines if row.subject in own],
        invited=invited,
        offers=offers,
        awards=awards,
        contracts=contracts,
        protocol_version=order.protocol_version,
        files=await files_of(look.session, order_subject(order.number)),
        mine=await _mine(look, order),
        signed=order.signature is not None,
        now=look.now,
    )


async def _counts(look: Look, order: Order) -> tuple[int, int | None]:
    if order.published_at is None:
        return 0, None
    invited = await look.session.scalar(
        select(func.count()).where(OrderInvitation.order_id == order.id)
    )
    if order.closed_at is None:
        return invited or 0, None
    offers = await look.session.scalar(
        select(func.count()).where(Offer.order_id == order.id, Offer.state == "submitted")
    )
    return invited or 0, offers or 0


def _listed(look: Look, customer_bin: str | None) -> Select[int]:
    """Ids of the orders the actor lists."""
    actor, ids = look.actor, select(Order.id)
    if actor.role is Role.CUSTOMER:
        return ids.where(Order.customer_id == actor.company_id)
    if actor.role is Role.SUPPLIER:
        invited = and_(
            OrderInvitation.order_id == Order.id, OrderInvitation.company_id == actor.company_id
        )
        return ids.join(OrderInvitation, invited)
    if customer_bin is not None:
        owner = select(Company.id).where(Company.bin == customer_bin).scalar_subquery()
        return ids.where(Order.customer_id == owner)
    if actor.kind == "person":
        return ids.where(Order.published_at.is_not(None))
    return ids


async def order_page(
    look: Look,
    states: Sequence[str] | None,
    after: int | None,
    size: int,
    customer_bin: str | None,
) -> OrderPage:
    """Orders older than number ``after``; only the page's rows are joined with their sums.

    A page takes the same time among a thousand orders and among a million: each state is read
    from the newest end of an index of its own. The state is written into the statement, not
    passed to it, so that the database knows whether it looks for a rare one.
    """
    ids = _listed(look, customer_bin).order_by(Order.id.desc()).limit(size + 1)
    if after is not None:
        # Numbers and ids are given out together: both put orders in the same order.
        seen = select(Order.id).where(Order.number == after).scalar_subquery()
        ids = ids.where(Order.id < seen)
        if look.actor.role is Role.SUPPLIER:
            # The same of the invitation's column: that a bound on one holds for the other is
            # something the planner does not see.
            ids = ids.where(OrderInvitation.order_id < seen)
    if states:
        parts = [
            ids.where(Order.state == bindparam(None, state, String, literal_execute=True))
            for state in states
        ]
        newest = union_all(*(part.subquery().select() for part in parts)).subquery()
        merged = select(newest.c.id).order_by(newest.c.id.desc()).limit(size + 1)
        found = list(await look.session.scalars(merged))
    else:
        found = list(await look.session.scalars(ids))
    orders = await _order_rows(look, found[:size])
    return OrderPage(orders, orders[-1].number if len(found) > size else None)


def _concerning(look: Look) -> tuple[ColumnElement[bool], ...]:
    """The deadlines a reader is shown: a supplier those of the window and of its own awards."""
    if look.actor.role is not Role.SUPPLIER:
        return ()
    own = select(func.concat("award:", Award.number)).where(
        Award.company_id == look.actor.company_id, Award.order_id == Deadline.order_id
    )
    return (or_(Deadline.kind == OFFER_WINDOW.name, Deadline.subject.in_(own)),)


async def _order_rows(look: Look, ids: Sequence[int]) -> list[OrderRow]:
    of_this = OrderLine.order_id == Order.id
    statement = (
        select(
            Order,
            Company,
            OrderLine.name_ru,
            OrderLine.name_kk,
            select(func.sum(OrderLine.allocated_sum))
            .where(of_this)
            .correlate(Order)
            .scalar_subquery(),
            select(func.count(OrderLine.id)).where(of_this).correlate(Order).scalar_subquery(),
            select(func.min(Deadline.due_at))
            .where(Deadline.order_id == Order.id, Deadline.state == "open", Deadline.term != "")
            .where(*_concerning(look))
            .scalar_subquery(),
        )
        .join(Company, Company.id == Order.customer_id)
        .join(OrderLine, and_(of_this, OrderLine.position == 1))
        .where(Order.id.in_(ids))
        .order_by(Order.id.desc())
    )
    rows = await look.session.execute(statement)
    return [
        OrderRow(
            number=order.number,
            state=order.state,
            name_ru=name_ru,
            name_kk=name_kk,
            lines=lines or 0,
            customer=party(customer),
            allocated=Decimal(total or 0),
            next_due_at=due,
        )
        for order, customer, name_ru, name_kk, total, lines, due in rows
    ]

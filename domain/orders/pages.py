"""Building the lists of orders for one reader."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    func,
    or_,
    select,
    union_all,
)

from domain.awards.model import Award
from domain.deadlines import Deadline
from domain.law import OFFER_WINDOW
from domain.orders.model import Order, OrderInvitation, OrderLine
from domain.orders.views import OrderPage, OrderRow, party
from domain.registry.model import Company
from domain.roles import Role
from domain.work import Look


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

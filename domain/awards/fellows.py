"""Awards of one supplier that belong together: of one selection, of one contract to come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.awards.model import Award
from domain.deadlines import Deadline
from domain.law import CONTRACT
from domain.orders.model import Order
from domain.orders.queries import goods_of


async def fellows(session: AsyncSession, award: Award, due_at: datetime) -> list[Award]:
    """The awards that one contract is about, this one among them (clause 13.9).

    They are the supplier's on the order, due at the same instant and without a contract yet;
    none when this one is no longer so.
    """
    found = await session.scalars(
        select(Award)
        .join(Deadline, Deadline.subject == func.concat("award:", Award.number))
        .where(
            Award.order_id == award.order_id,
            Award.company_id == award.company_id,
            Award.state == "active",
            Award.contract_id.is_(None),
            Deadline.kind == CONTRACT.name,
            Deadline.state != "moved",
            Deadline.due_at == due_at,
        )
        .order_by(Award.number)
    )
    return list(found.unique())


def selected_with(awards: Sequence[Award], award: Award) -> list[Award]:
    """The awards of the same order that the same act of selection gave to the same supplier.

    They are asked for in one message and can be confirmed in one act; later selections are
    messages of their own, so that what was asked for never grows under the reader's finger.
    """
    return [
        each
        for each in awards
        if each.company_id == award.company_id and each.selected_at == award.selected_at
    ]


async def waiting_with(session: AsyncSession, award: Award) -> list[Award]:
    """The awards of the same selection that still wait for the supplier's answer."""
    found = await session.scalars(
        select(Award)
        .where(
            Award.order_id == award.order_id,
            Award.company_id == award.company_id,
            Award.selected_at == award.selected_at,
            Award.state == "pending",
        )
        .order_by(Award.number)
    )
    return list(found)


def speaks(award: Award, together: Sequence[Award]) -> bool:
    """Whether this award is the first of those that belong ``together``.

    The others say nothing: nobody is told the same thing for every line of an order.
    """
    return not together or together[0].number == award.number


def goods_given(order: Order, awards: Sequence[Award]) -> list[dict[str, str]]:
    """The goods of these awards as notices carry them, with the volume that was given."""
    given: dict[int, Decimal] = defaultdict(Decimal)
    for award in awards:
        given[award.order_line_id] += award.quantity
    lines = [line for line in order.lines if line.id in given]
    return [
        {**good, "quantity": str(given[line.id])}
        for good, line in zip(goods_of(lines), lines, strict=True)
    ]

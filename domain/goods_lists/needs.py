"""What of a project's needs is covered by orders, and what of an order goes beyond (344, 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, Subquery, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.goods_lists.model import GoodsListItem
from domain.goods_lists.rules import uncovered
from domain.orders.model import Order, OrderLine


@dataclass(frozen=True)
class Need:
    """An item of a goods list and what of it no published order asks for yet."""

    item_id: int
    item: str
    unit: str
    uncovered: Decimal


@dataclass(frozen=True)
class Excess:
    """What an order asks for beyond the uncovered need of one item; ``lines`` count from 1.

    It forbids nothing: the list may be older than the need, and the customer answers for it.
    """

    item: str
    unit: str
    lines: tuple[int, ...]
    asked: Decimal
    uncovered: Decimal

    @property
    def by(self) -> Decimal:
        """How much more than the uncovered need is asked for."""
        return self.asked - self.uncovered


def excesses(
    asked: Iterable[tuple[int, int | None, Decimal]], needs: Mapping[int, Need]
) -> list[Excess]:
    """Items of which an order asks for more than is uncovered, in the order of its lines.

    ``asked`` holds the number, the item and the quantity of each line; several lines may point
    to one item. Items that ``needs`` does not know are passed over.
    """
    by_item: dict[int, list[tuple[int, Decimal]]] = {}
    for line, item_id, quantity in asked:
        if item_id is not None and item_id in needs:
            by_item.setdefault(item_id, []).append((line, quantity))
    found = []
    for item_id, lines in by_item.items():
        need, total = needs[item_id], sum((each for _, each in lines), Decimal(0))
        if total > need.uncovered:
            numbers = tuple(line for line, _ in lines)
            found.append(Excess(need.item, need.unit, numbers, total, need.uncovered))
    return found


def ordered(*where: ColumnElement[bool]) -> Subquery:
    """The volume in published orders that have not failed, by item."""
    return (
        select(
            OrderLine.goods_list_item_id.label("item_id"),
            func.sum(OrderLine.quantity).label("quantity"),
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(
            OrderLine.goods_list_item_id.is_not(None),
            Order.state.not_in(("draft", "failed")),
            *where,
        )
        .group_by(OrderLine.goods_list_item_id)
        .subquery()
    )


async def needs_of(
    session: AsyncSession, item_ids: Iterable[int], *where: ColumnElement[bool]
) -> dict[int, Need]:
    """The needs by item, as they stand now."""
    wanted = sorted(set(item_ids))
    if not wanted:
        return {}
    done = ordered(OrderLine.goods_list_item_id == func.any(wanted))
    rows = await session.execute(
        select(GoodsListItem, func.coalesce(done.c.quantity, 0))
        .outerjoin(done, done.c.item_id == GoodsListItem.id)
        .where(GoodsListItem.id == func.any(wanted), *where)
    )
    return {
        row.id: Need(row.id, row.item, row.unit, uncovered(row.quantity, Decimal(taken)))
        for row, taken in rows
    }


async def excesses_of(session: AsyncSession, lines: Sequence[OrderLine]) -> list[Excess]:
    """What a draft asks for beyond the uncovered needs it points to."""
    pointed = {line.goods_list_item_id for line in lines} - {None}
    needs = await needs_of(session, (each for each in pointed if each is not None))
    return excesses(
        ((line.position, line.goods_list_item_id, line.quantity) for line in lines), needs
    )

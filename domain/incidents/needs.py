"""Needs of projects that an order, opened again, would ask for once more (act 344, clause 3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.goods_lists.needs import needs_of
from domain.orders.model import Order, OrderLine


async def covered_since(session: AsyncSession, orders: Collection[int]) -> frozenset[int]:
    """Ids of those orders whose need is covered by others since they failed.

    A failed order covers nothing, so its customer may have ordered the same again; opened again
    it takes its need back, and both ask for it. That forbids nothing: the customer is told. Of
    several orders with one need the earlier takes it first.
    """
    rows = await session.execute(
        select(Order.id, OrderLine.goods_list_item_id, func.sum(OrderLine.quantity))
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(
            Order.id.in_(sorted(orders)),
            Order.state == "failed",
            OrderLine.goods_list_item_id.is_not(None),
        )
        .group_by(Order.id, OrderLine.goods_list_item_id)
        .order_by(Order.id)
    )
    asked = [(order, item, quantity) for order, item, quantity in rows if item is not None]
    needs = await needs_of(session, (item for _, item, _ in asked))
    taken: dict[int, Decimal] = defaultdict(Decimal)
    found = set()
    for order, item, quantity in asked:
        taken[item] += quantity
        if item in needs and taken[item] > needs[item].uncovered:
            found.add(order)
    return frozenset(found)

"""The lines of a draft: what they may point to, what they say, their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from domain.base import stored_money, stored_quantity
from domain.errors import NotFound
from domain.goods_lists.model import GoodsList, GoodsListItem
from domain.orders.model import OrderLine
from domain.orders.rules import LineTerms
from domain.work import Work


@dataclass(frozen=True)
class NewLine(LineTerms):
    """A line as it is asked for, with its item of the project's goods list when it has one."""

    goods_list_item_id: int | None = None


async def check_needs(work: Work, customer_id: int, lines: Sequence[NewLine]) -> None:
    """A line may point to an item of the customer's own lists only (act 344, clause 3)."""
    asked = {line.goods_list_item_id for line in lines} - {None}
    if not asked:
        return
    own = await work.session.scalars(
        select(GoodsListItem.id)
        .join(GoodsList, GoodsList.id == GoodsListItem.goods_list_id)
        .where(GoodsList.customer_id == customer_id, GoodsListItem.id.in_(asked))
    )
    if set(own) != asked:
        raise NotFound("goods_list_item_unknown", "344-3")


def terms_of_line(line: OrderLine) -> LineTerms:
    """What a line says, for the rules."""
    return LineTerms(
        line.name_ru,
        line.name_kk,
        line.code,
        line.agsk3,
        line.quantity,
        line.unit,
        line.allocated_sum,
        line.characteristics,
    )


def rows_of(checked: Sequence[LineTerms], asked: Sequence[NewLine]) -> list[OrderLine]:
    """Rows of checked lines, each with the item that it was asked for with."""
    return [
        OrderLine(
            position=position,
            name_ru=line.name_ru or line.name_kk,
            name_kk=line.name_kk or line.name_ru,
            code=line.code,
            agsk3=line.agsk3,
            quantity=stored_quantity(line.quantity),
            unit=line.unit,
            allocated_sum=stored_money(line.allocated_sum),
            characteristics=line.characteristics,
            goods_list_item_id=source.goods_list_item_id,
            outside_quantity=0,
        )
        for position, (line, source) in enumerate(zip(checked, asked, strict=True), start=1)
    ]

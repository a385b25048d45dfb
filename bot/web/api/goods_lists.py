"""Goods lists of projects (PSD): taken in whole, read with what is still uncovered (344, 3)."""

from __future__ import annotations

from bot.web.api.answers import (
    GoodsListOut,
    GoodsListRowOut,
    GoodsListsOut,
    ItemOut,
    ItemPageOut,
)
from bot.web.api.models import GoodsListIn, GoodsQuery, ItemIn
from bot.web.api.reading import cursor_of, read_cursor
from bot.web.api.routing import Call, Group, Nothing
from domain.errors import NotFound
from domain.goods_lists.rules import ItemData

routes = Group("goods lists")


def _item(place: int, item: ItemIn) -> ItemData:
    return ItemData(
        item=item.item.strip() or str(place),
        quantity=item.quantity,
        unit=item.unit,
        name_ru=item.name_ru or item.name_kk,
        name_kk=item.name_kk or item.name_ru,
        code=item.code,
        agsk3=item.agsk3,
        characteristics=item.characteristics,
    )


@routes.post("/goods-lists/{customer_bin}/{project_code}", GoodsListIn, GoodsListOut, method="PUT")
async def put_goods_list(call: Call, body: GoodsListIn) -> GoodsListOut:
    """Take in the goods list of a project in place of the earlier one, all or nothing."""
    customer, project = call.bin("customer_bin"), call.text("project_code")
    report = await call.services.goods_lists.put_list(
        call.actor,
        customer,
        project,
        body.project_name or project,
        [_item(place, item) for place, item in enumerate(body.items, start=1)],
    )
    return GoodsListOut(
        id=report.id,
        customer_bin=customer,
        project_code=project,
        added=report.added,
        changed=report.changed,
        gone=report.gone,
        items=report.items,
    )


@routes.get("/goods-lists/{customer_bin}", Nothing, GoodsListsOut)
async def list_goods_lists(call: Call, _: Nothing) -> GoodsListsOut:
    """The goods lists of a customer."""
    lists = await call.services.goods_lists.lists(call.actor, call.bin("customer_bin"))
    return GoodsListsOut(items=[GoodsListRowOut.model_validate(each) for each in lists])


@routes.get("/goods-lists/{customer_bin}/{project_code}", GoodsQuery, ItemPageOut)
async def show_goods_list(call: Call, query: GoodsQuery) -> ItemPageOut:
    """The items of a goods list: `id` goes into `goods_list_item_id` of an order line."""
    after = read_cursor("item", query.cursor)
    lists = await call.services.goods_lists.lists(call.actor, call.bin("customer_bin"))
    project = call.text("project_code")
    found = next((each for each in lists if each.project_code == project), None)
    if found is None:
        raise NotFound("goods_list_unknown", "344-3")
    page = await call.services.goods_lists.items(
        call.actor, found.id, after=after or 0, size=query.size
    )
    return ItemPageOut(
        items=[ItemOut.model_validate(item) for item in page.items],
        next=None if page.after is None else cursor_of("item", page.after),
    )

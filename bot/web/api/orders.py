"""Orders: draft, publish, look at (act 344, clauses 12, 13.1 and 13.2)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.web.api import texts
from bot.web.api.fields import checked_bin
from bot.web.api.files import contract_files
from bot.web.api.models import OrderContent, OrderIn, OrderLineIn, OrdersQuery
from bot.web.api.order_answers import (
    CreatedOut,
    OrderOut,
    OrderPageOut,
    OrderRowOut,
    PreviewOut,
    PublishedOut,
)
from bot.web.api.reading import cursor_of, named_states, read_cursor
from bot.web.api.routing import Call, Group, Nothing
from domain.errors import NotFound
from domain.files import FileInfo
from domain.orders.rules import OrderTerms
from domain.orders.service import NewLine
from domain.orders.views import Created

routes = Group("orders")

STATES = ("draft", "collecting", "choosing", "confirming", "contracting", "done", "failed")
_BIGGEST = 2**63 - 1


def _terms(body: OrderContent) -> OrderTerms:
    return OrderTerms(body.delivery_place, body.delivery_terms, body.delivery_days)


def _line(line: OrderLineIn) -> NewLine:
    return NewLine(
        name_ru=line.name_ru or line.name_kk,
        name_kk=line.name_kk or line.name_ru,
        code=line.code,
        agsk3=line.agsk3,
        quantity=line.quantity,
        unit=line.unit,
        allocated_sum=line.allocated_sum,
        characteristics=line.characteristics,
        goods_list_item_id=line.goods_list_item_id,
    )


async def _lines(call: Call, lines: Sequence[OrderLineIn]) -> list[NewLine]:
    """The lines; raises NotFound ``goods_list_item_unknown`` (act 344, clause 3)."""
    for item in {line.goods_list_item_id for line in lines} - {None}:
        if item is None or not 0 < item <= _BIGGEST:
            raise NotFound("goods_list_item_unknown", "344-3")
        await call.services.goods_lists.item(call.actor, item)
    return [_line(line) for line in lines]


async def _files(call: Call, body: OrderContent) -> tuple[FileInfo, ...] | None:
    if body.files is None:
        return None
    named = {f"files[{place}]": file for place, file in enumerate(body.files)}
    return await call.services.uploads.named(call.actor, named)


def _created(made: Created) -> CreatedOut:
    return CreatedOut(number=made.numbers[0], state=made.state, numbers=list(made.numbers))


@routes.post("/orders", OrderIn, CreatedOut, status=201, people=True)
async def create_order(call: Call, body: OrderIn) -> CreatedOut:
    """Make a draft order; lines that are not homogeneous are refused or, with `split`, parted."""
    made = await call.services.orders.create(
        call.actor,
        checked_bin(body.customer_bin, "customer_bin"),
        _terms(body),
        await _lines(call, body.lines),
        split=body.split,
        files=await _files(call, body) or (),
    )
    return _created(made)


@routes.post("/orders/{number}", OrderContent, CreatedOut, method="PUT", people=True)
async def revise_order(call: Call, body: OrderContent) -> CreatedOut:
    """Replace the content of a draft."""
    made = await call.services.orders.revise(
        call.actor,
        call.order,
        _terms(body),
        await _lines(call, body.lines),
        files=await _files(call, body),
    )
    return _created(made)


@routes.get("/orders", OrdersQuery, OrderPageOut, people=True)
async def list_orders(call: Call, query: OrdersQuery) -> OrderPageOut:
    """Orders, newest first."""
    states = named_states(query.state, STATES, "order_state_unknown", texts.STATE)
    customer = query.customer_bin
    page = await call.services.orders.page(
        call.actor,
        states or None,
        after=read_cursor("order", query.cursor),
        size=query.size,
        customer_bin=checked_bin(customer, "customer_bin") if customer else None,
    )
    return OrderPageOut(
        items=[OrderRowOut.model_validate(row) for row in page.orders],
        next=None if page.after is None else cursor_of("order", page.after),
    )


@routes.get("/orders/{number}", Nothing, OrderOut, people=True)
async def show_order(call: Call, _: Nothing) -> OrderOut:
    """An order with its lines, deadlines, awards and contracts."""
    shown = OrderOut.model_validate(await call.services.orders.card(call.actor, call.order))
    await contract_files(call, shown.contracts)
    return shown


@routes.get("/orders/{number}/preview", Nothing, PreviewOut, people=True)
async def preview_order(call: Call, _: Nothing) -> PreviewOut:
    """Who would be invited if the order were published now."""
    return PreviewOut.model_validate(await call.services.orders.preview(call.actor, call.order))


@routes.post("/orders/{number}/publish", Nothing, PublishedOut, people=True)
async def publish_order(call: Call, _: Nothing) -> PublishedOut:
    """Publish: match by codes, open the window of offers, invite every matching supplier."""
    return PublishedOut.model_validate(await call.services.orders.publish(call.actor, call.order))

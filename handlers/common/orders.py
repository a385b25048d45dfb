"""Orders for everybody who may see them: the list, the card, what stands behind it."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from domain.errors import NotFound
from domain.orders.views import OrderCard
from handlers.context import Ctx
from handlers.documents import protocol_file, stored_file, summary_files
from handlers.filters import MenuChosen, Pressed
from handlers.ids import number_in
from handlers.reply import say, show, show_new
from handlers.sending import send_document, send_pictures
from handlers.views.order_details import goods_page, no_files, protocol_caption, summary_caption
from handlers.views.orders import FILTERS, order_card, order_list
from handlers.views.receipts import receipt_view


def orders_router() -> Router:
    """Presses and the menu button that every role has."""
    router = Router(name="common-orders")
    router.message.register(list_orders, MenuChosen("orders"))
    router.message.register(list_orders, Command("orders"))
    router.callback_query.register(turn_list, Pressed("orders"))
    router.callback_query.register(show_card, Pressed("order.card"))
    router.callback_query.register(show_goods, Pressed("order.goods"))
    router.callback_query.register(send_files, Pressed("order.files"))
    router.callback_query.register(send_protocol, Pressed("order.protocol"))
    router.callback_query.register(send_summary, Pressed("order.summary"))
    router.callback_query.register(show_receipt, Pressed("receipt"))
    return router


async def list_orders(message: Message, ctx: Ctx) -> None:
    """The first page, newest orders first."""
    page = await ctx.services.orders.page(ctx.actor)
    await show(message, order_list(ctx.t, page, ctx.actor.role))


async def turn_list(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Another filter, or older orders."""
    chosen, after = (ids[0], number_in(ids, 1)) if ids else ("all", 0)
    chosen = chosen if chosen in FILTERS else "all"
    page = await ctx.services.orders.page(ctx.actor, FILTERS[chosen], after or None)
    await show(press, order_list(ctx.t, page, ctx.actor.role, chosen, first=not after))


async def show_card(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The card as it stands now, as a new message: a list or a notice above stays to go back to."""
    card = await ctx.services.orders.card(ctx.actor, number_in(ids))
    await show_new(press, order_card(ctx.t, card, ctx.actor.role))


async def show_goods(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """One good in full."""
    card = await ctx.services.orders.card(ctx.actor, number_in(ids))
    await show(press, goods_page(ctx.t, card, number_in(ids, 1)))


async def send_files(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The files the customer attached."""
    card = await ctx.services.orders.card(ctx.actor, number_in(ids))
    if not card.files:
        await say(press, no_files(ctx.t, card.number))
        return
    await press.answer()
    for file in card.files:
        await send_document(press, await stored_file(ctx, file.sha256), file.name)


async def send_protocol(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The newest protocol as a PDF."""
    number = number_in(ids)
    file = await protocol_file(ctx, number)
    await press.answer()
    caption = protocol_caption(ctx.t, number, file.number, file.version, file.digest)
    await send_document(press, file.content, f"protocol-{number}-{file.version}.pdf", caption)


async def send_summary(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The comparison of offers again: pictures and the spreadsheet."""
    number = number_in(ids)
    pictures, sheet = await summary_files(ctx, number)
    await press.answer()
    await send_pictures(press, pictures)
    await send_document(press, sheet, f"summary-{number}.xlsx", summary_caption(ctx.t, number))


async def show_receipt(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """How a term was counted, day by day."""
    what, number, kind = ids[0], number_in(ids, 1), ids[2]
    subject = f"order:{number}"
    if what == "a":
        subject = f"award:{number}"
        number = (await ctx.services.awards.one(ctx.actor, number)).order_number
    card: OrderCard = await ctx.services.orders.card(ctx.actor, number)
    found = [each for each in card.deadlines if each.kind == kind and each.subject == subject]
    if not found:
        raise NotFound("order_unknown", None, number=number)
    role = ctx.actor.role
    reminds = role is not None and role.of_company
    await show_new(press, receipt_view(ctx.t, found[-1], ctx.now, number, reminds=reminds))

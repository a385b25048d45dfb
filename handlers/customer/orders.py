"""A customer's presses on an order: new, preview, publish, discard; files of a draft."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from domain.errors import Conflict
from domain.orders.service import CUSTOMERS
from domain.orders.views import OrderCard, Preview
from handlers.common.stale import or_current_card
from handlers.context import Ctx
from handlers.filters import MenuChosen, Pressed
from handlers.ids import number_in
from handlers.reply import show, show_new
from handlers.sending import send_shown
from handlers.views.customer import (
    discard_question,
    discarded_text,
    preview_card,
    publish_question,
    published_card,
)
from handlers.views.order_details import detach_choice, detach_question
from handlers.views.order_form import new_order_choice
from handlers.views.orders import order_card


def orders_router() -> Router:
    """What answers without a form."""
    router = Router(name="customer-orders")
    router.message.register(choose_way, MenuChosen("new_order"))
    router.message.register(choose_way, Command("new"))
    router.callback_query.register(choose_way, Pressed("order.new"))
    router.callback_query.register(preview, Pressed("order.preview"))
    router.callback_query.register(ask_publish, Pressed("order.publish"))
    router.callback_query.register(publish, Pressed("order.published"))
    router.callback_query.register(ask_discard, Pressed("order.discard"))
    router.callback_query.register(discard, Pressed("order.discarded"))
    router.callback_query.register(ask_detach, Pressed("order.detach"))
    router.callback_query.register(detach, Pressed("order.detached"))
    return router


async def choose_way(event: Message | CallbackQuery, ctx: Ctx) -> None:
    """Form, XLSX or goods list."""
    ctx.actor.check_role(CUSTOMERS)
    await show_new(event, new_order_choice(ctx.t))


async def preview(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Who would be invited."""
    found, card = await _draft(press, ctx, ids)
    await show_new(press, preview_card(ctx.t, found, card))


async def ask_publish(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """What publishing brings about, before it does."""
    found, _ = await _draft(press, ctx, ids)
    await show_new(press, publish_question(ctx.t, found))


async def _draft(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> tuple[Preview, OrderCard]:
    """The draft and its preview; an order published meanwhile is shown as it is."""
    number = number_in(ids)
    found = await ctx.services.orders.preview(ctx.actor, number)
    return found, await _still_draft(press, ctx, number)


async def _still_draft(press: CallbackQuery, ctx: Ctx, number: int) -> OrderCard:
    card = await ctx.services.orders.card(ctx.actor, number)
    if card.state != "draft":
        await send_shown(press, order_card(ctx.t, card, ctx.actor.role))
        raise Conflict("order_not_draft", "344-13.2", number=number, state=card.state)
    return card


async def publish(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Publish."""
    number = number_in(ids)
    act = ctx.services.orders.publish(ctx.actor, number)
    done = await or_current_card(press, ctx, number, act)
    await show(press, published_card(ctx.t, done))


async def ask_discard(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Whether a draft is to be thrown away."""
    ctx.actor.check_role(CUSTOMERS)
    await show_new(press, discard_question(ctx.t, await _still_draft(press, ctx, number_in(ids))))


async def discard(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Throw a draft away."""
    number = number_in(ids)
    await or_current_card(press, ctx, number, ctx.services.orders.discard(ctx.actor, number))
    await show(press, discarded_text(ctx.t, number))


async def ask_detach(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Which file of a draft to remove, then once more."""
    ctx.actor.check_role(CUSTOMERS)
    card = await ctx.services.orders.card(ctx.actor, number_in(ids))
    if len(ids) > 1:
        await show(press, detach_question(ctx.t, card, number_in(ids, 1)))
    else:
        await show_new(press, detach_choice(ctx.t, card))


async def detach(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Remove a file from a draft."""
    number = number_in(ids)
    act = ctx.services.orders.detach(ctx.actor, number, number_in(ids, 1))
    await or_current_card(press, ctx, number, act)
    card = await ctx.services.orders.card(ctx.actor, number)
    await show(press, order_card(ctx.t, card, ctx.actor.role))

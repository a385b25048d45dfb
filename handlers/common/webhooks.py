"""Webhooks in the chat: the list, the card, enabling, disabling, sending again what failed.

Who may see and change which of them is decided when a button is pressed.
"""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from domain.errors import Conflict
from handlers.context import Ctx
from handlers.filters import Pressed
from handlers.ids import number_in
from handlers.reply import show, show_late, show_new
from handlers.views.errors import toast
from handlers.views.shown import Shown
from handlers.views.webhooks import (
    PAGE,
    disable_question,
    enabled,
    replayed,
    webhook_card,
    webhook_list,
)


def webhooks_router() -> Router:
    """The command, the list's presses and those of the notice that a webhook was disabled."""
    router = Router(name="common-webhooks")
    router.message.register(open_list, Command("webhooks"))
    router.callback_query.register(turn, Pressed("webhook.list"))
    router.callback_query.register(show_card, Pressed("webhook.card"))
    router.callback_query.register(enable, Pressed("webhook.on"))
    router.callback_query.register(ask_disable, Pressed("webhook.ask"))
    router.callback_query.register(disable, Pressed("webhook.off"))
    router.callback_query.register(replay, Pressed("webhook.replay"))
    return router


async def open_list(message: Message, ctx: Ctx) -> None:
    """The oldest first."""
    await show(message, await _list(ctx, None))


async def turn(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """A page of them."""
    await show(press, await _list(ctx, number_in(ids) if ids else None))


async def _list(ctx: Ctx, after: int | None) -> Shown:
    page = await ctx.services.webhooks.page(ctx.actor, after, PAGE)
    return webhook_list(ctx.t, page, first=after is None)


async def show_card(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """One of them, with the outcome of its last delivery."""
    await show(press, await _card(ctx, number_in(ids)))


async def _card(ctx: Ctx, number: int) -> Shown:
    webhooks = ctx.services.webhooks
    endpoint = await webhooks.one(ctx.actor, number)
    page = await webhooks.deliveries(ctx.actor, number, size=1)
    return webhook_card(ctx.t, endpoint, page.deliveries)


async def enable(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Let it take events again."""
    done = await ctx.services.webhooks.enable(ctx.actor, number_in(ids))
    await show_new(press, enabled(ctx.t, done))


async def ask_disable(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Asked once more: a program will hear of nothing."""
    endpoint = await ctx.services.webhooks.one(ctx.actor, number_in(ids))
    await show(press, disable_question(ctx.t, endpoint))


async def disable(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Send it nothing more for now; done by somebody else meanwhile, the card says so."""
    number = number_in(ids)
    try:
        await ctx.services.webhooks.disable(ctx.actor, number)
    except Conflict as error:
        await show_late(press, toast(ctx.t, error), await _card(ctx, number))
        return
    await show(press, await _card(ctx, number))


async def replay(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Send what it has missed."""
    count = await ctx.services.webhooks.replay(ctx.actor, number_in(ids))
    await show_new(press, replayed(ctx.t, count))

"""Enabling a webhook again from its notice; who may is decided when the button is pressed."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from handlers.context import Ctx
from handlers.filters import Pressed
from handlers.ids import number_in
from handlers.reply import show_new
from handlers.views.webhooks import enabled, replayed


def webhooks_router() -> Router:
    """Presses of the notice that a webhook was disabled."""
    router = Router(name="common-webhooks")
    router.callback_query.register(enable, Pressed("webhook.on"))
    router.callback_query.register(replay, Pressed("webhook.replay"))
    return router


async def enable(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Let it take events again."""
    done = await ctx.services.webhooks.enable(ctx.actor, number_in(ids))
    await show_new(press, enabled(ctx.t, done))


async def replay(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Send what it has missed."""
    count = await ctx.services.webhooks.replay(ctx.actor, number_in(ids))
    await show_new(press, replayed(ctx.t, count))

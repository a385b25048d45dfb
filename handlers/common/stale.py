"""A button pressed too late: what has happened since is told, and the card as it is now shown."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from aiogram.types import CallbackQuery

from domain.errors import Conflict
from handlers.context import Ctx
from handlers.sending import send_shown
from handlers.views.orders import order_card

T = TypeVar("T")


async def or_current_card(
    press: CallbackQuery, ctx: Ctx, order_number: int, act: Awaitable[T]
) -> T:
    """Do ``act``; when it comes too late, show the order's card before the refusal is told."""
    try:
        return await act
    except Conflict:
        card = await ctx.services.orders.card(ctx.actor, order_number)
        await send_shown(press, order_card(ctx.t, card, ctx.actor.role))
        raise

"""Under an invitation: a reminder of one's own."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from domain.errors import RuleBroken
from handlers.context import Ctx
from handlers.filters import Pressed
from handlers.ids import number_in
from handlers.reply import show, show_new
from handlers.views.invitations import reminder_menu, reminder_set


def invitations_router() -> Router:
    """Asking to be reminded, and the moment chosen."""
    router = Router(name="supplier-invitations")
    router.callback_query.register(ask_when, Pressed("order.remind"))
    router.callback_query.register(remind, Pressed("remind.at"))
    return router


async def ask_when(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The moments there are; the invitation above stays as it is."""
    number = number_in(ids)
    choices = await ctx.services.orders.reminder_choices(ctx.actor, number)
    card = await ctx.services.orders.card(ctx.actor, number)
    await show_new(press, reminder_menu(ctx.t, card, choices))


async def remind(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Set the reminder; a moment that has passed since the menu was drawn is refused."""
    number = number_in(ids)
    choices = await ctx.services.orders.reminder_choices(ctx.actor, number)
    chosen = next((each for each in choices if each.name in ids[1:2]), None)
    if chosen is None:
        raise RuleBroken("reminder_out_of_window", None, number=number)
    await ctx.services.orders.remind_me(ctx.actor, number, chosen.at)
    card = await ctx.services.orders.card(ctx.actor, number)
    await show(press, reminder_set(ctx.t, card, chosen))

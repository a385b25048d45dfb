"""Planned works: the list, the card, cancelling and finishing by a second press."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from domain.errors import Conflict
from handlers.context import Ctx
from handlers.filters import Pressed
from handlers.ids import number_in
from handlers.reply import show, show_late, show_new
from handlers.views.errors import toast
from handlers.views.faults_works import ASKED, asked, works_card, works_list
from handlers.views.shown import Shown


def works_router() -> Router:
    """The presses."""
    router = Router(name="faults-works")
    router.callback_query.register(turn_list, Pressed("works"))
    router.callback_query.register(show_card, Pressed("works.card"))
    router.callback_query.register(back_to_card, Pressed("works.back"))
    router.callback_query.register(ask, Pressed("works.ask"))
    router.callback_query.register(perform, Pressed("works.do"))
    return router


async def card_of(ctx: Ctx, number: int) -> Shown:
    """The card as it stands now."""
    works = await ctx.services.maintenance.one(ctx.actor, number)
    return works_card(ctx.t, works, ctx.actor.role)


async def turn_list(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """A page of works."""
    before = number_in(ids) if ids else None
    page = await ctx.services.maintenance.page(ctx.actor, before)
    await show(press, works_list(ctx.t, page, ctx.actor.role))


async def show_card(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The card as a new message: the list above stays."""
    await show_new(press, await card_of(ctx, number_in(ids)))


async def back_to_card(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Back to the card, in the same message."""
    await show(press, await card_of(ctx, number_in(ids)))


async def ask(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The question before works are cancelled or finished."""
    works = await ctx.services.maintenance.one(ctx.actor, number_in(ids, 1))
    if ids[0] in ASKED:
        await show(press, asked(ctx.t, ids[0], works))
    else:
        await show(press, works_card(ctx.t, works, ctx.actor.role))


async def perform(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The second press; too late, it is told and the card is shown as it stands."""
    maintenance, number = ctx.services.maintenance, number_in(ids, 1)
    performing = {"cancel": maintenance.cancel, "finish": maintenance.finish_early}
    act = performing.get(ids[0])
    try:
        if act is not None:
            await act(ctx.actor, number)
    except Conflict as error:
        await show_late(press, toast(ctx.t, error), await card_of(ctx, number))
        return
    await show(press, await card_of(ctx, number))

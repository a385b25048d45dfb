"""All lines of one selection: looked at page by page, confirmed with a second tap."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from domain.errors import Conflict
from domain.orders.views import AwardView, OrderCard
from handlers.context import Ctx
from handlers.filters import Pressed
from handlers.ids import number_in
from handlers.reply import show, show_late
from handlers.supplier.awards import check_in_time
from handlers.views.award_groups import confirm_all_question, selection_card, waiting_of
from handlers.views.errors import toast
from handlers.views.shown import Shown


def selections_router() -> Router:
    """The presses of a selection of several lines."""
    router = Router(name="supplier-selections")
    router.callback_query.register(show_selection, Pressed("awards.group"))
    router.callback_query.register(ask_confirm_all, Pressed("awards.confirm"))
    router.callback_query.register(confirm_all, Pressed("awards.confirmed"))
    return router


async def show_selection(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """A page of the lines."""
    page = number_in(ids, 1) if len(ids) > 1 else 0
    await show(press, await _shown(ctx, number_in(ids), page))


async def ask_confirm_all(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The first tap asks; a late one is told when the term ended."""
    number = number_in(ids)
    awards, card = await _read(ctx, number)
    if waiting_of(awards, card):
        await show(press, confirm_all_question(ctx.t, awards, card))
        return
    try:
        check_in_time(ctx, awards[0])
    except Conflict as error:
        await _stale(press, ctx, number, error)


async def confirm_all(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The second tap confirms; whoever comes second sees what was decided."""
    number = number_in(ids)
    try:
        await ctx.services.awards.confirm_all(ctx.actor, number)
    except Conflict as error:
        await _stale(press, ctx, number, error)
        return
    await show(press, await _shown(ctx, number))


async def _read(ctx: Ctx, number: int) -> tuple[list[AwardView], OrderCard]:
    awards = await ctx.services.awards.selection(ctx.actor, number)
    return awards, await ctx.services.orders.card(ctx.actor, awards[0].order_number)


async def _shown(ctx: Ctx, number: int, page: int = 0) -> Shown:
    awards, card = await _read(ctx, number)
    return selection_card(ctx.t, awards, card, page, ctx.actor.role)


async def _stale(press: CallbackQuery, ctx: Ctx, number: int, error: Conflict) -> None:
    await show_late(press, toast(ctx.t, error), await _shown(ctx, number))

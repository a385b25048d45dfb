"""Choosing suppliers by the proposal: look, confirm, send."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from handlers.common.stale import or_current_card
from handlers.context import Ctx
from handlers.filters import Pressed
from handlers.ids import number_in
from handlers.reply import show, show_new
from handlers.views.selection import (
    fingerprint,
    proposal_card,
    proposal_choices,
    selection_sent,
    send_question,
)


def selection_router() -> Router:
    """Presses of the proposal."""
    router = Router(name="customer-selection")
    router.callback_query.register(show_proposal, Pressed("order.choose"))
    router.callback_query.register(ask_send, Pressed("choose.plan"))
    router.callback_query.register(send, Pressed("choose.send"))
    return router


async def show_proposal(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The cover planner's proposal as it is now."""
    board = await ctx.services.awards.board(ctx.actor, number_in(ids))
    await show_new(press, proposal_card(ctx.t, board))


async def ask_send(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """What sending brings about."""
    board = await ctx.services.awards.board(ctx.actor, number_in(ids))
    shown = send_question(ctx.t, board) if board.proposes else proposal_card(ctx.t, board)
    await show_new(press, shown)


async def send(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Send the proposal that was shown; another one is shown again first."""
    number = number_in(ids)
    board = await ctx.services.awards.board(ctx.actor, number)
    if len(ids) < 2 or ids[1] != fingerprint(board):
        await show(press, proposal_card(ctx.t, board, changed=True))
        return
    act = ctx.services.awards.select(ctx.actor, number, proposal_choices(board))
    awards = await or_current_card(press, ctx, number, act)
    await show(press, selection_sent(ctx.t, number, awards))

"""Notices that could not be sent: the list, the card, sending again, giving up."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from domain.errors import NotFound
from handlers.context import Ctx
from handlers.filters import MenuChosen, Pressed
from handlers.ids import number_in
from handlers.reply import show, show_late
from handlers.views.dead_letters import (
    REASONS,
    all_question,
    dead_card,
    dead_list,
    drop_question,
    dropped,
    replayed,
)
from handlers.views.errors import toast
from handlers.views.translator import plain


def dead_letters_router() -> Router:
    """The command, the menu button and the presses."""
    router = Router(name="admin-dead-letters")
    router.message.register(open_list, Command("undelivered"))
    router.message.register(open_list, MenuChosen("undelivered"))
    router.callback_query.register(turn, Pressed("dead.list"))
    router.callback_query.register(show_card, Pressed("dead.card"))
    router.callback_query.register(ask_all, Pressed("dead.all"))
    router.callback_query.register(replay, Pressed("dead.replay"))
    router.callback_query.register(ask_why, Pressed("dead.drop"))
    router.callback_query.register(drop, Pressed("dead.dropped"))
    return router


async def open_list(message: Message, ctx: Ctx) -> None:
    """The newest first."""
    page = await ctx.services.dead_letters.page(ctx.actor)
    await show(message, dead_list(ctx.t, page, first=True))


async def turn(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """A page of them."""
    before = number_in(ids) if ids else None
    page = await ctx.services.dead_letters.page(ctx.actor, before)
    await show(press, dead_list(ctx.t, page, first=before is None))


async def show_card(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """One of them; sent or given up meanwhile, the list says what is left."""
    try:
        letter = await ctx.services.dead_letters.one(ctx.actor, number_in(ids))
    except NotFound as error:
        await _late(press, ctx, error)
        return
    await show(press, dead_card(ctx.t, letter))


async def ask_all(press: CallbackQuery, ctx: Ctx) -> None:
    """Asked once more before many messages go out."""
    await show(press, all_question(ctx.t, await ctx.services.dead_letters.page(ctx.actor)))


async def replay(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Send one again, or all."""
    numbers = [number_in(ids)] if ids else None
    try:
        done = await ctx.services.dead_letters.replay(ctx.actor, numbers)
    except NotFound as error:
        await _late(press, ctx, error)
        return
    await show(press, replayed(ctx.t, done))


async def ask_why(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The reasons to choose from."""
    try:
        letter = await ctx.services.dead_letters.one(ctx.actor, number_in(ids))
    except NotFound as error:
        await _late(press, ctx, error)
        return
    await show(press, drop_question(ctx.t, letter))


async def drop(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Give it up for good."""
    reason = plain(ctx.t(REASONS[ids[1]])) if len(ids) > 1 and ids[1] in REASONS else ""
    try:
        await ctx.services.dead_letters.drop(ctx.actor, [number_in(ids)], reason)
    except NotFound as error:
        await _late(press, ctx, error)
        return
    await show(press, dropped(ctx.t))


async def _late(press: CallbackQuery, ctx: Ctx, error: NotFound) -> None:
    page = await ctx.services.dead_letters.page(ctx.actor)
    await show_late(press, toast(ctx.t, error), dead_list(ctx.t, page, first=True))

"""Broadcasts: the list, the card with its progress, pausing, going on, starting, stopping."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from domain.broadcasts.views import BroadcastView
from domain.errors import Conflict
from handlers.admin.broadcast_preview import send_preview
from handlers.context import Ctx
from handlers.filters import MenuChosen, Pressed
from handlers.ids import number_in
from handlers.reply import show, show_late, show_new
from handlers.sending import chat_of
from handlers.views.broadcasts import (
    ASKED,
    asked,
    broadcast_card,
    broadcast_list,
    progress_key,
)
from handlers.views.errors import toast
from handlers.views.faults_status import status_page


def broadcasts_router() -> Router:
    """The command, the menu button and the presses."""
    router = Router(name="admin-broadcasts")
    router.message.register(open_list, Command("broadcasts"))
    router.message.register(open_list, MenuChosen("broadcasts"))
    router.callback_query.register(turn, Pressed("broadcasts"))
    router.callback_query.register(open_card, Pressed("broadcast.card"))
    router.callback_query.register(refresh, Pressed("broadcast.show"))
    router.callback_query.register(look, Pressed("broadcast.look"))
    router.callback_query.register(ask, Pressed("broadcast.ask"))
    router.callback_query.register(perform, Pressed("broadcast.do"))
    router.callback_query.register(show_status, Pressed("news.to"))
    return router


async def show_status(press: CallbackQuery, ctx: Ctx) -> None:
    """To any reader of a broadcast with such a button: how the platform works, below it."""
    status = await ctx.services.maintenance.status(ctx.actor, orders=True)
    await show_new(press, status_page(ctx.t, status, reports=ctx.actor.role is not None))


async def open_list(message: Message, ctx: Ctx) -> None:
    """The newest broadcasts."""
    await show(message, broadcast_list(ctx.t, await ctx.services.broadcasts.page(ctx.actor)))


async def turn(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """A page of broadcasts."""
    before = number_in(ids) if ids else None
    page = await ctx.services.broadcasts.page(ctx.actor, before)
    await _leave(press, ctx)
    await show(press, broadcast_list(ctx.t, page))


async def open_card(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The card in place of the list."""
    await _show_card(press, ctx, await _one(ctx, ids))


async def refresh(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The card as it stands now; one that has not changed stays as it is."""
    await _show_card(press, ctx, await _one(ctx, ids))


async def look(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The message as readers see it, in both languages."""
    view = await _one(ctx, ids)
    await press.answer()
    await send_preview(press, ctx, view.number, view.content)


async def ask(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The question before it starts or stops."""
    view = await _one(ctx, ids, 1)
    if ids[0] not in ASKED or view.state in ("stopped", "done"):
        await _show_card(press, ctx, view)
        return
    reached = await ctx.services.broadcasts.reach(ctx.actor, view.audience)
    await _leave(press, ctx)
    await show(press, asked(ctx.t, ids[0], view, reached))


async def perform(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Do it; too late, it is told and the card is shown as it stands."""
    broadcasts, number = ctx.services.broadcasts, number_in(ids, 1)
    acts = {
        "start": broadcasts.start,
        "pause": broadcasts.pause,
        "resume": broadcasts.resume,
        "stop": broadcasts.stop,
    }
    act = acts.get(ids[0])
    try:
        if act is not None:
            await act(ctx.actor, number)
    except Conflict as error:
        card = broadcast_card(ctx.t, await broadcasts.one(ctx.actor, number))
        await show_late(press, toast(ctx.t, error), card)
        return
    await _show_card(press, ctx, await broadcasts.one(ctx.actor, number))


async def _one(ctx: Ctx, ids: list[str], at: int = 0) -> BroadcastView:
    return await ctx.services.broadcasts.one(ctx.actor, number_in(ids, at))


async def _show_card(press: CallbackQuery, ctx: Ctx, view: BroadcastView) -> None:
    """Show the card in the pressed message, which then follows the sending by itself."""
    await show(press, broadcast_card(ctx.t, view))
    await follow_here(press, ctx, view)


async def _leave(press: CallbackQuery, ctx: Ctx) -> None:
    """The pressed message shows something else from now on."""
    if isinstance(press.message, Message):
        await ctx.services.broadcasts.unwatch(chat_of(press), press.message.message_id)


async def follow_here(press: CallbackQuery, ctx: Ctx, view: BroadcastView) -> None:
    """Remember the pressed message as the one that shows how far the sending has come."""
    if isinstance(press.message, Message) and view.over_at is None:
        await ctx.services.broadcasts.watch(
            ctx.actor, view.number, chat_of(press), press.message.message_id, progress_key(view)
        )

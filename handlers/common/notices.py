"""/notices: everything that was told, with what is unread marked; a page shown is a page read."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from handlers.context import Ctx
from handlers.filters import MenuChosen, Pressed
from handlers.ids import number_in
from handlers.reply import show, show_new
from handlers.views.account import notices as notices_page
from handlers.views.notices import render, title

_PAGE = 8


def notices_router() -> Router:
    """The command, the menu button, pages and single notices."""
    router = Router(name="common-notices")
    router.message.register(open_list, Command("notices"))
    router.message.register(open_list, MenuChosen("notices"))
    router.callback_query.register(turn, Pressed("notices"))
    router.callback_query.register(open_one, Pressed("notice.card"))
    return router


async def open_list(message: Message, ctx: Ctx) -> None:
    """The newest page."""
    await _show(message, ctx)


async def turn(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """An older page, or the newest one again."""
    await _show(press, ctx, number_in(ids))


async def _show(event: Message | CallbackQuery, ctx: Ctx, before: int = 0) -> None:
    page = await ctx.services.notices.page(ctx.actor, before or None, _PAGE)
    lines = [title(ctx.t, each) for each in page.notices]
    await show(event, notices_page(ctx.t, page, lines, first=not before))
    unread = [each.number for each in page.notices if each.read_at is None]
    if unread:
        await ctx.services.notices.mark_read(ctx.actor, unread)


async def open_one(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """One notice as it was sent, with its buttons."""
    number = number_in(ids)
    page = await ctx.services.notices.page(ctx.actor, number + 1, 1)
    if not page.notices or page.notices[0].number != number:
        await _show(press, ctx)
        return
    await show_new(press, render(ctx.t, page.notices[0], ctx.now))

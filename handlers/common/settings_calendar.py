"""Deadlines for a calendar program: a file, and a private address."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery, LinkPreviewOptions, Message

from handlers.context import Ctx
from handlers.filters import Pressed
from handlers.reply import say, show
from handlers.sending import send_document
from handlers.views.settings_calendar import (
    calendar_address,
    calendar_caption,
    calendar_of,
    calendar_page,
    no_deadlines,
)

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_NAME = "tapsyrys.ics"


def calendar_router() -> Router:
    """The presses of the page."""
    router = Router(name="common-settings-calendar")
    router.callback_query.register(show_page, Pressed("set.calendar"))
    router.callback_query.register(send_file, Pressed("set.calendar.file"))
    router.callback_query.register(renew, Pressed("set.calendar.new"))
    router.callback_query.register(revoke, Pressed("set.calendar.off"))
    return router


async def show_page(press: CallbackQuery, ctx: Ctx) -> None:
    """The two ways."""
    await show(press, calendar_page(ctx.t, await ctx.services.calendars.since(ctx.actor)))


async def send_file(press: CallbackQuery, ctx: Ctx) -> None:
    """The terms as they stand, as a document."""
    found = await ctx.services.calendars.deadlines(ctx.actor)
    running = sum(1 for each in found if not each.cancelled)
    if not found:
        await say(press, no_deadlines(ctx.t))
        return
    await press.answer()
    await send_document(press, calendar_of(ctx.t, found), _NAME, calendar_caption(ctx.t, running))


async def renew(press: CallbackQuery, ctx: Ctx, calendar_url: str = "") -> None:
    """A new address in a message of its own; ``calendar_url``: where people find calendars."""
    token = await ctx.services.calendars.renew(ctx.actor)
    text = calendar_address(ctx.t, f"{calendar_url}/{token}.ics")
    await show_page(press, ctx)
    if isinstance(press.message, Message):
        await press.message.answer(text, link_preview_options=_NO_PREVIEW)


async def revoke(press: CallbackQuery, ctx: Ctx) -> None:
    """The address ends."""
    await ctx.services.calendars.revoke(ctx.actor)
    await show_page(press, ctx)

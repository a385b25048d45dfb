"""The way from the chat to the web desk: a link that works once, and the end of all sessions."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.filters import Command
from aiogram.types import CallbackQuery, LinkPreviewOptions, Message

from handlers.context import Ctx
from handlers.filters import Pressed
from handlers.views.support_web import END, OPEN, desk_link, sessions_ended

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


def support_web_router() -> Router:
    """The command in a private chat, and the button under its answer."""
    router = Router(name="support-web")
    router.message.register(give_link, Command("desk"), F.chat.type == ChatType.PRIVATE)
    router.callback_query.register(
        press_link, Pressed(OPEN), F.message.chat.type == ChatType.PRIVATE
    )
    router.callback_query.register(end_sessions, Pressed(END))
    return router


async def give_link(message: Message, ctx: Ctx, desk_url: str = "") -> None:
    """A fresh link for an operator; anybody else is refused by the use case.

    ``desk_url``: where people find the web desk. The token stands behind ``#``, where it is
    sent to no server but by the page itself.
    """
    made = await ctx.services.support.desk_link(ctx.actor)
    shown = desk_link(ctx.t, f"{desk_url}#enter={made.token}", made.until)
    await message.answer(shown.text, reply_markup=shown.keyboard, link_preview_options=_NO_PREVIEW)


async def press_link(press: CallbackQuery, ctx: Ctx, desk_url: str = "") -> None:
    """The same from the queue and the shift, which stay as they are."""
    if isinstance(press.message, Message):
        await give_link(press.message, ctx, desk_url)
    await press.answer()


async def end_sessions(press: CallbackQuery, ctx: Ctx) -> None:
    """End every session and link of the operator."""
    count = await ctx.services.support.desk_sign_out(ctx.actor)
    await press.answer(sessions_ended(ctx.t, count), show_alert=True)

"""No update is left without an answer: the way on for whatever nobody else took."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.types import CallbackQuery, Message, ReplyParameters

from handlers.common.support import support_fallback
from handlers.context import Ctx
from handlers.views.menus import main_menu
from handlers.views.support import not_readable, not_understood


def fallback() -> Router:
    """The last router: what is for support goes there, all else gets the way on."""
    router = Router(name="fallback")
    router.include_router(support_fallback())
    unknown = Router(name="unknown")
    unknown.message.register(unknown_message, F.chat.type == ChatType.PRIVATE)
    unknown.callback_query.register(unknown_press)
    router.include_router(unknown)
    return router


async def unknown_message(message: Message, ctx: Ctx) -> None:
    """A text that no form was waiting for, or what nobody can read."""
    if message.text is None:
        menu = main_menu(ctx.t, ctx.actor.role)
        await message.answer(not_readable(ctx.t), reply_markup=menu)
        return
    shown = not_understood(ctx.t)
    # The button sends the text that is answered here: it stands above it.
    above = ReplyParameters(message_id=message.message_id, allow_sending_without_reply=True)
    await message.answer(shown.text, reply_markup=shown.keyboard, reply_parameters=above)


async def unknown_press(press: CallbackQuery, ctx: Ctx) -> None:
    """A button of an older release, or somebody's forgery."""
    await press.answer(
        ctx.t("This button no longer works. Please open the menu: /start"), show_alert=True
    )

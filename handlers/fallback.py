"""No update is left without an answer: the way on for whatever nobody else took."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.types import CallbackQuery, Message

from handlers.context import Ctx
from handlers.views.menus import main_menu


def fallback() -> Router:
    """The last router."""
    router = Router(name="fallback")
    router.message.register(unknown_message, F.chat.type == ChatType.PRIVATE)
    router.callback_query.register(unknown_press)
    return router


async def unknown_message(message: Message, ctx: Ctx) -> None:
    """A text, photo or anything else that no form was waiting for."""
    if message.text is None and message.caption is None:
        text = ctx.t(
            "I did not expect a file here. To attach it, open an order or an offer first, "
            "then send the file at the step that asks for it."
        )
    else:
        text = ctx.t("I did not understand. Please choose an action from the menu below, or /help.")
    await message.answer(text, reply_markup=main_menu(ctx.t, ctx.actor.role))


async def unknown_press(press: CallbackQuery, ctx: Ctx) -> None:
    """A button of an older release, or somebody's forgery."""
    await press.answer(
        ctx.t("This button no longer works. Please open the menu: /start"), show_alert=True
    )

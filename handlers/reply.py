"""Showing what a view made: in place of the pressed message, or as a new one."""

from __future__ import annotations

from aiogram.types import (
    CallbackQuery,
    InlineKeyboardMarkup,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from handlers.sending import chat_of, put_shown
from handlers.views.shown import Shown

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


async def show(event: Message | CallbackQuery, shown: Shown) -> None:
    """Show a card: a press changes its own message, a message gets an answer."""
    if isinstance(event, CallbackQuery):
        await event.answer()
    await put_shown(event, shown)


async def show_new(event: Message | CallbackQuery, shown: Shown) -> None:
    """Send a card as a new message and leave the pressed one as it is."""
    await say(event, shown.text, shown.keyboard)


async def say(event: Message | CallbackQuery, text: str, markup: Markup | None = None) -> None:
    """Send a text as a new message; a press is answered."""
    if isinstance(event, CallbackQuery):
        await event.answer()
    if event.bot is not None:
        await event.bot.send_message(chat_of(event), text, reply_markup=markup)


async def show_late(press: CallbackQuery, why: str, current: Shown) -> None:
    """A button pressed too late: say what has happened since, and show the card as it is now."""
    await press.answer(why, show_alert=True)
    await put_shown(press, current)

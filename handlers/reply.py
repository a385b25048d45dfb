"""Showing what a view made: in place of the pressed message, or as a new one."""

from __future__ import annotations

from aiogram.types import (
    CallbackQuery,
    InlineKeyboardMarkup,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from handlers.views.shown import Shown

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


async def show(event: Message | CallbackQuery, shown: Shown) -> None:
    """Show a card: a press changes its own message, a message gets an answer.

    A card that came as a picture's caption, or whose message is gone, is sent anew.
    """
    if isinstance(event, Message):
        await event.answer(shown.text, reply_markup=shown.keyboard)
        return
    await event.answer()
    if isinstance(event.message, Message) and event.message.text is not None:
        await event.message.edit_text(shown.text, reply_markup=shown.keyboard)
    elif event.message is not None and event.bot is not None:
        await event.bot.send_message(event.message.chat.id, shown.text, reply_markup=shown.keyboard)


async def show_new(event: Message | CallbackQuery, shown: Shown) -> None:
    """Send a card as a new message and leave the pressed one as it is."""
    await say(event, shown.text, shown.keyboard)


async def say(event: Message | CallbackQuery, text: str, markup: Markup | None = None) -> None:
    """Send a text as a new message; a press is answered."""
    if isinstance(event, Message):
        await event.answer(text, reply_markup=markup)
        return
    await event.answer()
    if event.message is not None and event.bot is not None:
        await event.bot.send_message(event.message.chat.id, text, reply_markup=markup)

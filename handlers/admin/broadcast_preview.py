"""A broadcast in the chat of its author, exactly as its readers will see it."""

from __future__ import annotations

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, Message

from domain.broadcasts.rules import LANGUAGES, Content, File
from handlers.context import Ctx, locale_of
from handlers.sending import chat_of, send_shown
from handlers.views.broadcasts_form import as_read, preview_head
from handlers.views.parts import CAPTION_LIMIT, fits
from handlers.views.shown import Shown
from handlers.views.split import split_html
from handlers.views.translator import Html, translator


async def send_preview(
    event: Message | CallbackQuery, ctx: Ctx, number: int, content: Content
) -> None:
    """Both languages, each under a line that says which it is."""
    for language in LANGUAGES:
        await send_shown(event, Shown(preview_head(ctx.t, language)))
        shown = as_read(translator(locale_of(language)), content, number)
        if event.bot is not None:
            await _send(event.bot, chat_of(event), shown, content.file)


async def _send(bot: Bot, chat: int, shown: Shown, file: File | None) -> None:
    if file is not None and await _sent_with_file(bot, chat, shown, file):
        return
    parts = split_html(shown.text)
    for place, part in enumerate(parts, start=1):
        markup = shown.keyboard if place == len(parts) else None
        await bot.send_message(chat, part, reply_markup=markup)


async def _sent_with_file(bot: Bot, chat: int, shown: Shown, file: File) -> bool:
    """Send the file, with the text as its caption where it fits; whether the text went, too."""
    captioned = fits(Html(shown.text), CAPTION_LIMIT)
    caption, markup = (shown.text, shown.keyboard) if captioned else (None, None)
    try:
        if file.kind == "photo":
            await bot.send_photo(chat, file.file_id, caption=caption, reply_markup=markup)
        else:
            await bot.send_document(chat, file.file_id, caption=caption, reply_markup=markup)
    except TelegramBadRequest:
        # An id that is no good any more: readers get the words then, and so does the author.
        return False
    return captioned

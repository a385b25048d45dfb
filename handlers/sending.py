"""Sending files into the chat a person acts in."""

from __future__ import annotations

from aiogram.types import BufferedInputFile, CallbackQuery, InputMediaPhoto, Message
from aiogram.types.media_union import MediaUnion

from handlers.views.parts import CAPTION_LIMIT, fits
from handlers.views.shown import Shown
from handlers.views.translator import Html

#: Telegram's limit of one album.
_ALBUM = 10


def chat_of(event: Message | CallbackQuery) -> int:
    """The chat to answer in: the message's own, or that of the pressed one."""
    if isinstance(event, Message):
        return event.chat.id
    return event.message.chat.id if event.message is not None else event.from_user.id


async def send_document(
    event: Message | CallbackQuery, content: bytes, name: str, caption: Html | None = None
) -> None:
    """Send a file; a caption beyond Telegram's limit goes as a message of its own."""
    if event.bot is None:  # pragma: no cover - aiogram sets it on every update
        return
    chat, fitting = chat_of(event), caption is None or fits(caption, CAPTION_LIMIT)
    await event.bot.send_document(
        chat, BufferedInputFile(content, name), caption=caption if fitting else None
    )
    if caption is not None and not fitting:
        await event.bot.send_message(chat, caption)


async def send_pictures(event: Message | CallbackQuery, pictures: list[bytes]) -> None:
    """Send pictures, several as albums."""
    if event.bot is None:  # pragma: no cover - aiogram sets it on every update
        return
    files = [BufferedInputFile(each, f"{at}.png") for at, each in enumerate(pictures, start=1)]
    for at in range(0, len(files), _ALBUM):
        album = files[at : at + _ALBUM]
        if len(album) == 1:
            await event.bot.send_photo(chat_of(event), album[0])
        else:
            media: list[MediaUnion] = [InputMediaPhoto(media=each) for each in album]
            await event.bot.send_media_group(chat_of(event), media)


async def send_shown(event: Message | CallbackQuery, shown: Shown) -> None:
    """Send a text with its buttons, the press being answered elsewhere (inside forms)."""
    if event.bot is not None:
        await event.bot.send_message(chat_of(event), shown.text, reply_markup=shown.keyboard)


async def put_shown(event: Message | CallbackQuery, shown: Shown) -> None:
    """Show in place of the pressed message, the press being answered elsewhere.

    A message gets an answer; a card that came as a picture's caption, or whose message is gone,
    is sent anew.
    """
    pressed = event.message if isinstance(event, CallbackQuery) else None
    if isinstance(pressed, Message) and pressed.text is not None:
        await pressed.edit_text(shown.text, reply_markup=shown.keyboard)
    else:
        await send_shown(event, shown)

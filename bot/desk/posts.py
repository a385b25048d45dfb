"""A message of a ticket as calls of the Bot API: texts, then files by Telegram's id or by bytes."""

from __future__ import annotations

from typing import Any

from aiogram.methods import (
    SendAudio,
    SendDocument,
    SendMessage,
    SendPhoto,
    SendVideo,
    SendVideoNote,
    SendVoice,
    TelegramMethod,
)
from aiogram.types import BufferedInputFile, InlineKeyboardMarkup, Message

from domain.files import FileStore
from domain.support.views import FileView, MessageView
from handlers.views.desk import lost_file, message_head, message_text, sendable
from handlers.views.split import CAPTION_LIMIT, split_html, visible_length
from handlers.views.translator import Html, Translator, escape, join, plain

_SENDERS: dict[str, type[TelegramMethod[Message]]] = {
    "voice": SendVoice,
    "audio": SendAudio,
    "video_note": SendVideoNote,
    "video": SendVideo,
    "photo": SendPhoto,
    "document": SendDocument,
}
#: A note under the picture of a circle is not possible.
_WITHOUT_CAPTION = frozenset({"video_note"})


def way_of(kind: str, mime: str) -> str:
    """As what a file is sent: Telegram takes an id back only as the kind it was sent as."""
    if kind == "document" and mime.startswith("video/"):
        return "video"
    return "audio" if kind == "call" else kind


def file_call(
    chat_id: int,
    thread_id: int | None,
    way: str,
    media: object,
    caption: str | None,
    keyboard: InlineKeyboardMarkup | None = None,
) -> TelegramMethod[Message]:
    """One file as a message; ``way`` is a kind of media the Bot API knows.

    With a ``keyboard`` it is a recording: heard here, and sent on by nobody, as handing it over
    is a step on record (act 366, clause 21.1).
    """
    if way not in _SENDERS:
        way = "document"
    more: dict[str, Any] = {way: media, "reply_markup": keyboard}
    if caption and way not in _WITHOUT_CAPTION:
        more["caption"] = caption
    if keyboard is not None:
        more["protect_content"] = True
    return _SENDERS[way](chat_id=chat_id, message_thread_id=thread_id, **more)


def calls(
    t: Translator, message: MessageView, chat_id: int, thread_id: int
) -> list[TelegramMethod[Message] | FileView]:
    """The parts of a message in their order; a file stands for itself until it is sent.

    One file with a short text goes as one part: a group takes 20 messages a minute.
    """
    text = message_text(t, message)
    files = [file for file in message.files if sendable(file)]
    if len(files) == 1 and _captioned(files[0]) and visible_length(text) <= CAPTION_LIMIT:
        return [files[0]]
    parts: list[TelegramMethod[Message] | FileView] = [
        SendMessage(chat_id=chat_id, message_thread_id=thread_id, text=part)
        for part in split_html(text)
    ]
    return [*parts, *files]


def _captioned(file: FileView) -> bool:
    return way_of(file.kind, file.mime) not in _WITHOUT_CAPTION


def caption_of(t: Translator, message: MessageView, *, alone: bool) -> str:
    """The text under a file: all that was said, or the number by which it belongs to a text."""
    return message_text(t, message) if alone else escape(f"#{message.position}")


def ways(t: Translator, file: FileView) -> list[tuple[str, bool]]:
    """How to try to send a file, the best first: (kind of media, by Telegram's id)."""
    way = way_of(file.kind, file.mime)
    tries = []
    if file.telegram_file_id:
        tries.append((way, True))
        if way == "video":
            tries.append(("document", True))
    if file.sha256:
        tries += [(way, False), ("document", False)]
    return tries


async def media_of(files: FileStore, file: FileView, *, by_id: bool) -> object:
    """What Telegram is given for a file; raises KeyError when our store has no copy."""
    if by_id:
        return file.telegram_file_id
    return BufferedInputFile(await files.get(file.sha256), file.name or file.kind)


def instead_of(
    t: Translator, message: MessageView, file: FileView, chat_id: int, thread_id: int
) -> SendMessage:
    """The words in place of a file that Telegram would not take in any way."""
    head = message_head(t, message)
    return SendMessage(
        chat_id=chat_id,
        message_thread_id=thread_id,
        text=join([head, lost_file(t, file), plain_of(message)]),
    )


def plain_of(message: MessageView) -> str:
    """The words of a message without any markup: for what Telegram could not read."""
    return escape(plain(Html(message.text)))


def bare(
    t: Translator, message: MessageView, chat_id: int, thread_id: int
) -> list[TelegramMethod[Message]]:
    """The message without markup: for a text that Telegram refused to read."""
    text = join([message_head(t, message), plain_of(message)])
    return [
        SendMessage(chat_id=chat_id, message_thread_id=thread_id, text=part)
        for part in split_html(text)
    ]

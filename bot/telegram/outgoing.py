"""A message ready to go: whom to, what, in which language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from aiogram.types import (
    ForceReply,
    InlineKeyboardMarkup,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

Keyboard = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply

FileKind = Literal["photo", "document", "voice", "audio", "video", "video_note"]


@dataclass(frozen=True)
class OutgoingFile:
    """A file: its bytes, or Telegram's id of one it already has."""

    kind: FileKind
    name: str = ""
    content: bytes = b""
    file_id: str = ""


@dataclass(frozen=True)
class Outgoing:
    """A rendered message. ``text`` is HTML; the keyboard stands under the text."""

    chat_id: int
    text: str
    keyboard: Keyboard | None = None
    files: tuple[OutgoingFile, ...] = ()
    language: str = "ru"
    silent: bool = False
    thread_id: int | None = None

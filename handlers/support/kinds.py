"""What a message in a ticket's topic is: an answer to the user, or a note among operators.

An answer cannot be taken back, so a message is one only when nothing at all speaks against it.
Whatever is in doubt is a note: it is kept, colleagues read it, and the user never does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from aiogram.types import Message

from handlers.views.desk_terms import (
    CALL,
    DESK,
    DISPUTE,
    DOCUMENTS,
    INCIDENT,
    MERGE,
    MUTE,
    NOTE,
    PERSON,
)
from handlers.views.translator import LOCALES, lazy, plain, translator

#: ``service``: nothing was said (a pin, somebody joined). ``unsigned``: nobody knows who wrote
#: it (anonymous admins, channels, bots). The rest, but for ``answer``, answers a question of the
#: bot, and is that.
Kind = Literal[
    "answer",
    "note",
    "service",
    "unsigned",
    "documents",
    "merge",
    "dispute",
    "incident",
    "called",
    "mute",
]

PROMPTS: Mapping[str, Kind] = {
    NOTE: "note",
    DOCUMENTS: "documents",
    MERGE: "merge",
    DISPUTE: "dispute",
    INCIDENT: "incident",
    CALL: "called",
    MUTE: "mute",
}

#: What may go to a user: texts, and files that the bot can send again as they are.
_SPEAKS = ("text", "photo", "document", "voice", "audio", "video", "video_note")
#: Said all the same, though a user cannot be sent it.
_SAID = (
    *_SPEAKS,
    "animation",
    "sticker",
    "story",
    "contact",
    "dice",
    "game",
    "poll",
    "venue",
    "location",
    "paid_media",
    "checklist",
    "invoice",
)
_WORD = lazy("note", context="hashtag of an internal note")
# Apps cut a text that is too long into messages of about 4,096 characters, sent at once.
_LONG, _AT_ONCE, _CLOSE = 3_000, 5.0, 20


@dataclass(frozen=True)
class Before:
    """What the same person sent into the same topic just before, as the conversation keeps it.

    ``kind`` of the message ``number`` sent ``at`` (Unix time); ``long`` when an app may have cut
    it; ``album`` it was a part of.
    """

    kind: str = ""
    number: int = 0
    at: float = 0.0
    long: bool = False
    album: str = ""

    @classmethod
    def read(cls, kept: object) -> Before:
        """From the conversation's data; whatever is odd there reads as nothing."""
        if not isinstance(kept, dict):
            return cls()
        values: dict[str, Any] = kept
        try:
            return cls(**values)
        except TypeError:
            return cls()


@cache
def note_words() -> tuple[str, ...]:
    """Hashtags that begin a note, in every language."""
    words = {_WORD.text, *(plain(translator(locale)(_WORD)) for locale in LOCALES)}
    return tuple(sorted(_levelled(word) for word in words))


def _levelled(text: str) -> str:
    """The text without what nobody sees at its beginning, and without case and width."""
    seen = "".join(
        char
        for char in unicodedata.normalize("NFKC", text)
        if unicodedata.category(char) not in ("Cf", "Cc", "Mn", "Zs", "Zl", "Zp")
    )
    return seen.casefold().strip()


_MARKS = re.compile(r"[\s>*_~`'\"\u2018-\u201f\u00ab\u00bb()\[\]\-\u2010-\u2015.,:;!\u2022]*")


def is_marked(text: str) -> bool:
    """Whether a text begins as notes do, also behind a quotation mark, a bullet or a bracket.

    A single slash, and the fraction and division slashes, count as well: a command that nobody
    knows, or a mistyped mark, is nothing for a user.
    """
    begins = _MARKS.sub("", _levelled(text), count=1)
    if begins.startswith(("/", "\u2044", "\u2215", "\u29f8", "\\")):
        return True
    if begins.startswith("#"):
        word = begins.lstrip("#")
        return any(word.startswith(each) for each in note_words())
    return begins.startswith(NOTE)


def kind_of(message: Message, *, bot_id: int, note_mode: bool, card: int, before: Before) -> Kind:
    """What a message of a topic is; ``card`` is the number of the topic's card."""
    if not any(getattr(message, each, None) is not None for each in _SAID):
        return "service"
    if _is_unsigned(message):
        return "unsigned"
    asked = _asked(message, bot_id)
    internal = note_mode or is_marked(message.text or message.caption or "")
    if asked is not None and not internal and (message.text or _is_recording(message, asked)):
        return asked
    doubts = (
        internal,
        asked is not None,
        message.animation is not None,
        not any(getattr(message, each, None) is not None for each in _SPEAKS),
        _is_borrowed(message),
        _replies_in_doubt(message, bot_id, card),
        _continues_note(message, before),
        not _of_answered_album(message, before),
    )
    return "note" if any(doubts) else "answer"


def _is_unsigned(message: Message) -> bool:
    user = message.from_user
    return (
        user is None
        or user.is_bot
        or message.sender_chat is not None
        or message.sender_business_bot is not None
        or bool(message.is_automatic_forward)
    )


def _is_borrowed(message: Message) -> bool:
    """Somebody else's words, or what the sender may not have read through."""
    return (
        message.forward_origin is not None
        or message.via_bot is not None
        or message.external_reply is not None
        or message.reply_to_story is not None
        or bool(message.is_from_offline)
        or (message.quote is not None and message.reply_to_message is None)
    )


def _asked(message: Message, bot_id: int) -> Kind | None:
    """What the bot had asked for in the message that this one replies to."""
    replied = message.reply_to_message
    if replied is None or replied.from_user is None:
        return None
    if replied.from_user.id != bot_id:
        return None
    begins = replied.text or replied.caption or ""
    return next((kind for sign, kind in PROMPTS.items() if begins.startswith(sign)), None)


def _is_recording(message: Message, asked: Kind) -> bool:
    """Whether it answers the question about a call: the recording may stand for the words."""
    spoken = message.voice is not None or message.audio is not None
    return asked == "called" and spoken and not _is_borrowed(message)


def _replies_in_doubt(message: Message, bot_id: int, card: int) -> bool:
    """A reply is for the user where it replies to the card or to a message of the ticket.

    A reply to a colleague is talk between colleagues. (In a topic each message that replies to
    nothing replies to the one that opened the topic.)
    """
    replied = message.reply_to_message
    if replied is None:
        return False
    if replied.forum_topic_created is not None or replied.message_id == message.message_thread_id:
        return False
    if replied.from_user is None or replied.from_user.id != bot_id:
        return True
    begins = replied.text or replied.caption or ""
    return replied.message_id != card and not begins.startswith((f"{PERSON} #", f"{DESK} #"))


def _continues_note(message: Message, before: Before) -> bool:
    """Whether an app may have cut it off the end of a long note."""
    if before.kind != "note" or not before.long:
        return False
    soon = message.date.timestamp() - before.at <= _AT_ONCE
    return soon and message.message_id - before.number <= _CLOSE


def _of_answered_album(message: Message, before: Before) -> bool:
    """Whether its album, if it is of one, was begun by an answer.

    The words of an album may stand under any of its pictures. Until one has come that says that
    the album is for the user, its pictures are kept among operators.
    """
    album = message.media_group_id
    if not album:
        return True
    if before.album == album:
        return before.kind == "answer"
    return bool((message.caption or "").strip())


def remembered(message: Message, kind: Kind, before: Before) -> Before:
    """What the conversation keeps of a message for the one after it."""
    same = bool(message.media_group_id) and before.album == message.media_group_id
    # A note within an album makes the rest of it notes; an answer never does the opposite.
    if same and before.kind == "note":
        kind = "note"
    text = message.text or message.caption or ""
    return Before(
        kind="answer" if kind == "answer" else "note",
        number=message.message_id,
        at=message.date.timestamp(),
        long=len(text) >= _LONG,
        album=message.media_group_id or "",
    )

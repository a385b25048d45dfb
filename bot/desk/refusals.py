"""What a refusal of Telegram means for a topic: made anew, elsewhere, later, or not at all."""

from __future__ import annotations

from typing import Literal

from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
)

#: ``topic``: it was deleted. ``group``: we may not write there any more. ``moved``: the group has
#: another id. ``same``: it is so already. ``wait``: we wrote too much. ``message``: this content
#: or this message only. ``closed``: the topic is closed. ``other``: says nothing about the topic.
Meaning = Literal["topic", "group", "moved", "same", "wait", "closed", "message", "other"]

_TOPIC = ("thread not found", "topic_deleted", "topic_id_invalid", "topic not found")
_GROUP = (
    "not enough rights",
    "chat_admin_required",
    "need administrator rights",
    "have no rights",
    "chat not found",
    "peer_id_invalid",
    "chat is not a forum",
    "chat_forum_missing",
    "chat_write_forbidden",
    "group chat was deactivated",
    "channel_private",
)
_SAME = ("topic_not_modified", "message is not modified")
_CLOSED = ("topic_closed", "topic is closed")


def meaning(error: BaseException) -> Meaning:
    """Sort what Telegram answered to a call about a topic."""
    match error:
        case TelegramRetryAfter():
            return "wait"
        case TelegramMigrateToChat():
            return "moved"
        case TelegramForbiddenError():
            return "group"
        case TelegramBadRequest():
            words = error.message.lower()
    if not isinstance(error, TelegramBadRequest):
        return "other"
    known: tuple[tuple[tuple[str, ...], Meaning], ...] = (
        (_TOPIC, "topic"),
        (_SAME, "same"),
        (_CLOSED, "closed"),
        (_GROUP, "group"),
    )
    for phrases, what in known:
        if any(phrase in words for phrase in phrases):
            return what
    return "message"

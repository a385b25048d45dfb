"""Taking copies of destroyed recordings out of chats (act 366, clause 21.3).

Telegram lets a bot delete any message of a group where it has the right to, and elsewhere what is
not older than 48 hours: what it refuses is told, so that the act of destruction can name it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
)

from bot.logs import scrub
from domain.support.recording_views import Copy

_REASON = 120
# These are said of the message or its chat, and will be said tomorrow; all else passes.
_REFUSALS = (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
)
_GONE = ("message to delete not found", "message_id_invalid")


class CopyDeleter:
    """Deletes messages; satisfies ``domain.support.recording_views.Deleter``."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def delete(self, copies: Sequence[Copy]) -> Mapping[Copy, str]:
        """Delete messages; the answer holds those that stay, with Telegram's reason.

        One by one: asked for many at once, Telegram passes over those it refuses in silence.
        Raises the error of aiogram where Telegram does not answer.
        """
        refused: dict[Copy, str] = {}
        for copy in dict.fromkeys(copies):
            if why := await self._one(*copy):
                refused[copy] = why
        return refused

    async def _one(self, chat: int, post: int) -> str:
        try:
            await self._bot.delete_message(chat, post)
        except _REFUSALS as error:
            if any(word in error.message.lower() for word in _GONE):
                return ""
            return scrub(error.message)[:_REASON]
        return ""

"""Sends the canary, takes the last one out of the chat, and says when one is late."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest

from bot.health import CANARY, Health
from domain.canary import Canaries, Spent

log = structlog.get_logger(__name__)

# Seconds beyond the time between two canaries after which one is late.
GRACE = 60.0


class Canary:
    """Looks every few seconds. Late is measured by this process's own clock from when it saw the
    last one arrive: so it is late, too, while the database cannot be asked.
    """

    def __init__(
        self,
        canaries: Canaries,
        bot: Bot,
        health: Health,
        every: timedelta,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._canaries = canaries
        self._bot = bot
        self._health = health
        self._allowed = every.total_seconds() + GRACE
        self._monotonic = monotonic
        self._seen_at = monotonic()
        self._arrived: datetime | None = None
        self._chat_known = True

    @property
    def age(self) -> float:
        """Seconds since one was last seen to have arrived, or since the start."""
        return self._monotonic() - self._seen_at

    async def look(self) -> None:
        """Put the canary of this turn, see whether the last one came, tidy the chat."""
        try:
            await self._put()
            await self._see()
        finally:
            if self.age > self._allowed:
                self._health.set(CANARY)
            else:
                self._health.clear(CANARY)
        for one in await self._canaries.spent():
            await self._take_away(one)

    async def _put(self) -> None:
        known = await self._canaries.put()
        if not known and self._chat_known:
            log.error("canary.no_chat", advice="Send /start to the bot from TAPSYRYS_CANARY_CHAT.")
        self._chat_known = known

    async def _see(self) -> None:
        arrived = await self._canaries.arrived_at()
        if arrived is not None and arrived != self._arrived:
            # Of the one before our start nobody knows how long ago it was by this clock.
            self._arrived, self._seen_at = arrived, self._monotonic()

    async def _take_away(self, one: Spent) -> None:
        if one.message_id is not None:
            # One that was deleted by hand, or is older than Telegram lets us delete, is gone, too.
            with suppress(TelegramBadRequest):
                await self._bot.delete_message(self._canaries.chat_id, one.message_id)
        await self._canaries.forget(one)

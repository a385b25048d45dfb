"""Our own health as a witness: whether this process works and Telegram answers, on record.

A gap of more than a minute inside working hours becomes a draft incident by itself: what the
platform did not do is known without anybody's report.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError

from bot.telegram.outcome import is_telegram_away
from domain.clock import Clock
from domain.incidents.health import Health
from domain.incidents.rules import SILENCE

log = structlog.get_logger(__name__)

PLATFORM, TELEGRAM = "platform", "telegram"
# Seconds that Telegram has to answer a question that costs it nothing.
_PATIENCE = 5


class Witness:
    """Looks every few seconds; ``silent`` names parts of this process that do not come through."""

    def __init__(
        self, bot: Bot, health: Health, clock: Clock, silent: Callable[[], Sequence[str]]
    ) -> None:
        self._bot = bot
        self._health = health
        self._clock = clock
        self._silent = silent
        self._telegram_seen: datetime | None = None

    async def look(self) -> None:
        """Put on record who is alive now; tell of a gap that has lasted too long already."""
        if not self._silent():
            await self._health.beat(PLATFORM, self._clock.now())
        if await self._telegram_answers():
            self._telegram_seen = self._clock.now()
            await self._health.beat(TELEGRAM, self._telegram_seen)
            return
        seen = self._telegram_seen = self._telegram_seen or self._clock.now()
        if self._clock.now() - seen > SILENCE:
            await self._health.gap(TELEGRAM, seen, None)

    async def _telegram_answers(self) -> bool:
        try:
            await self._bot.get_me(request_timeout=_PATIENCE)
        except TelegramAPIError as error:
            if not is_telegram_away(error):
                return True  # it refuses us, but it is there
            log.warning("telegram.silent", error=type(error).__name__)
            return False
        return True

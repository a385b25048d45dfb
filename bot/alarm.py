"""The alarm by another channel than Telegram: what ails the process, and that it has passed.

It goes to whoever runs the installation, through an address of Apprise (e-mail, SMS, a chat of
theirs), which has nothing to do with the bot's own queue: that may be just what is broken.
"""

from __future__ import annotations

import asyncio
import socket
import time
import warnings
from collections.abc import Awaitable, Callable

import structlog

from bot.health import AILMENTS, Health

log = structlog.get_logger(__name__)

# Seconds after which an ailment that lasts is told once more.
_AGAIN = 3600.0
# Seconds that a gateway has.
_PATIENCE = 60.0

Tell = Callable[[str, str], Awaitable[bool]]
"""Sends title and text; says whether it went."""


def by_apprise(url: str) -> Tell:
    """Sending to an address of Apprise; raises ValueError where it is none."""
    with warnings.catch_warnings():
        # It asks the standard library for what later Pythons have no more.
        warnings.simplefilter("ignore", DeprecationWarning)
        from apprise import Apprise, AppriseAsset  # noqa: PLC0415 - slow, and seldom needed

        target = Apprise(asset=AppriseAsset(app_id="Tapsyrys", async_mode=True))
        if not target.add(url):
            raise ValueError("is no address that Apprise knows")

    async def tell(title: str, text: str) -> bool:
        return bool(await target.async_notify(title=title, body=text))

    return tell


class Alarm:
    """Tells of each ailment once when it begins, each hour while it lasts, and when it is over."""

    def __init__(
        self, health: Health, tell: Tell, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._health = health
        self._tell = tell
        self._monotonic = monotonic
        # Name -> when it was told last.
        self._told: dict[str, float] = {}

    async def look(self) -> None:
        """Tell what has to be told now; what did not go is told at the next look."""
        now, ill = self._monotonic(), self._health.ailments
        for name in ill:
            last = self._told.get(name)
            if last is not None and now - last < _AGAIN:
                continue
            if await self._say(name, f"Tapsyrys: {name}", AILMENTS[name].advice):
                self._told[name] = now
        for name in [each for each in self._told if each not in ill]:
            if await self._say(name, f"Tapsyrys: {name} is over", "It works again."):
                del self._told[name]

    async def _say(self, name: str, title: str, text: str) -> bool:
        try:
            async with asyncio.timeout(_PATIENCE):
                gone = await self._tell(title, f"{text}\n({socket.gethostname()})")
        # An alarm that fails must not keep the others from being told, nor end the process.
        except Exception as error:
            log.error("alarm.failed", what=name, error=type(error).__name__)
            return False
        if not gone:
            log.error("alarm.not_sent", what=name)
            return False
        log.info("alarm.sent", what=name)
        return True

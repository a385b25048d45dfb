"""Asking Telegram for updates: of several replicas one does, for it gives them to one caller."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from pydantic import SecretStr

from bot.telegram.outcome import is_telegram_away
from bot.telegram.updates import WEBHOOK_PATH
from scheduler.lease import Lease
from scheduler.worker import Worker

log = structlog.get_logger(__name__)

_POLL = 3.0
# Seconds between tries while Telegram is away.
_PAUSE = 3.0

Polling = Callable[[], Coroutine[object, object, None]]


class Poller:
    """Keeps the lease of polling and polls while it is held; ``polling`` never returns."""

    def __init__(
        self, lease: Lease, polling: Polling, is_outage: Callable[[BaseException], bool]
    ) -> None:
        self._lease = lease
        self._polling = polling
        self._task: asyncio.Task[None] | None = None
        self.worker = Worker("updates", self.look, poll=_POLL, is_outage=is_outage)

    async def run(self) -> None:
        """Hold the lease, or wait for it, until cancelled."""
        try:
            await self.worker.run()
        finally:
            await self._end()
            await self._lease.release()

    async def look(self) -> None:
        """Poll if the lease is ours; raises what the polling ended with, which begins anew."""
        if not await self._lease.hold():
            await self._end()
            return
        if self._task is not None and self._task.done():
            ended, self._task = self._task, None
            ended.result()
        if self._task is None:
            self._task = asyncio.create_task(self._polling(), name="polling")

    async def _end(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            # It may be storing updates just now: its connection has to come back first.
            await asyncio.gather(task, return_exceptions=True)


async def say_where(
    bot: Bot, public_url: str | None, secret: SecretStr | None, allowed: list[str]
) -> None:
    """Tell Telegram how we take updates: at the public address, or by asking for them.

    It may be away: all else serves meanwhile. Raises what it refuses us with.
    """
    while True:
        try:
            if public_url is None:
                await bot.delete_webhook()
            else:
                await bot.set_webhook(
                    public_url + WEBHOOK_PATH,
                    allowed_updates=allowed,
                    secret_token=secret.get_secret_value() if secret else None,
                )
        except TelegramAPIError as error:
            if not is_telegram_away(error):
                raise
            log.warning("telegram.away", error=type(error).__name__)
            await asyncio.sleep(_PAUSE)
        else:
            return

"""APScheduler wakes the sweeps: deadlines each second, the queue of notices each second.

Its job store is memory and its jobs are few: what is due stands in tables, not in a scheduler,
so nothing is lost with a process and several processes share the work.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from scheduler.dispatcher import Dispatcher

log = structlog.get_logger(__name__)

Fire = Callable[[], Awaitable[int]]

# Batches of one sweep; what is left is due at the next, a second later.
_MOST_BATCHES = 50


class Sweeper:
    """Wakes everything that time brings about.

    ``fire`` fires one batch of due deadlines and returns how many. ``last_beat`` holds for each
    sweep the instant (``time.monotonic``) at which it last came through. ``is_outage`` tells a
    database that is away, which is no mistake to be traced.
    """

    def __init__(
        self,
        fire: Fire,
        dispatcher: Dispatcher,
        period: float = 1.0,
        is_outage: Callable[[BaseException], bool] = lambda _: False,
    ) -> None:
        self._fire = fire
        self._is_outage = is_outage
        self._failed: dict[str, int] = {}
        self._dispatcher = dispatcher
        self._sweeping = asyncio.Lock()
        self._sender: asyncio.Task[None] | None = None
        self.last_beat: dict[str, float] = {}
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self.every("deadlines", period, self.sweep_deadlines)
        self.every("wake notices", period, self._wake)

    def every(self, name: str, seconds: float, act: Callable[[], Awaitable[object]]) -> None:
        """Add a sweep; when one fails it is logged and comes again."""

        async def sweep() -> None:
            try:
                await act()
            except Exception as error:
                self._note(name, error)
            else:
                self._beat(name)

        self._scheduler.add_job(sweep, "interval", seconds=seconds, id=name, name=name)

    def start(self) -> None:
        """Start sweeping, in the running event loop."""
        self._sender = asyncio.create_task(self._dispatcher.run(lambda: self._beat("notices")))
        self._scheduler.start()
        # At once, not after a period: what came due while nothing ran has waited long enough.
        self._scheduler.modify_job("deadlines", next_run_time=datetime.now(UTC))

    async def stop(self) -> None:
        """Stop: the sweep in hand comes to its end, notices in hand are sent or given back."""
        if self._scheduler.running:
            self._scheduler.pause()
        async with self._sweeping:
            # Only now: it cancels what its jobs are doing.
            if self._scheduler.running:
                self._scheduler.shutdown(wait=False)
            await self._dispatcher.stop()
        if self._sender is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._sender
            self._sender = None

    def ages(self) -> dict[str, float]:
        """Seconds since each sweep last came through."""
        now = time.monotonic()
        return {name: now - beat for name, beat in self.last_beat.items()}

    async def drain(self) -> None:
        """Sweep until nothing is due and nothing waits to be sent now (tests and the demo)."""
        while await self.sweep_deadlines() + await self._dispatcher.drain():
            pass

    async def sweep_deadlines(self) -> int:
        """Fire what is due, batch by batch; returns how many deadlines were fired."""
        fired = 0
        async with self._sweeping:
            for _ in range(_MOST_BATCHES):
                batch = await self._fire()
                fired += batch
                if not batch:
                    break
                # The first consequences are told while the next batch is being fired.
                self._dispatcher.wake()
        return fired

    async def _wake(self) -> None:
        self._dispatcher.wake()

    def _note(self, name: str, error: Exception) -> None:
        """Log a failure: of many in a row the 1st, 2nd, 4th, 8th ..., and its traceback once."""
        times = self._failed[name] = self._failed.get(name, 0) + 1
        if times & (times - 1):
            return
        traced = times == 1 and not self._is_outage(error)
        kind = type(error).__name__
        log.warning("sweep.failed", sweep=name, error=kind, times=times, exc_info=traced)

    def _beat(self, name: str) -> None:
        self.last_beat[name] = time.monotonic()
        if times := self._failed.pop(name, 0):
            log.info("sweep.recovered", sweep=name, times=times)

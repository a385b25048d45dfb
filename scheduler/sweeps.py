"""APScheduler wakes the sweeps: deadlines each second, the queue of notices each second.

Its job store is memory and its jobs are few: what is due stands in tables, not in a scheduler,
so nothing is lost with a process and several processes share the work. A sweep is a worker like
any other: it is woken, and the watchdog looks after it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from scheduler.dispatcher import Dispatcher
from scheduler.watch import SILENCE, Part, Pulse, Watch
from scheduler.worker import Worker

Fire = Callable[[], Awaitable[int]]

# Batches of one sweep; what is left is due at the next, a second later.
_MOST_BATCHES = 50


class Sweeper:
    """Wakes everything that time brings about.

    ``fire`` fires one batch of due deadlines and returns how many. Every sweep, the dispatcher
    and the scheduler itself are parts of the ``watch``. ``is_outage`` tells a database that is
    away, which is no mistake to be traced.
    """

    def __init__(
        self,
        fire: Fire,
        dispatcher: Dispatcher,
        period: float = 1.0,
        is_outage: Callable[[BaseException], bool] = lambda _: False,
        watch: Watch | None = None,
    ) -> None:
        self._fire = fire
        self._is_outage = is_outage
        self._dispatcher = dispatcher
        self._ticking = _Ticking(period)
        self._sweeping = asyncio.Lock()
        self.watch = watch or Watch()
        self._sweeps: list[Worker] = []
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._sending: asyncio.Task[None] | None = None
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._deadlines = self.every("deadlines", period, self.sweep_deadlines, at_once=True)
        self._scheduler.add_job(self._tick, "interval", seconds=period, id="wake notices")

    def every(
        self,
        name: str,
        seconds: float,
        act: Callable[[], Awaitable[object]],
        *,
        patience: float = SILENCE,
        vital: bool = True,
        at_once: bool = False,
    ) -> Worker:
        """Add a sweep before ``start``; when one fails it is logged and comes again.

        It may take ``patience`` seconds; one that is not ``vital`` leaves the process ready.
        ``at_once``: what came due while nothing ran has waited long enough.
        """
        worker = Worker(
            name,
            act,
            poll=None,
            every=seconds,
            pause=0.0,
            patience=patience,
            vital=vital,
            at_once=at_once,
            is_outage=self._is_outage,
        )
        self._sweeps.append(worker)

        async def wake() -> None:
            worker.wake()

        self._scheduler.add_job(wake, "interval", seconds=seconds, id=name, name=name)
        return worker

    def start(self) -> None:
        """Start sweeping, in the running event loop."""
        parts: tuple[Part, ...] = (*self._sweeps, self._dispatcher.worker, self._ticking)
        for part in parts:
            self.watch.add(part)
        for sweep in self._sweeps:
            name = sweep.pulse.name
            self._tasks[name] = asyncio.create_task(sweep.run(), name=f"sweep {name}")
        self._sending = asyncio.create_task(self._dispatcher.run(), name="notices")
        self._scheduler.start()
        self._scheduler.modify_job("wake notices", next_run_time=datetime.now(UTC))

    async def stop(self) -> None:
        """Stop: the sweep in hand comes to its end, notices in hand are sent or given back."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        for sweep in self._sweeps:
            sweep.stop()
        async with self._sweeping:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)
            self._tasks.clear()
            await self._dispatcher.stop()
        if self._sending is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._sending
            self._sending = None

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
                # Many batches take their time, and each of them is a sign of life.
                self._deadlines.pulse.turn()
                # The first consequences are told while the next batch is being fired.
                self._dispatcher.wake()
        return fired

    async def _tick(self) -> None:
        self._ticking.pulse()
        self._dispatcher.wake()


class _Ticking:
    """The scheduler itself as a part; nothing wakes it, so in its silence the process ends."""

    def __init__(self, period: float) -> None:
        self.pulse = Pulse("scheduler", period)

    def shake(self) -> None:
        """Without effect: APScheduler cannot be begun anew."""

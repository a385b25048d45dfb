"""Moving the demo's clock: every deadline on the way is fired at its own moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.sandbox.demo.clock import DemoClock
from domain.actor import Actor
from domain.calendar import Term
from domain.clock import as_utc
from domain.errors import RuleBroken
from domain.services import Services

# A jump over more moments than this leaves the rest to the last sweep.
_MOST_STEPS = 5_000


class Traveller:
    """Moves the one clock, one caller at a time.

    ``arrive`` waits until what was told at a stop has been delivered: a message says how much
    time is left when it is sent, so the clock must not have gone on by then.
    """

    def __init__(
        self,
        services: Services,
        clock: DemoClock,
        sweep: Callable[[], Awaitable[int]],
        arrive: Callable[[], Awaitable[None]],
    ) -> None:
        self._services = services
        self._clock = clock
        self._sweep = sweep
        self._arrive = arrive
        self._lock = asyncio.Lock()

    async def next_deadline(self) -> datetime | None:
        """The next moment at which something becomes due."""
        return await self._services.deadlines.next_due()

    async def go(self, target: datetime) -> None:
        """Set the clock to ``target`` (back is allowed); on the way forward stop at each moment."""
        target = as_utc(target)
        async with self._lock:
            stuck: datetime | None = None
            for _ in range(_MOST_STEPS):
                due = await self.next_deadline()
                if due is None or due > target or due == stuck:
                    break
                # An overdue one (the clock was set back, a sweep failed) is fired now.
                self._clock.set(max(due, self._clock.now()))
                fired = await self._sweep()
                stuck = None if fired else due
                if fired:
                    await self._arrive()
            self._clock.set(target)
            await self._sweep()

    async def advance(self, step: str) -> None:
        """Move by a term (``1h``, ``2wd``), to ``next_deadline`` or to ``next_morning``.

        Raises RuleBroken ``bad_term``, ``no_deadline``.
        """
        now = self._clock.now()
        calendar = await self._services.working_time.calendar(Actor.system("demo"))
        if step == "next_deadline":
            due = await self.next_deadline()
            if due is None:
                raise RuleBroken("no_deadline")
            await self.go(max(due, now))
        elif step == "next_morning":
            await self.go(calendar.next_morning(now + timedelta(seconds=1)))
        else:
            await self.go(calendar.due(now, Term.parse(step)).due_at)

"""Moving the demo's clock: everything on the way happens at its own moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import exists, func, select

from domain.actor import Actor
from domain.calendar import Term
from domain.clock import as_utc
from domain.errors import RuleBroken
from domain.notices.model import Delivery, Notice
from domain.preferences.rules import DIGEST, QUEUED
from domain.services import Services

# A jump over more moments than this leaves the rest to the last sweep.
_MOST_STEPS = 5_000


class Movable(Protocol):
    """A clock that can be put to a moment."""

    def now(self) -> datetime: ...

    def set(self, instant: datetime) -> None: ...


class Traveller:
    """Moves the one clock, one caller at a time.

    ``arrive`` waits until what was told at a stop has been delivered: a message says how much
    time is left when it is sent, so the clock must not have gone on by then.
    """

    def __init__(
        self,
        services: Services,
        clock: Movable,
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

    async def _next_notice(self) -> datetime | None:
        """When the next notice goes that waits for the end of quiet hours or for a digest.

        What failed and is tried again is no stop: with Telegram switched off there is no end of it.
        """
        tried = exists().where(Delivery.notice_id == Notice.id)
        waits = select(func.min(Notice.not_before)).where(
            Notice.state.in_((QUEUED, DIGEST)), ~tried, Notice.not_before > self._clock.now()
        )
        async with self._services.site.sessions() as session:
            at: datetime | None = await session.scalar(waits)
        return at

    async def go(self, target: datetime) -> None:
        """Set the clock to ``target`` (back is allowed); on the way forward stop at each moment."""
        target = as_utc(target)
        async with self._lock:
            stuck: datetime | None = None
            for _ in range(_MOST_STEPS):
                due, waits = await self.next_deadline(), await self._next_notice()
                stops = [each for each in (due, waits) if each is not None and each <= target]
                if not stops or due == stuck is not None:
                    break
                # An overdue one (the clock was set back, a sweep failed) is fired now.
                self._clock.set(max(min(stops), self._clock.now()))
                fired = await self._sweep()
                stuck = due if due == min(stops) and not fired else None
                if await self._services.digests.collect() or fired or waits == min(stops):
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

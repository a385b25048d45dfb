"""The sweep's side of deadlines: which handler answers for which kind, and firing what is due.

The rows and what use cases do with them stand in ``domain.deadlines``.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, and_, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.audit import Draft
from domain.deadlines import CLOSED_HERE, SHOWN, Deadline, DeadlineView
from domain.work import Busy, Site, Work, sweep_work

log = structlog.get_logger(__name__)

# A reminder that comes later than this after its moment (the bot was down) says nothing new.
REMINDER_GRACE = timedelta(hours=1)
# An act that cannot be worked for so long holds up nobody's deadline any more.
_PATIENCE = timedelta(minutes=2)
_RETRY_FIRST, _RETRY_MOST = timedelta(seconds=2), timedelta(minutes=5)
_DOUBLINGS = 8
# Seconds after which a batch ends with what it has done: what is still due comes in the next one.
# On a slow machine a whole batch would take longer than a sweep may be silent, and be given up
# with all that it has done, again and again.
_AT_MOST = 3.0
# So many rows, one after the other, in which the database fails: it is not for them.
_OUTAGES = 3
_SORTING = text("SELECT set_config('enable_sort', :value, true)")

Handler = Callable[[Work, Deadline], Awaitable[None]]
Check = Callable[[Work, Deadline], Awaitable[bool]]


class Deadlines:
    """The sweep's side: which handler answers for which kind, and firing what is due.

    ``monotonic``: seconds by which the work of a batch is bounded; they decide nothing else.
    """

    def __init__(self, site: Site, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.site = site
        self._monotonic = monotonic
        self.handlers: dict[str, Handler] = {}
        self.checks: dict[str, Check] = {}
        self._oldest_act: Callable[[], Awaitable[datetime | None]] | None = None
        self._is_outage: Callable[[BaseException], bool] = lambda _error: False

    def tell_outages(self, is_outage: Callable[[BaseException], bool]) -> None:
        """Take for no row's fault what this says yes to: the database is away, its disk full."""
        self._is_outage = is_outage

    def wait_for(self, oldest: Callable[[], Awaitable[datetime | None]]) -> None:
        """Fire nothing that came due after the oldest act received and not worked yet.

        Such an act may still be in time: it counts by the moment in which it was received.
        """
        self._oldest_act = oldest

    async def _now(self) -> datetime:
        """The moment up to which every act has been worked; at most ``_PATIENCE`` ago."""
        now = self.site.clock.now()
        oldest = await self._oldest_act() if self._oldest_act else None
        return now if oldest is None else min(now, max(oldest, now - _PATIENCE))

    def on(self, kind: str, handler: Handler) -> None:
        """Register the one handler of a kind."""
        if kind in self.handlers:
            raise ValueError(f"two handlers for deadline kind {kind}")
        self.handlers[kind] = handler

    def ask_first(self, kind: str, check: Check) -> None:
        """Register what is asked before the handler of a kind: whether it settles the deadline."""
        self.checks[kind] = check

    async def next_due(self) -> datetime | None:
        """The instant of the next open deadline, or None."""
        async with self.site.sessions() as session:
            return await session.scalar(
                select(func.min(Deadline.due_at)).where(Deadline.state == "open")
            )

    async def newest(self, subject: str, kind: str) -> DeadlineView | None:
        """The newest deadline of a kind that a subject had, for its receipt.

        Whether the reader may see the subject is for the caller to have asked.
        """
        async with self.site.reading() as session:
            row = (
                await session.execute(
                    select(*SHOWN)
                    .where(Deadline.subject == subject, Deadline.kind == kind)
                    .order_by(Deadline.id.desc())
                    .limit(1)
                )
            ).one_or_none()
        return None if row is None else DeadlineView(*row)

    async def fire_due(self, limit: int = 200) -> int:
        """Fire up to ``limit`` due deadlines; returns how many were handled.

        Fewer where that takes more than a few seconds, but at least one. A batch shares one
        transaction. When a handler of the batch fails, nothing of the batch has happened, and its
        rows are fired again one by one: the failing row alone is put off. In an outage nothing is
        put off: its error is raised, and everything is as due as before.
        """
        try:
            return await self._fire(limit)
        except Exception as error:
            log.warning("deadline_batch_failed", error=type(error).__name__)
        fired = in_a_row = 0
        outage: Exception | None = None
        begun = self._monotonic()
        for id_ in await self._due_ids(limit):
            try:
                fired += await self._fire(1, only=id_)
            except Exception as error:
                if self._is_outage(error):
                    # One row alone may be too much for the memory: the others are tried.
                    in_a_row, outage = in_a_row + 1, error
                    if in_a_row == _OUTAGES:
                        break
                    continue
                log.exception("deadline_failed", deadline=id_)
                await self._put_off(id_, f"{type(error).__name__}: {error}")
            in_a_row = 0
            if fired and self._monotonic() - begun > _AT_MOST:
                break
        if outage is not None and not fired:
            raise outage
        return fired

    def _due(self, now: datetime) -> list[ColumnElement[bool]]:
        return [
            Deadline.state == "open",
            Deadline.due_at <= now,
            or_(Deadline.retry_at.is_(None), Deadline.retry_at <= now),
        ]

    async def _due_ids(self, limit: int) -> list[int]:
        async with self.site.sessions() as session:
            found = await session.scalars(
                select(Deadline.id)
                .where(*self._due(await self._now()))
                .order_by(Deadline.due_at, Deadline.id)
                .limit(limit)
            )
            return list(found)

    async def _fire(self, limit: int, only: int | None = None) -> int:
        now = await self._now()
        async with sweep_work(self.site) as (session, drafts):
            rows = await self._claim(session, now, limit, only)
            done: dict[str, list[int]] = {"fired": [], "dropped": []}
            begun = self._monotonic()
            for row in rows:
                if any(done.values()) and self._monotonic() - begun > _AT_MOST:
                    break
                if row.id in session.info.get(CLOSED_HERE, ()):
                    continue  # a consequence of an earlier one of this batch has settled it
                try:
                    done[await self._handle(session, drafts, row, now)].append(row.id)
                except Busy:
                    continue
            for state, ids in done.items():
                if ids:
                    await session.execute(
                        update(Deadline)
                        .where(Deadline.id == func.any(ids), Deadline.state == "open")
                        .values(state=state, closed_at=now)
                        .execution_options(synchronize_session=False)
                    )
            return sum(map(len, done.values()))

    async def _claim(
        self, session: AsyncSession, now: datetime, limit: int, only: int | None
    ) -> list[Deadline]:
        statement = (
            select(Deadline)
            .where(and_(*self._due(now)))
            .order_by(Deadline.due_at, Deadline.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        if only is not None:
            return list(await session.scalars(statement.where(Deadline.id == only)))
        # When very many deadlines come due at once, the statistics of before know of few: the
        # database would sort all that are due for each batch. The index has them in order.
        await session.execute(_SORTING, {"value": "off"})
        rows = list(await session.scalars(statement))
        await session.execute(_SORTING, {"value": "on"})
        return rows

    async def _handle(
        self, session: AsyncSession, drafts: list[Draft], row: Deadline, now: datetime
    ) -> str:
        if row.kind.startswith("remind") and now - row.due_at > REMINDER_GRACE:
            return "dropped"
        actor = Actor.system(f"due:{row.id}:{row.generation}")
        work = Work(
            session, now, actor, Draft(now, actor, f"due.{row.kind}", row.subject), [], row.id
        )
        check = self.checks.get(row.kind)
        if check is None or not await check(work, row):
            await self.handlers[row.kind](work, row)
        drafts.extend([work.entry, *work.extra])
        return "fired"

    async def _put_off(self, id_: int, error: str) -> None:
        now = self.site.clock.now()
        async with self.site.sessions.begin() as session:
            row = await session.get_one(Deadline, id_, with_for_update=True)
            delay = min(_RETRY_FIRST * 2 ** min(row.attempts, _DOUBLINGS), _RETRY_MOST)
            row.attempts += 1
            row.retry_at = now + delay
            row.error = error[:500]

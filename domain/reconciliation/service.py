"""The check as acts: the night that orders a run, the run itself, and reading what it found."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, insert, or_, select, update

from domain.actor import Actor
from domain.base import Json, plain
from domain.clock import ASTANA, as_utc, astana
from domain.deadlines import Deadline, open_of, set_moment
from domain.firing import Deadlines
from domain.people.queries import tell_admins
from domain.reconciliation.looking import look
from domain.reconciliation.model import ReconciliationDifference, ReconciliationRun
from domain.reconciliation.rules import STUCK_AFTER, Difference
from domain.roles import WATCHERS, Role
from domain.work import Look, Site, Work, query, use_case

NIGHT, SUBJECT = "reconciliation.nightly", "reconciliation"
#: In Astana; nobody works then, and the day's midnight terms have been dealt with.
_AT = time(2)
# A run takes minutes; one whose process has died is begun anew.
_LEASE = timedelta(minutes=30)
_TOLD = 5
# An asked run waits while the sweep gets on: how often it looks, in seconds, and how many looks
# without a change say that nobody sweeps.
_PAUSE, _LOOKS = 1.0, 5
_NIGHT_LOCK = 7_210_402
_NOBODY: frozenset[Role] = frozenset()
_ADMINS = frozenset({Role.ADMIN})


@dataclass(frozen=True)
class RunView:
    """A run: when it was, how much was looked at, how many differences there were."""

    number: int
    ground: str
    started_at: datetime
    finished_at: datetime | None
    checked: int
    found: int


@dataclass(frozen=True)
class DifferenceView:
    """A difference that a run found; ``position`` is the cursor of the next page."""

    position: int
    code: str
    subject: str
    kind: str
    detail: Json


def next_night(now: datetime) -> datetime:
    """The next 2:00 in Astana after ``now``, in UTC."""
    here = astana(now)
    tonight = datetime.combine(here.date(), _AT, ASTANA)
    return as_utc(tonight if tonight > here else tonight + timedelta(days=1))


class Reconciliation:
    """Compares what is stored with what law, calendar and state ask for; mends nothing."""

    def __init__(self, site: Site, deadlines: Deadlines) -> None:
        self.site = site
        deadlines.on(NIGHT, self._night)

    async def _night(self, work: Work, _row: Deadline) -> None:
        """Order the night's run and set the next night; the run itself holds up no sweep.

        A run of a night before that nobody has begun does for this one, too.
        """
        waits = select(ReconciliationRun.id).where(ReconciliationRun.state == "wanted").limit(1)
        if await work.session.scalar(waits) is None:
            run = ReconciliationRun(ground="nightly", state="wanted", started_at=work.now)
            work.session.add(run)
        await set_moment(work, NIGHT, SUBJECT, next_night(work.now))
        work.record(SUBJECT)

    async def tend(self) -> int:
        """See that the next night is set, and do a run that is wanted; returns how many were done.

        Called again and again by every replica: one of them does a run.
        """
        await self._ensure_night()
        run = await self._claim()
        if run is None:
            return 0
        await self._do(run, Actor.system(f"reconciliation:{run}"))
        return 1

    async def run(
        self, actor: Actor, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> RunView:
        """Do a run now; returns it. An administrator, or the command line.

        Right after an outage it waits (``pause``, seconds) until the sweep has fired what came
        due meanwhile: what is about to be fired is no difference. What nobody fires is told.
        """
        number = await self.ask(actor)
        left, idle = await self._backlog(), 0
        while left and idle < _LOOKS:
            await pause(_PAUSE)
            before, left = left, await self._backlog()
            idle = 0 if left < before else idle + 1
        await self._do(number, actor)
        run = await self.last(actor)
        if run is None:
            raise AssertionError("unreachable: it has just been kept")
        return run

    @use_case("reconciliation.ask", by=_ADMINS)
    async def ask(self, work: Work) -> int:
        """Begin a run at somebody's word; whoever asked does it."""
        run = ReconciliationRun(
            ground="asked",
            state="running",
            started_at=work.now,
            claimed_until=work.now + _LEASE,
        )
        work.session.add(run)
        await work.session.flush()
        work.record(SUBJECT, run=run.id)
        return run.id

    @query(by=WATCHERS | _ADMINS)
    async def last(self, look_: Look) -> RunView | None:
        """The run that was finished last."""
        run = await look_.session.scalar(
            select(ReconciliationRun)
            .where(ReconciliationRun.state == "done")
            .order_by(ReconciliationRun.finished_at.desc(), ReconciliationRun.id.desc())
            .limit(1)
        )
        return None if run is None else _view(run)

    @query(by=WATCHERS | _ADMINS)
    async def differences(
        self, look_: Look, run: int, after: int = 0, size: int = 100
    ) -> list[DifferenceView]:
        """What a run found, page by page."""
        rows = await look_.session.scalars(
            select(ReconciliationDifference)
            .where(ReconciliationDifference.run_id == run, ReconciliationDifference.id > after)
            .order_by(ReconciliationDifference.id)
            .limit(size)
        )
        return [DifferenceView(row.id, row.code, row.subject, row.kind, row.detail) for row in rows]

    async def _ensure_night(self) -> None:
        async with self.site.reading() as session:
            if await open_of(session, SUBJECT, NIGHT) is not None:
                return
        moment = self.site.clock.now().isoformat()
        await self._schedule(Actor.system(f"reconciliation:start:{moment}"))

    @use_case("reconciliation.schedule", by=_NOBODY)
    async def _schedule(self, work: Work) -> None:
        # Two replicas that start at once would both set it.
        await work.session.execute(select(func.pg_advisory_xact_lock(_NIGHT_LOCK)))
        if await open_of(work.session, SUBJECT, NIGHT) is None:
            await set_moment(work, NIGHT, SUBJECT, next_night(work.now))
        work.record(SUBJECT)

    async def _claim(self) -> int | None:
        """Take a run that is wanted, unless the sweep has still to fire what waited for it.

        After an outage over the hour of the night both come at once: what is about to be fired
        is no difference. A backlog that is there ten minutes later is told.
        """
        now = self.site.clock.now()
        await self._want_anew(now)
        untouched = exists().where(*_untouched(now))
        free = and_(
            ReconciliationRun.state == "wanted",
            or_(~untouched, ReconciliationRun.started_at <= now - STUCK_AFTER),
        )
        wanted = (
            select(ReconciliationRun.id)
            .where(ReconciliationRun.state != "done", free)
            .order_by(ReconciliationRun.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        async with self.site.sessions.begin() as session:
            return await session.scalar(
                update(ReconciliationRun)
                .where(ReconciliationRun.id == wanted.scalar_subquery())
                .values(state="running", claimed_until=now + _LEASE)
                .returning(ReconciliationRun.id)
                .execution_options(synchronize_session=False)
            )

    async def _backlog(self) -> int:
        async with self.site.reading() as session:
            left = await session.scalar(
                select(func.count()).where(*_untouched(self.site.clock.now()))
            )
        return left or 0

    async def _want_anew(self, now: datetime) -> None:
        """A run whose process died is wanted from now on; the sweep may have died with it."""
        died = (
            ReconciliationRun.state == "running",
            ReconciliationRun.claimed_until <= now,
        )
        async with self.site.sessions.begin() as session:
            await session.execute(
                update(ReconciliationRun)
                .where(*died)
                .values(state="wanted", started_at=now, claimed_until=None)
                .execution_options(synchronize_session=False)
            )

    async def _do(self, run: int, actor: Actor) -> None:
        found = await look(self.site)
        await self._keep(actor, run, found.checked, found.differences)

    @use_case("reconciliation.keep", by=_ADMINS)
    async def _keep(
        self, work: Work, run_id: int, checked: int, differences: Sequence[Difference]
    ) -> None:
        """Put a run's findings down and tell the administrators; a run kept already stays."""
        run = await work.session.get_one(ReconciliationRun, run_id, with_for_update=True)
        work.record(SUBJECT, run=run_id, checked=checked, found=len(differences))
        if run.state == "done":
            return
        run.state, run.finished_at, run.claimed_until = "done", work.now, None
        run.checked, run.found = checked, len(differences)
        if not differences:
            return
        await work.session.execute(
            insert(ReconciliationDifference),
            [
                {**asdict(each), "detail": plain(each.detail), "run_id": run_id}
                for each in differences
            ],
        )
        await tell_admins(
            work,
            "reconciliation.found",
            SUBJECT,
            found=len(differences),
            checked=checked,
            differences=[
                {"subject": each.subject, "code": each.code} for each in differences[:_TOLD]
            ],
        )


def _untouched(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What came due long ago and was never tried: the sweep has still to come to it."""
    return (
        Deadline.state == "open",
        Deadline.due_at <= now - STUCK_AFTER,
        Deadline.retry_at.is_(None),
    )


def _view(run: ReconciliationRun) -> RunView:
    return RunView(run.id, run.ground, run.started_at, run.finished_at, run.checked, run.found)

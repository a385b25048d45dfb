"""The walk: batch by batch, each in one snapshot of its own, without a single lock.

An act commits its state, its deadlines and its notices at once, so within a snapshot they agree;
acts between two batches disturb nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import aliased

from domain.calendar import WorkingCalendar
from domain.deadline_moves import recount, steps_of
from domain.deadlines import Deadline, NewDeadline, with_reminders
from domain.reconciliation import told
from domain.reconciliation.rules import (
    STUCK_AFTER,
    Difference,
    Running,
    Standing,
    lacking,
    unexpected,
)
from domain.reconciliation.standings import SORTS, Sort, living, standings_of
from domain.work import Site
from domain.working_time.model import calendar_for_reading

# Counting so many terms anew holds up nobody else for long.
_BATCH = 200
# What ended so long ago was asked for its notices by the nights before.
_LOOK_BACK = timedelta(days=2)


@dataclass
class Findings:
    """What a walk has looked at and found."""

    checked: int = 0
    differences: list[Difference] = field(default_factory=list)


async def look(site: Site, batch: int = _BATCH) -> Findings:
    """Walk through every open deadline and every living state; changes nothing."""
    findings = Findings()
    await _walk_deadlines(site, findings, batch)
    for sort in SORTS:
        await _walk_states(site, sort, findings, batch)
    return findings


@asynccontextmanager
async def _snapshot(site: Site) -> AsyncIterator[AsyncSession]:
    engine: AsyncEngine = site.sessions.kw["bind"]
    still = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    async with async_sessionmaker(still, autoflush=False)() as session:
        yield session


async def _walk_deadlines(site: Site, findings: Findings, batch: int) -> None:
    # By the index of the sweep: rows that are closed cost nothing.
    after: tuple[datetime, int] | None = None
    place = tuple_(Deadline.due_at, Deadline.id)
    while True:
        async with _snapshot(site) as session:
            statement = select(Deadline).where(Deadline.state == "open")
            if after is not None:
                statement = statement.where(place > tuple_(*after))
            rows = (
                await session.scalars(statement.order_by(Deadline.due_at, Deadline.id).limit(batch))
            ).all()
            now = site.clock.now()
            calendar = await calendar_for_reading(session)
            for row in rows:
                findings.differences += _of_row(calendar, row, now)
            findings.differences += await _left_reminders(session, rows)
            findings.differences += await _missing_reminders(session, calendar, rows, now)
            findings.differences += await _unexpected(session, rows, now)
        findings.checked += len(rows)
        if len(rows) < batch:
            return
        after = (rows[-1].due_at, rows[-1].id)


def _of_row(calendar: WorkingCalendar, row: Deadline, now: datetime) -> list[Difference]:
    found = []
    if row.term:
        due_at, _ = recount(calendar, row, steps_of(row))
        if due_at != row.due_at:
            detail = {
                "generation": row.generation,
                "stored": row.due_at.isoformat(),
                "computed": due_at.isoformat(),
            }
            found.append(Difference("due_differs", row.subject, row.kind, detail))
    if row.due_at <= now - STUCK_AFTER:
        detail = {"due_at": row.due_at.isoformat(), "attempts": row.attempts, "error": row.error}
        found.append(Difference("not_fired", row.subject, row.kind, detail))
    return found


async def _left_reminders(session: AsyncSession, rows: Sequence[Deadline]) -> list[Difference]:
    """Reminders whose deadline is not open any more: it takes them along when it closes."""
    parent = aliased(Deadline)
    parents = {row.parent_id for row in rows if row.parent_id is not None}
    open_ = set(
        await session.scalars(
            select(parent.id).where(parent.id.in_(parents), parent.state == "open")
        )
    )
    return [
        Difference("reminder_left", row.subject, row.kind, {"due_at": row.due_at.isoformat()})
        for row in rows
        if row.parent_id is not None and row.parent_id not in open_
    ]


async def _missing_reminders(
    session: AsyncSession, calendar: WorkingCalendar, rows: Sequence[Deadline], now: datetime
) -> list[Difference]:
    """Reminders still to come that an open term of law must have and has not.

    One that a change of the calendar has put off may have come at its old moment already.
    """
    terms = [row for row in rows if row.term]
    found = await session.execute(
        select(Deadline.parent_id, Deadline.subject).where(
            Deadline.parent_id.in_([row.id for row in terms]),
            Deadline.state.in_(("open", "fired")),
        )
    )
    kept = {(parent, _name(subject)) for parent, subject in found}
    return [
        Difference("reminder_missing", row.subject, each.kind, {"due_at": each.due_at.isoformat()})
        for row in terms
        for each in with_reminders(calendar, _as_set(row), now).reminders
        if (row.id, _name(each.subject)) not in kept
    ]


def _name(subject: str) -> str:
    """Which of its term's reminders it is."""
    return subject.rpartition("#")[2]


def _as_set(row: Deadline) -> NewDeadline:
    return NewDeadline(row.kind, row.subject, row.started_at, row.due_at, term=row.term)


async def _unexpected(
    session: AsyncSession, rows: Sequence[Deadline], now: datetime
) -> list[Difference]:
    standings = await standings_of(session, {row.subject for row in rows}, now)
    found = []
    for row in rows:
        if row.subject not in standings:
            continue
        standing = standings[row.subject]
        if standing is None:
            found.append(Difference("subject_unknown", row.subject, row.kind))
        else:
            found += unexpected(standing, [Running(row.kind, row.due_at)])
    return found


async def _walk_states(site: Site, sort: Sort, findings: Findings, batch: int) -> None:
    after = 0
    while True:
        async with _snapshot(site) as session:
            now = site.clock.now()
            rows = await living(session, sort, now - _LOOK_BACK, after, batch)
            standings = [sort.standing(row, now) for row in rows]
            findings.differences += await _lacking(session, standings)
            pairs = list(zip(standings, rows, strict=True))
            findings.differences += await told.untold(session, pairs, now)
        findings.checked += len(rows)
        if len(rows) < batch:
            return
        after = rows[-1].id


async def _lacking(session: AsyncSession, standings: Sequence[Standing]) -> list[Difference]:
    running: dict[str, list[Running]] = {}
    rows = await session.execute(
        select(Deadline.subject, Deadline.kind, Deadline.due_at).where(
            Deadline.subject.in_([each.subject for each in standings]), Deadline.state == "open"
        )
    )
    for subject, kind, due_at in rows:
        running.setdefault(subject, []).append(Running(kind, due_at))
    return [
        difference
        for standing in standings
        for difference in lacking(standing, running.get(standing.subject, []))
    ]

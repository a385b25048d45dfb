"""Deadlines are rows (design: a moment of law is kept by the database, not by a timer).

A row says what is due, why and by which calendar. A use case sets and closes rows in its own
transaction; the sweep fires rows whose instant has come by calling the handler that a service
registered for the kind. Validity is never decided here: an act checks ``due_at`` itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Index,
    Select,
    SQLColumnExpression,
    String,
    func,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Instant, Json, Key, Ref, spelled
from domain.calendar import WorkingCalendar
from domain.law import HALF_AN_HOUR, Period, reminder_instants
from domain.terms import Term
from domain.work import Work
from domain.working_time.model import calendar_for_setting

#: Terms of the support desk, and the steps of chains: nobody is reminded of a reminder.
_UNREMINDED = ("ticket.", "support.", "escalate")
# In the session of a batch: ids of deadlines that one of its handlers has closed.
CLOSED_HERE = "closed_deadlines"


class Deadline(Base):
    """One due instant of one subject; moving or setting again raises ``generation``."""

    __tablename__ = "deadline"
    __table_args__ = (
        Index("uq_deadline_subject", "subject", "kind", "generation", unique=True),
        Index("ix_deadline_due", "due_at", "id", postgresql_where="state = 'open'"),
        # Terms of law that are over: a fault found late asks which ended on its days.
        Index("ix_deadline_fired", "due_at", postgresql_where="state = 'fired' AND term <> ''"),
        Index("ix_deadline_parent", "parent_id", postgresql_where="parent_id IS NOT NULL"),
        Index("ix_deadline_order", "order_id", postgresql_where="order_id IS NOT NULL"),
    )

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(String(48))
    subject: Mapped[str] = mapped_column(String(96))
    generation: Mapped[int]
    started_at: Mapped[Instant]
    # Exclusive: an act at this very instant is late.
    due_at: Mapped[Instant]
    # "2wd"; empty for reminders and repetitions, which have an instant and no term of law.
    term: Mapped[str] = mapped_column(String(16))
    clause: Mapped[str | None] = mapped_column(String(32))
    calendar_version: Mapped[str] = mapped_column(String(64))
    # open -> done (acted in time) | fired (its instant came) | cancelled | moved | dropped
    state: Mapped[str] = mapped_column(String(16))
    params: Mapped[Json]
    # The days as they were counted, so that the receipt outlives a change of the calendar.
    receipt: Mapped[Json | None]
    # What faults and maintenance added to the term: {"steps": [...]}, see domain.extensions.
    extension: Mapped[Json | None]
    parent_id: Mapped[Ref | None]
    order_id: Mapped[Ref | None] = mapped_column(ForeignKey("purchase_order.id"))
    closed_at: Mapped[Instant | None]
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[Instant | None]
    error: Mapped[str | None]


@dataclass(frozen=True)
class DeadlineView:
    """A deadline for showing: instants in UTC, ``due_at`` exclusive."""

    kind: str
    subject: str
    generation: int
    started_at: datetime
    due_at: datetime
    term: str
    clause: str | None
    state: str
    receipt: Json | None
    calendar_version: str


#: The columns of a ``DeadlineView``, in its order.
SHOWN = tuple(getattr(Deadline, each.name) for each in fields(DeadlineView))


@dataclass(frozen=True)
class NewDeadline:
    """A row to be written: what, since when, until when, and why; its reminders go with it."""

    kind: str
    subject: str
    started_at: datetime
    due_at: datetime
    term: str = ""
    clause: str | None = None
    calendar_version: str = ""
    params: Json = field(default_factory=dict)
    receipt: Json | None = None
    extension: Json | None = None
    order_id: int | None = None
    reminders: tuple[NewDeadline, ...] = ()


# Deadlines, their generations and their reminders in one statement: a closing sets four rows, a
# change of the calendar thousands. Ids are taken first, so that a reminder can name its parent.
_WRITE = text(
    """
    WITH given AS (
        SELECT nextval(pg_get_serial_sequence('deadline', 'id')) AS id, row.*
        FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(
            position int, parent int, kind text, subject text, started_at timestamptz,
            due_at timestamptz, term text, clause text, calendar_version text, params jsonb,
            receipt jsonb, extension jsonb, order_id bigint
        )
    ), written AS (
        INSERT INTO deadline (
            id, kind, subject, generation, started_at, due_at, term, clause, calendar_version,
            state, params, receipt, extension, parent_id, order_id, attempts
        )
        SELECT
            given.id, given.kind, given.subject, coalesce(last.generation, 0) + 1,
            given.started_at, given.due_at, given.term, given.clause, given.calendar_version,
            'open', given.params, given.receipt, given.extension, parent.id, given.order_id, 0
        FROM given
        LEFT JOIN given AS parent ON parent.position = given.parent
        LEFT JOIN LATERAL (
            SELECT max(generation) AS generation FROM deadline AS earlier
            WHERE earlier.subject = given.subject AND earlier.kind = given.kind
        ) AS last ON true
    )
    SELECT id FROM given WHERE parent IS NULL ORDER BY position
    """
)


def _as_written(row: NewDeadline, position: int, parent: int | None) -> dict[str, object]:
    return {
        "position": position,
        "parent": parent,
        "kind": row.kind,
        "subject": row.subject,
        "started_at": row.started_at.isoformat(),
        "due_at": row.due_at.isoformat(),
        "term": row.term,
        "clause": row.clause,
        "calendar_version": row.calendar_version,
        "params": row.params,
        "receipt": row.receipt,
        "extension": row.extension,
        "order_id": row.order_id,
    }


async def write(session: AsyncSession, rows: Sequence[NewDeadline]) -> list[int]:
    """Insert rows with their reminders in one statement; return the ids of ``rows`` in order.

    A kind and subject that had a deadline before gets the next generation.
    """
    if not rows:
        return []
    values: list[dict[str, object]] = []
    for row in rows:
        parent = len(values)
        values.append(_as_written(row, parent, None))
        for reminder in row.reminders:
            values.append(_as_written(reminder, len(values), parent))
    found = await session.execute(_WRITE, {"rows": spelled(values)})
    return list(found.scalars())


def with_reminders(
    calendar: WorkingCalendar, deadline: NewDeadline, after: datetime | None = None
) -> NewDeadline:
    """The deadline with its reminder rows after ``after``; their kind tells whose handler fires."""
    if deadline.kind.startswith(_UNREMINDED):
        return deadline
    reminders = tuple(
        NewDeadline(
            kind=f"remind.{deadline.kind}",
            subject=f"{deadline.subject}#{name}",
            started_at=deadline.started_at,
            due_at=instant,
            clause=deadline.clause,
            calendar_version=calendar.version,
            params={"due_at": deadline.due_at.isoformat(), "subject": deadline.subject},
            order_id=deadline.order_id,
        )
        for name, instant in (
            *reminder_instants(calendar, deadline.started_at, deadline.due_at),
            *_by_the_hour(deadline),
        )
        if after is None or instant > after
    )
    return replace(deadline, reminders=reminders)


def _by_the_hour(deadline: NewDeadline) -> list[tuple[str, datetime]]:
    """A term of hours may lie between all moments of the day that others are told at."""
    if not deadline.term or Term.parse(deadline.term).unit not in ("h", "wm"):
        return []
    instant = deadline.due_at - HALF_AN_HOUR
    return [("half_an_hour_before", instant)] if instant > deadline.started_at else []


async def held_calendar(session: AsyncSession) -> WorkingCalendar:
    """The calendar for setting deadlines, read once in a transaction.

    From the first reading to the end of the transaction it is held still, so hundreds of orders
    that close in one sweep need not ask for it again.
    """
    transaction = session.sync_session.get_transaction()
    kept: tuple[object, WorkingCalendar] | None = session.info.get("held_calendar")
    if kept is not None and transaction is not None and kept[0] is transaction:
        return kept[1]
    calendar = await calendar_for_setting(session)
    session.info["held_calendar"] = (session.sync_session.get_transaction(), calendar)
    return calendar


async def set_period(
    work: Work,
    period: Period,
    subjects: str | Sequence[str],
    *,
    order_id: int | None,
    kind: str | None = None,
    since: datetime | None = None,
    **params: object,
) -> datetime:
    """Start a period of law for one or more subjects, with reminders; return its end.

    It runs from now, or from ``since``, an event before; only reminders to come are set then.
    """
    calendar = await held_calendar(work.session)
    begins = work.now if since is None else min(since, work.now)
    receipt = calendar.due(begins, period.term)
    names = [subjects] if isinstance(subjects, str) else list(subjects)
    rows = [
        NewDeadline(
            kind=kind or period.name,
            subject=name,
            started_at=begins,
            due_at=receipt.due_at,
            term=str(period.term),
            clause=period.clause,
            calendar_version=calendar.version,
            params=params,
            receipt={**receipt.as_json()},
            order_id=order_id,
        )
        for name in names
    ]
    await write(work.session, [with_reminders(calendar, row, work.now) for row in rows])
    return receipt.due_at


async def set_moment(
    work: Work,
    kind: str,
    subject: str,
    due_at: datetime,
    *,
    order_id: int | None = None,
    params: Json | None = None,
) -> None:
    """Set a moment that is no term of law: a repetition of an escalation, a personal reminder."""
    await close(work, subject, (kind,), "cancelled")
    await write(
        work.session,
        [NewDeadline(kind, subject, work.now, due_at, params=params or {}, order_id=order_id)],
    )


async def close(
    work: Work, subjects: str | Sequence[str], kinds: Iterable[str], state: str = "done"
) -> bool:
    """Close open deadlines of one or more subjects and their reminders; True when one was open.

    The deadline that is being fired is not closed: its instant has come.
    """
    closed = await work.session.scalars(
        update(Deadline)
        .where(
            Deadline.subject.in_([subjects] if isinstance(subjects, str) else list(subjects)),
            Deadline.kind.in_(list(kinds)),
            Deadline.state == "open",
            Deadline.id != (work.firing or 0),
        )
        .values(state=state, closed_at=work.now)
        .returning(Deadline.id)
        .execution_options(synchronize_session=False)
    )
    ids = list(closed)
    if ids:
        work.session.info.setdefault(CLOSED_HERE, set()).update(ids)
        await cancel_reminders(work.session, ids, work.now)
    return bool(ids)


async def cancel_reminders(session: AsyncSession, parents: Sequence[int], now: datetime) -> None:
    """Cancel the reminders that are open of these deadlines."""
    await session.execute(
        update(Deadline)
        .where(Deadline.parent_id == func.any(list(parents)), Deadline.state == "open")
        .values(state="cancelled", closed_at=now)
        .execution_options(synchronize_session=False)
    )


async def open_of(session: AsyncSession, subject: str, kind: str) -> Deadline | None:
    """The open deadline of a subject, if any."""
    found = await session.scalars(
        select(Deadline).where(
            Deadline.subject == subject, Deadline.kind == kind, Deadline.state == "open"
        )
    )
    return found.one_or_none()


def of_order(order_id: SQLColumnExpression[int] | int) -> Select[*tuple[Any, ...]]:
    """Deadlines of law of an order, oldest first; reminders and repetitions left out.

    Each row is what a ``DeadlineView`` is made of.
    """
    return (
        select(*SHOWN)
        .where(Deadline.order_id == order_id, Deadline.term != "")
        .order_by(Deadline.started_at, Deadline.id)
    )

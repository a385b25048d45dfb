"""Moving deadlines: what a change of the calendar, a fault or maintenance does to running terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.base import Json
from domain.calendar import WorkingCalendar
from domain.deadlines import Deadline, NewDeadline, cancel_reminders, with_reminders, write
from domain.extensions import Step, course
from domain.preferences.reminders import drop_late
from domain.terms import Term
from domain.work import Work


@dataclass(frozen=True)
class Moved:
    """A deadline that a change of the calendar moves: old and new end."""

    id: int
    kind: str
    subject: str
    order_id: int | None
    old: datetime
    new: datetime


async def moves(session: AsyncSession, calendar: WorkingCalendar, *, lock: bool) -> list[Moved]:
    """Every open deadline of law that ends otherwise under this calendar, by old end."""
    statement = (
        select(Deadline)
        .where(Deadline.state == "open", Deadline.term != "")
        .order_by(Deadline.due_at, Deadline.id)
    )
    rows = await session.scalars(statement.with_for_update() if lock else statement)
    found = []
    for row in rows:
        due, _ = recount(calendar, row, steps_of(row))
        if due != row.due_at:
            found.append(Moved(row.id, row.kind, row.subject, row.order_id, row.due_at, due))
    return found


def steps_of(row: Deadline) -> tuple[Step, ...]:
    """What faults and maintenance have added to a deadline so far."""
    given = (row.extension or {}).get("steps", ())
    return tuple(Step.from_json(each) for each in given) if isinstance(given, list) else ()


def recount(
    calendar: WorkingCalendar, row: Deadline, steps: Sequence[Step]
) -> tuple[datetime, Json]:
    """The end of a deadline under this calendar and these steps, and the receipt that shows it."""
    receipt = calendar.due(row.started_at, Term.parse(row.term))
    shown: dict[str, object] = {**receipt.as_json()}
    due_at, taken = receipt.due_at, []
    for each in course(calendar, receipt.due_at, steps):
        due_at = each.new
        taken.append(
            each.step.as_json() | {"old": each.old.isoformat(), "new": each.new.isoformat()}
        )
    if taken:
        shown["extensions"] = taken
    return due_at, shown


async def move(
    work: Work,
    calendar: WorkingCalendar,
    moved: Sequence[Moved],
    steps: Mapping[int, Sequence[Step]] | None = None,
) -> None:
    """Close the old rows as moved and write the next generation, with new reminders.

    ``steps`` by the id of a deadline: its extensions from now on, where they change.
    """
    ids = [each.id for each in moved]
    rows = {
        row.id: row
        for row in await work.session.scalars(select(Deadline).where(Deadline.id == func.any(ids)))
    }
    await cancel_reminders(work.session, ids, work.now)
    await drop_late(work, {(each.kind, each.subject): each.new for each in moved})
    await work.session.execute(
        update(Deadline)
        .where(Deadline.id == func.any(ids))
        .values(state="moved", closed_at=work.now)
    )
    fresh = []
    for each in moved:
        row = rows[each.id]
        taken = (steps or {}).get(each.id, steps_of(row))
        due_at, receipt = recount(calendar, row, taken)
        fresh.append(
            NewDeadline(
                kind=row.kind,
                subject=row.subject,
                started_at=row.started_at,
                due_at=due_at,
                term=row.term,
                clause=row.clause,
                calendar_version=calendar.version,
                params=row.params,
                receipt=receipt,
                extension={"steps": [step.as_json() for step in taken]} if taken else None,
                order_id=row.order_id,
            )
        )
    await write(work.session, [with_reminders(calendar, row, work.now) for row in fresh])

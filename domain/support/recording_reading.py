"""Reading recordings: one, those of a ticket, what goes in a month, acts of destruction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.base import is_id
from domain.errors import NotFound
from domain.numbered import read_row
from domain.people.model import Person
from domain.support.destruction_rows import disputed_tickets, items_of
from domain.support.model import (
    DestructionAct,
    DestructionItem,
    DisputeMark,
    Recording,
    RecordingStep,
    Ticket,
    TicketFile,
    TicketMessage,
)
from domain.support.recording_views import (
    ActLine,
    ActView,
    HeldView,
    ItemView,
    Preview,
    RecordingView,
    StepView,
)
from domain.support.retention_rules import (
    Dispute,
    collected_before,
    kept_until,
    midnight,
    month_of,
)

SHOWN = 500
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Mark:
    """A dispute mark with the name of whoever set it."""

    ground: str
    set_at: datetime
    settled_at: datetime | None
    by: str
    released_at: datetime | None = None


def _statement() -> Select[*tuple[Any, ...]]:
    return (
        select(Recording, TicketFile, Ticket.number, DestructionAct.number)
        .join(TicketFile, TicketFile.id == Recording.file_id)
        .join(Ticket, Ticket.id == Recording.ticket_id)
        .outerjoin(DestructionAct, DestructionAct.id == Recording.act_id)
    )


async def marks_of(session: AsyncSession, tickets: Iterable[int]) -> dict[int, list[Mark]]:
    """Dispute marks by id of the ticket, those of tickets that were merged into it included."""
    wanted = sorted(set(tickets))
    up = select(DisputeMark.id.label("mark"), DisputeMark.ticket_id.label("ticket")).cte(
        "marked", recursive=True
    )
    up = up.union(
        select(up.c.mark, Ticket.merged_into_id)
        .join(Ticket, Ticket.id == up.c.ticket)
        .where(Ticket.merged_into_id.is_not(None))
    )
    found = await session.execute(
        select(up.c.ticket, DisputeMark, Person.name)
        .join(DisputeMark, DisputeMark.id == up.c.mark)
        .outerjoin(Person, Person.id == DisputeMark.set_by)
        .where(up.c.ticket == func.any(wanted))
        .order_by(DisputeMark.set_at, DisputeMark.id)
    )
    marks: dict[int, list[Mark]] = defaultdict(list)
    for ticket, mark, name in found:
        marks[ticket].append(
            Mark(mark.ground, mark.set_at, mark.settled_at, name or "", mark.released_at)
        )
    return marks


def _open(marks: Sequence[Mark]) -> Mark | None:
    return next((mark for mark in marks if mark.settled_at is None), None)


def _view(row: Row[*tuple[Any, ...]], marks: Sequence[Mark], days: int | None) -> RecordingView:
    recording, file, ticket, act = row
    disputes = [Dispute(mark.set_at, mark.released_at or mark.settled_at) for mark in marks]
    held = _open(marks) if recording.state == "kept" else None
    return RecordingView(
        id=recording.id,
        ticket=ticket,
        kind=file.kind,
        size=file.size,
        duration=file.duration,
        sha256=file.sha256,
        collected_at=recording.collected_at,
        until=None if held else kept_until(recording.collected_at, days, disputes),
        state=recording.state,
        stored=file.state == "stored",
        dispute=held.ground if held else None,
        act=act,
        dispute_at=held.set_at if held else None,
        dispute_by=held.by if held else "",
    )


async def _views(
    session: AsyncSession, statement: Select[*tuple[Any, ...]], days: int | None
) -> list[tuple[RecordingView, list[Mark]]]:
    rows = (await session.execute(statement)).all()
    marks = await marks_of(session, (row[0].ticket_id for row in rows))
    return [
        (_view(row, marks.get(row[0].ticket_id, []), days), marks.get(row[0].ticket_id, []))
        for row in rows
    ]


async def one(session: AsyncSession, recording_id: int, days: int | None) -> RecordingView:
    """A recording; NotFound ``recording_unknown``."""
    if is_id(recording_id):
        for view, _ in await _views(
            session, _statement().where(Recording.id == recording_id), days
        ):
            return view
    raise NotFound("recording_unknown")


async def of_ticket(session: AsyncSession, number: int, days: int | None) -> list[RecordingView]:
    """The recordings of a ticket, oldest first; NotFound ``ticket_unknown``."""
    ticket = None
    if is_id(number):
        ticket = await session.scalar(select(Ticket.id).where(Ticket.number == number))
    if ticket is None:
        raise NotFound("ticket_unknown", None, ticket=number)
    mine = _statement().where(Recording.ticket_id == ticket).order_by(Recording.id)
    return [view for view, _ in await _views(session, mine, days)]


async def of_person(session: AsyncSession, person_id: int, days: int | None) -> list[RecordingView]:
    """The recordings of a person's own voice, oldest first.

    What they sent and calls with them; not what operators say, in answers or among themselves.
    """
    author = TicketMessage.author
    heard = or_(author == "user", and_(author == "operator", TicketFile.kind == "call"))
    mine = (
        _statement()
        .join(TicketMessage, TicketMessage.id == TicketFile.message_id)
        .where(Ticket.person_id == person_id, heard)
        .order_by(Recording.id)
    )
    return [view for view, _ in await _views(session, mine, days)]


async def steps(session: AsyncSession, recording_id: int) -> list[StepView]:
    """The life of a recording, oldest first (act 366, clause 21.1)."""
    found = await session.execute(
        select(RecordingStep, Person.name)
        .outerjoin(Person, Person.id == RecordingStep.person_id)
        .where(RecordingStep.recording_id == recording_id)
        .order_by(RecordingStep.id)
    )
    return [
        StepView(step.step, step.at, step.person_id, name or "", step.detail)
        for step, name in found
    ]


async def preview(session: AsyncSession, day: date, now: datetime, days: int | None) -> Preview:
    """What goes in the month of a day; in the present one, also what is over already."""
    first, after = month_of(day)
    until = collected_before(midnight(after - _DAY), days)
    here = [Recording.state == "kept", Recording.collected_at < until]
    disputed = Recording.ticket_id.in_(disputed_tickets(now))
    going: list[ColumnElement[bool]] = [*here, ~disputed]
    if midnight(first) > now:
        going.append(Recording.collected_at >= collected_before(midnight(first - _DAY), days))
    held: list[ColumnElement[bool]] = [*here, disputed]
    order = (Recording.collected_at, Recording.id)
    total, size = await _count(session, going)
    held_total, _ = await _count(session, held)
    shown = await _views(session, _statement().where(*going).order_by(*order).limit(SHOWN), days)
    kept = await _views(session, _statement().where(*held).order_by(*order).limit(SHOWN), days)
    return Preview(
        month=first,
        going=tuple(view for view, _ in shown),
        going_total=total,
        going_bytes=size,
        held=tuple(_held(view, marks) for view, marks in kept),
        held_total=held_total,
    )


async def over_by(
    session: AsyncSession, recordings: Sequence[int], until: datetime, days: int | None
) -> list[tuple[str, datetime]]:
    """Kind and time of those recordings whose term is over at ``until``, oldest first."""
    found = await session.execute(
        select(TicketFile.kind, Recording.collected_at)
        .join(TicketFile, TicketFile.id == Recording.file_id)
        .where(
            Recording.id == func.any(list(recordings)),
            Recording.collected_at < collected_before(until, days),
        )
        .order_by(Recording.collected_at, Recording.id)
    )
    return [(kind, at) for kind, at in found]


async def _count(session: AsyncSession, where: Sequence[ColumnElement[bool]]) -> tuple[int, int]:
    found = await session.execute(
        select(func.count(), func.coalesce(func.sum(TicketFile.size), 0))
        .select_from(Recording)
        .join(TicketFile, TicketFile.id == Recording.file_id)
        .where(*where)
    )
    count, size = found.one()
    return int(count), int(size)


def _held(view: RecordingView, marks: Sequence[Mark]) -> HeldView:
    mark = _open(marks) or next(reversed(marks), None)
    # Settled, and kept for a day more.
    if mark is None:
        return HeldView(view, "", view.collected_at, "")
    return HeldView(view, mark.ground, mark.set_at, mark.by)


async def acts(session: AsyncSession, before: int | None, size: int) -> list[ActLine]:
    """Acts of destruction with numbers below ``before``, newest first."""
    count = (
        select(func.count())
        .where(DestructionItem.act_id == DestructionAct.id, DestructionItem.state != "kept")
        .correlate(DestructionAct)
        .scalar_subquery()
    )
    statement = select(DestructionAct, count).order_by(DestructionAct.number.desc()).limit(size)
    if before is not None:
        statement = statement.where(DestructionAct.number < before)
    return [
        ActLine(act.number, act.ground, act.begun_at, act.finished_at, items)
        for act, items in await session.execute(statement)
    ]


async def act(session: AsyncSession, number: int) -> ActView:
    """An act of destruction with its items; NotFound ``destruction_unknown``."""
    one = select(DestructionAct).where(DestructionAct.number == number)
    unknown = NotFound("destruction_unknown", None, number=number)
    found = await read_row(session, number, one, unknown)
    items = await items_of(session, found.id)
    return ActView(
        number=found.number,
        ground=found.ground,  # type: ignore[arg-type]  # the column holds one of these words
        begun_at=found.begun_at,
        finished_at=found.finished_at,
        executor=found.executor,
        items=tuple(map(_item, items)),
    )


def _item(row: DestructionItem) -> ItemView:
    return ItemView(
        position=row.position,
        recording=row.recording_id,
        ticket=row.ticket_number,
        kind=row.kind,
        size=row.size,
        duration=row.duration,
        sha256=row.content_hash,
        transcribed=row.transcribed,
        collected_at=row.collected_at,
        state=row.state,  # type: ignore[arg-type]  # the column holds one of these words
        destroyed_at=row.destroyed_at,
        shared=row.shared,
        copies_deleted=row.copies_deleted,
        copies_left=len(row.copies_left),
    )

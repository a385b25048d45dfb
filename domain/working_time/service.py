"""Working time: receipts, and changing working days with every running deadline in one act."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import WorkingCalendar
from domain.deadline_moves import Moved, move, moves
from domain.deadlines import Deadline
from domain.orders.model import Order
from domain.people.model import Person
from domain.roles import Role
from domain.terms import Receipt, Term
from domain.work import Look, Site, Work, query, use_case
from domain.working_time.model import (
    OverrideRow,
    build_calendar,
    calendar_for_changing,
    calendar_for_reading,
)
from domain.working_time.moving import follow, hold, tell_touched
from domain.working_time.rules import (
    OverrideChange,
    check_changes,
    check_not_into_past,
    check_version,
    effective,
    still_running,
)

_KEEPERS = frozenset({Role.ADMIN})


@dataclass(frozen=True)
class OverrideView:
    """A decision in force on one day, with its basis and who entered it."""

    day: date
    working: bool
    name_kk: str
    name_ru: str
    basis: str
    entered_by: str
    entered_at: datetime


@dataclass(frozen=True)
class DeadlineMove:
    """A running deadline that ends otherwise: ends in UTC, exclusive."""

    number: int | None
    subject: str
    kind: str
    clause: str | None
    old: datetime
    new: datetime


@dataclass(frozen=True)
class Preview:
    """What changes would do; ``version`` is what ``apply`` expects to find."""

    version: str
    new_version: str
    moves: list[DeadlineMove]


@dataclass(frozen=True)
class Applied:
    """What changes did."""

    version: str
    moves: list[DeadlineMove]
    told: int


class WorkingTime:
    """The calendar in force and its changes."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @query(by=None)
    async def calendar(self, look: Look) -> WorkingCalendar:
        """The calendar in force."""
        return await calendar_for_reading(look.session)

    @query(by=None)
    async def receipt(self, look: Look, start: datetime, term: Term) -> Receipt:
        """When a term ends and how it is counted; raises ``naive_time``, ``calendar_range``."""
        return (await calendar_for_reading(look.session)).due(start, term)

    @query()
    async def overrides(self, look: Look) -> list[OverrideView]:
        """The decisions in force, by day."""
        newest = select(func.max(OverrideRow.id)).group_by(OverrideRow.day)
        rows = await look.session.execute(
            select(OverrideRow, Person.name)
            .outerjoin(Person, Person.id == OverrideRow.entered_by)
            .where(OverrideRow.id.in_(newest), OverrideRow.working.is_not(None))
            .order_by(OverrideRow.day)
        )
        return [
            OverrideView(
                day=row.day,
                working=bool(row.working),
                name_kk=row.name_kk,
                name_ru=row.name_ru,
                basis=row.basis,
                entered_by=name or row.entered_label,
                entered_at=row.entered_at,
            )
            for row, name in rows
        ]

    @query(by=_KEEPERS)
    async def preview(self, look: Look, changes: Sequence[OverrideChange]) -> Preview:
        """Every running deadline that the changes would move, old and new; nothing is changed.

        Raises ``override_past`` when one would already be over, ``override_unchanged``, and
        those of ``check_changes``.
        """
        checked = check_changes(changes)
        current = await calendar_for_reading(look.session)
        _, overrides = effective(current.overrides, checked)
        planned = build_calendar(overrides)
        moved = still_running(await moves(look.session, planned, lock=False), look.now)
        check_not_into_past(moved, look.now)
        return Preview(current.version, planned.version, await _shown(look.session, moved))

    @use_case("working_time.apply", by=_KEEPERS)
    async def apply(
        self, work: Work, changes: Sequence[OverrideChange], expected_version: str
    ) -> Applied:
        """Make the changes, move every running deadline and tell the people touched.

        All in one transaction. Raises Conflict ``calendar_changed`` when the calendar is not
        the one of the preview, and those of ``preview``.
        """
        checked = check_changes(changes)
        await self._hold(work, checked)
        current = await calendar_for_changing(work.session)
        check_version(expected_version, current.version)
        real, overrides = effective(current.overrides, checked)
        planned = build_calendar(overrides)
        _write(work, real)
        moved = still_running(await moves(work.session, planned, lock=True), work.now)
        check_not_into_past(moved, work.now)
        shown = await _shown(work.session, moved)
        if moved:
            await move(work, planned, moved)
        await follow(work, moved)
        told = await tell_touched(work, shown, real)
        for each in shown:
            work.also("deadline.moved", each.subject, kind=each.kind, old=each.old, new=each.new)
        work.record(
            "calendar",
            old=current.version,
            new=planned.version,
            changes=[
                {"day": change.day, "working": change.working, "basis": change.basis}
                for change in real
            ],
            moved=len(moved),
        )
        return Applied(planned.version, shown, told)

    async def _hold(self, work: Work, changes: Sequence[OverrideChange]) -> None:
        """Lock the orders and tickets that the changes will touch."""
        current = await calendar_for_reading(work.session)
        _, overrides = effective(current.overrides, changes)
        await hold(work, await moves(work.session, build_calendar(overrides), lock=False))


def _write(work: Work, changes: Iterable[OverrideChange]) -> None:
    for change in changes:
        work.session.add(
            OverrideRow(
                day=change.day,
                working=change.working,
                name_kk=change.name_kk,
                name_ru=change.name_ru,
                basis=change.basis,
                entered_by=work.actor.person_id,
                entered_label=work.actor.label or work.actor.kind,
                entered_at=work.now,
            )
        )


async def _shown(session: AsyncSession, moved: Sequence[Moved]) -> list[DeadlineMove]:
    """The moves with order numbers and clauses."""
    orders = {each.order_id for each in moved}
    named = await session.execute(select(Order.id, Order.number).where(Order.id.in_(orders)))
    numbers = dict(named.all())
    ids = {each.id for each in moved}
    stated = await session.execute(select(Deadline.id, Deadline.clause).where(Deadline.id.in_(ids)))
    clauses = dict(stated.all())
    return [
        DeadlineMove(
            number=numbers.get(each.order_id or 0),
            subject=each.subject,
            kind=each.kind,
            clause=clauses[each.id],
            old=each.old,
            new=each.new,
        )
        for each in moved
    ]

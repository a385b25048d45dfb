"""Reading rosters and absences inside a transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from domain.clock import astana
from domain.duty.model import Absence, DutyDates, DutyRoster
from domain.duty.rules import Away, LineUp, Member, Roster, Stretch, line_up, monday_of
from domain.people.model import Membership, Person


async def members_there(session: AsyncSession, company_id: int, role: str) -> list[Member]:
    """The active people who act for a company in a role, the first of them first."""
    rows = await session.execute(
        select(Person.id, Person.name, Membership.position, Person.unreachable_since)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.company_id == company_id,
            Membership.role == role,
            Membership.state == "active",
            Person.state == "active",
        )
        .order_by(Membership.id)
    )
    return [Member(id_, name, position, since is None) for id_, name, position, since in rows]


async def roster_of(session: AsyncSession, company_id: int, role: str, day: date) -> Roster | None:
    """The roster with the dates that are not over on ``day``; None where a company has none."""
    found = await session.scalar(
        select(DutyRoster).where(DutyRoster.company_id == company_id, DutyRoster.role == role)
    )
    rows = await session.scalars(
        select(DutyDates)
        .where(
            DutyDates.company_id == company_id,
            DutyDates.role == role,
            DutyDates.last >= day,
            DutyDates.removed_at.is_(None),
        )
        .order_by(DutyDates.id)
    )
    dates = tuple(Stretch(row.person_id, row.first, row.last) for row in rows)
    if found is None:
        return Roster(monday_of(day), (), dates) if dates else None
    return Roster(found.since, tuple(found.turns), dates) if found.turns or dates else None


async def aways_of(session: AsyncSession, company_id: int, role: str, day: date) -> list[Away]:
    """Absences that are not over on ``day``, in the order in which they were entered."""
    rows = await session.scalars(
        select(Absence)
        .where(
            Absence.company_id == company_id,
            Absence.role == role,
            Absence.last >= day,
            Absence.removed_at.is_(None),
        )
        .order_by(Absence.id)
    )
    return [Away(row.person_id, row.first, row.last, row.deputy_id) for row in rows]


async def line_up_of(session: AsyncSession, company_id: int, role: str, now: datetime) -> LineUp:
    """In which order people of a company are woken now."""
    today = astana(now).date()
    members = await members_there(session, company_id, role)
    # Most companies keep none: one question instead of three.
    if not await with_rosters(session, (company_id,), role, now):
        return line_up(members, None, (), today)
    roster = await roster_of(session, company_id, role, today)
    aways = await aways_of(session, company_id, role, today)
    return line_up(members, roster, aways, today)


async def with_rosters(
    session: AsyncSession, companies: Iterable[int], role: str, now: datetime
) -> list[int]:
    """Those of many companies that have a roster, or somebody away."""
    today, wanted = astana(now).date(), sorted(set(companies))
    if not wanted:
        return []
    parts = [
        select(row.company_id).where(row.company_id.in_(wanted), row.role == role, *more)
        for row, more in (
            (DutyRoster, ()),
            (DutyDates, (DutyDates.last >= today, DutyDates.removed_at.is_(None))),
            (Absence, (Absence.last >= today, Absence.removed_at.is_(None))),
        )
    ]
    return sorted(set(await session.scalars(union_all(*parts))))

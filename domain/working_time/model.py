"""Overrides of working days: the library of holidays is the seed, these rows decide."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from sqlalchemy import Boolean, Date, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Instant, Key, Ref
from domain.calendar import DayOverride, WorkingCalendar

# Key of the advisory lock that orders "a deadline is set" against "the calendar changes".
_CALENDAR_LOCK = 7_210_366


class OverrideRow(Base):
    """One decision about one day. The newest row of a day decides; older rows stay on record."""

    __tablename__ = "day_override"

    id: Mapped[Key]
    day: Mapped[date] = mapped_column(Date, index=True)
    # None takes an earlier override back: the day is again what the library says.
    working: Mapped[bool | None] = mapped_column(Boolean)
    name_kk: Mapped[str]
    name_ru: Mapped[str]
    basis: Mapped[str]
    entered_by: Mapped[Ref | None]
    entered_label: Mapped[str]
    entered_at: Mapped[Instant]


@lru_cache(maxsize=16)
def build_calendar(overrides: tuple[DayOverride, ...]) -> WorkingCalendar:
    """A calendar for these overrides; building one reads twenty years of holidays, so keep it."""
    return WorkingCalendar(overrides)


async def current_overrides(session: AsyncSession) -> tuple[DayOverride, ...]:
    """The overrides in force, by day."""
    newest = select(func.max(OverrideRow.id)).group_by(OverrideRow.day)
    rows = await session.scalars(
        select(OverrideRow).where(OverrideRow.id.in_(newest)).order_by(OverrideRow.day)
    )
    return tuple(
        DayOverride(row.day, row.working, row.name_kk, row.name_ru, row.basis)
        for row in rows
        if row.working is not None
    )


async def calendar_for_setting(session: AsyncSession) -> WorkingCalendar:
    """The calendar in force, held still until the transaction ends.

    A change of the calendar waits for transactions that set deadlines, and they for it:
    no deadline can be set by a calendar that has just been replaced.
    """
    await session.execute(select(func.pg_advisory_xact_lock_shared(_CALENDAR_LOCK)))
    return build_calendar(await current_overrides(session))


async def calendar_for_changing(session: AsyncSession) -> WorkingCalendar:
    """The calendar in force, with nobody else reading it to set a deadline."""
    await session.execute(select(func.pg_advisory_xact_lock(_CALENDAR_LOCK)))
    return build_calendar(await current_overrides(session))


async def calendar_for_reading(session: AsyncSession) -> WorkingCalendar:
    """The calendar in force at this moment, for showing."""
    return build_calendar(await current_overrides(session))

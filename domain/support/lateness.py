"""How late an unanswered ticket is: the time of work that has passed since its promise ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from domain.support.minutes import WorkingClock
from domain.support.regimes import regime_at
from domain.support.views import TicketLine
from domain.working_time.model import calendar_for_reading


async def with_lateness(
    session: AsyncSession, lines: Sequence[TicketLine], now: datetime
) -> list[TicketLine]:
    """The lines with ``late`` filled in, in the hours of each ticket's regime.

    Terms stand still at night and on days off (act 366, clause 19; act 627, clause 7), and so
    does what is past them. The calendar is read only where a line is overdue.
    """
    if not any(line.overdue for line in lines):
        return list(lines)
    calendar = await calendar_for_reading(session)
    clocks = {
        code: WorkingClock(calendar, regime_at(code, now).hours)
        for code in {line.regime for line in lines if line.overdue}
    }
    return [
        replace(line, late=timedelta(minutes=clocks[line.regime].between(line.promised_at, now)))
        if line.overdue
        else line
        for line in lines
    ]

"""The moments at which a supplier may ask to be reminded of an order: a rule of the house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.calendar import MORNING, SUPPORT_366, WorkingCalendar
from domain.clock import astana

#: In hours: how long before support closes on the last day the last choice falls.
_BEFORE_SUPPORT_ENDS = 2


@dataclass(frozen=True, slots=True)
class ReminderChoice:
    """A moment to choose; ``name`` is what a button carries, ``at`` is UTC."""

    name: str
    at: datetime


def reminder_choices(
    calendar: WorkingCalendar, now: datetime, due_at: datetime
) -> list[ReminderChoice]:
    """In 1 hour, in 3 hours, 9:00 of the next working day, 2 hours before support ends at last.

    Only moments between ``now`` and ``due_at`` (both exclusive), by time, each once.
    """
    ends = SUPPORT_366[-1][1]
    last_day = calendar.working_days_before(due_at, 0)
    planned = [
        ReminderChoice("in_1_hour", now + timedelta(hours=1)),
        ReminderChoice("in_3_hours", now + timedelta(hours=3)),
        ReminderChoice(
            "next_morning", calendar.at(calendar.next_working_day(astana(now).date()), MORNING)
        ),
        ReminderChoice(
            "last_day", calendar.at(last_day, ends.replace(hour=ends.hour - _BEFORE_SUPPORT_ENDS))
        ),
    ]
    found: dict[datetime, ReminderChoice] = {}
    for each in planned:
        if now < each.at < due_at:
            found.setdefault(each.at, each)
    return sorted(found.values(), key=lambda each: each.at)

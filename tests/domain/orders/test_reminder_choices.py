"""When a supplier may ask to be reminded of an order."""

from __future__ import annotations

from datetime import datetime

from domain.calendar import Term, WorkingCalendar
from domain.clock import astana
from domain.orders.reminder_choices import reminder_choices

CALENDAR = WorkingCalendar()
# Friday, 20 November 2026, 10:00: the window ends on Tuesday, 24 November, 24:00.
PUBLISHED = datetime.fromisoformat("2026-11-20T10:00:00+05:00")
DUE_AT = CALENDAR.due(PUBLISHED, Term.parse("2wd")).due_at


def choices(now: str) -> dict[str, str]:
    """What can be chosen at ``now``, in Astana time."""
    found = reminder_choices(CALENDAR, datetime.fromisoformat(now), DUE_AT)
    return {each.name: astana(each.at).strftime("%d %H:%M") for each in found}


def test_all_four_inside_the_window() -> None:
    assert choices("2026-11-20T10:00:00+05:00") == {
        "in_1_hour": "20 11:00",
        "in_3_hours": "20 13:00",
        "next_morning": "23 09:00",
        "last_day": "24 16:30",
    }


def test_only_moments_before_the_end() -> None:
    assert choices("2026-11-24T20:30:00+05:00") == {
        "in_1_hour": "24 21:30",
        "in_3_hours": "24 23:30",
    }
    assert choices("2026-11-24T21:00:00+05:00") == {"in_1_hour": "24 22:00"}
    assert choices("2026-11-24T23:00:00+05:00") == {}


def test_two_names_of_one_moment_are_one_choice() -> None:
    assert choices("2026-11-24T13:30:00+05:00") == {
        "in_1_hour": "24 14:30",
        "in_3_hours": "24 16:30",
    }

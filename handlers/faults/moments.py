"""Moments as people type them: ``20.11 14:30``, ``20.11.2026 14:30``, ``14:30``; in Astana."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from domain.clock import ASTANA, astana

_TYPED = re.compile(
    r"(?:(?P<day>\d{1,2})[./-](?P<month>\d{1,2})(?:[./-](?P<year>\d{4}))?[\s,]+"
    r"|(?P<iso>\d{4}-\d{2}-\d{2})[\sT,]+)?"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})"
)
_MOST_TYPED = 32
_DAY = timedelta(days=1)


def parse_moment(text: str, now: datetime) -> datetime | None:
    """The instant a person means, UTC; None when it cannot be read.

    Without a day: today. Without a year: the year that brings the day nearest to now, so that a
    31 December typed in January is the one just over. ``24:00`` is the end of its day. A time
    is written with a colon: ``20.11`` alone could be a day.
    """
    found = _TYPED.fullmatch(" ".join(text[: _MOST_TYPED + 1].split()))
    if found is None or not text.isascii():
        return None
    hour, minute = int(found["hour"]), int(found["minute"])
    whole = (hour, minute) == (24, 0)
    try:
        wall = time() if whole else time(hour, minute)
        days = _days(found, astana(now).date())
    except ValueError:
        return None
    moments = [
        datetime.combine(day + _DAY if whole else day, wall, ASTANA).astimezone(UTC) for day in days
    ]
    return min(moments, key=lambda each: abs(each - now), default=None)


def _days(found: re.Match[str], today: date) -> list[date]:
    """The days that may be meant."""
    if found["iso"]:
        return [date.fromisoformat(found["iso"])]
    if not found["day"]:
        return [today]
    day, month = int(found["day"]), int(found["month"])
    if found["year"]:
        return [date(int(found["year"]), month, day)]
    days = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            days.append(date(year, month, day))
        except ValueError:
            # 29 February is not in every year.
            continue
    return days

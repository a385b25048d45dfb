"""Where ``now`` comes from, and the zone that the law means by "Astana time".

Rules take ``now`` as a parameter; only use cases and the edge hold a clock. Every instant is an
aware UTC datetime; Astana time is for counting days and for show (act 366, clause 16).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol
from zoneinfo import ZoneInfo

from domain.errors import RuleBroken

#: There is no Asia/Astana in the tz database: since 1 March 2024 the whole country is one zone.
ASTANA = ZoneInfo("Asia/Almaty")

#: Midnight of 1 March 2024 by the old offset, when the clock went back to 23:00 of 29 February.
ZONE_CHANGED_AT = datetime(2024, 2, 29, 18, tzinfo=UTC)
OFFSET_BEFORE = timedelta(hours=6)
OFFSET_SINCE = timedelta(hours=5)


class Clock(Protocol):
    """Something that knows the time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class MovableClock(Clock, Protocol):
    """A clock that can be put to another instant (demo and tests)."""

    def set(self, instant: datetime) -> None:
        """Put the clock to ``instant`` (aware)."""
        ...

    def advance(self, by: timedelta) -> None:
        """Move the clock by ``by``."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self._now = as_utc(start)

    def now(self) -> datetime:
        """The instant it was last put to, aware, in UTC."""
        return self._now

    def set(self, instant: datetime) -> None:
        """Put the clock to ``instant``; raises RuleBroken ``naive_time`` without an offset."""
        self._now = as_utc(instant)

    def advance(self, by: timedelta) -> None:
        """Move the clock by ``by``; a negative one moves it back."""
        self._now += by


class ShiftedClock:
    """A clock that runs at the speed of ``base`` from wherever it was put."""

    def __init__(self, base: Clock | None = None) -> None:
        self._base = base or SystemClock()
        self._offset = timedelta()

    def now(self) -> datetime:
        """The shifted instant, aware, in UTC."""
        return self._base.now() + self._offset

    def set(self, instant: datetime) -> None:
        """Go on from ``instant``; raises RuleBroken ``naive_time`` without an offset."""
        self._offset = as_utc(instant) - self._base.now()

    def advance(self, by: timedelta) -> None:
        """Move the clock by ``by``; a negative one moves it back."""
        self._offset += by


def as_utc(instant: datetime) -> datetime:
    """``instant`` in UTC; raises RuleBroken ``naive_time`` when it bears no offset."""
    if instant.utcoffset() is None:
        raise RuleBroken("naive_time", None, text=instant.isoformat())
    return instant.astimezone(UTC)


def astana(instant: datetime) -> datetime:
    """``instant`` as Astana's wall clock shows it (act 366, clause 16)."""
    return as_utc(instant).astimezone(ASTANA)


def check_zone(now: datetime, zone: tzinfo = ASTANA) -> None:
    """Refuse time zone data older than the change of 1 March 2024.

    Such data answers +06:00 today, so that every deadline would fall an hour early. Raises
    RuleBroken ``zone_outdated`` with the first instant answered wrongly, the offset found and
    the one expected (hours).
    """
    before = ZONE_CHANGED_AT - timedelta(seconds=1)
    for instant in (before, ZONE_CHANGED_AT, as_utc(now)):
        expected = OFFSET_SINCE if instant >= ZONE_CHANGED_AT else OFFSET_BEFORE
        found = instant.astimezone(zone).utcoffset()
        if found != expected:
            raise RuleBroken(
                "zone_outdated",
                None,
                zone=str(zone),
                instant=instant.isoformat(),
                found=None if found is None else found / timedelta(hours=1),
                expected=expected / timedelta(hours=1),
            )

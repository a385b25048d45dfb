"""Working time of Kazakhstan: which days are worked, and when a term ends.

The ``holidays`` package is the seed and overrides decide (the ministry moves days off by order,
the clergy fixes Kurban Ait). Terms are counted on Astana dates; ends are UTC and exclusive: an act
one microsecond before ``due_at`` is in time, an act at ``due_at`` is late.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.metadata import version as package_version
from types import MappingProxyType

import holidays

from domain.clock import ASTANA, as_utc, astana
from domain.errors import RuleBroken
from domain.terms import (
    DAY_SWAP,
    DayCode,
    DayOverride,
    DayReason,
    Receipt,
    ReceiptDay,
    ReceiptDayJson,
    ReceiptJson,
    Term,
    Unit,
)

__all__ = [
    "DAY_SWAP",
    "FIRST_YEAR",
    "LAST_YEAR",
    "MORNING",
    "SUPPORT_366",
    "SUPPORT_627",
    "DayCode",
    "DayOverride",
    "DayReason",
    "Receipt",
    "ReceiptDay",
    "ReceiptDayJson",
    "ReceiptJson",
    "Term",
    "Unit",
    "WorkingCalendar",
    "WorkingHours",
    "holiday_keys",
]

FIRST_YEAR = 2019
LAST_YEAR = 2040

#: Intervals of one working day as (opens, closes) in Astana time, ascending; ``closes`` is outside.
WorkingHours = tuple[tuple[time, time], ...]

SUPPORT_366: WorkingHours = ((time(9), time(18, 30)),)
"""Support hours of act 366, clause 19.1."""

SUPPORT_627: WorkingHours = ((time(9), time(13)), (time(14, 30), time(18, 30)))
"""Contact centre hours of act 627, clause 15: the same with a break."""

#: Working hours by the act that a term names.
WORKING_HOURS: Mapping[str, WorkingHours] = MappingProxyType(
    {"366": SUPPORT_366, "627": SUPPORT_627}
)

MORNING = SUPPORT_366[0][0]

_DAY = timedelta(days=1)


class WorkingCalendar:
    """Which days are worked in Kazakhstan, 2019-2040. An immutable value.

    ``version`` names the state of the seed and of the overrides; by default it is made from the
    ``holidays`` version and a hash of the overrides. Raises RuleBroken ``override_repeated`` for
    two overrides of one day and ``calendar_range`` for a day outside the years.
    """

    __slots__ = ("_overrides", "_reasons", "version")

    version: str

    def __init__(self, overrides: Iterable[DayOverride] = (), version: str | None = None) -> None:
        self._overrides = tuple(sorted(overrides))
        self.version = version or _version(self._overrides)
        reasons: dict[date, DayReason] = {}
        for override in self._overrides:
            _check_range(override.day)
            if override.day in reasons:
                raise RuleBroken("override_repeated", None, day=override.day)
            reasons[override.day] = override.as_reason()
        self._reasons = MappingProxyType({**_seed(), **reasons})

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, WorkingCalendar):
            return NotImplemented
        return (self.version, self._overrides) == (other.version, other._overrides)

    def __hash__(self) -> int:
        return hash((self.version, self._overrides))

    def __repr__(self) -> str:
        return f"WorkingCalendar({self.version})"

    @property
    def overrides(self) -> tuple[DayOverride, ...]:
        """The overrides, by day."""
        return self._overrides

    def with_override(self, override: DayOverride) -> WorkingCalendar:
        """A calendar where ``override`` stands for its day, in place of any other."""
        return WorkingCalendar((*self.without_override(override.day).overrides, override))

    def without_override(self, day: date) -> WorkingCalendar:
        """A calendar where the seed decides on ``day`` again."""
        return WorkingCalendar(kept for kept in self._overrides if kept.day != day)

    def reason(self, day: date) -> DayReason:
        """What ``day`` is and why; raises RuleBroken ``calendar_range``."""
        _check_range(day)
        known = self._reasons.get(day)
        if known is not None:
            return known
        return DayReason(DayCode.WEEKEND if day.weekday() >= 5 else DayCode.WORKING)

    def is_working(self, day: date) -> bool:
        """Whether ``day`` is worked; raises RuleBroken ``calendar_range``."""
        return self.reason(day).code.worked

    def is_open(self, instant: datetime, hours: WorkingHours = SUPPORT_366) -> bool:
        """Whether ``instant`` lies in the hours of a working day (act 366, clause 19.1)."""
        local = astana(instant)
        within = any(opens <= local.time() < closes for opens, closes in hours)
        return within and self.is_working(local.date())

    def next_working_day(self, day: date) -> date:
        """The first working day after ``day``."""
        return next(later for later in _walk(day, _DAY) if self.is_working(later))

    def previous_working_day(self, day: date) -> date:
        """The last working day before ``day``."""
        return next(earlier for earlier in _walk(day, -_DAY) if self.is_working(earlier))

    def last_day(self, due_at: datetime) -> date:
        """The last Astana date on which an act before ``due_at`` is still in time."""
        return astana(as_utc(due_at) - datetime.resolution).date()

    def working_days_before(self, due_at: datetime, count: int) -> date:
        """The working day ``count`` working days before the last working day up to ``due_at``."""
        day = self.last_day(due_at)
        if not self.is_working(day):
            day = self.previous_working_day(day)
        for _ in range(count):
            day = self.previous_working_day(day)
        return day

    def at(self, day: date, wall: time) -> datetime:
        """The UTC instant when Astana's wall clock shows ``wall`` on ``day``."""
        return datetime.combine(day, wall, ASTANA).astimezone(UTC)

    def end_of(self, day: date) -> datetime:
        """The exclusive end of ``day``: 24:00 in Astana, as UTC."""
        return self.at(day + _DAY, time())

    def next_morning(self, now: datetime) -> datetime:
        """The nearest 9:00 of a working day after ``now`` (today's, if it is still ahead)."""
        today = astana(now).date()
        if self.is_working(today) and (morning := self.at(today, MORNING)) > now:
            return morning
        return self.at(self.next_working_day(today), MORNING)

    def due(self, start: datetime, term: Term) -> Receipt:
        """When ``term`` that begins with the event at ``start`` ends, and how it was counted.

        Days are counted from the day after the event to 24:00 of the last one; calendar days roll
        from a day off to the next working day; hours run on the clock; working minutes run only
        inside the working hours the term names. A support day is one whose working hours are not
        over yet when the event comes; the term ends with the hours of the last one. Raises
        RuleBroken ``naive_time`` and ``calendar_range``.
        """
        _check_range(start)
        begins = as_utc(start)
        match term.unit:
            case Unit.WORKING_DAYS:
                days, due_at = self._working_days(begins, term.count)
            case Unit.CALENDAR_DAYS:
                days, due_at = self._calendar_days(begins, term.count)
            case Unit.HOURS:
                days, due_at = self._hours(begins, term.count)
            case Unit.WORKING_MINUTES:
                hours = WORKING_HOURS[term.hours]
                days, due_at = self._working_minutes(begins, term.count, hours)
            case Unit.SUPPORT_DAYS:
                closes = WORKING_HOURS[term.hours][-1][1]
                days, due_at = self._support_days(begins, term.count, closes)
        return Receipt(begins, term, due_at, tuple(days), self.version)

    def _working_days(self, start: datetime, count: int) -> tuple[list[ReceiptDay], datetime]:
        first = astana(start).date()
        days = [_start_day(first)]
        left = count
        for day in _walk(first, _DAY):
            worked = self.is_working(day)
            days.append(ReceiptDay(day, worked, self.reason(day)))
            left -= worked
            if not left:
                break
        return days, self.end_of(days[-1].date)

    def _calendar_days(self, start: datetime, count: int) -> tuple[list[ReceiptDay], datetime]:
        first = astana(start).date()
        counted = [first + _DAY * number for number in range(1, count + 1)]
        days = [_start_day(first), *(ReceiptDay(day, True, self.reason(day)) for day in counted)]
        last = counted[-1]
        while not self.is_working(last):
            last += _DAY
            worked = self.is_working(last)
            why = DayReason(DayCode.ROLLED_TO) if worked else self.reason(last)
            days.append(ReceiptDay(last, False, why))
        return days, self.end_of(last)

    def _hours(self, start: datetime, count: int) -> tuple[list[ReceiptDay], datetime]:
        due_at = start + timedelta(hours=count)
        last = self.last_day(due_at)
        _check_range(last)
        why = DayReason(DayCode.CLOCK)
        days = [ReceiptDay(astana(start).date(), True, why)]
        while days[-1].date < last:
            days.append(ReceiptDay(days[-1].date + _DAY, True, why))
        return days, due_at

    def _working_minutes(
        self, start: datetime, count: int, hours: WorkingHours
    ) -> tuple[list[ReceiptDay], datetime]:
        left = timedelta(minutes=count)
        days: list[ReceiptDay] = []
        day = astana(start).date()
        while True:
            reason, ran = self.reason(day), timedelta()
            for opens, closes in hours if reason.code.worked else ():
                begins = max(self.at(day, opens), start)
                here = min(max(self.at(day, closes) - begins, timedelta()), left)
                left, ran = left - here, ran + here
                if not left:
                    return [*days, ReceiptDay(day, True, reason)], begins + here
            if reason.code.worked and not ran:
                reason = DayReason(DayCode.OUTSIDE_HOURS)
            days.append(ReceiptDay(day, bool(ran), reason))
            day += _DAY

    def _support_days(
        self, start: datetime, count: int, closes: time
    ) -> tuple[list[ReceiptDay], datetime]:
        left = count
        days: list[ReceiptDay] = []
        day = astana(start).date()
        while True:
            reason = self.reason(day)
            worked = reason.code.worked
            counted = worked and self.at(day, closes) > start
            if worked and not counted:
                reason = DayReason(DayCode.OUTSIDE_HOURS)
            days.append(ReceiptDay(day, counted, reason))
            left -= counted
            if not left:
                return days, self.at(day, closes)
            day += _DAY


def _start_day(day: date) -> ReceiptDay:
    return ReceiptDay(day, False, DayReason(DayCode.START_DAY))


def holiday_keys() -> frozenset[str]:
    """Every key a reason of the seed can bear; the catalogues must name each of them."""
    return frozenset(reason.key for reason in _seed().values())


def _walk(day: date, step: timedelta) -> Iterator[date]:
    while True:
        day += step
        yield day


def _check_range(day: date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise RuleBroken(
            "calendar_range", None, day=day.isoformat(), first=FIRST_YEAR, last=LAST_YEAR
        )


def _version(overrides: tuple[DayOverride, ...]) -> str:
    seed = f"kz{package_version('holidays')}"
    if not overrides:
        return seed
    text = json.dumps([astuple(each) for each in overrides], default=date.isoformat)
    return f"{seed}+{hashlib.sha256(text.encode()).hexdigest()[:10]}"


_SWAP = re.compile(r"Day off \(substituted from (\d\d)/(\d\d)/(\d{4})\)")


@cache
def _seed() -> Mapping[date, DayReason]:
    """Every day of the years that is not an ordinary working day or weekend.

    All years are built at once and copied: a year not built answers "working day" in silence, and
    the moved working days are known only after their year was built.
    """
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    book = holidays.country_holidays("KZ", years=years, language="en_US")
    reasons = {day: _seed_reason(name) for day, name in book.items()}
    swapped = {why.swapped_with: day for day, why in reasons.items() if why.swapped_with}
    # The package always adds a stray day of 2013 to these; `reason` never asks for that year.
    moved = {
        day: DayReason(DayCode.MOVED_WORKING_DAY, DAY_SWAP, swapped_with=swapped.get(day))
        for day in book.weekend_workdays
    }
    return MappingProxyType({**reasons, **moved})


def _seed_reason(name: str) -> DayReason:
    # Two holidays on one day come as one text; a date known for certain explains it better.
    names = sorted(name.split("; "), key=lambda each: "estimated" in each)
    if swap := _SWAP.fullmatch(names[0]):
        month, day, year = (int(part) for part in swap.groups())
        return DayReason(DayCode.MOVED_DAY_OFF, DAY_SWAP, swapped_with=date(year, month, day))
    title, _, label = names[0].partition(" (")
    key = re.sub(r"[^a-z0-9]+", "_", title.lower().replace("'", "")).strip("_")
    code = DayCode.MOVED_DAY_OFF if "observed" in label else DayCode.HOLIDAY
    return DayReason(code, key, estimated="estimated" in label)

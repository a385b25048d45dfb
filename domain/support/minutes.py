"""Working minutes between two moments, and what is made of many: for reports of the desk."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from statistics import median

from domain.calendar import WorkingCalendar, WorkingHours
from domain.clock import astana
from domain.support.views import Minutes

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


class WorkingClock:
    """A clock that runs in the working hours of a calendar only; days are counted once."""

    def __init__(self, calendar: WorkingCalendar, hours: WorkingHours) -> None:
        self._calendar = calendar
        self._hours = hours
        self._first: date | None = None
        # Working time of whole days from ``_first``: of none, of one, of two ...
        self._sums: list[timedelta] = [timedelta()]

    def between(self, begins: datetime, ends: datetime) -> float:
        """Working minutes from one moment to another; none where the other is not later."""
        if ends <= begins:
            return 0.0
        day = astana(begins).date()
        if self._first is None or day < self._first:
            self._first, self._sums = day, [timedelta()]
        return (self._at(ends) - self._at(begins)) / _MINUTE

    def _at(self, moment: datetime) -> timedelta:
        """Working time from the first day to a moment."""
        day = astana(moment).date()
        first = self._first or day
        count = (day - first).days
        while len(self._sums) <= count:
            whole = first + _DAY * (len(self._sums) - 1)
            self._sums.append(self._sums[-1] + self._within(whole, self._calendar.end_of(whole)))
        return self._sums[count] + self._within(day, moment)

    def _within(self, day: date, until: datetime) -> timedelta:
        """Working time of a day up to a moment."""
        if not self._calendar.is_working(day):
            return timedelta()
        found = timedelta()
        for opens, closes in self._hours:
            begins, ends = self._calendar.at(day, opens), self._calendar.at(day, closes)
            found += max(min(ends, until) - begins, timedelta())
        return found


def summed(values: Sequence[float]) -> Minutes:
    """The count, the middle one, and the one that nine of ten do not exceed."""
    if not values:
        return Minutes(0, None, None)
    ordered = sorted(values)
    ninth = ordered[math.ceil(0.9 * len(ordered)) - 1]
    return Minutes(len(ordered), round(median(ordered), 1), round(ninth, 1))

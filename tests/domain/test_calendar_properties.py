"""What holds for every start and every length; counted again slowly from a table of its own."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import holidays
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import (
    SUPPORT_366,
    SUPPORT_627,
    DayOverride,
    Term,
    Unit,
    WorkingCalendar,
    WorkingHours,
)
from domain.clock import astana

CALENDAR = WorkingCalendar()
BOOK = holidays.country_holidays("KZ", years=range(2023, 2029))
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)

#: Weekdays off, month by month, written down by hand; for 2027 by the law alone, as orders of the
#: ministry are not out. It shares no code with the calendar under test.
WEEKDAYS_OFF = {
    2024: {1: (1, 2), 3: (8, 21, 22, 25), 5: (1, 7, 8, 9), 7: (8,), 8: (30,), 10: (25,), 12: (16,)},
    2025: {
        1: (1, 2, 3, 7),
        3: (10, 21, 24, 25),
        5: (1, 7, 9),
        6: (6,),
        7: (7,),
        9: (1,),
        10: (27,),
        12: (16,),
    },
    2026: {1: (1, 2, 7), 3: (9, 23, 24, 25), 5: (1, 7, 11, 27), 7: (6,), 10: (26,), 12: (16,)},
    2027: {
        1: (1, 4, 7),
        3: (8, 15, 22, 23, 24),
        5: (3, 7, 10),
        7: (6,),
        10: (25,),
        12: (16,),
    },
}
OFF = {
    date(year, month, day)
    for year, months in WEEKDAYS_OFF.items()
    for month, days in months.items()
    for day in days
}
WORKED_WEEKENDS = {date(2024, 5, 4), date(2025, 1, 5)}

unhurried = settings(deadline=None)  # a loaded machine is no reason to fail
instants = st.datetimes(
    datetime(2024, 1, 1),  # noqa: DTZ001 - hypothesis takes naive bounds and adds the zone
    datetime(2027, 8, 31),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)
counts = st.integers(1, 60)
units = st.sampled_from(Unit)
day_units = st.sampled_from([Unit.WORKING_DAYS, Unit.CALENDAR_DAYS])
hours_of_support = st.sampled_from([("366", SUPPORT_366), ("627", SUPPORT_627)])


def is_worked(day: date) -> bool:
    return day in WORKED_WEEKENDS or (day.weekday() < 5 and day not in OFF)


def due(start: datetime, count: int, unit: Unit) -> datetime:
    return CALENDAR.due(start, Term(count, unit)).due_at


def slow_last_day(start: datetime, count: int, unit: Unit) -> date:
    day = astana(start).date()
    while count:
        day += DAY
        if unit is Unit.CALENDAR_DAYS or is_worked(day):
            count -= 1
    while not is_worked(day):
        day += DAY
    return day


def slow_minutes(start: datetime, count: int, hours: WorkingHours) -> datetime:
    instant = start
    while count:
        wall = astana(instant)
        inside = any(opens <= wall.time() < closes for opens, closes in hours)
        count -= inside and is_worked(wall.date())
        instant += MINUTE
    return instant


def test_the_calendar_agrees_with_the_table_on_every_day() -> None:
    first = date(2024, 1, 1)
    days = [first + DAY * number for number in range((date(2028, 1, 1) - first).days)]
    assert [day for day in days if CALENDAR.is_working(day) is not is_worked(day)] == []


@unhurried
@given(instants, counts, day_units)
def test_an_independent_slow_count_by_days_agrees(start: datetime, count: int, unit: Unit) -> None:
    ends = astana(due(start, count, unit))
    assert ends.replace(tzinfo=None) == datetime.combine(
        slow_last_day(start, count, unit) + DAY, time()
    )


@settings(unhurried, max_examples=60)
@given(instants, st.integers(1, 1_500), hours_of_support)
def test_a_slow_walk_by_minutes_agrees(
    start: datetime, count: int, of: tuple[str, WorkingHours]
) -> None:
    act, hours = of
    start = start.replace(second=0, microsecond=0)
    term = Term(count, Unit.WORKING_MINUTES, act)
    assert CALENDAR.due(start, term).due_at == slow_minutes(start, count, hours)


@unhurried
@given(instants, counts)
def test_working_days_agree_with_the_library_called_on_the_day_of_the_event(
    start: datetime, count: int
) -> None:
    last = CALENDAR.last_day(due(start, count, Unit.WORKING_DAYS))
    assert last == BOOK.get_nth_working_day(astana(start).date(), count)


@unhurried
@given(instants, instants, counts, units)
def test_a_later_start_never_ends_earlier(
    one: datetime, other: datetime, count: int, unit: Unit
) -> None:
    earlier, later = sorted((one, other))
    assert due(earlier, count, unit) <= due(later, count, unit)


@unhurried
@given(instants, counts, st.integers(1, 30), units)
def test_a_longer_term_never_ends_earlier(
    start: datetime, count: int, more: int, unit: Unit
) -> None:
    shorter, longer = due(start, count, unit), due(start, count + more, unit)
    assert start < shorter <= longer
    if unit is not Unit.CALENDAR_DAYS:  # two calendar terms may roll to one working day
        assert shorter < longer


@unhurried
@given(instants, counts, day_units)
def test_a_term_of_days_ends_at_midnight_after_a_working_day(
    start: datetime, count: int, unit: Unit
) -> None:
    ends = astana(due(start, count, unit))
    assert ends.time() == time()
    assert is_worked(ends.date() - DAY)


@unhurried
@given(instants, counts, units)
def test_a_receipt_tells_each_day_once_and_in_order(
    start: datetime, count: int, unit: Unit
) -> None:
    receipt = CALENDAR.due(start, Term(count, unit))
    days = [each.date for each in receipt.days]
    assert days == [days[0] + DAY * number for number in range(len(days))]
    assert days[0] == astana(start).date()
    assert days[-1] == CALENDAR.last_day(receipt.due_at)
    if unit in {Unit.WORKING_DAYS, Unit.CALENDAR_DAYS}:
        assert sum(each.counted for each in receipt.days) == count


@unhurried
@given(instants, counts, units, st.integers(0, 90))
def test_a_day_more_off_never_ends_a_term_earlier_and_a_day_more_worked_never_later(
    start: datetime, count: int, unit: Unit, ahead: int
) -> None:
    day, term = astana(start).date() + DAY * ahead, Term(count, unit)
    off = CALENDAR.with_override(DayOverride(day, False, "", "", ""))
    worked = CALENDAR.with_override(DayOverride(day, True, "", "", ""))
    assert (
        worked.due(start, term).due_at
        <= CALENDAR.due(start, term).due_at
        <= off.due(start, term).due_at
    )


@unhurried
@given(instants)
def test_the_next_morning_is_the_first_nine_o_clock_of_work_ahead(now: datetime) -> None:
    morning = astana(CALENDAR.next_morning(now))
    assert morning.time() == time(9)
    assert is_worked(morning.date())
    assert morning > now
    before = CALENDAR.at(CALENDAR.previous_working_day(morning.date()), time(9))
    assert before <= now


@unhurried
@given(counts, units)
def test_every_term_survives_writing_and_reading(count: int, unit: Unit) -> None:
    assert Term.parse(str(Term(count, unit))) == Term(count, unit)

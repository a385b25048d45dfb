"""The promise of support in both regimes: examples of hours and days, and what always holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import DayOverride, WorkingCalendar
from domain.clock import astana
from domain.errors import RuleBroken
from domain.support.promise import Channel, next_opening, promise
from domain.support.regimes import regime_at

CALENDAR = WorkingCalendar()
CHANNELS: tuple[Channel, ...] = ("chat", "voice", "email", "phone", "api")
unhurried = settings(deadline=None)  # a loaded machine is no reason to fail


def at(text: str) -> datetime:
    """A moment of Astana."""
    return datetime.fromisoformat(f"{text.replace(' ', 'T')}+05:00")


def promised(code: str, channel: Channel, moment: str) -> tuple[bool, str, str | None]:
    when = at(moment)
    made = promise(CALENDAR, regime_at(code, when), channel, when)
    return made.open, f"{astana(made.due_at):%Y-%m-%d %H:%M:%S}", made.clause


# Friday 20 November 2026; 16 December is Independence Day; 25 October a Sunday whose holiday
# moves to Monday 26; Sunday 5 January 2025 was worked.
@pytest.mark.clause("366-19.1")
@pytest.mark.parametrize(
    ("moment", "is_open", "due"),
    [
        ("2026-11-20 08:59:59", False, "2026-11-20 18:30:00"),
        ("2026-11-20 09:00:00", True, "2026-11-20 18:30:00"),
        ("2026-11-20 13:30:00", True, "2026-11-20 18:30:00"),
        ("2026-11-20 18:29:59", True, "2026-11-20 18:30:00"),
        ("2026-11-20 18:30:00", False, "2026-11-23 18:30:00"),
        ("2026-11-21 12:00:00", False, "2026-11-23 18:30:00"),
        ("2025-01-05 12:00:00", True, "2025-01-05 18:30:00"),
        # A working Saturday, and the Wednesday that was off for it.
        ("2024-05-04 08:59:59", False, "2024-05-04 18:30:00"),
        ("2024-05-04 09:00:00", True, "2024-05-04 18:30:00"),
        ("2024-05-04 18:29:59", True, "2024-05-04 18:30:00"),
        ("2024-05-04 18:30:00", False, "2024-05-06 18:30:00"),
        ("2024-05-08 12:00:00", False, "2024-05-10 18:30:00"),
    ],
)
def test_operators_are_there_in_hours(moment: str, is_open: bool, due: str) -> None:
    assert promised("366", "chat", moment)[:2] == (is_open, due)


@pytest.mark.clause("366-19.2")
@pytest.mark.parametrize(
    ("moment", "due"),
    [
        ("2026-11-20 18:31:00", "2026-11-23 18:30:00"),
        ("2026-11-22 23:59:59", "2026-11-23 18:30:00"),
        ("2026-11-23 00:00:00", "2026-11-23 18:30:00"),
        ("2026-11-23 08:59:59", "2026-11-23 18:30:00"),
        ("2026-12-15 18:30:00", "2026-12-17 18:30:00"),
        ("2026-12-16 10:00:00", "2026-12-17 18:30:00"),
        ("2026-10-23 20:00:00", "2026-10-27 18:30:00"),
        ("2025-01-03 20:00:00", "2025-01-05 18:30:00"),
        ("2024-05-03 20:00:00", "2024-05-04 18:30:00"),
        ("2026-12-31 19:00:00", "2027-01-05 18:30:00"),
    ],
)
def test_a_voice_out_of_hours_is_worked_within_the_next_working_day(moment: str, due: str) -> None:
    assert promised("366", "voice", moment) == (False, due, "366-19.2")


@pytest.mark.clause("366-19.3")
@pytest.mark.parametrize(
    ("moment", "due"),
    [
        ("2026-11-20 00:00:00", "2026-11-20 18:30:00"),
        ("2026-11-20 15:00:00", "2026-11-20 18:30:00"),
        ("2026-11-20 18:30:00", "2026-11-23 18:30:00"),
    ],
)
def test_an_email_is_worked_within_the_working_day(moment: str, due: str) -> None:
    assert promised("366", "email", moment)[1:] == (due, "366-19.3")


@pytest.mark.clause("366-19.4")
@pytest.mark.parametrize("moment", ["2026-11-21 10:00:00", "2026-11-22 23:59:59"])
def test_an_email_of_a_day_off_is_worked_the_next_working_day(moment: str) -> None:
    assert promised("366", "email", moment) == (False, "2026-11-23 18:30:00", "366-19.4")


@pytest.mark.clause("627-15.hours")
@pytest.mark.parametrize(
    ("moment", "is_open", "due"),
    [
        ("2026-11-20 08:59:59", False, "2026-11-20 18:30:00"),
        ("2026-11-20 09:00:00", True, "2026-11-20 18:30:00"),
        ("2026-11-20 12:59:59", True, "2026-11-20 18:30:00"),
        ("2026-11-20 13:00:00", False, "2026-11-20 18:30:00"),
        ("2026-11-20 14:29:59", False, "2026-11-20 18:30:00"),
        ("2026-11-20 14:30:00", True, "2026-11-20 18:30:00"),
        ("2026-11-20 18:29:59", True, "2026-11-20 18:30:00"),
        ("2026-11-20 18:30:00", False, "2026-11-23 18:30:00"),
        ("2026-12-16 13:30:00", False, "2026-12-17 18:30:00"),
        ("2024-05-04 13:00:00", False, "2024-05-04 18:30:00"),
        ("2024-05-04 14:30:00", True, "2024-05-04 18:30:00"),
    ],
)
def test_the_unified_platform_has_a_break(moment: str, is_open: bool, due: str) -> None:
    assert promised("627", "voice", moment)[:2] == (is_open, due)
    assert promised("627", "chat", moment)[:2] == (is_open, due)


@pytest.mark.clause("627-16")
@pytest.mark.parametrize(
    ("moment", "registered"),
    [
        ("2026-11-20 10:00:00", "2026-11-20 10:00:00"),
        ("2026-11-20 18:30:00", "2026-11-23 09:00:00"),
        ("2026-11-21 10:00:00", "2026-11-23 09:00:00"),
        ("2026-11-23 08:00:00", "2026-11-23 09:00:00"),
        ("2026-11-23 13:10:00", "2026-11-23 14:30:00"),
    ],
)
def test_an_email_out_of_hours_is_registered_when_work_begins(moment: str, registered: str) -> None:
    when = at(moment)
    made = promise(CALENDAR, regime_at("627", when), "email", when)
    assert made.registered_at == at(registered)
    assert promise(CALENDAR, regime_at("366", when), "email", when).registered_at == when


@pytest.mark.clause("627-7")
def test_times_are_those_of_astana_whatever_zone_they_come_in() -> None:
    moment = at("2026-11-20 18:29:59")
    regime = regime_at("627", moment)
    elsewhere = promise(CALENDAR, regime, "chat", moment.astimezone(UTC))
    assert elsewhere == promise(CALENDAR, regime, "chat", moment)
    assert astana(elsewhere.due_at).utcoffset() == timedelta(hours=5)


def test_a_day_made_working_is_promised() -> None:
    saturday = DayOverride(date(2026, 11, 21), True, "Көшті", "Перенос", "№ 1")
    moment = at("2026-11-20 19:00")
    calendar = CALENDAR.with_override(saturday)
    made = promise(calendar, regime_at("366", moment), "voice", moment)
    assert made.due_at == at("2026-11-21 18:30")


def test_an_unknown_channel_is_refused() -> None:
    moment = at("2026-11-20 19:00")
    with pytest.raises(RuleBroken, match="channel_unknown"):
        promise(CALENDAR, regime_at("366", moment), "fax", moment)  # type: ignore[arg-type]  # wrong on purpose


instants = st.datetimes(
    datetime.fromisoformat("2024-03-02"),
    datetime.fromisoformat("2030-12-01"),
    timezones=st.just(UTC),
)
codes = st.sampled_from(["366", "627"])
channels = st.sampled_from(CHANNELS)


@unhurried
@given(codes, channels, instants)
def test_a_promise_ends_with_the_hours_of_a_working_day(
    code: str, channel: Channel, moment: datetime
) -> None:
    made = promise(CALENDAR, regime_at(code, moment), channel, moment)
    ends = astana(made.due_at)
    assert ends.time() == time(18, 30)
    assert CALENDAR.is_working(ends.date())
    assert made.due_at > moment
    # No working day lies whole between the request and the end of the promise.
    day = astana(moment).date() + timedelta(days=1)
    while day < ends.date():
        assert not CALENDAR.is_working(day)
        day += timedelta(days=1)


@unhurried
@given(codes, channels, instants, st.timedeltas(timedelta(), timedelta(days=10)))
def test_who_asks_later_is_not_promised_earlier(
    code: str, channel: Channel, moment: datetime, later: timedelta
) -> None:
    regime = regime_at(code, moment)
    first = promise(CALENDAR, regime, channel, moment)
    second = promise(CALENDAR, regime, channel, moment + later)
    assert first.due_at <= second.due_at
    assert first.registered_at <= second.registered_at


@unhurried
@given(codes, channels, instants)
def test_open_agrees_with_the_hours(code: str, channel: Channel, moment: datetime) -> None:
    regime = regime_at(code, moment)
    made = promise(CALENDAR, regime, channel, moment)
    wall = astana(moment).time()
    within = time(9) <= wall < time(18, 30)
    if code == "627":
        within = within and not time(13) <= wall < time(14, 30)
    assert made.open == (within and CALENDAR.is_working(astana(moment).date()))
    if made.open:
        assert astana(made.due_at).date() == astana(moment).date()
    opening = next_opening(CALENDAR, regime, moment)
    assert CALENDAR.is_open(opening, regime.hours)
    assert (opening == moment) == made.open

"""Periods and limits stand in the acts they name; reminders keep to working hours."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import DayOverride, Term, Unit, WorkingCalendar
from domain.clock import astana
from domain.law import (
    CONFIRMATION,
    CONTRACT,
    INVITATION_VALID,
    LIMITS,
    MIN_DELIVERY_DAYS,
    OFFER_WINDOW,
    PERIODS,
    RESELECTION,
    ROLE_REGISTER_YEARS,
    SELECTION,
    Limit,
    Period,
    citation,
    duties,
    reminder_instants,
)

CALENDAR = WorkingCalendar()


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+05:00")


@pytest.mark.parametrize(
    ("period", "term", "act", "point"),
    [
        (OFFER_WINDOW, "2wd", "344", "13.3"),
        (SELECTION, "5wd", "344", "13.6"),
        (CONFIRMATION, "2wd", "344", "13.7"),
        (CONTRACT, "2wd", "344", "13.9"),
        (RESELECTION, "5wd", "344", "13.10"),
        (INVITATION_VALID, "14d", None, None),
    ],
)
def test_periods_are_those_of_the_acts(
    period: Period, term: str, act: str | None, point: str | None
) -> None:
    assert period.term == Term.parse(term)
    assert (period.act, period.point) == (act, point)


@pytest.mark.parametrize(
    ("limit", "value", "unit", "act", "point"),
    [
        (MIN_DELIVERY_DAYS, 60, "calendar_days", "344", "12.4"),
        (ROLE_REGISTER_YEARS, 3, "years", "366", "34"),
    ],
)
def test_limits_are_those_of_the_acts(
    limit: Limit, value: int, unit: str, act: str, point: str
) -> None:
    assert (limit.value, limit.unit, limit.act, limit.point) == (value, unit, act, point)


def test_every_deadline_of_the_first_wave_has_its_period_and_no_other_claims_one() -> None:
    stated = {period.clause for period in PERIODS if not period.chosen}
    assert stated == {duty.id for duty in duties(1) if duty.kind == "deadline"}


def test_the_text_of_each_deadline_duty_states_the_length_of_its_period() -> None:
    texts = {duty.id: duty.text for duty in duties()}
    for period in PERIODS:
        if period.clause is not None and not period.chosen:
            assert period.term.unit is Unit.WORKING_DAYS
            assert f"{period.term.count} working days" in texts[period.clause]


def test_sources_are_known_duties_and_names_are_unique() -> None:
    known = {duty.id for duty in duties(1)}
    sources = [*PERIODS, *LIMITS]
    assert {source.clause for source in sources if source.clause} <= known
    names = [*(period.name for period in PERIODS), *(limit.name for limit in LIMITS)]
    assert len(set(names)) == len(names)
    assert all(period.chosen for period in PERIODS if period.clause is None)


def test_duties_are_told_by_wave() -> None:
    everything = duties()
    assert len({duty.id for duty in everything}) == len(everything) == 146
    assert len(duties(1)) == 47
    assert {duty.wave for duty in duties(1)} == {1}
    assert sum(len(duties(wave)) for wave in {duty.wave for duty in everything}) == 146
    assert {duty.kind for duty in everything} == {
        "access",
        "deadline",
        "document",
        "notice",
        "record",
        "rule",
        "sign",
    }
    first = next(duty for duty in everything if duty.id == "344-13.3a")
    assert (first.wave, first.kind) == (1, "deadline")
    assert first.text.endswith("later ones are refused")
    assert duties(99) == ()


@pytest.mark.parametrize(
    ("clause", "cited"),
    [
        ("344-13.3a", ("344", "13.3")),
        ("344-13.10", ("344", "13.10")),
        ("344-6.refuse", ("344", "6")),
        ("344-11a", ("344", "11")),
        ("366-34", ("366", "34")),
        ("86-51-1.8", ("86", "51-1.8")),
        ("86-48-1", ("86", "48-1")),
    ],
)
def test_a_clause_is_cited_without_the_letters_of_its_duties(
    clause: str, cited: tuple[str, str]
) -> None:
    assert citation(clause) == cited


def test_every_duty_can_be_cited() -> None:
    assert {citation(duty.id)[0] for duty in duties()} == {"344", "366", "627", "342", "86"}


@pytest.mark.parametrize("text", ["", "344", "344-", "13.3", "344-13.3a!", "344-13.3A"])
def test_what_is_no_clause_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a clause"):
        citation(text)


def reminders(start: str, term: str, calendar: WorkingCalendar = CALENDAR) -> list[str]:
    started_at = local(start)
    due_at = calendar.due(started_at, Term.parse(term)).due_at
    return [
        f"{name} {astana(instant):%m-%d %H:%M}"
        for name, instant in reminder_instants(calendar, started_at, due_at)
    ]


@pytest.mark.parametrize(
    ("start", "term", "expected"),
    [
        pytest.param(
            "2026-11-20 15:00",
            "2wd",
            [
                "one_working_day_before 11-23 09:00",
                "three_hours_before 11-24 15:30",
                "one_hour_before 11-24 17:30",
            ],
            id="offer window over a weekend",
        ),
        pytest.param(
            "2026-12-14 23:59",
            "2wd",
            [
                "one_working_day_before 12-15 09:00",
                "three_hours_before 12-17 15:30",
                "one_hour_before 12-17 17:30",
            ],
            id="holiday between the last two days",
        ),
        pytest.param(
            "2026-11-20 15:00",
            "1wd",
            ["three_hours_before 11-23 15:30", "one_hour_before 11-23 17:30"],
            id="the day before had already begun",
        ),
        pytest.param(
            "2026-11-20 08:59",
            "1wd",
            [
                "one_working_day_before 11-20 09:00",
                "three_hours_before 11-23 15:30",
                "one_hour_before 11-23 17:30",
            ],
            id="the day before has not begun",
        ),
        pytest.param("2026-11-20 10:00", "1h", [], id="over before support closes"),
        pytest.param("2026-11-20 16:00", "2h", ["one_hour_before 11-20 17:30"], id="ends at 18:00"),
        pytest.param("2026-11-20 15:30", "2h", [], id="none at the very end"),
        pytest.param(
            "2026-11-20 15:30",
            "48h",
            ["one_hour_before 11-20 17:30"],
            id="ends on a day off, and a reminder never falls on its start",
        ),
    ],
)
def test_when_people_are_reminded(start: str, term: str, expected: list[str]) -> None:
    assert reminders(start, term) == expected


@pytest.mark.parametrize("moved", ["2026-11-25 02:30", "2026-11-25 15:30"])
def test_an_end_moved_into_a_morning_is_reminded_of_the_day_before(moved: str) -> None:
    found = reminder_instants(CALENDAR, local("2026-11-20 10:00"), local(moved))
    assert [f"{name} {astana(instant):%m-%d %H:%M}" for name, instant in found] == [
        "one_working_day_before 11-23 09:00",
        "three_hours_before 11-24 15:30",
        "one_hour_before 11-24 17:30",
    ]


def test_reminders_follow_the_overrides_of_the_calendar() -> None:
    off = CALENDAR.with_override(DayOverride(date(2026, 11, 23), False, "", "", ""))
    assert reminders("2026-11-20 15:00", "2wd", off) == [
        "one_working_day_before 11-24 09:00",
        "three_hours_before 11-25 15:30",
        "one_hour_before 11-25 17:30",
    ]


@settings(deadline=None)  # a loaded machine is no reason to fail
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1)).map(  # noqa: DTZ001 - naive bounds
        lambda wall: local(wall.isoformat())
    ),
    st.sampled_from(["2wd", "5wd", "1wd", "30d", "5h", "300wm"]),
)
def test_reminders_come_in_order_in_working_hours_and_inside_the_term(
    started_at: datetime, term: str
) -> None:
    due_at = CALENDAR.due(started_at, Term.parse(term)).due_at
    instants = [instant for _, instant in reminder_instants(CALENDAR, started_at, due_at)]
    assert instants == sorted(set(instants))
    assert all(started_at < instant < due_at for instant in instants)
    assert all(CALENDAR.is_open(instant) for instant in instants)

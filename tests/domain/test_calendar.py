"""Tables of working time: days, terms, receipts, overrides."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from domain.calendar import (
    SUPPORT_366,
    SUPPORT_627,
    DayCode,
    DayOverride,
    ReceiptJson,
    Term,
    Unit,
    WorkingCalendar,
    WorkingHours,
    holiday_keys,
)
from domain.clock import astana
from domain.errors import RuleBroken

CALENDAR = WorkingCalendar()


def local(text: str) -> datetime:
    """``2026-11-20 15:00`` of Astana's wall clock since March 2024."""
    return datetime.fromisoformat(f"{text}+05:00")


def due(start: str, term: str) -> str:
    receipt = CALENDAR.due(local(start), Term.parse(term))
    return astana(receipt.due_at).isoformat(sep=" ")[:16]


def counted(receipt: ReceiptJson) -> list[str]:
    return [day["date"] for day in receipt["days"] if day["counted"]]


# --- days ---------------------------------------------------------------------------------------

DAYS = [
    # 2024: the ministry's exchange of 4 and 8 May; Kurban Ait on a Sunday moves nothing
    ("2024-05-04", "moved_working_day:day_swap"),
    ("2024-05-08", "moved_day_off:day_swap"),
    ("2024-03-23", "holiday:nowruz_holiday"),
    ("2024-03-25", "moved_day_off:nowruz_holiday"),
    ("2024-06-16", "holiday:eid_al_adha"),
    ("2024-06-17", "working"),
    ("2024-07-08", "moved_day_off:capital_day"),
    ("2024-08-30", "holiday:constitution_day"),
    ("2024-10-25", "holiday:republic_day"),
    ("2024-12-16", "holiday:independence_day"),
    ("2024-12-17", "working"),
    # 2025
    ("2025-01-03", "moved_day_off:day_swap"),
    ("2025-01-05", "moved_working_day:day_swap"),
    ("2025-01-07", "holiday:orthodox_christmas"),
    ("2025-03-10", "moved_day_off:international_womens_day"),
    ("2025-03-24", "moved_day_off:nowruz_holiday"),
    ("2025-03-25", "moved_day_off:nowruz_holiday"),
    ("2025-06-06", "holiday:eid_al_adha"),
    ("2025-07-07", "moved_day_off:capital_day"),
    ("2025-08-30", "holiday:constitution_day"),
    ("2025-09-01", "moved_day_off:constitution_day"),
    ("2025-10-27", "moved_day_off:republic_day"),
    # 2026: 30 August is a holiday no longer, so nothing moves to Monday
    ("2026-01-01", "holiday:new_years_day"),
    ("2026-01-05", "working"),
    ("2026-01-07", "holiday:orthodox_christmas"),
    ("2026-03-09", "moved_day_off:international_womens_day"),
    ("2026-03-16", "working"),
    ("2026-05-07", "holiday:defender_of_the_fatherland_day"),
    ("2026-05-08", "working"),
    ("2026-05-11", "moved_day_off:victory_day"),
    ("2026-05-27", "holiday:eid_al_adha"),
    ("2026-07-06", "holiday:capital_day"),
    ("2026-08-30", "weekend"),
    ("2026-08-31", "working"),
    ("2026-10-26", "moved_day_off:republic_day"),
    ("2026-11-21", "weekend"),
    ("2026-12-16", "holiday:independence_day"),
    # 2027: 15 March is the day of the Constitution
    ("2027-03-15", "holiday:constitution_day"),
    ("2027-08-30", "working"),
    # Orthodox Christmas on a weekend does not move
    ("2023-01-07", "holiday:orthodox_christmas"),
    ("2023-01-09", "working"),
    # two holidays on one day: the certain one explains it
    ("2032-03-22", "holiday:nowruz_holiday"),
    # the edges of the years
    ("2019-01-01", "holiday:new_years_day"),
    ("2040-12-31", "working"),
]


@pytest.mark.parametrize(("day", "why"), DAYS)
def test_what_a_day_is_and_why(day: str, why: str) -> None:
    reason = CALENDAR.reason(date.fromisoformat(day))
    assert str(reason) == why
    worked = why.startswith(("working", "moved_working_day"))
    assert CALENDAR.is_working(date.fromisoformat(day)) is worked


def test_days_exchanged_by_the_ministry_name_each_other() -> None:
    off, worked = date(2024, 5, 8), date(2024, 5, 4)
    assert CALENDAR.reason(off).swapped_with == worked
    assert CALENDAR.reason(worked).swapped_with == off


def test_kurban_ait_is_marked_as_estimated_until_the_clergy_fixed_it() -> None:
    assert not CALENDAR.reason(date(2025, 6, 6)).estimated
    assert CALENDAR.reason(date(2027, 5, 16)).estimated


def test_keys_of_the_seed_are_plain_words_for_the_catalogue() -> None:
    keys = holiday_keys()
    assert {"independence_day", "nowruz_holiday", "day_swap", "eid_al_adha"} <= keys
    assert all(key.replace("_", "").isalpha() and key.islower() for key in keys)


@pytest.mark.parametrize("day", [date(2018, 12, 31), date(2041, 1, 1), date(1, 1, 1), date.max])
def test_a_day_outside_the_years_is_refused_not_guessed(day: date) -> None:
    with pytest.raises(RuleBroken) as refusal:
        CALENDAR.is_working(day)
    assert refusal.value.code == "calendar_range"
    assert (refusal.value.params["first"], refusal.value.params["last"]) == (2019, 2040)


# --- terms --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "term", "shown"),
    [
        ("2wd", Term(2, Unit.WORKING_DAYS), "2wd"),
        ("30d", Term(30, Unit.CALENDAR_DAYS), "30d"),
        ("1h", Term(1, Unit.HOURS), "1h"),
        ("90wm", Term(90, Unit.WORKING_MINUTES), "90wm"),
        ("8wh", Term(480, Unit.WORKING_MINUTES), "480wm"),
        (" 5wd ", Term(5, Unit.WORKING_DAYS), "5wd"),
    ],
)
def test_a_term_is_read_and_written(text: str, term: Term, shown: str) -> None:
    assert Term.parse(text) == term
    assert str(term) == shown
    assert Term.parse(str(term)) == term


@pytest.mark.parametrize(
    "text",
    [
        *("", "wd", "2", "0wd", "0h", "-1d", "+2wd", "1.5h", "2 wd", "2WD", "2wdx", "x2wd"),
        *("٢wd", "02wd", "1e9d", "2w", "2wd\n3wd", "9" * 10_000 + "wd", "<b>2wd</b>"),
    ],
)
def test_what_is_no_term_is_refused(text: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        Term.parse(text)
    assert refusal.value.code == "bad_term"
    assert len(refusal.value.params["text"]) <= 40


@pytest.mark.parametrize("count", [0, -1])
@pytest.mark.parametrize("unit", list(Unit))
def test_a_term_below_one_is_refused(count: int, unit: Unit) -> None:
    with pytest.raises(RuleBroken, match="bad_term"):
        Term(count, unit)


@pytest.mark.parametrize(
    ("longest", "beyond"),
    [("1000wd", "1001wd"), ("3660d", "3661d"), ("8784h", "999999999h"), ("1000wh", "1001wh")],
)
def test_an_absurdly_long_term_is_refused(longest: str, beyond: str) -> None:
    Term.parse(longest)
    with pytest.raises(RuleBroken) as refusal:
        Term.parse(beyond)
    assert refusal.value.code == "term_too_long"
    assert Term.parse(refusal.value.params["longest"]) == Term.parse(longest)


# --- when a term ends ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "term", "ends"),
    [
        # working days
        ("2026-11-20 15:00", "2wd", "2026-11-25 00:00"),
        ("2026-10-22 00:00", "2wd", "2026-10-28 00:00"),
        ("2026-11-21 10:00", "2wd", "2026-11-25 00:00"),
        ("2026-12-14 23:59", "2wd", "2026-12-18 00:00"),
        ("2026-08-28 12:00", "1wd", "2026-09-01 00:00"),
        ("2026-11-20 00:00", "1wd", "2026-11-24 00:00"),
        ("2026-11-19 23:59", "1wd", "2026-11-21 00:00"),
        ("2024-05-03 12:00", "1wd", "2024-05-05 00:00"),  # Saturday 4 May was worked
        ("2024-05-07 12:00", "1wd", "2024-05-11 00:00"),  # 8 May was off, 9 May is a holiday
        ("2025-01-02 12:00", "1wd", "2025-01-06 00:00"),  # Sunday 5 January was worked
        ("2025-08-29 12:00", "1wd", "2025-09-03 00:00"),  # 1 September off for 30 August
        ("2026-12-31 18:00", "2wd", "2027-01-07 00:00"),  # 4 January off for 2 January
        ("2026-05-06 12:00", "5wd", "2026-05-16 00:00"),
        # calendar days roll to the next working day
        ("2026-11-20 15:00", "1d", "2026-11-24 00:00"),
        ("2026-11-20 15:00", "3d", "2026-11-24 00:00"),
        ("2026-11-20 15:00", "4d", "2026-11-25 00:00"),
        ("2026-10-16 09:00", "7d", "2026-10-24 00:00"),
        ("2026-10-16 09:00", "8d", "2026-10-28 00:00"),
        ("2026-11-20 15:00", "60d", "2027-01-20 00:00"),
        ("2024-05-01 12:00", "3d", "2024-05-05 00:00"),  # no roll off a worked Saturday
        # hours run on the clock, through nights and days off
        ("2026-11-20 18:15", "1h", "2026-11-20 19:15"),
        ("2026-11-20 23:30", "1h", "2026-11-21 00:30"),
        ("2026-11-20 15:00", "72h", "2026-11-23 15:00"),
    ],
)
def test_when_a_term_ends(start: str, term: str, ends: str) -> None:
    assert due(start, term) == ends


@pytest.mark.parametrize(
    ("start", "term", "ends"),
    [
        ("2026-11-20 10:00", "90wm", "2026-11-20 11:30"),
        ("2026-11-20 18:00", "30wm", "2026-11-20 18:30"),
        ("2026-11-20 18:00", "31wm", "2026-11-23 09:01"),
        ("2026-11-20 18:30", "1wm", "2026-11-23 09:01"),
        ("2026-11-20 07:00", "1wm", "2026-11-20 09:01"),
        ("2026-11-22 12:00", "570wm", "2026-11-23 18:30"),
        ("2026-11-22 12:00", "571wm", "2026-11-24 09:01"),
        ("2026-12-15 18:00", "1wh", "2026-12-17 09:30"),
        ("2026-11-20 12:30", "60wm/627", "2026-11-20 15:00"),
        ("2026-11-20 12:30", "30wm/627", "2026-11-20 13:00"),
        ("2026-11-20 13:10", "1wm/627", "2026-11-20 14:31"),
        ("2026-11-20 09:00", "8wh/627", "2026-11-20 18:30"),
    ],
)
def test_working_minutes_run_inside_the_hours(start: str, term: str, ends: str) -> None:
    assert due(start, term) == ends


@pytest.mark.parametrize(
    ("start", "term", "ends"),
    [
        ("2026-11-20 18:29:59", "1sd", "2026-11-20 18:30"),  # Friday, in hours
        ("2026-11-20 18:30", "1sd", "2026-11-23 18:30"),  # the hours are over: Monday
        ("2026-11-21 12:00", "1sd", "2026-11-23 18:30"),
        ("2026-11-23 00:00", "1sd", "2026-11-23 18:30"),
        ("2026-11-23 08:59:59", "1sd", "2026-11-23 18:30"),  # before the hours: the same day
        ("2026-11-23 13:30", "1sd/627", "2026-11-23 18:30"),  # in the break
        ("2026-11-23 08:00", "2sd", "2026-11-24 18:30"),
        ("2026-12-15 19:00", "1sd", "2026-12-17 18:30"),  # 16 December is a holiday
        ("2026-10-24 10:00", "1sd", "2026-10-27 18:30"),  # 26 October is off
    ],
)
def test_a_support_day_ends_with_the_hours_of_support(start: str, term: str, ends: str) -> None:
    assert due(start, term) == ends


@pytest.mark.parametrize("text", ["90wm", "90wm/627", "1sd", "2sd/627", "2wd", "30d", "1h"])
def test_a_term_reads_back_as_it_was_written(text: str) -> None:
    assert str(Term.parse(text)) == text


@pytest.mark.parametrize("text", ["1sd/365", "2wd/627", "30d/366", "1h/627", "0sd", "1sd/"])
def test_only_terms_of_working_time_name_hours(text: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        Term.parse(text)
    assert refused.value.code == "bad_term"


def test_seconds_are_kept_in_terms_that_run_on_the_clock() -> None:
    start = local("2026-11-20 18:29:59")
    hour = CALENDAR.due(start, Term.parse("1h"))
    minute = CALENDAR.due(start, Term.parse("1wm"))
    assert hour.due_at == start + timedelta(hours=1)
    assert minute.due_at == local("2026-11-23 09:00:59")


def test_the_same_instant_ends_alike_whatever_offset_it_is_written_with() -> None:
    # 19:30 UTC on Thursday is 00:30 on Friday in Astana: Friday is the day of the event
    in_utc = CALENDAR.due(datetime(2026, 11, 19, 19, 30, tzinfo=UTC), Term.parse("1wd"))
    assert in_utc.due_at == local("2026-11-24 00:00")
    assert in_utc == CALENDAR.due(local("2026-11-20 00:30"), Term.parse("1wd"))


@pytest.mark.parametrize(
    ("start", "term", "ends"),
    [
        ("2024-02-26T12:00+06:00", "2wd", "2024-02-28T18:00+00:00"),
        ("2024-02-28T12:00+06:00", "1wd", "2024-02-29T19:00+00:00"),  # a day of 25 hours
        ("2024-02-29T12:00+06:00", "1wd", "2024-03-01T19:00+00:00"),
        ("2024-02-29T12:00+06:00", "24h", "2024-03-01T06:00+00:00"),
        ("2024-02-29T18:00+06:00", "60wm", "2024-03-01T04:30+00:00"),
        ("2024-02-26T23:30+05:00", "1wd", "2024-02-28T18:00+00:00"),  # 27 February in Astana
    ],
)
def test_terms_about_the_change_of_the_zone(start: str, term: str, ends: str) -> None:
    receipt = CALENDAR.due(datetime.fromisoformat(start), Term.parse(term))
    assert receipt.due_at == datetime.fromisoformat(ends)


def test_a_start_without_offset_is_refused() -> None:
    with pytest.raises(RuleBroken, match="naive_time"):
        CALENDAR.due(datetime(2026, 11, 20, 15), Term.parse("2wd"))  # noqa: DTZ001 - the point


@pytest.mark.parametrize(
    ("start", "term"),
    [
        ("2018-06-01T12:00+06:00", "2wd"),
        ("2040-12-31T12:00+05:00", "1wd"),
        ("2040-12-31T12:00+05:00", "1d"),
        ("2040-12-31T23:30+05:00", "1h"),
        ("2040-12-31T19:00+05:00", "1wm"),
        ("9999-12-31T23:59-12:00", "2wd"),
        ("0001-01-01T00:00+14:00", "1h"),
    ],
)
def test_a_term_that_leaves_the_years_is_refused(start: str, term: str) -> None:
    with pytest.raises(RuleBroken, match="calendar_range"):
        CALENDAR.due(datetime.fromisoformat(start), Term.parse(term))


# --- receipts -----------------------------------------------------------------------------------


def test_the_receipt_of_working_days_tells_every_day() -> None:
    receipt = CALENDAR.due(local("2026-10-22 00:00"), Term.parse("2wd"))
    assert receipt.as_json() == {
        "from": "2026-10-22T00:00:00+05:00",
        "term": "2wd",
        "due_at": "2026-10-28T00:00:00+05:00",
        "days": [
            {"date": "2026-10-22", "counted": False, "reason": "start_day"},
            {"date": "2026-10-23", "counted": True, "reason": "working"},
            {"date": "2026-10-24", "counted": False, "reason": "weekend"},
            {"date": "2026-10-25", "counted": False, "reason": "holiday:republic_day"},
            {"date": "2026-10-26", "counted": False, "reason": "moved_day_off:republic_day"},
            {"date": "2026-10-27", "counted": True, "reason": "working"},
        ],
        "calendar": CALENDAR.version,
    }


def test_the_receipt_of_calendar_days_tells_where_the_end_rolled() -> None:
    receipt = CALENDAR.due(local("2026-10-22 09:00"), Term.parse("2d")).as_json()
    assert [(day["date"][-2:], day["counted"], day["reason"]) for day in receipt["days"]] == [
        ("22", False, "start_day"),
        ("23", True, "working"),
        ("24", True, "weekend"),
        ("25", False, "holiday:republic_day"),
        ("26", False, "moved_day_off:republic_day"),
        ("27", False, "rolled_to"),
    ]


def test_the_receipt_of_hours_tells_the_days_the_clock_ran_on() -> None:
    receipt = CALENDAR.due(local("2026-11-20 23:30"), Term.parse("1h")).as_json()
    assert counted(receipt) == ["2026-11-20", "2026-11-21"]
    to_midnight = CALENDAR.due(local("2026-11-20 23:00"), Term.parse("1h")).as_json()
    assert counted(to_midnight) == ["2026-11-20"]


def test_the_receipt_of_working_minutes_tells_days_without_a_minute() -> None:
    receipt = CALENDAR.due(local("2026-11-20 18:45"), Term.parse("10wm")).as_json()
    assert [(day["date"][-2:], day["counted"], day["reason"]) for day in receipt["days"]] == [
        ("20", False, "outside_hours"),
        ("21", False, "weekend"),
        ("22", False, "weekend"),
        ("23", True, "working"),
    ]


def test_a_receipt_is_shown_with_the_offset_of_its_own_date() -> None:
    receipt = CALENDAR.due(datetime(2024, 2, 27, 6, tzinfo=UTC), Term.parse("3wd")).as_json()
    assert receipt["from"] == "2024-02-27T12:00:00+06:00"
    assert receipt["due_at"] == "2024-03-02T00:00:00+05:00"


# --- overrides ----------------------------------------------------------------------------------


def override(day: str, working: bool, basis: str = "Order 109") -> DayOverride:
    return DayOverride(date.fromisoformat(day), working, "Жұмыс күні", "Рабочий день", basis)


def test_an_override_outranks_the_seed_and_gives_its_names_and_basis() -> None:
    calendar = WorkingCalendar([override("2026-11-23", False), override("2026-11-21", True)])
    off = calendar.reason(date(2026, 11, 23))
    assert (off.code, off.name_kk, off.name_ru, off.basis) == (
        DayCode.OVERRIDE_OFF,
        "Жұмыс күні",
        "Рабочий день",
        "Order 109",
    )
    assert calendar.reason(date(2026, 11, 21)).code is DayCode.OVERRIDE_WORKING
    receipt = calendar.due(local("2026-11-20 15:00"), Term.parse("2wd"))
    assert counted(receipt.as_json()) == ["2026-11-21", "2026-11-24"]
    assert receipt.due_at == local("2026-11-25 00:00")


def test_an_override_can_make_a_holiday_a_working_day() -> None:
    calendar = CALENDAR.with_override(override("2026-05-27", True))
    assert calendar.is_working(date(2026, 5, 27))
    assert not CALENDAR.is_working(date(2026, 5, 27))


def test_an_override_replaces_the_one_before_and_can_be_taken_back() -> None:
    day = date(2026, 11, 23)
    off = CALENDAR.with_override(override("2026-11-23", False))
    on = off.with_override(override("2026-11-23", True))
    assert [calendar.is_working(day) for calendar in (CALENDAR, off, on)] == [True, False, True]
    assert len(on.overrides) == 1
    assert on.without_override(day) == CALENDAR


def test_two_overrides_of_one_day_are_refused() -> None:
    with pytest.raises(RuleBroken) as refusal:
        WorkingCalendar([override("2026-11-23", False), override("2026-11-23", True)])
    assert refusal.value.code == "override_repeated"


def test_an_override_outside_the_years_is_refused() -> None:
    with pytest.raises(RuleBroken, match="calendar_range"):
        WorkingCalendar([override("2041-01-01", False)])


def test_the_version_names_the_seed_and_the_overrides_whatever_their_order() -> None:
    one, two = override("2026-11-23", False), override("2026-11-21", True)
    both, turned = WorkingCalendar([one, two]), WorkingCalendar([two, one])
    assert both == turned
    assert hash(both) == hash(turned)
    assert both.version == turned.version
    assert both.version.startswith(f"{CALENDAR.version}+")
    versions = {
        CALENDAR.version,
        both.version,
        WorkingCalendar([one]).version,
        WorkingCalendar([override("2026-11-23", True)]).version,
        WorkingCalendar([override("2026-11-23", False, basis="Order 110")]).version,
    }
    assert len(versions) == 5
    assert all(len(version) <= 32 for version in versions)


def test_a_receipt_names_the_version_of_its_calendar() -> None:
    calendar = WorkingCalendar([override("2026-11-23", False)], "v7")
    assert calendar.due(local("2026-11-20 15:00"), Term.parse("1wd")).calendar_version == "v7"


# --- helpers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "hours", "is_open"),
    [
        ("2026-11-20 08:59:59", SUPPORT_366, False),
        ("2026-11-20 09:00:00", SUPPORT_366, True),
        ("2026-11-20 13:00:00", SUPPORT_366, True),
        ("2026-11-20 18:29:59", SUPPORT_366, True),
        ("2026-11-20 18:29:59.999999", SUPPORT_366, True),
        ("2026-11-20 18:30:00", SUPPORT_366, False),
        ("2026-11-21 12:00:00", SUPPORT_366, False),
        ("2026-12-16 12:00:00", SUPPORT_366, False),
        ("2024-05-04 12:00:00", SUPPORT_366, True),
        ("2026-11-20 12:59:59", SUPPORT_627, True),
        ("2026-11-20 13:00:00", SUPPORT_627, False),
        ("2026-11-20 14:29:59", SUPPORT_627, False),
        ("2026-11-20 14:30:00", SUPPORT_627, True),
        ("2026-11-20 18:30:00", SUPPORT_627, False),
    ],
)
def test_whether_support_is_open(at: str, hours: WorkingHours, is_open: bool) -> None:
    assert CALENDAR.is_open(local(at), hours) is is_open


def test_neighbouring_working_days() -> None:
    assert CALENDAR.next_working_day(date(2026, 11, 20)) == date(2026, 11, 23)
    assert CALENDAR.previous_working_day(date(2026, 11, 23)) == date(2026, 11, 20)
    assert CALENDAR.previous_working_day(date(2026, 10, 27)) == date(2026, 10, 23)


def test_the_last_day_of_a_term_is_the_day_its_end_closes() -> None:
    due_at = local("2026-11-25 00:00")
    assert CALENDAR.last_day(due_at) == date(2026, 11, 24)
    assert CALENDAR.last_day(due_at + datetime.resolution) == date(2026, 11, 25)
    assert CALENDAR.end_of(date(2026, 11, 24)) == due_at


@pytest.mark.parametrize(
    ("due_at", "count", "day"),
    [
        ("2026-11-25 00:00", 0, "2026-11-24"),
        ("2026-11-25 00:00", 1, "2026-11-23"),
        ("2026-11-25 00:00", 2, "2026-11-20"),
        ("2026-11-22 10:00", 0, "2026-11-20"),
        ("2026-11-22 10:00", 1, "2026-11-19"),
    ],
)
def test_working_days_before_an_end(due_at: str, count: int, day: str) -> None:
    assert CALENDAR.working_days_before(local(due_at), count) == date.fromisoformat(day)


def test_an_instant_of_the_wall_clock_is_utc() -> None:
    instant = CALENDAR.at(date(2026, 11, 20), time(9))
    assert instant.isoformat() == "2026-11-20T04:00:00+00:00"
    assert CALENDAR.at(date(2024, 2, 28), time(9)).isoformat() == "2024-02-28T03:00:00+00:00"


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-11-20 08:59", "2026-11-20 09:00"),
        ("2026-11-20 09:00", "2026-11-23 09:00"),
        ("2026-11-21 08:00", "2026-11-23 09:00"),
        ("2026-12-15 20:00", "2026-12-17 09:00"),
    ],
)
def test_the_next_morning_of_work(now: str, morning: str) -> None:
    assert CALENDAR.next_morning(local(now)) == local(morning)

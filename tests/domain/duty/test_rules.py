"""Who is on duty: turns, dates, absences, and everybody where nobody is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.dates import parse_days
from domain.duty.rules import (
    Away,
    Member,
    Roster,
    Stretch,
    Watch,
    check_days,
    check_deputy,
    check_turns,
    line_up,
    monday_of,
    on_duty,
    planned,
)
from domain.errors import RuleBroken

MONDAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 27)


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


@pytest.mark.parametrize(
    ("on", "person"),
    [
        ("11-23", 1),
        ("11-29", 1),
        ("11-30", 2),
        ("12-07", 3),
        ("12-14", 1),
        # Before the first turn the same circle ran backwards.
        ("11-22", 3),
    ],
)
def test_turns_change_on_mondays(on: str, person: int) -> None:
    assert planned(Roster(MONDAY, (1, 2, 3)), day(on)) == person


def test_dates_outrank_turns_and_the_newest_outranks_them_all() -> None:
    dates = (Stretch(2, day("11-24"), day("11-26")), Stretch(3, day("11-25"), day("11-25")))
    roster = Roster(MONDAY, (1,), dates)
    assert [planned(roster, day(f"11-{each}")) for each in (23, 24, 25, 26, 27)] == [1, 2, 3, 2, 1]


@pytest.mark.parametrize(
    ("aways", "there", "watch"),
    [
        ((), {1, 2, 3}, Watch(1, None, 2)),
        # Nobody stands in for whoever is away: everybody is told.
        ((Away(1, MONDAY, FRIDAY),), {1, 2, 3}, Watch(None, 1)),
        ((Away(1, MONDAY, FRIDAY, 3),), {1, 2, 3}, Watch(3, 1, 2)),
        ((Away(1, MONDAY, FRIDAY, 3), Away(3, MONDAY, MONDAY)), {1, 2, 3}, Watch(None, 1)),
        # The absence is over.
        ((Away(1, day("11-20"), day("11-22"), 3),), {1, 2, 3}, Watch(1, None, 2)),
        # The one on duty cannot be reached, or acts for the company no more.
        ((), {2, 3}, Watch(None, 1)),
        ((), {1, 3}, Watch(1, None, 3)),
        ((Away(2, MONDAY, FRIDAY),), {1, 2, 3}, Watch(1, None, 3)),
        ((), {1}, Watch(1)),
    ],
)
def test_who_has_the_duty(aways: tuple[Away, ...], there: set[int], watch: Watch) -> None:
    assert on_duty(Roster(MONDAY, (1, 2, 3)), aways, there, MONDAY) == watch


PEOPLE = [Member(1, "А", "contact"), Member(2, "Б", "head"), Member(3, "В", "contact")]


def test_without_a_roster_everybody_is_told_at_once() -> None:
    order = line_up(PEOPLE, None, (), MONDAY)
    assert (order.first, order.held_back, order.heads) == ((1, 2, 3), False, (2,))


def test_with_a_roster_one_is_told_and_the_others_wait() -> None:
    order = line_up(PEOPLE, Roster(MONDAY, (3, 1)), (), MONDAY)
    assert (order.first, order.deputy, order.held_back) == ((3,), 1, True)
    assert order.everybody == (1, 2, 3)


def test_a_company_of_one_holds_nobody_back() -> None:
    order = line_up(PEOPLE[:1], Roster(MONDAY, (1,)), (), MONDAY)
    assert (order.first, order.held_back) == ((1,), False)


def test_when_all_are_away_all_are_told() -> None:
    aways = [Away(each.person, MONDAY, FRIDAY) for each in PEOPLE]
    order = line_up(PEOPLE, Roster(MONDAY, (1, 2)), aways, MONDAY)
    assert (order.first, order.everybody, order.held_back) == ((1, 2, 3), (1, 2, 3), False)


def test_who_can_be_reached_by_nobody_is_told_all_the_same() -> None:
    silent = [Member(1, "А", "head", reachable=False), Member(2, "Б", "contact")]
    order = line_up(silent, None, [Away(2, MONDAY, FRIDAY)], MONDAY)
    assert order.first == (1, 2)


people = st.integers(1, 6)
days = st.dates(date(2026, 11, 1), date(2027, 1, 31))


@st.composite
def stretches(draw: st.DrawFn) -> tuple[int, date, date]:
    first = draw(days)
    return draw(people), first, first + timedelta(days=draw(st.integers(0, 20)))


@given(
    st.lists(people, unique=True, max_size=6),
    st.lists(stretches(), max_size=4),
    st.lists(st.tuples(stretches(), st.none() | people), max_size=4),
    st.sets(people, min_size=1),
    st.sets(people),
    days,
)
def test_somebody_is_always_told_first(
    turns: list[int],
    dates: list[tuple[int, date, date]],
    absences: list[tuple[tuple[int, date, date], int | None]],
    acting: set[int],
    unreachable: set[int],
    on: date,
) -> None:
    members = [
        Member(each, str(each), "head" if each == 1 else "contact", each not in unreachable)
        for each in sorted(acting)
    ]
    roster = Roster(MONDAY, tuple(turns), tuple(Stretch(*each) for each in dates))
    aways = [Away(*stretch, deputy) for stretch, deputy in absences]
    order = line_up(members, roster, aways, on)
    assert order.first
    assert {*order.first, *order.heads, *order.everybody} <= acting
    assert order.deputy not in order.first
    assert order.held_back == (set(order.first) != acting)
    # Alone on duty is only who can be reached and is there.
    if order.held_back and len(order.first) == 1 and order.first != order.everybody:
        assert order.first[0] not in unreachable


def test_what_may_be_entered() -> None:
    assert check_turns([3, 1]) == (3, 1)
    for bad in ([1, 1], list(range(13))):
        with pytest.raises(RuleBroken, match="duty_turns"):
            check_turns(bad)
    check_days(MONDAY, MONDAY, MONDAY)
    for first, last in (
        (FRIDAY, MONDAY),
        (day("11-01"), day("11-22")),
        (MONDAY, MONDAY + timedelta(days=366)),
        (date(2040, 1, 1), date(2040, 1, 2)),
    ):
        with pytest.raises(RuleBroken, match="duty_days"):
            check_days(first, last, MONDAY)
    with pytest.raises(RuleBroken, match="duty_deputy_self"):
        check_deputy(1, 1)
    check_deputy(1, None)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("24.11.2026 – 05.12.2026", "11-24", "12-05"),
        ("24.11.2026-05.12.2026", "11-24", "12-05"),
        ("с 24/11/2026 по 05/12/2026", "11-24", "12-05"),
        ("2026-11-24 2026-12-05", "11-24", "12-05"),
        (" 24.11.2026 ", "11-24", "11-24"),
        ("24.11-25.11", "11-24", "11-25"),
        ("24.11 – 05.12.2026", "11-24", "12-05"),
        ("24/11/2026 - 5/12", "11-24", "12-05"),
        ("с 24.11 по 25.11.", "11-24", "11-25"),
        ("20.11", "11-20", "11-20"),
        # Whoever is away already.
        ("16.11 - 24.11", "11-16", "11-24"),
    ],
)
def test_days_as_people_type_them(typed: str, first: str, last: str) -> None:
    assert parse_days(typed, day("11-20")) == (day(first), day(last))


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("28.12 - 10.01", date(2026, 12, 28), date(2027, 1, 10)),
        ("28.12.2026 - 10.01", date(2026, 12, 28), date(2027, 1, 10)),
        ("28.12 - 10.01.2027", date(2026, 12, 28), date(2027, 1, 10)),
        ("19.11", date(2027, 11, 19), date(2027, 11, 19)),
        ("29.02", date(2028, 2, 29), date(2028, 2, 29)),
    ],
)
def test_days_without_a_year_are_the_next_ones(typed: str, first: date, last: date) -> None:
    assert parse_days(typed, day("11-20")) == (first, last)


@pytest.mark.parametrize(
    "typed",
    [
        *("", "завтра", "31.02.2026", "31.02", "24.13", "24", "24.11 09:30", "24.11.26"),
        *("1.1.2026 2.1.2026 3.1.2026", "24.11.2026 5", "24.11 - 30.02"),
    ],
)
def test_days_nobody_can_read(typed: str) -> None:
    with pytest.raises(RuleBroken, match="date_format"):
        parse_days(typed, day("11-20"))


def test_the_monday_of_a_week() -> None:
    assert {monday_of(MONDAY + timedelta(days=each)) for each in range(7)} == {MONDAY}

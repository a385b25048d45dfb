"""Search and reports: what is found, and what is counted in working minutes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import SUPPORT_366, SUPPORT_627, WorkingCalendar
from domain.errors import AccessDenied, RuleBroken
from domain.support.minutes import WorkingClock, summed
from domain.support.views import Minutes
from tests.domain.support.desk import Desk, again, moment

CALENDAR = WorkingCalendar()
unhurried = settings(deadline=None)  # a loaded machine is no reason to fail
instants = st.datetimes(
    datetime.fromisoformat("2025-01-01"),
    datetime.fromisoformat("2025-03-01"),
    timezones=st.just(UTC),
)


@pytest.mark.parametrize(
    ("begins", "ends", "in_366", "in_627"),
    [
        ("11-20 09:00", "11-20 18:30", 570, 480),
        ("11-20 12:00", "11-20 15:00", 180, 90),
        ("11-20 18:00", "11-23 09:30", 60, 60),
        ("11-20 20:00", "11-23 08:00", 0, 0),
        ("11-20 20:00", "11-23 09:01", 1, 1),
        ("11-20 10:00", "11-20 09:00", 0, 0),
    ],
)
def test_working_minutes_between(begins: str, ends: str, in_366: float, in_627: float) -> None:
    for hours, expected in ((SUPPORT_366, in_366), (SUPPORT_627, in_627)):
        clock = WorkingClock(CALENDAR, hours)
        assert clock.between(moment(begins), moment(ends)) == expected


@unhurried
@given(st.lists(instants, min_size=3, max_size=3))
def test_working_minutes_add_up_in_any_order_of_asking(times: list[datetime]) -> None:
    a, b, c = sorted(times)
    clock = WorkingClock(CALENDAR, SUPPORT_627)
    whole = clock.between(b, c)
    assert clock.between(a, c) == pytest.approx(clock.between(a, b) + whole)
    assert 0 <= whole <= (c - b) / timedelta(minutes=1)


def test_the_middle_and_nine_of_ten() -> None:
    assert summed([]) == Minutes(0, None, None)
    assert summed([5]) == Minutes(1, 5, 5)
    assert summed([*range(1, 11)]) == Minutes(10, 5.5, 9)


async def test_a_report_counts_what_was_done(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    user, operator, other = await desk.user(), await desk.operator(), await desk.operator("Дана")
    fast, slow, late, silent = [await desk.asked(await desk.user()) for _ in range(4)]
    await desk.at("11-20 10:10")
    await desk.support.answer(again(operator), fast, "Да")
    await desk.at("11-20 11:00")
    await desk.support.answer(again(operator), slow, "Да")
    await desk.at("11-20 19:00")
    await desk.left_voice(user)
    await desk.at("11-23 09:30")
    await desk.sweep()
    await desk.support.close(again(other), late, "refused", "Нет")
    rater = (await desk.row(fast)).person_id

    await desk.support.rate(again(replace(user, person_id=rater)), fast, 4, "Быстро")
    report = await desk.support.report(
        again(operator), moment("11-20 00:00"), moment("11-24 00:00")
    )
    assert report.opened == 5
    assert report.by_channel == {"chat": 4, "voice": 1}
    assert report.by_result == {"refused": 1}
    assert report.first_answer == Minutes(3, 60, 510 + 30)
    assert (report.kept, report.broken) == (2, 2)
    assert (report.ratings[4], report.rating) == (1, 4)
    assert [(each.name, each.answers) for each in report.operators] == [
        ("Оператор Ерлан", 2),
        ("Дана", 1),
    ]
    assert report.operators[0].rating == 4
    assert (await desk.row(silent)).state == "working"  # handed out in the morning
    empty = await desk.support.report(
        again(operator), moment("11-20 00:00"), moment("11-24 00:00"), "627"
    )
    assert (empty.opened, empty.rating, empty.operators) == (0, None, ())
    for since, until in (("11-21 00:00", "11-20 00:00"), ("11-20 00:00", "11-20 00:00")):
        with pytest.raises(RuleBroken, match="period_range"):
            await desk.support.report(again(operator), moment(since), moment(until))
    with pytest.raises(AccessDenied):
        await desk.support.report(again(user), moment("11-20 00:00"), moment("11-24 00:00"))


async def test_tickets_are_found_by_words_names_and_numbers(desk: Desk) -> None:
    operator = await desk.operator()
    first = await desk.asked(
        await desk.user(name="Гүлнәр Қасымова"), "Не открывается <b>заявка</b>"
    )
    second = await desk.asked(await desk.user(), "Тапсырыс ашылмайды, қате 17-3")
    await desk.support.note(again(operator), first, "похоже на кэш браузера")
    for text, numbers in (
        ("заявк", [first]),
        ("ЗАЯВКА открыв", [first]),
        ("гулнар касым", [first]),
        ("кэш", [first]),
        ("кате", [second]),
        ("қате ТАПСЫРЫС", [second]),
        (str(first), [first]),
        (f"№ {second}", [second]),
        ("заявка тапсырыс", []),
        ("b", []),
        ("'; drop table ticket; --", []),
        ("   ", []),
    ):
        found = await desk.support.search(again(operator), text)
        assert [each.number for each in found.tickets if each.number in numbers] == numbers, text
        if not numbers:
            assert found.tickets == [], text
    third = await desk.asked(await desk.user(), "Заявка снова")
    page = await desk.support.search(again(operator), "заявка", 1)
    assert ([each.number for each in page.tickets], page.more) == ([third], True)

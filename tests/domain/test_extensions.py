"""Extensions of terms: what faults and maintenance may do to an end, and what they never do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import DayOverride, WorkingCalendar
from domain.clock import ASTANA
from domain.extensions import Step, StepRule, course, extended, with_step, without_cause

CALENDAR = WorkingCalendar()


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ASTANA).astimezone(UTC)


def ends(step: Step, due: str) -> str:
    return f"{extended(CALENDAR, local(due), [step]).astimezone(ASTANA):%Y-%m-%d %H:%M}"


def time_lost(cause: str, since: str, until: str) -> Step:
    return Step(cause, "lost_time", "627-25", since=local(since), until=local(until))


def days_lost(cause: str, first: str, last: str) -> Step:
    days = date.fromisoformat(first), date.fromisoformat(last)
    began = local(f"{first} 14:00")
    return Step(cause, "lost_days", "627-26.4", first=days[0], day=days[1], since=began)


def next_day(cause: str, mended: str) -> Step:
    day, began = date.fromisoformat(mended), local(f"{mended} 11:00")
    return Step(cause, "next_working_day", "366-29.3", day=day, since=began)


@pytest.mark.parametrize(
    ("step", "due", "then"),
    [
        # 366-29.3: mended on Tuesday, taken until the end of Wednesday
        (
            Step("incident:1", "next_working_day", "366-29.3", day=date(2026, 11, 24)),
            "2026-11-25 00:00",
            "2026-11-26 00:00",
        ),
        # mended on Friday: until the end of Monday
        (
            Step("incident:1", "next_working_day", "366-29.3", day=date(2026, 11, 20)),
            "2026-11-21 00:00",
            "2026-11-24 00:00",
        ),
        # it ends later anyway
        (
            Step("incident:1", "next_working_day", "366-29.3", day=date(2026, 11, 20)),
            "2026-11-28 00:00",
            "2026-11-28 00:00",
        ),
        # 627-25.2: by the time of the fault
        (
            time_lost("incident:1", "2026-11-24 12:00", "2026-11-24 13:30"),
            "2026-11-25 00:00",
            "2026-11-25 01:30",
        ),
        # 627-26.4: by days; from Saturday's end to Monday's
        (
            days_lost("incident:1", "2026-11-20", "2026-11-20"),
            "2026-11-21 00:00",
            "2026-11-24 00:00",
        ),
        (
            days_lost("incident:1", "2026-11-23", "2026-11-24"),
            "2026-11-25 00:00",
            "2026-11-27 00:00",
        ),
        # 627-20: held until the fault was confirmed or refuted
        (
            Step("incident:1", "until", "627-20", until=local("2026-11-25 11:20")),
            "2026-11-25 00:00",
            "2026-11-25 11:20",
        ),
    ],
)
def test_what_a_step_does_to_an_end(step: Step, due: str, then: str) -> None:
    assert ends(step, due) == then


@pytest.mark.parametrize(
    ("taken", "due", "then"),
    [
        # what two faults share counts once
        (
            [
                time_lost("incident:1", "2026-11-24 11:00", "2026-11-24 13:00"),
                time_lost("incident:2", "2026-11-24 12:00", "2026-11-24 14:00"),
            ],
            "2026-11-25 00:00",
            "2026-11-25 03:00",
        ),
        # the same outage entered twice gives its day once
        (
            [
                days_lost("incident:1", "2026-11-24", "2026-11-24"),
                days_lost("incident:2", "2026-11-24", "2026-11-24"),
            ],
            "2026-11-25 00:00",
            "2026-11-26 00:00",
        ),
        # days apart from each other count each
        (
            [
                days_lost("incident:1", "2026-11-23", "2026-11-23"),
                days_lost("incident:2", "2026-11-24", "2026-11-25"),
            ],
            "2026-11-25 00:00",
            "2026-11-28 00:00",
        ),
        # in the order in which the faults began: two hours into Saturday, then a day and the
        # way to a working day
        (
            [
                time_lost("incident:1", "2026-11-27 10:00", "2026-11-27 12:00"),
                days_lost("incident:2", "2026-11-27", "2026-11-27"),
            ],
            "2026-11-28 00:00",
            "2026-11-30 02:00",
        ),
        # a fault on the day to which another moved the end
        (
            [
                next_day("maintenance:1", "2026-11-24"),
                time_lost("incident:2", "2026-11-25 12:00", "2026-11-25 14:00"),
            ],
            "2026-11-25 00:00",
            "2026-11-26 02:00",
        ),
    ],
)
def test_what_steps_do_together(taken: list[Step], due: str, then: str) -> None:
    for order in permutations(taken):
        assert extended(CALENDAR, local(due), order) == local(then)


instants = st.integers(0, 365 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
causes = st.sampled_from(["incident:1", "incident:2", "incident:3", "maintenance:1"])
spans = st.tuples(instants, st.integers(1, 10**6)).map(
    lambda given: (given[0], given[0] + timedelta(seconds=given[1]))
)
RULES: list[StepRule] = ["next_working_day", "lost_time", "lost_days", "until"]


@st.composite
def steps(draw: st.DrawFn) -> Step:
    cause, rule = draw(causes), draw(st.sampled_from(RULES))
    since, until = draw(spans)
    match rule:
        case "next_working_day":
            return Step(cause, rule, "366-29.3", day=until.date(), since=since)
        case "lost_time" | "until":
            return Step(cause, rule, "627-25", since=since, until=until)
        case "lost_days":
            day = until.date()
            return Step(cause, rule, "627-26.4", first=since.date(), day=day, since=since)


@given(instants, st.lists(steps(), max_size=6))
def test_no_step_moves_an_end_earlier(due: datetime, taken: list[Step]) -> None:
    reached = due
    for each in course(CALENDAR, due, taken):
        assert each.old == reached
        assert each.new >= each.old
        reached = each.new
    assert extended(CALENDAR, due, taken) == reached


@given(instants, st.lists(steps(), max_size=5), st.randoms(use_true_random=False))
def test_the_order_in_which_steps_came_does_not_matter(
    due: datetime, given_: list[Step], random: Random
) -> None:
    taken = list({each.cause: each for each in given_}.values())
    mixed = random.sample(taken, len(taken))
    assert extended(CALENDAR, due, mixed) == extended(CALENDAR, due, taken)


@given(instants, st.lists(steps(), max_size=4), steps())
def test_the_same_step_twice_does_what_it_does_once(
    due: datetime, taken: list[Step], step: Step
) -> None:
    kept: tuple[Step, ...] = ()
    for each in taken:
        kept = with_step(kept, each)
    once = with_step(kept, step)
    assert with_step(once, step) == once
    assert len({each.cause for each in once}) == len(once)
    assert extended(CALENDAR, due, with_step(once, step)) == extended(CALENDAR, due, once)
    assert without_cause(once, step.cause) == without_cause(kept, step.cause)


@given(steps())
def test_a_step_reads_back_as_it_was_written(step: Step) -> None:
    assert Step.from_json(step.as_json()) == step


def test_a_day_made_free_later_moves_the_extension_too() -> None:
    step = Step("incident:1", "next_working_day", "366-29.3", day=date(2026, 11, 20))
    free = CALENDAR.with_override(DayOverride(date(2026, 11, 23), False, "к", "р", "б"))
    due = local("2026-11-21 00:00")
    moved = extended(free, due, [step]) - extended(CALENDAR, due, [step])
    assert moved == timedelta(days=1)


def test_an_unknown_rule_is_no_step() -> None:
    with pytest.raises(ValueError, match="earlier"):
        Step.from_json({"cause": "x", "rule": "earlier", "clause": "y"})

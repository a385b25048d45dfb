"""Extensions of terms: what faults and maintenance may do to an end, and what they never do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import DayOverride, WorkingCalendar
from domain.clock import ASTANA
from domain.extensions import Step, StepRule, extended, with_step, without_cause

CALENDAR = WorkingCalendar()


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ASTANA).astimezone(UTC)


def ends(step: Step, due: str) -> str:
    return f"{step.apply(CALENDAR, local(due)).astimezone(ASTANA):%Y-%m-%d %H:%M}"


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
            Step("incident:1", "lost_time", "627-25", seconds=5400),
            "2026-11-25 00:00",
            "2026-11-25 01:30",
        ),
        # 627-26.4: by days; from Saturday's end to Monday's
        (
            Step("incident:1", "lost_days", "627-26.4", days=1),
            "2026-11-21 00:00",
            "2026-11-24 00:00",
        ),
        (
            Step("incident:1", "lost_days", "627-26.4", days=2),
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


days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
instants = st.integers(0, 365 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
causes = st.sampled_from(["incident:1", "incident:2", "maintenance:1"])


@st.composite
def steps(draw: st.DrawFn) -> Step:
    rules: list[StepRule] = ["next_working_day", "lost_time", "lost_days", "until"]
    return Step(
        draw(causes),
        draw(st.sampled_from(rules)),
        "366-29.3",
        day=draw(st.none() | days),
        seconds=draw(st.integers(0, 10**6)),
        days=draw(st.integers(0, 30)),
        until=draw(st.none() | instants),
    )


@given(instants, st.lists(steps(), max_size=6))
def test_no_end_ever_moves_earlier(due: datetime, taken: list[Step]) -> None:
    before = due
    for count in range(len(taken) + 1):
        after = extended(CALENDAR, due, taken[:count])
        assert after >= before
        before = after


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
    assert step.apply(free, due) - step.apply(CALENDAR, due) == timedelta(days=1)


def test_an_unknown_rule_is_no_step() -> None:
    with pytest.raises(ValueError, match="earlier"):
        Step.from_json({"cause": "x", "rule": "earlier", "clause": "y"})

"""What faults or maintenance do to the end of a term: rules as data, counted together.

Steps are counted in the order in which their faults began, not in which they became known, and
what two faults share counts once: so it is all the same who enters which of them first. The same
step twice does what it does once. Steps stay with their deadline, so that a later change of the
calendar counts them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil
from typing import Literal, Self, get_args

from domain.calendar import WorkingCalendar

StepRule = Literal["next_working_day", "lost_time", "lost_days", "until"]
_RULES: tuple[StepRule, ...] = get_args(StepRule)


@dataclass(frozen=True, slots=True)
class Step:
    """One extension of a deadline.

    ``cause`` names what gave rise to it (``incident:7``, ``maintenance:2``); of two steps with
    one cause the later replaces the earlier. ``since`` is when that began. ``rule``:

    - ``next_working_day``: to the end of the working day after ``day``, on which the fault was
      mended (act 366, clause 29.3; act 627, clause 31);
    - ``lost_time``: later by the time from ``since`` to ``until`` (act 627, clause 25.2);
    - ``lost_days``: later by the calendar days from ``first`` to ``day``, both counted, and
      from a day off to the next working day (act 627, clauses 26.2, 26.4-26.6);
    - ``until``: not before the instant ``until``, when the fault was confirmed or refuted
      (act 627, clause 20).
    """

    cause: str
    rule: StepRule
    clause: str
    first: date | None = None
    day: date | None = None
    since: datetime | None = None
    until: datetime | None = None

    def as_json(self) -> dict[str, object]:
        """The step as the deadline's row and the receipt hold it."""
        given: dict[str, object] = {"cause": self.cause, "rule": self.rule, "clause": self.clause}
        for name, day in (("first", self.first), ("day", self.day)):
            if day is not None:
                given[name] = day.isoformat()
        for name, at in (("since", self.since), ("until", self.until)):
            if at is not None:
                given[name] = at.astimezone(UTC).isoformat()
        return given

    @classmethod
    def from_json(cls, given: Mapping[str, object]) -> Self:
        """What ``as_json`` made."""
        rule = next((each for each in _RULES if each == given["rule"]), None)
        if rule is None:
            raise ValueError(f"no rule of extension: {given['rule']}")
        return cls(
            cause=str(given["cause"]),
            rule=rule,
            clause=str(given["clause"]),
            first=_day(given.get("first")),
            day=_day(given.get("day")),
            since=_instant(given.get("since")),
            until=_instant(given.get("until")),
        )


def _day(text: object) -> date | None:
    return date.fromisoformat(str(text)) if text else None


def _instant(text: object) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None


@dataclass(frozen=True, slots=True)
class Taken:
    """A step in its turn: the end before it and after it."""

    step: Step
    old: datetime
    new: datetime


def extended(calendar: WorkingCalendar, due_at: datetime, steps: Iterable[Step]) -> datetime:
    """The end, with all steps, of a term that by itself ends at ``due_at`` (UTC, exclusive)."""
    taken = course(calendar, due_at, steps)
    return taken[-1].new if taken else due_at


def course(calendar: WorkingCalendar, due_at: datetime, steps: Iterable[Step]) -> list[Taken]:
    """The steps in the order in which they count, each with the ends around it."""
    found: list[Taken] = []
    days: set[int] = set()
    spans: list[tuple[datetime, datetime]] = []
    end = due_at
    for step in sorted(steps, key=_began):
        old = end
        match step.rule:
            case "next_working_day" if step.day is not None:
                end = max(end, calendar.end_of(calendar.next_working_day(step.day)))
            case "until" if step.until is not None:
                end = max(end, step.until)
            case "lost_days" if step.first is not None and step.day is not None:
                lost = set(range(step.first.toordinal(), step.day.toordinal() + 1)) - days
                days |= lost
                end = rolled(calendar, end + timedelta(days=len(lost))) if lost else end
            case "lost_time" if step.since is not None and step.until is not None:
                before = _covered(spans)
                spans.append((step.since, step.until))
                end += _covered(spans) - before
        found.append(Taken(step, old, end))
    return found


def _began(step: Step) -> tuple[datetime, str]:
    return step.since or datetime.min.replace(tzinfo=UTC), step.cause


def _covered(spans: Iterable[tuple[datetime, datetime]]) -> timedelta:
    """How much time spans cover together, what they share once; whole seconds, rounded up."""
    covered, reached = timedelta(), datetime.min.replace(tzinfo=UTC)
    for since, until in sorted(spans):
        covered += max(until - max(since, reached), timedelta())
        reached = max(until, reached)
    return timedelta(seconds=ceil(covered.total_seconds()))


def with_step(steps: Sequence[Step], step: Step) -> tuple[Step, ...]:
    """The steps with ``step``: in the place of one with its cause, else after the others."""
    if any(each.cause == step.cause for each in steps):
        return tuple(step if each.cause == step.cause else each for each in steps)
    return (*steps, step)


def without_cause(steps: Sequence[Step], cause: str) -> tuple[Step, ...]:
    """The steps that have another cause."""
    return tuple(each for each in steps if each.cause != cause)


def rolled(calendar: WorkingCalendar, due_at: datetime) -> datetime:
    """The same hour of the next working day where the last day of a term is a day off."""
    last = calendar.last_day(due_at)
    if calendar.is_working(last):
        return due_at
    return due_at + (calendar.next_working_day(last) - last)

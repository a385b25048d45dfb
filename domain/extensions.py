"""What a fault or maintenance does to the end of a term: rules as data, applied to any end.

A step never moves an end to an earlier moment, and the same step twice does what it does once.
Steps stay with their deadline, so that a later change of the calendar counts them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, Self, get_args

from domain.calendar import WorkingCalendar
from domain.clock import astana

StepRule = Literal["next_working_day", "lost_time", "lost_days", "until"]
_RULES: tuple[StepRule, ...] = get_args(StepRule)


@dataclass(frozen=True, slots=True)
class Step:
    """One extension of a deadline.

    ``cause`` names what gave rise to it (``incident:7``, ``maintenance:2``); of two steps with
    one cause the later replaces the earlier. ``rule``:

    - ``next_working_day``: to the end of the working day after ``day``, on which the fault was
      mended (act 366, clause 29.3; act 627, clause 31);
    - ``lost_time``: later by ``seconds``, the time of the fault (act 627, clause 25.2);
    - ``lost_days``: later by ``days`` calendar days, rolled from a day off to the next working
      day (act 627, clauses 26.4-26.6);
    - ``until``: not before the instant ``until``, when the fault was confirmed or refuted
      (act 627, clause 20).
    """

    cause: str
    rule: StepRule
    clause: str
    day: date | None = None
    seconds: int = 0
    days: int = 0
    until: datetime | None = None

    def apply(self, calendar: WorkingCalendar, due_at: datetime) -> datetime:
        """The end of a term that would end at ``due_at`` (UTC, exclusive); never an earlier one."""
        return max(due_at, self._moved(calendar, due_at))

    def _moved(self, calendar: WorkingCalendar, due_at: datetime) -> datetime:
        match self.rule:
            case "next_working_day":
                return (
                    due_at
                    if self.day is None
                    else calendar.end_of(calendar.next_working_day(self.day))
                )
            case "lost_time":
                return due_at + timedelta(seconds=self.seconds)
            case "lost_days":
                return _rolled(calendar, due_at + timedelta(days=self.days))
            case "until":
                return self.until or due_at

    def as_json(self) -> dict[str, object]:
        """The step as the deadline's row and the receipt hold it."""
        given: dict[str, object] = {"cause": self.cause, "rule": self.rule, "clause": self.clause}
        if self.day is not None:
            given["day"] = self.day.isoformat()
        if self.seconds:
            given["seconds"] = self.seconds
        if self.days:
            given["days"] = self.days
        if self.until is not None:
            given["until"] = self.until.astimezone(UTC).isoformat()
        return given

    @classmethod
    def from_json(cls, given: Mapping[str, object]) -> Self:
        """What ``as_json`` made."""
        rule = next((each for each in _RULES if each == given["rule"]), None)
        if rule is None:
            raise ValueError(f"no rule of extension: {given['rule']}")
        day, until = given.get("day"), given.get("until")
        return cls(
            cause=str(given["cause"]),
            rule=rule,
            clause=str(given["clause"]),
            day=date.fromisoformat(str(day)) if day else None,
            seconds=int(str(given.get("seconds", 0))),
            days=int(str(given.get("days", 0))),
            until=datetime.fromisoformat(str(until)) if until else None,
        )


def extended(calendar: WorkingCalendar, due_at: datetime, steps: Iterable[Step]) -> datetime:
    """The end after all steps, in the order in which they were taken."""
    for step in steps:
        due_at = step.apply(calendar, due_at)
    return due_at


def with_step(steps: Sequence[Step], step: Step) -> tuple[Step, ...]:
    """The steps with ``step``: in the place of one with its cause, else after the others."""
    if any(each.cause == step.cause for each in steps):
        return tuple(step if each.cause == step.cause else each for each in steps)
    return (*steps, step)


def without_cause(steps: Sequence[Step], cause: str) -> tuple[Step, ...]:
    """The steps that have another cause."""
    return tuple(each for each in steps if each.cause != cause)


def _rolled(calendar: WorkingCalendar, due_at: datetime) -> datetime:
    """The same moment of the next working day where the last day of the term is a day off."""
    last = calendar.last_day(due_at)
    if calendar.is_working(last):
        return due_at
    later = calendar.next_working_day(last)
    return due_at + timedelta(days=(later - astana(due_at - datetime.resolution).date()).days)

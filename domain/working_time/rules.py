"""Changing working days: what a change must say, and what it may do to running deadlines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.deadline_moves import Moved
from domain.errors import Conflict, RuleBroken
from domain.escalations.model import ESCALATE
from domain.terms import DayOverride
from domain.texts import NAME_LIMIT, clean_text, required_text

BASIS_LIMIT = 500
MAX_CHANGES = 366


@dataclass(frozen=True)
class OverrideChange:
    """A decision on one day; ``working`` None takes an earlier decision back."""

    day: date
    working: bool | None
    name_kk: str = ""
    name_ru: str = ""
    basis: str = ""


def check_changes(changes: Sequence[OverrideChange]) -> tuple[OverrideChange, ...]:
    """The changes with tidy texts, by day.

    A decision states its basis and both names (they stand in receipts in both languages).
    Raises ``override_empty``, ``override_too_many``, ``override_repeated``, ``text_missing``,
    ``text_too_long``.
    """
    if not changes:
        raise RuleBroken("override_empty")
    if len(changes) > MAX_CHANGES:
        raise RuleBroken("override_too_many", None, maximum=MAX_CHANGES)
    days = [change.day for change in changes]
    for day in days:
        if days.count(day) > 1:
            raise RuleBroken("override_repeated", None, day=day)
    return tuple(sorted(map(_tidy, changes), key=lambda change: change.day))


def _tidy(change: OverrideChange) -> OverrideChange:
    if change.working is None:
        return OverrideChange(
            change.day, None, basis=clean_text(change.basis, "basis", BASIS_LIMIT)
        )
    return OverrideChange(
        change.day,
        change.working,
        required_text(change.name_kk, "name_kk", NAME_LIMIT),
        required_text(change.name_ru, "name_ru", NAME_LIMIT),
        required_text(change.basis, "basis", BASIS_LIMIT),
    )


def effective(
    overrides: Sequence[DayOverride], changes: Sequence[OverrideChange]
) -> tuple[list[OverrideChange], tuple[DayOverride, ...]]:
    """The changes that change something, and the overrides as they will be.

    Raises ``override_unchanged`` when nothing would change.
    """
    known = {override.day: override for override in overrides}
    real = []
    for change in changes:
        fresh = None
        if change.working is not None:
            fresh = DayOverride(
                change.day, change.working, change.name_kk, change.name_ru, change.basis
            )
        if known.get(change.day) == fresh:
            continue
        real.append(change)
        if fresh is None:
            del known[change.day]
        else:
            known[change.day] = fresh
    if not real:
        raise RuleBroken("override_unchanged")
    return real, tuple(sorted(known.values()))


def still_running(moved: Sequence[Moved], now: datetime) -> list[Moved]:
    """The deadlines a change may touch: one whose end has come is over, swept or not."""
    return [each for each in moved if each.old > now]


def check_not_into_past(moved: Sequence[Moved], now: datetime) -> None:
    """Nobody may become late by a change of the calendar.

    Raises ``override_past`` with ``deadlines``: kind, subject, old and new end of each running
    deadline that would already be over. What only wakes people makes nobody late.
    """
    late = [each for each in moved if each.new <= now and each.kind != ESCALATE]
    if late:
        raise RuleBroken(
            "override_past",
            None,
            deadlines=[
                {"kind": each.kind, "subject": each.subject, "old": each.old, "new": each.new}
                for each in late
            ],
        )


def check_version(expected: str, found: str) -> None:
    """The calendar is still the one the preview was made by; Conflict ``calendar_changed``."""
    if expected != found:
        raise Conflict("calendar_changed", None, expected=expected, version=found)

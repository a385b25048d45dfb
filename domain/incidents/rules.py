"""Rules of faults and maintenance: who is late, which level fits, which deadline is touched.

Pure functions of plain values; ``now`` and the calendar are parameters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from types import MappingProxyType

from domain.calendar import WorkingCalendar, WorkingHours
from domain.clock import ASTANA, as_utc, astana
from domain.errors import Conflict, RuleBroken
from domain.extensions import Step, course, extended, with_step, without_cause
from domain.incidents.model import MODULES
from domain.incidents.views import Scope
from domain.law import CONFIRMATION, CONTRACT, OFFER_WINDOW, SELECTION, Period
from domain.support.regimes import Effect, Regime
from domain.terms import HOURS_OF, Term
from domain.texts import MIN_LETTERS, is_statement, required_text

TEXT_LIMIT = 4000
TITLE_LIMIT = 120
CONTACTS_LIMIT = 300

#: The deadlines of orders that belong to each module.
MODULE_KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "offers": (OFFER_WINDOW.name,),
        "awards": (SELECTION.name, CONFIRMATION.name),
        "contracts": (CONTRACT.name,),
    }
)
ALL_KINDS = tuple(kind for module in MODULES for kind in MODULE_KINDS[module])

#: A heartbeat missing for longer is a fault of our own.
SILENCE = timedelta(seconds=60)

_WORKING_DAY_MINUTES = 480
_APPLY_MINUTES = 120
_WORD = re.compile(r"\w{4,}")
_STEM = 6
_ALIKE = 0.2
_CONTACT = re.compile(r"\S*@\S*|\+?\d[\d\s()-]{5,}\d")


def level_term(regime: Regime) -> Period:
    """How long a proposed level may wait before it is escalated: 8 hours of working time.

    The acts name no term; it is a rule of the house (366, clause 24).
    """
    hours = regime.code if regime.code in HOURS_OF else HOURS_OF[0]
    return Period(
        regime.level_clause,
        "level_agreement",
        Term.parse(f"{_WORKING_DAY_MINUTES}wm/{hours}"),
        chosen=True,
    )


def apply_term(regime: Regime, level: str) -> Period:
    """How long effects of a level in force may wait to be applied: 2 hours of working time.

    The acts name no term; it is a rule of the house (366, clause 29.3; 627, clauses 25 and 26).
    """
    hours = regime.code if regime.code in HOURS_OF else HOURS_OF[0]
    return Period(
        regime.level(level).effect_clause or regime.level_clause,
        "effects_applied",
        Term.parse(f"{_APPLY_MINUTES}wm/{hours}"),
        chosen=True,
    )


@dataclass(frozen=True, slots=True)
class Definition:
    """What a level presupposes: how wide the fault is, and whether it was in working time."""

    scopes: frozenset[str]
    in_hours: bool
    # Whether what touches everything in working time is more than this level.
    less_than_all: bool = False


_ANY = frozenset({"all", "module", "orders"})

#: The definitions of levels (366, clause 23; 627, clause 23): what is not named fits always.
DEFINITIONS: Mapping[tuple[str, str], Definition] = MappingProxyType(
    {
        ("366", "high"): Definition(frozenset({"all"}), in_hours=True),
        ("366", "medium"): Definition(frozenset({"all", "module"}), in_hours=True),
        # Low is what leaves the main functions alone, or lies out of working time.
        ("366", "low"): Definition(_ANY, in_hours=False, less_than_all=True),
        ("627", "high"): Definition(frozenset({"all", "module"}), in_hours=False),
    }
)


def check_level(regime: Regime, level: str, scope: Scope, *, in_hours: bool) -> None:
    """A level must fit its definition.

    Raises RuleBroken ``level_unknown``, ``level_not_by_definition`` with ``needs``: ``scope``,
    ``hours`` or ``higher``, where a fault of everything in working time is called a low one.
    """
    rule = regime.level(level)
    definition = DEFINITIONS.get((regime.code, level), Definition(_ANY, in_hours=False))
    if scope.kind not in definition.scopes:
        raise RuleBroken("level_not_by_definition", rule.clause, level=level, needs="scope")
    if definition.in_hours and not in_hours:
        raise RuleBroken("level_not_by_definition", rule.clause, level=level, needs="hours")
    if definition.less_than_all and scope.kind == "all" and in_hours:
        raise RuleBroken("level_not_by_definition", rule.clause, level=level, needs="higher")


def check_scope(scope: Scope) -> Scope:
    """The scope without repetitions; raises RuleBroken ``scope_empty``, ``module_unknown``."""
    if scope.kind == "all":
        return Scope()
    if scope.kind == "module":
        for module in scope.modules:
            if module not in MODULES:
                raise RuleBroken("module_unknown", None, module=module[:20])
        modules = tuple(each for each in MODULES if each in scope.modules)
        if not modules:
            raise RuleBroken("scope_empty", None, scope=scope.kind)
        return Scope("module", modules)
    orders = tuple(sorted(set(scope.orders)))
    if not orders:
        raise RuleBroken("scope_empty", None, scope=scope.kind)
    return Scope("orders", orders=orders)


def kinds_of(scope: Scope) -> tuple[str, ...]:
    """The kinds of deadlines a scope reaches."""
    if scope.kind != "module":
        return ALL_KINDS
    return tuple(kind for module in scope.modules for kind in MODULE_KINDS[module])


def check_interval(began_at: datetime, ended_at: datetime | None, now: datetime) -> None:
    """A fault began before now and ended after it began; raises RuleBroken ``interval_wrong``."""
    ended = as_utc(ended_at) if ended_at is not None else None
    if as_utc(began_at) > now or (ended is not None and not as_utc(began_at) < ended <= now):
        raise RuleBroken("interval_wrong", None)


def report_term(
    calendar: WorkingCalendar, regime: Regime, found_at: datetime, now: datetime
) -> tuple[datetime, bool]:
    """Until when (exclusive) a fault found at ``found_at`` is reported, and whether it is late.

    Raises RuleBroken ``found_in_future`` (366, clause 25; 627, clause 15.1).
    """
    if as_utc(found_at) > now:
        raise RuleBroken("found_in_future", regime.report.clause)
    until = calendar.due(found_at, regime.report.term).due_at
    return until, now >= until


def latest_announcement(regime: Regime, starts_at: datetime) -> datetime | None:
    """Until when (exclusive) works that begin then are announced in time; None: at any time.

    The calendar days before works are whole days between the announcement and theirs (627,
    clause 31).
    """
    if regime.maintenance_notice is None:
        return None
    day = astana(starts_at).date() - timedelta(days=regime.maintenance_notice.term.count)
    return datetime.combine(day, time(), ASTANA).astimezone(UTC)


def check_state(state: str, allowed: Iterable[str], number: int) -> None:
    """Raises Conflict ``incident_state`` when the incident is in none of the states."""
    if state not in allowed:
        raise Conflict("incident_state", None, number=number, state=state)


@dataclass(frozen=True, slots=True)
class Interval:
    """The time of a fault or of works, UTC; ``ended_at`` exclusive, the present while it lasts."""

    began_at: datetime
    ended_at: datetime

    @property
    def first(self) -> date:
        """The first Astana day touched."""
        return astana(self.began_at).date()

    @property
    def last(self) -> date:
        """The last Astana day touched."""
        return astana(max(self.began_at, self.ended_at - datetime.resolution)).date()

    @property
    def seconds(self) -> int:
        """The length in whole seconds, rounded up."""
        return max(0, ceil((self.ended_at - self.began_at).total_seconds()))

    @property
    def days(self) -> int:
        """Calendar days touched, at least one."""
        return (self.last - self.first).days + 1

    def in_hours(self, calendar: WorkingCalendar, hours: WorkingHours) -> bool:
        """Whether any of it lies in working time."""
        return working_time(calendar, hours, self) > timedelta()


def working_time(calendar: WorkingCalendar, hours: WorkingHours, interval: Interval) -> timedelta:
    """How much of an interval lies in working time."""
    found, day = timedelta(), interval.first
    while day <= interval.last:
        if calendar.is_working(day):
            for opens, closes in hours:
                begins = max(calendar.at(day, opens), interval.began_at)
                ends = min(calendar.at(day, closes), interval.ended_at)
                found += max(ends - begins, timedelta())
        day += timedelta(days=1)
    return found


def step_of(cause: str, effect: Effect, clause: str, interval: Interval) -> Step | None:
    """The extension that a fault of this effect and interval gives; None for no effect."""
    match effect:
        case "none":
            return None
        case "next_working_day":
            return Step(
                cause, "next_working_day", clause, day=interval.last, since=interval.began_at
            )
        case "lost_time":
            return Step(
                cause, "lost_time", clause, since=interval.began_at, until=interval.ended_at
            )
        case "lost_days":
            return Step(
                cause,
                "lost_days",
                clause,
                first=interval.first,
                day=interval.last,
                since=interval.began_at,
            )


def touched(
    calendar: WorkingCalendar,
    effect: Effect,
    interval: Interval,
    started_at: datetime,
    ends: Iterable[datetime],
) -> bool:
    """Whether a fault touches a term that began then and has one of these ends (exclusive).

    Where days are given back it is enough that the fault and the term coincide in time (627,
    clauses 26.4-26.6); elsewhere the term has to end on a day of the fault (366, clause 29.3;
    627, clauses 25 and 31).
    """
    if effect == "lost_days":
        began = max(interval.began_at, started_at)
        return any(began < min(interval.ended_at, end) for end in ends)
    return any(interval.first <= calendar.last_day(end) <= interval.last for end in ends)


def ends_of(
    calendar: WorkingCalendar, base: datetime, steps: Sequence[Step], cause: str
) -> list[datetime]:
    """The ends a term has had or would have by the steps of others, its own end first.

    A fault that falls on any of them touches the term: so it does not matter which of two
    faults is entered first, and neither takes away what the other one gives.
    """
    others = without_cause(steps, cause)
    alone = [extended(calendar, base, [each]) for each in others]
    return [base, *(each.new for each in course(calendar, base, others)), *alone]


def moved_end(
    calendar: WorkingCalendar,
    base: datetime,
    due_at: datetime,
    steps: Sequence[Step],
    step: Step,
) -> tuple[datetime, tuple[Step, ...]] | None:
    """The end and the steps with ``step`` among them, or None when the end would not be later.

    ``base`` is the end of the bare term, ``due_at`` the present end with ``steps``. A deadline
    is never moved to an earlier moment: people have been told the one that stands.
    """
    taken = with_step(steps, step)
    new = extended(calendar, base, taken)
    return (new, taken) if new > due_at else None


def likeness(text: str, other: str) -> float:
    """How alike two reports read, 0 to 1: words of four letters and more, by their beginnings."""
    mine, theirs = _stems(text), _stems(other)
    if not mine or not theirs:
        return 0.0
    return len(mine & theirs) / min(len(mine), len(theirs))


def alike(score: float) -> bool:
    """Whether a likeness is worth proposing."""
    return score >= _ALIKE


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in _WORD.findall(text.lower())}


def check_fault(text: str) -> str:
    """What does not work, in words: at least three letters.

    Raises ``text_missing``, ``text_too_long``, ``fault_too_short``.
    """
    stated = required_text(text, "fault", TEXT_LIMIT)
    if not is_statement(stated):
        raise RuleBroken("fault_too_short", None, minimum=MIN_LETTERS)
    return stated


def title_of(text: str) -> str:
    """A short title from a report: its first line, without e-mails and phone numbers."""
    first = _CONTACT.sub("…", text.strip().split("\n")[0]).strip()
    return first if len(first) <= TITLE_LIMIT else first[: TITLE_LIMIT - 1].rstrip() + "…"

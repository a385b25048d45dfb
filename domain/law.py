"""Every statutory period and limit of buying one order, by act and clause, and the list of duties.

Acts: 344 (buying goods), 366 (how the platform works). A value stands here once; rules and texts
take it with its clause, so that what a person is told names the source of what was counted.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache, lru_cache
from importlib.resources import files

from domain.calendar import MORNING, SUPPORT_366, Term, WorkingCalendar

_CLAUSE = re.compile(r"(\d+)-(\d+(?:-\d+)?(?:\.\d+)?)(?:\.?[a-z]+)?")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule comes from.

    ``clause`` is a duty's id in ``clauses.csv`` (``344-13.3a``); ``None`` for a rule of the house.
    """

    clause: str | None

    @property
    def act(self) -> str | None:
        """Number of the act: ``344``."""
        return None if self.clause is None else citation(self.clause)[0]

    @property
    def point(self) -> str | None:
        """Clause of the act as people cite it: ``13.3``."""
        return None if self.clause is None else citation(self.clause)[1]


@dataclass(frozen=True, slots=True)
class Period(Source):
    """A term within which an act is done, from the event the clause names.

    ``chosen`` marks a length the law leaves open and the house chose; the clause is then the one
    that gives rise to the act.
    """

    name: str
    term: Term
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Limit(Source):
    """A number that an act is measured against, with its unit (``calendar_days``, ``years``)."""

    name: str
    value: int
    unit: str


OFFER_WINDOW = Period("344-13.3a", "offer_window", Term.parse("2wd"))
"""Offers are taken from the day the notice was received (act 344, clause 13.3)."""

SELECTION = Period("344-13.6a", "selection", Term.parse("5wd"))
"""The customer selects from the formed list (act 344, clause 13.6)."""

CONFIRMATION = Period("344-13.7a", "confirmation", Term.parse("2wd"))
"""The selected supplier confirms or refuses, from receipt (act 344, clauses 13.7 and 13.10)."""

CONTRACT = Period("344-13.9", "contract", Term.parse("2wd"))
"""The contract is concluded, from the day of confirmation (act 344, clause 13.9)."""

RESELECTION = Period("344-13.10", "reselection", SELECTION.term, chosen=True)
"""The customer chooses another after a refusal or a lapse (act 344, clause 13.10).

The clause names no term; the customer gets the one of the first selection again.
"""

INVITATION_VALID = Period(None, "invitation_valid", Term.parse("14d"), chosen=True)
"""How long an invitation link works, from its making: a rule of the house."""

PERIODS = (OFFER_WINDOW, SELECTION, CONFIRMATION, CONTRACT, RESELECTION, INVITATION_VALID)

MIN_DELIVERY_DAYS = Limit("344-12.4", "min_delivery_days", 60, "calendar_days")
"""The shortest delivery period, from the date of the contract (act 344, clause 12.4)."""

ROLE_REGISTER_YEARS = Limit("366-34", "role_register_years", 3, "years")
"""How long the register of role changes is kept at least (act 366, clause 34)."""

LIMITS = (MIN_DELIVERY_DAYS, ROLE_REGISTER_YEARS)


#: Rules of the house for the support desk; hours are those of the ticket's regime. An operator
#: answers at once (act 366, clause 19.1): after a quarter of an hour of work without an answer
#: operators are told, then the lead, then the lead again.
TICKET_ESCALATIONS = (
    Period(None, "ticket.escalate", Term.parse("15wm"), chosen=True),
    Period(None, "ticket.escalate", Term.parse("60wm"), chosen=True),
    Period(None, "ticket.escalate", Term.parse("60wm"), chosen=True),
)

TICKET_CLOSES = Period(None, "ticket.closes", Term.parse("5wd"), chosen=True)
"""An answered or waiting ticket of which nothing more is heard closes by itself."""

TICKET_RED_MINUTES = Limit(None, "ticket_red", 30, "working_minutes")
"""An unanswered ticket turns red so long before its promise ends."""

TICKET_REOPEN_DAYS = Limit(None, "ticket_reopen", 10, "calendar_days")
"""How long after its closing a ticket can be opened again."""

CALL_REGISTER_DAYS = Limit(None, "call_register", 10, "calendar_days")
"""How old a call may be that an operator registers."""

SUPPORT_FLOOD = Limit(None, "support_flood", 30, "messages")
"""How many messages a person may write to support in ``SUPPORT_FLOOD_MINUTES``."""

SUPPORT_FLOOD_MINUTES = Limit(None, "support_flood_minutes", 10, "minutes")

MUTE_DAYS = Limit(None, "support_mute", 30, "calendar_days")
"""The longest time for which somebody may be kept from writing to support."""

RECORDING_YEARS = Limit("366-21.2", "recording_years", 1, "years")
"""How long a recording is kept at most (act 366, clause 21.2)."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A moment before the end of a term: ``wall`` on the day ``days_before`` the last one."""

    name: str
    days_before: int
    wall: time


_SUPPORT_ENDS = SUPPORT_366[-1][1]


def _before_support_ends(hours: int) -> time:
    return _SUPPORT_ENDS.replace(hour=_SUPPORT_ENDS.hour - hours)


#: Rules of the house. A term ends at night, so reminders keep to hours when people work and can
#: still ask support: the morning of the working day before the last one, then 3 hours and 1 hour
#: before support closes on the last one.
REMINDERS = (
    Reminder("one_working_day_before", 1, MORNING),
    Reminder("three_hours_before", 0, _before_support_ends(3)),
    Reminder("one_hour_before", 0, _before_support_ends(1)),
)


#: Before the end of a term of hours whoever it concerns is told once more.
HALF_AN_HOUR = timedelta(minutes=30)


def reminder_instants(
    calendar: WorkingCalendar, started_at: datetime, due_at: datetime
) -> list[tuple[str, datetime]]:
    """Names and UTC instants of the reminders of a term, in order of time.

    The last day is the last working day on whose afternoon an act is in time. What would not
    fall between ``started_at`` and ``due_at`` (both exclusive) is left out: it would tell of a
    term that has only begun or is over.
    """
    return [
        (name, instant)
        for name, instant in _moments_before(calendar, due_at)
        if started_at < instant < due_at
    ]


@lru_cache(maxsize=256)
def _moments_before(
    calendar: WorkingCalendar, due_at: datetime
) -> tuple[tuple[str, datetime], ...]:
    # Thousands of terms end at one midnight: their reminders are the same.
    first = min(each.wall for each in REMINDERS if not each.days_before)
    last = calendar.working_days_before(due_at, 0)
    # A fault may have moved the end into a night or a morning: the evening before is the last.
    earlier = 0 if calendar.at(last, first) < due_at else 1
    return tuple(
        (
            each.name,
            calendar.at(
                calendar.working_days_before(due_at, each.days_before + earlier), each.wall
            ),
        )
        for each in REMINDERS
    )


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty of the acts that software carries, the wave it is built in and its kind.

    ``id`` is what tests name in their ``clause`` marker; ``text`` is for developers and reports,
    not for users of the bot.
    """

    id: str
    wave: int
    kind: str
    text: str


def duties(wave: int | None = None) -> tuple[Duty, ...]:
    """All duties in the order of the acts, or those of one wave."""
    return tuple(duty for duty in _all_duties() if wave is None or duty.wave == wave)


@cache
def _all_duties() -> tuple[Duty, ...]:
    text = files("domain").joinpath("clauses.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(Duty(row["id"], int(row["wave"]), row["kind"], row["duty"]) for row in rows)


def citation(clause: str) -> tuple[str, str]:
    """Act and clause as people cite them: ``344-13.3a`` is ``("344", "13.3")``.

    Letters and words that tell the duties of one clause apart fall away. Raises ValueError for
    what is no duty id.
    """
    match = _CLAUSE.fullmatch(clause)
    if match is None:
        raise ValueError(f"not a clause: {clause!r}")
    return match[1], match[2]

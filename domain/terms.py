"""Terms as the law states them, what a day is, and the receipt of how a term was counted.

Plain values without any calendar in them; ``domain.calendar`` does the counting.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, TypedDict

from domain.clock import astana
from domain.errors import RuleBroken


class Unit(StrEnum):
    """What a term is counted in; the value is its suffix in text."""

    WORKING_DAYS = "wd"
    CALENDAR_DAYS = "d"
    HOURS = "h"
    WORKING_MINUTES = "wm"
    SUPPORT_DAYS = "sd"


#: Beyond these a term is a slip of the pen: no act knows a term near them.
LONGEST: Mapping[Unit, int] = MappingProxyType(
    {
        Unit.WORKING_DAYS: 1_000,
        Unit.CALENDAR_DAYS: 3_660,
        Unit.HOURS: 8_784,
        Unit.WORKING_MINUTES: 60_000,
        Unit.SUPPORT_DAYS: 1_000,
    }
)

#: Whose working hours a term of working time runs in: act 366, clause 19.1, or 627, clause 15.
HOURS_OF = ("366", "627")
_IN_HOURS = (Unit.WORKING_MINUTES, Unit.SUPPORT_DAYS)

_TERM = re.compile(r"([1-9][0-9]{0,8})(?:(wd|d|h)|(wm|wh|sd)(?:/(366|627))?)")


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time as the law states it: 2 working days, 30 calendar days.

    ``hours`` names the act whose working hours the term runs in, for the units that do.
    Raises RuleBroken ``bad_term`` below 1 and ``term_too_long`` beyond ``LONGEST``.
    """

    count: int
    unit: Unit
    hours: str = HOURS_OF[0]

    def __post_init__(self) -> None:
        if self.count < 1:
            raise RuleBroken("bad_term", None, text=str(self))
        if self.count > LONGEST[self.unit]:
            longest = f"{LONGEST[self.unit]}{self.unit}"
            raise RuleBroken("term_too_long", None, text=str(self), longest=longest)

    @classmethod
    def parse(cls, text: str) -> Term:
        """Read ``2wd``, ``30d``, ``1h``, ``90wm``, ``1sd``, or ``8wh`` (the same as ``480wm``).

        ``90wm/627`` runs in the hours of act 627; without an act, in those of act 366.
        Raises RuleBroken ``bad_term`` for anything else, zero and negative counts included.
        """
        match = _TERM.fullmatch(text.strip())
        if match is None:
            raise RuleBroken("bad_term", None, text=text[:40])
        count, suffix = int(match[1]), match[2] or match[3]
        hours = match[4] or HOURS_OF[0]
        if suffix == "wh":
            return cls(count * 60, Unit.WORKING_MINUTES, hours)
        return cls(count, Unit(suffix), hours)

    def __str__(self) -> str:
        elsewhere = self.unit in _IN_HOURS and self.hours != HOURS_OF[0]
        return f"{self.count}{self.unit}" + (f"/{self.hours}" if elsewhere else "")


class DayCode(StrEnum):
    """What a day is, or what part it plays in a term."""

    WORKING = "working"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MOVED_DAY_OFF = "moved_day_off"
    MOVED_WORKING_DAY = "moved_working_day"
    OVERRIDE_OFF = "override_off"
    OVERRIDE_WORKING = "override_working"
    # Only in receipts:
    START_DAY = "start_day"
    ROLLED_TO = "rolled_to"
    OUTSIDE_HOURS = "outside_hours"
    CLOCK = "clock"

    @property
    def worked(self) -> bool:
        """Whether a day of this code is a working day."""
        return self in (self.WORKING, self.MOVED_WORKING_DAY, self.OVERRIDE_WORKING)


DAY_SWAP = "day_swap"
"""Key of a day exchanged with another by order of the ministry."""


@dataclass(frozen=True, slots=True)
class DayReason:
    """Why a day is worked or not.

    ``key`` names the holiday for the catalogue (``independence_day``) or is ``DAY_SWAP``;
    ``swapped_with`` is the other day of an exchange; ``estimated`` marks a date of Kurban Ait
    the clergy has not fixed yet. Names and basis come from the override that decided.
    """

    code: DayCode
    key: str = ""
    swapped_with: date | None = None
    estimated: bool = False
    name_kk: str = ""
    name_ru: str = ""
    basis: str = ""

    def __str__(self) -> str:
        return f"{self.code}:{self.key}" if self.key else str(self.code)


@dataclass(frozen=True, slots=True, order=True)
class DayOverride:
    """A decision on one day that outranks the seed, with its names and legal basis."""

    day: date
    working: bool
    name_kk: str
    name_ru: str
    basis: str

    def as_reason(self) -> DayReason:
        """The reason this override gives for its day."""
        code = DayCode.OVERRIDE_WORKING if self.working else DayCode.OVERRIDE_OFF
        return DayReason(code, name_kk=self.name_kk, name_ru=self.name_ru, basis=self.basis)


class ReceiptDay(NamedTuple):
    """One Astana date a term met, whether it counted, and why."""

    date: date
    counted: bool
    reason: DayReason


class ReceiptDayJson(TypedDict):
    """One day of a receipt for the API."""

    date: str
    counted: bool
    reason: str


ReceiptJson = TypedDict(
    "ReceiptJson",
    {"from": str, "term": str, "due_at": str, "days": list[ReceiptDayJson], "calendar": str},
)


@dataclass(frozen=True, slots=True)
class Receipt:
    """How a term was counted: instants in UTC, ``due_at`` exclusive, days as Astana dates."""

    start: datetime
    term: Term
    due_at: datetime
    days: tuple[ReceiptDay, ...]
    calendar_version: str

    def as_json(self) -> ReceiptJson:
        """The receipt for the API and the command line; times bear Astana's offset.

        A reason reads ``code`` or ``code:key``, as in ``holiday:independence_day``.
        """
        return {
            "from": astana(self.start).isoformat(),
            "term": str(self.term),
            "due_at": astana(self.due_at).isoformat(),
            "days": [
                {"date": day.date.isoformat(), "counted": day.counted, "reason": str(day.reason)}
                for day in self.days
            ],
            "calendar": self.calendar_version,
        }

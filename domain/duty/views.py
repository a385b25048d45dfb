"""What leaves the use cases of duty: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class PersonBrief:
    """A colleague by name; ``position`` as in the membership."""

    id: int
    name: str
    position: str


@dataclass(frozen=True)
class WeekView:
    """Who has the duty in a week; ``instead_of`` whom they stand in for, on its first day left.

    ``person`` None: everybody is told at once.
    """

    monday: date
    person: PersonBrief | None
    instead_of: PersonBrief | None = None
    # Other people on single days of the week, in order.
    others: tuple[tuple[date, PersonBrief | None], ...] = ()


@dataclass(frozen=True)
class AbsenceView:
    """Days, both counted, on which a colleague is away; ``number`` names the entry."""

    number: int
    person: PersonBrief
    first: date
    last: date
    deputy: PersonBrief | None


@dataclass(frozen=True)
class DatesView:
    """Days, both counted, on which a colleague has the duty out of turn."""

    number: int
    person: PersonBrief
    first: date
    last: date


@dataclass(frozen=True)
class DutyPlan:
    """The roster of a company as one of its people sees it."""

    today: date
    weeks: tuple[WeekView, ...]
    turns: tuple[PersonBrief, ...]
    dates: tuple[DatesView, ...]
    absences: tuple[AbsenceView, ...]
    people: tuple[PersonBrief, ...]
    me: int
    is_head: bool

    @property
    def kept(self) -> bool:
        """Whether the company keeps a roster at all."""
        return bool(self.turns or self.dates)

"""When a person is told, as they have chosen: pure, by plain values.

Quiet hours and the digest are the house's; what the law wants told is told in spite of them
wherever waiting could cost its reader anything (docs/interpretations.md).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from domain.clock import ASTANA, astana
from domain.errors import RuleBroken
from domain.identifiers import bare
from domain.notices.kinds import (
    CATEGORIES,
    CONFIRMATIONS_OF_ACTS,
    FAULTS,
    WORKS,
    Category,
    Kind,
)
from domain.notices.model import Lane

QUEUED, MUTED, DIGEST = "queued", "muted", "digest"

DAY = 24 * 60
EVERY_DAY = (1 << 7) - 1
#: A statutory notice waits for the end of quiet hours only if its reader has so long after it.
CLOSE = timedelta(hours=4)

AT_ONCE = frozenset(
    {"remind.me", "service.canary", "channel.test", "broadcast.test", "news.digest"}
    | {"maintenance.announced"}
)
"""What its reader has asked for at this moment, and what serves no other moment. Works are to be
announced two days before (act 627, clause 31): no night is taken from these."""

ALONE = frozenset(
    {"registration.approved", "registration.refused", "role.granted", "role.revoked"}
    | {"account.resumed", "escalation.done"}
)
"""What is no part of a digest: a new menu comes with it, or somebody waits for it."""

_OF_THE_HOUR = (FAULTS, WORKS)
"""Users are to be told of faults and works as they come (act 366, clauses 22 to 28): no digest."""

BEGINS_A_TERM = frozenset(
    {"order.invited", "order.summary", "order.choose_again", "award.selected"}
    | {"contract.proposed", "contract.disputed"}
)
"""With these a term of law begins to run for their reader: no quiet hours take a part of it."""

MUTABLE = frozenset(each.name for each in CATEGORIES if each.mutable)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``first`` to ``last``, in minutes since midnight in Astana, the end exclusive.

    They begin on ``days`` (bit 0: Monday) and end on the next day where ``last`` is earlier.
    """

    first: int
    last: int
    days: int = EVERY_DAY

    def until(self, now: datetime) -> datetime | None:
        """The end of the quiet hours that run now, UTC; None when none run."""
        here = astana(now)
        minute, today = here.hour * 60 + here.minute, here.weekday()
        if self.first < self.last:
            runs, ends = self._begin_on(today) and self.first <= minute < self.last, 0
        elif minute >= self.first:
            runs, ends = self._begin_on(today), 1
        else:
            runs, ends = minute < self.last and self._begin_on((today - 1) % 7), 0
        return _at(here, ends, self.last) if runs else None

    def _begin_on(self, weekday: int) -> bool:
        return bool(self.days >> weekday & 1)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person has chosen; the default is to be told everything at once."""

    quiet: QuietHours | None = None
    # In minutes since midnight in Astana.
    digest_at: int | None = None
    muted: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Placed:
    """What becomes of a notice: its state, and the instant before which it does not go."""

    state: str
    not_before: datetime


def _at(here: datetime, days: int, minutes: int) -> datetime:
    midnight = datetime(here.year, here.month, here.day, tzinfo=ASTANA)
    return midnight.astimezone(UTC) + timedelta(days=days, minutes=minutes)


def next_digest(minutes: int, now: datetime) -> datetime:
    """The next instant after ``now`` at which Astana's clock shows these minutes of the day."""
    here = astana(now)
    later = here.hour * 60 + here.minute < minutes
    return _at(here, 0 if later else 1, minutes)


def may_wait(kind: Kind) -> bool:
    """Whether quiet hours can hold notices of a kind at all."""
    return kind.name not in AT_ONCE and kind.category is not CONFIRMATIONS_OF_ACTS


def may_be_collected(kind: Kind) -> bool:
    """Whether notices of a kind can be part of a digest."""
    waits = may_wait(kind) and kind.category not in _OF_THE_HOUR
    return waits and kind.lane is not Lane.STATUTORY and kind.name not in ALONE


def goes_at(
    quiet: QuietHours | None, kind: Kind, now: datetime, useless_after: datetime | None
) -> datetime:
    """From when a notice that is not part of a digest may be sent.

    A statutory one waits only where its deadline is known and lies more than ``CLOSE`` behind the
    end of the quiet hours, and never where a term begins with it.
    """
    end = quiet.until(now) if quiet is not None else None
    if end is None or not may_wait(kind):
        return now
    if kind.lane is Lane.STATUTORY:
        close = useless_after is None or useless_after <= end + CLOSE
        if close or kind.name in BEGINS_A_TERM:
            return now
    return end


def placed(
    wishes: Wishes, kind: Kind, now: datetime, useless_after: datetime | None = None
) -> Placed:
    """What becomes of a notice written now. ``placing.py`` says the same to the database."""
    if kind.mutable and kind.category.name in wishes.muted:
        return Placed(MUTED, now)
    if wishes.digest_at is not None and may_be_collected(kind):
        return Placed(DIGEST, next_digest(wishes.digest_at, now))
    return Placed(QUEUED, goes_at(wishes.quiet, kind, now, useless_after))


def placed_anew(
    wishes: Wishes, kind: Kind, state: str, now: datetime, useless_after: datetime | None
) -> Placed:
    """Where a notice belongs that waits (``state``) while its reader changes their mind.

    What waits for the end of quiet hours never moves into a digest, so nothing is put off twice;
    what was collected goes with the next digest, or by itself when there is none any more; what
    is muted now stays in the list for good.
    """
    if kind.mutable and kind.category.name in wishes.muted:
        return Placed(MUTED, now)
    if state == DIGEST and wishes.digest_at is not None:
        return Placed(DIGEST, next_digest(wishes.digest_at, now))
    return Placed(QUEUED, goes_at(wishes.quiet, kind, now, useless_after))


# Checks


_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?")
_MOST_TYPED = 40


def parse_clock(text: str) -> int:
    """A time of day in minutes: ``9``, ``9:30``, ``09.30``; raises ``clock_format``."""
    found = _CLOCK.fullmatch(bare(text[: _MOST_TYPED + 1]).strip())
    if found is None:
        raise RuleBroken("clock_format")
    hour, minute = int(found[1]), int(found[2] or 0)
    if hour > 23 or minute > 59:
        raise RuleBroken("clock_format")
    return hour * 60 + minute


def parse_hours(text: str) -> tuple[int, int]:
    """Two times of day: ``22:00-07:30``, ``22 7:30``; raises ``hours_format``."""
    parts = re.split(r"\s*[-–—]\s*|\s+", bare(text[: _MOST_TYPED + 1]).strip())
    if len(parts) != 2:
        raise RuleBroken("hours_format")
    try:
        return parse_clock(parts[0]), parse_clock(parts[1])
    except RuleBroken:
        raise RuleBroken("hours_format") from None


def check_quiet(quiet: QuietHours) -> QuietHours:
    """The hours as they can be kept; raises ``hours_format``, ``quiet_empty``, ``quiet_days``."""
    if not (0 <= quiet.first < DAY and 0 <= quiet.last < DAY):
        raise RuleBroken("hours_format")
    if quiet.first == quiet.last:
        raise RuleBroken("quiet_empty")
    if not 0 < quiet.days <= EVERY_DAY:
        raise RuleBroken("quiet_days")
    return quiet


def check_digest(minutes: int) -> int:
    """The time of the digest; raises ``clock_format``."""
    if not 0 <= minutes < DAY:
        raise RuleBroken("clock_format")
    return minutes


def check_mutable(name: str, categories: Collection[Category] = CATEGORIES) -> str:
    """A category that may be muted (act 366, clause 11: the others are told in any case).

    Raises ``category_unknown``, ``category_told``.
    """
    found = next((each for each in categories if each.name == name), None)
    if found is None:
        raise RuleBroken("category_unknown")
    if not found.mutable:
        raise RuleBroken("category_told", "366-11", category=name)
    return name

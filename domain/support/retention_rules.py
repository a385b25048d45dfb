"""How long recordings of support are kept (act 366, clause 21.2): pure rules.

At most a year, counted by dates in Astana: what was collected on 20 November is kept through
19 November of the next year and destroyed as 20 November begins, so no hour beyond a year. An
installation may keep them for fewer days. While a dispute is marked nothing is destroyed; once
it is settled the term is in force again, counted from the collection: the law lets the time be
longer only until the dispute is settled, so what is over by then is destroyed, a working day
after the settling: destruction is prepared, and somebody can still say that it was a mistake.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from domain.clock import ASTANA, as_utc, astana
from domain.law import RECORDING_YEARS

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Dispute:
    """A time for which a dispute holds; open while ``settled_at`` (the last of it) is None."""

    set_at: datetime
    settled_at: datetime | None = None


def midnight(day: date) -> datetime:
    """The instant at which a day begins in Astana, in UTC."""
    return datetime.combine(day, time(), ASTANA).astimezone(UTC)


def next_midnight(now: datetime) -> datetime:
    """The instant at which the next day begins in Astana."""
    return midnight(astana(now).date() + _DAY)


def _anniversary(day: date) -> date:
    """The same date after the most years the law allows; of 29 February it is 28 February."""
    try:
        return day.replace(year=day.year + RECORDING_YEARS.value)
    except ValueError:
        return day.replace(year=day.year + RECORDING_YEARS.value, day=28)


def _end_date(day: date, keep_days: int | None) -> date:
    most = _anniversary(day)
    return most if keep_days is None else min(most, day + timedelta(days=keep_days))


def end_of_keeping(collected_at: datetime, keep_days: int | None) -> datetime:
    """When the term of a recording is over, exclusive, in UTC; ``keep_days`` only shortens it."""
    return midnight(_end_date(astana(collected_at).date(), keep_days))


def collected_before(now: datetime, keep_days: int | None) -> datetime:
    """Recordings collected before this instant are over their term at ``now``, no others."""
    today = astana(now).date()
    # No term is longer than a leap year: the last day that is over is found from there on.
    day = today - timedelta(days=366 * RECORDING_YEARS.value + 1)
    if keep_days is not None:
        day = max(day, today - timedelta(days=keep_days))
    while _end_date(day + _DAY, keep_days) <= today:
        day += _DAY
    return midnight(day + _DAY)


def kept_until(
    collected_at: datetime, keep_days: int | None, disputes: Sequence[Dispute]
) -> datetime | None:
    """The first moment at which a recording may and must go; None while a dispute holds it.

    A dispute marked only after that moment comes too late.
    """
    until = end_of_keeping(collected_at, keep_days)
    for dispute in sorted(disputes, key=lambda each: each.set_at):
        if dispute.set_at > until:
            break
        if dispute.settled_at is None:
            return None
        until = max(until, as_utc(dispute.settled_at))
    return until


def month_of(day: date) -> tuple[date, date]:
    """The first days of the month of a day, and of the month after it."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)

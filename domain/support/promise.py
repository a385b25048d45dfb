"""The promise of support: whether an operator answers now, and by when a request is worked.

Pure: a calendar, a regime and a moment in, a verdict out. A request that comes before the hours
of a working day, or in a break, is worked by the end of that same day (stricter than the letter
of act 366, clause 19.2, and as clauses 19.3 and 19.4 have it for e-mail).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from domain.calendar import WorkingCalendar
from domain.clock import as_utc, astana
from domain.errors import RuleBroken
from domain.support.regimes import Regime
from domain.terms import Receipt

Channel = Literal["chat", "voice", "email", "phone", "api"]

#: The clause that speaks of a request: in hours, out of hours on a working day, on a day off.
#: By the clause of the channel's promise; one that is not here speaks of all moments.
_BY_MOMENT: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "366-19.1": ("366-19.1", "366-19.2", "366-19.2"),
        "366-19.2": ("366-19.1", "366-19.2", "366-19.2"),
        "366-19.3": ("366-19.3", "366-19.3", "366-19.4"),
        "627-16": ("627-15.hours", "627-16", "627-16"),
    }
)


@dataclass(frozen=True, slots=True)
class Promise:
    """What a person is promised who asks at a moment.

    ``open``: operators are there and answer now. ``due_at`` (UTC, exclusive) is the end of the
    hours of the day in which the request is worked, ``receipt`` how it was counted, ``clause``
    the source. ``registered_at`` is when the journal has the request.
    """

    open: bool
    due_at: datetime
    receipt: Receipt
    clause: str | None
    registered_at: datetime


def promise(calendar: WorkingCalendar, regime: Regime, channel: Channel, at: datetime) -> Promise:
    """The promise to whoever asks at ``at``.

    Acts 366, clauses 19.1-19.4, and 627, clauses 15 and 16; days and hours are those of Astana
    (act 627, clause 7). Raises RuleBroken
    ``channel_unknown``, ``naive_time`` and ``calendar_range``.
    """
    period = regime.promises.get(channel)
    if period is None:
        raise RuleBroken("channel_unknown", None, channel=channel[:20])
    at = as_utc(at)
    is_open = calendar.is_open(at, regime.hours)
    receipt = calendar.due(at, period.term)
    clause = period.clause
    if clause is not None and clause in _BY_MOMENT:
        now, later, day_off = _BY_MOMENT[clause]
        worked = calendar.is_working(astana(at).date())
        clause = now if is_open else later if worked else day_off
    return Promise(
        is_open, receipt.due_at, receipt, clause, registered(calendar, regime, channel, at)
    )


def registered(
    calendar: WorkingCalendar, regime: Regime, channel: Channel, at: datetime
) -> datetime:
    """When the journal has a request: an e-mail out of hours on the next working day (627-16).

    Before the hours of a working day, and in a break, that is the next moment of work.
    """
    if channel != "email" or regime.registers_next_day is None:
        return at
    return next_opening(calendar, regime, at)


def next_opening(calendar: WorkingCalendar, regime: Regime, at: datetime) -> datetime:
    """The first moment from ``at`` on when operators are there."""
    if calendar.is_open(at, regime.hours):
        return as_utc(at)
    day = astana(at).date()
    if calendar.is_working(day):
        for opens, _ in regime.hours:
            if (begins := calendar.at(day, opens)) > at:
                return begins
    return calendar.at(calendar.next_working_day(day), regime.hours[0][0])

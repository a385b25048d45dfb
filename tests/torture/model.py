"""What must be true, kept by the driver itself: it shares no code with the rules it judges.

The terms are counted here anew from the acts (two working days for offers and for a confirmation,
counted from the day after; an end is the midnight after the last day, exclusive).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone

ASTANA = timezone(timedelta(hours=5))
#: Days off in the weeks in which the seeds play, besides Saturdays and Sundays.
_DAYS_OFF = frozenset({date(2026, 12, 16), date(2027, 1, 1), date(2027, 1, 4), date(2027, 1, 7)})
_SATURDAY = 5
#: Working hours of a day (act 366, clause 19.1).
_OPENS, _SHUTS = time(9), time(18, 30)
OFFER_DAYS = CONFIRMATION_DAYS = 2
_INSTANT = timedelta(microseconds=1)


@dataclass
class Days:
    """The calendar as the driver knows it: ``changed`` are days made working or free."""

    changed: dict[date, bool] = field(default_factory=dict)

    def working(self, day: date) -> bool:
        """Whether a day is worked."""
        if day in self.changed:
            return self.changed[day]
        return day.weekday() < _SATURDAY and day not in _DAYS_OFF

    def end(self, start: datetime, count: int) -> datetime:
        """The end of a term of so many working days that begins at an instant; in UTC."""
        day = start.astimezone(ASTANA).date()
        while count:
            day += timedelta(days=1)
            count -= self.working(day)
        return datetime.combine(day + timedelta(days=1), time(), ASTANA).astimezone(UTC)

    def minutes(self, start: datetime, count: int) -> datetime:
        """The end of so many working minutes from an instant; in UTC."""
        at, left = start.astimezone(ASTANA), timedelta(minutes=count)
        while True:
            day = at.date()
            opens = datetime.combine(day, _OPENS, ASTANA)
            shuts = datetime.combine(day, _SHUTS, ASTANA)
            at = max(at, opens)
            if self.working(day) and at < shuts:
                if left <= shuts - at:
                    return (at + left).astimezone(UTC)
                left -= shuts - at
            at = datetime.combine(day + timedelta(days=1), time(), ASTANA)


@dataclass
class Offer:
    """An offer that was made; ``taken`` is what the answer said."""

    maker: str
    price: int
    at: datetime
    due: datetime
    taken: bool


@dataclass
class Award:
    """A volume given to a supplier, and what its supplier did about it."""

    number: int
    maker: str
    quantity: int
    started_at: datetime
    due: datetime
    decided_at: datetime | None = None
    outcome: str | None = None
    #: Somebody said that they have seen it, or acted, before the chain could leave the company.
    in_time: bool = False
    seen_at: datetime | None = None
    #: The driver waited until the other side was told that nobody answers.
    climbed: bool = False

    def close(self, now: datetime) -> None:
        """Time is over without a word."""
        if self.outcome is None and now >= self.due:
            self.outcome = "lapsed"


@dataclass
class Order:
    """An order as the answers tell it."""

    number: int
    price_base: int
    published_at: datetime | None = None
    due: datetime | None = None
    offers: list[Offer] = field(default_factory=list)
    awards: list[Award] = field(default_factory=list)
    contracted: str | None = None

    @property
    def taken(self) -> list[Offer]:
        """Offers that count: the last of each supplier."""
        newest = {each.maker: each for each in self.offers if each.taken}
        return list(newest.values())


@dataclass
class Ledger:
    """All that was promised to the driver, by answers that it got."""

    days: Days = field(default_factory=Days)
    orders: list[Order] = field(default_factory=list)
    #: Numbers of requests and reports, by what was written in them.
    tickets: dict[str, int] = field(default_factory=dict)
    reports: dict[str, int] = field(default_factory=dict)
    #: Texts that people wrote in the chat, each of which has to be a request.
    written: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def expect(self, holds: bool, what: str) -> None:
        """Put down what should hold and does not."""
        if not holds:
            self.broken.append(what)

    def change_day(self, day: date, working: bool, now: datetime) -> None:
        """A day is made working or free: every term that still runs is counted anew."""
        self.days.changed[day] = working
        for order in self.orders:
            if order.published_at is not None and order.due is not None and order.due > now:
                order.due = self.days.end(order.published_at, OFFER_DAYS)
            for award in order.awards:
                if award.outcome is None and award.due > now:
                    award.due = self.days.end(award.started_at, CONFIRMATION_DAYS)


def moment_in(mode: str, start: datetime, due: datetime, share: float) -> datetime:
    """When somebody acts: at a ``share`` of the term, at its last instant, at its end, or later."""
    if mode == "last":
        return due - _INSTANT
    if mode == "late":
        return due
    return start + (due - start) * share

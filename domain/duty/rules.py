"""Who is on duty for a company on a day: pure, by plain values.

A roster is a courtesy of the company to itself. Whoever it names is told first; where it names
nobody who can be reached, everybody of the company is told, as without one: the law has notices
sent to the company (act 344, clause 13; act 366, clause 11), and no roster stands in their way.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.errors import RuleBroken

WEEK = timedelta(days=7)
#: Rules of the house: how many take turns, and how long one entry of dates or an absence may be.
MOST_TURNS = 12
MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days, both counted, on which a person has the duty out of turn."""

    person: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Away:
    """Days, both counted, on which a person is away, and who stands in, if anybody."""

    person: int
    first: date
    last: date
    deputy: int | None = None


@dataclass(frozen=True, slots=True)
class Roster:
    """Turns of a week from Monday to Sunday since a Monday; dates outrank them, the newest first.

    ``dates`` are in the order in which they were entered.
    """

    since: date
    turns: tuple[int, ...] = ()
    dates: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True)
class Watch:
    """Who has the duty of a day, for whom they stand in, and who comes next.

    ``person`` None: nobody can be told first, so everybody is.
    """

    person: int | None
    instead_of: int | None = None
    deputy: int | None = None


def monday_of(day: date) -> date:
    """The Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


def planned(roster: Roster, day: date) -> int | None:
    """Whom the roster names for a day, here or away."""
    for each in reversed(roster.dates):
        if each.first <= day <= each.last:
            return each.person
    if not roster.turns:
        return None
    weeks = (monday_of(day) - monday_of(roster.since)) // WEEK
    return roster.turns[weeks % len(roster.turns)]


def away_on(aways: Sequence[Away], person: int, day: date) -> Away | None:
    """The absence of a person that holds on a day; the newest decides."""
    found = [each for each in aways if each.person == person and each.first <= day <= each.last]
    return found[-1] if found else None


def on_duty(roster: Roster, aways: Sequence[Away], there: Collection[int], day: date) -> Watch:
    """Who has the duty on a day; ``there``: who acts for the company and can be reached.

    Whoever is away is stood in for by their deputy. The deputy of the watch is whose turn is next.
    """
    named = planned(roster, day)
    if named is None:
        return Watch(None)
    person, instead_of = named, None
    absence = away_on(aways, named, day)
    if absence is not None:
        if absence.deputy is None or away_on(aways, absence.deputy, day) is not None:
            return Watch(None, named)
        person, instead_of = absence.deputy, named
    if person not in there:
        return Watch(None, named)
    return Watch(person, instead_of, _next(roster, aways, there, day, person))


def _next(
    roster: Roster, aways: Sequence[Away], there: Collection[int], day: date, person: int
) -> int | None:
    turns = roster.turns
    if not turns:
        return None
    weeks = (monday_of(day) - monday_of(roster.since)) // WEEK
    at = turns.index(person) if person in turns else weeks % len(turns)
    for each in (*turns[at + 1 :], *turns[: at + 1]):
        if each != person and each in there and away_on(aways, each, day) is None:
            return each
    return None


def check_turns(turns: Sequence[int]) -> tuple[int, ...]:
    """Turns of different people, at most ``MOST_TURNS``; raises ``duty_turns``."""
    if len(turns) > MOST_TURNS or len(set(turns)) != len(turns):
        raise RuleBroken("duty_turns", None, limit=MOST_TURNS)
    return tuple(turns)


def check_days(first: date, last: date, today: date) -> None:
    """Days in their order that are not over yet and not too many; raises ``duty_days``."""
    if last < first or last < today or (last - first).days >= MOST_DAYS or first.year > 2039:
        raise RuleBroken("duty_days", None, limit=MOST_DAYS)


def check_deputy(person: int, deputy: int | None) -> None:
    """Nobody stands in for themselves; raises ``duty_deputy_self``."""
    if person == deputy:
        raise RuleBroken("duty_deputy_self")


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who acts for the company; ``reachable``: Telegram takes messages for them."""

    person: int
    name: str
    position: str
    reachable: bool = True


@dataclass(frozen=True, slots=True)
class LineUp:
    """In which order people of a company are woken on a day.

    ``first``: at once. ``everybody``: the whole company but those away; all of it where nobody
    else is left. ``held_back``: whether anybody is not told at once.
    """

    first: tuple[int, ...]
    deputy: int | None
    heads: tuple[int, ...]
    everybody: tuple[int, ...]
    held_back: bool


def _heads(
    members: Sequence[Member], aways: Sequence[Away], here: Collection[int], day: date
) -> tuple[int, ...]:
    """The heads who are here, and whoever stands in for one who is away."""
    found = []
    for each in members:
        if each.position != "head":
            continue
        away = None if each.person in here else away_on(aways, each.person, day)
        person = each.person if away is None else away.deputy
        if person is not None and person in here and person not in found:
            found.append(person)
    return tuple(found)


def line_up(
    members: Sequence[Member], roster: Roster | None, aways: Sequence[Away], day: date
) -> LineUp:
    """Who is told first, then whom the chain wakes; everybody first where nobody is on duty."""
    every = tuple(each.person for each in members)
    here = tuple(person for person in every if away_on(aways, person, day) is None) or every
    there = {each.person for each in members if each.reachable}
    heads = _heads(members, aways, here, day)
    watch = Watch(None) if roster is None else on_duty(roster, aways, there, day)
    if watch.person is None:
        first = here if any(person in there for person in here) else every
        return LineUp(first, None, heads, here, first != every)
    return LineUp((watch.person,), watch.deputy, heads, here, every != (watch.person,))

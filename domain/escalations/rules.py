"""How a chain climbs: pure, by plain values.

A chain is a row of steps. Each says who is woken, and after how many working minutes without
anybody having seen the notice or acted. Nobody is woken twice in one channel, but by a step that
says ``again``. A step that would wake nobody falls through to the next at once; only what leaves
the company keeps its own time: a small company is not denounced earlier than a large one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from domain.base import Json
from domain.errors import RuleBroken
from domain.terms import Term, Unit

TELEGRAM, EMAIL_CHANNEL = "telegram", "email"


class Who(StrEnum):
    """Whom a step wakes."""

    DUTY = "duty"
    DEPUTY = "deputy"
    HEAD = "head"
    COMPANY = "company"
    EMAIL = "email"
    OTHER_SIDE = "other_side"
    ADMIN = "admin"
    # At the desk: who has the ticket, or the shift; then the lead as well. Of a fault: whoever
    # its term concerns.
    KEEPER = "keeper"
    LEAD = "lead"


OUTSIDE = frozenset({Who.OTHER_SIDE, Who.ADMIN})
Hand = tuple[int, str]
"""A person and the channel in which they are woken."""


@dataclass(frozen=True, slots=True)
class Step:
    """Who is woken, and how many working minutes after the step before."""

    who: tuple[Who, ...]
    after: int
    again: bool = False

    @property
    def outside(self) -> bool:
        """Whether it tells others than those who have to act."""
        return any(each in OUTSIDE for each in self.who)

    def as_json(self) -> dict[str, object]:
        """The step as rows hold it."""
        return {"who": [each.value for each in self.who], "after": self.after, "again": self.again}

    @classmethod
    def from_json(cls, given: Json) -> Self:
        """What ``as_json`` made."""
        who = given["who"]
        after = given["after"]
        if not isinstance(who, list) or not isinstance(after, int):
            raise ValueError(f"no step: {given}")
        return cls(tuple(Who(each) for each in who), after, bool(given.get("again")))


@dataclass(frozen=True, slots=True)
class Rung:
    """A step taken: its place in the chain and whom it wakes."""

    step: int
    hands: tuple[Hand, ...]


Present = Mapping[Who, Collection[Hand]]


def first_rung(steps: Sequence[Step], at: int, there: Present, woken: Collection[Hand]) -> Rung:
    """The first step from ``at`` on that wakes anybody, or the last one before a later time.

    A rung without hands: nobody is there, and the next step leaves the company at its own time,
    or there is none. Where nobody who is still there was ever woken, the last step falls back on
    the administrators, whoever it names.
    """
    everybody = {hand for hands in there.values() for hand in hands}
    for number in range(at, len(steps)):
        step = steps[number]
        last = number + 1 == len(steps)
        hands = hands_of(step, there, woken)
        if last and not hands and not everybody & set(woken):
            hands = tuple(sorted(there.get(Who.ADMIN, ())))
        if hands or last or (steps[number + 1].outside and not step.outside):
            return Rung(number, hands)
    raise ValueError("a chain without steps")


def hands_of(step: Step, there: Present, woken: Collection[Hand]) -> tuple[Hand, ...]:
    """Whom a step wakes: those it names who have not been woken before, unless it says again."""
    named = {hand for who in step.who for hand in there.get(who, ())}
    return tuple(sorted(named if step.again else named - set(woken)))


def due_after(steps: Sequence[Step], step: int) -> tuple[int, bool]:
    """Working minutes until a step, and whether they run from the beginning of the chain.

    A step inside the company runs from the one before it, as that was taken; one that leaves it
    from the beginning.
    """
    if steps[step].outside and step:
        return sum(each.after for each in steps[: step + 1]), True
    return steps[step].after, False


def term_of(minutes: int, hours: str = "366") -> Term:
    """So many working minutes in the hours of an act."""
    return Term(max(1, minutes), Unit.WORKING_MINUTES, hours)


#: Rules of the house for chains of companies: each wait, in working minutes.
SHORTEST, LONGEST = 15, 1140
#: What a company may leave out of its chain.
OPTIONAL = frozenset({Who.DEPUTY, Who.HEAD, Who.EMAIL})


def check_chain(steps: Sequence[Step], default: Sequence[Step], longest: int) -> tuple[Step, ...]:
    """A company's own chain: the steps of the one in code, in its order, within bounds.

    Only optional steps may be left out; the company as a whole and the last step never. Raises
    ``escalation_steps``, ``escalation_wait``, ``escalation_too_long``.
    """
    given = [who for step in steps for who in step.who]
    known = [who for step in default for who in step.who]
    if given != [who for who in known if who in given or who not in OPTIONAL]:
        raise RuleBroken("escalation_steps")
    if any(step.again for step in steps) or any(not step.who for step in steps):
        raise RuleBroken("escalation_steps")
    for number, step in enumerate(steps):
        least = 0 if number == 0 else SHORTEST
        if not least <= step.after <= (LONGEST if number else 0):
            raise RuleBroken("escalation_wait", None, minimum=SHORTEST, maximum=LONGEST)
    if sum(step.after for step in steps) > longest:
        raise RuleBroken("escalation_too_long", None, limit=longest)
    return tuple(steps)


def paced(steps: Sequence[Step], numerator: int, denominator: int, longest: int) -> list[Step]:
    """The steps with every wait made shorter or longer, within the bounds of ``check_chain``."""
    found = []
    left = longest
    for number, step in enumerate(steps):
        rest = len(steps) - number - 1
        wait = step.after * numerator // denominator
        wait = min(max(wait, SHORTEST), LONGEST, left - rest * SHORTEST) if number else 0
        left -= wait
        found.append(Step(step.who, wait))
    return found


def without(steps: Sequence[Step], who: Who) -> list[Step]:
    """The steps with one kind of people left out; a step nobody is left of gives up its wait.

    The wait goes to the step after it, so that what comes last comes when it did.
    """
    found: list[Step] = []
    owed = 0
    for step in steps:
        rest = tuple(each for each in step.who if each is not who)
        if not rest:
            owed += step.after
            continue
        found.append(Step(rest, min(step.after + owed, LONGEST), step.again))
        owed = 0
    return found

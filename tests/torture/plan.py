"""What a seed is: everything is drawn here, before anything runs.

Running draws nothing: the same seed is the same acts in the same order, struck by the same faults
at the same crossings. How processes interleave between two acts is the machine's affair and not
repeated exactly.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.torture.stage import MAKERS

#: Days on which seeds begin: before a week-end, in the middle of a week, before a holiday.
_STARTS = (
    "2026-11-20T10:00:00+05:00",
    "2026-11-24T09:10:00+05:00",
    "2026-11-27T17:45:00+05:00",
    "2026-12-14T11:20:00+05:00",
)
_OFFERS = ("mid", "mid", "mid", "mid", "last", "late", "none")
_DECISIONS = ("mid", "mid", "last", "late", "refuse", "none")
_SHARE = (0.05, 0.9)
#: At how many acts of a seed something goes wrong, and how many things at most.
_STRUCK = 0.5
_MOST = 2


@dataclass(frozen=True)
class Strike:
    """A fault: what, where, at the so many-th crossing."""

    kind: str
    replica: int
    count: int
    share: float


@dataclass(frozen=True)
class OfferPlan:
    """When a supplier offers, and for how much."""

    mode: str
    share: float
    price: int
    by_chat: bool


@dataclass(frozen=True)
class OrderPlan:
    """The life of an order."""

    after: timedelta
    offers: tuple[OfferPlan, ...]
    select_share: float
    split: bool
    decisions: tuple[tuple[str, float], ...]
    contract: bool
    #: Of each award: when its supplier says that they have seen it; whether the driver looks on
    #: while the chain climbs.
    seen: tuple[str, ...]
    watched: bool


@dataclass(frozen=True)
class OtherPlan:
    """An act beside the orders: what, when, by whom."""

    what: str
    after: timedelta
    who: int


@dataclass(frozen=True)
class Plan:
    """A seed, drawn."""

    seed: int
    start: datetime
    replicas: int
    webhook: bool
    orders: tuple[OrderPlan, ...]
    others: tuple[OtherPlan, ...]
    strikes: tuple[tuple[Strike, ...], ...] = field(repr=False)

    def struck_at(self, act: int) -> tuple[Strike, ...]:
        """What goes wrong at the so many-th act."""
        return self.strikes[act] if act < len(self.strikes) else ()


def _order(chance: random.Random, number: int, base: int = 711_000) -> OrderPlan:
    offers = tuple(
        OfferPlan(
            chance.choice(_OFFERS),
            chance.uniform(*_SHARE),
            # Of every offer another one: so it is seen in whose chat it is named.
            base + 1000 * number + 100 * maker + chance.randrange(1, 99),
            chance.random() < 0.3,
        )
        for maker in range(len(MAKERS))
    )
    return OrderPlan(
        timedelta(minutes=chance.randrange(0, 600)),
        offers,
        chance.uniform(*_SHARE),
        chance.random() < 0.6,
        tuple((chance.choice(_DECISIONS), chance.uniform(*_SHARE)) for _ in range(2)),
        chance.random() < 0.6,
        tuple(chance.choice(_SEEN) for _ in range(2)),
        chance.random() < 0.4,
    )


_SEEN = ("early", "late", "never")
_OTHERS = ("write", "write", "ask", "report", "menu", "menu", "voice")


def _strike(chance: random.Random, kinds: Sequence[str], replicas: int) -> Strike:
    return Strike(
        chance.choice(kinds), chance.randrange(replicas), chance.randint(1, 4), chance.random()
    )


def _other(chance: random.Random, whats: Sequence[str] = _OTHERS) -> OtherPlan:
    return OtherPlan(
        chance.choice(whats),
        timedelta(minutes=chance.randrange(0, 6 * 24 * 60)),
        chance.randrange(len(MAKERS)),
    )


def draw(seed: int, kinds: Sequence[str], *, acts: int = 60) -> Plan:
    """The plan of a seed; ``kinds`` are the faults there are, in a fixed order."""
    chance = random.Random(seed)
    replicas = chance.choice((1, 1, 2, 2, 3))
    orders = tuple(_order(chance, number) for number in range(chance.randint(1, 2)))
    others = [_other(chance) for _ in range(chance.randint(2, 4))]
    strikes = tuple(
        tuple(
            _strike(chance, kinds, replicas)
            for _ in range(chance.randint(1, _MOST) if chance.random() < _STRUCK else 0)
        )
        for _ in range(acts)
    )
    # Every kind of fault comes in its turn, whatever chance does: one act of each seed has it.
    turn = Strike(
        kinds[seed % len(kinds)], chance.randrange(replicas), chance.randint(1, 4), chance.random()
    )
    first = chance.randrange(1, 6)
    strikes = (*strikes[:first], (turn, *strikes[first][: _MOST - 1]), *strikes[first + 1 :])
    return Plan(
        seed,
        datetime.fromisoformat(chance.choice(_STARTS)),
        replicas,
        chance.random() < 0.75,
        orders,
        tuple(others),
        strikes,
    )


#: So many orders at most have prices of their own below what is allocated.
MOST_ORDERS = 500
#: Faults in a big town: so many times each kind, and about so many acts for each order.
_EACH_KIND, _ACTS = 3, 10
#: What one person writes stays one request; each that a platform asks is another.
_OF_TOWN = (*["ask"] * 4, *["report"] * 4, "write", "menu", "voice")


def draw_town(seed: int, kinds: Sequence[str], orders: int) -> Plan:
    """So many orders at once, as many requests and reports, three processes, every fault."""
    chance = random.Random(seed)
    replicas, acts = 3, _ACTS * orders
    dealt = [each for each in kinds for _ in range(_EACH_KIND)]
    chance.shuffle(dealt)
    struck: list[tuple[Strike, ...]] = [()] * acts
    for act, kind in zip(chance.sample(range(acts), acts // 2), dealt, strict=False):
        struck[act] = (_strike(chance, (kind,), replicas),)
    return Plan(
        seed,
        datetime.fromisoformat(_STARTS[0]),
        replicas,
        webhook=True,
        orders=tuple(_order(chance, number, 200_000) for number in range(orders)),
        others=tuple(_other(chance, _OF_TOWN) for _ in range(orders)),
        strikes=tuple(struck),
    )

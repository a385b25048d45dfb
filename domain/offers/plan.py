"""The cover planner: the cheapest mix of accepted offers for what a line still needs.

It only proposes; the customer decides (act 344, clause 13.6). Each line is planned by itself, for
sums are allocated by line. Of all mixes within the volume still needed and the sum still free it
takes the one with, in this order:

1. most volume covered;
2. least cost, by the prices that would be awarded;
3. fewest suppliers;
4. the earliest end of delivery, then the fewest days over all picks;
5. the offers ranked first: by unit price, volume, delivery days, number.

At most one offer of a line is taken in part. Volumes are divisible down to the finest decimal
that the line or an offer uses: pieces stay whole, tonnes with 2 decimals split by 0.01. A part
costs in proportion, rounded half up to 0.01 tenge. One part is enough for the best mix: were two
offers taken in part, moving volume to the cheaper one costs no more, but for the rounding of the
last 0.01 tenge, and suppliers would rather have whole lots.

Up to ``EXACT_OFFERS`` offers the search is exact. With more, offers are taken by rank, which is
exact in volume and cost but for that rounding, while criteria 3 and 4 are met as far as rank goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import gcd
from typing import NamedTuple

from domain.money import cents, from_cents, from_mills, mills, proportional_price

EXACT_OFFERS = 10


@dataclass(frozen=True, slots=True)
class PlanOffer:
    """An accepted offer whose supplier has neither refused this line nor let it lapse.

    ``price`` in tenge is for the whole ``quantity``; ``taken`` is the volume of it already
    selected or confirmed.
    """

    offer_id: int
    supplier: str
    quantity: Decimal
    price: Decimal
    delivery_days: int
    taken: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class PlanNeed:
    """A line to be covered: volume and sum in tenge of the order, and what awards hold of them."""

    line: int
    needed: Decimal
    allocated: Decimal
    offers: Sequence[PlanOffer]
    taken_quantity: Decimal = Decimal(0)
    taken_sum: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Pick:
    """A volume proposed to be given to a supplier, and its price in tenge."""

    offer_id: int
    supplier: str
    quantity: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True)
class PlanLine:
    """The proposal for a line: picks by rank, their cost, and the volume nobody covers."""

    line: int
    picks: tuple[Pick, ...]
    uncovered: Decimal
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Plan:
    """The proposal for an order, line by line."""

    lines: tuple[PlanLine, ...]

    @property
    def cost(self) -> Decimal:
        """The sum of all picks in tenge."""
        return sum((line.cost for line in self.lines), Decimal("0.00"))

    @property
    def complete(self) -> bool:
        """Whether every line is wholly covered."""
        return not any(line.uncovered for line in self.lines)


class _Lot(NamedTuple):
    """An offer in steps of the line and hundredths of a tenge."""

    offer: PlanOffer
    free: int  # steps that can still be taken
    whole: int  # steps that cost `price`
    price: int

    def cost(self, steps: int) -> int:
        return (2 * self.price * steps + self.whole) // (2 * self.whole)

    def affordable(self, steps: int, budget: int) -> int:
        """The most steps, up to ``steps``, whose rounded cost fits; 0 when they would be free."""
        # round(price * n / whole) <= budget  <=>  2 * price * n < (2 * budget + 1) * whole
        most = min(steps, self.free, ((2 * budget + 1) * self.whole - 1) // (2 * self.price))
        return most if most > 0 and self.cost(most) > 0 else 0


class _Mix(NamedTuple):
    """A candidate: places of lots by rank, each with its steps."""

    picks: tuple[tuple[int, int], ...]
    volume: int
    cost: int


def plan(needs: Iterable[PlanNeed]) -> Plan:
    """The proposal for all lines of an order."""
    return Plan(tuple(plan_line(need) for need in needs))


def coverable(need: PlanNeed) -> bool:
    """Whether any open volume of the line can be given at all; cheaper than the proposal."""
    wanted, budget, step = _open(need)
    return any(lot.affordable(wanted // step, budget) for lot in _ranked(need.offers, step))


def _open(need: PlanNeed) -> tuple[int, int, int]:
    """What is open: volume in thousandths, sum in hundredths, and the unit of division."""
    wanted = max(mills(need.needed) - mills(need.taken_quantity), 0)
    budget = max(cents(need.allocated) - cents(need.taken_sum), 0)
    return wanted, budget, _step(need, wanted)


def plan_line(need: PlanNeed) -> PlanLine:
    """The proposal for one line; the same offers in any order give the same answer."""
    wanted, budget, step = _open(need)
    lots = _ranked(need.offers, step)
    steps = wanted // step
    search = _exact if len(lots) <= EXACT_OFFERS else _greedy
    best = search(lots, steps, budget)
    picks = tuple(
        Pick(
            lots[place].offer.offer_id,
            lots[place].offer.supplier,
            quantity := from_mills(amount * step),
            proportional_price(lots[place].offer.price, quantity, lots[place].offer.quantity),
        )
        for place, amount in best.picks
    )
    return PlanLine(
        need.line, picks, from_mills(wanted - best.volume * step), from_cents(best.cost)
    )


def _step(need: PlanNeed, wanted: int) -> int:
    """The unit of division in thousandths: 1000 where all is whole, 1 where 3 decimals occur."""
    amounts = [wanted]
    for offer in need.offers:
        amounts += [mills(offer.quantity), mills(offer.taken)]
    return gcd(1000, *(_finest(amount) for amount in amounts))


def _finest(amount: int) -> int:
    return next(unit for unit in (1000, 100, 10, 1) if amount % unit == 0)


def _ranked(offers: Sequence[PlanOffer], step: int) -> list[_Lot]:
    lots = []
    for offer in offers:
        whole = mills(offer.quantity) // step
        free = whole - mills(offer.taken) // step
        if free > 0:
            lots.append(_Lot(offer, free, whole, cents(offer.price)))
    return sorted(
        lots,
        key=lambda lot: (
            Fraction(lot.price, lot.whole),
            -lot.free,
            lot.offer.delivery_days,
            lot.offer.offer_id,
        ),
    )


def _greedy(lots: Sequence[_Lot], steps: int, budget: int) -> _Mix:
    picks = []
    volume = cost = 0
    for place, lot in enumerate(lots):
        amount = lot.affordable(steps - volume, budget - cost)
        if amount:
            picks.append((place, amount))
            volume += amount
            cost += lot.cost(amount)
        if amount < lot.free:
            break  # a step of any later lot costs at least as much
    return _Mix(tuple(picks), volume, cost)


def _exact(lots: Sequence[_Lot], steps: int, budget: int) -> _Mix:
    return min(_mixes(lots, steps, budget), key=lambda mix: _merit(lots, mix))


def _merit(lots: Sequence[_Lot], mix: _Mix) -> tuple[object, ...]:
    """Smaller is better: the criteria of this module, in their order."""
    days = [lots[place].offer.delivery_days for place, _ in mix.picks]
    suppliers = {lots[place].offer.supplier for place, _ in mix.picks}
    return -mix.volume, mix.cost, len(suppliers), max(days, default=0), sum(days), mix.picks


def _mixes(lots: Sequence[_Lot], steps: int, budget: int) -> Iterator[_Mix]:
    """Every set of whole lots that fits, alone and with each other lot taken in part."""
    for chosen in _whole_sets(lots, steps, budget):
        yield chosen
        inside = {place for place, _ in chosen.picks}
        for place, lot in enumerate(lots):
            if place in inside:
                continue
            amount = lot.affordable(steps - chosen.volume, budget - chosen.cost)
            if 0 < amount < lot.free:
                picks = tuple(sorted((*chosen.picks, (place, amount))))
                yield _Mix(picks, chosen.volume + amount, chosen.cost + lot.cost(amount))


def _whole_sets(lots: Sequence[_Lot], steps: int, budget: int) -> list[_Mix]:
    sets = [_Mix((), 0, 0)]
    for place, lot in enumerate(lots):
        price = lot.cost(lot.free)
        sets += [
            _Mix((*each.picks, (place, lot.free)), each.volume + lot.free, each.cost + price)
            for each in sets
            if each.volume + lot.free <= steps and 0 < price <= budget - each.cost
        ]
    return sets

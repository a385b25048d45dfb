"""Whom a customer may select, for how much, and when nobody is left (act 344, 13.6-13.10, 15)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from domain.errors import Conflict, RuleBroken
from domain.law import CONFIRMATION
from domain.money import proportional_price
from domain.offers.plan import PlanNeed, PlanOffer, plan_line
from domain.orders.rules import check_quantity
from domain.texts import MIN_LETTERS, REASON_LIMIT, is_statement, required_text


@dataclass(frozen=True, slots=True)
class LineState:
    """A line under selection: its need and sum in tenge, and what stands of them.

    ``taken_quantity`` and ``taken_sum`` count awards that are pending or active.
    """

    needed: Decimal
    allocated: Decimal
    taken_quantity: Decimal = Decimal(0)
    taken_sum: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class ListedOffer:
    """A supplier's offer for one line, as the formed list shows it.

    ``price`` in tenge is for the whole ``quantity``. ``taken`` is the volume of it in pending or
    active awards; ``gave_up`` says that the supplier refused this line or let it lapse.
    """

    offer_id: int
    supplier: str
    quantity: Decimal
    price: Decimal
    delivery_days: int
    accepted: bool
    taken: Decimal = Decimal(0)
    gave_up: bool = False

    @property
    def selectable(self) -> bool:
        """Whether any volume of it can be selected now."""
        return self.accepted and not self.gave_up and self.taken < self.quantity


@dataclass(frozen=True, slots=True)
class Choice:
    """A volume of the order line ``line`` that the customer gives to ``supplier``."""

    line: int
    supplier: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Selected:
    """A choice that passed, with the offer it rests on and its price in tenge."""

    line: int
    supplier: str
    offer_id: int
    quantity: Decimal
    price: Decimal


class AwardOutcome(StrEnum):
    """What a supplier decided about an award, or let happen (act 344, clauses 13.7 and 13.10).

    An award is annulled when the procedure it came of is run again (act 366, clause 29.5).
    """

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    LAPSED = "lapsed"
    ANNULLED = "annulled"


class FailureGround(StrEnum):
    """Why a purchase failed (act 344, clauses 15.1, 15.2, 15.3); the value is the paragraph."""

    NOT_CONFIRMED = "15.1"
    REFUSED = "15.2"
    NO_SUPPLIERS = "15.3"

    @property
    def clause(self) -> str:
        """The duty this ground comes from."""
        return f"344-{self.value}"


class UncoveredReason(StrEnum):
    """Why a volume is bought outside the rules (act 344, clause 13.6, third paragraph)."""

    NOBODY_LEFT = "nobody_left"
    ALLOCATED_SUM = "allocated_sum"


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A volume above zero that the formed list cannot cover, and why."""

    quantity: Decimal
    reason: UncoveredReason


def award_price(offer_price: Decimal, offer_quantity: Decimal, quantity: Decimal) -> Decimal:
    """The price in tenge of ``quantity`` out of an offer: in proportion, half up to 2 places."""
    return proportional_price(offer_price, quantity, offer_quantity)


def check_choices(
    lines: Mapping[int, LineState],
    offers: Mapping[int, Sequence[ListedOffer]],
    choices: Sequence[Choice],
) -> tuple[Selected, ...]:
    """A selection over the lines of an order, in the order given (act 344, clause 13.6).

    ``lines`` and ``offers`` are by line number. Raises ``RuleBroken``: ``selection_empty``,
    ``line_unknown`` with the ``line``, and those of ``check_selection``.
    """
    if not choices:
        raise RuleBroken("selection_empty", "344-13.6a")
    by_line: dict[int, list[Choice]] = {}
    for choice in choices:
        if choice.line not in lines:
            raise RuleBroken("line_unknown", None, line=choice.line)
        by_line.setdefault(choice.line, []).append(choice)
    selected = {
        (each.line, each.supplier): each
        for line, chosen in by_line.items()
        for each in check_selection(lines[line], offers.get(line, ()), chosen)
    }
    return tuple(selected[choice.line, choice.supplier] for choice in choices)


def check_selection(
    state: LineState, offers: Sequence[ListedOffer], choices: Sequence[Choice]
) -> tuple[Selected, ...]:
    """The choices for one line, priced: within each offer, the need and the allocated sum.

    Raises ``RuleBroken`` with ``line`` and, for a single choice, ``supplier``:
    ``award_not_in_list`` (no accepted offer), ``award_gave_up`` (refused or lapsed before),
    ``award_twice``, ``award_above_offer`` with ``available``, ``award_above_need`` with
    ``available``, ``award_above_allocated`` with ``available`` and ``price`` in tenge,
    ``award_too_small`` (its price rounds to nothing) and those of ``check_quantity``.
    """
    listed = {offer.supplier: offer for offer in offers if offer.accepted}
    selected: dict[str, Selected] = {}
    for choice in choices:
        if choice.supplier in selected:
            raise RuleBroken("award_twice", None, line=choice.line, supplier=choice.supplier)
        selected[choice.supplier] = _check_choice(listed.get(choice.supplier), choice)
    open_quantity = state.needed - state.taken_quantity
    if sum((each.quantity for each in selected.values()), Decimal(0)) > open_quantity:
        raise RuleBroken(
            "award_above_need", "344-13.6b", line=choices[0].line, available=open_quantity
        )
    free = state.allocated - state.taken_sum
    price = sum((each.price for each in selected.values()), Decimal(0))
    if price > free:
        raise RuleBroken(
            "award_above_allocated",
            "344-13.6c",
            line=choices[0].line,
            available=free,
            price=price,
        )
    return tuple(selected.values())


def _check_choice(offer: ListedOffer | None, choice: Choice) -> Selected:
    about = {"line": choice.line, "supplier": choice.supplier}
    if offer is None:
        raise RuleBroken("award_not_in_list", "344-13.6b", **about)
    if offer.gave_up:
        raise RuleBroken("award_gave_up", "344-13.10", **about)
    try:
        check_quantity(choice.quantity, "344-13.6b")
    except RuleBroken as broken:
        raise RuleBroken(broken.code, broken.clause, **{**broken.params, **about}) from None
    available = offer.quantity - offer.taken
    if choice.quantity > available:
        raise RuleBroken("award_above_offer", "344-13.6b", **about, available=available)
    price = award_price(offer.price, offer.quantity, choice.quantity)
    if price <= 0:
        raise RuleBroken("award_too_small", None, **about)
    return Selected(choice.line, choice.supplier, offer.offer_id, choice.quantity, price)


def check_decision(outcome: AwardOutcome | None, due_at: datetime, now: datetime) -> None:
    """A supplier decides once, and before ``due_at``, which is exclusive (clause 13.7).

    ``outcome`` is what stands already. Late is late even when no sweep has recorded the lapse.
    Raises ``Conflict``: ``award_decided`` with the ``outcome``, ``award_lapsed`` with ``due_at``.
    """
    if outcome in (AwardOutcome.CONFIRMED, AwardOutcome.REFUSED, AwardOutcome.ANNULLED):
        raise Conflict("award_decided", CONFIRMATION.clause, outcome=str(outcome))
    if outcome is AwardOutcome.LAPSED or now >= due_at:
        raise Conflict("award_lapsed", CONFIRMATION.clause, due_at=due_at)


def check_refusal(reason: str) -> str:
    """The tidied reason of a refusal, which must be stated (act 344, clause 15.2).

    Raises ``RuleBroken``: ``text_missing``, ``text_too_long``, ``reason_too_short``.
    """
    clause = FailureGround.REFUSED.clause
    stated = required_text(reason, "reason", REASON_LIMIT, clause)
    if not is_statement(stated):
        raise RuleBroken("reason_too_short", clause, minimum=MIN_LETTERS)
    return stated


def uncovered(state: LineState, offers: Sequence[ListedOffer]) -> Uncovered | None:
    """The volume of a line that the offers still selectable cannot cover (clause 13.6).

    None when they can cover all that is open. The reason is ``NOBODY_LEFT`` when they have not
    enough volume, ``ALLOCATED_SUM`` when they have, but the sum left does not pay for it.
    """
    left = [offer for offer in offers if offer.selectable]
    need = PlanNeed(
        0,
        state.needed,
        state.allocated,
        [
            PlanOffer(
                offer.offer_id,
                offer.supplier,
                offer.quantity,
                offer.price,
                offer.delivery_days,
                offer.taken,
            )
            for offer in left
        ],
        state.taken_quantity,
        state.taken_sum,
    )
    remainder = plan_line(need).uncovered
    if remainder <= 0:
        return None
    on_offer = sum((offer.quantity - offer.taken for offer in left), Decimal(0))
    enough = on_offer >= state.needed - state.taken_quantity
    return Uncovered(
        remainder, UncoveredReason.ALLOCATED_SUM if enough else UncoveredReason.NOBODY_LEFT
    )


def failure_ground(
    accepted_offers: int, outcomes: Collection[AwardOutcome | None], *, anyone_left: bool
) -> FailureGround | None:
    """The ground on which an order has failed (act 344, clause 15), or None: it has not.

    ``accepted_offers`` counts offer lines that stood the judging; ``outcomes`` are those of all
    awards, None for a pending one; ``anyone_left`` says whether the formed list still holds an
    offer the customer may choose. Without a single valid offer (nobody was invited, nobody
    offered, all were rejected) there are no suppliers: 15.3. When some refused and others let it
    lapse, a stated refusal says more than silence: 15.2.
    """
    if accepted_offers == 0:
        return FailureGround.NO_SUPPLIERS
    if anyone_left or not outcomes or None in outcomes or AwardOutcome.CONFIRMED in outcomes:
        return None
    if AwardOutcome.REFUSED in outcomes:
        return FailureGround.REFUSED
    return FailureGround.NOT_CONFIRMED

"""When an offer is taken, what it must say, and what rejects it (act 344, clauses 13.3, 13.4).

An offer that breaks a ground of clause 13.4 is still taken: it is judged when the window closes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from domain.errors import Conflict, RuleBroken
from domain.law import OFFER_WINDOW
from domain.money import MAX_DAYS
from domain.orders.rules import check_money, check_quantity
from domain.texts import CHARACTERISTICS_LIMIT, TERMS_LIMIT, clean_text, required_text

_CONTENT = "344-13.3b"


class RejectionGround(StrEnum):
    """Why an offer line is rejected. There are these two and no others (act 344, clause 13.4)."""

    PRICE_ABOVE_ALLOCATED = "price_above_allocated"
    DELIVERY_BEYOND_LIMIT = "delivery_beyond_limit"

    @property
    def clause(self) -> str:
        """The duty this ground comes from."""
        return "344-13.4b" if self is RejectionGround.PRICE_ABOVE_ALLOCATED else "344-13.4c"


@dataclass(frozen=True, slots=True)
class AskedLine:
    """What an order line asks: volume, the sum allocated in tenge, the longest delivery in days."""

    quantity: Decimal
    allocated_sum: Decimal
    delivery_days: int


@dataclass(frozen=True, slots=True)
class OfferedLine:
    """What is offered for the order line ``line``; ``price`` in tenge is for the whole volume."""

    line: int
    quantity: Decimal
    price: Decimal
    delivery_days: int
    characteristics: str
    warranty: str = ""
    photos: int = 0


def check_window(state: str, due_at: datetime | None, now: datetime) -> None:
    """Offers are made, changed and withdrawn only while the window is open (clause 13.3).

    ``due_at`` is exclusive: at that very instant an offer is late, whether or not the window has
    been closed by then. Raises ``Conflict``: ``order_not_collecting`` with its ``state``,
    ``window_closed`` with ``due_at``.
    """
    if due_at is None or state in ("draft", "failed"):
        raise Conflict("order_not_collecting", OFFER_WINDOW.clause, state=state)
    if state != "collecting" or now >= due_at:
        raise Conflict("window_closed", OFFER_WINDOW.clause, due_at=due_at)


def check_offer_line(
    asked: AskedLine, offered: OfferedLine, *, photos_required: bool
) -> OfferedLine:
    """The offered line, its texts tidied (clause 13.3).

    Warranty is stated when there is any. ``photos_required`` is for the chat, where a photo can be
    asked for. Raises ``RuleBroken``: ``offer_above_need`` with ``needed``, ``not_positive``,
    ``days_too_many``, ``photo_missing``, ``text_missing``, ``text_too_long`` and those of
    ``check_quantity`` and ``check_money``.
    """
    check_quantity(offered.quantity, _CONTENT)
    if offered.quantity > asked.quantity:
        raise RuleBroken("offer_above_need", _CONTENT, needed=asked.quantity)
    check_money(offered.price, _CONTENT)
    if offered.delivery_days < 1:
        raise RuleBroken("not_positive", _CONTENT, field="days")
    if offered.delivery_days > MAX_DAYS:
        raise RuleBroken("days_too_many", _CONTENT, maximum=MAX_DAYS)
    characteristics = required_text(
        offered.characteristics, "characteristics", CHARACTERISTICS_LIMIT, _CONTENT
    )
    if photos_required and offered.photos < 1:
        raise RuleBroken("photo_missing", _CONTENT)
    warranty = clean_text(offered.warranty, "warranty", TERMS_LIMIT)
    return replace(offered, characteristics=characteristics, warranty=warranty)


def check_offer(
    asked: Mapping[int, AskedLine], lines: Sequence[OfferedLine], *, photos_required: bool
) -> tuple[OfferedLine, ...]:
    """The lines of an offer as they may be recorded; any part of the order may be offered.

    ``asked`` holds the order's lines by number. Call ``check_window`` first. Raises
    ``RuleBroken``: ``offer_empty``; ``line_unknown`` and ``line_twice`` with the ``line``; those
    of ``check_offer_line`` with the ``line``.
    """
    if not lines:
        raise RuleBroken("offer_empty", _CONTENT)
    checked: dict[int, OfferedLine] = {}
    for offered in lines:
        if offered.line not in asked:
            raise RuleBroken("line_unknown", None, line=offered.line)
        if offered.line in checked:
            raise RuleBroken("line_twice", None, line=offered.line)
        try:
            checked[offered.line] = check_offer_line(
                asked[offered.line], offered, photos_required=photos_required
            )
        except RuleBroken as broken:
            params = {**broken.params, "line": offered.line}
            raise RuleBroken(broken.code, broken.clause, **params) from None
    return tuple(checked.values())


def grounds(asked: AskedLine, price: Decimal, delivery_days: int) -> tuple[RejectionGround, ...]:
    """Every ground of clause 13.4 that the terms break, price first; empty when they stand.

    The price for the volume offered, be it a part, is compared with the whole allocated sum of
    the line: the clause speaks of the offered price and knows no share.
    """
    found = []
    if price > asked.allocated_sum:
        found.append(RejectionGround.PRICE_ABOVE_ALLOCATED)
    if delivery_days > asked.delivery_days:
        found.append(RejectionGround.DELIVERY_BEYOND_LIMIT)
    return tuple(found)


def judge(asked: AskedLine, price: Decimal, delivery_days: int) -> RejectionGround | None:
    """The ground that rejects an offer line, price first, or None: it is accepted (clause 13.4)."""
    return next(iter(grounds(asked, price, delivery_days)), None)

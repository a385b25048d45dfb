"""What an offer shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from domain.money import unit_price
from domain.orders.views import FileView, Party


@dataclass(frozen=True)
class OfferLineView:
    """An offered line; ``price`` in tenge is for the whole volume.

    ``accepted`` is None until the window has closed; ``reason`` is one of the two grounds.
    """

    line: int
    quantity: Decimal
    price: Decimal
    delivery_days: int
    characteristics: str
    warranty: str
    accepted: bool | None
    reason: str | None
    photos: Sequence[FileView]

    @property
    def unit_price(self) -> Decimal:
        """Tenge for one unit, to 2 places."""
        return unit_price(self.price, self.quantity)


@dataclass(frozen=True)
class OfferView:
    """An offer in one version."""

    number: int
    order_number: int
    supplier: Party
    version: int
    state: str
    submitted_at: datetime
    lines: Sequence[OfferLineView]


@dataclass(frozen=True)
class Submitted:
    """The confirmation of an offer: its number and the exact recorded time (act 366, 15-16).

    ``breaks`` holds the grounds of clause 13.4 that lines break, by line number.
    """

    number: int
    order_number: int
    version: int
    submitted_at: datetime
    breaks: dict[int, tuple[str, ...]]


@dataclass(frozen=True)
class OfferRow:
    """An offer in a supplier's list."""

    number: int
    order_number: int
    order_state: str
    name_ru: str
    name_kk: str
    version: int
    state: str
    submitted_at: datetime
    offers_due_at: datetime | None


@dataclass(frozen=True)
class OfferPage:
    """A page of a supplier's offers, newest first."""

    offers: Sequence[OfferRow]
    after: int | None

"""The summary for the customer (act 344, clauses 13.4 and 13.5): its data and pictures.

Pictures are for a phone: one card for each offer, its price as a bar against the allocated sum.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, TypeAlias, TypedDict

from domain.documents.formatting import money_text, quantity_text, shown
from domain.documents.labels import Language, labels
from domain.documents.typesetting import to_pngs

Rejection: TypeAlias = Literal["price_above_allocated", "delivery_beyond_limit"]

#: Cards that fit one picture before a messenger shrinks it out of reading.
CARDS_PER_PICTURE = 12
_HEADER_COST = 2


@dataclass(frozen=True, slots=True)
class SummaryOffer:
    """One supplier's offer for a line.

    ``price`` is tenge for ``quantity`` units, ``unit_price`` for one; ``delivery_days`` are
    calendar days; ``proposed`` is the volume the cover planner gives to it, None for nothing.
    """

    supplier: str
    quantity: Decimal
    price: Decimal
    unit_price: Decimal
    delivery_days: int
    rejected: Rejection | None = None
    proposed: Decimal | None = None
    supplier_bin: str = ""
    characteristics: str = ""
    warranty: str = ""


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One good of the order: what is needed, the sum allocated (tenge), the limit (days)."""

    name: str
    quantity: Decimal
    unit: str
    allocated: Decimal
    delivery_limit: int
    offers: tuple[SummaryOffer, ...]
    code: str = ""


@dataclass(frozen=True, slots=True)
class SummaryData:
    """All offers of an order by line, with names already in the reader's language."""

    order_number: int
    language: Language
    lines: tuple[SummaryLine, ...]


class OfferView(TypedDict):
    """One card. ``share`` is the price as a part of the allocated sum."""

    number: str
    supplier: str
    price: str
    share: float
    percent: str
    facts: list[tuple[str, str, bool]]
    over: bool
    state: Literal["accepted", "proposed", "rejected"]
    verdict: str


class LineView(TypedDict):
    """A good with the cards of one picture."""

    name: str
    facts: list[tuple[str, str]]
    offers: list[OfferView]


class PageView(TypedDict):
    """One picture; ``part`` numbers it when there are several."""

    part: str | None
    lines: list[LineView]


class SummaryView(TypedDict):
    """All that the template is given."""

    language: Language
    title: str
    note: str
    no_offers: str
    pages: list[PageView]


@dataclass(frozen=True, slots=True)
class _Block:
    """A line's offers, or a part of them, on one picture."""

    index: int
    line: SummaryLine
    first: int
    offers: tuple[SummaryOffer, ...]


def render_summary_picture(data: SummaryData) -> list[bytes]:
    """PNG pictures 1080 pixels wide; further ones when there are more than about 12 offers."""
    return to_pngs("summary.typ", summary_view(data))


def summary_view(data: SummaryData) -> SummaryView:
    """What ``summary.typ`` draws: finished strings in the reader's language."""
    pages = list(_pages(data.lines))
    text = labels("summary", data.language)
    return {
        "language": data.language,
        "title": text["title"].format(order=data.order_number),
        "note": text["bar_note"],
        "no_offers": text["no_offers"],
        "pages": [
            {
                "part": text["part"].format(page=number, pages=len(pages))
                if len(pages) > 1
                else None,
                "lines": [_line_view(block, text) for block in page],
            }
            for number, page in enumerate(pages, start=1)
        ],
    }


def _pages(lines: tuple[SummaryLine, ...]) -> Iterator[list[_Block]]:
    """Pictures filled up in order; a line is split only when it alone has too many offers."""
    page: list[_Block] = []
    room = CARDS_PER_PICTURE
    for index, line in enumerate(lines, start=1):
        for first in range(0, max(len(line.offers), 1), CARDS_PER_PICTURE):
            offers = line.offers[first : first + CARDS_PER_PICTURE]
            if page and len(offers) > room:
                yield page
                page, room = [], CARDS_PER_PICTURE
            page.append(_Block(index, line, first, offers))
            room -= max(len(offers), 1) + _HEADER_COST
    if page:
        yield page


def _line_view(block: _Block, text: dict[str, str]) -> LineView:
    line = block.line
    name = f"{block.index}. {shown(line.name)}"
    return {
        "name": f"{name} ({text['continued']})" if block.first else name,
        "facts": [
            (text["needed"], quantity_text(line.quantity, line.unit)),
            (text["allocated"], money_text(line.allocated)),
            (text["delivery_limit"], text["days"].format(days=line.delivery_limit)),
        ],
        "offers": [
            _offer_view(block.first + place, offer, line, text)
            for place, offer in enumerate(block.offers, start=1)
        ],
    }


def _offer_view(
    number: int, offer: SummaryOffer, line: SummaryLine, text: dict[str, str]
) -> OfferView:
    state: Literal["accepted", "proposed", "rejected"]
    share = offer.price / line.allocated if line.allocated else Decimal(0)
    if offer.rejected:
        state, verdict = "rejected", text[offer.rejected]
    elif offer.proposed:
        volume = quantity_text(offer.proposed, line.unit)
        state, verdict = "proposed", text["proposed"].format(volume=volume)
    else:
        state, verdict = "accepted", text["accepted"]
    return {
        "number": str(number),
        "supplier": shown(offer.supplier),
        "price": money_text(offer.price),
        "share": float(share),
        "percent": text["percent"].format(percent=_percent(share)),
        "facts": [
            (text["volume"], quantity_text(offer.quantity, line.unit), False),
            (text["unit_price"], money_text(offer.unit_price), False),
            (
                text["delivery"],
                text["days"].format(days=offer.delivery_days),
                offer.delivery_days > line.delivery_limit,
            ),
        ],
        "over": offer.price > line.allocated,
        "state": state,
        "verdict": verdict,
    }


def _percent(share: Decimal) -> str:
    hundred = share * 100
    whole = int(hundred.to_integral_value(ROUND_HALF_UP))
    # 100.004 % must not read as "100 %" beside the word "rejected", nor 0.1 % as nothing.
    if hundred > 100:
        whole = max(whole, 101)
    return str(max(whole, 1) if hundred else whole)

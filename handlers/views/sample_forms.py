"""Made-up content of half-filled forms, to show every step of them with."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from domain.awards.board import Board, BoardLine, BoardOffer
from domain.awards.rules import LineState, ListedOffer, UncoveredReason
from domain.files import FileInfo
from domain.goods_lists.needs import Excess, Need
from domain.goods_lists.service import GoodsListView, ItemPage, ItemView
from domain.offers.plan import Pick, PlanLine
from domain.offers.views import OfferLineView
from domain.orders.rules import LineTerms
from domain.orders.views import FileView
from domain.working_time.service import DeadlineMove
from handlers.views import samples
from handlers.views.offer_draft import LineDraft, OfferDraft

Values = dict[str, Any]

_FILE = "drawing.pdf"
_PHOTO = FileInfo("photo.jpg", "image/jpeg", 250_000, "a" * 64)


def order_lines() -> list[Values]:
    """The goods of the sample order as the order form keeps them."""
    return [
        {
            "name_ru": good.name_ru,
            "name_kk": good.name_kk,
            "code": good.code,
            "agsk3": "",
            "quantity": good.quantity,
            "unit": good.unit,
            "sum": good.allocated_sum,
            "characteristics": good.characteristics,
        }
        for good in samples.words().goods
    ]


def order_values() -> Values:
    """The order form, filled in; its first good is being changed."""
    words = samples.words()
    return {
        "lines": order_lines(),
        "at": 0,
        "line": order_lines()[0],
        "place": words.delivery_place,
        "terms": words.delivery_terms,
        "days": 90,
        "files": [{"name": _FILE}],
        "attached": 1,
    }


def baskets() -> list[list[LineTerms]]:
    """What a mixed order would be split into."""
    return [
        [
            LineTerms(
                good.name_ru,
                good.name_kk,
                good.code,
                "",
                Decimal(good.quantity),
                good.unit,
                Decimal(good.allocated_sum),
                good.characteristics,
            )
        ]
        for good in samples.words().goods[:2]
    ]


def goods_list() -> GoodsListView:
    """A project's list."""
    words = samples.words()
    name = words.day_off.basis
    return GoodsListView(1, words.customer.bin, "P-7", name, samples.STARTED, len(words.goods))


def need() -> Need:
    """An item of a goods list, partly ordered."""
    good = samples.words().goods[0]
    return Need(1, "2.14", good.unit, Decimal(800))


def excess() -> Excess:
    """An order that asks for more of it than is not covered."""
    return Excess("2.14", need().unit, (1,), Decimal("1250.5"), need().uncovered)


def needs() -> ItemPage:
    """Needs that no order covers yet."""
    return ItemPage(
        [
            ItemView(
                id=place,
                item=str(place),
                name_ru=good.name_ru,
                name_kk=good.name_kk,
                code=good.code,
                agsk3="",
                quantity=Decimal(good.quantity),
                unit=good.unit,
                characteristics=good.characteristics,
                ordered=Decimal(0),
                uncovered=Decimal(good.quantity),
                gone=False,
            )
            for place, good in enumerate(samples.words().goods[:4], start=1)
        ],
        None,
    )


def offer_draft() -> OfferDraft:
    """A price offer on the first two lines; the second one breaks both limits."""
    first, second = samples.words().goods[:2]
    return OfferDraft(
        samples.ORDER,
        samples.words().supplier.bin,
        {
            1: _typed(first.quantity, first.allocated_sum, 60, first.characteristics),
            2: _typed(second.quantity, str(Decimal(second.allocated_sum) * 2), 120, "DN 110"),
        },
        at=1,
    )


def _typed(quantity: str, price: str, days: int, characteristics: str) -> LineDraft:
    return LineDraft(Decimal(quantity), Decimal(price), days, characteristics, [_PHOTO], "24")


def board() -> Board:
    """The first line under selection: one offer for most of it, a rejected one."""
    words, card = samples.words(), samples.order_card("choosing")
    line = card.lines[0]
    part = Decimal(800)
    price = line.allocated_sum / 2
    good = ListedOffer(1, words.supplier.bin, part, price, 60, accepted=True)
    bad = ListedOffer(2, words.rival.bin, line.quantity, price * 4, 60, accepted=False)
    offers = (
        BoardOffer(samples.party(words.supplier), _offered(good, None), good, part),
        BoardOffer(
            samples.party(words.rival), _offered(bad, "price_above_allocated"), bad, Decimal(0)
        ),
    )
    pick = Pick(1, words.supplier.bin, part, price)
    proposal = PlanLine(line.line, (pick,), line.quantity - part, price)
    state = LineState(line.quantity, line.allocated_sum)
    reason = UncoveredReason.NOBODY_LEFT
    return Board(
        samples.ORDER,
        "choosing",
        (BoardLine(line, state, offers, proposal, reason),),
        samples.deadlines()[1],
    )


def _offered(listed: ListedOffer, reason: str | None) -> OfferLineView:
    photo = FileView(1, _PHOTO.name, _PHOTO.mime, _PHOTO.size, _PHOTO.sha256, "")
    return OfferLineView(
        line=1,
        quantity=listed.quantity,
        price=listed.price,
        delivery_days=listed.delivery_days,
        characteristics=samples.words().goods[0].characteristics,
        warranty="24",
        accepted=listed.accepted,
        reason=reason,
        photos=(photo,),
    )


def registration() -> Values:
    """The registration form, filled in."""
    words = samples.words()
    return {
        "role": "supplier",
        "bin": words.supplier.bin,
        "name_ru": words.supplier.name_ru,
        "name_kk": words.supplier.name_kk,
        "status": "active",
        "position": "head",
        "full_name": words.person,
        "email": "name@company.kz",
    }


def decision(act: str) -> Values:
    """An administrator's act with its ground."""
    words = samples.words()
    of_role = act in ("grant", "revoke", "refuse")
    return {
        "act": act,
        "who": words.person,
        "role": "supplier" if of_role else None,
        "company": words.supplier.name_kk if of_role else "",
        "ground": words.ground,
    }


def day_change(*, withdrawn: bool = False) -> Values:
    """A decision on one day, or its withdrawal."""
    off = samples.words().day_off
    return {
        "day": "2026-11-24",
        "working": None if withdrawn else False,
        "name_kk": off.name_kk,
        "name_ru": off.name_ru,
        "basis": off.basis,
    }


def moves() -> list[DeadlineMove]:
    """What the decision would move."""
    return [
        DeadlineMove(
            samples.ORDER,
            each.subject,
            each.kind,
            each.clause,
            each.due_at,
            each.due_at + timedelta(days=1),
        )
        for each in samples.deadlines()
    ]


def desk_words(act: str) -> Values:
    """The form of the desk, filled in."""
    text = str(samples.ORDER) if act == "merge" else samples.words().refusal
    return {"act": act, "number": 15, "text": text, "files": [{"name": _FILE}]}

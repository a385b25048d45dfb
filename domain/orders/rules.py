"""What an order must say (act 344, clause 12) and what may stand in one order (clause 13.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol, TypeVar

from domain.codes import group_of, parse_agsk3, parse_ens_tru
from domain.errors import RuleBroken
from domain.identifiers import bare
from domain.law import MIN_DELIVERY_DAYS
from domain.money import MAX_DAYS, MONEY_DIGITS, QUANTITY_BELOW, QUANTITY_PLACES
from domain.texts import (
    CHARACTERISTICS_LIMIT,
    NAME_LIMIT,
    PLACE_LIMIT,
    TERMS_LIMIT,
    UNIT_LIMIT,
    clean_text,
    required_text,
)

MAX_LINES = 500


class Coded(Protocol):
    """A thing with codes: a line of an order or a good of the registry.

    ``code`` is its canonical ENS TRU code, ``agsk3`` its canonical AGSK-3 code; empty: not stated.
    """

    @property
    def code(self) -> str: ...

    @property
    def agsk3(self) -> str: ...


CodedT = TypeVar("CodedT", bound=Coded)


@dataclass(frozen=True, slots=True)
class LineTerms:
    """A line of an order: what is wanted, how much of it, the sum in tenge set aside for it."""

    name_ru: str
    name_kk: str
    code: str
    agsk3: str
    quantity: Decimal
    unit: str
    allocated_sum: Decimal
    characteristics: str


LineT = TypeVar("LineT", bound=LineTerms)


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """What holds for all lines: place and terms of delivery, its limit in calendar days."""

    delivery_place: str
    delivery_terms: str
    delivery_days: int


def parse_position(text: str, count: int) -> int:
    """The number of a line as it is typed, from 1 to ``count``.

    Raises ``RuleBroken`` ``good_number_unknown`` with the largest number there is.
    """
    typed = bare(text)
    if typed.isascii() and typed.isdecimal() and 0 < int(typed[:6]) <= count and len(typed) <= 6:
        return int(typed)
    raise RuleBroken("good_number_unknown", None, maximum=count)


def has_places(value: Decimal, places: int) -> bool:
    """Whether ``value`` is a finite number with at most ``places`` decimals."""
    return value.is_finite() and value == value.quantize(Decimal(1).scaleb(-places))


def check_quantity(quantity: Decimal, clause: str | None) -> None:
    """A quantity above 0, below 1,000,000,000, with at most 3 decimals.

    Raises ``RuleBroken``: ``not_positive``, ``quantity_too_large``, ``quantity_decimals``.
    """
    _check_number(quantity, "quantity", QUANTITY_BELOW, QUANTITY_PLACES, clause)


def check_money(amount: Decimal, clause: str | None) -> None:
    """A sum above 0 with at most 16 digits before the point and 2 after.

    Raises ``RuleBroken``: ``not_positive``, ``money_too_large``, ``money_decimals``.
    """
    _check_number(amount, "money", Decimal(10) ** MONEY_DIGITS, 2, clause)


def _check_number(
    value: Decimal, field: str, below: Decimal, places: int, clause: str | None
) -> None:
    if value.is_nan():
        raise RuleBroken(f"{field}_format", clause)
    if value <= 0:
        raise RuleBroken("not_positive", clause, field=field)
    if value >= below:
        raise RuleBroken(f"{field}_too_large", clause)
    if not has_places(value, places):
        raise RuleBroken(f"{field}_decimals", clause, places=places)


def check_line(line: LineT) -> LineT:
    """The line, its texts tidied and its codes canonical (act 344, clauses 12.1 and 12.2).

    A name in one of the two languages is enough; a code of one of the two classifiers must be
    there, or nobody could be found for it (clause 13.2). Raises ``RuleBroken``:
    ``text_missing``, ``text_too_long``, ``code_missing``, ``ens_tru_format``, ``agsk3_format``,
    and those of ``check_quantity`` and ``check_money``.
    """
    name_ru = clean_text(line.name_ru, "name", NAME_LIMIT)
    name_kk = clean_text(line.name_kk, "name", NAME_LIMIT)
    if not name_ru and not name_kk:
        raise RuleBroken("text_missing", "344-12.1", field="name")
    characteristics = required_text(
        line.characteristics, "characteristics", CHARACTERISTICS_LIMIT, "344-12.1"
    )
    code = parse_ens_tru(line.code) if line.code.strip() else ""
    agsk3 = parse_agsk3(line.agsk3) if line.agsk3.strip() else ""
    if not code and not agsk3:
        raise RuleBroken("code_missing", "344-13.2b")
    check_quantity(line.quantity, "344-12.2")
    check_money(line.allocated_sum, "344-12.2")
    return replace(
        line,
        name_ru=name_ru,
        name_kk=name_kk,
        code=code,
        agsk3=agsk3,
        unit=required_text(line.unit, "unit", UNIT_LIMIT, "344-12.2"),
        characteristics=characteristics,
    )


def check_delivery_days(days: int) -> None:
    """The delivery period in calendar days from the date of the contract (clause 12.4).

    Raises ``RuleBroken``: ``delivery_too_short`` below 60, ``days_too_many`` beyond 3650.
    """
    if days < MIN_DELIVERY_DAYS.value:
        raise RuleBroken(
            "delivery_too_short",
            MIN_DELIVERY_DAYS.clause,
            days=days,
            minimum=MIN_DELIVERY_DAYS.value,
        )
    if days > MAX_DAYS:
        raise RuleBroken("days_too_many", maximum=MAX_DAYS)


def check_terms(terms: OrderTerms) -> OrderTerms:
    """The terms, their texts tidied (clauses 12.3 and 12.4).

    Raises ``RuleBroken``: ``text_missing``, ``text_too_long`` and those of
    ``check_delivery_days``.
    """
    place = required_text(terms.delivery_place, "delivery_place", PLACE_LIMIT, "344-12.3")
    conditions = required_text(terms.delivery_terms, "delivery_terms", TERMS_LIMIT, "344-12.3")
    check_delivery_days(terms.delivery_days)
    return replace(terms, delivery_place=place, delivery_terms=conditions)


def check_order(
    terms: OrderTerms, lines: Sequence[LineTerms]
) -> tuple[OrderTerms, tuple[LineTerms, ...]]:
    """The order as it may be published: tidied terms and lines (act 344, clauses 12 and 13.1).

    Raises ``RuleBroken``: those of ``check_terms``; those of ``check_line`` with the ``line``,
    counted from 1; ``order_empty``; ``order_too_many_lines``; ``order_mixed`` with the number of
    ``groups`` it would split into.
    """
    checked_terms = check_terms(terms)
    if not lines:
        raise RuleBroken("order_empty", "344-12.1")
    if len(lines) > MAX_LINES:
        raise RuleBroken("order_too_many_lines", maximum=MAX_LINES)
    checked = check_lines(lines)
    if not is_homogeneous(checked):
        raise RuleBroken("order_mixed", "344-13.1b", groups=len(split_by_homogeneity(checked)))
    return checked_terms, checked


def check_lines(lines: Sequence[LineT]) -> tuple[LineT, ...]:
    """Every line as ``check_line`` gives it; its errors bear the ``line``, counted from 1."""
    return tuple(_check_numbered(number, line) for number, line in enumerate(lines, start=1))


def _check_numbered(number: int, line: LineT) -> LineT:
    try:
        return check_line(line)
    except RuleBroken as broken:
        raise RuleBroken(broken.code, broken.clause, **{**broken.params, "line": number}) from None


def groups_of(thing: Coded) -> tuple[str, ...]:
    """The homogeneity groups of a line: by its ENS TRU code, then by its AGSK-3 code."""
    return tuple(group_of(code) for code in (thing.code, thing.agsk3) if code)


def is_homogeneous(lines: Sequence[Coded]) -> bool:
    """Whether all lines share a group: 6 digits of ENS TRU, or an AGSK-3 group (clause 13.1).

    One group must hold all of them: a chain in which the first line is like the second and the
    second like the third in another way is not homogeneous.
    """
    if not lines:
        return True
    shared = set(groups_of(lines[0]))
    for line in lines[1:]:
        shared &= set(groups_of(line))
    return bool(shared) or len(lines) == 1


def split_by_homogeneity(lines: Sequence[CodedT]) -> list[list[CodedT]]:
    """The lines as homogeneous baskets, one for each order to be made of them (clause 13.1).

    The group with most lines takes them first; among equals ENS TRU goes before AGSK-3, then the
    group met first. Baskets follow their first lines, lines keep their order, a line without
    codes stands alone. The same lines always give the same baskets.
    """
    left = dict(enumerate(lines))
    baskets: list[list[int]] = []
    while left:
        counts: dict[str, int] = {}
        for line in left.values():
            for group in groups_of(line):
                counts[group] = counts.get(group, 0) + 1
        # max() keeps the first of equals, and the dictionary keeps the order of meeting.
        best = max(counts, key=lambda group: (counts[group], "-" not in group), default=None)
        if best is None:
            baskets.extend([place] for place in left)
            break
        basket = [place for place, line in left.items() if best in groups_of(line)]
        baskets.append(basket)
        for place in basket:
            del left[place]
    return [[lines[place] for place in basket] for basket in sorted(baskets)]

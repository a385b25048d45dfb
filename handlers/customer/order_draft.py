"""What the order form holds, as JSON between steps and as terms for the use case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from domain.codes import parse_agsk3, parse_ens_tru
from domain.documents.sheets import OrderSheet
from domain.errors import RuleBroken
from domain.goods_lists.service import ItemView
from domain.orders.rules import LineTerms, OrderTerms
from domain.orders.service import NewLine
from domain.orders.views import OrderCard
from handlers.views.units import known_unit

#: A form's values and a line in them; only JSON inside.
Values = dict[str, Any]
Line = dict[str, Any]

LINE_KEYS = ("name_ru", "name_kk", "code", "agsk3", "quantity", "unit", "sum", "characteristics")


def line_of(terms: LineTerms, item: int | None = None) -> Line:
    """A line as the form keeps it."""
    return {
        "name_ru": terms.name_ru,
        "name_kk": terms.name_kk,
        "code": terms.code,
        "agsk3": terms.agsk3,
        "quantity": str(terms.quantity),
        "unit": terms.unit,
        "sum": str(terms.allocated_sum),
        "characteristics": terms.characteristics,
        "item": item,
    }


def new_line(line: Mapping[str, Any]) -> NewLine:
    """A kept line as the use case takes it."""
    return NewLine(
        name_ru=line.get("name_ru", ""),
        name_kk=line.get("name_kk", ""),
        code=line.get("code", ""),
        agsk3=line.get("agsk3", ""),
        quantity=Decimal(line["quantity"]),
        unit=line["unit"],
        allocated_sum=Decimal(line["sum"]),
        characteristics=line["characteristics"],
        goods_list_item_id=line.get("item"),
    )


def new_lines(values: Mapping[str, Any]) -> list[NewLine]:
    """All kept lines."""
    return [new_line(each) for each in values.get("lines", [])]


def items_asked(values: Mapping[str, Any]) -> list[tuple[int, int | None, Decimal]]:
    """Number, goods list item and quantity of each line, the one being described included."""
    lines, line, at = list(values.get("lines", [])), values.get("line"), values.get("at")
    if line and line.get("quantity"):
        if at is not None and at < len(lines):
            lines[at] = line
        else:
            lines.append(line)
    return [
        (number, each.get("item"), Decimal(each["quantity"]))
        for number, each in enumerate(lines, start=1)
    ]


def terms_of(values: Mapping[str, Any]) -> OrderTerms:
    """Place, terms and days as the use case takes them."""
    return OrderTerms(values.get("place", ""), values.get("terms", ""), values.get("days", 0))


def has_terms(values: Mapping[str, Any]) -> bool:
    """Whether delivery has been told already, so that a change of goods leads to the review."""
    return all(values.get(key) for key in ("place", "terms", "days"))


def values_of_card(card: OrderCard) -> Values:
    """A draft order opened for editing."""
    return {
        "edit": card.number,
        "lines": [
            {
                "name_ru": line.name_ru,
                "name_kk": line.name_kk,
                "code": line.code,
                "agsk3": line.agsk3,
                "quantity": str(line.quantity),
                "unit": line.unit,
                "sum": str(line.allocated_sum),
                "characteristics": line.characteristics,
                "item": line.goods_list_item_id,
            }
            for line in card.lines
        ],
        "place": card.delivery_place,
        "terms": card.delivery_terms,
        "days": card.delivery_days,
        "files": [],
        "attached": len(card.files),
    }


def values_of_sheet(sheet: OrderSheet, items: Mapping[str, int]) -> Values:
    """An order read from a spreadsheet; ``items`` are ids of goods list items by their number."""
    return {
        "lines": [
            {**line_of(each.terms, items.get(each.list_item)), "unit": known_unit(each.terms.unit)}
            for each in sheet.lines
        ],
        "place": sheet.terms.delivery_place,
        "terms": sheet.terms.delivery_terms,
        "days": sheet.terms.delivery_days,
    }


def line_of_item(item: ItemView) -> Line:
    """A line begun from an item of a goods list: the need that no order covers yet."""
    line: Line = {
        "name_ru": item.name_ru,
        "name_kk": item.name_kk,
        "code": item.code,
        "agsk3": item.agsk3,
        "quantity": str(item.uncovered),
        "unit": known_unit(item.unit),
        "item": item.id,
    }
    if item.characteristics:
        line["characteristics"] = item.characteristics
    return line


def parse_codes(text: str) -> tuple[str, str]:
    """An ENS TRU code, an AGSK-3 code, or both with a comma between them, in any order.

    Raises RuleBroken ``ens_tru_format``, ``agsk3_format``, ``code_missing``.
    """
    code = agsk3 = ""
    for part in filter(None, (each.strip() for each in text.replace(";", ",").split(","))):
        if "-" in part and "." not in part:
            agsk3 = parse_agsk3(part)
        else:
            code = parse_ens_tru(part)
    if not code and not agsk3:
        raise RuleBroken("code_missing", "344-13.2b")
    return code, agsk3


def without(lines: Sequence[Line], at: int) -> list[Line]:
    """The lines but one."""
    return [each for place, each in enumerate(lines) if place != at]

"""What an item of a project's goods list must say, and what of its need is still uncovered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from domain.codes import parse_agsk3, parse_ens_tru
from domain.errors import RuleBroken
from domain.orders.rules import check_quantity
from domain.registry.rules import ImportProblem, check_names, located, optional
from domain.texts import CHARACTERISTICS_LIMIT, NAME_LIMIT, UNIT_LIMIT, clean_text, required_text

PROJECT_CODE_LIMIT = 64
ITEM_LIMIT = 32


@dataclass(frozen=True)
class ItemData:
    """A need of a project as it is brought in; ``item`` is its number in the list.

    ``row`` is its row in a sheet, 0 for none.
    """

    item: str
    quantity: Decimal
    unit: str
    name_ru: str = ""
    name_kk: str = ""
    code: str = ""
    agsk3: str = ""
    characteristics: str = ""
    row: int = field(default=0, compare=False)


def uncovered(quantity: Decimal, ordered: Decimal) -> Decimal:
    """What of a need no order asks for; never below zero, for one may order more than planned.

    ``ordered`` is the volume of all lines that point to the item in published orders that have
    not failed. The volume of such a line that was bought outside the rules (act 344, clause
    13.6) is inside it: it has been bought. A failed order gives its volume back.
    """
    return max(quantity - ordered, Decimal(0))


def check_project(code: str, name: str) -> tuple[str, str]:
    """The project's code and name tidied; raises ``text_missing``, ``text_too_long``."""
    return (
        required_text(code, "project_code", PROJECT_CODE_LIMIT, "344-3"),
        required_text(name, "project_name", NAME_LIMIT, "344-3"),
    )


def check_item(data: ItemData) -> ItemData:
    """The item with tidy texts and canonical codes.

    A code may be missing: project documents name goods before anybody has classified them, and
    the order that takes the item states it. Raises ``RuleBroken`` with ``field``.
    """
    with located("item"):
        number = required_text(data.item, "item", ITEM_LIMIT, "344-3")
    name_ru, name_kk = check_names(data.name_ru, data.name_kk)
    with located("quantity"):
        check_quantity(data.quantity, "344-3")
    with located("unit"):
        unit = required_text(data.unit, "unit", UNIT_LIMIT, "344-3")
    with located("characteristics"):
        characteristics = clean_text(data.characteristics, "characteristics", CHARACTERISTICS_LIMIT)
    return replace(
        data,
        item=number,
        name_ru=name_ru,
        name_kk=name_kk,
        code=optional(parse_ens_tru, data.code, "code"),
        agsk3=optional(parse_agsk3, data.agsk3, "agsk3"),
        unit=unit,
        characteristics=characteristics,
    )


def check_items(rows: Sequence[ItemData]) -> tuple[list[ItemData], list[ImportProblem]]:
    """All items as they are stored, and every problem: a number that stands twice is one."""
    checked: list[ItemData] = []
    problems: list[ImportProblem] = []
    seen: set[str] = set()
    for number, data in enumerate(rows, start=1):
        row = data.row or number
        try:
            item = check_item(data)
        except RuleBroken as broken:
            params = {name: value for name, value in broken.params.items() if name != "field"}
            where = str(broken.params.get("field", ""))
            problems.append(ImportProblem(row, where, broken.code, params))
            continue
        if item.item in seen:
            problems.append(ImportProblem(row, "item", "item_repeated", {"item": item.item}))
        seen.add(item.item)
        checked.append(item)
    return checked, problems

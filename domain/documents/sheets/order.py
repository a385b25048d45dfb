"""Reading an order somebody filled in as a spreadsheet (act 344, clause 12)."""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from domain.codes import parse_agsk3, parse_ens_tru
from domain.documents.sheets.cells import RowReader
from domain.documents.sheets.errors import ErrorList, SheetErrors, refused
from domain.documents.sheets.grid import Grid, Layout, read_grid
from domain.documents.sheets.titles import key_of
from domain.money import parse_days
from domain.orders.rules import LineTerms, OrderTerms, check_delivery_days
from domain.texts import CHARACTERISTICS_LIMIT, NAME_LIMIT, PLACE_LIMIT, TERMS_LIMIT, UNIT_LIMIT

_LAYOUT = Layout(
    kind="order",
    needed=(
        ("name_ru", "name_kk"),
        ("characteristics",),
        ("code", "agsk3"),
        ("quantity",),
        ("unit",),
        ("allocated_sum",),
    ),
)
_FIELDS = ("delivery_place", "delivery_terms", "delivery_days")
_LABEL_COLUMNS = 8
_ITEM_LIMIT = 32


@dataclass(frozen=True, slots=True)
class OrderSheetLine:
    """A line with the row it stands in and the item of the goods list it names, if any."""

    row: int
    terms: LineTerms
    list_item: str


@dataclass(frozen=True, slots=True)
class OrderSheet:
    """An order as typed: every cell is well formed; ``check_order`` judges it as a whole."""

    terms: OrderTerms
    lines: tuple[OrderSheetLine, ...]


def read_order(data: bytes) -> OrderSheet | SheetErrors:
    """The order in an XLSX file, or all that is wrong with it.

    Rows marked as an example in the first column are left out. Codes of errors: those of
    ``read_grid``; ``field_missing`` (``field``) for a delivery field that is nowhere;
    ``formula``, ``cell_error``, ``cell_type``, ``code_corrupt``, ``text_missing``,
    ``code_missing``, and those of the parsers of codes, sums and quantities and of
    ``check_delivery_days``.
    """
    grid = read_grid(data, _LAYOUT)
    if isinstance(grid, SheetErrors):
        return grid
    terms = _terms(grid)
    rows = [cells for cells in grid.rows if not _is_example(cells)]
    if not rows:
        return refused("sheet_empty")
    lines = tuple(_line(RowReader(cells, grid.errors)) for cells in rows)
    return grid.errors.result() if grid.errors else OrderSheet(terms, lines)


def _is_example(cells: dict[str, Cell]) -> bool:
    mark = cells.get("number")
    return mark is not None and key_of("example", str(mark.value or "")) == "mark"


def _line(row: RowReader) -> OrderSheetLine:
    name_ru = row.text("name_ru", NAME_LIMIT)
    name_kk = row.text("name_kk", NAME_LIMIT)
    if row.is_blank("name_ru") and row.is_blank("name_kk"):
        row.fail("name_ru", "text_missing", clause="344-12.1")
    if row.is_blank("code") and row.is_blank("agsk3"):
        row.fail("code", "code_missing", clause="344-13.2b")
    terms = LineTerms(
        name_ru=name_ru,
        name_kk=name_kk,
        code=row.code("code", parse_ens_tru),
        agsk3=row.code("agsk3", parse_agsk3),
        quantity=row.quantity("quantity"),
        unit=row.text("unit", UNIT_LIMIT, needed=True),
        allocated_sum=row.money("allocated_sum"),
        characteristics=row.text("characteristics", CHARACTERISTICS_LIMIT, needed=True),
    )
    return OrderSheetLine(row.number, terms, row.text("list_item", _ITEM_LIMIT))


def _terms(grid: Grid) -> OrderTerms:
    found = _fields(grid.sheet, grid.header_row)
    for key in _FIELDS:
        if key not in found:
            grid.errors.add(0, "", "field_missing", field=key)
    place, conditions, days = (_field(found, key, grid.errors) for key in _FIELDS)
    return OrderTerms(
        delivery_place=place.text("delivery_place", PLACE_LIMIT, needed=True) if place else "",
        delivery_terms=conditions.text("delivery_terms", TERMS_LIMIT, needed=True)
        if conditions
        else "",
        delivery_days=days.parsed("delivery_days", _days, 0, needed=True) if days else 0,
    )


def _field(found: dict[str, Cell], key: str, errors: ErrorList) -> RowReader | None:
    return RowReader({key: found[key]}, errors) if key in found else None


def _fields(sheet: Worksheet, header_row: int) -> dict[str, Cell]:
    """The cells to the right of the labels that stand above the table."""
    found: dict[str, Cell] = {}
    for row in range(1, header_row):
        for column in range(1, _LABEL_COLUMNS + 1):
            label = sheet.cell(row, column).value
            key = key_of("order_fields", label) if isinstance(label, str) else None
            value = sheet.cell(row, column + 1)
            if key is not None and isinstance(value, Cell):
                found.setdefault(key, value)
    return found


def _days(typed: str) -> int:
    days = parse_days(typed)
    check_delivery_days(days)
    return days

"""Tables of a spreadsheet: columns with titles in one language or two, and rows of plain values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from domain.clock import astana
from domain.documents.labels import Language
from domain.documents.xlsx_out import HEAD_FILL, HEAD_FONT, cell_text, is_formula, put

Cell = str | int | float | Decimal | datetime | None

MOMENT_FORMAT = "dd.mm.yyyy hh:mm"


@dataclass(frozen=True)
class Column:
    """A column: the key of its title in the labels, and its width in characters."""

    key: str
    width: float
    number_format: str | None = None


def put_table(
    sheet: Worksheet,
    columns: Sequence[Column],
    titles: Sequence[dict[str, str]],
    rows: Iterable[Sequence[Cell]],
    first: int = 1,
) -> None:
    """Write a table that begins in row ``first``: a row of titles for each of ``titles``.

    Moments become dates of Astana, so that a spreadsheet sorts them; texts never are formulas.
    """
    row = first
    for labels in titles:
        for place, column in enumerate(columns, start=1):
            cell = put(sheet, row, place, labels[column.key])
            cell.font, cell.fill = HEAD_FONT, HEAD_FILL
        row += 1
    for place, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.freeze_panes = f"A{row}"
    head = row - 1
    pen = _Pen(sheet)
    for values in rows:
        for place, (column, value) in enumerate(zip(columns, values, strict=True), start=1):
            pen.put(row, place, value, column.number_format)
        row += 1
    last = get_column_letter(len(columns))
    sheet.auto_filter.ref = f"A{head}:{last}{max(row - 1, head)}"


class _Pen:
    """Writes the cells of one sheet; looks are counted once for each kind of cell.

    The library compares borders and alignments anew for every cell: most of the time of a big
    table.
    """

    def __init__(self, sheet: Worksheet) -> None:
        self._sheet = sheet
        self._looks: dict[tuple[object, ...], StyleArray] = {}

    def put(self, row: int, place: int, value: Cell, number_format: str | None) -> None:
        """Write one value."""
        kind = (type(value), number_format, isinstance(value, str) and is_formula(value))
        known = self._looks.get(kind)
        if known is None:
            first = _put(self._sheet, row, place, value, number_format)
            self._looks[kind] = copy(first._style)  # type: ignore[attr-defined]  # left out of its types
            return
        cell = self._sheet.cell(row=row, column=place)
        assert isinstance(cell, SheetCell)  # noqa: S101 - narrows the library's union
        if isinstance(value, str):
            cell.value = cell_text(value)
            cell.data_type = "s"
        elif isinstance(value, datetime):
            cell.value = _wall_clock(value)
        elif value is not None:
            cell.value = value
        cell._style = copy(known)  # type: ignore[attr-defined]  # left out of its types


def _put(
    sheet: Worksheet, row: int, place: int, value: Cell, number_format: str | None
) -> SheetCell:
    if isinstance(value, datetime):
        cell = put(sheet, row, place, None)
        cell.value = _wall_clock(value)
        cell.number_format = MOMENT_FORMAT
        return cell
    if isinstance(value, float):
        return put(sheet, row, place, Decimal(str(value)), number_format or "0.0#")
    return put(sheet, row, place, value, number_format)


def _wall_clock(moment: datetime) -> datetime:
    """A spreadsheet knows no zones: the wall clock of Astana."""
    return astana(moment).replace(tzinfo=None, microsecond=0)


def named(text: dict[str, str], kind: str, code: str | None) -> str:
    """The word for a code, as ``<kind>_<code>`` of the labels; an unknown one stays as it is."""
    return text.get(f"{kind}_{code}", code) if code else ""


def both(first: str, second: str) -> str:
    """A word in two languages, once where it is the same."""
    return first if first == second else f"{first} / {second}"


def company_name(language: Language, name_kk: str, name_ru: str) -> str:
    """The name of a company in a language, or in the other one."""
    return (name_kk or name_ru) if language == "kk" else (name_ru or name_kk)

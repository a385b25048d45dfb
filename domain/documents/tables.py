"""Tables of a spreadsheet: columns with titles in one language or two, and rows of plain values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from domain.clock import astana
from domain.documents.labels import Language
from domain.documents.xlsx_out import HEAD_FILL, HEAD_FONT, put

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
    for values in rows:
        for place, (column, value) in enumerate(zip(columns, values, strict=True), start=1):
            _put(sheet, row, place, value, column.number_format)
        row += 1
    last = get_column_letter(len(columns))
    sheet.auto_filter.ref = f"A{head}:{last}{max(row - 1, head)}"


def _put(sheet: Worksheet, row: int, place: int, value: Cell, number_format: str | None) -> None:
    if isinstance(value, datetime):
        cell = put(sheet, row, place, None)
        # A spreadsheet knows no zones: the wall clock of Astana, to the minute shown.
        cell.value = astana(value).replace(tzinfo=None, microsecond=0)
        cell.number_format = MOMENT_FORMAT
    elif isinstance(value, float):
        put(sheet, row, place, Decimal(str(value)), number_format or "0.0#")
    else:
        put(sheet, row, place, value, number_format)


def named(text: dict[str, str], kind: str, code: str | None) -> str:
    """The word for a code, as ``<kind>_<code>`` of the labels; an unknown one stays as it is."""
    return text.get(f"{kind}_{code}", code) if code else ""


def both(first: str, second: str) -> str:
    """A word in two languages, once where it is the same."""
    return first if first == second else f"{first} / {second}"


def company_name(language: Language, name_kk: str, name_ru: str) -> str:
    """The name of a company in a language, or in the other one."""
    return (name_kk or name_ru) if language == "kk" else (name_ru or name_kk)

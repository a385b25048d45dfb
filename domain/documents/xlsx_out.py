"""Writing spreadsheets that cannot bite: text stays text, numbers are numbers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import TypeAlias

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from domain.documents.formatting import shown

Value: TypeAlias = str | int | Decimal | None

MONEY_FORMAT = "#,##0.00"
QUANTITY_FORMAT = "#,##0.######"
TEXT_FORMAT = "@"
_MAX_TEXT = 32_767  # a cell's limit in the file format
_FORMULA_STARTS = ("=", "+", "-", "@")

HEAD_FONT = Font(bold=True, color="FFFFFF")
HEAD_FILL = PatternFill("solid", fgColor="1F3A5F")
NOTE_FONT = Font(italic=True, color="707070")
_THIN = Side(style="thin", color="BFC7D1")
BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
WRAP = Alignment(wrap_text=True, vertical="top")


def put(
    sheet: Worksheet, row: int, column: int, value: Value, number_format: str | None = None
) -> Cell:
    """Write one cell. A text that begins like a formula is stored as text and stays one.

    ``quotePrefix`` is what a person's leading apostrophe is: the text stays text even when the
    cell is edited.
    """
    cell = sheet.cell(row=row, column=column)
    assert isinstance(cell, Cell)  # noqa: S101 - narrows openpyxl's union: nothing is merged here
    if isinstance(value, str):
        cell.value = cell_text(value)
        cell.data_type = "s"
        cell.number_format = TEXT_FORMAT
        if is_formula(value):
            cell.quotePrefix = True
    elif value is not None:
        cell.value = value
        cell.number_format = number_format or "General"
    cell.border = BORDER
    cell.alignment = WRAP
    return cell


def cell_text(value: str) -> str:
    """A text as a cell can hold it."""
    return shown(value)[:_MAX_TEXT]


def is_formula(value: str) -> bool:
    """Whether a spreadsheet would take a text for a formula."""
    return value.lstrip().startswith(_FORMULA_STARTS)


def put_header(sheet: Worksheet, row: int, titles: Sequence[str], widths: Sequence[float]) -> None:
    """Write a header row and set the widths (characters) of its columns."""
    for column, (title, width) in enumerate(zip(titles, widths, strict=True), start=1):
        cell = put(sheet, row, column, title)
        cell.font, cell.fill = HEAD_FONT, HEAD_FILL
        sheet.column_dimensions[cell.column_letter].width = width


def to_bytes(book: Workbook) -> bytes:
    """The workbook as an XLSX file."""
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()

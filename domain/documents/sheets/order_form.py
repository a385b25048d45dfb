"""The spreadsheet that is handed out for filling in an order."""

from __future__ import annotations

from decimal import Decimal

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from domain.documents.labels import Language, labels
from domain.documents.sheets.titles import titles
from domain.documents.xlsx_out import (
    MONEY_FORMAT,
    NOTE_FONT,
    QUANTITY_FORMAT,
    TEXT_FORMAT,
    WRAP,
    Value,
    put,
    put_header,
    to_bytes,
)
from domain.law import MIN_DELIVERY_DAYS
from domain.money import MAX_DAYS

_COLUMNS: tuple[tuple[str, float, str], ...] = (
    ("number", 9, TEXT_FORMAT),
    ("name_kk", 36, TEXT_FORMAT),
    ("name_ru", 36, TEXT_FORMAT),
    ("characteristics", 44, TEXT_FORMAT),
    ("code", 22, TEXT_FORMAT),
    ("agsk3", 22, TEXT_FORMAT),
    ("quantity", 13, QUANTITY_FORMAT),
    ("unit", 13, TEXT_FORMAT),
    ("allocated_sum", 21, MONEY_FORMAT),
    ("list_item", 18, TEXT_FORMAT),
)
_FIELDS = ("delivery_place", "delivery_terms", "delivery_days")
_FIRST_FIELD_ROW = 3
_HEADER_ROW = 7
_EXAMPLE_ROW = 9
_LAST_ROW = _EXAMPLE_ROW + 500  # as many lines as one order may have
_HELP_LINES = 7


def order_template(language: Language) -> bytes:
    """An empty order as XLSX: delivery on top, lines below, an example row, instructions.

    ``read_order`` reads it back in either language and leaves the example row out.
    """
    text = labels("order_form", language)
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = text["sheet"]
    sheet.cell(1, 2, text["title"]).font = Font(bold=True, size=14)
    _put_fields(sheet, language)
    _put_table(sheet, language)
    _put_example(sheet, text)
    _validate(sheet, text)
    sheet.freeze_panes = f"D{_EXAMPLE_ROW}"
    help_sheet: Worksheet = book.create_sheet(text["help_sheet"])
    help_sheet.column_dimensions["A"].width = 110
    for row in range(1, _HELP_LINES + 1):
        help_sheet.cell(row, 1, text[f"help_{row}"]).alignment = WRAP
    return to_bytes(book)


def _put_fields(sheet: Worksheet, language: Language) -> None:
    text, names = labels("order_form", language), titles("order_fields", language)
    for row, key in enumerate(_FIELDS, start=_FIRST_FIELD_ROW):
        put(sheet, row, 2, names[key]).font = Font(bold=True)
        put(sheet, row, 3, None, TEXT_FORMAT)
        hint = sheet.cell(row, 4, text[f"{key}_hint"])
        hint.font, hint.alignment = NOTE_FONT, WRAP


def _put_table(sheet: Worksheet, language: Language) -> None:
    """The header in the reader's language, and below it small in the other one."""
    other: Language = "ru" if language == "kk" else "kk"
    names, other_names = titles("order", language), titles("order", other)
    put_header(
        sheet,
        _HEADER_ROW,
        [names[key] for key, _, _ in _COLUMNS],
        [width for _, width, _ in _COLUMNS],
    )
    for column, (key, _, number_format) in enumerate(_COLUMNS, start=1):
        put(sheet, _HEADER_ROW + 1, column, other_names[key]).font = NOTE_FONT
        # A code typed into a cell that is text beforehand stays what it is.
        for row in range(_EXAMPLE_ROW + 1, _LAST_ROW + 1):
            sheet.cell(row, column).number_format = number_format


def _put_example(sheet: Worksheet, text: dict[str, str]) -> None:
    values: tuple[Value, ...] = (
        text["example"],
        text["example_name_kk"],
        text["example_name_ru"],
        text["example_characteristics"],
        "242013.100.000000",
        "241-101-0101",
        Decimal("1200.5"),
        text["example_unit"],
        Decimal("1250000.50"),
        "12",
    )
    for column, (value, (_, _, number_format)) in enumerate(
        zip(values, _COLUMNS, strict=True), start=1
    ):
        put(sheet, _EXAMPLE_ROW, column, value, number_format).font = NOTE_FONT


def _validate(sheet: Worksheet, text: dict[str, str]) -> None:
    days = DataValidation(
        type="whole",
        operator="between",
        formula1=str(MIN_DELIVERY_DAYS.value),
        formula2=str(MAX_DAYS),
        error=text["days_error"],
        showErrorMessage=True,
    )
    days.add(f"C{_FIRST_FIELD_ROW + 2}")
    sheet.cell(_FIRST_FIELD_ROW + 2, 3).number_format = "0"
    positive = DataValidation(
        type="decimal",
        operator="greaterThan",
        formula1="0",
        error=text["positive_error"],
        showErrorMessage=True,
    )
    for column, (key, _, _) in enumerate(_COLUMNS, start=1):
        if key in ("quantity", "allocated_sum"):
            letter = get_column_letter(column)
            positive.add(f"{letter}{_EXAMPLE_ROW + 1}:{letter}{_LAST_ROW}")
    sheet.add_data_validation(days)
    sheet.add_data_validation(positive)

"""What is wrong with a spreadsheet, cell by cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.documents.labels import Language
from domain.documents.sheets.errors import SheetError
from domain.documents.sheets.titles import Kind, titles
from handlers.views.errors.told import Told, do_of, field_name, number, what_of
from handlers.views.shown import bold
from handlers.views.translator import Html, Translator, escape, join, lazy

_TABLES: tuple[Kind, ...] = ("order", "order_fields", "producers", "goods_list")


def _title(t: Translator, key: object) -> Html:
    """The title of a column as the sheet shows it; sheets know Kazakh and Russian."""
    language: Language = "kk" if t.locale == "kk" else "ru"
    for table in _TABLES:
        title = titles(table, language).get(str(key))
        if title:
            return escape(title)
    return field_name(t, key)


def _groups(t: Translator, value: object) -> Html:
    """Missing columns; where one of several would do, they are joined by a stroke."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return _title(t, value)
    groups = [[each] if isinstance(each, str) else list(each) for each in value]
    return join([join([_title(t, key) for key in group], " / ") for group in groups], "; ")


SHEETS: Mapping[str, Told] = {
    "file_too_large": Told(
        lazy("The file is too large."),
        lazy("Send a file of at most {limit_mb} MB."),
    ),
    "not_xlsx": Told(
        lazy("This is not an XLSX file, or it is damaged."),
        lazy("Open it in a spreadsheet program, save it as XLSX and send it again."),
    ),
    "archive_too_large": Told(
        lazy("The file grows too large when it is unpacked."),
        lazy("Copy the table into a new file and send that one."),
    ),
    "too_many_rows": Told(
        lazy("There are too many rows. At most: {limit}."),
        lazy("Split the table into several files."),
        {"limit": number},
    ),
    "too_many_cells": Told(
        lazy("There are too many filled cells. At most: {limit}."),
        lazy("Split the table into several files."),
        {"limit": number},
    ),
    "sheet_empty": Told(
        lazy("There are no rows in the file."),
        lazy("Fill in the template and send it again."),
    ),
    "columns_missing": Told(
        lazy("Columns are missing: {columns}."),
        lazy("Take the template and keep its titles."),
        {"columns": _groups},
    ),
    "field_missing": Told(
        lazy("This must be filled in: {field}."),
        None,
        {"field": _title},
    ),
    "merged_cells": Told(
        lazy("Merged cells: {range}."),
        lazy("Split them and fill in each one."),
    ),
    "formula": Told(
        lazy("There is a formula in the cell."),
        lazy("Put its value in its place."),
    ),
    "cell_error": Told(
        lazy("There is an error in the cell: {value}."),
        lazy("Put the right value in its place."),
    ),
    "cell_type": Told(
        lazy("The cell holds a date or a mark, not a text or a number: {value}."),
        lazy("Change the format of the cell to text and type the value again."),
    ),
    "code_corrupt": Told(
        lazy("The spreadsheet has turned the code into a number: {value}."),
        lazy("Change the format of the cell to text and type the code again."),
    ),
    "producer_differs": Told(
        lazy("The same producer is described differently in row {first_row}."),
        lazy("Make both rows agree."),
    ),
    "row_repeated": Told(
        lazy("The same goods already stand in row {first_row}."),
        lazy("Keep one of the rows."),
    ),
    "project_differs": Told(
        lazy("The same project has another name in row {first_row}."),
        lazy("Make both rows agree."),
    ),
    "item_repeated": Told(
        lazy("The same item number already stands in row {first_row}."),
        lazy("Give each item its own number."),
    ),
}


def place_of(t: Translator, error: SheetError) -> Html:
    """Where in the sheet: a cell, a whole row, or nothing for the whole file."""
    if error.row and error.column:
        return t("Cell {cell}", cell=error.cell)
    return t("Row {row}", row=error.row) if error.row else escape("")


def say_sheet_error(t: Translator, error: SheetError, told: Told) -> Html:
    """One line: the place, what is wrong, what to do."""
    said = join([what_of(t, told, error.params), do_of(t, told, error.params)], " ")
    place = place_of(t, error)
    return bold(place + ".") + " " + said if place else said

"""Finding the table in a sheet: its header, its rows, and the merged cells among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from domain.documents.sheets.container import MAX_ROW_ELEMENTS, MAX_ROWS, open_book
from domain.documents.sheets.errors import ErrorList, SheetErrors, refused
from domain.documents.sheets.titles import Kind, key_of

_HEADER_WITHIN = 40  # rows
_MAX_COLUMNS = 100


@dataclass(frozen=True, slots=True)
class Layout:
    """What a sheet must have.

    ``needed`` are groups of column keys of which one must be there; ``filled`` are columns where
    a value merged over several rows counts for each of them.
    """

    kind: Kind
    needed: Sequence[tuple[str, ...]]
    filled: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Grid:
    """A table found: its header's row, the columns by key, and the rows that hold anything."""

    sheet: Worksheet
    header_row: int
    columns: dict[str, int]
    rows: list[dict[str, Cell]]
    errors: ErrorList = field(default_factory=ErrorList)


def read_grid(data: bytes, layout: Layout) -> Grid | SheetErrors:
    """The table of a file, or why the file is refused.

    Codes beside those of ``open_book``: ``columns_missing`` (``columns``: groups of keys, one of
    each group must be there), ``sheet_empty``, ``too_many_rows``. Merged cells that cannot be
    understood are noted in the grid's ``errors`` as ``merged_cells`` (``range``).
    """
    book = open_book(data)
    if isinstance(book, SheetErrors):
        return book
    sheet, header_row, columns = max(
        (_header(sheet, layout.kind) for sheet in book.worksheets), key=_known
    )
    refusal = _refusal(book, sheet, columns, layout)
    if refusal:
        return refusal
    errors = ErrorList()
    _unmerge(sheet, header_row, columns, layout.filled, errors)
    rows = _rows(sheet, header_row, columns, layout.kind)
    if len(rows) > MAX_ROWS:
        return refused("too_many_rows", limit=MAX_ROWS)
    return Grid(sheet, header_row, columns, rows, errors) if rows else refused("sheet_empty")


def _refusal(
    book: Workbook, sheet: Worksheet, columns: dict[str, int], layout: Layout
) -> SheetErrors | None:
    if _is_blank(book):
        return refused("sheet_empty")
    missing = tuple(group for group in layout.needed if not columns.keys() & set(group))
    if missing:
        return refused("columns_missing", columns=missing)
    if sheet.max_row > MAX_ROW_ELEMENTS:
        return refused("too_many_rows", limit=MAX_ROWS)
    return None


def _header(sheet: Worksheet, kind: Kind) -> tuple[Worksheet, int, dict[str, int]]:
    """The row with the most known titles, among the first ones."""
    best_row, best = 1, dict[str, int]()
    last_column = min(sheet.max_column, _MAX_COLUMNS)
    for row in range(1, min(sheet.max_row, _HEADER_WITHIN) + 1):
        columns: dict[str, int] = {}
        for column in range(1, last_column + 1):
            value = sheet.cell(row, column).value
            key = key_of(kind, value) if isinstance(value, str) else None
            if key is not None:
                columns.setdefault(key, column)
        if len(columns) > len(best):
            best_row, best = row, columns
    return sheet, best_row, best


def _known(found: tuple[Worksheet, int, dict[str, int]]) -> int:
    return len(found[2])


def _is_blank(book: Workbook) -> bool:
    return all(
        sheet.max_row == 1 and sheet.cell(1, 1).value is None and sheet.max_column == 1
        for sheet in book.worksheets
    )


def _rows(
    sheet: Worksheet, header_row: int, columns: dict[str, int], kind: Kind
) -> list[dict[str, Cell]]:
    rows = []
    for number in range(header_row + 1, sheet.max_row + 1):
        cells: dict[str, Cell] = {}
        for key, column in columns.items():
            cell = sheet.cell(number, column)
            if isinstance(cell, Cell):
                cells[key] = cell
        values = [cell.value for cell in cells.values()]
        blank = all(
            value is None or (isinstance(value, str) and not value.strip()) for value in values
        )
        if not blank and not _is_second_header(values, kind):
            rows.append(cells)
    return rows


def _is_second_header(values: Sequence[object], kind: Kind) -> bool:
    """Our forms repeat the titles in the other language below the first ones."""
    texts = [value for value in values if isinstance(value, str) and value.strip()]
    return len(texts) > 1 and all(key_of(kind, text) is not None for text in texts)


def _unmerge(
    sheet: Worksheet,
    header_row: int,
    columns: dict[str, int],
    filled: frozenset[str],
    errors: ErrorList,
) -> None:
    """Spread a name merged over its producer's rows; refuse any other merge among the data.

    A sum or a quantity merged over two rows may mean one for both or the same for each: only
    the person who wrote it knows.
    """
    keys = {column: key for key, column in columns.items()}
    for area in list(sheet.merged_cells.ranges):
        touched = [
            keys[column]
            for column in range(area.min_col, min(area.max_col, _MAX_COLUMNS) + 1)
            if column in keys
        ]
        if area.max_row <= header_row or not touched:
            continue
        one_column = area.min_col == area.max_col
        too_long = area.max_row - area.min_row > MAX_ROWS
        if area.min_row <= header_row or not one_column or too_long or touched[0] not in filled:
            letter = get_column_letter(area.min_col)
            errors.add(area.min_row, letter, "merged_cells", range=area.coord, field=touched[0])
            continue
        top = sheet.cell(area.min_row, area.min_col)
        sheet.unmerge_cells(area.coord)
        for row in range(area.min_row + 1, area.max_row + 1):
            cell = sheet.cell(row, area.min_col)
            assert not isinstance(cell, MergedCell)  # noqa: S101 - just unmerged; narrows the type
            cell.value, cell.number_format = top.value, top.number_format
            cell.data_type = top.data_type

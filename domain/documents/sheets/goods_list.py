"""Reading the goods list of a project (PSD) from a spreadsheet (act 344, clause 3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from domain.codes import parse_agsk3, parse_ens_tru
from domain.documents.sheets.cells import RowReader
from domain.documents.sheets.errors import SheetErrors
from domain.documents.sheets.grid import Layout, read_grid
from domain.identifiers import check_bin_iin
from domain.texts import CHARACTERISTICS_LIMIT, NAME_LIMIT, UNIT_LIMIT

_LAYOUT = Layout(
    kind="goods_list",
    needed=(
        ("project_code",),
        ("project_name",),
        ("customer_bin",),
        ("item",),
        ("name_ru", "name_kk"),
        ("code", "agsk3"),
        ("quantity",),
        ("unit",),
    ),
    filled=frozenset({"project_code", "project_name", "customer_bin"}),
)
_PROJECT_CODE_LIMIT = 64
_ITEM_LIMIT = 32


@dataclass(frozen=True, slots=True)
class ListedItem:
    """One need of a project. Of the two names and of the two codes one may be empty."""

    row: int
    item: str
    name_ru: str
    name_kk: str
    code: str
    agsk3: str
    quantity: Decimal
    unit: str
    characteristics: str


@dataclass(frozen=True, slots=True)
class ListedProject:
    """The goods list of one project of one customer."""

    customer_bin: str
    project_code: str
    project_name: str
    items: tuple[ListedItem, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    customer_bin: str
    project_code: str
    project_name: str
    item: ListedItem


def read_goods_list(data: bytes) -> tuple[ListedProject, ...] | SheetErrors:
    """The projects of an XLSX file with their items, or all that is wrong with it.

    Codes of errors beside those of ``read_grid`` and the parsers: ``formula``, ``cell_error``,
    ``cell_type``, ``code_corrupt``, ``text_missing``, ``code_missing``, ``project_differs``
    (``first_row``: another name of the same project), ``item_repeated`` (``first_row``).
    """
    grid = read_grid(data, _LAYOUT)
    if isinstance(grid, SheetErrors):
        return grid
    readers = [RowReader(cells, grid.errors) for cells in grid.rows]
    rows = [_row(reader) for reader in readers]
    _check_agreement(readers, rows)
    return grid.errors.result() if grid.errors else _gathered(rows)


def _row(row: RowReader) -> _Row:
    if row.is_blank("name_ru") and row.is_blank("name_kk"):
        row.fail("name_ru", "text_missing")
    if row.is_blank("code") and row.is_blank("agsk3"):
        row.fail("code", "code_missing", clause="344-13.2b")
    return _Row(
        customer_bin=row.code("customer_bin", check_bin_iin, digits=12, needed=True),
        project_code=row.text("project_code", _PROJECT_CODE_LIMIT, needed=True),
        project_name=row.text("project_name", NAME_LIMIT, needed=True),
        item=ListedItem(
            row=row.number,
            item=row.text("item", _ITEM_LIMIT, needed=True),
            name_ru=row.text("name_ru", NAME_LIMIT),
            name_kk=row.text("name_kk", NAME_LIMIT),
            code=row.code("code", parse_ens_tru),
            agsk3=row.code("agsk3", parse_agsk3),
            quantity=row.quantity("quantity"),
            unit=row.text("unit", UNIT_LIMIT, needed=True),
            characteristics=row.text("characteristics", CHARACTERISTICS_LIMIT),
        ),
    )


def _check_agreement(readers: Iterable[RowReader], rows: Iterable[_Row]) -> None:
    """A project bears one name, and each of its items stands in the list once."""
    names: dict[tuple[str, str], tuple[int, str]] = {}
    seen: dict[tuple[str, str, str], int] = {}
    for reader, row in zip(readers, rows, strict=True):
        project = (row.customer_bin, row.project_code)
        if not all(project):
            continue
        first_row, name = names.setdefault(project, (reader.number, row.project_name))
        if name != row.project_name:
            reader.fail("project_name", "project_differs", first_row=first_row)
        before = seen.setdefault((*project, row.item.item), reader.number)
        if row.item.item and before != reader.number:
            reader.fail("item", "item_repeated", first_row=before)


def _gathered(rows: Iterable[_Row]) -> tuple[ListedProject, ...]:
    by_project: dict[tuple[str, str, str], list[ListedItem]] = {}
    for row in rows:
        key = (row.customer_bin, row.project_code, row.project_name)
        by_project.setdefault(key, []).append(row.item)
    return tuple(
        ListedProject(customer, code, name, tuple(items))
        for (customer, code, name), items in by_project.items()
    )

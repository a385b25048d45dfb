"""Reading the registry of Kazakhstani producers (columns of order 327) from a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias, cast, get_args

from domain.codes import parse_agsk3, parse_ens_tru, parse_tn_ved
from domain.documents.sheets.cells import RowReader
from domain.documents.sheets.errors import SheetErrors
from domain.documents.sheets.grid import Layout, read_grid
from domain.documents.sheets.titles import key_of
from domain.errors import RuleBroken
from domain.identifiers import check_bin_iin
from domain.texts import NAME_LIMIT, UNIT_LIMIT

ProducerStatus: TypeAlias = Literal["active", "bankrupt", "liquidation", "unfair", "excluded"]

_LAYOUT = Layout(
    kind="producers",
    needed=(
        ("bin",),
        ("name_ru", "name_kk"),
        ("product_ru", "product_kk"),
        ("code", "agsk3", "tnved"),
    ),
    filled=frozenset(
        {"bin", "name_ru", "name_kk", "status", "registry_number", "oked", "kato", "included_on"}
    ),
)
_SHORT = 64
_CLASSIFIER = re.compile(r"[0-9][0-9.]{0,30}")


@dataclass(frozen=True, slots=True)
class ProducerGood:
    """A product in the registry; an empty text is not stated, ``local_content`` is per cent."""

    row: int
    name_ru: str
    name_kk: str
    code: str
    agsk3: str
    tnved: str
    kpved: str
    oked: str
    kato: str
    capacity: str
    unit: str
    local_content: Decimal | None
    localisation_level: str
    included_on: date | None


@dataclass(frozen=True, slots=True)
class ProducerEntry:
    """A producer with all its goods, gathered from its rows."""

    bin: str
    name_ru: str
    name_kk: str
    status: ProducerStatus
    registry_number: str
    goods: tuple[ProducerGood, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    bin: str
    name_ru: str
    name_kk: str
    status: ProducerStatus
    registry_number: str
    good: ProducerGood


def read_producers(data: bytes) -> tuple[ProducerEntry, ...] | SheetErrors:
    """The producers of an XLSX file in the order they first come, or all that is wrong.

    A producer takes as many rows as it has goods. Codes of errors beside those of ``read_grid``
    and the parsers: ``formula``, ``cell_error``, ``cell_type``, ``code_corrupt``,
    ``text_missing``, ``code_missing``, ``status_unknown``, ``percent_format``, ``date_format``,
    ``producer_differs`` (``first_row``: a row of the same BIN that says otherwise),
    ``row_repeated`` (``first_row``).
    """
    grid = read_grid(data, _LAYOUT)
    if isinstance(grid, SheetErrors):
        return grid
    readers = [RowReader(cells, grid.errors) for cells in grid.rows]
    rows = [_row(reader) for reader in readers]
    _check_agreement(readers, rows)
    return grid.errors.result() if grid.errors else _gathered(rows)


def _row(row: RowReader) -> _Row:
    for first, second in (("name_ru", "name_kk"), ("product_ru", "product_kk")):
        if row.is_blank(first) and row.is_blank(second):
            row.fail(first, "text_missing")
    if all(row.is_blank(key) for key in ("code", "agsk3", "tnved")):
        row.fail("code", "code_missing", clause="344-13.2b")
    return _Row(
        bin=row.code("bin", check_bin_iin, digits=12, needed=True),
        name_ru=row.text("name_ru", NAME_LIMIT),
        name_kk=row.text("name_kk", NAME_LIMIT),
        status=row.parsed("status", _status, "active"),
        registry_number=row.text("registry_number", _SHORT),
        good=ProducerGood(
            row=row.number,
            name_ru=row.text("product_ru", NAME_LIMIT),
            name_kk=row.text("product_kk", NAME_LIMIT),
            code=row.code("code", parse_ens_tru),
            agsk3=row.code("agsk3", parse_agsk3),
            tnved=row.code("tnved", parse_tn_ved, digits=10),
            kpved=row.code("kpved", _classifier),
            oked=row.code("oked", _classifier, digits=5),
            kato=row.code("kato", _classifier, digits=9),
            capacity=row.text("capacity", _SHORT),
            unit=row.text("unit", UNIT_LIMIT),
            local_content=row.percent("local_content"),
            localisation_level=row.text("localisation_level", _SHORT),
            included_on=row.day("included_on"),
        ),
    )


def _status(typed: str) -> ProducerStatus:
    key = key_of("status", typed)
    if key not in get_args(ProducerStatus):
        raise RuleBroken("status_unknown")
    return cast("ProducerStatus", key)


def _classifier(typed: str) -> str:
    code = typed.replace(" ", "")
    if not _CLASSIFIER.fullmatch(code):
        raise RuleBroken("classifier_format")
    return code


def _check_agreement(readers: Iterable[RowReader], rows: Iterable[_Row]) -> None:
    """All rows of one BIN say the same of the producer, and none says the same of a good."""
    first_rows: dict[str, tuple[int, _Row]] = {}
    seen: dict[tuple[str, ...], int] = {}
    for reader, row in zip(readers, rows, strict=True):
        if not row.bin:
            continue
        first_number, first = first_rows.setdefault(row.bin, (reader.number, row))
        for key in ("name_ru", "name_kk", "status", "registry_number"):
            if getattr(row, key) != getattr(first, key):
                reader.fail(key, "producer_differs", first_row=first_number)
        good = row.good
        identity = (
            row.bin,
            good.name_ru,
            good.name_kk,
            good.code,
            good.agsk3,
            good.tnved,
            good.kpved,
        )
        before = seen.setdefault(identity, reader.number)
        if before != reader.number:
            reader.fail("bin", "row_repeated", first_row=before)


def _gathered(rows: Iterable[_Row]) -> tuple[ProducerEntry, ...]:
    by_bin: dict[str, list[_Row]] = {}
    for row in rows:
        by_bin.setdefault(row.bin, []).append(row)
    return tuple(
        ProducerEntry(
            bin=number,
            name_ru=own[0].name_ru,
            name_kk=own[0].name_kk,
            status=own[0].status,
            registry_number=own[0].registry_number,
            goods=tuple(row.good for row in own),
        )
        for number, own in by_bin.items()
    )

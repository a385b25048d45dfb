"""Writing producers and goods in bulk: a few statements for any number of rows.

A hundred thousand goods pass as arrays (``INSERT ... SELECT FROM unnest``): one round trip for a
chunk, where rows sent one by one would hold the transaction for minutes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Table, bindparam, cast, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import InstrumentedAttribute

from domain.orders.matching import registry_keys
from domain.registry.model import Company, Good, GoodKey
from domain.registry.rules import GoodData, ProducerData, fold
from domain.work import Work

ItemT = TypeVar("ItemT")

_COMPANIES_AT_ONCE = 1_000
_GOODS_AT_ONCE = 20_000

# What makes two goods the same good: its names and codes. The rest describes it and may change.
_IDENTITY = ("name_ru", "name_kk", "code", "agsk3", "tnved")
_DETAILS = (
    "kpved",
    "oked",
    "kato",
    "capacity",
    "unit",
    "local_content",
    "localisation_level",
    "included_on",
)
_COLUMNS = (*_IDENTITY, *_DETAILS)


@dataclass
class Stored:
    """What was written: counts, and the changes of status as (BIN, old, new)."""

    ids: dict[str, int] = field(default_factory=dict)
    new: int = 0
    changed: int = 0
    added: int = 0
    altered: int = 0
    removed: int = 0
    total: int = 0
    statuses: list[tuple[str, str, str]] = field(default_factory=list)


def chunks(items: Sequence[ItemT], size: int) -> Iterator[Sequence[ItemT]]:
    """``items`` in runs of at most ``size``."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def folded_company(data: ProducerData) -> str:
    """The text by which a company is searched for."""
    return fold(f"{data.name_ru} {data.name_kk} {data.bin} {data.registry_number}")


async def insert_columns(work: Work, table: Table, columns: dict[str, Sequence[object]]) -> None:
    """Insert rows given as columns, in one statement a chunk."""
    names = list(columns)
    types = [table.c[name].type for name in names]
    arrays = [
        cast(bindparam(f"a_{name}"), ARRAY(type_)) for name, type_ in zip(names, types, strict=True)
    ]
    rows = func.unnest(*arrays).table_valued(*names).render_derived()
    statement = insert(table).from_select(names, select(*(rows.c[name] for name in names)))
    for start in range(0, len(columns[names[0]]), _GOODS_AT_ONCE):
        part = slice(start, start + _GOODS_AT_ONCE)
        await work.session.execute(
            statement, {f"a_{name}": list(columns[name][part]) for name in names}
        )


async def store_producers(work: Work, producers: Sequence[ProducerData]) -> Stored:
    """Write producers and replace their goods by difference; rules have passed already."""
    stored = Stored()
    # Always in the same order: two imports at once wait for each other instead of deadlocking.
    for part in chunks(sorted(producers, key=lambda data: data.bin), _COMPANIES_AT_ONCE):
        await _store_companies(work, part, stored)
        await _store_goods(work, part, stored)
    return stored


async def _store_companies(work: Work, producers: Sequence[ProducerData], stored: Stored) -> None:
    before = {
        row.bin: row
        for row in await work.session.execute(
            select(
                Company.bin,
                Company.name_ru,
                Company.name_kk,
                Company.status,
                Company.registry_number,
                Company.is_producer,
            )
            .where(Company.bin.in_([data.bin for data in producers]))
            .with_for_update()
        )
    }
    rows = [
        {
            "bin": data.bin,
            "name_ru": data.name_ru,
            "name_kk": data.name_kk,
            "is_producer": True,
            "is_customer": False,
            "status": data.status.value,
            "registry_number": data.registry_number,
            "folded": folded_company(data),
            "updated_at": work.now,
        }
        for data in producers
    ]
    statement = upsert(Company).values(rows)
    kept = {
        name: statement.excluded[name]
        for name in rows[0]
        # A company that is also a customer stays one.
        if name not in ("bin", "is_customer")
    }
    written = await work.session.execute(
        statement.on_conflict_do_update(index_elements=[Company.bin], set_=kept).returning(
            Company.bin, Company.id
        )
    )
    for number, id_ in written:
        stored.ids[number] = id_
    for data in producers:
        old = before.get(data.bin)
        if old is None:
            stored.new += 1
            continue
        if old.status != data.status.value:
            stored.statuses.append((data.bin, old.status, data.status.value))
        now = (data.name_ru, data.name_kk, data.status.value, data.registry_number, True)
        stored.changed += tuple(old)[1:] != now


def _values(good: Any, names: Iterable[str]) -> tuple[object, ...]:
    return tuple(getattr(good, name) for name in names)


async def _store_goods(work: Work, producers: Sequence[ProducerData], stored: Stored) -> None:
    columns: list[InstrumentedAttribute[Any]] = [getattr(Good, name) for name in _COLUMNS]
    rows = await work.session.execute(
        select(Good.id, Good.company_id, *columns)
        .where(Good.company_id.in_([stored.ids[data.bin] for data in producers]))
        .order_by(Good.id)
    )
    known: dict[tuple[object, ...], list[Any]] = defaultdict(list)
    for row in rows:
        known[(row.company_id, *_values(row, _IDENTITY))].append(row)
    fresh: list[tuple[int, GoodData]] = []
    altered: list[dict[str, object]] = []
    for data in producers:
        company_id = stored.ids[data.bin]
        stored.total += len(data.goods)
        for good in data.goods:
            same = known.get((company_id, *_values(good, _IDENTITY)))
            if not same:
                fresh.append((company_id, good))
                continue
            row = same.pop(0)
            if _values(row, _DETAILS) != _values(good, _DETAILS):
                details = zip(_DETAILS, _values(good, _DETAILS), strict=True)
                altered.append({"id": row.id, **dict(details)})
    gone = [row.id for same in known.values() for row in same]
    for part in chunks(gone, _GOODS_AT_ONCE):
        await work.session.execute(
            delete(Good)
            .where(Good.id == func.any(cast(bindparam("gone"), ARRAY(Good.id.type))))
            .execution_options(synchronize_session=False),
            {"gone": list(part)},
        )
    if altered:
        await work.session.execute(update(Good), altered)
    await _insert_goods(work, fresh)
    stored.added += len(fresh)
    stored.altered += len(altered)
    stored.removed += len(gone)


async def _insert_goods(work: Work, fresh: Sequence[tuple[int, GoodData]]) -> None:
    if not fresh:
        return
    sequence = func.pg_get_serial_sequence(Good.__tablename__, "id")
    ids = list(
        await work.session.scalars(
            select(func.nextval(sequence)).select_from(func.generate_series(1, len(fresh)))
        )
    )
    table = Good.metadata.tables[Good.__tablename__]
    values: dict[str, Sequence[object]] = {
        "id": ids,
        "company_id": [company_id for company_id, _ in fresh],
    }
    values |= {name: [getattr(good, name) for _, good in fresh] for name in _COLUMNS}
    await insert_columns(work, table, values)
    keys = [
        (id_, key, company_id)
        for id_, (company_id, good) in zip(ids, fresh, strict=True)
        for key in sorted(registry_keys(good))
    ]
    if keys:
        good_ids, names, companies = zip(*keys, strict=True)
        await insert_columns(
            work,
            GoodKey.metadata.tables[GoodKey.__tablename__],
            {"good_id": good_ids, "key": names, "company_id": companies},
        )

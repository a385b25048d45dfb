"""The record of acts: nothing on it can be changed unnoticed (act 366, clauses 32, 33)."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.audit import GENESIS, AuditEntry, AuditHead, Verdict, verify
from tests.domain.stage import TERMS, Stage, new_line


async def verdict(stage: Stage) -> Verdict:
    async with stage.site.sessions() as session:
        return await verify(session)


async def as_superuser(stage: Stage, *statements: str) -> None:
    """What somebody with all rights on the database can do: lift the guard and rewrite."""
    async with stage.site.sessions.begin() as session:
        for table in ("audit_entry", "audit_head"):
            await session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER keep"))
        for statement in statements:
            await session.execute(text(statement))
        for table in ("audit_entry", "audit_head"):
            await session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER keep"))


async def some_acts(stage: Stage) -> int:
    """A few entries; returns how many stand on record."""
    customer = await stage.customer()
    await stage.supplier()
    await stage.order(customer)
    return (await verdict(stage)).entries


async def test_an_empty_record_is_whole(stage: Stage) -> None:
    assert await verdict(stage) == Verdict(0, None, None)


@pytest.mark.clause("366-33")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET label = 'x' WHERE position = 1",
        "UPDATE audit_entry SET label = 'x' WHERE false",
        "DELETE FROM audit_entry WHERE position = 1",
        "TRUNCATE audit_entry",
        "DELETE FROM audit_head",
    ],
)
async def test_the_database_refuses_to_rewrite_the_record(stage: Stage, statement: str) -> None:
    count = await some_acts(stage)
    with pytest.raises(DBAPIError, match="are kept"):
        async with stage.site.sessions.begin() as session:
            await session.execute(text(statement))
    assert await verdict(stage) == Verdict(count, None, None)


@pytest.mark.clause("366-33")
@pytest.mark.parametrize(
    ("statement", "position", "problem"),
    [
        ("UPDATE audit_entry SET person_id = 9 WHERE position = 2", 2, "changed"),
        (
            "UPDATE audit_entry SET at = at - interval '1 microsecond' WHERE position = 2",
            2,
            "changed",
        ),
        ("UPDATE audit_entry SET data = data || '{\"x\": 1}' WHERE position = 3", 3, "changed"),
        ("UPDATE audit_entry SET result = '{}' WHERE position = 3", 3, "changed"),
        ("UPDATE audit_entry SET cause = 'x' WHERE position = 1", 1, "changed"),
        ("DELETE FROM audit_entry WHERE position = 2", 2, "missing"),
        (
            "UPDATE audit_entry SET previous_hash = repeat('0', 64) WHERE position = 3",
            3,
            "unchained",
        ),
    ],
)
async def test_a_rewritten_entry_is_found_at_its_place(
    stage: Stage, statement: str, position: int, problem: str
) -> None:
    assert await some_acts(stage) >= 3
    await as_superuser(stage, statement)
    assert await verdict(stage) == Verdict(position - 1, position, problem)


@pytest.mark.clause("366-33")
async def test_a_cut_tail_is_found(stage: Stage) -> None:
    count = await some_acts(stage)
    await as_superuser(stage, f"DELETE FROM audit_entry WHERE position > {count - 2}")
    assert await verdict(stage) == Verdict(count - 2, count - 1, "cut")


async def test_a_record_emptied_whole_is_found(stage: Stage) -> None:
    await some_acts(stage)
    await as_superuser(stage, "DELETE FROM audit_entry")
    assert await verdict(stage) == Verdict(0, 1, "cut")


async def test_a_head_put_back_leaves_a_tail_that_is_found(stage: Stage) -> None:
    count = await some_acts(stage)
    await as_superuser(stage, f"UPDATE audit_head SET position = 0, hash = '{GENESIS}'")
    assert await verdict(stage) == Verdict(count, count + 1, "cut")


async def test_many_at_once_make_one_chain(stage: Stage) -> None:
    customer = await stage.customer()
    before = (await verdict(stage)).entries
    await asyncio.gather(
        *(stage.orders.create(customer.me, customer.bin, TERMS, [new_line()]) for _ in range(10))
    )
    assert await verdict(stage) == Verdict(before + 10, None, None)


async def test_what_is_recorded_during_the_walk_is_no_fault(stage: Stage) -> None:
    """The head is read together with the entries: an act meanwhile does not look like a cut."""
    customer = await stage.customer()
    await stage.order(customer, publish=False)

    async def acts() -> None:
        for _ in range(10):
            await stage.orders.create(customer.me, customer.bin, TERMS, [new_line()])

    async def walks() -> list[Verdict]:
        return [await verdict(stage) for _ in range(10)]

    _, found = await asyncio.gather(acts(), walks())
    assert {(each.broken_at, each.problem) for each in found} == {(None, None)}


async def test_any_text_and_any_number_hashes_alike_when_read_back(stage: Stage) -> None:
    customer = await stage.customer()
    odd = "<b>&\"' \u202e\u202b \U0001f4a9 қ ﷽ e\u0301"
    await stage.order(customer, new_line("0.001", "0.01", name=odd), publish=False)
    await stage.order(customer, new_line("999999999.999", "9999999999999999.99"), publish=False)
    assert (await verdict(stage)).broken_at is None
    async with stage.site.sessions() as session:
        head = await session.get_one(AuditHead, 1)
        assert (await session.get_one(AuditEntry, head.position)).hash == head.hash

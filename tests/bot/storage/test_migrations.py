"""The migrations make what the mapped classes describe, and guard what is on record."""

from __future__ import annotations

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage.engine import make_engine
from bot.storage.migrations import NotMigrated, check_migrated, migrate
from bot.storage.models import METADATA


def differences(connection: Connection) -> list[object]:
    """What Alembic would still change for the mapped classes."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, METADATA))


def _sequences(connection: Connection) -> set[str]:
    owned = {f"{table}_id_seq" for table in inspect(connection).get_table_names()}
    return set(inspect(connection).get_sequence_names()) - owned


async def test_a_database_of_a_newer_version_is_no_case_for_migrating(database_url: str) -> None:
    """While replicas are upgraded one by one, whoever calls the old program is told so."""
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await engine.dispose()
    with pytest.raises(NotMigrated, match="newer version") as refused:
        await check_migrated(database_url)
    assert "migrate" not in str(refused.value)


async def test_migrated_database_matches_the_mapped_classes(empty_database_url: str) -> None:
    with pytest.raises(NotMigrated, match="none"):
        await check_migrated(empty_database_url)
    await migrate(empty_database_url)
    await check_migrated(empty_database_url)

    engine = create_async_engine(empty_database_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        assert await connection.run_sync(_sequences) == set(METADATA._sequences)
    await engine.dispose()


async def test_replicas_that_start_at_once_migrate_once(empty_database_url: str) -> None:
    await asyncio.gather(*(migrate(empty_database_url) for _ in range(3)))

    engine = create_async_engine(empty_database_url)
    async with engine.connect() as connection:
        heads = await connection.execute(text("SELECT position, hash FROM audit_head"))
        assert [tuple(row) for row in heads] == [(0, "0" * 64)]
    await engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET label = ''",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "DELETE FROM audit_head",
        "DELETE FROM role_change",
        "TRUNCATE role_change",
        "DELETE FROM person",
        "DELETE FROM deadline",
    ],
)
async def test_what_is_on_record_is_kept(database_url: str, statement: str) -> None:
    engine = make_engine(database_url)
    with pytest.raises(DBAPIError, match="are kept"):
        async with engine.begin() as connection:
            await connection.execute(text(statement))
    await engine.dispose()

"""What was written of faults in one language finds its place among two, and back."""

from __future__ import annotations

from collections.abc import Callable

from alembic import command
from sqlalchemy import Connection, Row, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage.migrations import config

_OLD = text(
    "INSERT INTO incident (regime, title, source, state, revision, level_state, level_note,"
    " opened_at, began_at, scope, scope_of, facts, measures)"
    " VALUES ('366', :title, 'user', 'analysing', 1, 'none', '', now(), now(), 'all', '{}',"
    " :facts, '')"
)
_NEW = text("SELECT title_kk, title_ru, facts_kk, facts_ru, measures_ru FROM incident ORDER BY id")
_BACK = text("SELECT title, facts FROM incident ORDER BY id")


async def test_nothing_that_was_written_is_lost(empty_database_url: str) -> None:
    engine = create_async_engine(empty_database_url)

    async def run(act: Callable[[Connection], object]) -> None:
        async with engine.begin() as connection:
            await connection.run_sync(act)

    async def read(statement: object) -> list[Row[tuple[str, ...]]]:
        async with engine.connect() as connection:
            return list(await connection.execute(statement))  # type: ignore[call-overload]  # text

    await run(lambda here: command.upgrade(config(here), "0012"))
    async with engine.begin() as connection:
        await connection.execute(_OLD, {"title": "Сбой", "facts": ""})
        await connection.execute(_OLD, {"title": "Іркіліс", "facts": "Отказ диска"})
    await run(lambda here: command.upgrade(config(here), "0013"))
    assert await read(_NEW) == [
        ("", "Сбой", "", "", ""),
        ("Іркіліс", "", "", "Отказ диска", ""),
    ]
    await run(lambda here: command.downgrade(config(here), "0012"))
    assert await read(_BACK) == [("Сбой", ""), ("Іркіліс", "Отказ диска")]
    await engine.dispose()

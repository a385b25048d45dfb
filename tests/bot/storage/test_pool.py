"""The pool survives what happens to its connections."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.storage import engine as storage

_END_OTHERS = text(
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


async def backend(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return int(await connection.scalar(select(func.pg_backend_pid())) or 0)


async def test_idle_connections_that_died_are_replaced_unnoticed(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "_TRUSTED", 0.0)
    engine = storage.make_engine(database_url)
    async with engine.connect() as one, engine.connect() as other:
        dead = {int(await each.scalar(select(func.pg_backend_pid())) or 0) for each in (one, other)}
    killer = storage.make_engine(database_url)
    async with killer.connect() as connection:
        await connection.execute(_END_OTHERS)
    await killer.dispose()
    alive = await asyncio.gather(*(backend(engine) for _ in range(4)))
    assert dead.isdisjoint(alive)
    await engine.dispose()

"""Whether the database answers, asked on a connection of its own."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path

import pytest

from bot.storage.probe import database_away
from tests.e2e.cable import laid


async def test_a_database_that_answers_is_not_away(database_url: str) -> None:
    away = database_away(database_url)
    assert not await away()
    assert not await away()


async def test_one_that_cannot_be_reached_is(database_url: str) -> None:
    async with laid(database_url) as (cable, url):
        away = database_away(url)
        assert not await away()
        await cable.cut()
        assert await away()
        await cable.mend()
        assert not await away()


async def test_one_that_swallows_every_word_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.storage.probe._PATIENCE", 0.1)
    over = asyncio.Event()

    async def swallow(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    folder = Path(tempfile.mkdtemp(prefix="hole-"))
    server = await asyncio.start_unix_server(swallow, folder / ".s.PGSQL.5432")
    try:
        assert await database_away(f"postgresql+asyncpg:///x?host={folder}")()
    finally:
        over.set()
        server.close()
        await server.wait_closed()
        shutil.rmtree(folder)

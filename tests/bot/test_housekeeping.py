"""What serves nothing any more is dropped by the process itself, and nothing else is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import assemble
from bot.config import Settings
from bot.storage.engine import Database, make_engine, make_sessions
from bot.storage.files import local_files
from domain.clock import ManualClock
from tests.support.factories import integration_actor


async def test_a_file_nobody_named_is_dropped_after_a_day(
    database_url: str, clock: ManualClock, tmp_path: Path
) -> None:
    engine = make_engine(database_url)
    app = assemble(
        Settings(_env_file=None, data_dir=tmp_path),
        Database(engine, make_sessions(engine), database_url),
        clock,
        token="1:" + "x" * 35,
        api="http://127.0.0.1:1",
    )
    file = await app.services.uploads.keep(integration_actor(), b"x", "x", "")
    clock.advance(timedelta(days=1))
    await app.keep_house()
    store = local_files(tmp_path / "files")
    assert await store.get(file.sha256) == b"x"
    clock.advance(timedelta(seconds=1))
    await app.keep_house()
    with pytest.raises(KeyError):
        await store.get(file.sha256)
    await app.bot.session.close()
    await engine.dispose()

"""What serves nothing any more is dropped by the process itself, and nothing else is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.app import assemble
from bot.application import Application
from bot.config import Settings
from bot.storage.engine import Database, make_engine, make_sessions
from bot.storage.files import local_files
from domain.clock import ManualClock
from domain.notices.model import Hold
from domain.roles import Role
from domain.support.model import DeskSession
from tests.support.factories import again, integration_actor, make_person


@pytest.fixture
async def app(database_url: str, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Application]:
    engine = make_engine(database_url)
    made = assemble(
        Settings(_env_file=None, data_dir=tmp_path),
        Database(engine, make_sessions(engine), database_url),
        clock,
        token="1:" + "x" * 35,
        api="http://127.0.0.1:1",
    )
    yield made
    await made.bot.session.close()
    await engine.dispose()


async def test_a_file_nobody_named_is_dropped_after_a_day(
    app: Application, clock: ManualClock, tmp_path: Path
) -> None:
    file = await app.services.uploads.keep(integration_actor(), b"x", "x", "")
    clock.advance(timedelta(days=1))
    await app.keep_house()
    store = local_files(tmp_path / "files")
    assert await store.get(file.sha256) == b"x"
    clock.advance(timedelta(seconds=1))
    await app.keep_house()
    with pytest.raises(KeyError):
        await store.get(file.sha256)


async def test_a_link_to_the_desk_is_dropped_when_it_is_over_for_a_day(
    app: Application, clock: ManualClock
) -> None:
    async def links() -> int:
        async with app.services.site.sessions() as session:
            return await session.scalar(select(func.count(DeskSession.id))) or 0

    operator = await make_person(app.services.site, role=Role.SUPPORT)
    await app.services.support.desk_link(again(operator))
    clock.advance(timedelta(days=1))
    await app.keep_house()
    assert await links() == 1
    clock.advance(timedelta(minutes=10))
    await app.keep_house()
    assert await links() == 0


async def test_a_hold_is_dropped_when_it_is_over(app: Application, clock: ManualClock) -> None:
    """After hours of a channel that takes nothing there may be one of each person."""
    now = clock.now()
    async with app.services.site.sessions.begin() as session:
        session.add_all(
            Hold(person_id=person, channel=channel, until=now + timedelta(seconds=10_072))
            for person in (1, 2)
            for channel in ("telegram", "email")
        )
        session.add(Hold(person_id=3, channel="telegram", until=now + timedelta(days=1)))
    clock.advance(timedelta(seconds=10_072))
    await app.keep_house()
    async with app.services.site.sessions() as session:
        assert list(await session.scalars(select(Hold.person_id))) == [3]

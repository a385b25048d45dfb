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
from domain.notices.model import Delivery, Hold, Notice
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


async def test_old_attempts_of_work_and_news_are_dropped_and_receipts_stay(
    app: Application, clock: ManualClock
) -> None:
    """What the law wants told keeps its proof; so does what still waits or was given up."""
    site, admin = app.services.site, await make_person(app.services.site, role=Role.ADMIN)
    now, cases = clock.now(), [(0, "sent"), (1, "sent"), (2, "sent"), (1, "queued"), (1, "dead")]
    async with site.sessions.begin() as session:
        for number, (lane, state) in enumerate(cases, start=1):
            notice = Notice(
                person_id=admin.person_id,
                kind="order.done",
                subject=f"order:{number}",
                params={},
                lane=lane,
                channel="telegram",
                state=state,
                dedup=str(number),
                created_at=now,
                not_before=now,
                attempts=2,
                sent_at=now,
            )
            session.add(notice)
            await session.flush()
            session.add_all(
                Delivery(
                    notice_id=notice.id,
                    channel="telegram",
                    attempt=attempt,
                    began_at=now,
                    ended_at=now,
                    outcome=outcome,
                )
                for attempt, outcome in ((1, "unknown"), (2, "sent"))
            )

    async def kept() -> list[int]:
        async with site.sessions() as session:
            return list(await session.scalars(select(Delivery.notice_id).order_by(Delivery.id)))

    clock.advance(timedelta(days=1095))
    await app.keep_house()
    assert len(await kept()) == 10
    clock.advance(timedelta(hours=1))
    await app.keep_house()
    assert await kept() == [1, 1, 4, 4, 5, 5]
    page = await app.services.receipts.one(again(admin), 2)
    assert [(each.state, each.sent_at) for each in page] == [("sent", now)]

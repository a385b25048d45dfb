"""A mirror that stood still past its turn."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from bot.desk.mirror import Mirror
from bot.storage.engine import make_engine
from bot.telegram.outcome import TurnPassed
from domain.support.model import DeskTopic
from scheduler.lease import Lease
from tests.support.desk import DeskTown


async def test_an_owner_whose_turn_is_over_writes_nothing_more(
    desk: DeskTown, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stood still while it wrote: by now somebody else has its topics in hand."""
    view = await desk.ask("Первое")
    engine = make_engine(database_url)
    lease = Lease(engine, 97)
    frozen = Mirror(desk.town.bot, desk.town.services, lease)
    asked = 0

    def valid(_fence: int | None = None) -> bool:
        nonlocal asked
        asked += 1
        return asked <= 2

    monkeypatch.setattr(lease, "valid", valid)
    before = len(desk.world.calls)
    await frozen.look()
    with pytest.raises(TurnPassed):
        await asyncio.gather(*frozen._groups.values())
    # The sender writes to people meanwhile: only what went into the group is the mirror's.
    calls = list(desk.world.calls)[before:]
    made = [
        each["method"] for each in calls if str(each["params"].get("chat_id")) == str(desk.chat)
    ]
    assert len(made) <= 1, "what it was calling when it was stopped"
    async with desk.town.site.sessions() as session:
        topic = (await session.scalars(select(DeskTopic))).one()
    assert (topic.failures, topic.behind_since is None) == (0, False)
    await frozen.stop()
    await engine.dispose()
    await desk.mirror._rows.free()
    await desk.mirror.drain()
    texts = [each.text for each in await desk.in_topic(await desk.thread(view.number))]
    assert len(texts) == len(set(texts)), "nothing is written twice"
    assert any("Первое" in text for text in texts)


async def test_topics_are_written_where_the_limits_are_kept(
    desk: DeskTown, database_url: str
) -> None:
    """Sending has passed to another process: the mirror follows it there."""
    await desk.ask("Первое")
    engine = make_engine(database_url)
    here, there = Lease(engine, 97), Lease(engine, 97)
    keeps = True
    left = Mirror(desk.town.bot, desk.town.services, here, lambda: keeps)
    taken = Mirror(desk.town.bot, desk.town.services, there, lambda: not keeps)
    await taken.look()
    await left.drain()
    assert (here.held, there.held) == (True, False)
    keeps = False
    await desk.ask("Второе")
    await left.look()
    assert await taken.drain() == 1
    assert (here.held, there.held) == (False, True)
    for mirror in (left, taken):
        await mirror.stop()
    await engine.dispose()

"""A button pressed under a notice tells that it was opened: once, by its reader, in their chat."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import OperationalError

from domain.actor import Actor
from domain.notices.model import Notice
from domain.notices.opened import Openings
from tests.domain.stage import Stage
from tests.support.factories import make_person


async def _sent(stage: Stage, reader: Actor, message: int) -> int:
    now = stage.clock.now()
    row: dict[str, object] = {
        "person_id": reader.person_id,
        "kind": "order.invited",
        "subject": "order:1",
        "params": {},
        "lane": 0,
        "state": "sent",
        "dedup": str(message),
        "created_at": now,
        "not_before": now,
        "attempts": 1,
        "message_id": message,
    }
    async with stage.site.sessions.begin() as session:
        return (await session.scalars(insert(Notice).returning(Notice.id), [row])).one()


async def test_the_first_press_counts(stage: Stage) -> None:
    reader, other = await make_person(stage.site), await make_person(stage.site)
    mine, theirs = await _sent(stage, reader, 77), await _sent(stage, other, 77)
    openings, now = Openings(stage.site), stage.clock.now()
    openings.note(reader.telegram_id or 0, 77, now + timedelta(minutes=5))
    openings.note(reader.telegram_id or 0, 77, now + timedelta(minutes=2))
    openings.note(reader.telegram_id or 0, 78, now)
    assert await openings.write() == 3
    openings.note(reader.telegram_id or 0, 77, now + timedelta(minutes=9))
    await openings.write()
    async with stage.site.sessions() as session:
        rows = await session.execute(select(Notice.id, Notice.opened_at, Notice.read_at))
        found = {number: (opened, read) for number, opened, read in rows}
    moment = now + timedelta(minutes=2)
    assert found == {mine: (moment, moment), theirs: (None, None)}


async def test_nothing_noted_is_lost_while_the_database_is_away(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = await make_person(stage.site)
    await _sent(stage, reader, 5)
    openings = Openings(stage.site)
    openings.note(reader.telegram_id or 0, 5, stage.clock.now())

    class Away:
        def begin(self) -> None:
            raise OperationalError("x", None, ConnectionError())

    with monkeypatch.context() as patched:
        patched.setattr(openings, "_site", type("Site", (), {"sessions": Away()}))
        with pytest.raises(OperationalError):
            await openings.write()
    assert await openings.write() == 1

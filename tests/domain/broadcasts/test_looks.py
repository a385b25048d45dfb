"""What a look at broadcasts reads, each second: what is left to do, however much has gone."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine, event, text

from domain.broadcasts.rules import Audience, Content
from domain.clock import ManualClock
from domain.work import Site
from tests.domain.stage import Stage
from tests.support.factories import admin_actor, again

_GONE = text(
    """
    INSERT INTO notice (person_id, kind, subject, params, lane, channel, state, dedup, created_at,
                        not_before, attempts)
    SELECT person_id, kind, subject, params, lane, channel, 'sent', dedup || n, created_at,
           not_before, 1
    FROM notice CROSS JOIN generate_series(1, 5000) AS n WHERE kind = 'broadcast.news'
    """
)


@pytest.mark.parametrize("state", ["running", "paused", "stopped"])
async def test_a_look_reads_nothing_of_what_has_gone(
    site: Site, clock: ManualClock, state: str
) -> None:
    stage, admin = Stage(site, clock), await admin_actor(site)
    broadcasts = stage.services.broadcasts
    await broadcasts.create(again(admin), "a", Content("Жаңалық", "Новость"), Audience())
    async with site.sessions.begin() as session:
        await session.execute(_GONE)
        await session.execute(text("UPDATE broadcast SET state = :state"), {"state": state})
        # Somebody is being told just now, so that it is not over.
        await session.execute(text("UPDATE notice SET state = 'sending' WHERE state <> 'sent'"))
        await session.execute(text("ANALYZE notice"))
    asked: list[tuple[str, tuple[object, ...]]] = []

    def note(
        _connection: Connection,
        _cursor: object,
        statement: str,
        given: tuple[object, ...],
        *_: object,
    ) -> None:
        asked.append((statement, given))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        await broadcasts.tend(queue_only=True)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    of_notices = [each for each in asked if "notice" in each[0]]
    assert len(of_notices) >= 2
    async with site.sessions() as session:
        connection = await session.connection()
        for statement, given in of_notices:
            plan = await connection.exec_driver_sql(f"EXPLAIN {statement}", given)
            lines = [line for (line,) in plan if " on notice" in line]
            assert lines
            assert not [each for each in lines if "Seq Scan" in each], lines
            assert not [each for each in lines if "ix_notice_subject" in each], lines

"""A database of the last release is brought to the newest shape and loses nothing on the way."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.storage.engine import make_engine, make_sessions
from bot.storage.migrations import NotMigrated, check_migrated, config, migrate
from domain.actor import Actor
from domain.audit import Draft, Verdict, verify, write_chain

RELEASED = "0002"
"""The revision of release 0.1.0."""

PHONE = "+77015550101"


def _to_the_release(connection: Connection) -> None:
    command.upgrade(config(connection), RELEASED)


async def _live(engine: AsyncEngine) -> None:
    """What release 0.1.0 left behind: acts with their whole answers, an answer with a link."""
    now = datetime(2026, 11, 20, 5, tzinfo=UTC)
    actor = Actor(kind="person", source="telegram", cause="tg:1:1", person_id=1)
    async with make_sessions(engine).begin() as session:
        draft = Draft(now, actor, "people.share_contact", "person:1", {"phone": True})
        draft.result = {"answer": {"id": 1, "phone": PHONE}}
        again = actor.because("tg:1:2")
        await write_chain(session, [draft, Draft(now, again, "people.consent", "person:1")])
        await session.execute(
            text(
                "INSERT INTO api_token (name, token_hash, scope, created_at)"
                " VALUES ('platform', repeat('a', 64), 'integration', now())"
            )
        )
        for key, status, body in (
            ("link", 201, '{"link":"https://t.me/bot?start=SECRET","role":"supplier"}'),
            ("order", 201, '{"number":1,"state":"draft","numbers":[1]}'),
            ("waits", None, None),
        ):
            await session.execute(
                text(
                    "INSERT INTO idempotent_request"
                    " (token_id, key, body_hash, created_at, status, content_type, body)"
                    " SELECT id, :key, repeat('b', 64), now(), :status, 'application/json', :body"
                    " FROM api_token"
                ),
                {"key": key, "status": status, "body": body and body.encode()},
            )
        await session.execute(
            text(
                "INSERT INTO attachment (subject, position, name, mime, size, sha256,"
                " telegram_file_id, added_at)"
                " VALUES ('order:1', 1, 'a.pdf', 'application/pdf', 1, repeat('c', 64), 'T', now())"
            )
        )


async def test_from_the_last_release_to_the_newest(empty_database_url: str) -> None:
    engine = make_engine(empty_database_url)
    async with engine.begin() as connection:
        await connection.run_sync(_to_the_release)
    await _live(engine)
    with pytest.raises(NotMigrated, match=RELEASED):
        await check_migrated(empty_database_url)

    await migrate(empty_database_url)
    await check_migrated(empty_database_url)
    async with make_sessions(engine)() as session:
        assert await verify(session) == Verdict(2, None, None)
        answers = {
            key: (status, body)
            for key, status, body in await session.execute(
                text("SELECT key, status, body FROM idempotent_request")
            )
        }
        attached = await session.scalar(text("SELECT name FROM attachment"))
    # The link is gone, and its request is still known to have been done.
    assert answers["link"] == (201, None)
    assert answers["order"][1].startswith(b'{"number":1')
    assert answers["waits"] == (None, None)
    assert attached == "a.pdf"
    await engine.dispose()

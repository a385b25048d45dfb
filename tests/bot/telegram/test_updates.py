"""The two doors of updates: stored before they are acknowledged, whatever comes in."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiogram import Bot
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.health import CONFLICT, Health
from bot.health import TOKEN as TOKEN_REFUSED
from bot.inbox import Inbox
from bot.sandbox.client import Person, Sandbox
from bot.sandbox.server import create_app
from bot.sandbox.world import World
from bot.storage.engine import make_engine
from bot.storage.tables import InboxUpdate
from bot.telegram.gateway import Gateway, make_bot
from bot.telegram.updates import WEBHOOK_PATH, add_webhook, poll
from bot.web.app import answer_problems
from domain.clock import ManualClock
from tests.support.waiting import until

BOT_ID = 123456789
TOKEN = f"{BOT_ID}:" + "A" * 35
SECRET = "a-long-random-word"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
UPDATE = {"update_id": 7, "message": {"message_id": 1, "chat": {"id": 5}, "text": "Сәлем"}}


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    made = make_engine(database_url)
    yield made
    await made.dispose()


async def stored(engine: AsyncEngine) -> list[tuple[int, int]]:
    """What the inbox holds: bot and update."""
    async with engine.connect() as connection:
        rows = await connection.execute(
            select(InboxUpdate.bot_id, InboxUpdate.update_id).order_by(InboxUpdate.update_id)
        )
        return [(row[0], row[1]) for row in rows]


@pytest.fixture
async def door(engine: AsyncEngine) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """The webhook's door, with the frame of the real web application."""
    app = web.Application(middlewares=[answer_problems], client_max_size=1024 * 1024)
    add_webhook(app, BOT_ID, Inbox(engine), SECRET)
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:
        yield client


async def test_an_update_is_stored_and_then_acknowledged(
    door: TestClient[web.Request, web.Application], engine: AsyncEngine
) -> None:
    for _ in range(2):  # Telegram repeats what it believes not to have arrived
        answer = await door.post(WEBHOOK_PATH, json=UPDATE, headers={HEADER: SECRET})
        assert answer.status == 200
        assert await stored(engine) == [(BOT_ID, 7)]
    async with engine.connect() as connection:
        payload = await connection.scalar(select(InboxUpdate.payload))
    assert payload == UPDATE


@pytest.mark.parametrize("headers", [{}, {HEADER: ""}, {HEADER: "guess"}, {HEADER: SECRET[:-1]}])
async def test_nobody_but_telegram_can_send(
    door: TestClient[web.Request, web.Application], engine: AsyncEngine, headers: dict[str, str]
) -> None:
    answer = await door.post(WEBHOOK_PATH, json=UPDATE, headers=headers)
    assert answer.status == 401
    assert await stored(engine) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"{}",
        b'{"update_id": "7"}',
        b'{"update_id": true}',
        b'{"update_id": 1e3}',
        b'{"update_id": 99999999999999999999}',
        b'{"update_id": -1}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
async def test_what_is_no_update_is_refused(
    door: TestClient[web.Request, web.Application], engine: AsyncEngine, body: bytes
) -> None:
    answer = await door.post(WEBHOOK_PATH, data=body, headers={HEADER: SECRET})
    assert answer.status == 400
    assert await stored(engine) == []


async def test_a_body_beyond_all_measure_is_refused(
    door: TestClient[web.Request, web.Application], engine: AsyncEngine
) -> None:
    body = io.BytesIO(b'{"update_id": 7, "x": "' + b"x" * 2 * 1024 * 1024 + b'"}')
    answer = await door.post(WEBHOOK_PATH, data=body, headers={HEADER: SECRET})
    assert answer.status == 413
    assert await stored(engine) == []


async def test_what_cannot_be_stored_is_not_acknowledged(
    door: TestClient[web.Request, web.Application], engine: AsyncEngine
) -> None:
    async with engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE inbox_update RENAME TO gone")
    answer = await door.post(WEBHOOK_PATH, json=UPDATE, headers={HEADER: SECRET})
    # Anything but success: Telegram sends it again.
    assert answer.status >= 500


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_the_door_takes_posts_only(
    door: TestClient[web.Request, web.Application], method: str
) -> None:
    answer = await door.request(method, WEBHOOK_PATH, headers={HEADER: SECRET})
    assert answer.status == 405


@dataclass(frozen=True)
class Telegram:
    """A Bot API server with one person, and a bot against it."""

    world: World
    bot: Bot
    person: Person


@pytest.fixture
async def telegram(clock: ManualClock) -> AsyncIterator[Telegram]:
    world = World(token=TOKEN, clock=clock, limits=None)
    server = TestServer(create_app(world), host="127.0.0.1")
    await server.start_server()
    base = str(server.make_url("/")).rstrip("/")
    bot = make_bot(TOKEN, base, Gateway())
    async with Sandbox(base) as sandbox:
        yield Telegram(world, bot, await sandbox.person("Айгүл"))
    await bot.session.close()
    await server.close()


async def test_polling_stores_what_it_acknowledges(telegram: Telegram, engine: AsyncEngine) -> None:
    await telegram.person.say("one")
    await telegram.person.say("two")
    polling = asyncio.create_task(poll(telegram.bot, Inbox(engine), ["message"]))

    async def both() -> bool:
        return len(await stored(engine)) == 2

    await until(both)
    await telegram.person.say("three")

    async def all_three() -> bool:
        return len(await stored(engine)) == 3

    await until(all_three)
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)


class Forgetful(Inbox):
    """An inbox whose database is away at first."""

    failures = 2

    async def store(self, bot_id: int, updates: object) -> int:
        """Fail, then store."""
        if updates and self.failures:
            self.failures -= 1
            raise ConnectionError("away")
        return await super().store(bot_id, updates)  # type: ignore[arg-type] # as it was given


async def test_what_was_not_stored_comes_again(
    telegram: Telegram, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.updates._PAUSE", 0.01)
    await telegram.person.say("one")
    polling = asyncio.create_task(poll(telegram.bot, Forgetful(engine), ["message"]))

    async def there() -> bool:
        return len(await stored(engine)) == 1

    await until(there)
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)


async def test_what_nobody_can_read_is_kept_as_it_came_and_holds_up_no_other(
    telegram: Telegram, engine: AsyncEngine
) -> None:
    unknown: dict[str, object] = {"message_id": "not a number", "new_in_2027": {"depth": [1, None]}}
    telegram.world.updates.add("message", unknown, telegram.person.id)
    await telegram.person.say("two")
    polling = asyncio.create_task(poll(telegram.bot, Inbox(engine), ["message"]))

    async def both() -> bool:
        return len(await stored(engine)) == 2

    await until(both)
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)
    async with engine.connect() as connection:
        first = await connection.scalar(select(InboxUpdate.payload).order_by(InboxUpdate.update_id))
    assert first is not None
    assert first["message"] == unknown


async def test_a_revoked_token_is_said_and_tried_again(
    telegram: Telegram, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.updates._REFUSED", 0.01)
    await telegram.person.say("one")
    right, telegram.world.token = telegram.world.token, f"{BOT_ID}:" + "B" * 35
    health = Health()
    polling = asyncio.create_task(poll(telegram.bot, Inbox(engine), ["message"], health))

    async def ill() -> bool:
        return TOKEN_REFUSED in health.ailments

    await until(ill)
    assert await stored(engine) == []
    telegram.world.token = right

    async def well() -> bool:
        return len(await stored(engine)) == 1 and not health.ailments

    await until(well)
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)


async def test_somebody_else_who_polls_is_said_when_it_lasts(
    telegram: Telegram, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.updates._PAUSE", 0.01)
    # Once it is only the hand-over from another replica.
    monkeypatch.setattr("bot.telegram.updates._HANDING_OVER", 0.05)
    url = "https://elsewhere.example/hook"
    await telegram.bot.set_webhook(url)
    health = Health()
    polling = asyncio.create_task(poll(telegram.bot, Inbox(engine), ["message"], health))

    async def ill() -> bool:
        return CONFLICT in health.ailments

    await until(ill)
    await telegram.bot.delete_webhook()

    async def well() -> bool:
        return not health.ailments

    await until(well)
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)

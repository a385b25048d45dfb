"""Copies in chats: deleted, gone already, refused by Telegram, and Telegram away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import DeleteMessage
from aiohttp.test_utils import TestServer

from bot.sandbox.client import Sandbox
from bot.sandbox.server import create_app
from bot.sandbox.world import World
from bot.telegram.deleting import CopyDeleter
from bot.telegram.gateway import Gateway, make_bot
from domain.clock import ManualClock


@pytest.fixture
async def server(clock: ManualClock) -> AsyncIterator[TestServer]:
    server = TestServer(create_app(World(clock=clock, limits=None)), host="127.0.0.1")
    await server.start_server()
    yield server
    await server.close()


@pytest.fixture
async def bot(server: TestServer) -> AsyncIterator[Bot]:
    made = make_bot(World().token, str(server.make_url("/")).rstrip("/"), Gateway())
    yield made
    await made.session.close()


@pytest.mark.clause("366-21.3")
async def test_what_telegram_refuses_is_told_and_what_is_gone_is_gone(
    server: TestServer, bot: Bot, clock: ManualClock
) -> None:
    async with Sandbox(str(server.make_url("/"))) as sandbox:
        person = await sandbox.person("Айгүл", language="kk", phone="+77010000001")
        await person.start()
        old = (await bot.send_message(person.id, "one")).message_id
        clock.advance(timedelta(hours=47))
        young = (await bot.send_message(person.id, "two")).message_id
        clock.advance(timedelta(hours=2))
        copies = [(person.id, old), (person.id, young), (person.id, young), (person.id, 9_999)]
        refused = await CopyDeleter(bot).delete(copies)
        assert set(refused) == {(person.id, old)}
        assert "can't be deleted" in refused[person.id, old]
        assert set(await CopyDeleter(bot).delete(copies)) == {(person.id, old)}


class Refusing(Bot):
    """Telegram says the same to every deletion."""

    def __init__(self, error: TelegramAPIError) -> None:
        self.error = error

    async def delete_message(self, *_: object, **__: object) -> bool:
        """Refused."""
        raise self.error


GONE = DeleteMessage(chat_id=-1, message_id=1)


@pytest.mark.clause("366-21.3")
@pytest.mark.parametrize(
    "error",
    [
        TelegramForbiddenError(GONE, "Forbidden: bot was kicked from the supergroup chat"),
        TelegramMigrateToChat(GONE, "group chat was upgraded", -100500),
    ],
)
async def test_a_group_that_moved_or_threw_us_out_holds_no_act_up(error: TelegramAPIError) -> None:
    assert set(await CopyDeleter(Refusing(error)).delete([(-1, 1)])) == {(-1, 1)}


@pytest.mark.parametrize(
    "error",
    [
        TelegramRetryAfter(GONE, "Too Many Requests", 3),
        TelegramUnauthorizedError(GONE, "Unauthorized"),
        TelegramNotFound(GONE, "Not Found"),  # a token that is none
    ],
)
async def test_what_will_pass_is_no_refusal(error: TelegramAPIError) -> None:
    with pytest.raises(type(error)):
        await CopyDeleter(Refusing(error)).delete([(-1, 1)])


async def test_telegram_away_is_no_answer(bot: Bot, server: TestServer) -> None:
    await server.close()
    with pytest.raises(TelegramNetworkError):
        await CopyDeleter(bot).delete([(1, 1)])

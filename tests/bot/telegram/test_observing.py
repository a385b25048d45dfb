"""What Telegram answers is seen, named and told; a refused token is known wherever it is met."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import GetMe
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs

from bot.health import TOKEN as REFUSED
from bot.health import Health
from bot.sandbox.client import Sandbox
from bot.sandbox.faults import Fault
from bot.sandbox.server import create_app
from bot.sandbox.world import World
from bot.telegram.gateway import Gateway, make_bot
from bot.telegram.observing import Attempts, Observer, answer_of
from bot.web.metrics import ANSWERS
from domain.clock import ManualClock
from domain.notices.queue import Outcome
from domain.notices.views import NoticeView

TOKEN = "123456789:" + "A" * 35
CALL = GetMe()


@dataclass
class Seen:
    """A bot that is observed."""

    world: World
    bot: Bot
    chat: int
    health: Health = field(default_factory=Health)
    answers: list[str] = field(default_factory=list)


@pytest.fixture
async def seen(clock: ManualClock) -> AsyncIterator[Seen]:
    world = World(token=TOKEN, clock=clock, limits=None)
    server = TestServer(create_app(world), host="127.0.0.1")
    await server.start_server()
    base = str(server.make_url("/")).rstrip("/")
    bot = make_bot(TOKEN, base, Gateway())
    async with Sandbox(base) as sandbox:
        person = await sandbox.person("Айгүл")
        await person.start()
        made = Seen(world, bot, person.id)
        bot.session.middleware(Observer(made.answers.append, made.health))
        yield made
    await bot.session.close()
    await server.close()


async def test_every_attempt_is_seen_those_too_that_the_gateway_repeats(seen: Seen) -> None:
    seen.world.faults.add(Fault("429", "sendMessage", retry_after=1))
    await seen.bot.send_message(seen.chat, "one")
    assert seen.answers == ["429", "ok"]


async def test_a_refused_token_ails_until_a_call_is_not_refused(seen: Seen) -> None:
    seen.world.token = "1:" + "B" * 35
    with pytest.raises(TelegramUnauthorizedError):
        await seen.bot.send_message(seen.chat, "one")
    assert list(seen.health.ailments) == [REFUSED]
    seen.world.token = TOKEN
    # Refused for another reason: so the token was not.
    with pytest.raises(TelegramBadRequest):
        await seen.bot.send_message(seen.chat, "")
    assert seen.health.ailments == {}
    assert seen.answers == ["401", "400"]


async def test_no_answer_says_nothing_about_the_token(seen: Seen) -> None:
    seen.health.set(REFUSED)
    seen.world.faults.add(Fault("drop", "sendMessage"))
    seen.world.faults.add(Fault("5xx", "sendMessage"))
    for _ in range(2):
        with pytest.raises(TelegramAPIError):
            await seen.bot.send_message(seen.chat, "one")
    assert seen.answers == ["no_answer", "5xx"]
    assert list(seen.health.ailments) == [REFUSED]


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (TelegramRetryAfter(CALL, "m", 3), "429"),
        (TelegramUnauthorizedError(CALL, "m"), "401"),
        (TelegramForbiddenError(CALL, "m"), "403"),
        (TelegramConflictError(CALL, "m"), "409"),
        (TelegramEntityTooLarge(CALL, "m"), "413"),
        (TelegramNetworkError(CALL, "m"), "no_answer"),
        (TelegramNotFound(CALL, "m"), "404"),
        (TelegramServerError(CALL, "m"), "5xx"),
        (TelegramMigrateToChat(CALL, "m", -5), "400"),
        (TelegramBadRequest(CALL, "m"), "400"),
        (ClientDecodeError("m", ValueError(), "{"), "no_answer"),
        (TimeoutError(), "no_answer"),
        (aiohttp.ClientError(), "other"),
    ],
)
def test_every_answer_has_a_name(error: Exception, name: str) -> None:
    assert answer_of(error) == name
    assert name in ANSWERS


async def test_an_attempt_leaves_a_line_and_a_count() -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    notice = NoticeView(12, 3, "order.invited", "order:7", {}, at, "sending", None, None, 2)
    notice = replace(notice, channel="email", origin=11, cause="tg:1:5")
    counted: list[tuple[str, str]] = []

    async def send(_: NoticeView) -> Outcome:
        return Outcome("retry", retry_after=5, reason="away")

    attempts = Attempts(lambda channel, outcome, seconds: counted.append((channel, outcome)))
    with capture_logs() as lines:
        assert (await attempts.of(send)(notice)).state == "retry"
    (line,) = lines
    assert counted == [("email", "retry")]
    # The number is the one that people see, the same in every channel.
    assert (line["notice"], line["cause"], line["attempt"]) == (11, "tg:1:5", 2)
    assert (line["outcome"], line["why"]) == ("retry", "away")

"""A webhook that somebody else took away is noticed, said and taken back."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiogram import Bot
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.health import CONFLICT, Health
from bot.sandbox.client import Sandbox
from bot.sandbox.server import create_app
from bot.sandbox.world import World
from bot.telegram.gateway import Gateway, make_bot
from bot.telegram.polling import say_where
from bot.telegram.updates import WEBHOOK_PATH
from bot.telegram.webhook import WebhookKeeper

TOKEN = "123456789:" + "A" * 35
PUBLIC = "https://bot.example.kz"
URL = PUBLIC + WEBHOOK_PATH


@dataclass(frozen=True)
class Ours:
    """Our bot, which has said where it takes updates, and what it knows of its health."""

    world: World
    sandbox: Sandbox
    bot: Bot
    health: Health
    keeper: WebhookKeeper


@pytest.fixture
async def ours() -> AsyncIterator[Ours]:
    world = World(token=TOKEN, limits=None)
    server = TestServer(create_app(world), host="127.0.0.1")
    await server.start_server()
    base = str(server.make_url("/")).rstrip("/")
    bot, health = make_bot(TOKEN, base, Gateway()), Health()
    say = functools.partial(say_where, bot, PUBLIC, SecretStr("word"), ["message"])
    await say()
    async with Sandbox(base) as sandbox:
        yield Ours(world, sandbox, bot, health, WebhookKeeper(bot, health, URL, say))
    await bot.session.close()
    await server.close()


@pytest.mark.parametrize("theirs", ["", "https://other.example/hook"])
async def test_what_somebody_took_away_is_said_and_taken_back(ours: Ours, theirs: str) -> None:
    await ours.keeper.look()
    assert ours.health.ailments == {}
    # Another program with our token: it polls, or it has set a webhook of its own.
    if theirs:
        await ours.bot.set_webhook(theirs, secret_token="theirs")
    else:
        await ours.bot.delete_webhook()
    await ours.keeper.look()
    assert list(ours.health.ailments) == [CONFLICT]
    assert not ours.health.ready
    hook = ours.world.updates.webhook
    assert (hook.url, hook.secret_token) == (URL, "word"), "updates come to us again at once"
    await ours.keeper.look()
    assert ours.health.ailments == {}


async def test_whoever_takes_it_again_and_again_is_said_all_the_while(ours: Ours) -> None:
    for _ in range(3):
        await ours.bot.delete_webhook()
        await ours.keeper.look()
        assert list(ours.health.ailments) == [CONFLICT]


async def test_telegram_away_is_no_conflict(ours: Ours) -> None:
    await ours.sandbox.fault("5xx", "getWebhookInfo")
    await ours.keeper.look()
    assert ours.health.ailments == {}
    assert [call["method"] for call in ours.world.calls][-1] == "getWebhookInfo"

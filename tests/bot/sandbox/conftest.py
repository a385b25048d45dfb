"""A running sandbox on 127.0.0.1, aiogram's bot against it, and people over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiohttp.test_utils import TestServer

from bot.sandbox.client import Person, Sandbox
from bot.sandbox.server import create_app
from bot.sandbox.world import World
from domain.clock import ManualClock
from tests.bot.sandbox.rig import QuickSession, png


@pytest.fixture
def world(clock: ManualClock) -> World:
    """A world without rate limits; a test of those sets its own."""
    return World(clock=clock, limits=None, webhook_retry=0.01)


@pytest.fixture
async def server(world: World) -> AsyncIterator[TestServer]:
    """The world over HTTP."""
    server = TestServer(create_app(world), host="127.0.0.1")
    await server.start_server()
    yield server
    await server.close()


@pytest.fixture
async def bot(server: TestServer, world: World) -> AsyncIterator[Bot]:
    """aiogram's bot, formatting with HTML."""
    session = QuickSession(str(server.make_url("/")).rstrip("/"))
    yield Bot(world.token, session=session, default=DefaultBotProperties(parse_mode="HTML"))
    await session.close()


@pytest.fixture
async def sandbox(server: TestServer) -> AsyncIterator[Sandbox]:
    """The people's side."""
    async with Sandbox(str(server.make_url("/"))) as sandbox:
        yield sandbox


@pytest.fixture
async def aigul(sandbox: Sandbox) -> Person:
    """Somebody who has pressed Start."""
    person = await sandbox.person(
        "Айгүл", last_name="Серікқызы", language="kk", phone="+77010000001"
    )
    await person.start()
    return person


@pytest.fixture
def picture() -> bytes:
    """A small PNG."""
    return png()

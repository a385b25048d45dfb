"""What this process and Telegram fail to do is put on record by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestServer

from bot.sandbox.faults import Fault
from bot.sandbox.server import create_app
from bot.sandbox.world import World
from bot.telegram.gateway import Gateway, make_bot
from bot.witness import Witness
from domain.clock import ManualClock
from domain.roles import Role
from domain.services import Services
from domain.work import Site
from tests.support.factories import make_person

TOKEN = "123456789:" + "A" * 35


@dataclass
class Watch:
    """A witness, what it watches, and what it has put on record."""

    witness: Witness
    world: World
    services: Services
    clock: ManualClock
    silent: list[str] = field(default_factory=list)

    async def after(self, seconds: int) -> None:
        """The witness looks so much later."""
        self.clock.advance(timedelta(seconds=seconds))
        await self.witness.look()

    async def incidents(self) -> list[tuple[str, str]]:
        """The incidents there are: source and what is silent."""
        operator = await make_person(self.services.site, role=Role.SUPPORT)
        page = await self.services.incidents.page(operator)
        return [(row.source, row.title) for row in page.incidents]


@pytest.fixture
async def watch(site: Site, clock: ManualClock) -> AsyncIterator[Watch]:
    world = World(token=TOKEN, clock=clock, limits=None)
    server = TestServer(create_app(world), host="127.0.0.1")
    await server.start_server()
    bot = make_bot(TOKEN, str(server.make_url("/")).rstrip("/"), Gateway())
    services = Services(site)
    silent: list[str] = []
    yield Watch(
        Witness(bot, services.health, clock, lambda: silent), world, services, clock, silent
    )
    await bot.session.close()
    await server.close()


async def test_nothing_is_said_while_all_is_well(watch: Watch) -> None:
    for _ in range(4):
        await watch.after(20)
    assert await watch.incidents() == []


@pytest.mark.clause("366-18")
async def test_telegram_that_does_not_answer_becomes_one_incident(watch: Watch) -> None:
    await watch.after(0)
    watch.world.faults.add(Fault("5xx", "getMe", times=5))
    for _ in range(5):
        await watch.after(20)
    assert await watch.incidents() == [("health", "telegram")]
    await watch.after(20)
    assert await watch.incidents() == [("health", "telegram")]


async def test_a_process_that_was_dead_says_so_when_it_is_back(watch: Watch) -> None:
    await watch.after(0)
    watch.silent.append("deadlines")
    for _ in range(4):
        await watch.after(20)
    assert await watch.incidents() == []
    watch.silent.clear()
    await watch.after(20)
    assert await watch.incidents() == [("health", "platform")]


async def test_a_refusal_is_an_answer(watch: Watch) -> None:
    await watch.after(0)
    watch.world.token = "987654321:" + "B" * 35
    for _ in range(5):
        await watch.after(20)
    assert await watch.incidents() == []

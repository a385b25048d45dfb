"""The limits of a group: two hundred tickets of a night, and not one refusal for haste."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from aiogram import Bot
from aiohttp.test_utils import TestServer

from bot.desk.mirror import Mirror
from bot.sandbox.client import Sandbox
from bot.sandbox.limits import Limits as SandboxLimits
from bot.sandbox.server import create_app
from bot.sandbox.world import World
from bot.telegram.gateway import Gateway, make_bot
from bot.telegram.limits import FOR_PEOPLE, Limits
from domain.clock import ManualClock
from domain.roles import Role
from domain.services import Services
from domain.work import Site
from tests.support.factories import integration_actor, make_person, next_cause
from tests.support.virtual_time import VirtualTime

TICKETS = 200


@pytest.fixture
async def strict(clock: ManualClock) -> AsyncIterator[tuple[World, Bot, Sandbox, VirtualTime]]:
    """Telegram with its limits; both sides count by a time that only passes in waiting."""
    time = VirtualTime()
    world = World(clock=clock, limits=SandboxLimits(), monotonic=time.monotonic)
    server = TestServer(create_app(world), host="127.0.0.1")
    await server.start_server()
    base = str(server.make_url("/")).rstrip("/")
    limits = Limits(monotonic=time.monotonic, sleep=time.sleep)
    bot = make_bot(world.token, base, Gateway(limits))
    async with Sandbox(base) as sandbox:
        yield world, bot, sandbox, time
    await bot.session.close()
    await server.close()


async def test_a_night_of_tickets_at_nine(
    site: Site, clock: ManualClock, strict: tuple[World, Bot, Sandbox, VirtualTime]
) -> None:
    world, bot, sandbox, time = strict
    services = Services(site)
    admin = await make_person(site, None, Role.ADMIN)
    owner = await sandbox.person("Owner")
    clock.set(datetime.fromisoformat("2026-11-23T08:00:00+05:00"))
    for number in range(TICKETS):
        await services.support.open(integration_actor(), "api", f"Question {number}")
    clock.set(datetime.fromisoformat("2026-11-23T09:00:00+05:00"))
    chat = await sandbox.group("Desk", [owner], is_forum=True)
    await services.desk.add(admin.because(next_cause()), chat, "Desk", "ru")
    began = time.monotonic()
    mirror = Mirror(bot, services)
    await time.run(mirror.drain())
    view = await owner.look(chat)
    assert len(view["topics"]) == TICKETS
    refused = [call for call in world.calls if call.get("error_code") == 429]
    assert refused == []
    # A topic, a card, its pin and a message each; five per cent of air, three left for people.
    assert time.monotonic() - began <= (4 * TICKETS + 1) / (20 - FOR_PEOPLE) * 60 * 1.06

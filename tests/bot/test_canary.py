"""The canary flies through the same queue, tidies up behind it, and is missed when it is late."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select, update

from bot.alarm import Alarm, by_apprise
from bot.canary import Canary
from bot.health import CANARY, TOKEN, Health
from bot.sandbox.client import Person, Sandbox
from bot.sandbox.server import create_app
from bot.sandbox.world import World
from bot.telegram.delivery import Delivery
from bot.telegram.gateway import Gateway, make_bot
from bot.telegram.sender import TelegramSender
from domain.canary import Canaries
from domain.clock import ManualClock
from domain.notices.model import Notice
from domain.roles import Role
from domain.services import Services
from domain.work import Site
from scheduler import Dispatcher
from tests.support.factories import make_person

BOT_TOKEN = "123456789:" + "A" * 35
EVERY = timedelta(minutes=5)


@dataclass
class Mine:
    """A canary, its chat, and the time in the test's hand."""

    site: Site
    clock: ManualClock
    canary: Canary
    canaries: Canaries
    dispatcher: Dispatcher
    health: Health
    admin: Person
    seconds: list[float] = field(default_factory=lambda: [0.0])

    async def passes(self, seconds: float, *, send: bool = True) -> None:
        """Time goes by; the canary looks, its notice is sent, and it looks again."""
        self.clock.advance(timedelta(seconds=seconds))
        self.seconds[0] += seconds
        await self.canary.look()
        if send:
            await self.dispatcher.drain()
            await self.canary.look()

    async def shown(self) -> list[str]:
        """What stands in the chat from the bot."""
        return [
            each.text for each in await self.admin.messages() if each.by_bot and not each.deleted
        ]

    async def rows(self) -> list[str]:
        """The states of the canaries in the table."""
        async with self.site.sessions() as session:
            found = select(Notice.state).where(Notice.kind == "service.canary").order_by(Notice.id)
            return list(await session.scalars(found))


@pytest.fixture
async def mine(site: Site, clock: ManualClock) -> AsyncIterator[Mine]:
    world = World(token=BOT_TOKEN, clock=clock, limits=None)
    server = TestServer(create_app(world), host="127.0.0.1")
    await server.start_server()
    base = str(server.make_url("/")).rstrip("/")
    bot = make_bot(BOT_TOKEN, base, Gateway())
    services, health, seconds = Services(site), Health(), [0.0]
    async with Sandbox(base) as sandbox:
        admin = await sandbox.person("Админ", language="kk")
        await admin.start()
        canaries = Canaries(site, admin.id, EVERY)
        canary = Canary(canaries, bot, health, EVERY, monotonic=lambda: seconds[0])
        sender = TelegramSender(bot, Delivery(services).render)
        dispatcher = Dispatcher(services.notice_queue, sender.send)
        yield Mine(site, clock, canary, canaries, dispatcher, health, admin, seconds)
    await bot.session.close()
    await server.close()


async def test_each_takes_the_place_of_the_one_before(mine: Mine) -> None:
    await make_person(mine.site, mine.admin.id, Role.ADMIN, language="kk")
    await mine.passes(0)
    assert len(await mine.shown()) == 1
    # Within its turn no other is put, however often it looks and whoever looks.
    await mine.passes(1)
    assert await mine.rows() == ["sent"]
    await mine.passes(300)
    shown = await mine.shown()
    assert len(shown) == 1
    assert "Сынақ хабарламасы" in shown[0]
    assert await mine.rows() == ["sent"]
    assert mine.health.ailments == {}


async def test_a_late_one_is_said_and_forgiven_when_it_comes(mine: Mine) -> None:
    await make_person(mine.site, mine.admin.id, Role.ADMIN, language="ru")
    await mine.passes(0)
    await mine.passes(300, send=False)
    assert mine.health.ailments == {}
    await mine.passes(61, send=False)
    assert list(mine.health.ailments) == [CANARY]
    assert mine.health.ready, "all replicas see it alike: none is taken out"
    await mine.passes(1)
    assert mine.health.ailments == {}
    assert "Тестовое уведомление" in (await mine.shown())[0]


async def test_after_a_long_outage_only_the_newest_is_sent(mine: Mine) -> None:
    await make_person(mine.site, mine.admin.id, Role.ADMIN)
    for _ in range(4):
        await mine.passes(300, send=False)
    before = len(await mine.shown())
    await mine.passes(0)
    assert len(await mine.shown()) == before + 1
    await mine.passes(1)
    assert await mine.rows() == ["sent"]


async def test_one_that_died_is_no_dead_letter(mine: Mine) -> None:
    """That it did not come is told by the alarm; nobody has to send it again."""
    await make_person(mine.site, mine.admin.id, Role.ADMIN)
    await mine.passes(0, send=False)
    async with mine.site.sessions.begin() as session:
        await session.execute(update(Notice).values(state="dead", error="no answer, twice"))
    await mine.passes(10, send=False)
    assert await mine.rows() == ["useless"]
    await mine.passes(300)
    assert await mine.rows() == ["sent"]


async def test_one_deleted_by_hand_holds_nothing_up(mine: Mine) -> None:
    await make_person(mine.site, mine.admin.id, Role.ADMIN)
    await mine.passes(0)
    message = next(each for each in await mine.admin.messages() if each.by_bot)
    await mine.canary._bot.delete_message(mine.admin.id, message.id)
    await mine.passes(300)
    assert await mine.rows() == ["sent"]


async def test_a_chat_that_nobody_began_is_late(mine: Mine) -> None:
    await mine.passes(0)
    await mine.passes(361)
    assert await mine.rows() == []
    assert list(mine.health.ailments) == [CANARY]


async def test_it_is_late_while_the_database_is_away(
    mine: Mine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away() -> bool:
        raise ConnectionRefusedError

    monkeypatch.setattr(mine.canaries, "put", away)
    mine.seconds[0] += 400
    with pytest.raises(ConnectionRefusedError):
        await mine.canary.look()
    assert list(mine.health.ailments) == [CANARY]


# The alarm


@dataclass
class Bell:
    """An alarm whose time and gateway are in the test's hand."""

    health: Health = field(default_factory=Health)
    now: float = 0.0
    works: bool | Exception = True
    said: list[str] = field(default_factory=list)
    alarm: Alarm = field(init=False)

    def __post_init__(self) -> None:
        self.alarm = Alarm(self.health, self._tell, monotonic=lambda: self.now)

    async def _tell(self, title: str, text: str) -> bool:
        if isinstance(self.works, Exception):
            raise self.works
        if self.works:
            self.said.append(title)
        return self.works


async def test_an_alarm_is_told_once_then_hourly_and_when_it_is_over() -> None:
    bell = Bell()
    await bell.alarm.look()
    bell.health.set(TOKEN)
    for _ in range(3):
        await bell.alarm.look()
    assert bell.said == [f"Tapsyrys: {TOKEN}"]
    bell.now += 3600
    await bell.alarm.look()
    bell.health.clear(TOKEN)
    for _ in range(3):
        await bell.alarm.look()
    assert bell.said == [*[f"Tapsyrys: {TOKEN}"] * 2, f"Tapsyrys: {TOKEN} is over"]


@pytest.mark.parametrize("trouble", [False, OSError("away")])
async def test_an_alarm_that_did_not_go_is_told_again(trouble: bool | Exception) -> None:
    bell = Bell(works=trouble)
    bell.health.set(TOKEN)
    bell.health.set(CANARY)
    await bell.alarm.look()
    bell.works = True
    await bell.alarm.look()
    assert sorted(bell.said) == [f"Tapsyrys: {CANARY}", f"Tapsyrys: {TOKEN}"]


async def test_an_alarm_goes_through_apprise() -> None:
    got: list[dict[str, object]] = []

    async def take(request: web.Request) -> web.Response:
        got.append(await request.json())
        return web.Response()

    app = web.Application()
    app.router.add_post("/alarm", take)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    tell = by_apprise(f"json://127.0.0.1:{server.port}/alarm")
    assert await tell("Title", "Text")
    await server.close()
    assert (got[0]["title"], got[0]["message"]) == ("Title", "Text")


def test_an_address_that_apprise_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="Apprise"):
        by_apprise("nonsense")

"""A whole town for tests of handlers: the sandbox over HTTP, our dispatcher, people who chat.

    async def test_menu(town: Town) -> None:
        aigul = await town.person("Айгүл", language="kk")
        await aigul.start()
        await aigul.wait_for(lambda message: ...)

Updates are worked one after another as they come; an error of a handler fails the test.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

import pytest
from aiogram import Bot, Dispatcher
from aiogram.fsm.storage.memory import DisabledEventIsolation
from aiohttp.test_utils import TestServer
from sqlalchemy.ext.asyncio import create_async_engine

from bot.sandbox.client import Message, Person, Sandbox
from bot.sandbox.server import create_app
from bot.sandbox.world import World
from bot.storage.fsm import PostgresStorage
from bot.telegram.gateway import DialogMessages, Gateway, make_bot
from bot.telegram.limits import Limits
from domain.actor import Actor
from domain.clock import ManualClock
from domain.registry.views import CompanyView
from domain.roles import Role
from domain.services import Services
from domain.work import Site
from handlers.assembly import build_dispatcher
from handlers.views.press import press
from handlers.views.translator import Html, Locale, Translator, plain, translator
from locales import build
from tests.support.factories import make_person, next_cause
from tests.support.waiting import until

_phones = itertools.count(1_000_001)
_FREE = Limits(overall=100_000, per_chat=100_000, burst=100_000, per_group_minute=100_000)


class Resident(Person):
    """Somebody of a town: what comes after ``catch_up`` answers what they do next, nothing else.

    Words may have two answers, such as a refusal and the question anew: who has read the first and
    goes on would else take the second for the answer to the next words.
    """

    def __init__(self, town: Town, person_id: int) -> None:
        super().__init__(town.sandbox, person_id)
        self._town = town

    async def catch_up(self, chat: int | None = None) -> None:
        """Pass over everything that has come so far, and all that is still to come of it."""
        await self.settled()
        await super().catch_up(chat)

    async def settled(self) -> None:
        """Wait until all that they have done is answered: what is newest now stays so."""
        await self._town.settled()


@dataclass
class Town:
    """Everything that runs, and the ways to get people into it."""

    site: Site
    services: Services
    clock: ManualClock
    sandbox: Sandbox
    bot: Bot
    dispatcher: Dispatcher
    world: World
    failures: list[BaseException] = field(default_factory=list)

    async def stranger(self, name: str = "Ерлан", language: str = "ru") -> Person:
        """Somebody whom nobody knows yet, with a phone."""
        phone = f"+7701{next(_phones)}"
        made = await self.sandbox.person(name, language=language, phone=phone)
        return Resident(self, made.id)

    async def person(
        self,
        name: str = "Айгүл",
        language: str = "ru",
        *,
        role: Role | None = None,
        company: CompanyView | str | None = None,
    ) -> Person:
        """Somebody registered, in a role, who has not yet pressed Start."""
        person = await self.stranger(name, language)
        await make_person(self.site, person.id, role, company, language, name=name)
        return person

    async def actor(self, person: Person) -> Actor:
        """The person as the use cases know them now, with a cause of its own."""
        actor, _ = await self.services.people.actor_for(person.id, next_cause())
        return actor

    async def settled(self) -> None:
        """Wait until all that people have done is answered: what is counted now is nobody else's.

        Whoever has pressed Start or added the bot to a group is answered at some moment beside
        the test. To count calls or messages from here on, let that be over first.
        """

        async def answered() -> bool:
            return not self.world.updates.pending

        await until(answered)

    async def come(self, moment: datetime) -> int:
        """The moment comes, all that people did before being over; how many deadlines it fires.

        A handler may still hold its rows when its answer is there already: a sweep of that moment
        would pass over them, and come back later.
        """
        await self.settled()
        self.clock.set(moment)
        fired = 0
        while count := await self.services.deadlines.fire_due():
            fired += count
        return fired

    async def pump(self) -> None:
        """Work the updates in their order until cancelled."""
        offset = None
        while True:
            for update in await self.bot.get_updates(offset=offset, timeout=20):
                offset = update.update_id + 1
                try:
                    await self.dispatcher.feed_update(self.bot, update)
                except Exception as error:
                    self.failures.append(error)


def said(t: Translator, begins: str) -> str:
    """The catalogue's text of the message that ``begins`` so, up to its first placeholder.

    The message is looked for in the code, so a test cannot wait for a text nobody says. Raises
    LookupError when no message begins so.
    """
    whole = next((each for each in _messages() if each.startswith(begins)), None)
    if whole is None:
        raise LookupError(begins)
    return plain(Html(t._catalogue.gettext(whole).split("{", 1)[0]))


@cache
def _messages() -> tuple[str, ...]:
    return tuple(
        message.id for message in build.extract() if isinstance(message.id, str) and message.id
    )


def t_of(language: str) -> Translator:
    """The translator of a person's language."""
    locale: Locale = "kk" if language == "kk" else "ru"
    return translator(locale)


async def tap(person: Person, name: str, *ids: int | str) -> str:
    """Press the newest button that reports ``name`` and ``ids``; the id of the press."""
    data = press(name, *ids)
    message = await person.eventually(lambda each: any(b.data == data for b in each.buttons))
    return await person.press_data(data, message.id)


async def tap_label(person: Person, label: str) -> Message:
    """Press the newest button with just this label; the message it stood on."""
    if isinstance(person, Resident):
        # A refusal may still be followed by the question anew: its button is the newest.
        await person.settled()
    message = await person.eventually(lambda each: any(b.text == label for b in each.buttons))
    await person.press(label, message)
    return message


@pytest.fixture
async def town(site: Site, database_url: str, clock: ManualClock) -> AsyncIterator[Town]:
    """The whole bot against a sandbox, on a database of its own; no limits of sending."""
    world = World(clock=clock, limits=None)
    server = TestServer(create_app(world), host="127.0.0.1")
    await server.start_server()
    base = str(server.make_url("/")).rstrip("/")
    bot = make_bot(world.token, base, Gateway(_FREE))
    engine = create_async_engine(database_url)
    services = Services(site)
    dispatcher = build_dispatcher(
        services, PostgresStorage(engine), DisabledEventIsolation(), DialogMessages()
    )
    async with Sandbox(base) as sandbox:
        town = Town(site, services, clock, sandbox, bot, dispatcher, world)
        pump = asyncio.create_task(town.pump())
        yield town
        pump.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await pump
    session = bot.session
    await session.close()
    await server.close()
    await engine.dispose()
    if town.failures:
        raise town.failures[0]

"""Two applications on one database: everything is done once, and either can die."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import func, insert, select

from bot.inbox import Inbox
from bot.sandbox.client import Person, Sandbox
from bot.sandbox.server import create_app
from bot.sandbox.world import World
from bot.storage.engine import make_engine
from domain.audit import AuditEntry
from domain.clock import ManualClock
from domain.deadlines import Deadline
from domain.notices.model import Delivery, Lane, Notice
from domain.people.model import Person as Reader
from domain.roles import Role
from handlers.views.menus import ACTIONS
from tests.e2e.killable import Server
from tests.e2e.town import open_town
from tests.support.chat import t_of
from tests.support.factories import make_customer, make_order, make_producer
from tests.support.waiting import PATIENCE, until

_PEOPLE = 12
_ORDERS = 2
_TOKEN = "7000000001:" + "s" * 32


async def test_everything_is_done_once(
    database_url: str, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Updates, deadlines and notices of a crowd, under Telegram's own limits."""
    # However slow the machine is, nobody helps the one that keeps the limits.
    monkeypatch.setattr("bot.keeping._LEFT", float("inf"))
    opened = open_town(database_url, tmp_path, clock, strict=True, replicas=2)
    async with opened as town:
        contractor, maker = await make_customer(town.site), await make_producer(town.site)
        people = [
            await town.person(f"Айгүл {number}", role=Role.SUPPLIER, company=maker)
            for number in range(_PEOPLE)
        ]
        for person in people:
            await person.catch_up()
        for _ in range(_ORDERS):
            await make_order(town.services, contractor)
        for replica in town.replicas:
            replica.app.notices.wake()
        text = t_of("ru").button(ACTIONS["help"])
        await asyncio.gather(*(person.say(text) for person in people))
        await town.settled()
        clock.set(await town.next_deadline("offer_window"))
        await asyncio.gather(*(each.app.sweeper.sweep_deadlines() for each in town.replicas))

        async def told() -> bool:
            async with town.site.sessions() as session:
                return set(await session.scalars(select(Notice.state))) == {"sent"}

        await until(told, 60, ticking=clock)
        async with town.site.sessions() as session:
            fired = Counter(
                await session.scalars(select(Deadline.state).where(Deadline.kind == "offer_window"))
            )
            closed = Counter(
                await session.scalars(
                    select(AuditEntry.subject).where(AuditEntry.action == "offer_window")
                )
            )
            notices = Counter(await session.scalars(select(Notice.person_id)))
        assert fired == Counter(fired=_ORDERS)
        assert set(closed.values()) <= {1}
        assert set(notices.values()) == {2 * _ORDERS}, "an invitation and its end, for each order"
        sent = Counter(
            str(call["params"]["chat_id"])
            for call in town.world.calls
            if call["method"] == "sendMessage" and call["ok"]
        )
        # The greeting, the answer to /help, and each notice once.
        assert sent == Counter({str(person.id): 2 + 2 * _ORDERS for person in people})
        # One of the two keeps the limits, answers presses and sends: they are never exceeded.
        assert [call for call in town.world.calls if call["error_code"] == 429] == []
        assert all(each.app.failure is None for each in town.replicas)


@asynccontextmanager
async def two_servers(
    database_url: str, folder: Path
) -> AsyncIterator[tuple[Sandbox, list[Server], World]]:
    """Two processes and the Telegram that both talk to; the first one polls and sends."""
    world = World(limits=None, token=_TOKEN)
    telegram = TestServer(create_app(world), host="127.0.0.1")
    async with AsyncExitStack() as stack:
        await telegram.start_server()
        stack.push_async_callback(telegram.close)
        environment = {
            "TAPSYRYS_BOT_TOKEN": _TOKEN,
            "TAPSYRYS_TELEGRAM_API": server_url(telegram),
            "TAPSYRYS_DATABASE_URL": database_url,
            "TAPSYRYS_DATA_DIR": str(folder),
            "TAPSYRYS_PUBLIC_URL": "",
        }
        servers = [Server(environment, folder / f"log-{name}") for name in "ab"]
        for server in servers:
            stack.callback(server.kill)
            await server.start()
        sandbox = await stack.enter_async_context(Sandbox(server_url(telegram)))
        yield sandbox, servers, world


def server_url(server: TestServer) -> str:
    """Where it listens."""
    return str(server.make_url("/")).rstrip("/")


async def test_the_other_takes_over_when_the_owner_is_killed(
    database_url: str, tmp_path: Path
) -> None:
    """The first started polls and sends; after its death the second answers."""
    async with two_servers(database_url, tmp_path) as (sandbox, (owner, _), _world):
        dana = await sandbox.person("Дана", language="ru", phone="+77010000001")
        await _greeted(dana)
        # What dies with its owner unmarked is worked again ten seconds later, and said twice.
        await _all_marked(database_url)
        owner.kill()
        await dana.catch_up()
        await _greeted(dana)
        answered = [each for each in await dana.messages() if each.by_bot]
        assert len(answered) == 2, "each /start was answered once"


async def test_a_frozen_owner_that_goes_on_sends_nothing_more(
    database_url: str, tmp_path: Path
) -> None:
    """It stands still with notices in its hand: begun, half sent, and waiting behind others.

    The other sends all of them; and when that one is killed, the first does the work again.
    """
    async with two_servers(database_url, tmp_path) as (sandbox, (owner, other), world):
        people = [
            await sandbox.person(f"Дана {number}", language="ru", phone=f"+7701000000{number}")
            for number in range(3)
        ]
        for person in people:
            await _greeted(person)
        numbers = await _news(database_url, people[:2], ["Весть"] * 6)
        numbers += await _news(database_url, people[2:], ["Весть. " * 2500])

        def calls() -> list[str]:
            return [
                str(each["params"]["text"])
                for each in world.calls
                if each["method"] == "sendMessage" and "ест" in str(each["params"]["text"])
            ]

        async def begun() -> bool:
            return len(calls()) >= 9

        await until(begun)
        owner.freeze()
        first = len(calls())
        await until(partial(_all_sent, database_url, numbers), 60)
        told = calls()
        owner.thaw()
        # What it had in its hand comes to its turn now, of each person the first at least.
        await until(partial(_turns_passed, database_url, len(people)), PATIENCE)
        last = await _news(database_url, people[:1], ["Весть последняя"])
        await until(partial(_all_sent, database_url, last), 30)
        assert calls()[len(told) :] == [each for each in calls() if "последняя" in each]
        for number in numbers:
            mark = re.compile(rf"№\s?{number}\b")
            twice = [at for at, each in enumerate(told) if mark.search(each)]
            assert len(twice) in (1, 2)
            assert twice[0] < first or len(twice) == 1, "again only what had gone before it froze"
        other.kill()
        last = await _news(database_url, people[:1], ["Весть после всех"])
        await until(partial(_all_sent, database_url, last), 30)
        assert len([each for each in calls() if "после всех" in each]) == 1


async def _news(database_url: str, people: list[Person], texts: list[str]) -> list[int]:
    """Queue these news for each of the people; returns their numbers."""
    engine = make_engine(database_url)
    now = datetime.now(UTC)
    async with engine.begin() as connection:
        rows = await connection.execute(
            insert(Notice)
            .values(
                [
                    {
                        "person_id": select(Reader.id)
                        .where(Reader.telegram_id == person.id)
                        .scalar_subquery(),
                        "kind": "broadcast.news",
                        "subject": "broadcast:1",
                        "params": {"text_ru": text, "text_kk": text},
                        "lane": int(Lane.NEWS),
                        "state": "queued",
                        "dedup": f"{text[:20]}|{number}",
                        "created_at": now,
                        "not_before": now,
                        "attempts": 0,
                    }
                    for person in people
                    for number, text in enumerate(texts)
                ]
            )
            .returning(Notice.id)
        )
        numbers = list(rows.scalars())
    await engine.dispose()
    return numbers


async def _all_sent(database_url: str, numbers: list[int]) -> bool:
    engine = make_engine(database_url)
    async with engine.connect() as connection:
        states = set(await connection.scalars(select(Notice.state).where(Notice.id.in_(numbers))))
    await engine.dispose()
    return states == {"sent"}


async def _turns_passed(database_url: str, count: int) -> bool:
    engine = make_engine(database_url)
    async with engine.connect() as connection:
        passed = await connection.scalar(
            select(func.count()).where(Delivery.error.startswith("TurnPassed"))
        )
    await engine.dispose()
    return (passed or 0) >= count


async def _greeted(person: Person) -> None:
    await person.start()
    await person.wait_for(lambda message: bool(message.buttons), timeout_s=PATIENCE)


async def _all_marked(database_url: str) -> None:
    engine = make_engine(database_url)
    waiting = Inbox(engine).waiting

    async def marked() -> bool:
        return not await waiting()

    await until(marked)
    await engine.dispose()

"""Metrics over HTTP: what stands in the tables, what happened, who may read them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.health import TOKEN, Health
from bot.inbox import Inbox
from bot.storage.engine import make_engine
from bot.telegram.limits import Limits, Urgency
from bot.web.app import create_web
from bot.web.metrics import Metrics, add_metrics
from domain.clock import ManualClock
from domain.notices.model import Lane
from domain.services import Services
from domain.work import Site
from scheduler.watch import Pulse, Watch
from scheduler.worker import Worker
from tests.scheduler.notices import queue

SECRET = "a-long-random-word"


@dataclass
class Seen:
    """The application with its metrics."""

    client: TestClient[Request, Application]
    metrics: Metrics
    watch: Watch
    health: Health
    engine: AsyncEngine

    async def text(self, **headers: str) -> tuple[int, str]:
        """Status and body."""
        async with self.client.get("/metrics", headers=headers) as answer:
            return answer.status, await answer.text()

    async def read(self) -> dict[tuple[str, ...], float]:
        """Every sample: its name, the values of its labels, its value."""
        status, text = await self.text()
        assert status == 200
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }


async def opened(site: Site, engine: AsyncEngine, token: str | None) -> Seen:
    watch, health = Watch(), Health()
    metrics = Metrics(site, watch, health, engine)
    app = create_web(Services(site))
    add_metrics(app, metrics, token)
    client = TestClient(TestServer(app, host="127.0.0.1"))
    await client.start_server()
    return Seen(client, metrics, watch, health, engine)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    made = make_engine(database_url)
    yield made
    await made.dispose()


@pytest.fixture
async def seen(site: Site, engine: AsyncEngine) -> AsyncIterator[Seen]:
    made = await opened(site, engine, None)
    yield made
    await made.client.close()


async def test_an_empty_installation_says_zero(seen: Seen) -> None:
    read = await seen.read()
    assert read["tapsyrys_database_up",] == 1
    assert read["tapsyrys_notices_waiting", "telegram", "statutory"] == 0
    assert read["tapsyrys_telegram_calls_total", "429"] == 0
    assert read["tapsyrys_notice_sends_total", "telegram", "dead"] == 0
    assert read["tapsyrys_inbox_waiting",] == 0
    assert read["tapsyrys_deadlines_oldest_overdue_seconds",] == 0
    assert read["tapsyrys_sending_owner",] == 0
    assert read["process_resident_memory_bytes",] > 1_000_000


async def test_queues_show_how_many_wait_and_how_long(
    seen: Seen, site: Site, clock: ManualClock
) -> None:
    await queue(site, [1, 2, 3], lane=Lane.STATUTORY)
    await queue(site, [4], lane=Lane.NEWS)
    await Inbox(seen.engine, clock=clock).store(1, [{"update_id": 7}])
    clock.advance(timedelta(seconds=90))
    read = await seen.read()
    assert read["tapsyrys_notices_waiting", "telegram", "statutory"] == 3
    assert read["tapsyrys_notices_oldest_seconds", "telegram", "statutory"] == 90
    assert read["tapsyrys_notices_waiting", "telegram", "news"] == 1
    assert read["tapsyrys_notices_waiting", "email", "news"] == 0
    assert (read["tapsyrys_inbox_waiting",], read["tapsyrys_inbox_oldest_seconds",]) == (1, 90)


async def test_a_storm_of_scrapes_asks_the_database_once(seen: Seen) -> None:
    asked: list[str] = []
    await seen.text()
    event.listen(
        seen.metrics.counting._site.sessions.kw["bind"].sync_engine,
        "before_cursor_execute",
        lambda *given: asked.append(given[2]),
    )
    for _ in range(50):
        assert (await seen.text())[0] == 200
    assert asked == []


async def test_a_database_that_is_away_is_a_metric_too(
    seen: Seen, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.figures._FRESH", 0)
    await queue(site, [1], lane=Lane.WORK)
    await seen.text()

    async def away(*_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("bot.web.figures._count", away)
    read = await seen.read()
    assert read["tapsyrys_database_up",] == 0
    # What was counted last stays, and says how old it is.
    assert read["tapsyrys_notices_waiting", "telegram", "work"] == 1
    assert read["tapsyrys_figures_age_seconds",] >= 0


async def test_what_happens_is_counted(seen: Seen) -> None:
    seen.metrics.sent("telegram", "sent", 0.2)
    seen.metrics.sent("telegram", "retry", 0.2)
    seen.metrics.sent("pigeon", "lost", 0.2)
    seen.metrics.answered("429")
    seen.metrics.answered("418")
    limits = Limits()
    seen.metrics.watch_limits(limits)
    async with limits.turn(5, urgency=Urgency.STATUTORY):
        pass
    seen.metrics.watch_owner(lambda: True)
    read = await seen.read()
    assert read["tapsyrys_notice_sends_total", "telegram", "sent"] == 1
    assert read["tapsyrys_notice_sends_total", "telegram", "retry"] == 1
    # Labels are few: what nobody knows is "other".
    assert read["tapsyrys_notice_sends_total", "other", "other"] == 1
    assert read["tapsyrys_notice_send_seconds_count", "telegram"] == 2
    assert read["tapsyrys_telegram_calls_total", "429"] == 1
    assert read["tapsyrys_telegram_calls_total", "other"] == 1
    assert read["tapsyrys_limiter_wait_seconds_count", "statutory"] == 1
    assert read["tapsyrys_sending_owner",] == 1


async def test_parts_and_ailments_are_shown(seen: Seen) -> None:
    async def nothing() -> None: ...

    worker = Worker("desk", nothing)
    seen.watch.add(worker)
    seen.health.set(TOKEN)
    read = await seen.read()
    # Not yet come through, and not late either.
    assert read["tapsyrys_part_silent", "desk"] == 0
    assert ("tapsyrys_part_age_seconds", "desk") not in read
    assert read["tapsyrys_ailment", TOKEN] == 1
    worker.pulse.begun -= 60
    assert (await seen.read())["tapsyrys_part_silent", "desk"] == 1
    worker.pulse()
    seen.health.clear(TOKEN)
    read = await seen.read()
    assert read["tapsyrys_part_silent", "desk"] == 0
    assert 0 <= read["tapsyrys_part_age_seconds", "desk"] < Pulse("x").patience
    assert read["tapsyrys_ailment", TOKEN] == 0


async def test_the_pool_shows_its_use_and_its_waits(seen: Seen) -> None:
    async with seen.engine.connect(), seen.engine.connect():
        read = await seen.read()
    assert read["tapsyrys_database_pool_used",] == 2
    assert read["tapsyrys_database_pool_size",] > 2
    assert read["tapsyrys_database_pool_acquire_seconds_count",] == 2


async def test_only_this_machine_reads_them_without_a_token(seen: Seen) -> None:
    assert (await seen.text())[0] == 200
    # A proxy on this machine asks for somebody else.
    assert (await seen.text(**{"X-Forwarded-For": "203.0.113.7"}))[0] == 403


async def test_a_token_opens_them_and_nothing_else_does(site: Site, engine: AsyncEngine) -> None:
    seen = await opened(site, engine, SECRET)
    try:
        assert (await seen.text())[0] == 401
        assert (await seen.text(Authorization="Bearer wrong"))[0] == 401
        assert (await seen.text(Authorization=f"Bearer {SECRET}"))[0] == 200
    finally:
        await seen.client.close()

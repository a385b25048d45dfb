"""A worker of webhooks is killed while a server has its request: it goes again, as the same."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.storage.engine import make_engine, make_sessions
from bot.storage.files import local_files
from domain.clock import SystemClock
from domain.webhooks.addresses import Allowed
from domain.webhooks.service import Webhooks
from domain.webhooks.views import DeliveryView
from domain.work import Site
from tests.bot.channels.webhooks.receiver import held, receiving
from tests.domain.webhooks.conftest import console
from tests.support.waiting import until

# Seconds of a claim: so long after a kill nobody else touches what was on its way.
_LEASE = 3


@asynccontextmanager
async def worker(url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that sends webhooks; it is killed at the end, if it is not dead by then."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bot.channels.webhooks.worker", url, str(_LEASE)
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
        await process.wait()


@pytest.fixture
async def webhooks(database_url: str, tmp_path: Path) -> AsyncIterator[Webhooks]:
    engine = make_engine(database_url)
    found = Webhooks(Site(make_sessions(engine), SystemClock(), local_files(tmp_path)))
    found.allowed = Allowed.of(["127.0.0.0/8"])
    yield found
    await engine.dispose()


async def the_delivery(webhooks: Webhooks, endpoint: int) -> DeliveryView:
    return (await webhooks.deliveries(console(), endpoint)).deliveries[0]


async def test_killed_between_sending_and_recording(webhooks: Webhooks, database_url: str) -> None:
    async with receiving(SystemClock()) as receiver:
        made, receiver.secret = await webhooks.create(console(), receiver.url)
        never, reached = asyncio.Event(), asyncio.Event()
        receiver.answers = [held(never, reached)]
        await webhooks.test(console(), made.id)
        async with worker(database_url) as first:
            async with asyncio.timeout(60):
                await reached.wait()
            first.kill()
            await first.wait()
        assert (await the_delivery(webhooks, made.id)).state == "sending"
        never.set()
        async with worker(database_url):

            async def delivered() -> bool:
                return (await the_delivery(webhooks, made.id)).state == "delivered"

            await until(delivered, 60)
    assert len({each.uid for each in receiver.taken}) == 1
    assert len(receiver.taken) == 2
    assert [each.outcome for each in (await the_delivery(webhooks, made.id)).attempts] == [
        "delivered"
    ]


async def test_frozen_past_its_claim_and_woken(webhooks: Webhooks, database_url: str) -> None:
    async with receiving(SystemClock()) as receiver:
        made, receiver.secret = await webhooks.create(console(), receiver.url)
        let_go, reached = asyncio.Event(), asyncio.Event()
        receiver.answers = [held(let_go, reached)]
        await webhooks.test(console(), made.id)
        async with worker(database_url) as frozen:
            async with asyncio.timeout(60):
                await reached.wait()
            frozen.send_signal(signal.SIGSTOP)
            async with worker(database_url):

                async def delivered() -> bool:
                    return (await the_delivery(webhooks, made.id)).state == "delivered"

                await until(delivered, 60)
                # It comes back to an answer of long ago: one more attempt on record, nothing else.
                let_go.set()
                frozen.send_signal(signal.SIGCONT)

                async def both_recorded() -> bool:
                    return len((await the_delivery(webhooks, made.id)).attempts) == 2

                await until(both_recorded, 60)
        found = await the_delivery(webhooks, made.id)
    assert found.state == "delivered"
    assert [each.uid for each in receiver.taken] == [found.event] * 2

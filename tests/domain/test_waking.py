"""A worker that waits to be woken ends when it is told to, whatever else happens just then."""

from __future__ import annotations

import asyncio

import pytest

from domain.waking import woken
from tests.support.waiting import PATIENCE


async def test_a_wake_up_ends_the_waiting_and_is_forgotten() -> None:
    event = asyncio.Event()
    waiting = asyncio.create_task(woken(event, None))
    await asyncio.sleep(0)
    event.set()
    await waiting
    assert not event.is_set()


async def test_the_time_ends_the_waiting() -> None:
    await woken(asyncio.Event(), 0)


@pytest.mark.parametrize("turns", range(5))
async def test_being_told_to_end_is_not_lost_beside_a_wake_up(turns: int) -> None:
    event = asyncio.Event()

    async def work() -> None:
        while True:
            await woken(event, 60)

    worker = asyncio.create_task(work())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    event.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    worker.cancel()
    done, _ = await asyncio.wait([worker], timeout=PATIENCE)
    assert done

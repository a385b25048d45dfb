"""The sweeps come again and again, whatever fails in one of them."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from domain.notices.queue import NoticeQueue
from domain.work import Site
from scheduler import Dispatcher, Sweeper
from tests.scheduler.notices import Sender, queue, states
from tests.support.waiting import PATIENCE, until


class Due:
    """Deadlines to be fired: the size of each batch, or an error."""

    def __init__(self, *batches: int | Exception) -> None:
        self.batches = list(batches)
        self.idle = asyncio.Event()

    async def __call__(self) -> int:
        if not self.batches:
            self.idle.set()
            return 0
        batch = self.batches.pop(0)
        if isinstance(batch, Exception):
            raise batch
        return batch


async def test_deadlines_are_fired_batch_by_batch(site: Site) -> None:
    due = Due(200, 200, 7)
    sweeper = Sweeper(due, Dispatcher(NoticeQueue(site), Sender()), period=0.01)
    sweeper.start()
    await asyncio.wait_for(due.idle.wait(), PATIENCE)
    await sweeper.stop()
    assert due.batches == []


async def test_a_sweep_that_failed_comes_again_and_beats(site: Site) -> None:
    due = Due(ConnectionError(), 1)
    sweeper = Sweeper(due, Dispatcher(NoticeQueue(site), Sender()), period=0.01)
    assert sweeper.watch.ages() == {}
    sweeper.start()
    await asyncio.wait_for(due.idle.wait(), PATIENCE)

    async def both_beat() -> bool:
        return {"deadlines", "notices", "scheduler"} == set(sweeper.watch.ages())

    await until(both_beat)
    assert 0 <= sweeper.watch.ages()["deadlines"] < PATIENCE
    assert sweeper.watch.silent() == []
    await sweeper.stop()


@pytest.mark.parametrize("outage", [True, False])
async def test_a_long_trouble_fills_no_log(site: Site, outage: bool) -> None:
    due = Due(*[ConnectionError()] * 9, 1)
    dispatcher = Dispatcher(NoticeQueue(site), Sender())
    sweeper = Sweeper(due, dispatcher, period=0.01, is_outage=lambda _: outage)
    with capture_logs() as lines:
        sweeper.start()
        await asyncio.wait_for(due.idle.wait(), PATIENCE)

        async def beats() -> bool:
            return "deadlines" in sweeper.watch.ages()

        await until(beats)
        await sweeper.stop()
    told = [line for line in lines if line.get("worker") == "deadlines"]
    assert [(line["event"], line["times"]) for line in told] == [
        *[("worker.failed", times) for times in (1, 2, 4, 8)],
        ("worker.recovered", 9),
    ]
    # A traceback tells of a mistake of ours, and once is enough.
    assert [line["exc_info"] for line in told[:4]] == [not outage, False, False, False]


async def test_what_a_deadline_brings_about_is_sent_without_waiting(site: Site) -> None:
    sender = Sender()

    async def fire() -> int:
        if await states(site):
            return 0
        await queue(site, [1, 2])
        return 1

    sweeper = Sweeper(fire, Dispatcher(NoticeQueue(site), sender), period=0.01)
    sweeper.start()

    async def both_sent() -> bool:
        return (await states(site))["sent"] == 2

    await until(both_sent)
    await sweeper.stop()
    assert len(sender.sent) == 2


async def test_drain_goes_on_until_nothing_is_due(site: Site) -> None:
    sender, rounds = Sender(), iter([3, 0, 1, 0])

    async def fire() -> int:
        fired = next(rounds, 0)
        await queue(site, [7] * fired, mark=f"round{fired}")
        return fired

    await Sweeper(fire, Dispatcher(NoticeQueue(site), sender)).drain()
    assert sender.marks() == ["round3"] * 3 + ["round1"]


async def test_another_sweep_can_be_added(site: Site) -> None:
    came = asyncio.Event()

    async def act() -> None:
        came.set()

    sweeper = Sweeper(Due(), Dispatcher(NoticeQueue(site), Sender()))
    sweeper.every("forget", 0.01, act)
    sweeper.start()
    await asyncio.wait_for(came.wait(), PATIENCE)
    await sweeper.stop()
    assert "forget" in sweeper.watch.ages()


async def test_a_sweep_that_hangs_is_woken_and_comes_again(site: Site) -> None:
    hung, again = asyncio.Event(), asyncio.Event()

    async def fire() -> int:
        if not hung.is_set():
            hung.set()
            await asyncio.Event().wait()
        again.set()
        return 0

    sweeper = Sweeper(fire, Dispatcher(NoticeQueue(site), Sender()), period=0.01)
    sweeper.start()
    await asyncio.wait_for(hung.wait(), PATIENCE)
    deadlines = next(each for each in sweeper.watch.pulses if each.name == "deadlines")
    deadlines.turned -= 60
    await sweeper.watch.look()
    await asyncio.wait_for(again.wait(), PATIENCE)
    await sweeper.stop()


async def test_a_dispatcher_that_hangs_is_begun_anew(site: Site) -> None:
    sender, hung = Sender(), asyncio.Event()

    class Hanging(Dispatcher):
        async def look(self) -> int:
            if not hung.is_set():
                hung.set()
                await asyncio.Event().wait()
            return await super().look()

    sweeper = Sweeper(Due(), Hanging(NoticeQueue(site), sender), period=0.01)
    sweeper.start()
    await asyncio.wait_for(hung.wait(), PATIENCE)
    await queue(site, [1])
    notices = next(each for each in sweeper.watch.pulses if each.name == "notices")
    notices.turned -= 60
    await sweeper.watch.look()

    async def sent() -> bool:
        return (await states(site))["sent"] == 1

    await until(sent)
    await sweeper.stop()


async def test_many_batches_are_no_silence(site: Site) -> None:
    turns: list[float] = []

    async def fire() -> int:
        deadlines = next(each for each in sweeper.watch.pulses if each.name == "deadlines")
        turns.append(deadlines.turned)
        deadlines.turned -= 60
        return 1 if len(turns) < 3 else 0

    sweeper = Sweeper(fire, Dispatcher(NoticeQueue(site), Sender()), period=600)
    sweeper.start()

    async def over() -> bool:
        return "deadlines" in sweeper.watch.ages()

    await until(over)
    await sweeper.stop()
    # Whatever a batch took, the next began with a fresh pulse.
    assert turns == sorted(turns)

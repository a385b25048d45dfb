"""One loop for all: it is woken, comes by itself, survives trouble, ends and can be shaken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from scheduler.worker import Worker
from tests.support.waiting import PATIENCE, until


class Act:
    """What a worker does: counted, and what it does each time is given."""

    def __init__(self, *steps: Callable[[], object] | Exception) -> None:
        self.steps = list(steps)
        self.calls = 0
        self.idle = asyncio.Event()
        self.go_on = asyncio.Event()
        self.began = asyncio.Event()
        self.cancelled = 0

    async def __call__(self) -> None:
        self.calls += 1
        if not self.steps:
            self.idle.set()
            return
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        step()

    async def hang(self) -> None:
        """The first call hangs until it is cancelled, the next do not."""
        self.calls += 1
        if self.calls == 1:
            self.began.set()
            try:
                await self.go_on.wait()
            except asyncio.CancelledError:
                self.cancelled += 1
                raise
        self.idle.set()


async def ended(worker: Worker, running: asyncio.Task[None]) -> None:
    worker.stop()
    await asyncio.wait_for(running, PATIENCE)


async def test_it_begins_at_once_and_goes_on_when_it_is_woken() -> None:
    act = Act()
    worker = Worker("w", act, poll=None)
    running = asyncio.create_task(worker.run())
    await asyncio.wait_for(act.idle.wait(), PATIENCE)
    act.idle.clear()
    worker.wake()
    await asyncio.wait_for(act.idle.wait(), PATIENCE)
    await ended(worker, running)
    assert act.calls == 2


async def test_it_looks_by_itself() -> None:
    act = Act()
    worker = Worker("w", act, poll=0.01)
    running = asyncio.create_task(worker.run())

    async def thrice() -> bool:
        return act.calls >= 3

    await until(thrice, PATIENCE)
    await ended(worker, running)


async def test_many_wakings_in_a_gap_are_one_look() -> None:
    act = Act()
    worker = Worker("w", act, poll=None, gap=60)
    running = asyncio.create_task(worker.run())
    await asyncio.wait_for(act.idle.wait(), PATIENCE)
    for _ in range(100):
        worker.wake()
        await asyncio.sleep(0)
    await ended(worker, running)
    assert act.calls == 1


async def test_a_stop_does_not_wait_for_gaps_pauses_or_polls() -> None:
    for act in (Act(), Act(ConnectionError())):
        worker = Worker("w", act, poll=600, gap=600, pause=600)
        running = asyncio.create_task(worker.run())

        async def called(each: Act = act) -> bool:
            return each.calls == 1

        await until(called, PATIENCE)
        await ended(worker, running)


async def test_a_stop_before_the_first_turn_is_kept() -> None:
    act = Act()
    worker = Worker("w", act)
    work = worker.run()
    worker.stop()
    await asyncio.wait_for(work, PATIENCE)
    assert act.calls == 0


async def test_it_can_run_again_after_it_was_stopped() -> None:
    act = Act()
    worker = Worker("w", act, poll=None)
    for _ in range(2):
        running = asyncio.create_task(worker.run())
        await asyncio.wait_for(act.idle.wait(), PATIENCE)
        act.idle.clear()
        await ended(worker, running)
    assert act.calls == 2


@pytest.mark.parametrize("outage", [True, False])
async def test_trouble_is_told_sparingly_and_passes(outage: bool) -> None:
    act = Act(*[ConnectionError()] * 9)
    worker = Worker("w", act, poll=None, pause=0.001, is_outage=lambda _: outage)
    with capture_logs() as lines:
        running = asyncio.create_task(worker.run())

        async def woken_until_idle() -> bool:
            worker.wake()
            return worker.pulse.came is not None

        await until(woken_until_idle, PATIENCE)
        await ended(worker, running)
    told = [line for line in lines if line.get("worker") == "w"]
    assert [(line["event"], line["times"]) for line in told] == [
        *[("worker.failed", times) for times in (1, 2, 4, 8)],
        ("worker.recovered", 9),
    ]
    # A traceback tells of a mistake of ours, and once is enough.
    assert [line["exc_info"] for line in told[:4]] == [not outage, False, False, False]


async def test_a_failure_turns_the_pulse_and_only_success_beats() -> None:
    act = Act(ConnectionError())
    worker = Worker("w", act, poll=None, pause=0)
    before = worker.pulse.turned
    running = asyncio.create_task(worker.run())

    async def failed() -> bool:
        return act.calls == 1 and worker.pulse.turned > before

    await until(failed, PATIENCE)
    assert worker.pulse.silent
    worker.wake()
    await asyncio.wait_for(act.idle.wait(), PATIENCE)
    await ended(worker, running)
    assert not worker.pulse.silent


async def test_shaken_it_cancels_the_call_in_hand_and_calls_again() -> None:
    act = Act()
    worker = Worker("w", act.hang, poll=None)
    running = asyncio.create_task(worker.run())
    await asyncio.wait_for(act.began.wait(), PATIENCE)
    worker.shake()
    await asyncio.wait_for(act.idle.wait(), PATIENCE)
    await ended(worker, running)
    assert (act.calls, act.cancelled) == (2, 1)


async def test_shaken_while_it_waits_or_rests_it_calls_at_once() -> None:
    for gap in (0.0, 600.0):
        act = Act()
        worker = Worker("w", act, poll=600, gap=gap)
        running = asyncio.create_task(worker.run())
        await asyncio.wait_for(act.idle.wait(), PATIENCE)
        act.idle.clear()
        worker.shake()
        await asyncio.wait_for(act.idle.wait(), PATIENCE)
        await ended(worker, running)


async def test_whoever_cancels_it_for_good_is_obeyed() -> None:
    act = Act()
    worker = Worker("w", act.hang, poll=None)
    running = asyncio.create_task(worker.run())
    await asyncio.wait_for(act.began.wait(), PATIENCE)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_cancellation_for_good_counts_beside_a_shake() -> None:
    act = Act()
    worker = Worker("w", act.hang, poll=None)
    running = asyncio.create_task(worker.run())
    await asyncio.wait_for(act.began.wait(), PATIENCE)
    worker.shake()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert act.calls == 1


async def test_a_call_that_swallows_a_shake_does_not_swallow_the_end() -> None:
    began, calls = asyncio.Event(), 0

    async def deaf() -> None:
        nonlocal calls
        calls += 1
        began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if calls > 1:
                raise

    worker = Worker("w", deaf, poll=None)
    running = asyncio.create_task(worker.run())
    await asyncio.wait_for(began.wait(), PATIENCE)
    began.clear()
    worker.shake()
    await asyncio.wait_for(began.wait(), PATIENCE)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_shaking_one_that_does_not_run_does_nothing() -> None:
    act = Act()
    worker = Worker("w", act, poll=None)
    worker.shake()
    running = asyncio.create_task(worker.run())
    await asyncio.wait_for(act.idle.wait(), PATIENCE)
    await ended(worker, running)
    worker.shake()
    assert act.calls == 1

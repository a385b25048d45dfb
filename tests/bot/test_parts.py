"""A process ends within a bound, whatever hangs in it."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from bot.parts import Part, end_parts, end_within
from scheduler.watch import Stuck
from scheduler.worker import Worker


class Deaf:
    """A task that lets so many cancellations pass unheard."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.begun = asyncio.Event()

    async def run(self) -> None:
        self.begun.set()
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.left -= 1
                if self.left < 0:
                    raise

    async def started(self) -> asyncio.Task[None]:
        task = asyncio.create_task(self.run(), name="deaf")
        await self.begun.wait()
        return task


async def test_who_missed_a_cancellation_is_cancelled_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.parts._AGAIN", 0.01)
    task = await Deaf(times=2).started()
    await end_within(end_parts([], [task]), patience=20)
    assert task.cancelled()


async def test_a_worker_whose_call_swallows_the_end_begins_no_other() -> None:
    begun, calls = asyncio.Event(), 0

    async def connect() -> None:
        nonlocal calls
        calls += 1
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise ConnectionError from None

    worker = Worker("files", connect, poll=0.01, pause=0.0)
    task = asyncio.create_task(worker.run(), name="files")
    await begun.wait()
    await end_within(end_parts([Part("files", worker.run, [worker])], [task]), patience=20)
    assert (task.done(), calls) == (True, 1)


async def test_what_never_ends_is_named_and_given_up() -> None:
    deaf = Deaf(times=3)
    task = await deaf.started()
    part = Part("deaf", deaf.run, [], end=lambda: None)
    with capture_logs() as lines, pytest.raises(Stuck):
        await end_within(end_parts([part], [task]), patience=0.05, last=0.05)
    (line,) = [line for line in lines if line["event"] == "stop.hangs"]
    assert any(each.startswith("deaf at Deaf.run:") for each in line["tasks"])
    deaf.left = 0
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_failure_on_the_way_is_told() -> None:
    async def fails() -> None:
        raise ValueError("closing")

    with pytest.raises(ValueError, match="closing"):
        await end_within(fails())

"""The watchdog wakes who is silent, gives up who stays so, and blames nobody for a standstill."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from scheduler.frozen import EXIT_STUCK, LoopGuard
from scheduler.watch import Pulse, Stuck, Watch
from tests.support.waiting import PATIENCE, until

ROOT = Path(__file__).parents[2]


class Hand:
    """Seconds that a test moves, and the watch that reads them."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.away = False
        self.watch = Watch(self._excused, self.read)

    def read(self) -> float:
        return self.now

    async def _excused(self) -> bool:
        return self.away

    async def passes(self, seconds: int) -> None:
        """The watch looks each second."""
        for _ in range(seconds):
            self.now += 1
            await self.watch.look()


class Part:
    """A part that turns when it is told to."""

    def __init__(self, hand: Hand, name: str = "part", every: float = 1, **more: bool) -> None:
        self.pulse = Pulse(name, every, monotonic=hand.read, **more)
        self.shaken = 0
        hand.watch.add(self)

    def shake(self) -> None:
        self.shaken += 1


@pytest.fixture
def hand() -> Hand:
    return Hand()


async def test_who_comes_round_is_left_alone(hand: Hand) -> None:
    part = Part(hand)
    for _ in range(10):
        await hand.passes(10)
        part.pulse()
    assert part.shaken == 0
    assert hand.watch.silent() == []
    assert hand.watch.ages() == {"part": 0}


async def test_who_is_silent_is_woken_and_then_given_up(hand: Hand) -> None:
    part, other = Part(hand, "deadlines"), Part(hand, "notices", 600)
    part.pulse()
    other.pulse()
    await hand.passes(16)
    assert (part.shaken, hand.watch.silent()) == (0, [])
    with capture_logs() as lines:
        await hand.passes(15)
        assert (part.shaken, other.shaken, hand.watch.silent()) == (1, 0, ["deadlines"])
        with pytest.raises(Stuck, match="deadlines"):
            await hand.passes(2)
    assert [(line["event"], line["part"], line["seconds"]) for line in lines] == [
        ("part.woken", "deadlines", 17),
        ("part.stuck", "deadlines", 33),
    ]


async def test_who_goes_on_once_woken_begins_anew(hand: Hand) -> None:
    part = Part(hand)
    for shaken in range(1, 5):
        await hand.passes(20)
        assert part.shaken == shaken
        part.pulse()
        await hand.passes(1)


async def test_a_failing_part_is_silent_but_not_stuck(hand: Hand) -> None:
    part = Part(hand)
    part.pulse()
    for _ in range(60):
        await hand.passes(1)
        part.pulse.turn()
    assert (part.shaken, hand.watch.silent()) == (0, ["part"])


async def test_nobody_is_given_up_while_the_trouble_is_not_ours(hand: Hand) -> None:
    part = Part(hand)
    hand.away = True
    await hand.passes(170)
    assert part.shaken == 10
    hand.away = False
    part.pulse()
    await hand.passes(10)
    assert hand.watch.silent() == []


async def test_what_has_not_begun_is_not_ready(hand: Hand) -> None:
    part = Part(hand)
    assert hand.watch.silent() == ["part"]
    assert hand.watch.ages() == {}
    part.pulse()
    assert hand.watch.silent() == []


async def test_what_nobody_waits_for_leaves_the_process_ready(hand: Hand) -> None:
    part = Part(hand, "housekeeping", vital=False)
    await hand.passes(20)
    assert (part.shaken, hand.watch.silent()) == (1, [])


async def test_a_process_that_stood_still_blames_nobody(hand: Hand) -> None:
    part = Part(hand)
    await hand.passes(10)
    hand.now += 3600
    await hand.watch.look()
    assert part.shaken == 0
    # What was silent before goes on being so.
    await hand.passes(8)
    assert part.shaken == 1


async def test_a_standstill_at_the_very_start_is_one_too(hand: Hand) -> None:
    part = Part(hand)
    hand.now += 60
    await hand.watch.look()
    assert part.shaken == 0


async def test_a_newcomer_takes_the_place_of_its_name(hand: Hand) -> None:
    first = Part(hand)
    await hand.passes(20)
    second = Part(hand)
    await hand.passes(10)
    assert (first.shaken, second.shaken) == (1, 0)
    assert [pulse.name for pulse in hand.watch.pulses] == ["part"]


# The event loop itself

_PROGRAM = """
import asyncio, sys, time
from bot.logs import setup_logs
from scheduler.frozen import LoopGuard

def dig() -> None:
    time.sleep(600)

async def main() -> None:
    setup_logs(json=True)
    LoopGuard(silence=1, tick=0.1).start()
    await asyncio.sleep(0)
    print("turned", flush=True)
    dig()

asyncio.run(main())
"""


def test_a_blocked_loop_says_where_and_ends() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (EXIT_STUCK, "turned\n")
    assert '"event": "part.frozen"' in ended.stderr
    assert '"event": "part.stuck"' in ended.stderr
    assert "in dig" in ended.stderr


async def test_a_turning_loop_is_left_alone_and_a_guard_can_be_stopped() -> None:
    ended: list[str] = []
    guard = LoopGuard(silence=30, tick=0.001, end=lambda: ended.append("end"))
    guard.start()
    for _ in range(50):
        await asyncio.sleep(0.001)
    guard.stop()
    assert ended == []


async def test_an_end_that_is_due_comes_without_the_loop() -> None:
    ended: list[str] = []
    LoopGuard(end=lambda: ended.append("end")).end_after(0.01)

    async def over() -> bool:
        return ended == ["end"]

    await until(over, PATIENCE)

"""Waiting ends when it is over, and a clock that is told to tick goes on meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.clock import ManualClock
from tests.support.waiting import until


async def never() -> bool:
    return False


async def test_what_is_tried_again_in_three_seconds_comes(clock: ManualClock) -> None:
    due = clock.now() + timedelta(seconds=3)

    async def tried_again() -> bool:
        return clock.now() >= due

    await until(tried_again, ticking=clock)
    assert clock.now() == due


async def test_without_being_told_the_clock_stands(clock: ManualClock) -> None:
    before = clock.now()
    with pytest.raises(TimeoutError):
        await until(never, 0.2)
    assert clock.now() == before

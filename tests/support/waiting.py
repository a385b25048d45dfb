"""Waiting for what another task brings about."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from domain.clock import MovableClock

PATIENCE = 60.0
"""Seconds for what has to come: nobody waits for their end but a test that fails anyway."""
_LOOK = 0.005
_SECOND = timedelta(seconds=1)


async def until(
    holds: Callable[[], Awaitable[bool]],
    seconds: float = PATIENCE,
    *,
    ticking: MovableClock | None = None,
) -> None:
    """Return as soon as the condition holds; raises TimeoutError when it does not come to hold.

    What was refused for a moment (a row that somebody holds, a chat that has had its message of
    this second) is tried again a second later by the clock of the test, which stands. ``ticking``
    is that clock: after each look that finds nothing it goes on by a second.
    """
    async with asyncio.timeout(seconds):
        # What is waited for stands in the database or in a library, which offers no event.
        while not await holds():
            await asyncio.sleep(_LOOK)
            if ticking is not None:
                ticking.advance(_SECOND)

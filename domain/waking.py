"""Waiting for a wake-up, for workers that also look by themselves from time to time."""

from __future__ import annotations

import asyncio
from contextlib import suppress


async def woken(event: asyncio.Event, seconds: float | None) -> None:
    """Return when the event is set or the time is over, and forget the event.

    Not ``asyncio.wait_for``: in Python 3.11 it swallows a cancellation that comes together with
    the event, and a worker that was told to end would go on for good.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    event.clear()

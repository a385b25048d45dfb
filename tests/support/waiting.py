"""Waiting for what another task brings about."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


async def until(holds: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    """Return as soon as the condition holds; raises TimeoutError when it does not come to hold."""
    async with asyncio.timeout(seconds):
        # What is waited for stands in the database or in a library, which offers no event.
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(0.005)

"""Telling systemd that we are up, alive, or on our way out (its protocol: sd_notify(3)).

Without systemd, or with a unit that does not ask, nothing is sent. Its watchdog sees what ours
cannot: a process that does not get round to anything any more, its own watchdog included.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_SOCKET, _MICROSECONDS = "NOTIFY_SOCKET", "WATCHDOG_USEC"
# systemd advises to tell at half the time after which it acts.
_SHARE = 0.5


def tell(state: str) -> None:
    """Send a state such as ``READY=1``; whatever becomes of it, the service goes on."""
    address = os.environ.get(_SOCKET, "")
    if not address.startswith(("/", "@")):
        return
    # "@" stands for the first byte of an abstract address.
    place = f"\0{address[1:]}" if address.startswith("@") else address
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out,
    ):
        out.setblocking(False)
        out.sendto(state.encode(), place)


def _period() -> float | None:
    """Seconds between two signs of life, where systemd waits for them."""
    asked = os.environ.get(_MICROSECONDS, "")
    return int(asked) / 1_000_000 * _SHARE if asked.isdigit() and int(asked) else None


@asynccontextmanager
async def told() -> AsyncIterator[None]:
    """Up at the beginning, alive as long as the loop turns, on our way out at the end."""
    tell("READY=1")
    period = _period()
    alive = None if period is None else asyncio.create_task(_signs_of_life(period))
    try:
        yield
    finally:
        tell("STOPPING=1")
        if alive is not None:
            alive.cancel()
            await asyncio.gather(alive, return_exceptions=True)


async def _signs_of_life(period: float) -> None:
    while True:
        tell("WATCHDOG=1")
        await asyncio.sleep(period)

"""Whose an update is: nothing is written or called for one that another process has taken over.

A process that was frozen past its claim goes on in the middle of a handler as if no time had
passed, while another has worked the same update and those after it. What it would write of a
conversation is older than what stands there, so each such write asks for the claim in its own
statement; each call of the Bot API asks just before it is made.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from sqlalchemy import CTE, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.storage.tables import InboxUpdate


class TakenOver(Exception):
    """Another process works this update by now: whatever this one still wants to do is old."""


@dataclass
class Claim:
    """An update in the hands of this process, which it calls ``owner``.

    ``until`` is when, by ``monotonic``, another may have taken it: before that nobody is asked.
    """

    engine: AsyncEngine
    number: int
    owner: str
    until: float
    monotonic: Callable[[], float] = time.monotonic
    lost: bool = False

    def held(self) -> CTE:
        """The row of the update while it is ours; it cannot change hands within the statement."""
        return (
            select(InboxUpdate.id)
            .where(
                InboxUpdate.id == self.number,
                InboxUpdate.state == "working",
                InboxUpdate.claimed_by == self.owner,
            )
            .with_for_update(read=True)
            .cte("held")
        )

    async def check(self) -> None:
        """Raise TakenOver if it is not ours any more."""
        if not self.lost and self.monotonic() < self.until:
            return
        if not self.lost:
            async with self.engine.connect() as connection:
                if await connection.scalar(select(self.held().c.id)) is not None:
                    return
        raise TakenOver


_current: ContextVar[Claim | None] = ContextVar("claim", default=None)


@contextmanager
def working(claim: Claim) -> Iterator[None]:
    """Within it, whatever is done is done for this update."""
    token = _current.set(claim)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> Claim | None:
    """The claim on the update that is being worked here; None outside of such work."""
    return _current.get()


async def check_claim() -> None:
    """Raise TakenOver if this is work on an update that another process has taken over."""
    claim = _current.get()
    if claim is not None:
        await claim.check()

"""What metrics say of the tables: a few cheap counts, made anew only every few seconds.

However many ask for metrics, the database is asked once in that time. All counts go along indexes
that hold nothing but what is open.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.inbox_statements import OPEN
from bot.storage.tables import InboxUpdate
from domain.broadcasts.model import Broadcast
from domain.deadlines import Deadline
from domain.notices.model import Lane, Notice
from domain.webhooks.model import WebhookDelivery
from domain.work import Site

log = structlog.get_logger(__name__)

# Seconds for which figures are good, and that the database has for making them.
_FRESH = 5.0
_PATIENCE = 5.0

LANES = {int(lane): lane.name.lower() for lane in Lane}
CHANNELS = ("telegram", "email", "sms", "other")
BROADCASTS = ("scheduled", "running", "paused")


@dataclass(frozen=True)
class Waiting:
    """How many wait, and for how many seconds the longest has waited in vain."""

    count: int = 0
    oldest: float = 0.0


@dataclass(frozen=True)
class Figures:
    """The figures of one moment."""

    notices: dict[tuple[str, str], Waiting] = field(default_factory=dict)
    sending: dict[str, int] = field(default_factory=dict)
    dead: dict[str, int] = field(default_factory=dict)
    inbox: Waiting = Waiting()
    overdue: Waiting = Waiting()
    webhooks: Waiting = Waiting()
    broadcasts: dict[str, int] = field(default_factory=dict)


class Counting:
    """Makes figures when they are asked for and the last ones are too old."""

    def __init__(self, site: Site, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._site = site
        self._monotonic = monotonic
        self._asking = asyncio.Lock()
        self._made: float | None = None
        self._tried: float | None = None
        self.figures = Figures()
        self.up = False

    @property
    def age(self) -> float | None:
        """Seconds since the figures were made; None before the first time."""
        return None if self._made is None else self._monotonic() - self._made

    async def refresh(self) -> None:
        """Make figures anew, unless that was tried a moment ago; never raises.

        While the database is away the last ones stay, and ``up`` says so.
        """
        async with self._asking:
            if self._tried is not None and self._monotonic() - self._tried < _FRESH:
                return
            try:
                async with asyncio.timeout(_PATIENCE), self._site.reading() as session:
                    self.figures = await _count(session, self._site.clock.now())
            # Metrics have to tell of every trouble, so none may keep them from being told.
            except Exception as error:
                log.warning("metrics.database_away", error=type(error).__name__)
                self.up = False
            else:
                self._made, self.up = self._monotonic(), True
            self._tried = self._monotonic()


async def _count(session: AsyncSession, now: datetime) -> Figures:
    return Figures(
        notices=await _notices(session, now),
        sending=await _by_channel(session, "sending"),
        dead=await _by_channel(session, "dead"),
        inbox=await _inbox(session, now),
        overdue=await _overdue(session, now),
        webhooks=await _webhooks(session, now),
        broadcasts=await _broadcasts(session),
    )


def _waiting(count: int | None, since: datetime | None, now: datetime) -> Waiting:
    age = (now - since).total_seconds() if since is not None else 0.0
    return Waiting(count or 0, max(0.0, age))


async def _notices(session: AsyncSession, now: datetime) -> dict[tuple[str, str], Waiting]:
    rows = await session.execute(
        select(Notice.channel, Notice.lane, func.count(), func.min(Notice.not_before))
        .where(Notice.state == "queued")
        .group_by(Notice.channel, Notice.lane)
    )
    # What waits for its moment does not wait in vain: its age is none.
    return {
        (channel, LANES[lane]): _waiting(count, since, now)
        for channel, lane, count, since in rows
        if channel in CHANNELS and lane in LANES
    }


async def _by_channel(session: AsyncSession, state: str) -> dict[str, int]:
    rows = await session.execute(
        select(Notice.channel, func.count()).where(Notice.state == state).group_by(Notice.channel)
    )
    return {channel: count for channel, count in rows if channel in CHANNELS}


async def _inbox(session: AsyncSession, now: datetime) -> Waiting:
    found = await session.execute(
        select(func.count(), func.min(InboxUpdate.received_at)).where(InboxUpdate.state.in_(OPEN))
    )
    return _waiting(*found.one(), now)


async def _overdue(session: AsyncSession, now: datetime) -> Waiting:
    found = await session.execute(
        select(func.count(), func.min(Deadline.due_at)).where(
            Deadline.state == "open", Deadline.due_at <= now
        )
    )
    return _waiting(*found.one(), now)


async def _webhooks(session: AsyncSession, now: datetime) -> Waiting:
    # One that is tried again tomorrow does not wait in vain, nor does what stands behind it.
    due = func.min(WebhookDelivery.not_before).filter(WebhookDelivery.state == "queued")
    found = await session.execute(
        select(func.count(), due).where(WebhookDelivery.state.in_(("waiting", "queued", "sending")))
    )
    return _waiting(*found.one(), now)


async def _broadcasts(session: AsyncSession) -> dict[str, int]:
    rows = await session.execute(
        select(Broadcast.state, func.count())
        .where(Broadcast.over_at.is_(None))
        .group_by(Broadcast.state)
    )
    return {state: count for state, count in rows if state in BROADCASTS}

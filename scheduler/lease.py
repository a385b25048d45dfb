"""Sending has one owner among replicas, or Telegram's limits would be kept by nobody.

The owner holds an advisory lock on a connection of its own and a row with its turn's end. Killed,
its connection ends and with it the lock: the next takes over at once. Frozen (or cut off), it
keeps the lock but lets its turn run out: the next ends its connection. What an owner does after
its turn is told by the fence, a number that grows with each turn; and ``valid`` tells the owner
itself, by its own clock, before it sends. Whoever has something for the owner calls it: it hears
that on the same connection. (A pooler between us and PostgreSQL must not share sessions.)
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import time
import uuid
from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

log = structlog.get_logger(__name__)

SENDING = 7_210_002
POLLING = 7_210_003
#: How long a turn lasts that is not renewed: after it another may take over.
TURN = timedelta(seconds=10)
# Seconds between renewals, and before the end of a turn in which nothing is begun any more.
_RENEWED_EVERY, _MARGIN = 2.0, 2.0
# Seconds without an answer after which the connection, and with it the lease, is given up.
_PATIENCE = 5.0
_KEEPALIVE = (
    "SET tcp_keepalives_idle = 5",
    "SET tcp_keepalives_interval = 3",
    "SET tcp_keepalives_count = 3",
)
_BEGIN = text(
    """
    INSERT INTO lease (key, owner, fence, until)
    VALUES (:key, :owner, 1, clock_timestamp() + :turn)
    ON CONFLICT (key) DO UPDATE
    SET owner = excluded.owner, fence = lease.fence + 1, until = excluded.until
    RETURNING fence
    """
)
_RENEW = text(
    """
    UPDATE lease SET until = clock_timestamp() + :turn
    WHERE key = :key AND fence = :fence
    RETURNING fence
    """
)
# Whoever holds the lock though its turn is over is frozen or cut off: its connection is ended.
_END_FROZEN = text(
    """
    SELECT pg_terminate_backend(locks.pid, 2000)
    FROM pg_locks AS locks
    WHERE locks.locktype = 'advisory' AND locks.granted AND locks.objsubid = 1
      AND locks.classid = 0 AND locks.objid = CAST(:key AS bigint)
      AND locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND NOT EXISTS (
          SELECT FROM lease WHERE lease.key = :key AND lease.until > clock_timestamp()
      )
    """
)


def _boottime() -> float:
    """Seconds that also pass while the machine sleeps."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


class Lease:
    """What only one process may do at a time; ``hold`` it again and again."""

    def __init__(
        self,
        engine: AsyncEngine,
        key: int = SENDING,
        *,
        turn: timedelta = TURN,
        now: Callable[[], float] = _boottime,
    ) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._key = key
        self._turn = turn
        self._now = now
        self._owner = f"{socket.gethostname()[:24]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._connection: AsyncConnection | None = None
        self._renewed = 0.0
        self.fence: int | None = None
        #: What an owner does when its turn begins, and whenever another process calls it.
        self.called: Callable[[], None] | None = None

    @property
    def held(self) -> bool:
        """Whether it was ours when we last looked."""
        return self._connection is not None

    def valid(self, fence: int | None = None) -> bool:
        """Whether our turn surely still runs: asked just before something is sent.

        With ``fence``: whether that turn does. What was claimed in an earlier one may have been
        sent by the owner between.
        """
        if fence is not None and fence != self.fence:
            return False
        left = self._renewed + self._turn.total_seconds() - self._now()
        return self._driver_lives() and left > _MARGIN

    async def hold(self) -> bool:
        """Take the lease or make sure that it is still ours; never raises for the database."""
        fresh = self._now() - self._renewed < _RENEWED_EVERY
        if fresh and self._driver_lives():
            return True
        try:
            async with asyncio.timeout(_PATIENCE):
                if self._connection is None:
                    return await self._take()
                return await self._renew(self._connection)
        except Exception as error:
            log.warning("lease.lost", error=type(error).__name__)
            await self._drop()
            return False

    async def call_owner(self) -> None:
        """Tell the owner, if that is another process, that there is something to do."""
        if not self.held:
            async with self._engine.connect() as connection:
                await connection.execute(select(func.pg_notify(self._channel, "")))

    async def release(self) -> None:
        """Give it up, so that another replica takes it at once."""
        if self._connection is not None:
            # A lost connection has released it already; a swallowed one must hold no end up.
            with contextlib.suppress(Exception):
                async with asyncio.timeout(_PATIENCE):
                    await self._connection.execute(select(func.pg_advisory_unlock(self._key)))
            await self._drop()

    def _driver_lives(self) -> bool:
        """Whether the connection stands, as far as its driver knows; nothing is asked."""
        if self._connection is None or self._connection.sync_connection is None:
            return False
        driver = self._connection.sync_connection.connection.driver_connection
        return driver is not None and not driver.is_closed()

    @property
    def _channel(self) -> str:
        return f"lease_{self._key}"

    async def _hear(self, connection: AsyncConnection, called: Callable[[], None]) -> None:
        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
        if driver is not None:
            await driver.add_listener(self._channel, lambda *_: called())

    async def _renew(self, connection: AsyncConnection) -> bool:
        began = self._now()
        values = {"key": self._key, "fence": self.fence, "turn": self._turn}
        if await connection.scalar(_RENEW, values) is None:
            log.warning("lease.taken_from_us")
            await self._drop()
            return False
        self._renewed = began
        return True

    async def _take(self) -> bool:
        connection = await self._engine.connect()
        try:
            if not await self._lock(connection):
                return False
            for setting in _KEEPALIVE:
                await connection.execute(text(setting))
            if self.called is not None:
                await self._hear(connection, self.called)
            began = self._now()
            values = {"key": self._key, "owner": self._owner, "turn": self._turn}
            self.fence = await connection.scalar(_BEGIN, values)
            self._renewed = began
            self._connection, connection = connection, None  # type: ignore[assignment] # kept
            log.info("lease.taken", key=self._key, fence=self.fence)
            if self.called is not None:
                self.called()
            return True
        finally:
            if connection is not None:
                await connection.close()

    async def _lock(self, connection: AsyncConnection) -> bool:
        if await connection.scalar(select(func.pg_try_advisory_lock(self._key))):
            return True
        ended = await connection.scalars(_END_FROZEN, {"key": self._key})
        if not ended.all():
            return False
        log.warning("lease.owner_frozen", key=self._key)
        return bool(await connection.scalar(select(func.pg_try_advisory_lock(self._key))))

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            # Not back into the pool: a lock that may still be on it must end with it. Neither call
            # may keep the other from being made; all that matters is that it is not used again.
            for part_with_it in (connection.invalidate, connection.close):
                with contextlib.suppress(Exception):
                    await part_with_it()

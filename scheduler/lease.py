"""Sending has one owner among replicas, or Telegram's limits would be kept by nobody.

The owner is who holds an advisory lock on a connection of its own. PostgreSQL frees the lock
when that connection ends: at once when the owner's process is killed, within about fifteen
seconds when its machine vanishes. (A pooler between us and PostgreSQL must not share sessions.)
"""

from __future__ import annotations

import asyncio
import contextlib

import structlog
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

log = structlog.get_logger(__name__)

SENDING = 7_210_002
POLLING = 7_210_003
# Seconds without an answer after which the connection, and with it the lease, is given up.
_PATIENCE = 5.0
_KEEPALIVE = (
    "SET tcp_keepalives_idle = 5",
    "SET tcp_keepalives_interval = 3",
    "SET tcp_keepalives_count = 3",
)


class Lease:
    """What only one process may do at a time; ``hold`` it again and again."""

    def __init__(self, engine: AsyncEngine, key: int = SENDING) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._key = key
        self._connection: AsyncConnection | None = None

    @property
    def held(self) -> bool:
        """Whether it was ours when we last looked."""
        return self._connection is not None

    async def hold(self) -> bool:
        """Take the lease or make sure that it is still ours; never raises for the database."""
        try:
            async with asyncio.timeout(_PATIENCE):
                if self._connection is None:
                    return await self._take()
                await self._connection.execute(text("SELECT 1"))
                return True
        except Exception as error:
            log.warning("lease.lost", error=type(error).__name__)
            await self._drop()
            return False

    async def release(self) -> None:
        """Give it up, so that another replica takes it at once."""
        if self._connection is not None:
            with contextlib.suppress(Exception):  # a lost connection has released it already
                await self._connection.execute(select(func.pg_advisory_unlock(self._key)))
            await self._drop()

    async def _take(self) -> bool:
        connection = await self._engine.connect()
        try:
            if not await connection.scalar(select(func.pg_try_advisory_lock(self._key))):
                return False
            for setting in _KEEPALIVE:
                await connection.execute(text(setting))
            self._connection, connection = connection, None  # type: ignore[assignment] # kept
            log.info("lease.taken")
            return True
        finally:
            if connection is not None:
                await connection.close()

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            # Not back into the pool: a lock that may still be on it must end with it. Neither call
            # may keep the other from being made; all that matters is that it is not used again.
            for part_with_it in (connection.invalidate, connection.close):
                with contextlib.suppress(Exception):
                    await part_with_it()

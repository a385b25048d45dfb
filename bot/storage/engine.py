"""The database engine: an external PostgreSQL by its address, or the embedded one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import asyncpg
import structlog
from sqlalchemy import event, make_url, text
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_connection
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, SQLAlchemyError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.pool import ConnectionPoolEntry

from bot.config import Settings
from bot.storage.embedded import embedded
from bot.storage.pool import TimedPool

log = structlog.get_logger(__name__)

# 2 pools of two replicas stay under PostgreSQL's default of 100 connections.
_POOL_SIZE = 16
_POOL_OVERFLOW = 16

# Milliseconds. A statement of ours takes a few; whatever takes longer than this is stuck, and
# giving up returns its locks to the others.
_SERVER_SETTINGS = {
    "application_name": "tapsyrys",
    "timezone": "UTC",
    "statement_timeout": "30000",
    "lock_timeout": "10000",
    "idle_in_transaction_session_timeout": "60000",
}
# Seconds to connect, and to wait for an answer when the network has swallowed the connection.
_CONNECT_TIMEOUT = 10
_COMMAND_TIMEOUT = 60
# SQLSTATE classes of a refusal that no waiting mends: who we say we are, no such database.
_REFUSALS = ("28", "3D")
# Seconds after its last use in which a connection is taken for alive.
_TRUSTED = 1.0


class DatabaseUnreachable(Exception):
    """No connection at the start; the text says to which database and what was tried."""


@dataclass(frozen=True)
class Database:
    """An open database; ``url`` is the address with its password, never to be logged."""

    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    url: str


def make_engine(url: str, pool_size: int = _POOL_SIZE) -> AsyncEngine:
    """An engine whose pool survives a restart of the database."""
    engine = create_async_engine(
        url,
        poolclass=TimedPool,
        pool_size=pool_size,
        max_overflow=_POOL_OVERFLOW,
        pool_timeout=30,
        pool_recycle=1800,
        connect_args={
            "server_settings": _SERVER_SETTINGS,
            "timeout": _CONNECT_TIMEOUT,
            "command_timeout": _COMMAND_TIMEOUT,
        },
    )
    event.listen(engine.sync_engine, "checkin", _remember_use)
    event.listen(engine.sync_engine, "checkout", _ping_the_idle)
    return engine


def _remember_use(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["used_at"] = time.monotonic()


def _ping_the_idle(
    connection: AsyncAdapt_asyncpg_connection, record: ConnectionPoolEntry, _proxy: object
) -> None:
    """Try a connection before it is used, unless it was in use a moment ago.

    The pool's own ``pre_ping`` tries every time: three more round trips for each look at the
    database, a quarter of the time of an answer to a press.
    """
    used_at = record.info.get("used_at")
    if used_at is None or time.monotonic() - used_at < _TRUSTED:
        return
    try:
        connection.ping()  # type: ignore[no-untyped-call] # it bears no types
    except Exception as error:
        # All that were open before now are as dead as this one.
        raise InvalidatePoolError from error


def make_sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Sessions whose objects stay readable after the commit."""
    return async_sessionmaker(engine, expire_on_commit=False)


async def wait_for_database(engine: AsyncEngine, tries: int = 30, delay: float = 1) -> None:
    """Wait until the database answers; raises DatabaseUnreachable after ``tries``.

    A refusal (wrong password, no such database) is raised at once.
    """
    for attempt in range(1, tries + 1):
        try:
            async with engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except (OSError, TimeoutError, SQLAlchemyError) as error:
            shown = engine.url.render_as_string(hide_password=True)
            if refusal := _refusal(error):
                raise DatabaseUnreachable(
                    f"{shown} refuses: {refusal}. Set TAPSYRYS_DATABASE_URL right."
                ) from error
            if attempt == tries:
                raise DatabaseUnreachable(
                    f"No connection to {shown} after {tries} attempts ({type(error).__name__}). "
                    "Is the database up, and is TAPSYRYS_DATABASE_URL right?"
                ) from error
            log.warning("database.waiting", attempt=attempt, error=type(error).__name__)
            await asyncio.sleep(delay)
        else:
            return


def _refusal(error: Exception) -> str | None:
    """The server's words when it refuses this user or database; None for other troubles."""
    cause = error.orig.__cause__ if isinstance(error, DBAPIError) and error.orig else None
    if isinstance(cause, asyncpg.PostgresError) and str(cause.sqlstate).startswith(_REFUSALS):
        return str(cause)
    return None


@asynccontextmanager
async def open_database(settings: Settings, *, tries: int = 30) -> AsyncIterator[Database]:
    """The database of these settings, answering, for the time of the context.

    It is waited for as in ``wait_for_database``. Raises DatabaseUnreachable, or EmbeddedError
    when the embedded server does not start.
    """
    async with AsyncExitStack() as stack:
        if settings.database_url is None:
            url = await stack.enter_async_context(embedded(settings.data_dir / "postgres"))
        else:
            url = settings.database_url.get_secret_value()
        engine = make_engine(make_url(url).render_as_string(hide_password=False))
        stack.push_async_callback(engine.dispose)
        await wait_for_database(engine, tries)
        yield Database(engine, make_sessions(engine), url)

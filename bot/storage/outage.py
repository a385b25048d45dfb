"""Telling a database that is away from a mistake of ours."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

# PostgreSQL's classes of connection trouble, operator intervention and exhausted resources.
_AWAY = ("08", "57P", "53")


def is_outage(error: BaseException) -> bool:
    """Whether the act failed because the database could not be reached, and may be repeated."""
    if isinstance(error, DBAPIError):
        state = str(getattr(error.orig, "sqlstate", None) or "")
        return (
            error.connection_invalidated
            or isinstance(error, InterfaceError)
            or state.startswith(_AWAY)
        )
    if isinstance(error, asyncpg.PostgresError):
        return str(error.sqlstate or "").startswith(_AWAY)
    if isinstance(error, FileNotFoundError):
        # The socket of a stopped server is gone: unlike a missing file, it is not named.
        return error.filename is None
    return isinstance(
        error,
        (PoolTimeout, asyncpg.InterfaceError, ConnectionError, TimeoutError, socket.gaierror),
    )


async def through_outages(act: Callable[[], Awaitable[None]], until: float, pause: float) -> None:
    """Do something as soon as the database is there, with ``pause`` seconds between tries.

    Raises what is no outage, and after ``until`` (``time.monotonic``) the outage itself.
    """
    while True:
        try:
            return await act()
        except Exception as error:
            if not is_outage(error) or time.monotonic() >= until:
                raise
        await asyncio.sleep(pause)

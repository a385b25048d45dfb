"""Whether the database answers, asked anew: on a connection that nobody else has used."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

# Seconds for connecting and for one answer.
_PATIENCE = 5.0


def database_away(url: str) -> Callable[[], Awaitable[bool]]:
    """A question to ask whenever one likes; it never raises."""
    engine = create_async_engine(url, poolclass=NullPool)

    async def away() -> bool:
        try:
            async with asyncio.timeout(_PATIENCE), engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        # Whatever it is, there is no answer: that is all that was asked.
        except Exception:
            return True
        return False

    return away

"""What the commands share: an open database with the use cases, the acting system."""

from __future__ import annotations

import logging
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.config import Settings, load_settings
from bot.logs import setup_logs
from bot.storage.engine import Database, open_database
from bot.storage.files import open_files
from bot.storage.migrations import check_migrated, migrate
from domain.actor import Actor
from domain.clock import SystemClock
from domain.services import Services
from domain.work import Site

# A person waits for the answer: a server waits longer for its database (seconds, tries).
_TRIES = 3


def operator() -> Actor:
    """The person at the keyboard of the server: the platform itself, with a cause of its own."""
    return Actor.system(f"cli:{uuid.uuid4()}", source="cli")


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The configured database, of whatever version; raises DatabaseUnreachable soon."""
    # Standard output is for the answer: it may be read by a program.
    setup_logs(json=False, level=logging.ERROR)
    async with open_database(settings, tries=_TRIES) as opened_:
        yield opened_


@asynccontextmanager
async def opened() -> AsyncIterator[Services]:
    """The use cases on the configured database; an embedded one is brought up to date first.

    Raises NotMigrated for an external database that waits for `tapsyrys migrate`.
    """
    settings = load_settings(need_token=False)
    async with database(settings) as found:
        if settings.database_url is None:
            await migrate(found.url)
        else:
            await check_migrated(found.url)
        yield Services(
            Site(
                found.sessions,
                SystemClock(),
                open_files(settings),
                regime=settings.regime,
                keep_recordings_days=settings.keep_recordings_days,
            )
        )

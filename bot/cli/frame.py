"""What the commands share: parsers, an open database with the use cases, the acting system."""

from __future__ import annotations

import argparse
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.config import load_settings
from bot.storage.engine import open_database
from bot.storage.files import open_files
from bot.storage.migrations import check_migrated, migrate
from domain.actor import Actor
from domain.clock import SystemClock
from domain.services import Services
from domain.work import Site

if TYPE_CHECKING:
    Parsers = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Parsers = object

Command = Callable[[argparse.Namespace], Awaitable[int]]


class Failed(Exception):
    """The command cannot do what was asked; the text says why and what to do."""


def add(commands: Parsers, name: str, run: Command, help_: str) -> argparse.ArgumentParser:
    """A command with its help and what it runs."""
    made = commands.add_parser(name, help=help_, description=help_)
    made.set_defaults(run=run)
    return made


def operator() -> Actor:
    """The person at the keyboard of the server: the platform itself, with a cause of its own."""
    return Actor.system(f"cli:{uuid.uuid4()}", source="cli")


@asynccontextmanager
async def opened() -> AsyncIterator[Services]:
    """The use cases on the configured database; an embedded one is brought up to date first.

    Raises NotMigrated for an external database that waits for `tapsyrys migrate`.
    """
    settings = load_settings(need_token=False)
    async with open_database(settings) as database:
        if settings.database_url is None:
            await migrate(database.url)
        else:
            await check_migrated(database.url)
        yield Services(Site(database.sessions, SystemClock(), open_files(settings)))

"""Migrations: bringing a database to the shape that the code expects.

A new migration is made by ``python -m bot.storage.revise "What it does"``.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

# Key of the advisory lock under which one of several starting replicas migrates.
_MIGRATION_LOCK = 7_210_001


class NotMigrated(Exception):
    """The database has another shape than the code expects; the text says what to do."""


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration; there is no ini file."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    made.attributes["connection"] = connection
    return made


def _upgrade(connection: Connection) -> None:
    command.upgrade(config(connection), "head")


def _revisions(connection: Connection) -> tuple[str | None, str | None]:
    here = MigrationContext.configure(connection).get_current_revision()
    return here, ScriptDirectory.from_config(config()).get_current_head()


async def migrate(url: str) -> None:
    """Upgrade to the newest revision; of several replicas one does it, the others wait."""
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as lock:
            # A session lock on a connection of its own: it outlives the migration's commits.
            await lock.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _MIGRATION_LOCK})
            await lock.commit()
            async with engine.begin() as connection:
                await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


async def check_migrated(url: str) -> None:
    """Raise NotMigrated unless the database is at the revision of the code."""
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            here, head = await connection.run_sync(_revisions)
    finally:
        await engine.dispose()
    if here != head:
        raise NotMigrated(
            f"The database is at revision {here or 'none'}, the program expects {head}. "
            "Run `tapsyrys migrate` (after a backup)."
        )

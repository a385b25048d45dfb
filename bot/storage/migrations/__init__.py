"""Migrations: bringing a database to the shape that the code expects.

A new migration is made by ``python -m bot.storage.revise "What it does"``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from alembic.config import Config

# Key of the advisory lock under which one of several starting replicas migrates.
_MIGRATION_LOCK = 7_210_001


class NotMigrated(Exception):
    """The database has another shape than the code expects; the text says what to do."""


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration; there is no ini file."""
    # Imported where it is needed: nearly every start finds the database as it should be.
    from alembic.config import Config  # noqa: PLC0415

    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    made.attributes["connection"] = connection
    return made


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415

    command.upgrade(config(connection), "head")


def newest() -> str:
    """The newest revision; they are numbered, and their files begin with the number."""
    versions = Path(__file__).parent / "versions"
    return max(file.name.partition("_")[0] for file in versions.glob("[0-9]*_*.py"))


async def _revision_of(engine: AsyncEngine) -> str | None:
    try:
        async with engine.connect() as connection:
            found: str | None = await connection.scalar(
                text("SELECT version_num FROM alembic_version")
            )
            return found
    except ProgrammingError:  # there is no such table: the database is empty
        return None


async def migrate(url: str) -> None:
    """Upgrade to the newest revision; of several replicas one does it, the others wait."""
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        if await _revision_of(engine) == newest():
            return
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
        here, head = await _revision_of(engine), newest()
    finally:
        await engine.dispose()
    if here == head:
        return
    advice = "Run `tapsyrys migrate` (after a backup)."
    if here is not None and here > head:
        advice = "A newer version of the program made it: call the commands of that version."
    raise NotMigrated(
        f"The database is at revision {here or 'none'}, the program expects {head}. {advice}"
    )

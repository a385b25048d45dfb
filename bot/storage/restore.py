"""Putting a backup into an empty database and a file store: all of it, or nothing.

The migrations make the tables as they were when the backup was made, COPY fills them, further
migrations bring them up to date, and whatever would now be told or done late is held for an
administrator (``domain.restored``). All that is one transaction: no process that looks meanwhile
ever sees a database that has been filled and not been held.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import asyncpg
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool

from bot.storage.archive import Manifest, Reader, SequencePart
from bot.storage.backup import SPELLING, driver, quoted
from bot.storage.ledger import read as read_ledger
from bot.storage.migrations import config
from domain.actor import Actor
from domain.clock import Clock
from domain.files import FileStore
from domain.restored import Held, Restored
from domain.work import Site

# Numbers given after the backup was made stand in chats, on buttons and on paper: they are never
# given again to something else. How many there were nobody knows; so many at least are left out.
_AHEAD = 1_000
_SHARE = 10

_HOLDS = text(
    "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'S')"
    " AND relnamespace = current_schema()::regnamespace"
)
_FOREIGN = """
    SELECT conrelid::regclass::text AS owner, conname AS name, pg_get_constraintdef(oid) AS rule
    FROM pg_constraint
    WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY oid
"""


class CannotRestore(Exception):
    """Nothing was changed; the text says why and what to do."""


@dataclass(frozen=True)
class Report:
    """What a restore has brought: contents put into the store, those left out, what is held."""

    manifest: Manifest
    files: int
    # Destroyed since, by the newest ledger: they stay destroyed.
    destroyed: int
    held: Held


async def restore_backup(url: str, files: FileStore, clock: Clock, reader: Reader) -> Report:
    """Fill the database at ``url`` and the store. Raises CannotRestore, or BadBackup.

    The whole backup is read before anything is written.
    """
    manifest = reader.manifest
    _check_known(manifest)
    await asyncio.to_thread(reader.verify)
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await _check_empty(connection)
        # Files first: rows never name what is not there. Put twice they are kept once.
        put, destroyed = await _put_files(files, reader)
        async with engine.begin() as connection:
            await _check_empty(connection)
            held = await _fill(connection, files, clock, reader)
    finally:
        await engine.dispose()
    return Report(manifest, put, destroyed, held)


def _check_known(manifest: Manifest) -> None:
    scripts = ScriptDirectory.from_config(config())
    known = {script.revision for script in scripts.walk_revisions()}
    if manifest.revision not in known:
        raise CannotRestore(
            f"The backup was made by version {manifest.program or '?'} at revision "
            f"{manifest.revision}, which this program does not know. Install that version or a "
            "newer one."
        )


async def _check_empty(connection: AsyncConnection) -> None:
    if await connection.scalar(_HOLDS):
        raise CannotRestore(
            "The database is not empty. Make a new one (createdb), or take another "
            "TAPSYRYS_DATA_DIR, and restore there: nothing is ever written over."
        )


async def _put_files(files: FileStore, reader: Reader) -> tuple[int, int]:
    """The ledger first: of two the newer, which may lie in the store already, only grows."""
    lines = read_ledger(reader.ledger().decode("ascii", "replace"))
    await files.note_destroyed(lines)
    gone = {line.sha256 for line in await files.destroyed()}
    gone_then = {line.sha256 for line in lines}
    put = left_out = 0
    for sha256 in reader.manifest.files or ():
        # What stood in the ledger when the backup was made and was saved all the same had come
        # anew: it is a recording of its own.
        if sha256 in gone - gone_then:
            left_out += 1
            continue
        await files.put(await asyncio.to_thread(reader.content, sha256))
        put += 1
    return put, left_out


async def _fill(
    connection: AsyncConnection, files: FileStore, clock: Clock, reader: Reader
) -> Held:
    manifest = reader.manifest
    await connection.run_sync(_upgrade, manifest.revision)
    raw = await driver(connection)
    await raw.execute(SPELLING)
    tables = ", ".join(quoted(table.name) for table in manifest.tables)
    rules = await raw.fetch(_FOREIGN)
    for rule in rules:
        await raw.execute(f"ALTER TABLE {rule['owner']} DROP CONSTRAINT {quoted(rule['name'])}")
    for table in manifest.tables:
        # Guards that refuse to delete what is on record; the migrations' own first rows go.
        await raw.execute(f"ALTER TABLE {quoted(table.name)} DISABLE TRIGGER USER")
    await raw.execute(f"TRUNCATE {tables}")
    for table in manifest.tables:
        await raw.copy_to_table(
            table.name,
            columns=list(table.columns),
            source=_rows(reader.chunks(table)),
            format="text",
        )
        await raw.execute(f"ALTER TABLE {quoted(table.name)} ENABLE TRIGGER USER")
    for rule in rules:
        named = quoted(rule["name"])
        await raw.execute(f"ALTER TABLE {rule['owner']} ADD CONSTRAINT {named} {rule['rule']}")
    for sequence in manifest.sequences:
        await _go_on(raw, sequence)
    await connection.run_sync(_upgrade, "head")
    return await _hold(connection, files, clock, manifest)


def _upgrade(connection: Connection, revision: str) -> None:
    command.upgrade(config(connection), revision)


async def _rows(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
        yield chunk


async def _go_on(raw: asyncpg.Connection, sequence: SequencePart) -> None:
    """Go on behind whatever may have been given since; one that gave nothing stays as it is."""
    if sequence.called:
        last = sequence.last + max(_AHEAD, sequence.last // _SHARE)
        await raw.execute("SELECT setval($1::text::regclass, $2)", quoted(sequence.name), last)


async def _hold(
    connection: AsyncConnection, files: FileStore, clock: Clock, manifest: Manifest
) -> Held:
    """The use case commits into the transaction that runs: nothing is visible before its end."""
    sessions = async_sessionmaker(
        connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
    )
    actor = Actor.system(f"restore:{clock.now().isoformat()}", "cli")
    return await Restored(Site(sessions, clock, files)).settle(actor, manifest.made_at)

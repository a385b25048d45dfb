"""Making a backup: the rows of one moment, and the files that those rows name.

No tool of PostgreSQL is needed, so its version does not matter: COPY writes the rows, and the
migrations make the tables anew. A backup is taken while the bot works; it holds up nobody.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import tempfile
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import cast

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.storage.archive import (
    LEDGER,
    MANIFEST,
    Manifest,
    SequencePart,
    TablePart,
    Writer,
    file_path,
    writing,
)
from bot.storage.files import DamagedFile
from bot.storage.ledger import written
from domain.files import FileStore

#: Alembic's own table: the manifest has what it says.
REVISION_TABLE = "alembic_version"

# Read and written the same way whatever the server's settings are.
SPELLING = (
    "SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'iso_8601'; "
    "SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = 'hex'; "
    "SET LOCAL extra_float_digits = 1; SET LOCAL statement_timeout = 0; "
    "SET LOCAL idle_in_transaction_session_timeout = 0"
)
_TABLES = """
    SELECT c.relname AS name, array_agg(a.attname ORDER BY a.attnum)::text[] AS columns
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid
        AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
        AND c.relname <> $1
    GROUP BY c.relname ORDER BY c.relname
"""
_SEQUENCES = """
    SELECT c.relname AS name FROM pg_class c
    WHERE c.relkind = 'S' AND c.relnamespace = current_schema()::regnamespace
    ORDER BY c.relname
"""


class NothingToSave(Exception):
    """The database has no tables of ours."""


async def driver(connection: AsyncConnection) -> asyncpg.Connection:
    """asyncpg's connection under one of SQLAlchemy's."""
    return cast("asyncpg.Connection", (await connection.get_raw_connection()).driver_connection)


def quoted(name: str) -> str:
    """A name as a statement holds it."""
    return '"' + name.replace('"', '""') + '"'


async def make_backup(
    url: str, files: FileStore, target: Path, *, with_files: bool = True
) -> Manifest:
    """Write a backup of the database at ``url`` and of the files it names.

    ``with_files=False`` leaves the files out, for stores that are saved by other means. Raises
    BadBackup where the target is taken, NothingToSave for a database that is not ours.
    """
    with writing(target) as writer:
        engine = create_async_engine(url, poolclass=NullPool)
        try:
            async with engine.connect() as connection:
                raw = await driver(connection)
                async with raw.transaction(isolation="repeatable_read", readonly=True):
                    manifest, named = await _save_rows(raw, writer)
        finally:
            await engine.dispose()
        # After the rows: what is destroyed meanwhile stands in the ledger, and is not missed.
        kept, missing = await _save_files(files, named, writer) if with_files else (None, ())
        gone = await files.destroyed()
        ledger = "".join(map(written, gone)).encode()
        await asyncio.to_thread(writer.put, LEDGER, ledger)
        destroyed = {each.sha256 for each in gone}
        manifest = manifest.model_copy(
            update={
                "files": kept,
                "missing": tuple(each for each in missing if each not in destroyed),
                "ledger_sha256": hashlib.sha256(ledger).hexdigest(),
            }
        ).checked()
        await asyncio.to_thread(writer.put, MANIFEST, manifest.model_dump_json(indent=1).encode())
    return manifest


async def _save_rows(raw: asyncpg.Connection, writer: Writer) -> tuple[Manifest, list[str]]:
    await raw.execute(SPELLING)
    tables = await raw.fetch(_TABLES, REVISION_TABLE)
    revision = None
    if await raw.fetchval("SELECT to_regclass($1)", REVISION_TABLE) is not None:
        revision = await raw.fetchval("SELECT version_num FROM alembic_version")
    if revision is None:
        raise NothingToSave("The database holds nothing of Tapsyrys: there is nothing to save.")
    made_at: datetime = await raw.fetchval("SELECT now()")
    parts = [await _save_table(raw, writer, row["name"], row["columns"]) for row in tables]
    naming = [part.name for part in parts if "sha256" in part.columns]
    named: set[str] = set()
    for name in naming:
        rows = await raw.fetch(f"SELECT DISTINCT sha256 FROM {quoted(name)} WHERE sha256 <> ''")  # noqa: S608 - a name from the catalogue
        named.update(row["sha256"] for row in rows)
    manifest = Manifest(
        program=_program(),
        made_at=made_at,
        revision=revision,
        server=await raw.fetchval("SHOW server_version"),
        tables=tuple(parts),
        # Last: sequences know no transactions, and a number too many does no harm.
        sequences=tuple(await _sequences(raw)),
        files=None,
        ledger_sha256="",
    )
    return manifest, sorted(named)


def _program() -> str:
    try:
        return version("tapsyrys")
    except PackageNotFoundError:
        return ""


async def _sequences(raw: asyncpg.Connection) -> list[SequencePart]:
    found = []
    for row in await raw.fetch(_SEQUENCES):
        states = await raw.fetch(f"SELECT last_value, is_called FROM {quoted(row['name'])}")  # noqa: S608 - a name from the catalogue
        found += [
            SequencePart(name=row["name"], last=last, called=called) for last, called in states
        ]
    return found


async def _save_table(
    raw: asyncpg.Connection, writer: Writer, name: str, columns: Sequence[str]
) -> TablePart:
    digest, rows = hashlib.sha256(), 0
    with tempfile.TemporaryDirectory(dir=writer.beside) as folder:
        place = Path(folder) / "rows.gz"
        with gzip.GzipFile(place, "wb", compresslevel=6, mtime=0) as packed:

            async def take(data: bytes) -> None:
                nonlocal rows
                digest.update(data)
                rows += data.count(b"\n")
                packed.write(data)

            await raw.copy_from_table(name, columns=list(columns), output=take, format="text")
        part = TablePart(name=name, columns=tuple(columns), rows=rows, sha256=digest.hexdigest())
        await asyncio.to_thread(writer.put, part.path, place)
    return part


async def _save_files(
    files: FileStore, named: Sequence[str], writer: Writer
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    kept, missing = [], []
    for sha256 in named:
        try:
            content = await files.get(sha256)
        except (KeyError, DamagedFile):
            missing.append(sha256)
        else:
            await asyncio.to_thread(writer.put, file_path(sha256), content)
            kept.append(sha256)
    return tuple(kept), tuple(missing)

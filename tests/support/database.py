"""One embedded PostgreSQL for a whole run; every test gets a database of its own.

The process that pytest was called in names a folder; the first worker that needs a database
starts the server there and migrates a template once; a test's database is a copy of it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from bot.storage.embedded import start, stop, url_of
from bot.storage.migrations import migrate

_FOLDER = "TAPSYRYS_TEST_SERVER"
_TEMPLATE = "site_template"
_MEMORY = Path("/dev/shm")
_MEMORY_NEEDED = 2 * 1024**3
# Nothing here has to survive a power cut.
_CONFIG = """
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_connections = 400
shared_buffers = 64MB
autovacuum = off
"""


def name_folder() -> None:
    """Choose the folder of this run; workers inherit it through the environment."""
    os.environ[_FOLDER] = str(_home() / f"tapsyrys-test-{uuid.uuid4().hex}")


def _home() -> Path:
    """Memory where there is enough of it: a copy of the template takes a fortieth of the time."""
    if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK):
        free = shutil.disk_usage(_MEMORY).free
        if free >= _MEMORY_NEEDED:
            return _MEMORY
    return Path(tempfile.gettempdir())


def remove_folder() -> None:
    """Stop a server that killed workers left behind, and remove the folder."""
    folder = Path(os.environ.pop(_FOLDER))
    if folder.exists():
        if (folder / "postmaster.pid").exists():
            start(folder)
            stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


class Server:
    """The running server, as the tests of one worker use it."""

    def __init__(self) -> None:
        self.folder = Path(os.environ[_FOLDER])
        self._server = start(self.folder, _CONFIG)
        self.socket = str(self._server.get_postmaster_info().socket_dir)
        self._has_template = False

    def close(self) -> None:
        """Leave the server; the last worker stops it."""
        stop(self.folder)

    def url(self, database: str) -> str:
        """The SQLAlchemy address of a database."""
        return url_of(self._server, database)

    async def _administer(self) -> asyncpg.Connection:
        return await asyncpg.connect(host=self.socket, user="postgres", database="postgres")

    async def _make_template(self, admin: asyncpg.Connection) -> None:
        # One worker makes it, the others wait; the marker is the template flag, set last.
        await admin.execute("SELECT pg_advisory_lock(1)")
        ready = await admin.fetchval(
            "SELECT datistemplate FROM pg_database WHERE datname = $1", _TEMPLATE
        )
        if not ready:
            await admin.execute(f"DROP DATABASE IF EXISTS {_TEMPLATE}")
            await admin.execute(f"CREATE DATABASE {_TEMPLATE}")
            await migrate(self.url(_TEMPLATE))
            await admin.execute(f"ALTER DATABASE {_TEMPLATE} IS_TEMPLATE true")
        await admin.execute("SELECT pg_advisory_unlock(1)")

    @asynccontextmanager
    async def database(self, *, empty: bool = False) -> AsyncIterator[str]:
        """The address of a fresh migrated database (or an empty one), dropped afterwards."""
        name = f"t_{uuid.uuid4().hex}"
        admin = await self._administer()
        try:
            if not empty and not self._has_template:
                await self._make_template(admin)
                self._has_template = True
            template = "template1" if empty else _TEMPLATE
            # Copying a template that another worker copies too may be refused for a moment.
            for attempt in range(50):
                try:
                    await admin.execute(
                        f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"
                    )
                    break
                except asyncpg.ObjectInUseError:
                    if attempt == 49:
                        raise
                    await admin.execute("SELECT pg_sleep(0.05)")
            yield self.url(name)
        finally:
            with contextlib.suppress(asyncpg.PostgresError):
                await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            await admin.close()

"""The way to the database, which a test can cut and mend."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import make_url

_NAME = ".s.PGSQL.5432"
_CHUNK = 65_536


class Cable:
    """Carries bytes between a socket of our own and PostgreSQL's."""

    def __init__(self, upstream: Path) -> None:
        # Short: the address of a socket holds about a hundred characters.
        self.folder = Path(tempfile.mkdtemp(prefix="cable-"))
        self._upstream = upstream
        self._server: asyncio.Server | None = None
        self._carried: set[asyncio.Task[None]] = set()

    async def mend(self) -> None:
        """Let connections through."""
        path = self.folder / _NAME
        self._server = await asyncio.start_unix_server(self._accept, path)

    async def cut(self) -> None:
        """End every connection and refuse new ones, as a stopped server does."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for task in list(self._carried):
            task.cancel()
        await asyncio.gather(*self._carried, return_exceptions=True)
        if server is not None:
            await server.wait_closed()
        (self.folder / _NAME).unlink(missing_ok=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._carry(reader, writer))
        self._carried.add(task)
        task.add_done_callback(self._carried.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, here = None, writer
        try:
            back, there = await asyncio.open_unix_connection(self._upstream)
            await asyncio.gather(_copy(reader, there), _copy(back, here))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            for each in (here, there):
                if each is not None:
                    with contextlib.suppress(OSError):
                        each.transport.abort()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while chunk := await source.read(_CHUNK):
        target.write(chunk)
        await target.drain()
    if target.can_write_eof():
        target.write_eof()


@asynccontextmanager
async def laid(database_url: str) -> AsyncIterator[tuple[Cable, str]]:
    """A mended cable to this database, and the address that leads through it."""
    url = make_url(database_url)
    cable = Cable(Path(str(url.query["host"])) / _NAME)
    await cable.mend()
    try:
        through = url.set(query={**url.query, "host": str(cable.folder)})
        yield (
            cable,
            through.render_as_string(hide_password=False).replace(
                quote(str(cable.folder)), quote(str(cable.folder), safe="")
            ),
        )
    finally:
        await cable.cut()
        shutil.rmtree(cable.folder, ignore_errors=True)

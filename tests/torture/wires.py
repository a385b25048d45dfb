"""The way of one process to the database: whole, cut, silent, or cut at a COMMIT."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from sqlalchemy import make_url

_NAME = ".s.PGSQL.5432"
_CHUNK = 65_536
_COMMIT = b"COMMIT;\0"

_Opening = asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
AtCommit = Literal["before", "after"]


class Wire:
    """Carries bytes between a socket of our own and PostgreSQL's."""

    def __init__(self, database_url: str) -> None:
        url = make_url(database_url)
        self._upstream = Path(str(url.query["host"])) / _NAME
        # Short: the address of a socket holds about a hundred characters.
        self._folder = Path(tempfile.mkdtemp(prefix="wire-"))
        self._url = f"postgresql+asyncpg://postgres@/{url.database}?host="
        self._server: asyncio.Server | None = None
        self._carried: set[asyncio.Task[None]] = set()
        self._open = False
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._at_commit: AtCommit | None = None
        #: How many times a COMMIT was really met by a cut.
        self.struck = 0

    @property
    def url(self) -> str:
        """The database's address through this wire."""
        return self._url + quote(str(self._folder), safe="")

    async def mend(self) -> None:
        """Let connections through; those that were silent go on."""
        self._at_commit = None
        self._flowing.set()
        self._open = True
        if self._server is None:
            self._server = await asyncio.start_unix_server(self._accept, self._folder / _NAME)

    async def cut(self) -> None:
        """End every connection and refuse new ones, as a stopped server does."""
        self._open = False
        server, self._server = self._server, None
        if server is not None:
            server.close()
        (self._folder / _NAME).unlink(missing_ok=True)
        await self.break_off()

    async def break_off(self) -> None:
        """End every connection; new ones come through."""
        carried = list(self._carried)
        for task in carried:
            task.cancel()
        await asyncio.gather(*carried, return_exceptions=True)

    def swallow(self) -> None:
        """Carry nothing any more, and say nothing: connections stay open."""
        self._flowing.clear()

    def cut_at_commit(self, when: AtCommit) -> None:
        """Break the connection of the next COMMIT: ``before`` it arrives, or its answer."""
        self._at_commit = when

    async def close(self) -> None:
        """Take it away."""
        await self.cut()
        # What was aborted is closed at the loop's next turns.
        await asyncio.sleep(0.01)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._open:
            writer.transport.abort()
            return
        task = asyncio.create_task(self._carry(reader, writer))
        self._carried.add(task)
        task.add_done_callback(self._carried.discard)
        # Also when it is cancelled before its first step.
        task.add_done_callback(lambda _: writer.transport.abort())

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ways: list[asyncio.Task[None]] = []
        opening: _Opening | None = None
        try:
            await self._flowing.wait()
            opening = asyncio.ensure_future(asyncio.open_unix_connection(self._upstream))
            back, there = await asyncio.shield(opening)
            ways = [
                asyncio.create_task(self._copy(reader, there, asked=True)),
                asyncio.create_task(self._copy(back, writer, asked=False)),
            ]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            # First: what is awaited below may be cancelled once more.
            writer.transport.abort()
            if opening is not None:
                # It may come about only now, when nobody waits for it any more.
                opening.add_done_callback(_abort)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _copy(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, asked: bool
    ) -> None:
        while chunk := await source.read(_CHUNK):
            await self._flowing.wait()
            when = self._at_commit
            if asked and when is not None and _COMMIT in chunk:
                self._at_commit = None
                self.struck += 1
                if when == "after":
                    target.write(chunk)
                    # The server works what has been sent also when nobody waits for its answer.
                    with contextlib.suppress(OSError):
                        await target.drain()
                        target.write_eof()
                        await asyncio.sleep(0.02)
                return
            target.write(chunk)
            await target.drain()


def _abort(opening: _Opening) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result()[1].transport.abort()

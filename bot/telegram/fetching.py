"""Copying what people send to support from Telegram into our own store.

What waits stands in the table of files, claimed like everything else: a process that dies in the
middle leaves the file to the next, and a download that fails is tried again later. The ticket is
there from the first moment and does not depend on any of this.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

import aiohttp
import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest

from bot.logs import scrub
from bot.storage.outage import is_outage
from bot.telegram.drafting import Drafter, Drafts
from bot.telegram.transcribing import Transcriber
from domain.files import MAX_FILE_BYTES, FileStore
from domain.support.views import WaitingFile
from scheduler.worker import Worker

log = structlog.get_logger(__name__)

# Each may hold 20 MB in memory.
_AT_ONCE = 4
# Seconds between looks when nobody wakes us: what failed has come due, another process died.
_POLL = 5.0
_PAUSE = 2.0
# Seconds: at most one look in this time, however often we are woken.
_GAP = 0.1
# Seconds for one file; Telegram lets a slow line have it.
_PATIENCE = 120
_REASON = 200
_TOO_BIG = "file is too big"


class Filing(Drafts, Protocol):
    """The use cases of files: see ``domain.support.service``."""

    async def files_waiting(self, limit: int = 10) -> list[WaitingFile]: ...
    async def file_stored(self, file_id: int, sha256: str, size: int) -> None: ...
    async def file_failed(self, file_id: int, error: str, *, final: bool = False) -> None: ...


class TooBig(Exception):
    """The file is over the limit of 20 MB (act 627, clause 8)."""


class Fetcher:
    """Takes the files that wait, several at once, until stopped."""

    def __init__(
        self,
        bot: Bot,
        support: Filing,
        files: FileStore,
        transcriber: Transcriber | None = None,
        *,
        poll: float = _POLL,
    ) -> None:
        self._bot = bot
        self._support = support
        self._files = files
        self._drafter = Drafter(support, files, transcriber) if transcriber is not None else None
        self.worker = Worker(
            "files",
            self._look,
            poll=poll,
            gap=_GAP,
            pause=_PAUSE,
            patience=2 * _PATIENCE,
            is_outage=is_outage,
        )

    def wake(self) -> None:
        """Say that an act was committed: it may have brought files."""
        self.worker.wake()

    async def run(self) -> None:
        """Fetch until cancelled; survives the database and Telegram being away.

        What was in hand is fetched by the next process, once its claim is over.
        """
        try:
            await self.worker.run()
        finally:
            if self._drafter is not None:
                await self._drafter.stop()

    async def _look(self) -> None:
        await self.drain()
        if self._drafter is not None:
            await self._drafter.begin()

    async def drain(self) -> int:
        """Fetch until nothing waits now; returns how many files were tried."""
        tried = 0
        while found := await self._support.files_waiting(_AT_ONCE):
            tried += len(found)
            self.worker.pulse.turn()
            async with asyncio.TaskGroup() as group:
                for file in found:
                    group.create_task(self._fetch(file))
        return tried

    async def drafted(self) -> None:
        """Have everything written down that waits for it (tests)."""
        if self._drafter is not None:
            await self._drafter.drain()

    async def _fetch(self, file: WaitingFile) -> None:
        """Fetch one file; what nobody foresaw leaves it to the end of its claim."""
        try:
            await self._fetch_and_tell(file)
        except Exception as error:
            reason = scrub(f"{type(error).__name__}: {error}")[:_REASON]
            log.warning("fetching.put_off", file=file.id, ticket=file.ticket, reason=reason)

    async def _fetch_and_tell(self, file: WaitingFile) -> None:
        try:
            content = await self._download(file)
        except TooBig:
            await self._failed(file, "too_big")
            return
        except (TelegramAPIError, aiohttp.ClientError, OSError) as error:
            # A timeout is an OSError, too.
            if _is_nobody_there(error):
                # Says nothing about the file, so no try is counted: it could be hours.
                raise
            await self._failed(file, scrub(f"{type(error).__name__}: {error}")[:_REASON])
            return
        # A store that is full or away is not the file's fault either.
        sha256 = await self._files.put(content)
        await self._support.file_stored(file.id, sha256, len(content))
        log.info("fetching.stored", file=file.id, ticket=file.ticket, size=len(content))

    async def _download(self, file: WaitingFile) -> bytes:
        if file.size > MAX_FILE_BYTES:
            raise TooBig
        try:
            async with asyncio.timeout(_PATIENCE):
                stream = await self._bot.download(file.telegram_file_id, timeout=_PATIENCE)
        except TelegramBadRequest as error:
            if _TOO_BIG in error.message.lower():
                raise TooBig from error
            raise
        content = stream.read() if stream is not None else b""
        if len(content) > MAX_FILE_BYTES:
            raise TooBig
        if not content:
            raise ConnectionError("no bytes")
        return content

    async def _failed(self, file: WaitingFile, reason: str) -> None:
        log.warning("fetching.failed", file=file.id, ticket=file.ticket, reason=reason)
        await self._support.file_failed(file.id, reason)


def _is_nobody_there(error: BaseException) -> bool:
    """Whether Telegram could not be reached at all."""
    connector = aiohttp.ClientConnectorError
    return isinstance(error, connector) or isinstance(error.__cause__, connector)

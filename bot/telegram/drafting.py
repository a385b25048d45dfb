"""Drafts of what is said in recordings, whatever way they came: by chat, API, e-mail or phone.

What has no draft yet is claimed from the table, so a process that dies loses none, and a service
that is away is asked again, each time after twice as long.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Protocol

import structlog

from bot.telegram.transcribing import NotTranscribed, Transcriber
from domain.files import FileStore
from domain.support.filing import Undrafted

log = structlog.get_logger(__name__)

_AT_ONCE = 2
# Seconds: at most one look for recordings in this time, however often files come.
_GAP = 1.0


class Drafts(Protocol):
    """The use cases of drafts: see ``domain.support.filing``."""

    async def undrafted(self, limit: int) -> Sequence[Undrafted]: ...
    async def not_drafted(self, file_id: int) -> None: ...
    async def machine_listens(self, file_id: int, service: str) -> None: ...
    async def transcribed(self, file_id: int, text: str) -> None: ...


class Drafter:
    """Has recordings written down, two at once, beside whatever else is done."""

    def __init__(self, support: Drafts, files: FileStore, transcriber: Transcriber) -> None:
        self._support = support
        self._files = files
        self._transcriber = transcriber
        self._drafts: set[asyncio.Task[None]] = set()
        self._looked = 0.0

    async def begin(self, gap: float = _GAP) -> int:
        """Take what waits, as far as there is room; returns how many were begun."""
        room = _AT_ONCE - len(self._drafts)
        now = time.monotonic()
        if room <= 0 or now - self._looked < gap:
            return 0
        self._looked = now
        found = await self._support.undrafted(room)
        for file in found:
            draft = asyncio.create_task(self._draft(file))
            self._drafts.add(draft)
            draft.add_done_callback(self._drafts.discard)
        return len(found)

    async def drain(self) -> None:
        """Draft until nothing waits now (tests)."""
        while await self.begin(gap=0.0) or self._drafts:
            await asyncio.gather(*self._drafts)

    async def stop(self) -> None:
        """Leave what is in hand to the end of its claim."""
        drafts = list(self._drafts)
        for task in drafts:
            task.cancel()
        await asyncio.gather(*drafts, return_exceptions=True)

    async def _draft(self, file: Undrafted) -> None:
        try:
            content = await self._files.get(file.sha256)
            # Whoever runs that service has the recording then.
            await self._support.machine_listens(file.id, self._transcriber.host)
            text = await self._transcriber.text_of(content, file.name, file.mime)
            await self._support.transcribed(file.id, text)
        except Exception as error:
            # A draft is never worth a failure: the recording is there.
            why = str(error) if isinstance(error, NotTranscribed) else type(error).__name__
            log.warning("drafting.failed", file=file.id, ticket=file.ticket, reason=why)
            await self._put_off(file)

    async def _put_off(self, file: Undrafted) -> None:
        try:
            await self._support.not_drafted(file.id)
        except Exception as error:
            # Its claim runs out by itself.
            log.warning("drafting.left", file=file.id, error=type(error).__name__)

"""The ledger of what was destroyed for good: it only grows, and a crash tears at most a line.

It stands beside the files, so that it outlives a database put back from a backup. In a folder it
is one file that lines are added to; in a store that cannot add to an object, an object for each
batch, named by what it says.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from obstore.exceptions import AlreadyExistsError
from obstore.store import ObjectStore

from domain.files import Destroyed

#: Hash, number of the act, instant in UTC. A line that is not whole says nothing.
_LINE = re.compile(
    r"([0-9a-f]{64}) ([0-9]{1,18}) ([0-9]{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+00:00)", re.ASCII
)
# Names of files never look so.
_FOLDER = "destroyed"


class Ledger(Protocol):
    """Keeps lines for good."""

    async def add(self, lines: Sequence[Destroyed]) -> None:
        """Add what is not there yet. On return it is kept, whatever becomes of us."""
        ...

    async def lines(self) -> list[Destroyed]:
        """All of them, each once, oldest first."""
        ...


class FolderLedger:
    """One file; whoever adds to it has the turn (see ``FileStore.note_destroyed``)."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def add(self, lines: Sequence[Destroyed]) -> None:
        """Add lines at the end, and to the disk."""
        known = set(await self.lines())
        text = "".join(written(line) for line in dict.fromkeys(lines) if line not in known)
        if text:
            await asyncio.to_thread(self._append, text.encode())

    async def lines(self) -> list[Destroyed]:
        """All of them; what a crash has torn is left out."""
        with suppress(FileNotFoundError):
            return read(await asyncio.to_thread(self._path.read_text, "ascii", "replace"))
        return []

    def _append(self, text: bytes) -> None:
        made = not self._path.exists()
        with self._path.open("ab+") as file:
            size = file.seek(0, os.SEEK_END)
            if size:
                file.seek(size - 1)
                # A torn line must not swallow the first of ours.
                text = text if file.read(1) == b"\n" else b"\n" + text
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if made:
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


class ObjectLedger:
    """An object for each batch, written whole or not at all, and never again."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def add(self, lines: Sequence[Destroyed]) -> None:
        """Add an object; the same lines once more are the same object."""
        text = "".join(map(written, dict.fromkeys(lines))).encode()
        name = f"{_FOLDER}/{hashlib.sha256(text).hexdigest()}"
        with suppress(AlreadyExistsError):
            await self._store.put_async(name, text, mode="create", use_multipart=False)

    async def lines(self) -> list[Destroyed]:
        """What all objects say."""
        texts = []
        async for batch in self._store.list(f"{_FOLDER}/"):
            for each in batch:
                found = await self._store.get_async(each["path"])
                texts.append(bytes(await found.bytes_async()).decode("ascii", "replace"))
        return read("".join(texts))


def written(line: Destroyed) -> str:
    """A line as the ledger holds it."""
    return f"{line.sha256} {line.act} {line.at.astimezone(UTC).isoformat()}\n"


def read(text: str) -> list[Destroyed]:
    """The lines of a ledger, each once, oldest first; what is not whole says nothing."""
    whole = filter(None, map(_LINE.fullmatch, text.splitlines()))
    found: Iterable[Destroyed] = (
        Destroyed(line[1], int(line[2]), datetime.fromisoformat(line[3])) for line in whole
    )
    return sorted(dict.fromkeys(found), key=lambda line: (line.at, line.act))

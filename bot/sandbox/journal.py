"""What survives a kill of the sandbox: one SQLite file, one transaction per act.

Without a path nothing is written and file contents stay in memory.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from bot.sandbox.records import Json

_TABLES = """
CREATE TABLE IF NOT EXISTS record (
    kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS content (id TEXT PRIMARY KEY, bytes BLOB NOT NULL);
"""


class Journal:
    """Records by kind and key, gathered until :meth:`flush` writes them all or none."""

    def __init__(self, path: Path | None) -> None:
        self._memory: dict[str, bytes] = {}
        self._changed: dict[tuple[str, str], Json | None] = {}
        self._contents: dict[str, bytes] = {}
        self._db: sqlite3.Connection | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None)
            # WAL without fsync: a killed process loses nothing, and only a power cut could.
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=OFF")
            self._db.executescript(_TABLES)

    def load(self, kind: str) -> Iterator[tuple[str, Json]]:
        """Every record of a kind, oldest write order not promised."""
        if self._db is None:
            return
        rows = self._db.execute("SELECT key, body FROM record WHERE kind = ?", (kind,))
        for key, body in rows:
            yield key, json.loads(body)

    def put(self, kind: str, key: str | int, body: Json) -> None:
        """Remember a record; it is read out at the next flush."""
        if self._db is not None:
            self._changed[kind, str(key)] = body

    def drop(self, kind: str, key: str | int) -> None:
        """Forget a record."""
        if self._db is not None:
            self._changed[kind, str(key)] = None

    def put_content(self, file_id: str, content: bytes) -> None:
        """Keep a file's bytes."""
        if self._db is None:
            self._memory[file_id] = content
        else:
            self._contents[file_id] = content

    def content(self, file_id: str) -> bytes:
        """A file's bytes. Raises ``KeyError``."""
        if self._db is None:
            return self._memory[file_id]
        if file_id in self._contents:
            return self._contents[file_id]
        row = self._db.execute("SELECT bytes FROM content WHERE id = ?", (file_id,)).fetchone()
        if row is None:
            raise KeyError(file_id)
        return bytes(row[0])

    def flush(self) -> None:
        """Write everything gathered in one transaction."""
        if self._db is None or not (self._changed or self._contents):
            return
        changed, self._changed = self._changed, {}
        contents, self._contents = self._contents, {}
        put = [
            (kind, key, json.dumps(body, ensure_ascii=True, separators=(",", ":")))
            for (kind, key), body in changed.items()
            if body is not None
        ]
        gone = [name for name, body in changed.items() if body is None]
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR REPLACE INTO record VALUES (?, ?, ?)", put)
        self._db.executemany("DELETE FROM record WHERE kind = ? AND key = ?", gone)
        self._db.executemany("INSERT OR REPLACE INTO content VALUES (?, ?)", contents.items())
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Flush and let go of the file."""
        self.flush()
        if self._db is not None:
            self._db.close()
            self._db = None

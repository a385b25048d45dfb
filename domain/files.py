"""Files that people send: content-addressed copies, with Telegram's own id beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import BigInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Instant, Key, Ref

# Telegram lets a bot download at most 20 MB; act 627, clause 8 has the same limit for users.
MAX_FILE_BYTES = 20 * 1024 * 1024


class FileStore(Protocol):
    """Keeps bytes under their SHA-256; the same content is kept once."""

    async def put(self, content: bytes) -> str:
        """Keep the content and return its hex SHA-256."""
        ...

    async def get(self, sha256: str) -> bytes:
        """The content kept under this hash; raises KeyError when there is none."""
        ...

    async def drop(self, sha256: str) -> None:
        """Keep the content under this hash no more; nothing happens when there is none."""
        ...

    async def has(self, sha256: str) -> bool:
        """Whether there is anything under this hash, whole or not."""
        ...

    async def note_destroyed(self, gone: Sequence[Destroyed]) -> None:
        """Write into the ledger what is destroyed for good; what stands there already stays once.

        Callers take turns: the ledger only grows, and a line of it is not torn by another.
        """
        ...

    async def destroyed(self) -> Sequence[Destroyed]:
        """All that the ledger says, oldest first."""
        ...


@dataclass(frozen=True)
class Destroyed:
    """A line of the ledger beside the files: it outlives a database restored from a backup."""

    sha256: str
    # The number of the act of destruction.
    act: int
    at: datetime


@dataclass(frozen=True)
class FileInfo:
    """A file as its sender described it; ``sha256`` is empty until a copy has been kept."""

    name: str
    mime: str
    size: int
    sha256: str = ""
    telegram_file_id: str = ""
    telegram_unique_id: str = ""


class Attachment(Base):
    """A file attached to something: an order, an offer's line, a contract."""

    __tablename__ = "attachment"
    __table_args__ = (UniqueConstraint("subject", "position"),)

    id: Mapped[Key]
    subject: Mapped[str] = mapped_column(String(64))
    position: Mapped[int]
    name: Mapped[str]
    mime: Mapped[str] = mapped_column(String(128))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    telegram_file_id: Mapped[str]
    added_at: Mapped[Instant]
    added_by: Mapped[Ref | None]

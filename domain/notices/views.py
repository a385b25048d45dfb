"""Notices as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from domain.base import Json
from domain.notices.model import TELEGRAM, Notice

#: How the reason begins of an attempt of which nobody knows whether it arrived.
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever reads a notice, as they are at the moment of sending: their chat (None: none),
    the language and the role in which they act."""

    telegram_id: int | None
    language: str
    role: str | None


@dataclass(frozen=True)
class NoticeView:
    """A notice as its reader sees it.

    ``number`` is of its row; ``shown_number`` the one in its text: the same in every channel.
    """

    number: int
    person_id: int
    kind: str
    subject: str
    params: Json
    created_at: datetime
    state: str
    sent_at: datetime | None
    read_at: datetime | None
    attempts: int
    channel: str = TELEGRAM
    origin: int | None = None
    lane: int = 1
    fence: int | None = None
    opened_at: datetime | None = None
    acked_at: datetime | None = None
    # Whether an earlier attempt may have arrived: nobody knows.
    repeated: bool = False
    # Of the act that it tells of; empty where it is too long to be kept with the notice.
    cause: str = ""
    # Known where it was claimed to be sent.
    reader: Reader | None = None

    @property
    def shown_number(self) -> int:
        """The number that people see, the same for the copies in other channels."""
        return self.origin or self.number


@dataclass(frozen=True)
class NoticePage:
    """A page of a person's notices, newest first; ``older`` is the cursor of the next page."""

    notices: list[NoticeView]
    unread: int
    older: int | None
    newer: int | None


def cause_in(dedup: str) -> str:
    """The cause of the act in the mark by which a notice is told from others; empty where it was
    too long to be kept."""
    return dedup.partition("|")[0] if dedup.count("|") > 1 else ""


def notice_view(row: Notice | Row[Any], reader: Reader | None = None) -> NoticeView:
    """The row as a value, mapped or as a statement of the queue brings it with its reader."""
    return NoticeView(
        number=row.id,
        person_id=row.person_id,
        kind=row.kind,
        subject=row.subject,
        params=row.params,
        created_at=row.created_at,
        state=row.state,
        sent_at=row.sent_at,
        read_at=row.read_at,
        attempts=row.attempts,
        channel=row.channel,
        origin=row.origin_id,
        lane=row.lane,
        fence=row.fence,
        opened_at=row.opened_at,
        acked_at=row.acked_at,
        cause=cause_in(row.dedup),
        repeated=(row.error or "").startswith(UNKNOWN),
        reader=reader,
    )

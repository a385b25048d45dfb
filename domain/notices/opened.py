"""Which notices were opened: a button under their message was pressed.

A press is noted in memory and written within a second together with others, so that no answer
waits for it. What a process that is killed had noted is lost: it was proof in addition, and the
act that the press brought about stands on record by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from domain.base import spelled
from domain.work import Site

_WRITE = text(
    """
    UPDATE notice SET opened_at = pressed.at, read_at = coalesce(notice.read_at, pressed.at)
    FROM (
        SELECT row.telegram_id, row.message_id, min(row.at) AS at
        FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(
            telegram_id bigint, message_id bigint, at timestamptz
        )
        GROUP BY row.telegram_id, row.message_id
    ) AS pressed
    JOIN person ON person.telegram_id = pressed.telegram_id
    WHERE notice.person_id = person.id AND notice.message_id = pressed.message_id
      AND notice.channel = 'telegram' AND notice.opened_at IS NULL
    """
)
_MANY = 10_000


@dataclass(frozen=True)
class _Press:
    telegram_id: int
    message_id: int
    at: datetime


class Openings:
    """Presses noted and not written yet."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._noted: list[_Press] = []

    def note(self, telegram_id: int, message_id: int, at: datetime) -> None:
        """A person has pressed a button under this message of their private chat."""
        if len(self._noted) < _MANY:
            self._noted.append(_Press(telegram_id, message_id, at))

    async def write(self) -> int:
        """Write what was noted; returns how many presses. Kept where the database is away."""
        noted, self._noted = self._noted, []
        if not noted:
            return 0
        rows = [
            {
                "telegram_id": each.telegram_id,
                "message_id": each.message_id,
                "at": each.at.isoformat(),
            }
            for each in noted
        ]
        try:
            async with self._site.sessions.begin() as session:
                await session.execute(_WRITE, {"rows": spelled(rows)})
        except BaseException:
            self._noted = [*noted, *self._noted][:_MANY]
            raise
        return len(noted)

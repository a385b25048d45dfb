"""What the system does, for the demo's feed: acts, deadlines, notices, newest last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from domain.audit import AuditEntry
from domain.clock import astana
from domain.deadlines import Deadline
from domain.notices import Notice
from domain.people.model import Person
from domain.services import Services

_FIRST = 150
_KEPT = 2_000


@dataclass(frozen=True)
class Happening:
    """A line of the feed."""

    at: datetime
    kind: str
    title: str
    detail: str
    subject: str


class Watch:
    """Remembers how far it has read each table and adds what is new."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._seen = {"audit": 0, "deadline": 0, "notice": 0}
        self._lines: list[tuple[int, Happening]] = []
        self._next = 1
        self._begun = False

    async def after(self, number: int) -> list[dict[str, object]]:
        """Lines after ``number``."""
        await self._read()
        return [
            {
                "n": n,
                "at": astana(line.at).isoformat(),
                "kind": line.kind,
                "title": line.title,
                "detail": line.detail,
                "subject": line.subject,
            }
            for n, line in self._lines
            if n > number
        ]

    async def _read(self) -> None:
        async with self._services.site.sessions() as session:
            if not self._begun:
                self._begun = True
                for kind, column in (
                    ("audit", AuditEntry.position),
                    ("deadline", Deadline.id),
                    ("notice", Notice.id),
                ):
                    newest = await session.scalar(select(func.max(column))) or 0
                    self._seen[kind] = max(0, newest - _FIRST)
            fresh: list[Happening] = []
            entries = await session.scalars(
                select(AuditEntry)
                .where(AuditEntry.position > self._seen["audit"])
                .order_by(AuditEntry.position)
            )
            for entry in entries:
                self._seen["audit"] = entry.position
                who = entry.label or (f"person {entry.person_id}" if entry.person_id else "system")
                fresh.append(Happening(entry.at, "audit", entry.action, who, entry.subject))
            deadlines = await session.scalars(
                select(Deadline).where(Deadline.id > self._seen["deadline"]).order_by(Deadline.id)
            )
            for row in deadlines:
                self._seen["deadline"] = row.id
                due = f"{astana(row.due_at):%Y-%m-%d %H:%M}"
                detail = f"{due} {row.term} {row.clause or ''}".rstrip()
                fresh.append(Happening(row.started_at, "deadline", row.kind, detail, row.subject))
            notices = await session.execute(
                select(Notice, Person.name)
                .join(Person, Person.id == Notice.person_id)
                .where(Notice.id > self._seen["notice"])
                .order_by(Notice.id)
            )
            for notice, name in notices:
                self._seen["notice"] = notice.id
                fresh.append(
                    Happening(notice.created_at, "notice", notice.kind, name, notice.subject)
                )
        for line in sorted(fresh, key=lambda each: each.at):
            self._lines.append((self._next, line))
            self._next += 1
        del self._lines[:-_KEPT]

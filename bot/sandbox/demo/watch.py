"""What the system does, for the demo's feed: acts, deadlines, notices, newest last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit import AuditEntry
from domain.clock import astana
from domain.deadlines import Deadline
from domain.notices.model import Notice
from domain.notices.views import NoticeView, notice_view
from domain.people.model import Person
from domain.services import Services
from handlers.views import format as fmt
from handlers.views.acts import act, deadline_name, who
from handlers.views.notices import title
from handlers.views.translator import Translator, join, plain

_FIRST = 150
_KEPT = 2_000


@dataclass(frozen=True)
class Happening:
    """A line of the feed, said in the language of whoever reads it."""

    at: datetime
    kind: str
    title: Callable[[Translator], str]
    detail: Callable[[Translator], str]
    subject: str


class Watch:
    """Remembers how far it has read each table and adds what is new."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._seen = {"audit": 0, "deadline": 0, "notice": 0}
        self._lines: list[tuple[int, Happening]] = []
        self._next = 1
        self._begun = False

    async def after(self, number: int, t: Translator) -> list[dict[str, object]]:
        """Lines after ``number``."""
        await self._read()
        return [
            {
                "n": n,
                "at": astana(line.at).isoformat(),
                "kind": line.kind,
                "title": plain(line.title(t)),
                "detail": plain(line.detail(t)),
                "subject": line.subject,
            }
            for n, line in self._lines
            if n > number
        ]

    async def _read(self) -> None:
        async with self._services.site.sessions() as session:
            if not self._begun:
                self._begun = True
                await self._skip_old(session)
            fresh = [
                *await self._entries(session),
                *await self._deadlines(session),
                *await self._notices(session),
            ]
        for line in sorted(fresh, key=lambda each: each.at):
            self._lines.append((self._next, line))
            self._next += 1
        del self._lines[:-_KEPT]

    async def _skip_old(self, session: AsyncSession) -> None:
        for kind, column in (
            ("audit", AuditEntry.position),
            ("deadline", Deadline.id),
            ("notice", Notice.id),
        ):
            newest = await session.scalar(select(func.max(column))) or 0
            self._seen[kind] = max(0, newest - _FIRST)

    async def _entries(self, session: AsyncSession) -> list[Happening]:
        rows = await session.execute(
            select(AuditEntry, Person.name)
            .outerjoin(Person, Person.id == AuditEntry.person_id)
            .where(AuditEntry.position > self._seen["audit"])
            .order_by(AuditEntry.position)
        )
        found = []
        for entry, name in rows:
            self._seen["audit"] = entry.position
            found.append(
                Happening(
                    entry.at,
                    "audit",
                    partial(_act, entry.action),
                    partial(_who, name or entry.label),
                    entry.subject,
                )
            )
        return found

    async def _deadlines(self, session: AsyncSession) -> list[Happening]:
        rows = await session.scalars(
            select(Deadline).where(Deadline.id > self._seen["deadline"]).order_by(Deadline.id)
        )
        found = []
        for row in rows:
            self._seen["deadline"] = row.id
            found.append(
                Happening(
                    row.started_at,
                    "deadline",
                    partial(_deadline, row.kind),
                    partial(_due, row.due_at, row.clause),
                    row.subject,
                )
            )
        return found

    async def _notices(self, session: AsyncSession) -> list[Happening]:
        rows = await session.execute(
            select(Notice, Person.name)
            .join(Person, Person.id == Notice.person_id)
            .where(Notice.id > self._seen["notice"])
            .order_by(Notice.id)
        )
        found = []
        for notice, name in rows:
            self._seen["notice"] = notice.id
            found.append(
                Happening(
                    notice.created_at,
                    "notice",
                    partial(_notice, notice_view(notice)),
                    partial(_who, name),
                    notice.subject,
                )
            )
        return found


def _act(action: str, t: Translator) -> str:
    return act(t, action)


def _who(name: str, t: Translator) -> str:
    return who(t, name)


def _deadline(kind: str, t: Translator) -> str:
    return deadline_name(t, kind)


def _due(due_at: datetime, clause: str | None, t: Translator) -> str:
    parts = [fmt.deadline(t, due_at)]
    if clause:
        parts.append(fmt.clause(t, clause))
    return join(parts, " · ")


def _notice(notice: NoticeView, t: Translator) -> str:
    return title(t, notice)

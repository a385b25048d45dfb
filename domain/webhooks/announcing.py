"""Following the record of acts: each new entry becomes events, and deliveries of them.

Entries are placed in the chain one transaction after the other (the chain's head is held until
the commit), so their positions are in the order of commits and without gaps: a cursor that has
passed a position has missed nothing before it. One worker at a time holds the cursor.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DataError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit import AuditEntry, AuditHead
from domain.clock import astana
from domain.webhooks import rows
from domain.webhooks.catalogue import EVENTS
from domain.webhooks.making import Made, Reading
from domain.webhooks.making_moves import TOLD, make
from domain.webhooks.model import WebhookCursor, WebhookDelivery, WebhookEndpoint, WebhookEvent
from domain.webhooks.rules import BODY_LIMIT
from domain.work import Site

log = structlog.get_logger(__name__)

_AT_ONCE = 200
# What the same entry would raise at every try; all other trouble passes, and is tried again.
_UNREADABLE = (DataError, ValueError, TypeError, LookupError)


@dataclass(frozen=True)
class _Listener:
    id: int
    company_id: int | None
    events: frozenset[str]

    def takes(self, made: Made) -> bool:
        """Whether it has subscribed to an event, and may see it."""
        if self.events and made.type not in self.events:
            return False
        if self.company_id is None or EVENTS[made.type].audience == "all":
            return True
        return self.company_id in made.companies


def body_of(type_: str, at: str, data: Mapping[str, object]) -> str:
    """The exact text that is signed and sent."""
    body = {"type": type_, "timestamp": at, "data": data}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def new_uid() -> str:
    """What the header webhook-id says; nothing can be concluded from it."""
    return f"msg_{secrets.token_hex(12)}"


class Announcing:
    """Makes events of what is new on record."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def announce(self, limit: int = _AT_ONCE) -> int:
        """Take up to ``limit`` new entries of those that are told; returns how far it came.

        0 when there is nothing new, and while another worker holds the cursor.
        """
        async with self.site.reading() as session:
            behind = await session.scalar(
                select(AuditHead.position > WebhookCursor.position).where(
                    AuditHead.id == 1, WebhookCursor.id == AuditHead.id
                )
            )
        if not behind:
            return 0
        async with self.site.sessions.begin() as session:
            cursor = await session.scalar(
                select(WebhookCursor.position)
                .where(WebhookCursor.id == 1)
                .with_for_update(skip_locked=True)
            )
            if cursor is None:
                return 0
            return await self._follow(session, cursor, limit)

    async def catch_up(self, session: AsyncSession) -> None:
        """Make the events of all that is on record, in a transaction in which nobody else is."""
        cursor = select(WebhookCursor.position).where(WebhookCursor.id == 1).with_for_update()
        while await self._follow(session, await session.scalar(cursor) or 0, _AT_ONCE):
            pass

    async def _follow(self, session: AsyncSession, cursor: int, limit: int) -> int:
        # The head first: an endpoint that is not seen afterwards came later than all up to it.
        head = await session.scalar(select(AuditHead.position).where(AuditHead.id == 1)) or 0
        listeners = await _listeners(session)
        reached, count = head, head - cursor
        if listeners:
            reached, count = await self._take(session, listeners, cursor, head, limit)
        await session.execute(
            update(WebhookCursor).where(WebhookCursor.id == 1).values(position=reached)
        )
        return count

    async def _take(
        self,
        session: AsyncSession,
        listeners: Sequence[_Listener],
        cursor: int,
        head: int,
        limit: int,
    ) -> tuple[int, int]:
        """Make the events of the next entries; the position reached and how far that was."""
        entries = list(
            await session.scalars(
                select(AuditEntry)
                .where(AuditEntry.position > cursor, AuditEntry.position <= head, TOLD)
                .order_by(AuditEntry.position)
                .limit(limit)
            )
        )
        companies = {each.company_id for each in listeners if each.company_id is not None}
        reading = Reading(session, companies)
        now = self.site.clock.now()
        deliveries: list[dict[str, object]] = []
        for entry in entries:
            for ordinal, made in enumerate(await _made(reading, entry)):
                takers = [each.id for each in listeners if each.takes(made)]
                event = await _write(session, entry, ordinal, made, now) if takers else None
                if event is not None:
                    deliveries += [_delivery(taker, event, made, now) for taker in takers]
        await self._queue(session, deliveries)
        # Fewer than asked for: up to the head there is nothing more that is told.
        reached = entries[-1].position if len(entries) == limit else head
        return reached, reached - cursor

    async def _queue(self, session: AsyncSession, deliveries: Sequence[dict[str, object]]) -> None:
        if not deliveries:
            return
        ids = sorted({int(str(each["endpoint_id"])) for each in deliveries})
        held = {row.id: row.state for row in await rows.hold(session, ids)}
        now = self.site.clock.now()
        for each in deliveries:
            state = held[int(str(each["endpoint_id"]))]
            # Kept for a replay; who was removed meanwhile keeps nothing.
            each["state"] = "waiting" if state == "enabled" else "skipped"
            each["finished_at"] = None if state == "enabled" else now
        await session.execute(insert(WebhookDelivery), list(deliveries))
        await rows.promote(session, ids, sorted({str(each["stream"]) for each in deliveries}))


def _delivery(endpoint: int, event: int, made: Made, now: datetime) -> dict[str, object]:
    return {
        "endpoint_id": endpoint,
        "event_id": event,
        "stream": made.stream,
        "state": "waiting",
        "not_before": now,
        "created_at": now,
    }


async def _listeners(session: AsyncSession) -> list[_Listener]:
    found = await session.execute(
        select(WebhookEndpoint.id, WebhookEndpoint.company_id, WebhookEndpoint.events)
        .where(WebhookEndpoint.state != "removed")
        .order_by(WebhookEndpoint.id)
    )
    return [_Listener(row[0], row[1], frozenset(row[2])) for row in found]


async def _made(reading: Reading, entry: AuditEntry) -> list[Made]:
    """The events of an entry; one that cannot be read is left out, and holds up no other."""
    try:
        async with reading.session.begin_nested():
            return await make(reading, entry)
    except _UNREADABLE:
        log.exception("webhook_entry_skipped", position=entry.position, action=entry.action)
        return []


async def _write(
    session: AsyncSession, entry: AuditEntry, ordinal: int, made: Made, now: datetime
) -> int | None:
    """Write an event; None for one that is too big to be sent."""
    data = made.data.model_dump(mode="json")
    body = body_of(made.type, astana(entry.at).isoformat(), data)
    if len(body.encode()) > BODY_LIMIT:
        log.error("webhook_event_too_big", position=entry.position, type=made.type)
        return None
    return await session.scalar(
        insert(WebhookEvent)
        .values(
            uid=new_uid(),
            position=entry.position,
            ordinal=ordinal,
            type=made.type,
            stream=made.stream,
            at=entry.at,
            body=body,
            created_at=now,
        )
        .returning(WebhookEvent.id)
    )

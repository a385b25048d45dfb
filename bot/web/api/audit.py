"""The record of acts with its chained hashes (act 366, clauses 32 and 33)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.web.api.answers import AuditActorOut, AuditEntryOut, AuditPageOut
from bot.web.api.models import AuditQuery
from bot.web.api.reading import cursor_of, path_number, read_cursor
from bot.web.api.routing import Call, Group
from domain.audit import AuditEntry
from domain.orders.model import Order

routes = Group("audit")


def _after(cursor: str | None) -> int:
    """A cursor, or the position of the last entry that is known already."""
    if cursor is not None and cursor.isdigit() and cursor.isascii():
        return 0 if set(cursor) == {"0"} else path_number(cursor.lstrip("0")) or 2**62
    return read_cursor("entry", cursor) or 0


def _order_of(entry: AuditEntry) -> int | None:
    number = entry.data.get("order")
    return number if entry.action.startswith("offer.") and isinstance(number, int) else None


async def _sealed(session: AsyncSession, entries: Sequence[AuditEntry]) -> set[int]:
    """Orders whose offers nobody may know of yet (act 344, clause 13.4)."""
    numbers = {_order_of(entry) for entry in entries} - {None}
    found = await session.scalars(
        select(Order.number).where(Order.number.in_(numbers), Order.closed_at.is_(None))
    )
    return set(found)


def _entry(entry: AuditEntry, *, sealed: bool) -> AuditEntryOut:
    return AuditEntryOut(
        position=entry.position,
        at=entry.at,
        actor=AuditActorOut(
            kind=entry.actor_kind,
            label="" if sealed else entry.label,
            person_id=None if sealed else entry.person_id,
            company_id=None if sealed else entry.company_id,
        ),
        action=entry.action,
        subject=entry.subject,
        data={} if sealed else dict(entry.data),
        source=entry.source,
        cause="" if sealed else entry.cause,
        sealed=sealed,
        previous_hash=entry.previous_hash,
        hash=entry.hash,
    )


@routes.get("/audit", AuditQuery, AuditPageOut)
async def list_audit(call: Call, query: AuditQuery) -> AuditPageOut:
    """Entries, oldest first, all or those of one subject such as `order:15`."""
    statement = select(AuditEntry).where(AuditEntry.position > _after(query.cursor))
    if query.subject is not None:
        subject = query.subject.strip()
        # A bare number can only mean an order.
        statement = statement.where(
            AuditEntry.subject == (f"order:{subject}" if subject.isdigit() else subject)
        )
    async with call.services.site.sessions() as session:
        found = list(
            await session.scalars(statement.order_by(AuditEntry.position).limit(query.size + 1))
        )
        entries = found[: query.size]
        sealed = await _sealed(session, entries)
    return AuditPageOut(
        items=[_entry(entry, sealed=_order_of(entry) in sealed) for entry in entries],
        next=cursor_of("entry", entries[-1].position) if len(found) > query.size else None,
    )

"""The record of every act: who, when, what, on what, from where (act 366, clauses 32, 33).

Entries are chained: each hash covers the entry and the hash before it, and the head of the
chain stands in a row of its own, so that neither a change nor a cut tail goes unnoticed.
The head row is locked last in a transaction, just before the commit: whoever holds it waits
for nobody, so it cannot take part in a deadlock.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import BigInteger, Index, String, UniqueConstraint, select, text, true, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from domain.actor import Actor
from domain.base import Base, Instant, Json

GENESIS = "0" * 64

# One spelling of a value: what is hashed must come out the same whenever it is hashed again.
_spell = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

# A sweep records hundreds of acts at once: one statement for all, instead of one for each.
_APPEND = text(
    """
    INSERT INTO audit_entry (
        position, at, actor_kind, person_id, company_id, label, action, subject, data, source,
        cause, result, previous_hash, hash
    )
    SELECT
        position, at, actor_kind, person_id, company_id, label, action, subject, data, source,
        cause, result, previous_hash, hash
    FROM jsonb_to_recordset(CAST(:entries AS jsonb)) AS entry(
        position bigint, at timestamptz, actor_kind text, person_id bigint, company_id bigint,
        label text, action text, subject text, data jsonb, source text, cause text, result jsonb,
        previous_hash text, hash text
    )
    """
)


class AuditEntry(Base):
    """One recorded act. The database refuses to update or delete rows of this table."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        UniqueConstraint("cause", "action"),
        # Most entries are the platform's own: they have no person to be found by.
        Index("ix_audit_entry_person", "person_id", postgresql_where="person_id IS NOT NULL"),
    )

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[Instant]
    actor_kind: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    company_id: Mapped[int | None] = mapped_column(BigInteger)
    label: Mapped[str]
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64), index=True)
    data: Mapped[Json]
    source: Mapped[str] = mapped_column(String(16))
    cause: Mapped[str] = mapped_column(String(200))
    result: Mapped[Json]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """The single row that names the newest entry."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))


@dataclass
class Draft:
    """An entry not yet placed in the chain."""

    at: datetime
    actor: Actor
    action: str
    subject: str = ""
    data: dict[str, object] = field(default_factory=dict)
    result: dict[str, object] = field(default_factory=dict)


def entry_hash(previous: str, values: Json) -> str:
    """The hex SHA-256 of an entry's values chained to the hash before it."""
    return hashlib.sha256(f"{previous}{_spell(values)}".encode()).hexdigest()


def _instant(at: datetime) -> str:
    # PostgreSQL keeps microseconds; one spelling of the instant is needed to hash it again.
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _values_of_draft(draft: Draft, position: int) -> dict[str, object]:
    actor = draft.actor
    return {
        "position": position,
        "at": _instant(draft.at),
        "actor_kind": actor.kind,
        "person_id": actor.person_id,
        "company_id": actor.company_id,
        "label": actor.label,
        "action": draft.action,
        "subject": draft.subject,
        "data": draft.data,
        "source": actor.source,
        "cause": actor.cause,
        "result": draft.result,
    }


def hashed_values(entry: AuditEntry) -> Json:
    """What the hash of an entry covers, spelled as it was when it was hashed."""
    return {
        "position": entry.position,
        "at": _instant(entry.at),
        "actor_kind": entry.actor_kind,
        "person_id": entry.person_id,
        "company_id": entry.company_id,
        "label": entry.label,
        "action": entry.action,
        "subject": entry.subject,
        "data": entry.data,
        "source": entry.source,
        "cause": entry.cause,
        "result": entry.result,
    }


async def write_chain(session: AsyncSession, drafts: Sequence[Draft]) -> None:
    """Append entries to the chain. Call it last in the transaction."""
    if not drafts:
        return
    head = await session.execute(
        select(AuditHead.position, AuditHead.hash).where(AuditHead.id == 1).with_for_update()
    )
    position, previous = head.one()
    rows: list[dict[str, object]] = []
    for draft in drafts:
        position += 1
        values = _values_of_draft(draft, position)
        hash_ = entry_hash(previous, values)
        rows.append({**values, "previous_hash": previous, "hash": hash_})
        previous = hash_
    await session.execute(_APPEND, {"entries": _spell(rows)})
    await session.execute(
        update(AuditHead).where(AuditHead.id == 1).values(position=position, hash=previous)
    )


@dataclass(frozen=True)
class Verdict:
    """What a walk along the chain found: entries read and the first broken position, if any."""

    entries: int
    broken_at: int | None
    problem: str | None


async def verify(session: AsyncSession) -> Verdict:
    """Walk the whole chain and compare it with the head (act 366, clause 33).

    Entries and head are read by one statement: what is recorded meanwhile is no fault.
    """
    position, previous, count = 0, GENESIS, 0
    head = AuditHead(position=0, hash=GENESIS)
    stream = await session.stream(
        select(AuditHead, AuditEntry)
        .outerjoin(AuditEntry, true())
        .where(AuditHead.id == 1)
        .order_by(AuditEntry.position)
        .execution_options(yield_per=500, populate_existing=True)
    )
    async for row in stream:
        head = row[0]
        entry: AuditEntry | None = row[1]
        if entry is None:
            break
        position += 1
        if entry.position != position:
            return Verdict(count, position, "missing")
        if entry.previous_hash != previous:
            return Verdict(count, position, "unchained")
        if entry.hash != entry_hash(previous, hashed_values(entry)):
            return Verdict(count, position, "changed")
        previous = entry.hash
        count += 1
    if (head.position, head.hash) != (position, previous):
        return Verdict(count, position + 1, "cut")
    return Verdict(count, None, None)

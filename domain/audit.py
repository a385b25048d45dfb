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

from sqlalchemy import BigInteger, String, UniqueConstraint, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from domain.actor import Actor
from domain.base import Base, Instant, Json

GENESIS = "0" * 64


class AuditEntry(Base):
    """One recorded act. The database refuses to update or delete rows of this table."""

    __tablename__ = "audit_entry"
    __table_args__ = (UniqueConstraint("cause", "action"),)

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[Instant]
    actor_kind: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
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
    body = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}{body}".encode()).hexdigest()


def _hashed_values(entry: AuditEntry | dict[str, object]) -> dict[str, object]:
    def get(name: str) -> object:
        return entry[name] if isinstance(entry, dict) else getattr(entry, name)

    names = ("position", "actor_kind", "person_id", "company_id", "label", "action", "subject")
    values = {name: get(name) for name in (*names, "data", "source", "cause", "result")}
    at = get("at")
    if isinstance(at, datetime):
        # PostgreSQL keeps microseconds; one spelling of the instant is needed to hash it again.
        values["at"] = at.astimezone(UTC).isoformat(timespec="microseconds")
    return values


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
        row: dict[str, object] = {
            "position": position,
            "at": draft.at,
            "actor_kind": draft.actor.kind,
            "person_id": draft.actor.person_id,
            "company_id": draft.actor.company_id,
            "label": draft.actor.label,
            "action": draft.action,
            "subject": draft.subject,
            "data": draft.data,
            "source": draft.actor.source,
            "cause": draft.actor.cause,
            "result": draft.result,
        }
        row["hash"] = entry_hash(previous, _hashed_values(row))
        row["previous_hash"] = previous
        previous = str(row["hash"])
        rows.append(row)
    await session.execute(insert(AuditEntry), rows)
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
    """Walk the whole chain and compare it with the head (act 366, clause 33)."""
    position, previous, count = 0, GENESIS, 0
    stream = await session.stream_scalars(
        select(AuditEntry).order_by(AuditEntry.position).execution_options(yield_per=500)
    )
    async for entry in stream:
        position += 1
        if entry.position != position:
            return Verdict(count, position, "missing")
        if entry.previous_hash != previous:
            return Verdict(count, position, "unchained")
        if entry.hash != entry_hash(previous, _hashed_values(entry)):
            return Verdict(count, position, "changed")
        previous = entry.hash
        count += 1
    head = await session.get_one(AuditHead, 1)
    if (head.position, head.hash) != (position, previous):
        return Verdict(count, position + 1, "cut")
    return Verdict(count, None, None)

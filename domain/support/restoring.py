"""Recordings that a backup brought back: found by rows, by the ledger, and by the record.

The database, the files, or both may be older than a destruction. The rows of acts tell of files
that came back; the ledger beside the files and the record tell of rows that did.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String, and_, cast, exists, func, literal, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.audit import AuditEntry
from domain.files import Destroyed
from domain.integrations.uploads import named_elsewhere
from domain.people.queries import tell_admins
from domain.support import destruction_rows as rows
from domain.support.model import (
    DestructionAct,
    DestructionItem,
    Recording,
    Ticket,
    TicketFile,
    destruction_number,
)
from domain.support.recording_rows import recording_subject
from domain.support.recording_views import RestoredCheck
from domain.work import Work

_RAISE = text(
    "SELECT setval(:sequence, greatest(:number, (SELECT coalesce(max(number), 0) + 1"
    " FROM destruction_act)), false)"
)


async def destroyed_hashes(session: AsyncSession, ledger: Sequence[Destroyed]) -> set[str]:
    """Contents that were destroyed and that nothing needs; acts that still run left out."""
    finished = await session.scalars(
        select(DestructionItem.content_hash)
        .where(
            DestructionItem.state == "destroyed",
            DestructionItem.shared.is_(False),
            DestructionItem.content_hash != "",
        )
        .distinct()
    )
    known = {each.sha256 for each in ledger} | set(finished)
    return known - await _running(session) - await _named(session, known)


async def anything_back(
    session: AsyncSession, ledger: Sequence[Destroyed], present: Sequence[str]
) -> bool:
    """Whether there is anything to be destroyed again."""
    return bool(present) or bool(await _returned(session, ledger))


async def begin(work: Work, ledger: Sequence[Destroyed], present: Sequence[str]) -> RestoredCheck:
    """Begin an act for what came back; those who administer are told when it is finished."""
    session = work.session
    await _raise_number(session, ledger)
    back = await _returned(session, ledger, lock=True)
    disputed = set(await session.scalars(rows.disputed_tickets(work.now)))
    free = [each for each in back if each[0].ticket_id not in disputed]
    held = len(back) - len(free)
    orphans = sorted(set(present) - await _running(session) - await _named(session, set(present)))
    work.record("recordings", found=len(free) + len(orphans), held=held)
    if not free and not orphans:
        return RestoredCheck(None, 0, held)
    act = await rows.new_act(work, "restored")
    position = 0
    for position, (recording, file, ticket) in enumerate(free, 1):
        rows.put_in(work, act, position, recording, file, ticket)
    for place, sha256 in enumerate(orphans, position + 1):
        session.add(await _orphan(session, act, place, sha256))
    await session.flush()
    found = len(free) + len(orphans)
    work.also("recording.act_begun", rows.act_subject(act.number), recordings=found)
    await tell_admins(
        work,
        "recording.restored",
        rows.act_subject(act.number),
        number=act.number,
        count=found,
        held=held,
    )
    return RestoredCheck(act.number, found, held)


async def _named(session: AsyncSession, sha256s: set[str]) -> set[str]:
    return await named_elsewhere(session, sha256s) if sha256s else set()


async def _running(session: AsyncSession) -> set[str]:
    """Contents of acts that are begun: those will drop them."""
    found = await session.scalars(
        select(DestructionItem.content_hash)
        .join(DestructionAct, DestructionAct.id == DestructionItem.act_id)
        .where(DestructionAct.finished_at.is_(None), DestructionItem.state.in_(("chosen", "going")))
    )
    return set(found)


async def _returned(
    session: AsyncSession, ledger: Sequence[Destroyed], *, lock: bool = False
) -> list[tuple[Recording, TicketFile, int]]:
    """Recordings that are kept although the ledger or the record says they were destroyed.

    The same bytes sent anew after a destruction are a recording of their own.
    """
    ended: dict[str, datetime] = {}
    for line in ledger:
        ended[line.sha256] = max(line.at, ended.get(line.sha256, line.at))
    subject = literal(recording_subject(0)[:-1]) + cast(Recording.id, String)
    recorded = exists().where(
        AuditEntry.subject == subject, AuditEntry.action == "recording.destroyed"
    )
    statement = (
        select(Recording, TicketFile, Ticket.number)
        .join(TicketFile, TicketFile.id == Recording.file_id)
        .join(Ticket, Ticket.id == Recording.ticket_id)
        .where(
            Recording.state == "kept",
            or_(
                recorded,
                and_(TicketFile.sha256 != "", TicketFile.sha256 == func.any(list(ended))),
            ),
        )
        .order_by(Recording.id)
        .execution_options(populate_existing=True)
    )
    found = await session.execute(
        statement.with_for_update(of=Recording, skip_locked=True) if lock else statement
    )
    return [
        (recording, file, ticket)
        for recording, file, ticket in found
        if file.sha256 not in ended or recording.collected_at <= ended[file.sha256]
    ]


async def _orphan(
    session: AsyncSession, act: DestructionAct, position: int, sha256: str
) -> DestructionItem:
    """Bytes that no row needs: as the act that destroyed them before describes them, if one does.

    There is nothing to be decided about them any more.
    """
    known = await session.scalar(
        select(DestructionItem)
        .where(DestructionItem.content_hash == sha256, DestructionItem.state == "destroyed")
        .order_by(DestructionItem.id)
        .limit(1)
    )
    return DestructionItem(
        act_id=act.id,
        position=position,
        recording_id=known and known.recording_id,
        ticket_number=known and known.ticket_number,
        kind=known.kind if known else "voice",
        size=known and known.size,
        duration=known and known.duration,
        content_hash=sha256,
        transcribed=False,
        collected_at=known and known.collected_at,
        state="going",
        shared=False,
        copies_deleted=0,
        copies_left={},
    )


async def _raise_number(session: AsyncSession, ledger: Sequence[Destroyed]) -> None:
    """Numbers of acts that the ledger knows are never given again by an older database."""
    most = max((line.act for line in ledger), default=0)
    used = await session.scalar(select(func.max(DestructionAct.number))) or 0
    if most > used:
        await session.execute(_RAISE, {"sequence": destruction_number.name, "number": most + 1})

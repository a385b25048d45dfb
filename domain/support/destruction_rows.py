"""The rows of an act of destruction (act 366, clause 21.3): one transaction for each phase.

1. ``begin``: the act stands with its items, the recordings are ``destroying``.
2. ``commit``: a dispute marked since then takes its recordings out; of all others the file's row
   gives up hash, transcript and Telegram's id. From here there is no way back.
   Then, outside of any transaction and as often as it takes: bytes and copies are dropped.
3. ``finish``: the act is complete.

After a crash the next phase is done where the last one stands: neither a file without an act nor
an act without destruction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, delete, or_, select, tuple_, union
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import Conflict
from domain.people.model import Person
from domain.people.queries import tell_admins
from domain.support import writing
from domain.support.model import (
    DeskPost,
    DestructionAct,
    DestructionItem,
    DisputeMark,
    Recording,
    RecordingCopy,
    RecordingStep,
    Ticket,
    TicketFile,
    TicketMessage,
)
from domain.support.recording_rows import recording_subject
from domain.support.recording_views import Copy, Ground
from domain.support.retention_rules import collected_before
from domain.work import Work

#: Recordings of one act: what one PDF and one transaction hold with ease.
BATCH = 200


@dataclass(frozen=True)
class Gone:
    """What the effects of an act brought: contents shared with others, copies that stay."""

    shared: frozenset[str] = frozenset()
    copies: Mapping[int, Sequence[Copy]] = field(default_factory=dict)
    refused: Mapping[Copy, str] = field(default_factory=dict)


def act_subject(number: int) -> str:
    """How the record and notices name an act of destruction."""
    return f"destruction:{number}"


def disputed_tickets(now: datetime) -> Select[int]:
    """Ids of tickets whose recordings a dispute holds, or one settled a moment ago.

    What was said in a marked ticket that was merged goes on in another: the mark goes with it.
    """
    marked = (
        select(DisputeMark.ticket_id.label("id"))
        .where(or_(DisputeMark.settled_at.is_(None), DisputeMark.released_at > now))
        .cte("disputed", recursive=True)
    )
    merged = (
        select(Ticket.merged_into_id)
        .join(marked, marked.c.id == Ticket.id)
        .where(Ticket.merged_into_id.is_not(None))
    )
    held = marked.union(merged)
    return select(held.c.id)


async def check_may_hold(session: AsyncSession, ticket_id: int) -> None:
    """Refuse a dispute mark that comes too late: nothing of the ticket is left to be kept.

    To be asked with the ticket held, before the mark is set. A recording that is on its way out
    can still be held; one whose file has been given up cannot. A ticket without recordings may be
    marked: those to come are kept. Raises Conflict ``recording_destroyed`` with the ``act``.
    """
    found = await session.execute(
        select(TicketFile.state, DestructionAct.number)
        .join(Recording, Recording.file_id == TicketFile.id)
        .outerjoin(DestructionAct, DestructionAct.id == Recording.act_id)
        .where(Recording.ticket_id == ticket_id)
        .order_by(Recording.id)
    )
    rows = found.all()
    if rows and all(state == "destroyed" for state, _ in rows):
        raise Conflict("recording_destroyed", "366-21.3", act=rows[-1][1])


async def executor_of(work: Work) -> str:
    """Who destroys, as the act keeps it: a name, ``cli``, or nothing for the platform itself."""
    if work.actor.person_id is not None:
        name = await work.session.scalar(
            select(Person.name).where(Person.id == work.actor.person_id)
        )
        return name or ""
    return "cli" if work.actor.source == "cli" else ""


async def begin(work: Work, keep_days: int | None) -> DestructionAct | None:
    """Put up to ``BATCH`` recordings whose term is over into a new act; None when there are none.

    Rows that somebody holds are left for the next act: it is no deadline of anybody.
    """
    found = await work.session.execute(
        select(Recording, TicketFile, Ticket.number)
        .join(TicketFile, TicketFile.id == Recording.file_id)
        .join(Ticket, Ticket.id == Recording.ticket_id)
        .where(
            Recording.state == "kept",
            Recording.collected_at < collected_before(work.now, keep_days),
            Recording.ticket_id.not_in(disputed_tickets(work.now)),
        )
        .order_by(Recording.collected_at, Recording.id)
        .limit(BATCH)
        .with_for_update(of=Recording, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    rows = [(recording, file, ticket) for recording, file, ticket in found]
    if not rows:
        return None
    act = await new_act(work, "term_over")
    for position, (recording, file, ticket) in enumerate(rows, 1):
        put_in(work, act, position, recording, file, ticket)
    await work.session.flush()
    work.also("recording.act_begun", act_subject(act.number), recordings=len(rows))
    return act


async def new_act(work: Work, ground: Ground) -> DestructionAct:
    """An act without items, with its number."""
    act = DestructionAct(ground=ground, begun_at=work.now, executor=await executor_of(work))
    work.session.add(act)
    await work.session.flush()
    await work.session.refresh(act)
    return act


def put_in(
    work: Work,
    act: DestructionAct,
    position: int,
    recording: Recording,
    file: TicketFile,
    ticket_number: int,
) -> None:
    """Put a recording that is held into an act."""
    recording.state, recording.act_id = "destroying", act.id
    work.session.add(
        DestructionItem(
            act_id=act.id,
            position=position,
            recording_id=recording.id,
            ticket_number=ticket_number,
            kind=file.kind,
            size=file.size,
            duration=file.duration,
            content_hash=file.sha256,
            transcribed=file.transcript is not None,
            collected_at=recording.collected_at,
            state="chosen",
            shared=False,
            copies_deleted=0,
            copies_left={},
        )
    )


async def items_of(session: AsyncSession, act_id: int) -> list[DestructionItem]:
    """The items of an act, in order."""
    rows = await session.scalars(
        select(DestructionItem)
        .where(DestructionItem.act_id == act_id)
        .order_by(DestructionItem.position)
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def commit(work: Work, act: DestructionAct) -> int:
    """Decide each item for good; returns how many go.

    Tickets are locked first, as every act on a ticket does: whoever marks a dispute now comes
    either before this, and wins, or after it, and is told so.
    """
    items = {
        item.recording_id: item
        for item in await items_of(work.session, act.id)
        if item.state == "chosen"
    }
    whose = select(Recording.ticket_id).where(Recording.act_id == act.id)
    tickets = await work.session.scalars(
        select(Ticket).where(Ticket.id.in_(whose)).order_by(Ticket.id).with_for_update()
    )
    by_id = {ticket.id: ticket for ticket in tickets}
    found = await work.session.execute(
        select(Recording, TicketFile)
        .join(TicketFile, TicketFile.id == Recording.file_id)
        .where(Recording.act_id == act.id)
        .order_by(Recording.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    disputed = set(await work.session.scalars(disputed_tickets(work.now)))
    changed: dict[int, bool] = {}
    for recording, file in found:
        item = items.get(recording.id)
        if item is None:
            continue
        if recording.ticket_id in disputed:
            _spare(work, item, recording)
            continue
        item.state = "going"
        # The bytes may have come, or another recording's transcript, since the act was begun.
        item.content_hash, item.transcribed = file.sha256, file.transcript is not None
        item.size = file.size
        changed[recording.ticket_id] = changed.get(recording.ticket_id, False) or item.transcribed
        file.state, file.sha256, file.telegram_file_id = "destroyed", "", ""
        file.transcript = file.retry_at = file.error = None
    await work.session.flush()
    for ticket_id, transcribed in changed.items():
        if transcribed:
            await writing.reindex(work.session, ticket_id)
        if ticket_id in by_id:
            await writing.touch(work, by_id[ticket_id])
    return sum(item.state == "going" for item in items.values())


def _spare(work: Work, item: DestructionItem, recording: Recording) -> None:
    item.state = "kept"
    recording.state, recording.act_id = "kept", None
    work.also("recording.spared", recording_subject(recording.id))


async def copies_of(session: AsyncSession, act_id: int) -> dict[int, list[Copy]]:
    """Where an act's recordings, or drafts of their words, stand in chats, by id of the item.

    What stands in the chat of its own user is theirs and stays there.
    """
    of_act = (
        select(DestructionItem.id.label("item"), Recording.id.label("recording"))
        .add_columns(TicketFile.message_id.label("message"))
        .join(Recording, Recording.id == DestructionItem.recording_id)
        .join(TicketFile, TicketFile.id == Recording.file_id)
        .where(DestructionItem.act_id == act_id, DestructionItem.state == "going")
        .cte("of_act")
    )
    mirrored = select(of_act.c.item, DeskPost.chat_id, DeskPost.post_id).join(
        DeskPost, DeskPost.message_id == of_act.c.message
    )
    # What an operator has said in the topic itself is not mirrored there: it is the message.
    spoken_there = (
        select(of_act.c.item, TicketMessage.chat_id, TicketMessage.message_id)
        .join(TicketMessage, TicketMessage.id == of_act.c.message)
        .where(TicketMessage.chat_id < 0)
    )
    shown = select(of_act.c.item, RecordingCopy.chat_id, RecordingCopy.post_id).join(
        RecordingCopy, RecordingCopy.recording_id == of_act.c.recording
    )
    found: dict[int, list[Copy]] = {}
    every = union(mirrored, spoken_there, shown)
    for item, chat, post in await session.execute(every.order_by(*every.selected_columns)):
        found.setdefault(item, []).append((chat, post))
    return found


async def finish(work: Work, act: DestructionAct, gone: Gone) -> int:
    """Complete an act whose bytes and copies are gone; returns how many recordings went."""
    count = 0
    for item in await items_of(work.session, act.id):
        if item.state != "going":
            continue
        copies = gone.copies.get(item.id, ())
        left = {copy: gone.refused[copy] for copy in copies if copy in gone.refused}
        item.state, item.destroyed_at = "destroyed", work.now
        item.shared = item.content_hash in gone.shared
        item.copies_deleted = len(copies) - len(left)
        item.copies_left = {f"{chat}:{post}": why for (chat, post), why in left.items()}
        for table in (DeskPost, RecordingCopy):
            place = tuple_(table.chat_id, table.post_id)
            gone_ones = [copy for copy in copies if copy not in left]
            await work.session.execute(delete(table).where(place.in_(gone_ones)))
        await _put_on_record(work, act, item)
        count += 1
    act.finished_at = work.now
    work.record(act_subject(act.number), ground=act.ground, recordings=count, executor=act.executor)
    if count:
        await tell_admins(
            work,
            "recording.act_finished",
            act_subject(act.number),
            number=act.number,
            count=count,
            ground=act.ground,
        )
    return count


async def _put_on_record(work: Work, act: DestructionAct, item: DestructionItem) -> None:
    if item.recording_id is None:
        return
    recording = await work.session.get_one(Recording, item.recording_id)
    recording.state = "destroyed"
    if recording.act_id is None:
        recording.act_id = act.id
    work.session.add(
        RecordingStep(
            recording_id=recording.id, step="destroyed", at=work.now, detail=str(act.number)
        )
    )
    work.also(
        "recording.destroyed",
        recording_subject(recording.id),
        act=act.number,
        sha256=item.content_hash,
        copies_left=len(item.copies_left),
    )

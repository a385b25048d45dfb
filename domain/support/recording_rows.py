"""Recordings come into being: a voice message or a call is on record from its first step.

Act 366, clauses 20 and 21.1. Keeping and destruction are elsewhere; nothing here destroys.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.support.model import Recording, RecordingStep, Ticket, TicketFile, TicketMessage
from domain.support.reading import SPOKEN
from domain.work import Work

#: Files that are kept as recordings whatever their type says.
RECORDED = (*SPOKEN, "audio")


def recording_subject(recording_id: int) -> str:
    """How the record names a recording."""
    return f"recording:{recording_id}"


def is_recorded(kind: str, mime: str) -> bool:
    """Whether a file of a ticket is a recording: voice, video message, call, any sound sent in.

    Sound is what somebody said, however it came (act 366, clauses 20 and 21): as a voice message,
    as a file in the chat, or with an e-mail.
    """
    return kind in RECORDED or mime.startswith("audio/")


async def collect(work: Work, ticket: Ticket, file: TicketFile) -> Recording | None:
    """Put a voice or a call just taken in on record; None for any other file.

    Its year runs from when it was made: that of a call which is registered later, from the call.
    """
    if not is_recorded(file.kind, file.mime):
        return None
    message = await work.session.get_one(TicketMessage, file.message_id)
    made = Recording(
        file_id=file.id,
        ticket_id=ticket.id,
        collected_at=min(message.at, work.now),
        state="kept",
    )
    work.session.add(made)
    await work.session.flush()
    step(work, made.id, "collected", ticket.channel)
    work.also("recording.collected", recording_subject(made.id))
    if file.sha256:
        await stored(work, file)
    return made


async def stored(work: Work, file: TicketFile) -> None:
    """The bytes of a recording are in the store."""
    recording = await of_file(work.session, file.id)
    if recording is not None:
        step(work, recording.id, "stored", file.sha256)
        work.also("recording.stored", recording_subject(recording.id))


async def of_file(session: AsyncSession, file_id: int) -> Recording | None:
    """The recording that a file is kept as."""
    found = await session.scalars(select(Recording).where(Recording.file_id == file_id))
    return found.one_or_none()


async def held(work: Work, ticket_id: int, ground: str) -> int:
    """A dispute holds the recordings of a ticket (21.2); returns how many.

    Their rows are locked: one that is being destroyed at this moment is waited for.
    """
    found = await _all(work, ticket_id, "held", ground)
    for recording_id in found:
        work.also("recording.held", recording_subject(recording_id))
    return len(found)


async def released(work: Work, ticket_id: int, ground: str) -> list[int]:
    """The dispute is settled: the term of keeping resumes (21.2); returns which they are."""
    found = await _all(work, ticket_id, "released", ground)
    for recording_id in found:
        work.also("recording.released", recording_subject(recording_id))
    return found


async def moved(work: Work, ticket_id: int, into_id: int) -> None:
    """What was said in one ticket goes on in another."""
    rows = await work.session.scalars(
        select(Recording)
        .join(TicketFile, TicketFile.id == Recording.file_id)
        .join(TicketMessage, TicketMessage.id == TicketFile.message_id)
        .where(Recording.ticket_id == ticket_id)
        .order_by(Recording.id)
        .with_for_update(of=Recording)
    )
    for recording in rows:
        recording.ticket_id = into_id


async def _all(work: Work, ticket_id: int, name: str, detail: str) -> list[int]:
    rows = await work.session.scalars(
        select(Recording)
        .where(Recording.ticket_id == ticket_id, Recording.state != "destroyed")
        .order_by(Recording.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = [recording.id for recording in rows]
    for recording_id in found:
        step(work, recording_id, name, detail)
    return found


def step(work: Work, recording_id: int, name: str, detail: str = "") -> None:
    """One step in the life of a recording (act 366, clause 21.1); the act puts it on record."""
    work.session.add(
        RecordingStep(
            recording_id=recording_id,
            step=name,
            at=work.now,
            person_id=work.actor.person_id,
            detail=detail,
        )
    )

"""Where recordings stand in chats beside their topics, and taking those copies away in time.

Telegram lets a bot delete a message of a private chat for 48 hours only, and a recording is kept
for a year: what an operator is shown in a private chat is taken away within a day, and shown
again when asked for. Bookkeeping, not acts: nothing here changes a recording.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.support.model import DeskPost, DestructionItem, Recording, RecordingCopy, TicketFile
from domain.support.recording_views import Copy, Deleter
from domain.work import Site

#: How long a recording stays in a private chat; well before Telegram keeps it for good.
SHOWN_FOR = timedelta(hours=24)
_AT_ONCE = 100
# Longer than anything is being sent.
_ON_THE_WAY = timedelta(minutes=10)


async def note(site: Site, recordings: Sequence[int], copy: Copy) -> None:
    """A message in a chat shows these recordings, or drafts of their words.

    In a private chat, and where a recording has meanwhile gone, the copy is not there to stay.
    """
    chat, post = copy
    now = site.clock.now()
    over = now + SHOWN_FOR if chat > 0 else None
    async with site.sessions.begin() as session:
        found = await session.execute(
            select(Recording.id, Recording.state).where(Recording.id.in_(recordings))
        )
        rows = [
            {"recording_id": each, "chat_id": chat, "post_id": post}
            | {"goes_at": over if state == "kept" else now}
            for each, state in found
        ]
        if rows:
            await session.execute(insert(RecordingCopy).values(rows).on_conflict_do_nothing())


async def mirrored(session: AsyncSession, message_id: int, copy: Copy, now: datetime) -> None:
    """A message of a ticket has come into a topic: it goes at once where its recording is gone.

    It may have been on its way while the copies of the recording were being deleted. Later, in a
    topic made anew, the message only says that a recording stood there.
    """
    lately = or_(DestructionItem.state == "going", DestructionItem.destroyed_at > now - _ON_THE_WAY)
    late = (
        select(Recording.id)
        .distinct()
        .join(TicketFile, TicketFile.id == Recording.file_id)
        .join(DestructionItem, DestructionItem.recording_id == Recording.id)
        .where(TicketFile.message_id == message_id, TicketFile.state == "destroyed", lately)
    )
    rows = [
        {"recording_id": each, "chat_id": copy[0], "post_id": copy[1], "goes_at": now}
        for each in await session.scalars(late)
    ]
    if rows:
        await session.execute(insert(RecordingCopy).values(rows).on_conflict_do_nothing())


async def take_away(site: Site, deleter: Deleter) -> int:
    """Delete the copies whose time is over; returns how many are gone.

    One that Telegram refuses to delete waits for the act of destruction, which names it.
    """
    now = site.clock.now()
    async with site.reading() as session:
        rows = await session.execute(
            select(RecordingCopy.chat_id, RecordingCopy.post_id)
            .where(RecordingCopy.goes_at <= now)
            .group_by(RecordingCopy.chat_id, RecordingCopy.post_id)
            .limit(_AT_ONCE)
        )
        over: list[Copy] = [(chat, post) for chat, post in rows]
    if not over:
        return 0
    refused = await deleter.delete(over)
    place = tuple_(RecordingCopy.chat_id, RecordingCopy.post_id)
    async with site.sessions.begin() as session:
        gone = set(over) - set(refused)
        await session.execute(delete(RecordingCopy).where(place.in_(gone)))
        posted = tuple_(DeskPost.chat_id, DeskPost.post_id)
        await session.execute(delete(DeskPost).where(posted.in_(gone)))
        await session.execute(
            update(RecordingCopy).where(place.in_(list(refused))).values(goes_at=None)
        )
    return len(over) - len(refused)

"""The copies of what was sent: fetched again until they are ours, given up in the open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.errors import NotFound
from domain.law import CALL_REGISTER_DAYS
from domain.support import recording_rows, writing
from domain.support.clocks import ticket_subject
from domain.support.model import Recording, Ticket, TicketFile, TicketMessage
from domain.support.regimes import file_clause
from domain.support.texts import TEXT_LIMIT
from domain.support.views import WaitingFile
from domain.texts import clean_text
from domain.work import Site, Work, use_case

MAX_TRIES = 8
TOO_BIG = "too_big"
_LEASE = timedelta(minutes=5)
_FIRST_RETRY, _MOST_RETRY = timedelta(seconds=30), timedelta(hours=1)
_ERROR_KEPT = 300


@dataclass(frozen=True)
class Undrafted:
    """A recording whose bytes are kept and which no machine has written down yet."""

    id: int
    ticket: int
    name: str
    mime: str
    sha256: str


class Filing:
    """Fetching is the edge's; what became of it is told here."""

    site: Site

    async def files_waiting(self, limit: int = 10) -> list[WaitingFile]:
        """Claim files to be fetched, for five minutes; two who ask never get the same."""
        now = self.site.clock.now()
        async with self.site.sessions.begin() as session:
            rows = list(
                await session.execute(
                    select(TicketFile, Ticket.number)
                    .join(TicketMessage, TicketMessage.id == TicketFile.message_id)
                    .join(Ticket, Ticket.id == TicketMessage.ticket_id)
                    .where(TicketFile.state == "waiting", TicketFile.retry_at <= now)
                    .order_by(TicketFile.retry_at, TicketFile.id)
                    .limit(limit)
                    .with_for_update(of=TicketFile, skip_locked=True)
                )
            )
            await _put_off(session, [file.id for file, _ in rows], now + _LEASE)
            return [
                WaitingFile(
                    id=file.id,
                    ticket=number,
                    kind=file.kind,  # type: ignore[arg-type]  # one of these by ``NewFile``
                    name=file.name,
                    mime=file.mime,
                    size=file.size,
                    telegram_file_id=file.telegram_file_id,
                    attempts=file.attempts,
                )
                for file, number in rows
            ]

    async def file_stored(self, file_id: int, sha256: str, size: int) -> None:
        """The bytes of a file are in the store: a step of its recording, where it is one.

        A file that was given up or destroyed meanwhile stays so. Raises NotFound
        ``ticket_file_unknown``.
        """
        actor = Actor.system(f"file:{file_id}:{sha256[:16]}", "telegram")
        await self._stored(actor, file_id, sha256, size)

    @use_case("ticket.file_stored", by=frozenset())
    async def _stored(self, work: Work, file_id: int, sha256: str, size: int) -> None:
        file, ticket = await _lock(work, file_id)
        work.record(ticket_subject(ticket.number), file=file_id, size=size, state=file.state)
        if file.state not in ("waiting", "failed"):
            return
        file.state, file.sha256, file.size = "stored", sha256, size
        file.retry_at = file.error = None
        await recording_rows.stored(work, file)
        await writing.touch(work, ticket)

    async def file_failed(self, file_id: int, error: str, *, final: bool = False) -> None:
        """A file could not be fetched: tried again, later each time; given up after 8 tries.

        ``error="too_big"`` gives it up at once (act 627, clause 8). Raises NotFound
        ``ticket_file_unknown``.
        """
        async with self.site.reading() as session:
            tries = await session.scalar(
                select(TicketFile.attempts).where(TicketFile.id == file_id)
            )
        actor = Actor.system(f"file:{file_id}:try:{tries}", "telegram")
        await self._failed(actor, file_id, error, final=final)

    @use_case("ticket.file_failed", by=frozenset())
    async def _failed(self, work: Work, file_id: int, error: str, *, final: bool) -> None:
        file, ticket = await _lock(work, file_id)
        if file.state == "waiting":
            file.attempts += 1
            file.error = clean_text(error[:_ERROR_KEPT], "error", _ERROR_KEPT)
            if error == TOO_BIG:
                file.state = TOO_BIG
            elif final or file.attempts >= MAX_TRIES:
                file.state = "failed"
            else:
                file.retry_at = work.now + min(_FIRST_RETRY * 2 ** (file.attempts - 1), _MOST_RETRY)
            await writing.touch(work, ticket)
        work.record(
            ticket_subject(ticket.number), file=file_id, tries=file.attempts, state=file.state
        )
        if file.state in ("failed", TOO_BIG):
            file.retry_at = None
            await _tell_lost(work, ticket, file)

    async def undrafted(self, limit: int) -> list[Undrafted]:
        """Claim recordings of the last days without a draft, for five minutes.

        As with files, two who ask never get the same; ``retry_at`` is when one is tried again.
        """
        now = self.site.clock.now()
        since = now - timedelta(days=CALL_REGISTER_DAYS.value)
        async with self.site.sessions.begin() as session:
            rows = list(
                await session.execute(
                    select(TicketFile, Ticket.number)
                    .join(Recording, Recording.file_id == TicketFile.id)
                    .join(Ticket, Ticket.id == Recording.ticket_id)
                    .where(
                        Recording.state == "kept",
                        Recording.collected_at > since,
                        TicketFile.state == "stored",
                        TicketFile.transcript.is_(None),
                        or_(TicketFile.retry_at.is_(None), TicketFile.retry_at <= now),
                    )
                    .order_by(Recording.collected_at, Recording.id)
                    .limit(limit)
                    .with_for_update(of=TicketFile, skip_locked=True)
                )
            )
            await _put_off(session, [file.id for file, _ in rows], now + _LEASE)
            return [
                Undrafted(file.id, number, file.name, file.mime, file.sha256)
                for file, number in rows
            ]

    async def not_drafted(self, file_id: int) -> None:
        """Nothing could be written down: tried again when the recording is twice as old."""
        now = self.site.clock.now()
        async with self.site.sessions.begin() as session:
            made_at = await session.scalar(
                select(Recording.collected_at).where(Recording.file_id == file_id)
            )
            age = now - made_at if made_at is not None else _LEASE
            await _put_off(session, [file_id], now + max(age, _LEASE))

    async def machine_listens(self, file_id: int, service: str) -> None:
        """A recording goes to a service outside that writes down what is said: on record first.

        That is handing it over (act 366, clause 21.1). Raises NotFound ``ticket_file_unknown``,
        also when it has been destroyed meanwhile.
        """
        actor = Actor.system(f"file:{file_id}:{service}"[:200], "api")
        await self._machine_listens(actor, file_id, service)

    @use_case("recording.machine_listens", by=frozenset())
    async def _machine_listens(self, work: Work, file_id: int, service: str) -> None:
        file, ticket = await _lock(work, file_id)
        if file.state == "destroyed":
            raise NotFound("ticket_file_unknown")
        recording = await recording_rows.of_file(work.session, file.id)
        if recording is None:
            work.record(ticket_subject(ticket.number), file=file_id, service=service)
        else:
            recording_rows.step(work, recording.id, "transferred", service)
            work.record(recording_rows.recording_subject(recording.id), service=service)

    async def transcribed(self, file_id: int, text: str) -> None:
        """A machine's draft of what is said in a file; never instead of the recording."""
        actor = Actor.system(f"file:{file_id}:transcript", "api")
        await self._transcribed(actor, file_id, text)

    @use_case("ticket.transcribe", by=frozenset())
    async def _transcribed(self, work: Work, file_id: int, text: str) -> None:
        file, ticket = await _lock(work, file_id)
        draft = clean_text(text[:TEXT_LIMIT], "message", TEXT_LIMIT)
        work.record(ticket_subject(ticket.number), file=file_id, length=len(draft))
        if file.state != "destroyed" and draft:
            file.transcript = draft
            await writing.add_words(work.session, ticket.id, draft)
            await writing.touch(work, ticket)


async def _put_off(session: AsyncSession, ids: Sequence[int], until: datetime) -> None:
    await session.execute(
        update(TicketFile)
        .where(TicketFile.id.in_(ids))
        .values(retry_at=until)
        .execution_options(synchronize_session=False)
    )


async def _lock(work: Work, file_id: int) -> tuple[TicketFile, Ticket]:
    """The file and its ticket, held: the ticket first, as every act does."""
    number = await work.session.scalar(
        select(Ticket.number)
        .join(TicketMessage, TicketMessage.ticket_id == Ticket.id)
        .join(TicketFile, TicketFile.message_id == TicketMessage.id)
        .where(TicketFile.id == file_id)
    )
    if number is None:
        raise NotFound("ticket_file_unknown")
    ticket = await writing.lock_ticket(work, number)
    file = await work.session.get_one(
        TicketFile, file_id, with_for_update=True, populate_existing=True
    )
    return file, ticket


async def _tell_lost(work: Work, ticket: Ticket, file: TicketFile) -> None:
    """What could not be fetched is asked for again; the ticket itself goes on."""
    author = await work.session.scalar(
        select(TicketMessage.author).where(TicketMessage.id == file.message_id)
    )
    if author == "user":
        if file.state == TOO_BIG:
            clause = file_clause(ticket.regime)
            await writing.tell_user(
                work, ticket, "ticket.file_too_big", name=file.name, clause=clause
            )
        else:
            await writing.tell_user(work, ticket, "ticket.file_lost", name=file.name)
    people = await writing.keepers(work.session, ticket)
    await writing.tell_desk(work, people, "ticket.file_failed", ticket, quiet=True)

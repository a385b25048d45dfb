"""Tickets with recordings made as rows, a chat that copies are deleted from, and a crash."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, select

from domain.actor import Actor
from domain.audit import Draft
from domain.clock import ManualClock
from domain.files import Destroyed, FileStore
from domain.roles import Role
from domain.services import Services
from domain.support.model import (
    DeskPost,
    DestructionAct,
    DestructionItem,
    DisputeMark,
    Recording,
    RecordingStep,
    Ticket,
    TicketFile,
    TicketMessage,
)
from domain.support.recording_rows import collect
from domain.support.recording_views import Copy
from domain.support.recordings import Recordings
from domain.work import Site, Work
from tests.support.factories import again, make_person

_posts = itertools.count(1)


class Killed(BaseException):
    """The process dies here: no handler of ours sees it."""


@dataclass
class Killer:
    """Counts the steps beyond the database, and dies at one of them."""

    at: int = 0
    steps: int = 0

    def step(self) -> None:
        """One more step; the last one, where it was ordered."""
        self.steps += 1
        if self.steps == self.at:
            raise Killed


@dataclass
class MortalFiles:
    """A file store in which the process may die before and after each change."""

    store: FileStore
    killer: Killer
    dropped: list[str] = field(default_factory=list)

    async def put(self, content: bytes) -> str:
        """As the store."""
        return await self.store.put(content)

    async def get(self, sha256: str) -> bytes:
        """As the store."""
        return await self.store.get(sha256)

    async def has(self, sha256: str) -> bool:
        """As the store."""
        return await self.store.has(sha256)

    async def drop(self, sha256: str) -> None:
        """As the store, between two chances to die."""
        self.killer.step()
        await self.store.drop(sha256)
        self.dropped.append(sha256)
        self.killer.step()

    async def note_destroyed(self, gone: Sequence[Destroyed]) -> None:
        """As the store, between two chances to die."""
        self.killer.step()
        await self.store.note_destroyed(gone)
        self.killer.step()

    async def destroyed(self) -> Sequence[Destroyed]:
        """As the store."""
        return await self.store.destroyed()


@dataclass
class Chat:
    """Messages in chats; old ones Telegram does not let go."""

    killer: Killer = field(default_factory=Killer)
    deleted: set[Copy] = field(default_factory=set)
    refused: set[Copy] = field(default_factory=set)
    away: bool = False

    async def delete(self, copies: Sequence[Copy]) -> Mapping[Copy, str]:
        """As Telegram: what is gone already is gone."""
        if self.away:
            raise ConnectionError("Telegram is away")
        self.killer.step()
        self.deleted |= set(copies) - self.refused
        self.killer.step()
        return {copy: "message can't be deleted" for copy in copies if copy in self.refused}


@dataclass(frozen=True)
class Voice:
    """A recording that a test made."""

    id: int
    ticket: int
    sha256: str
    copies: tuple[Copy, ...]


class RecordingStage:
    """Recordings, their disputes and their destruction, in one line each."""

    def __init__(self, site: Site, clock: ManualClock, folder: Path | None = None) -> None:
        self.clock = clock
        self.folder = folder or Path()
        self.killer = Killer()
        self.files = MortalFiles(site.files, self.killer)
        self.site = replace(site, files=self.files)
        self.chat = Chat(self.killer)
        self.services = Services(self.site)

    @property
    def recordings(self) -> Recordings:
        """The use cases."""
        return self.services.recordings

    def restart(self, **changed: object) -> None:
        """The process comes back, perhaps with other settings."""
        self.killer.at = self.killer.steps = 0
        self.site = replace(self.site, **changed)  # type: ignore[arg-type]  # named by the test
        self.services = Services(self.site)

    async def voice(
        self,
        content: bytes = b"voice",
        *,
        person: Actor | None = None,
        ticket: int | None = None,
        copies: int = 1,
        transcript: str | None = None,
    ) -> Voice:
        """A voice message taken in now, in a ticket of its own unless told."""
        now = self.clock.now()
        sha256 = await self.site.files.put(content)
        async with self.site.sessions.begin() as session:
            row = await session.scalar(select(Ticket).where(Ticket.number == (ticket or 0)))
            if row is None:
                row = Ticket(
                    regime="366",
                    channel="voice",
                    person_id=person and person.person_id,
                    language="kk",
                    subject="",
                    state="open",
                    opened_at=now,
                    registered_at=now,
                    asked_at=now,
                    promised_at=now,
                    in_hours=False,
                )
                session.add(row)
                await session.flush()
            last = await session.scalar(
                select(TicketMessage.position)
                .where(TicketMessage.ticket_id == row.id)
                .order_by(TicketMessage.position.desc())
                .limit(1)
            )
            message = TicketMessage(
                ticket_id=row.id, position=(last or 0) + 1, author="user", at=now, text=""
            )
            session.add(message)
            await session.flush()
            places = tuple((-1001, next(_posts)) for _ in range(copies))
            for chat, post in places:
                session.add(DeskPost(message_id=message.id, chat_id=chat, post_id=post))
            file = TicketFile(
                message_id=message.id,
                position=1,
                kind="voice",
                name="",
                mime="audio/ogg",
                size=len(content),
                duration=65,
                telegram_file_id="AwACAgI",
                sha256=sha256,
                state="stored",
                transcript=transcript,
            )
            session.add(file)
            await session.flush()
            actor = person or Actor.system(f"voice:{file.id}")
            made = await collect(
                Work(session, now, actor, Draft(now, actor, "ticket.open")), row, file
            )
            assert made is not None
            await session.flush()
            await session.refresh(row)
            return Voice(made.id, row.number, sha256, places)

    async def mark(self, voice: Voice, ground: str = "Жалоба на ответ") -> None:
        """A dispute is marked, by whatever way it came."""
        async with self.site.sessions.begin() as session:
            ticket = await session.scalar(select(Ticket.id).where(Ticket.number == voice.ticket))
            session.add(DisputeMark(ticket_id=ticket, ground=ground, set_at=self.clock.now()))

    async def try_mark(self, voice: Voice, ground: str = "Жалоба на ответ") -> None:
        """An operator marks a dispute; refused when it comes too late."""
        operator = await make_person(self.site, role=Role.SUPPORT)
        await self.services.support.mark_dispute(again(operator), voice.ticket, ground)

    async def settle(self, voice: Voice) -> None:
        """Its dispute is finally settled."""
        lead = await make_person(self.site, role=Role.ADMIN)
        await self.services.support.settle_dispute(again(lead), voice.ticket, "Решение суда № 7")

    async def until(self, text: str) -> None:
        """Live to a moment in Astana; each destruction on the way is begun and finished.

        Of a long time only the last days are lived, as if nothing had run before them.
        """
        end = datetime.fromisoformat(f"{text.replace(' ', 'T')}+05:00")
        self.clock.set(max(self.clock.now(), end - timedelta(days=3)))
        await self.recordings.start()
        while (due := await self.services.deadlines.next_due()) is not None and due <= end:
            self.clock.set(max(due, self.clock.now()))
            while await self.services.deadlines.fire_due():
                pass
            await self.recordings.tend(self.chat)
        self.clock.set(end)

    async def begin(self) -> int:
        """Begin an act for what is over, and do nothing more."""
        due = await self.recordings._begin(self.cli())
        assert due
        return due

    def cli(self) -> Actor:
        """Somebody at the command line."""
        return Actor.system(f"cli:{next(_posts)}", source="cli")

    async def row(self, voice: Voice) -> tuple[Recording, TicketFile]:
        """The rows of a recording."""
        async with self.site.sessions() as session:
            found = await session.execute(
                select(Recording, TicketFile)
                .join(TicketFile, TicketFile.id == Recording.file_id)
                .where(Recording.id == voice.id)
            )
            recording, file = found.one()
            return recording, file

    async def state(self, voice: Voice) -> str:
        """kept | destroying | destroyed."""
        return (await self.row(voice))[0].state

    async def has(self, voice: Voice) -> bool:
        """Whether its bytes are in the store."""
        return await self.site.files.has(voice.sha256)

    async def acts(self) -> list[DestructionAct]:
        """Acts of destruction, oldest first."""
        async with self.site.sessions() as session:
            return list(await session.scalars(select(DestructionAct).order_by(DestructionAct.id)))

    async def whole(self) -> None:
        """Neither a file without an act nor an act without destruction: raises where one is."""
        async with self.site.sessions() as session:
            found = await session.execute(
                select(Recording, TicketFile, DestructionItem, DestructionAct)
                .join(TicketFile, TicketFile.id == Recording.file_id)
                .outerjoin(DestructionItem, DestructionItem.recording_id == Recording.id)
                .outerjoin(DestructionAct, DestructionAct.id == DestructionItem.act_id)
            )
            for recording, file, item, act in found:
                if recording.state == "kept":
                    assert await self.site.files.has(file.sha256)
                    continue
                assert recording.state == "destroyed"
                assert act.finished_at is not None
                assert item.state == "destroyed"
                assert (file.state, file.sha256, file.transcript) == ("destroyed", "", None)
                assert not await self.site.files.has(item.content_hash)

    async def lose_ledger(self) -> None:
        """The ledger is put back to a backup from before any destruction."""
        (self.folder / "destroyed.log").unlink()

    async def forget_destruction(self, voice: Voice) -> None:
        """The database is put back to a backup from before the destruction."""
        async with self.site.sessions.begin() as session:
            await session.execute(
                delete(RecordingStep).where(
                    RecordingStep.recording_id == voice.id, RecordingStep.step == "destroyed"
                )
            )
            row = await session.get_one(Recording, voice.id)
            row.state, row.act_id = "kept", None
            file = await session.get_one(TicketFile, row.file_id)
            file.state, file.sha256 = "stored", voice.sha256
            await session.execute(delete(DestructionItem))
            await session.flush()
            await session.execute(delete(DestructionAct))

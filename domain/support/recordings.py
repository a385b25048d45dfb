"""The use cases of recordings (act 366, clauses 20 and 21): heard, handed over, kept, destroyed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select

from domain.actor import Actor
from domain.base import Json, is_id
from domain.documents.destruction import render_act
from domain.errors import AccessDenied, Conflict, NotFound
from domain.files import FileInfo
from domain.law import ROLE_REGISTER_YEARS
from domain.roles import Role
from domain.support import own_data, recording_copies, recording_reading
from domain.support.asking import also_suspended
from domain.support.destruction import Destroying
from domain.support.model import (
    DestructionAct,
    Recording,
    RecordingStep,
    Ticket,
    TicketFile,
)
from domain.support.recording_rows import recording_subject
from domain.support.recording_views import (
    ActLine,
    ActView,
    DeletionAnswer,
    OwnRecording,
    Preview,
    RecordingView,
    StepView,
)
from domain.texts import NAME_LIMIT, REASON_LIMIT, required_text
from domain.work import Look, Work, query, use_case

#: Who may hear recordings and read about them.
LISTENERS = frozenset({Role.SUPPORT, Role.ADMIN, Role.AUTHORITY})


def _check_ears(actor: Actor) -> None:
    actor.check_role(LISTENERS)
    if actor.kind != "person":
        raise AccessDenied("not_a_person", "366-21.1")


class Recordings(Destroying):
    """Recordings of support. A recording is named by the id that its file bears in a ticket."""

    @query(by=LISTENERS)
    async def one(self, look: Look, recording: int) -> RecordingView:
        """A recording and until when it is kept; NotFound ``recording_unknown``."""
        return await recording_reading.one(look.session, recording, self.site.keep_recordings_days)

    @query(by=LISTENERS)
    async def of_ticket(self, look: Look, ticket: int) -> list[RecordingView]:
        """The recordings of a ticket, oldest first; NotFound ``ticket_unknown``."""
        return await recording_reading.of_ticket(
            look.session, ticket, self.site.keep_recordings_days
        )

    @query(by=LISTENERS)
    async def steps(self, look: Look, recording: int) -> list[StepView]:
        """Each step in the life of a recording, oldest first (act 366, clause 21.1).

        Raises NotFound ``recording_unknown``.
        """
        await recording_reading.one(look.session, recording, None)
        return await recording_reading.steps(look.session, recording)

    @use_case("recording.listened", by=LISTENERS)
    async def listened(self, work: Work, recording: int) -> None:
        """Put on record that the actor hears a recording (act 366, clause 21.1).

        Raises NotFound ``recording_unknown``, Conflict ``recording_destroyed`` with the number
        of the ``act``.
        """
        await self._step(work, recording, "listened", "")

    @use_case("recording.transferred", by=LISTENERS)
    async def transferred(self, work: Work, recording: int, to_whom: str, ground: str) -> None:
        """Put on record to whom a recording was handed over, and on what ground (21.1).

        Raises ``text_missing`` (``to_whom``, ``ground``) and what ``listened`` raises.
        """
        whom = required_text(to_whom, "to_whom", NAME_LIMIT, "366-21.1")
        why = required_text(ground, "ground", REASON_LIMIT, "366-21.1")
        await self._step(work, recording, "transferred", f"{whom}: {why}")

    async def content(self, actor: Actor, recording: int) -> tuple[FileInfo, bytes]:
        """What was said, to be heard: on record before it is given (act 366, clause 21.1).

        To operators, administrators and the authority only; a program has no ears. Raises
        AccessDenied ``not_a_person``, Conflict ``recording_not_stored``, and what ``listened``
        raises.
        """
        _check_ears(actor)
        found = await self._kept(recording)
        await self.listened(actor, recording)
        return found

    async def hand_over(
        self, actor: Actor, recording: int, to_whom: str, ground: str
    ) -> tuple[FileInfo, bytes]:
        """A recording to be given away: on record, to whom and why, before it is given (21.1).

        Raises what ``transferred`` and ``content`` raise.
        """
        _check_ears(actor)
        found = await self._kept(recording)
        await self.transferred(actor, recording, to_whom, ground)
        return found

    async def shown_in(self, recordings: Sequence[int], chat: int, post: int) -> None:
        """A message in a chat shows recordings or drafts of their words: it goes with them.

        From a private chat it is taken away within a day (``recording_copies``).
        """
        await recording_copies.note(self.site, recordings, (chat, post))

    async def _kept(self, recording: int) -> tuple[FileInfo, bytes]:
        async with self.site.reading() as session:
            found = await session.execute(
                select(TicketFile, DestructionAct.number)
                .join(Recording, Recording.file_id == TicketFile.id)
                .outerjoin(DestructionAct, DestructionAct.id == Recording.act_id)
                .where(Recording.id == (recording if is_id(recording) else 0))
            )
            row = found.one_or_none()
        if row is None:
            raise NotFound("recording_unknown")
        file, act = row
        if file.state == "destroyed":
            raise Conflict("recording_destroyed", "366-21.3", act=act)
        try:
            content = await self.site.files.get(file.sha256)
        except KeyError:
            raise Conflict("recording_not_stored") from None
        return FileInfo(file.name, file.mime, len(content), file.sha256), content

    async def _step(self, work: Work, recording: int, name: str, detail: str) -> None:
        found = await work.session.execute(
            select(Recording, TicketFile.state, DestructionAct.number)
            .join(TicketFile, TicketFile.id == Recording.file_id)
            .outerjoin(DestructionAct, DestructionAct.id == Recording.act_id)
            .where(Recording.id == (recording if is_id(recording) else 0))
            .with_for_update(of=Recording)
        )
        row = found.one_or_none()
        if row is None:
            raise NotFound("recording_unknown")
        kept, file_state, act = row
        if kept.state == "destroyed" or file_state == "destroyed":
            raise Conflict("recording_destroyed", "366-21.3", act=act)
        work.session.add(
            RecordingStep(
                recording_id=kept.id,
                step=name,
                at=work.now,
                person_id=work.actor.person_id,
                detail=detail,
            )
        )
        work.record(recording_subject(kept.id), **({"detail": detail} if detail else {}))

    @query(by=LISTENERS)
    async def preview(self, look: Look, month: date) -> Preview:
        """What goes in the month of a day, and what disputes keep from going.

        In the present month also what is over already and goes with the next run.
        """
        return await recording_reading.preview(
            look.session, month, look.now, self.site.keep_recordings_days
        )

    @query(by=LISTENERS)
    async def acts(self, look: Look, before: int | None = None, size: int = 20) -> list[ActLine]:
        """Acts of destruction with numbers below ``before``, newest first."""
        return await recording_reading.acts(look.session, before, size)

    @query(by=LISTENERS)
    async def act(self, look: Look, number: int) -> ActView:
        """An act of destruction; NotFound ``destruction_unknown``."""
        return await recording_reading.act(look.session, number)

    async def act_pdf(self, actor: Actor, number: int) -> bytes:
        """The act as a PDF in Kazakh and Russian, drawn from its rows (act 366, clause 21.3).

        Raises NotFound ``destruction_unknown``.
        """
        return render_act(await self.act(actor, number))

    # ---- a person and what is kept of them

    @query(by=None)
    async def mine(self, look: Look) -> list[OwnRecording]:
        """The recordings in the own requests of who asks, newest first; none of a guest's."""
        if look.actor.person_id is None:
            return []
        days = self.site.keep_recordings_days
        found = await recording_reading.of_person(look.session, look.actor.person_id, days)
        return [_own(each) for each in reversed(found)]

    @query(by=None)
    async def my_data(self, look: Look) -> Json:
        """All that support keeps of the person who asks, as plain values for JSON.

        Without internal notes, and without the names of operators. Raises AccessDenied
        ``not_a_person``.
        """
        if look.actor.person_id is None:
            raise AccessDenied("not_a_person")
        days = self.site.keep_recordings_days
        return await own_data.export(look.session, look.actor.person_id, look.now, days)

    @also_suspended
    @use_case("recording.ask_deletion", by=None)
    async def ask_deletion(self, work: Work) -> DeletionAnswer:
        """A person asks that what is kept of them be deleted: what the law lets is the answer.

        Nothing goes before its term. Raises AccessDenied ``not_a_person``.
        """
        person = work.actor.person_id
        if person is None:
            raise AccessDenied("not_a_person")
        kept = await recording_reading.of_person(
            work.session, person, self.site.keep_recordings_days
        )
        tickets = await work.session.scalar(select(func.count()).where(Ticket.person_id == person))
        living = [each for each in kept if each.state != "destroyed"]
        work.record(f"person:{person}", recordings=len(living))
        return DeletionAnswer(
            recordings=tuple(_own(each) for each in living),
            tickets=tickets or 0,
            account_kept=True,
            register_years=ROLE_REGISTER_YEARS.value,
        )


def _own(view: RecordingView) -> OwnRecording:
    return OwnRecording(
        view.id,
        view.ticket,
        view.collected_at,
        view.until,
        view.kind,
        view.duration,
        view.state,
        view.act,
    )

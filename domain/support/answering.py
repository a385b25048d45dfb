"""What operators say: answers, notes, requests for documents, follow-ups, the closing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import select

from domain.errors import Conflict, RuleBroken
from domain.support import clocks, reading, writing
from domain.support.clocks import ticket_subject
from domain.support.mail_rows import is_only_phone
from domain.support.model import Ticket, TicketFile, TicketMessage
from domain.support.reading import AS_DESK, OPERATORS
from domain.support.regimes import cited
from domain.support.texts import message_text
from domain.support.views import NewFile, Origin, TicketView
from domain.support.working import put_in_hand
from domain.work import Site, Work, use_case

RESULTS = (
    "answered",
    "called_back",
    "not_reached",
    "refused",
    "not_fault",
    "duplicate",
    "no_reply",
)


class Answering:
    """The desk answers; what is internal never reaches the user."""

    site: Site

    @use_case("ticket.answer", by=OPERATORS, recall=AS_DESK)
    async def answer(
        self,
        work: Work,
        number: int,
        text: str,
        files: Sequence[NewFile] = (),
        *,
        origin: Origin | None = None,
        seen: int | None = None,
    ) -> TicketView:
        """Answer the user (notice ``ticket.answered``); an untaken ticket is taken by it.

        ``seen``: the position of the last message that the operator has read. Raises
        ``message_empty``, ``support_file_too_big``, Conflict ``ticket_closed``,
        ``ticket_moved_on``, and ``no_way_to_answer`` for a caller with only a telephone.
        """
        said = message_text(text, files=len(files))
        ticket = await writing.lock_ticket(work, number)
        writing.check_files(files, ticket.regime)
        await writing.check_seen(work, ticket, seen)
        await _answer(work, ticket, said, files, origin=origin)
        work.record(ticket_subject(number), files=len(files), promised_at=ticket.promised_at)
        return await reading.view(work.session, number, work.now, desk=True)

    @use_case("ticket.note", by=OPERATORS, recall=AS_DESK)
    async def note(
        self,
        work: Work,
        number: int,
        text: str,
        files: Sequence[NewFile] = (),
        *,
        origin: Origin | None = None,
    ) -> TicketView:
        """Write to the other operators; never shown to the user."""
        said = message_text(text, files=len(files))
        ticket = await writing.lock_ticket(work, number)
        writing.check_files(files, ticket.regime)
        me = work.actor.person_id
        await writing.say(work, ticket, "note", said, files, origin=origin, person_id=me)
        work.record(ticket_subject(number), files=len(files))
        return await reading.view(work.session, number, work.now, desk=True)

    @use_case("ticket.ask_documents", by=OPERATORS, recall=AS_DESK)
    async def ask_documents(
        self,
        work: Work,
        number: int,
        text: str,
        *,
        origin: Origin | None = None,
        seen: int | None = None,
    ) -> TicketView:
        """Ask the user for what is missing (act 627, clause 18): the ticket waits for it.

        ``seen`` and refusals as in ``answer``.
        """
        said = message_text(text, files=0)
        ticket = await writing.lock_ticket(work, number)
        await writing.check_seen(work, ticket, seen)
        writing.check_not_closed(ticket)
        _check_reached(ticket)
        me = work.actor.person_id
        if ticket.assignee_id is None:
            await put_in_hand(work, ticket, me)
        message = await writing.say(
            work, ticket, "operator", said, kind="documents", origin=origin, person_id=me
        )
        ticket.state = "waiting"
        ticket.first_answer_at = ticket.first_answer_at or work.now
        await clocks.stop(work, ticket)
        work.record(ticket_subject(number))
        await writing.tell_user(
            work,
            ticket,
            "ticket.documents",
            message=message.id,
            text=said,
            clause=cited(ticket.regime, "627-18"),
        )
        return await reading.view(work.session, number, work.now, desk=True)

    @use_case("ticket.follow_up", by=OPERATORS, recall=AS_DESK)
    async def follow_up(
        self,
        work: Work,
        number: int,
        way: Literal["call", "written"],
        result: Literal["answered", "not_reached"],
        text: str,
        *,
        recording: NewFile | None = None,
        origin: Origin | None = None,
    ) -> TicketView:
        """Record how a voice request was followed up: called back, or answered in writing.

        An answer counts as one; the call's ``recording`` is kept (act 366, clause 20) and may
        stand for its words. Raises ``follow_up_unknown``, and those of ``answer``.
        """
        if way not in ("call", "written") or result not in ("answered", "not_reached"):
            raise RuleBroken("follow_up_unknown")
        if way == "written" and result == "not_reached":
            raise RuleBroken("follow_up_unknown")
        files = [recording] if recording else []
        ticket = await writing.lock_ticket(work, number)
        writing.check_files(files, ticket.regime)
        writing.check_not_closed(ticket)
        if way == "written":
            await _answer(work, ticket, message_text(text, files=0), files)
        elif result == "answered":
            said = message_text(text, files=len(files))
            await _answer(work, ticket, said, files, kind="called_back", origin=origin)
        else:
            await _not_reached(work, ticket, text, files)
        work.record(ticket_subject(number), way=way, result=result)
        return await reading.view(work.session, number, work.now, desk=True)

    @use_case("ticket.close", by=OPERATORS, recall=AS_DESK)
    async def close(
        self, work: Work, number: int, result: str, text: str = "", *, seen: int | None = None
    ) -> TicketView:
        """Close with a result, one of ``RESULTS``; it is the decision, too (act 627, clause 19).

        ``text`` goes to the user; ``seen`` as in ``answer``.

        Raises ``result_unknown``, Conflict ``ticket_closed``, ``close_unanswered`` for
        answered or refused without an answer and text, and ``no_way_to_answer`` where the text
        alone would have to tell it to a caller with only a telephone.
        """
        if result not in RESULTS:
            raise RuleBroken("result_unknown", None, known=", ".join(RESULTS))
        said = message_text(text, files=1)
        ticket = await writing.lock_ticket(work, number)
        await writing.check_seen(work, ticket, seen)
        writing.check_not_closed(ticket)
        unanswered = ticket.answered_at is None and not said
        if unanswered and result in ("answered", "called_back", "refused", "not_fault"):
            raise Conflict("close_unanswered", None, ticket=number)
        if ticket.answered_at is None and result in ("answered", "refused", "not_fault"):
            _check_reached(ticket)
        if ticket.assignee_id is None:
            await put_in_hand(work, ticket, work.actor.person_id)
        await close_ticket(work, ticket, result, said)
        await clocks.decided(work, ticket)
        work.record(ticket_subject(number), result=result)
        return await reading.view(work.session, number, work.now, desk=True)


def _check_reached(ticket: Ticket) -> None:
    """What is written must have somewhere to go; Conflict ``no_way_to_answer``.

    A caller with neither an account nor an e-mail address hears an answer by telephone alone.
    """
    if is_only_phone(ticket.channel, ticket.person_id, ticket.address):
        raise Conflict("no_way_to_answer", None, ticket=ticket.number)


async def _answer(
    work: Work,
    ticket: Ticket,
    said: str,
    files: Sequence[NewFile],
    *,
    kind: str = "",
    origin: Origin | None = None,
) -> None:
    writing.check_not_closed(ticket)
    if kind != "called_back":
        _check_reached(ticket)
    me = work.actor.person_id
    if ticket.assignee_id is None:
        await put_in_hand(work, ticket, me)
    message = await writing.say(
        work, ticket, "operator", said, files, kind=kind, origin=origin, person_id=me
    )
    ticket.state = "answered"
    ticket.first_answer_at = ticket.first_answer_at or work.now
    ticket.answered_at = work.now
    await clocks.stop(work, ticket)
    await _tell_answer(work, ticket, message, kind)


async def _tell_answer(work: Work, ticket: Ticket, message: TicketMessage, kind: str) -> None:
    """What was answered goes to the user; the recording of a call stays with the desk."""
    shown = {"message": message.id, "text": message.text}
    if kind == "called_back":
        await writing.tell_user(work, ticket, "ticket.called_back", **shown)
        return
    rows = await work.session.scalars(
        select(TicketFile).where(TicketFile.message_id == message.id).order_by(TicketFile.position)
    )
    files = [{"id": row.id, "kind": row.kind, "name": row.name} for row in rows]
    await writing.tell_user(work, ticket, "ticket.answered", **shown, files=files)


async def _not_reached(work: Work, ticket: Ticket, text: str, files: Sequence[NewFile]) -> None:
    """A call that reached nobody: the promise goes on, the user knows that we tried."""
    said = message_text(text, files=1)
    me = work.actor.person_id
    if said or files:
        await writing.say(work, ticket, "note", said, files, kind="not_reached", person_id=me)
    await writing.note_event(work, ticket, "not_reached")
    await writing.tell_user(work, ticket, "ticket.not_reached")


async def close_ticket(work: Work, ticket: Ticket, result: str, said: str) -> None:
    """Close a ticket that is held; its text is the last answer."""
    message = None
    if said:
        me = work.actor.person_id
        message = await writing.say(work, ticket, "operator", said, kind="closed", person_id=me)
        ticket.first_answer_at = ticket.first_answer_at or work.now
        ticket.answered_at = ticket.answered_at or work.now
    ticket.state, ticket.closed_at = "closed", work.now
    ticket.result, ticket.result_text = result, said
    await clocks.stop(work, ticket, closes=False)
    await writing.note_event(work, ticket, "closed", result=result)
    until = work.now + reading.REOPEN_WITHIN
    await writing.tell_user(
        work,
        ticket,
        "ticket.closed",
        result=result,
        text=said,
        message=message and message.id,
        reopen_until=until,
    )

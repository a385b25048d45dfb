"""What time brings about at the desk: the red mark, broken promises, closings.

A sweep never waits for somebody's act, and what an act has settled meanwhile is let go.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select

from domain.deadline_moves import Moved
from domain.deadlines import Deadline, close, write
from domain.firing import Deadlines
from domain.notices.model import Notice
from domain.people.queries import active_admins
from domain.support import clocks, escalating, shifts, writing
from domain.support.answering import close_ticket
from domain.support.clocks import ticket_subject
from domain.support.model import Ticket
from domain.support.reading import NOT_CLOSED, UNANSWERED
from domain.work import Work
from domain.working_time.model import calendar_for_setting

_TICKET = "ticket:"


def register(deadlines: Deadlines) -> None:
    """Name who answers for each kind of moment, and who is woken when nobody answers."""
    escalating.register()
    deadlines.on(clocks.PROMISE, promise_over)
    deadlines.on(clocks.RED, turn_red)
    deadlines.on(clocks.NUMBER, number_due)
    deadlines.on(clocks.DECIDE, decision_due)
    deadlines.on(clocks.CLOSES, closes)
    deadlines.on(shifts.MORNING, shifts.morning)


def number_of(subject: str) -> int:
    """The number of the ticket that a deadline is about."""
    return int(subject.removeprefix(_TICKET))


async def _unanswered(work: Work, deadline: Deadline) -> Ticket | None:
    """The ticket, held, while it still waits for an answer."""
    ticket = await writing.lock_ticket(work, number_of(deadline.subject))
    work.record(deadline.subject, state=ticket.state)
    return ticket if ticket.state in UNANSWERED else None


async def promise_over(work: Work, deadline: Deadline) -> None:
    """The promise is broken: operators and admins are told; the ticket stays on top."""
    ticket = await _unanswered(work, deadline)
    if ticket is None:
        return
    people = {*await writing.keepers(work.session, ticket), *await active_admins(work.session)}
    await writing.note_event(work, ticket, "promise_broken")
    await writing.tell_desk(work, people, "ticket.overdue", ticket, quiet=True)


async def turn_red(work: Work, deadline: Deadline) -> None:
    """Half an hour is left of the promise: operators on shift and admins see it red."""
    ticket = await _unanswered(work, deadline)
    if ticket is None:
        return
    people = {*await writing.keepers(work.session, ticket), *await active_admins(work.session)}
    people |= set(await writing.on_shift_ids(work.session))
    await writing.touch(work, ticket)
    await writing.tell_desk(work, people, "ticket.red", ticket, quiet=True)


async def number_due(work: Work, deadline: Deadline) -> None:
    """An hour after the registration: has the number reached the user (act 627, clause 17)?"""
    ticket = await writing.lock_ticket(work, number_of(deadline.subject))
    sent = False
    if ticket.person_id is not None:
        state = await work.session.scalar(
            select(Notice.state)
            .where(
                Notice.person_id == ticket.person_id,
                Notice.subject == deadline.subject,
                Notice.kind == "ticket.received",
            )
            .order_by(Notice.id)
            .limit(1)
        )
        sent = state == "sent"
    work.record(deadline.subject, sent=sent)
    if not sent:
        people = await writing.keepers(work.session, ticket)
        await writing.tell_desk(work, people, "ticket.number_unsent", ticket, quiet=True)


async def decision_due(work: Work, deadline: Deadline) -> None:
    """A working day after the report nothing is decided (act 627, clause 19).

    An answer on the way, or a request for documents, is no decision.
    """
    ticket = await writing.lock_ticket(work, number_of(deadline.subject))
    work.record(deadline.subject, state=ticket.state)
    if ticket.state not in NOT_CLOSED:
        return
    people = {*await writing.keepers(work.session, ticket), *await active_admins(work.session)}
    await writing.tell_desk(work, people, "ticket.undecided", ticket, quiet=True)


async def closes(work: Work, deadline: Deadline) -> None:
    """Nothing more was heard: an answered ticket, or one that waits for its user, is closed."""
    ticket = await writing.lock_ticket(work, number_of(deadline.subject))
    work.record(deadline.subject, state=ticket.state)
    if ticket.state in ("answered", "waiting"):
        result = "answered" if ticket.state == "answered" else "no_reply"
        await close_ticket(work, ticket, result, "")


async def hold_touched(work: Work, subjects: Sequence[str]) -> None:
    """Lock the tickets that a change of the calendar touches, as every act on one does first."""
    numbers = sorted({number_of(each) for each in subjects if each.startswith(_TICKET)})
    await work.session.execute(
        select(Ticket.id)
        .where(or_(Ticket.number.in_(numbers), Ticket.registered_at > work.now))
        .order_by(Ticket.id)
        .with_for_update(key_share=True)
    )


async def follow_calendar(work: Work, moved: Sequence[Moved]) -> None:
    """Tickets follow their promises when the calendar moves them, and the user is told again.

    What is still to be registered is registered by the calendar as it is now (627, clause 16).
    The desk's morning is set anew: tomorrow may have become a day off, or a working one.
    """
    ends = {number_of(each.subject): each for each in moved if each.kind == clocks.PROMISE}
    rows = await work.session.scalars(
        select(Ticket)
        .where(or_(Ticket.number.in_(ends), Ticket.registered_at > work.now))
        .order_by(Ticket.id)
        .with_for_update(key_share=True)
    )
    calendar = await calendar_for_setting(work.session)
    for ticket in rows:
        if ticket.registered_at > work.now:
            await clocks.register_anew(work, calendar, ticket)
        end = ends.get(ticket.number)
        if end is None:
            continue
        ticket.promised_at = end.new
        await close(work, ticket_subject(ticket.number), (clocks.RED,), "cancelled")
        await write(work.session, [clocks.red_row(ticket, work.now)])
        await writing.note_event(work, ticket, "promise_moved", old=end.old, new=end.new)
        await writing.tell_user(
            work,
            ticket,
            "ticket.promise_moved",
            old=end.old,
            due_at=end.new,
            clause=ticket.promise_clause,
        )
    await shifts.move_morning(work)

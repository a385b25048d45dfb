"""What operators do with a ticket beside answering: take, give, rank, merge, mark a dispute."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import case, func, select

from domain.clock import astana
from domain.errors import Conflict, NotFound, RuleBroken
from domain.people.model import Person
from domain.people.queries import tell_admins
from domain.roles import Role
from domain.support import clocks, reading, recording_reading, recording_rows, shifts, writing
from domain.support.clocks import ticket_subject
from domain.support.destruction_rows import check_may_hold
from domain.support.lateness import with_lateness
from domain.support.merging import MERGED_HERE, move_messages
from domain.support.model import (
    PRIORITIES,
    DisputeMark,
    Ticket,
)
from domain.support.operators import is_operator_still
from domain.support.reading import AS_DESK, LEADS, NOT_CLOSED, OPERATORS, UNANSWERED
from domain.support.texts import GROUND_LIMIT
from domain.support.views import QueueFilter, TicketPage, TicketView
from domain.texts import required_text
from domain.work import Look, Site, Work, query, use_case
from domain.working_time.model import calendar_for_reading

_MOST_SHOWN = 200
# Recordings that a notice names one by one.
_NAMED = 20


class Working:
    """The desk's side of a ticket."""

    site: Site

    @query(by=OPERATORS)
    async def queue(
        self, look: Look, wanted: QueueFilter | None = None, page: int = 0, size: int = 20
    ) -> TicketPage:
        """Tickets not closed, by the end of their promise, then urgency; the answered come last."""
        given = wanted or QueueFilter()
        # The index of the queue leaves closed tickets out by these very words.
        where = [Ticket.state != "closed", Ticket.state.in_(NOT_CLOSED)]
        if given.whose == "mine":
            where.append(Ticket.assignee_id == look.actor.person_id)
        elif given.whose == "nobodys":
            where.append(Ticket.assignee_id.is_(None))
        if given.unanswered or given.red:
            where.append(Ticket.state.in_(UNANSWERED))
        if given.red:
            where.append(Ticket.promised_at <= look.now + reading.RED_BEFORE)
        if given.channel is not None:
            where.append(Ticket.channel == given.channel)
        if given.regime is not None:
            where.append(Ticket.regime == given.regime)
        size = min(max(size, 1), _MOST_SHOWN)
        total = await look.session.scalar(select(func.count(Ticket.id)).where(*where)) or 0
        pages = max(1, -(-total // size))
        page = min(max(page, 0), pages - 1)
        answered = case((Ticket.state.in_(UNANSWERED), 0), else_=1)
        # The page first, then what its lines show: thousands wait, twenty are read.
        ids = list(
            await look.session.scalars(
                select(Ticket.id)
                .where(*where)
                .order_by(answered, Ticket.promised_at, reading.by_urgency(), Ticket.id)
                .limit(size)
                .offset(page * size)
            )
        )
        rows = await look.session.execute(reading.lines().where(Ticket.id.in_(ids)))
        shown = {row[0].id: reading.line(row, look.now) for row in rows}
        found = [shown[each] for each in ids if each in shown]
        late = await with_lateness(look.session, found, look.now)
        return TicketPage(late, page, pages, total)

    @use_case("ticket.take", by=OPERATORS, recall=AS_DESK)
    async def take(self, work: Work, number: int) -> TicketView:
        """Take a ticket in hand (act 366, clause 18).

        Raises Conflict ``ticket_taken`` (``name``), ``ticket_closed``.
        """
        ticket = await writing.lock_ticket(work, number)
        writing.check_not_closed(ticket)
        me = work.actor.person_id
        if ticket.assignee_id not in (None, me):
            other = await work.session.get_one(Person, ticket.assignee_id)
            raise Conflict("ticket_taken", None, ticket=number, name=other.name)
        await put_in_hand(work, ticket, me)
        work.record(ticket_subject(number), person=me)
        return await reading.view(work.session, number, work.now, desk=True)

    @use_case("ticket.release", by=OPERATORS, recall=AS_DESK)
    async def release(self, work: Work, number: int) -> TicketView:
        """Give a ticket back; Conflict ``ticket_not_taken``; of another only an admin may."""
        ticket = await writing.lock_ticket(work, number)
        writing.check_not_closed(ticket)
        mine = ticket.assignee_id == work.actor.person_id
        if ticket.assignee_id is None or not (mine or work.actor.role is Role.ADMIN):
            raise Conflict("ticket_not_taken", None, ticket=number)
        work.record(ticket_subject(number), person=ticket.assignee_id)
        ticket.assignee_id = ticket.taken_at = None
        if ticket.state == "working":
            ticket.state = "open"
        await writing.note_event(work, ticket, "released")
        return await reading.view(work.session, number, work.now, desk=True)

    @use_case("ticket.assign", by=OPERATORS, recall=AS_DESK)
    async def assign(self, work: Work, number: int, person_id: int | None = None) -> TicketView:
        """Give a ticket to an operator, who is told; None: by turn among those on shift.

        Raises NotFound ``operator_unknown``, Conflict ``nobody_on_shift``, ``ticket_closed``.
        """
        ticket = await writing.lock_ticket(work, number)
        writing.check_not_closed(ticket)
        if person_id is None:
            turns = await writing.on_shift_ids(work.session)
            if not turns:
                raise Conflict("nobody_on_shift")
            person_id = turns[0]
        await _check_operator(work, person_id)
        await put_in_hand(work, ticket, person_id)
        await shifts.given(work, [person_id])
        work.record(ticket_subject(number), person=person_id)
        if person_id != work.actor.person_id:
            await writing.tell_desk(work, [person_id], "ticket.assigned", ticket)
        return await reading.view(work.session, number, work.now, desk=True)

    @use_case("ticket.set_priority", by=OPERATORS, recall=AS_DESK)
    async def set_priority(
        self, work: Work, number: int, priority: Literal["low", "normal", "high"]
    ) -> TicketView:
        """Say how urgent a ticket is; raises ``priority_unknown``."""
        if priority not in PRIORITIES:
            raise RuleBroken("priority_unknown", None, known=", ".join(PRIORITIES))
        ticket = await writing.lock_ticket(work, number)
        writing.check_not_closed(ticket)
        work.record(ticket_subject(number), old=ticket.priority, new=priority)
        if ticket.priority != priority:
            ticket.priority = priority
            await writing.note_event(work, ticket, "priority", priority=priority)
        return await reading.view(work.session, number, work.now, desk=True)

    @use_case("ticket.merge", by=OPERATORS, recall=AS_DESK)
    async def merge(self, work: Work, number: int, into: int) -> TicketView:
        """Put what was said in one ticket into another of the same person; returns the other.

        The earlier promise holds. Raises Conflict ``merge_other_person``, ``merge_itself``,
        ``ticket_closed``, ``ticket_merged``.
        """
        if number == into:
            raise Conflict("merge_itself", None, ticket=number)
        held = {each: await writing.lock_ticket(work, each) for each in sorted((number, into))}
        ticket, target = held[number], held[into]
        writing.check_not_closed(ticket)
        writing.check_not_closed(target)
        if (ticket.person_id, ticket.address) != (target.person_id, target.address):
            raise Conflict("merge_other_person", None, ticket=number, into=into)
        came = await move_messages(work, ticket, target)
        waited = ticket.state in UNANSWERED
        asked_at = ticket.asked_at
        ticket.state, ticket.merged_into_id, ticket.closed_at = "merged", target.id, work.now
        ticket.result = "duplicate"
        await clocks.decide_since(work, target, ticket)
        await clocks.stop_all(work, [number], "cancelled")
        await writing.note_event(work, ticket, "merged", into=into)
        await writing.note_event(work, target, MERGED_HERE, number=number, **came)
        if waited and (target.state not in UNANSWERED or asked_at < target.asked_at):
            target.state = "working" if target.assignee_id else "open"
            await clocks.start(work, target, asked_at)
        work.record(ticket_subject(number), into=into)
        work.also("ticket.merged_here", ticket_subject(into), number=number)
        await writing.tell_user(work, ticket, "ticket.merged", into=into)
        return await reading.view(work.session, into, work.now, desk=True)

    @use_case("ticket.mark_dispute", by=OPERATORS, recall=AS_DESK)
    async def mark_dispute(self, work: Work, number: int, ground: str) -> TicketView:
        """Keep the recordings of a ticket until a dispute is settled (act 366, clause 21.2).

        Raises Conflict ``dispute_marked``, ``recording_destroyed``, ``text_missing``.
        """
        stated = required_text(ground, "ground", GROUND_LIMIT, "366-21.2")
        ticket = await writing.lock_ticket(work, number)
        if await _open_mark(work, ticket) is not None:
            raise Conflict("dispute_marked", "366-21.2", ticket=number)
        await check_may_hold(work.session, ticket.id)
        work.session.add(
            DisputeMark(
                ticket_id=ticket.id,
                ground=stated,
                set_at=work.now,
                set_by=work.actor.person_id,
            )
        )
        held = await recording_rows.held(work, ticket.id, stated)
        await writing.note_event(work, ticket, "dispute_marked", ground=stated)
        work.record(ticket_subject(number), recordings=held)
        return await reading.view(work.session, number, work.now, desk=True)

    @use_case("ticket.settle_dispute", by=LEADS, recall=AS_DESK)
    async def settle_dispute(self, work: Work, number: int, ground: str) -> TicketView:
        """A dispute is finally settled: the term of keeping resumes (act 366, clause 21.2).

        ``ground``: by which final decision. What is over its term is kept through the next
        working day, and the administrators are told what goes then. Raises Conflict
        ``dispute_not_marked``, ``text_missing``.
        """
        stated = required_text(ground, "ground", GROUND_LIMIT, "366-21.2")
        ticket = await writing.lock_ticket(work, number)
        mark = await _open_mark(work, ticket)
        if mark is None:
            raise Conflict("dispute_not_marked", "366-21.2", ticket=number)
        calendar = await calendar_for_reading(work.session)
        until = calendar.end_of(calendar.next_working_day(astana(work.now).date()))
        mark.settled_at, mark.settled_by = work.now, work.actor.person_id
        mark.settled_ground, mark.released_at = stated, until
        released = await recording_rows.released(work, ticket.id, stated)
        await writing.note_event(work, ticket, "dispute_settled", ground=stated)
        going = await recording_reading.over_by(
            work.session, released, until, self.site.keep_recordings_days
        )
        if going:
            await tell_admins(
                work,
                "recording.released",
                ticket_subject(number),
                number=number,
                ground=stated,
                until=until,
                recordings=[{"kind": kind, "at": at} for kind, at in going[:_NAMED]],
                count=len(going),
            )
        work.record(ticket_subject(number), recordings=len(released), ground=stated, until=until)
        return await reading.view(work.session, number, work.now, desk=True)


async def put_in_hand(work: Work, ticket: Ticket, person_id: int | None) -> None:
    """An operator has the ticket from now on."""
    if ticket.assignee_id == person_id:
        return
    ticket.assignee_id, ticket.taken_at = person_id, work.now
    if ticket.state == "open":
        ticket.state = "working"
    await writing.seen(work, person_id)
    name = await work.session.scalar(select(Person.name).where(Person.id == person_id))
    await writing.note_event(work, ticket, "taken", name=name or "")


async def _check_operator(work: Work, person_id: int) -> None:
    found = await work.session.scalar(
        select(Person.id).where(Person.id == person_id, is_operator_still())
    )
    if found is None:
        raise NotFound("operator_unknown")


async def _open_mark(work: Work, ticket: Ticket) -> DisputeMark | None:
    found = await work.session.scalars(
        select(DisputeMark).where(
            DisputeMark.ticket_id == ticket.id, DisputeMark.settled_at.is_(None)
        )
    )
    return found.one_or_none()

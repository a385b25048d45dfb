"""When word of a fault came, and by whom: not when an operator takes it down (366-25; 627-19)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, select

from domain.clock import as_utc
from domain.deadlines import Deadline, close
from domain.errors import AccessDenied, NotFound, RuleBroken
from domain.identifiers import parse_phone
from domain.incidents.model import Incident, IncidentReport
from domain.orders.queries import company_by_bin
from domain.people.model import Membership, Person
from domain.roles import Role
from domain.support.clocks import DECIDE, ticket_subject
from domain.support.model import Ticket, TicketMessage
from domain.support.promise import Channel, registered
from domain.support.regimes import regime_at
from domain.texts import NAME_LIMIT, required_text
from domain.work import Look, Work
from domain.working_time.model import calendar_for_reading

OPERATORS = frozenset({Role.SUPPORT, Role.ADMIN})


@dataclass(frozen=True)
class Arrival:
    """When the user told of a fault, and when the journal has that."""

    at: datetime
    registered_at: datetime


@dataclass(frozen=True)
class Reporter:
    """Who reports: a person with an account, or a caller by name and phone."""

    person_id: int | None = None
    company_id: int | None = None
    name: str = ""
    phone: str = ""


async def arrival_of(work: Work | Look, ticket: Ticket | None, found_at: datetime) -> Arrival:
    """When word of a fault found then came: with the first message of the ticket since.

    Lateness is judged by it, and the term of the decision runs from its registration. A fault
    of which no message can tell is reported in this very act; the request keeps the term of its
    decision all the same (627, clause 19).
    """
    if ticket is None:
        return Arrival(work.now, work.now)
    at = await work.session.scalar(
        select(TicketMessage.at)
        .where(
            TicketMessage.ticket_id == ticket.id,
            TicketMessage.author == "user",
            TicketMessage.at >= as_utc(found_at),
        )
        .order_by(TicketMessage.at)
        .limit(1)
    )
    if at is None:
        return Arrival(work.now, await _due_since(work, ticket) or work.now)
    if at == ticket.opened_at:
        return Arrival(at, ticket.registered_at)
    channel: Channel = ticket.channel  # type: ignore[assignment]  # one of these by ``open``
    calendar = await calendar_for_reading(work.session)
    return Arrival(at, registered(calendar, regime_at(ticket.regime, at), channel, at))


async def _due_since(work: Work | Look, ticket: Ticket) -> datetime | None:
    """From when the decision on a request is due, or overdue, if it is."""
    row = await work.session.scalar(
        select(Deadline)
        .where(Deadline.subject == ticket_subject(ticket.number), Deadline.kind == DECIDE)
        .order_by(Deadline.id.desc())
        .limit(1)
    )
    return row.started_at if row is not None and row.state in ("open", "fired") else None


async def reporter_of(
    work: Work,
    request: Ticket | None,
    for_person: int | None,
    company: str,
    name: str,
    phone: str,
) -> Reporter:
    """Who reports, and for which company: the actor, or whom an operator speaks for.

    An operator reports for somebody: the user of a ticket, a person, or a caller by name and
    phone (366, clause 26). Raises ``reporter_missing``, ``report_for_others``, NotFound
    ``person_unknown``, and those of ``parse_phone``.
    """
    actor = work.actor
    trusted = actor.kind != "person" or actor.role in OPERATORS
    if not trusted and (for_person is not None or name or phone):
        raise AccessDenied("report_for_others", "366-26")
    if for_person is not None:
        found = await _people(work, Person.id == for_person)
        if not found:
            raise NotFound("person_unknown", None, person=for_person)
        return found[0]
    if company and actor.kind == "integration":
        number = (await company_by_bin(work.session, company)).id
        return replace(_caller(name, phone), company_id=number)
    if request is not None and trusted:
        return Reporter(request.person_id, request.company_id)
    if name or phone:
        return await _by_phone(work, name, phone)
    if actor.kind == "person" and trusted:
        raise RuleBroken("reporter_missing", "366-26")
    mine = actor.kind == "person"
    return Reporter(actor.person_id, actor.company_id) if mine else Reporter()


async def _by_phone(work: Work, name: str, phone: str) -> Reporter:
    """The one person with this phone, else a caller without an account."""
    caller = _caller(name, phone)
    known = await _people(work, Person.phone == caller.phone)
    return known[0] if len(known) == 1 else caller


def _caller(name: str, phone: str) -> Reporter:
    if not name and not phone:
        return Reporter()
    number = parse_phone(phone)
    return Reporter(name=required_text(name, "name", NAME_LIMIT), phone=number)


async def _people(work: Work, which: ColumnElement[bool]) -> list[Reporter]:
    rows = await work.session.execute(
        select(Person.id, Membership.company_id)
        .outerjoin(Membership, Membership.id == Person.current_membership_id)
        .where(which)
        .limit(2)
    )
    return [Reporter(row.id, row.company_id) for row in rows]


async def tickets_decided(work: Work, incident: Incident) -> None:
    """The fault is confirmed or refuted: so are the requests about it (627, clause 19)."""
    numbers = await work.session.scalars(
        select(Ticket.number).where(
            (Ticket.incident_id == incident.id)
            | Ticket.id.in_(
                select(IncidentReport.ticket_id).where(
                    IncidentReport.incident_id == incident.id,
                    IncidentReport.ticket_id.is_not(None),
                )
            )
        )
    )
    subjects = [ticket_subject(number) for number in numbers]
    if subjects:
        await close(work, subjects, (DECIDE,))

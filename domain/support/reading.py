"""Reading tickets: lines of lists, whole tickets for operators and for whoever asked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from domain.actor import Actor
from domain.base import Json, is_id
from domain.errors import NotFound
from domain.incidents.model import Incident
from domain.law import TICKET_RED_MINUTES, TICKET_REOPEN_DAYS
from domain.orders.model import Order
from domain.people.model import Person
from domain.registry.model import Company
from domain.roles import Role
from domain.support.lateness import with_lateness
from domain.support.mail_rows import answer_address, mail_state
from domain.support.model import DisputeMark, Recording, Ticket, TicketFile, TicketMessage
from domain.support.views import FileView, MessageView, Origin, TicketLine, TicketView
from domain.work import Recall

OPERATORS = frozenset({Role.SUPPORT, Role.ADMIN})
LEADS = frozenset({Role.ADMIN})
#: Tickets that wait for an answer of support.
UNANSWERED = ("open", "working")
NOT_CLOSED = (*UNANSWERED, "waiting", "answered")
#: Files that hold what somebody said (act 366, clauses 20 and 21).
SPOKEN = ("voice", "video_note", "call")
RED_BEFORE = timedelta(minutes=TICKET_RED_MINUTES.value)
REOPEN_WITHIN = timedelta(days=TICKET_REOPEN_DAYS.value)

#: What the system says in a ticket that its user reads, too; the rest is for operators.
FOR_USER = frozenset(
    {"opened", "documents_asked", "closed", "reopened", "merged", "promise_moved", "rated"}
    | {"not_reached", "escalation_asked"}
)

_assignee = aliased(Person)
_target = aliased(Ticket)


def is_operator(actor: Actor) -> bool:
    """Whether the actor works at the desk."""
    return actor.role in OPERATORS and actor.kind == "person" and not actor.suspended


def may_act_as_user(actor: Actor, ticket: Ticket) -> bool:
    """Whether the ticket is the actor's own; platforms and the system act for its user."""
    if actor.kind in ("system", "integration"):
        return True
    return actor.person_id is not None and ticket.person_id == actor.person_id


def _files(*where: ColumnElement[bool]) -> ColumnElement[int]:
    return (
        select(func.count())
        .select_from(TicketFile)
        .join(TicketMessage, TicketMessage.id == TicketFile.message_id)
        .where(TicketMessage.ticket_id == Ticket.id, *where)
        .correlate(Ticket)
        .scalar_subquery()
    )


def lines() -> Select[*tuple[Any, ...]]:
    """The statement of ``line``."""
    return (
        select(
            Ticket,
            Person.name,
            Company.name_kk,
            Company.name_ru,
            Order.number,
            _assignee.name,
            _files(TicketFile.kind.in_(SPOKEN)),
            _files(TicketFile.state.in_(("waiting", "failed", "too_big"))),
        )
        .outerjoin(Person, Person.id == Ticket.person_id)
        .outerjoin(Company, Company.id == Ticket.company_id)
        .outerjoin(Order, Order.id == Ticket.order_id)
        .outerjoin(_assignee, _assignee.id == Ticket.assignee_id)
    )


def by_urgency() -> ColumnElement[int]:
    """Orders tickets due at one moment: the urgent first."""
    return case((Ticket.priority == "high", 0), (Ticket.priority == "normal", 1), else_=2)


def line(row: Sequence[Any], now: datetime) -> TicketLine:
    """A row of ``lines`` as a value."""
    ticket, name, kk, ru, order, assignee, voices, missing = row
    unanswered = ticket.state in UNANSWERED
    return TicketLine(
        number=ticket.number,
        regime=ticket.regime,
        channel=ticket.channel,
        subject=ticket.subject,
        state=ticket.state,
        priority=ticket.priority,
        language=ticket.language,
        revision=ticket.revision,
        name=name or ticket.name,
        person_id=ticket.person_id,
        company_kk=kk or "",
        company_ru=ru or "",
        order_number=order,
        opened_at=ticket.opened_at,
        promised_at=ticket.promised_at,
        red=unanswered and now >= ticket.promised_at - RED_BEFORE,
        overdue=unanswered and now >= ticket.promised_at,
        escalation=ticket.escalation,
        assignee_id=ticket.assignee_id,
        assignee=assignee or "",
        voices=voices,
        files_missing=missing,
    )


async def _file_views(session: AsyncSession, ticket_id: int) -> dict[int, list[FileView]]:
    rows = await session.execute(
        select(TicketFile, Recording.id)
        .join(TicketMessage, TicketMessage.id == TicketFile.message_id)
        .outerjoin(Recording, Recording.file_id == TicketFile.id)
        .where(TicketMessage.ticket_id == ticket_id)
        .order_by(TicketFile.message_id, TicketFile.position)
        .execution_options(populate_existing=True)
    )
    found: dict[int, list[FileView]] = {}
    for file, recording in rows:
        view = FileView(
            id=file.id,
            kind=file.kind,  # type: ignore[arg-type]  # the column holds one of these words
            name=file.name,
            mime=file.mime,
            size=file.size,
            duration=file.duration,
            state=file.state,
            sha256=file.sha256,
            telegram_file_id=file.telegram_file_id,
            attempts=file.attempts,
            error=file.error,
            transcript=file.transcript,
            recording=recording,
        )
        found.setdefault(file.message_id, []).append(view)
    return found


def _params(message: TicketMessage) -> Json:
    if message.author != "system":
        return {}
    given = json.loads(message.text or "{}")
    return given if isinstance(given, dict) else {}


async def _messages(
    session: AsyncSession, ticket: Ticket, *, desk: bool
) -> tuple[MessageView, ...]:
    rows = await session.execute(
        select(TicketMessage, Person.name)
        .outerjoin(Person, Person.id == TicketMessage.person_id)
        .where(TicketMessage.ticket_id == ticket.id)
        .order_by(TicketMessage.position)
        .execution_options(populate_existing=True)
    )
    files = await _file_views(session, ticket.id)
    return tuple(
        _message(message, name, _shown(files.get(message.id, ()), desk=desk), ticket, desk=desk)
        for message, name in rows
        if desk or _is_for_user(message)
    )


def _shown(files: Sequence[FileView], *, desk: bool) -> Sequence[FileView]:
    """The recording of a call is handed over only by a step of its own (act 366, 21.1)."""
    return [file for file in files if desk or file.kind != "call"]


def _is_for_user(message: TicketMessage) -> bool:
    if message.author == "system":
        return message.kind in FOR_USER
    return message.author in ("user", "operator")


def _message(
    row: TicketMessage, name: str | None, files: Sequence[FileView], ticket: Ticket, *, desk: bool
) -> MessageView:
    named = desk or row.author == "user"
    said = name or (ticket.name if row.author == "user" else "")
    placed = row.chat_id is not None and row.message_id is not None
    return MessageView(
        id=row.id,
        position=row.position,
        author=row.author,  # type: ignore[arg-type]  # the column holds one of these words
        name=said if named else "",
        person_id=row.person_id if named else None,
        at=row.at,
        text="" if row.author == "system" else row.text,
        kind=row.kind,
        params=_params(row),
        edited_at=row.edited_at,
        origin=Origin(row.chat_id or 0, row.message_id or 0) if placed and desk else None,
        files=tuple(files),
    )


async def view(session: AsyncSession, number: int, now: datetime, *, desk: bool) -> TicketView:
    """A whole ticket, changes of the transaction included; NotFound ``ticket_unknown``."""
    await session.flush()
    if not is_id(number):
        raise NotFound("ticket_unknown", None, ticket=number)
    dispute = (
        select(DisputeMark.ground)
        .where(DisputeMark.ticket_id == Ticket.id, DisputeMark.settled_at.is_(None))
        .order_by(DisputeMark.id.desc())
        .limit(1)
        .correlate(Ticket)
        .scalar_subquery()
    )
    found = await session.execute(
        lines()
        .add_columns(_target.number, Incident.number, dispute)
        .add_columns(Person.phone, Person.unreachable_since)
        .outerjoin(_target, _target.id == Ticket.merged_into_id)
        .outerjoin(Incident, Incident.id == Ticket.incident_id)
        .where(Ticket.number == number)
        .execution_options(populate_existing=True)
    )
    row = found.one_or_none()
    if row is None:
        raise NotFound("ticket_unknown", None, ticket=number)
    ticket: Ticket = row[0]
    merged, incident, disputed, phone, away = row[8:]
    called = ticket.address if ticket.channel == "phone" else ""
    shown = line(row[:8], now)
    if desk:
        [shown] = await with_lateness(session, [shown], now)
    return TicketView(
        line=shown,
        role=ticket.role,
        address=await answer_address(session, ticket) if desk else "",
        mail=await mail_state(session, ticket) if desk else None,
        registered_at=ticket.registered_at,
        promise_clause=ticket.promise_clause,
        open_at_once=ticket.in_hours,
        taken_at=ticket.taken_at,
        first_answer_at=ticket.first_answer_at,
        answered_at=ticket.answered_at,
        closed_at=ticket.closed_at,
        result=ticket.result,
        result_text=ticket.result_text,
        merged_into=merged,
        incident=incident,
        rating=ticket.rating,
        rating_text=ticket.rating_text,
        reopen_until=ticket.closed_at + REOPEN_WITHIN if ticket.closed_at else None,
        disputed=disputed if desk else None,
        messages=await _messages(session, ticket, desk=desk),
        phone=(phone or called) if desk else "",
        away=desk and away is not None,
    )


def _number(given: TicketView) -> int:
    return given.number


async def _recall_user(session: AsyncSession, number: int, now: datetime) -> TicketView:
    return await view(session, number, now, desk=False)


async def _recall_desk(session: AsyncSession, number: int, now: datetime) -> TicketView:
    return await view(session, number, now, desk=True)


# What people said is for the ticket's own rows, not for the record that nothing leaves.
AS_USER = Recall(_number, _recall_user)
AS_DESK = Recall(_number, _recall_desk)

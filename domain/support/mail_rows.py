"""Mail of the desk as rows: what waits to go out, and the letters that tickets were asked by.

A row is written in the transaction of the act that it tells of, as a notice is; its text is made
when it is sent. ``domain.support.outbox`` claims and settles the rows.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Instant, Json, Key, Ref, plain
from domain.support.model import Ticket
from domain.work import Work

#: What is told by a letter; of an operator's words only what was meant for the user.
MAILED = frozenset(
    {
        "ticket.received",
        "ticket.reopened",
        "ticket.answered",
        "ticket.refuted",
        "ticket.documents",
        "ticket.called_back",
        "ticket.not_reached",
        "ticket.closed",
        "ticket.merged",
        "ticket.promise_moved",
        "ticket.file_too_big",
    }
)
#: Nobody writes these: they say so, and there is a limit to how many an address gets.
AUTOMATIC = frozenset(
    {"ticket.received", "ticket.merged", "ticket.promise_moved", "ticket.file_too_big"}
)
#: Automatic letters to one address in an hour: two machines that answer each other stop here.
MOST_AUTOMATIC = 10
AUTOMATIC_WITHIN = timedelta(hours=1)
#: Longer ones are not kept: nothing but a chain of letters depends on them.
ID_LIMIT = 250
#: The sign by which a subject names a ticket.
IN_SUBJECT = re.compile(r"\[#([0-9]{1,15})\]")
_ID = re.compile(r"<[!-;=?-~]{1,248}>")
_TOKEN = re.compile(r"ticket\.[0-9]{1,15}\.[0-9a-f]{20}")
_CAUSE_KEPT = 150
# A letter of a long thread refers to many; the newest stand last.
_REFERENCES_READ = 50


class OutgoingMail(Base):
    """A letter of the desk to whoever asked by e-mail."""

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        Index(
            "ix_outgoing_mail_queue", "not_before", postgresql_where="state IN ('queued','sending')"
        ),
        Index("ix_outgoing_mail_address", "address", "created_at", postgresql_where="automatic"),
    )

    id: Mapped[Key]
    ticket_id: Mapped[Ref] = mapped_column(ForeignKey("ticket.id"), index=True)
    # The operator's message, whose files go along.
    message_id: Mapped[Ref | None] = mapped_column(ForeignKey("ticket_message.id"))
    # As of the notice that says the same in the chat.
    kind: Mapped[str] = mapped_column(String(64))
    params: Mapped[Json]
    address: Mapped[str] = mapped_column(String(254))
    automatic: Mapped[bool]
    # The left side of its Message-ID: the same however often it is sent.
    token: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[Instant]
    # queued -> sending -> sent | failed (refused for good) | bounced (came back later)
    # dropped: one automatic letter too many, or the asker wants none
    state: Mapped[str] = mapped_column(String(16))
    not_before: Mapped[Instant]
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[Instant | None]
    sent_at: Mapped[Instant | None]
    # Operators were told that it waits.
    delay_told_at: Mapped[Instant | None]
    error: Mapped[str | None]


class IncomingMail(Base):
    """A letter that was taken into a ticket: what our answer is an answer to."""

    __tablename__ = "incoming_mail"
    __table_args__ = (UniqueConstraint("ticket_id", "message_id"),)

    id: Mapped[Key]
    ticket_id: Mapped[Ref] = mapped_column(ForeignKey("ticket.id"))
    # The Message-ID of its sender, with its angle brackets; empty where it has none.
    message_id: Mapped[str] = mapped_column(String(ID_LIMIT))
    taken_at: Mapped[Instant]
    # Where it wants its answer: its Reply-To, else its sender.
    answer_to: Mapped[str] = mapped_column(String(254), default="", server_default="")


@dataclass(frozen=True)
class MailState:
    """What became of the newest letter to whoever asked: waiting | sent | failed | bounced."""

    state: str
    at: datetime
    address: str
    error: str


def mail_cause(message_id: str, *parts: str) -> str:
    """The cause of an act that a letter brought: its Message-ID, or its content without one."""
    known = message_id.strip() or hashlib.sha256("".join(parts).encode()).hexdigest()
    if len(known) > _CAUSE_KEPT:
        known = hashlib.sha256(known.encode()).hexdigest()
    return f"mail:{known}"


def tokens_in(text: str) -> list[str]:
    """The names of letters of ours that a text speaks of, each once."""
    return list(dict.fromkeys(_TOKEN.findall(text)))


def is_mail(address: str) -> bool:
    """Whether an address of a ticket is one of e-mail, not a phone."""
    return "@" in address


def is_only_phone(channel: str, person_id: int | None, address: str) -> bool:
    """Whether whoever called can be reached by a call alone: no chat, no e-mail."""
    return channel == "phone" and person_id is None and not is_mail(address)


async def came(work: Work, ticket: Ticket, message_id: str, answer_to: str) -> None:
    """A letter with this Message-ID was taken into the ticket, to be answered at an address."""
    known = message_id.strip()
    values = {
        "ticket_id": ticket.id,
        "message_id": known if _ID.fullmatch(known) else "",
        "taken_at": work.now,
        "answer_to": answer_to,
    }
    again = ("taken_at", "answer_to")
    await work.session.execute(
        insert(IncomingMail)
        .values(values)
        .on_conflict_do_update(
            index_elements=["ticket_id", "message_id"], set_={name: values[name] for name in again}
        )
    )


async def answer_address(session: AsyncSession, ticket: Ticket) -> str:
    """Where the answer goes: as the newest letter says, else to whoever asked; maybe a phone."""
    if not is_mail(ticket.address):
        return ticket.address
    newest = await session.scalar(
        select(IncomingMail.answer_to)
        .where(IncomingMail.ticket_id == ticket.id)
        .order_by(IncomingMail.taken_at.desc(), IncomingMail.id.desc())
        .limit(1)
    )
    return newest or ticket.address


async def is_answered_at(session: AsyncSession, ticket: Ticket, address: str) -> bool:
    """Whether a letter in the ticket has named this address for its answer."""
    found = await session.scalar(
        select(IncomingMail.id)
        .where(IncomingMail.ticket_id == ticket.id, IncomingMail.answer_to == address)
        .limit(1)
    )
    return found is not None


async def is_answer_to_ours(
    session: AsyncSession, ticket: Ticket, references: Sequence[str]
) -> bool:
    """Whether a letter refers to one of ours about the ticket, whose name only its reader knows."""
    tokens = tokens_in(" ".join(references[-_REFERENCES_READ:]))
    found = await session.scalar(
        select(OutgoingMail.id)
        .where(OutgoingMail.ticket_id == ticket.id, OutgoingMail.token.in_(tokens))
        .limit(1)
    )
    return found is not None


async def mail_state(session: AsyncSession, ticket: Ticket) -> MailState | None:
    """What became of the newest letter that was to go out."""
    if not is_mail(ticket.address):
        return None
    row = await session.scalar(
        select(OutgoingMail)
        .where(OutgoingMail.ticket_id == ticket.id, OutgoingMail.state != "dropped")
        .order_by(OutgoingMail.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    if row is None:
        return None
    state = "waiting" if row.state in ("queued", "sending") else row.state
    return MailState(state, row.sent_at or row.created_at, row.address, row.error or "")


async def post(work: Work, ticket: Ticket, kind: str, params: Json) -> None:
    """Write a letter to whoever asked by e-mail; nothing for a ticket that has no such address."""
    if kind not in MAILED or not is_mail(ticket.address):
        return
    automatic = kind in AUTOMATIC or work.from_sweep
    address = await answer_address(work.session, ticket)
    held = automatic and await _too_many(work, address)
    named = hashlib.sha256(f"{work.cause}|{kind}|{ticket.number}".encode()).hexdigest()[:20]
    message = params.get("message")
    await work.session.execute(
        insert(OutgoingMail)
        .values(
            ticket_id=ticket.id,
            message_id=message if isinstance(message, int) else None,
            kind=kind,
            params=plain({"ticket": ticket.number, "subject": ticket.subject, **params}),
            address=address,
            automatic=automatic,
            token=f"ticket.{ticket.number}.{named}",
            created_at=work.now,
            not_before=work.now,
            state="dropped" if held else "queued",
            attempts=0,
            error="too_many" if held else None,
        )
        .on_conflict_do_nothing()
    )


async def keep_silent(work: Work, ticket: Ticket) -> None:
    """The asker wants no automatic answer: what this act has written so is not sent."""
    await work.session.execute(
        update(OutgoingMail)
        .where(
            OutgoingMail.ticket_id == ticket.id,
            OutgoingMail.automatic,
            OutgoingMail.created_at == work.now,
            OutgoingMail.state == "queued",
        )
        .values(state="dropped", error="unwanted")
    )


async def _too_many(work: Work, address: str) -> bool:
    count = await work.session.scalar(
        select(func.count()).where(
            OutgoingMail.address == address,
            OutgoingMail.automatic,
            OutgoingMail.created_at > work.now - AUTOMATIC_WITHIN,
            OutgoingMail.state != "dropped",
        )
    )
    return (count or 0) >= MOST_AUTOMATIC

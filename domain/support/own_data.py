"""What support keeps of a person, as plain values: what the person may have in their hands."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.base import Json, plain
from domain.channels.model import ContactAddress
from domain.people.model import Consent, Person, RoleChange
from domain.support import recording_reading
from domain.support.model import Mute, Ticket, TicketFile, TicketMessage

# What operators say among themselves is no answer to anybody.
_READ_BY_USER = ("user", "operator")


async def export(session: AsyncSession, person_id: int, now: datetime, days: int | None) -> Json:
    """Person, consents, roles, tickets with messages, recordings with their steps, mutes."""
    person = await session.get_one(Person, person_id)
    consents = await session.scalars(
        select(Consent).where(Consent.person_id == person_id).order_by(Consent.id)
    )
    changes = await session.scalars(
        select(RoleChange).where(RoleChange.person_id == person_id).order_by(RoleChange.id)
    )
    return plain(
        {
            "made_at": now,
            "person": {
                "name": person.name,
                "telegram_id": person.telegram_id,
                "phone": person.phone,
                "email": person.email,
                "language": person.language,
                "since": person.created_at,
            },
            "addresses": [
                {
                    "channel": each.channel,
                    "address": each.address,
                    "unconfirmed": each.wanted,
                    "confirmed_at": each.verified_at,
                }
                for each in await session.scalars(
                    select(ContactAddress)
                    .where(ContactAddress.person_id == person_id, ContactAddress.state != "removed")
                    .order_by(ContactAddress.id)
                )
            ],
            "consents": [
                {"kind": each.kind, "version": each.version, "at": each.at} for each in consents
            ],
            "roles": [
                {"role": each.role, "change": each.change, "ground": each.ground, "at": each.at}
                for each in changes
            ],
            "tickets": await _tickets(session, person_id),
            "recordings": await _recordings(session, person_id, days),
            "mutes": [
                {"reason": each.reason, "since": each.since, "until": each.until}
                for each in await session.scalars(
                    select(Mute).where(Mute.person_id == person_id).order_by(Mute.id)
                )
            ],
        }
    )


async def _tickets(session: AsyncSession, person_id: int) -> list[dict[str, object]]:
    tickets = await session.scalars(
        select(Ticket).where(Ticket.person_id == person_id).order_by(Ticket.id)
    )
    messages = await session.scalars(
        select(TicketMessage)
        .join(Ticket, Ticket.id == TicketMessage.ticket_id)
        .where(Ticket.person_id == person_id, TicketMessage.author.in_(_READ_BY_USER))
        .order_by(TicketMessage.ticket_id, TicketMessage.position)
    )
    files = await session.scalars(
        select(TicketFile)
        .join(TicketMessage, TicketMessage.id == TicketFile.message_id)
        .join(Ticket, Ticket.id == TicketMessage.ticket_id)
        .where(Ticket.person_id == person_id, TicketMessage.author.in_(_READ_BY_USER))
        .order_by(TicketFile.message_id, TicketFile.position)
    )
    by_message: dict[int, list[dict[str, object]]] = defaultdict(list)
    for file in files:
        by_message[file.message_id].append(
            {
                "kind": file.kind,
                "name": file.name,
                "mime": file.mime,
                "size": file.size,
                "duration": file.duration,
                "sha256": file.sha256,
                "state": file.state,
                "transcript": file.transcript,
            }
        )
    by_ticket: dict[int, list[dict[str, object]]] = defaultdict(list)
    for message in messages:
        by_ticket[message.ticket_id].append(
            {
                "at": message.at,
                "author": message.author,
                "text": message.text,
                "files": by_message[message.id],
            }
        )
    return [
        {
            "number": ticket.number,
            "channel": ticket.channel,
            "subject": ticket.subject,
            "state": ticket.state,
            "opened_at": ticket.opened_at,
            "promised_at": ticket.promised_at,
            "answered_at": ticket.answered_at,
            "closed_at": ticket.closed_at,
            "result": ticket.result,
            "address": ticket.address,
            "rating": ticket.rating,
            "rating_text": ticket.rating_text,
            "messages": by_ticket[ticket.id],
        }
        for ticket in tickets
    ]


async def _recordings(
    session: AsyncSession, person_id: int, days: int | None
) -> list[dict[str, object]]:
    found = []
    for each in await recording_reading.of_person(session, person_id, days):
        steps = await recording_reading.steps(session, each.id)
        found.append(
            {
                "ticket": each.ticket,
                "kind": each.kind,
                "collected_at": each.collected_at,
                "kept_until": each.until,
                "under_dispute": each.dispute is not None,
                "state": each.state,
                "act_of_destruction": each.act,
                # Operators are not named to users; whoever was handed it is.
                "steps": [
                    {
                        "step": step.step,
                        "at": step.at,
                        "to": step.detail if step.step == "transferred" else "",
                    }
                    for step in steps
                ],
            }
        )
    return found

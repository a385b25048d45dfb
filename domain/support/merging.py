"""What was said in one ticket goes into another, and its topic shows all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update

from domain.base import Json
from domain.support import recording_rows, writing
from domain.support.model import DeskPost, DeskTopic, Ticket, TicketMessage
from domain.support.views import MessageView
from domain.work import Work

MERGED_HERE = "merged_here"


@dataclass(frozen=True)
class Came:
    """Messages that came from another ticket: their positions, and the last number that stood in
    the group then. What shows them here has a greater one."""

    first: int
    last: int
    chat_id: int
    after: int


async def move_messages(work: Work, ticket: Ticket, target: Ticket) -> Json:
    """Put what people said in one ticket behind what stands in the other; events stay.

    Returns what the event in the other one keeps: see ``came_from``.
    """
    await recording_rows.moved(work, ticket.id, target.id)
    await work.session.flush()
    own = TicketMessage.ticket_id == ticket.id, TicketMessage.author != "system"
    last = await work.session.scalar(
        select(func.max(TicketMessage.position)).where(TicketMessage.ticket_id == target.id)
    )
    behind = last or 0
    first, until = (
        await work.session.execute(
            select(func.min(TicketMessage.position), func.max(TicketMessage.position)).where(*own)
        )
    ).one()
    stood = await _stood(work, ticket, target)
    came: Json = {"first": behind + (first or 0), "last": behind + (until or 0), **stood}
    await work.session.execute(
        update(TicketMessage)
        .where(*own)
        .values(ticket_id=target.id, position=TicketMessage.position + behind)
        .execution_options(synchronize_session=False)
    )
    await writing.reindex(work.session, target.id)
    return came


async def _stood(work: Work, ticket: Ticket, target: Ticket) -> Json:
    """The group of the other topic, and the last number in it of what is to be moved."""
    chat_id = await work.session.scalar(
        select(DeskTopic.chat_id).where(DeskTopic.ticket_id == target.id)
    )
    if chat_id is None:
        return {}
    moved = select(TicketMessage.id).where(TicketMessage.ticket_id == ticket.id)
    posted = await work.session.scalar(
        select(func.max(DeskPost.post_id)).where(
            DeskPost.chat_id == chat_id, DeskPost.message_id.in_(moved)
        )
    )
    written = await work.session.scalar(
        select(func.max(TicketMessage.message_id)).where(
            TicketMessage.ticket_id == ticket.id, TicketMessage.chat_id == chat_id
        )
    )
    return {"chat": chat_id, "after": max(posted or 0, written or 0)}


def came_from(messages: Sequence[MessageView]) -> list[Came]:
    """The parts of a ticket that came from others, by the events that tell of it."""
    found = []
    for message in messages:
        if message.author != "system" or message.kind != MERGED_HERE:
            continue
        values = [message.params.get(name) for name in ("first", "last", "chat", "after")]
        numbers = [each for each in values if isinstance(each, int)]
        if len(numbers) == len(values):
            found.append(Came(*numbers))
    return found


def stood_before(came: Sequence[Came], chat_id: int, message: MessageView) -> int:
    """The number in a group up to which nothing shows this message in its topic of now."""
    of_it = [
        each.after
        for each in came
        if each.chat_id == chat_id and each.first <= message.position <= each.last
    ]
    return max(of_it, default=0)

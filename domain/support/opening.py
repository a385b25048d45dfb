"""How tickets begin and go on, whatever way a request comes: shared by chat, e-mail and phone."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from domain.base import is_id
from domain.errors import NotFound
from domain.orders.model import Order
from domain.people.model import Person
from domain.people.queries import may_act_for as may_act
from domain.roles import COMPANY_ROLES
from domain.support import clocks, reading, writing
from domain.support.clocks import ticket_subject
from domain.support.model import Ticket
from domain.support.promise import Channel, Promise
from domain.support.reading import UNANSWERED
from domain.support.shifts import ensure_morning
from domain.support.views import NewFile, Origin, TicketView
from domain.work import Work

_DEFAULT_LANGUAGE = "ru"


async def order_id(work: Work, number: int | None) -> int | None:
    """The order by its number; NotFound ``order_unknown``, also for a draft of others."""
    if number is None:
        return None
    row = None
    if is_id(number):
        found = await work.session.execute(
            select(Order.id, Order.customer_id, Order.state).where(Order.number == number)
        )
        row = found.one_or_none()
    if row is None or (row.state == "draft" and not await _of_customer(work, row.customer_id)):
        raise NotFound("order_unknown", None, number=number)
    found_id: int = row.id
    return found_id


async def _of_customer(work: Work, company_id: int) -> bool:
    for role in COMPANY_ROLES:
        if await may_act(work.session, work.actor, company_id, role):
            return True
    return reading.is_operator(work.actor)


async def make_ticket(
    work: Work,
    person: Person | None,
    channel: Channel,
    regime: str,
    *,
    subject: str,
    order_number: int | None = None,
    company_id: int | None = None,
    name: str = "",
    address: str = "",
    language: str = "",
) -> Ticket:
    """A new row of a ticket, with its number; its terms begin with ``clocks.start``."""
    made = await clocks.promised(work, regime, channel, work.now)
    actor = work.actor
    ticket = Ticket(
        regime=regime,
        channel=channel,
        person_id=person and person.id,
        company_id=company_id or actor.company_id,
        address=address,
        name=name or (person.name if person else actor.label),
        role=actor.role.value if actor.role and actor.person_id else "",
        language=language or (person.language if person else _DEFAULT_LANGUAGE),
        subject=subject,
        order_id=await order_id(work, order_number),
        state="open",
        revision=0,
        opened_at=work.now,
        registered_at=made.registered_at,
        asked_at=work.now,
        promised_at=made.due_at,
        in_hours=made.open,
    )
    work.session.add(ticket)
    await work.session.flush()
    await work.session.refresh(ticket, ["number"])
    await writing.add_words(work.session, ticket.id, ticket.subject, ticket.name, ticket.address)
    await ensure_morning(work)
    return ticket


def promise_params(made: Promise) -> dict[str, object]:
    """A promise as a notice tells it."""
    return {"open": made.open, "due_at": made.due_at, "clause": made.clause}


async def confirm(work: Work, ticket: Ticket, made: Promise) -> None:
    """The automatic confirmation: number and promise (act 366, clause 19; 627, clause 17)."""
    await writing.note_event(work, ticket, "opened", channel=ticket.channel, **promise_params(made))
    await writing.tell_user(
        work,
        ticket,
        "ticket.received",
        channel=ticket.channel,
        **promise_params(made),
    )
    await writing.tell_new(work, ticket, made.open)


async def opened(
    work: Work, ticket: Ticket, said: str, files: Sequence[NewFile], origin: Origin | None
) -> TicketView:
    await writing.say(
        work, ticket, "user", said, files, origin=origin, person_id=work.actor.person_id
    )
    made = await clocks.start(work, ticket, work.now, first=True)
    await confirm(work, ticket, made)
    work.record(
        ticket_subject(ticket.number),
        channel=ticket.channel,
        regime=ticket.regime,
        files=len(files),
        promised_at=ticket.promised_at,
    )
    return await reading.view(work.session, ticket.number, work.now, desk=False)


async def own_ticket(work: Work, number: int) -> Ticket:
    """The actor's own ticket, held, or the one it goes on in.

    Raises NotFound ``ticket_unknown``, also for a ticket of somebody else.
    """
    ticket = await writing.lock_ticket(work, number)
    if not reading.may_act_as_user(work.actor, ticket):
        raise NotFound("ticket_unknown", None, ticket=number)
    if ticket.state == "merged" and ticket.merged_into_id is not None:
        target = await work.session.get_one(Ticket, ticket.merged_into_id)
        return await own_ticket(work, target.number)
    return ticket


async def ask_again(work: Work, ticket: Ticket) -> Promise:
    """A request that waits for an answer from now on, with a promise of its own."""
    ticket.state = "working" if ticket.assignee_id else "open"
    ticket.answered_at = None
    return await clocks.start(work, ticket, work.now)


async def go_on(
    work: Work,
    ticket: Ticket,
    said: str,
    files: Sequence[NewFile],
    origin: Origin | None = None,
    *,
    more: bool = False,
) -> TicketView:
    """The user's next message in a ticket that is held; ``more``: it belongs to the one before."""
    writing.check_not_closed(ticket)
    kind, me = writing.MORE if more else "", work.actor.person_id
    await writing.say(work, ticket, "user", said, files, kind=kind, origin=origin, person_id=me)
    if ticket.state not in UNANSWERED:
        made = await ask_again(work, ticket)
        await writing.tell_user(
            work,
            ticket,
            "ticket.received",
            channel=ticket.channel,
            again=True,
            **promise_params(made),
        )
    await writing.tell_wrote(work, ticket)
    work.record(ticket_subject(ticket.number), files=len(files), promised_at=ticket.promised_at)
    return await reading.view(work.session, ticket.number, work.now, desk=False)

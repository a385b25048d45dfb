"""What whoever needs help does: open a ticket, go on in it, object, rate, call the lead."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from functools import wraps
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

from sqlalchemy import func, select

from domain.actor import Actor
from domain.errors import Conflict, NotFound, RuleBroken
from domain.notices import Lane
from domain.orders.model import Order
from domain.people.looks import lock_person
from domain.people.model import Person
from domain.people.queries import active_admins
from domain.people.queries import may_act_for as may_act
from domain.registry.model import Company
from domain.roles import COMPANY_ROLES
from domain.support import clocks, reading, writing
from domain.support.clocks import ticket_subject
from domain.support.model import Ticket, TicketMessage
from domain.support.promise import Channel, Promise, promise
from domain.support.reading import AS_USER, NOT_CLOSED, UNANSWERED
from domain.support.regimes import regime_at
from domain.support.shifts import ensure_morning
from domain.support.texts import SUBJECT_LIMIT, WORD_LIMIT, message_text, subject_of
from domain.support.views import Author, NewFile, Origin, TicketPage, TicketView
from domain.texts import clean_text
from domain.work import Look, Site, Work, query, use_case
from domain.working_time.model import calendar_for_reading

PAGE = 10
_DEFAULT_LANGUAGE = "ru"
_MOST_RATING = 5

P = ParamSpec("P")
R = TypeVar("R")
Call = Callable[Concatenate[Any, Actor, P], Coroutine[Any, Any, R]]


def also_suspended(call: Call[P, R]) -> Call[P, R]:
    """A suspended account may still ask for help: word of the suspension says to write here."""

    @wraps(call)
    async def asked(self: Any, actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return await call(self, replace(actor, suspended=False), *args, **kwargs)

    return asked


class Asking:
    """The side of users; each act in one transaction."""

    site: Site

    @query(by=None)
    async def promise(
        self, look: Look, channel: Channel = "chat", regime: str | None = None
    ) -> Promise:
        """What somebody who asks now is promised; the installation's regime unless told.

        Raises ``regime_unknown``, ``channel_unknown``.
        """
        found = regime_at(regime or self.site.regime, look.now)
        return promise(await calendar_for_reading(look.session), found, channel, look.now)

    @also_suspended
    @use_case("ticket.open", by=None, recall=AS_USER)
    async def open(
        self,
        work: Work,
        channel: Channel,
        text: str,
        files: Sequence[NewFile] = (),
        *,
        regime: str | None = None,
        order_number: int | None = None,
        subject: str = "",
        origin: Origin | None = None,
        bin: str = "",  # noqa: A002 - the registry's own word
    ) -> TicketView:
        """Open a ticket; number and promise go to the person as notice ``ticket.received``.

        ``bin``: for which company an integration asks. Raises ``message_empty``,
        ``support_file_too_big`` (627-8), ``support_muted``, ``support_flood``,
        ``regime_unknown``, ``channel_unknown``, NotFound ``order_unknown`` and
        ``company_unknown``, ``text_too_long``, ``too_many_files``.
        """
        person = await _asker(work)
        said = await _checked(work, text, files)
        ticket = await make_ticket(
            work,
            person,
            channel,
            regime or self.site.regime,
            subject=clean_text(subject, "subject", SUBJECT_LIMIT) or subject_of(said),
            order_number=order_number,
            company_id=await _company(work, bin),
        )
        return await _opened(work, ticket, said, files, origin)

    @also_suspended
    @use_case("ticket.add", by=None, recall=AS_USER)
    async def add(
        self,
        work: Work,
        number: int,
        text: str,
        files: Sequence[NewFile] = (),
        *,
        origin: Origin | None = None,
    ) -> TicketView:
        """Go on in an own ticket; in an answered or waiting one a new promise begins.

        A merged ticket goes on in the one it was merged into. Raises NotFound
        ``ticket_unknown``, Conflict ``ticket_closed``, and those of ``open``.
        """
        await _asker(work)
        said = await _checked(work, text, files)
        ticket = await own_ticket(work, number)
        return await go_on(work, ticket, said, files, origin)

    @also_suspended
    @use_case("ticket.write", by=None, recall=AS_USER)
    async def write(
        self,
        work: Work,
        channel: Channel,
        text: str,
        files: Sequence[NewFile] = (),
        *,
        origin: Origin | None = None,
    ) -> TicketView:
        """Go on in the person's newest ticket that is not closed, or open one."""
        person = await _asker(work)
        said = await _checked(work, text, files)
        number = None
        if person is not None:
            number = await work.session.scalar(
                select(Ticket.number)
                .where(Ticket.person_id == person.id, Ticket.state.in_(NOT_CLOSED))
                .order_by(Ticket.id.desc())
                .limit(1)
            )
        if number is not None:
            ticket = await writing.lock_ticket(work, number)
            if ticket.state in NOT_CLOSED:
                return await go_on(work, ticket, said, files, origin)
        ticket = await make_ticket(
            work, person, channel, self.site.regime, subject=subject_of(said)
        )
        return await _opened(work, ticket, said, files, origin)

    @query(by=None)
    async def mine(self, look: Look, page: int = 0) -> TicketPage:
        """The actor's own tickets, newest first."""
        own = Ticket.person_id == look.actor.person_id
        total = await look.session.scalar(select(func.count()).where(own)) or 0
        pages = max(1, -(-total // PAGE))
        page = min(max(page, 0), pages - 1)
        rows = await look.session.execute(
            reading.lines().where(own).order_by(Ticket.id.desc()).limit(PAGE).offset(page * PAGE)
        )
        return TicketPage([reading.line(row, look.now) for row in rows], page, pages, total)

    @query(by=None)
    async def ticket(self, look: Look, number: int) -> TicketView:
        """A ticket: whole to operators, without notes to the one whose it is.

        Raises NotFound ``ticket_unknown``, also for a ticket of somebody else.
        """
        desk = reading.is_operator(look.actor)
        found = await reading.view(look.session, number, look.now, desk=desk)
        trusted = look.actor.kind in ("system", "integration")
        if desk or trusted or _is_own(look.actor, found):
            return found
        raise NotFound("ticket_unknown", None, ticket=number)

    @also_suspended
    @use_case("ticket.reopen", by=None, recall=AS_USER)
    async def reopen(self, work: Work, number: int, text: str = "") -> TicketView:
        """Object to an answer or a closing, within 10 days of it; by its user or an operator.

        Raises Conflict ``ticket_open``, ``reopen_late``, ``ticket_merged``.
        """
        desk = reading.is_operator(work.actor)
        ticket = await (writing.lock_ticket if desk else own_ticket)(work, number)
        if ticket.state == "merged":
            raise Conflict("ticket_merged", None, ticket=number)
        if ticket.state not in ("answered", "closed"):
            raise Conflict("ticket_open", None, ticket=number)
        if ticket.closed_at is not None and work.now >= ticket.closed_at + reading.REOPEN_WITHIN:
            until = ticket.closed_at + reading.REOPEN_WITHIN
            raise Conflict("reopen_late", None, ticket=number, until=until)
        said = message_text(text, files=1)
        ticket.closed_at = ticket.result = None
        ticket.result_text = ""
        author: Literal["user", "operator"] = "user"
        if not reading.may_act_as_user(work.actor, ticket):
            author = "operator"
        await writing.note_event(work, ticket, "reopened", by=author)
        if said:
            # What an operator adds here is the reason, for the other operators.
            person_id = work.actor.person_id
            whose: Author = "user" if author == "user" else "note"
            await writing.say(work, ticket, whose, said, person_id=person_id)
        made = await _ask_again(work, ticket)
        work.record(ticket_subject(number), by=author, promised_at=made.due_at)
        await writing.tell_user(
            work, ticket, "ticket.reopened", lane=Lane.STATUTORY, **promise_params(made)
        )
        return await reading.view(work.session, number, work.now, desk=False)

    @also_suspended
    @use_case("ticket.rate", by=None, recall=AS_USER)
    async def rate(self, work: Work, number: int, rating: int, word: str = "") -> TicketView:
        """Say how good the answer was, 1 to 5; may be said again.

        Raises ``rating_range``, Conflict ``ticket_unanswered``.
        """
        if not 1 <= rating <= _MOST_RATING:
            raise RuleBroken("rating_range", None, minimum=1, maximum=_MOST_RATING)
        said = clean_text(word, "message", WORD_LIMIT)
        ticket = await own_ticket(work, number)
        if ticket.state not in ("answered", "closed"):
            raise Conflict("ticket_unanswered", None, ticket=number)
        ticket.rating, ticket.rating_text, ticket.rated_at = rating, said, work.now
        await writing.note_event(work, ticket, "rated", rating=rating, word=said)
        work.record(ticket_subject(number), rating=rating)
        return await reading.view(work.session, number, work.now, desk=False)

    @also_suspended
    @use_case("ticket.ask_escalation", by=None, recall=AS_USER)
    async def ask_escalation(self, work: Work, number: int) -> TicketView:
        """Call the lead to a ticket; Conflict ``escalation_asked`` within an hour of the last."""
        ticket = await own_ticket(work, number)
        writing.check_not_closed(ticket)
        since = work.now - writing.ASK_AGAIN
        asked = await work.session.scalar(
            select(TicketMessage.id)
            .where(
                TicketMessage.ticket_id == ticket.id,
                TicketMessage.kind == "escalation_asked",
                TicketMessage.at > since,
            )
            .limit(1)
        )
        if asked is not None:
            raise Conflict("escalation_asked", None, ticket=number)
        ticket.escalation = max(ticket.escalation, 1)
        await writing.note_event(work, ticket, "escalation_asked")
        work.record(ticket_subject(number), escalation=ticket.escalation)
        leads = {*await active_admins(work.session), *await writing.keepers(work.session, ticket)}
        await writing.tell_desk(work, leads, "ticket.escalation_asked", ticket)
        return await reading.view(work.session, number, work.now, desk=False)


def _is_own(actor: Actor, found: TicketView) -> bool:
    return actor.person_id is not None and found.line.person_id == actor.person_id


async def _asker(work: Work) -> Person | None:
    """The person who asks, held: two messages at once do not open two tickets."""
    if work.actor.person_id is None:
        return None
    return await lock_person(work.session, work.actor.person_id)


async def _checked(work: Work, text: str, files: Sequence[NewFile]) -> str:
    writing.check_files(files)
    said = message_text(text, files=len(files))
    await writing.check_may_write(work, work.actor.person_id)
    return said


async def _company(work: Work, number: str) -> int | None:
    """The company asked for: of the actor, or the one an integration names."""
    if not number:
        return work.actor.company_id
    found = await work.session.scalar(select(Company.id).where(Company.bin == number))
    if found is None:
        raise NotFound("company_unknown", "344-7", bin=number)
    work.actor.check_acts_for(found)
    return found


async def _order_id(work: Work, number: int | None) -> int | None:
    if number is None:
        return None
    row = (
        await work.session.execute(
            select(Order.id, Order.customer_id, Order.state).where(Order.number == number)
        )
    ).one_or_none()
    if row is None or (row.state == "draft" and not await _of_customer(work, row.customer_id)):
        raise NotFound("order_unknown", None, number=number)
    found: int = row.id
    return found


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
        order_id=await _order_id(work, order_number),
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
        lane=Lane.STATUTORY,
        channel=ticket.channel,
        **promise_params(made),
    )
    await writing.tell_new(work, ticket, made.open)


async def _opened(
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


async def _ask_again(work: Work, ticket: Ticket) -> Promise:
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
) -> TicketView:
    """The user's next message in a ticket that is held."""
    writing.check_not_closed(ticket)
    await writing.say(
        work, ticket, "user", said, files, origin=origin, person_id=work.actor.person_id
    )
    if ticket.state not in UNANSWERED:
        made = await _ask_again(work, ticket)
        await writing.tell_user(
            work,
            ticket,
            "ticket.received",
            lane=Lane.STATUTORY,
            channel=ticket.channel,
            again=True,
            **promise_params(made),
        )
    await writing.tell_wrote(work, ticket)
    work.record(ticket_subject(ticket.number), files=len(files), promised_at=ticket.promised_at)
    return await reading.view(work.session, ticket.number, work.now, desk=False)

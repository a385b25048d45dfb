"""What whoever needs help does: open a ticket, go on in it, object, rate, call the lead."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from functools import wraps
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

from sqlalchemy import and_, false, func, not_, select

from domain.actor import Actor
from domain.errors import Conflict, NotFound, RuleBroken
from domain.identifiers import parse_email, parse_phone
from domain.people.queries import active_admins
from domain.registry.model import Company
from domain.support import clocks, reading, writing
from domain.support.clocks import ticket_subject
from domain.support.mail_rows import is_mail
from domain.support.model import Ticket, TicketMessage
from domain.support.opening import (
    ask_again,
    go_on,
    make_ticket,
    opened,
    order_id,
    own_ticket,
    promise_params,
)
from domain.support.promise import Channel, Promise, promise
from domain.support.reading import AS_USER, NOT_CLOSED
from domain.support.regimes import regime_at
from domain.support.texts import SUBJECT_LIMIT, WORD_LIMIT, message_text, subject_of
from domain.support.views import Author, NewFile, Origin, TicketPage, TicketView
from domain.texts import NAME_LIMIT, clean_text
from domain.work import Look, Site, Work, query, use_case
from domain.working_time.model import calendar_for_reading

PAGE = 10
_MOST_RATING = 5
# As long as the column that holds an e-mail address or a phone.
_ADDRESS_LIMIT = 254

# Its answer was rated, and nothing was asked since.
_RATED = and_(
    Ticket.state == "answered", func.coalesce(Ticket.rated_at >= Ticket.answered_at, false())
)

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
        name: str = "",
        address: str = "",
        language: Literal["kk", "ru"] | None = None,
    ) -> TicketView:
        """Open a ticket; number and promise go to the person as notice ``ticket.received``.

        ``bin``: for which company an integration asks; ``name``, ``address`` (e-mail or phone)
        and ``language``: who asked it, where they have no account here. Raises ``message_empty``,
        ``support_file_too_big`` (627-8), ``support_muted``, ``support_flood``,
        ``regime_unknown``, ``channel_unknown``, NotFound ``order_unknown`` and
        ``company_unknown``, ``text_too_long``, ``too_many_files``, and those of ``parse_email``
        and ``parse_phone``.
        """
        person = await writing.hold_person(work, work.actor.person_id)
        said = await _checked(work, text, files, regime or self.site.regime)
        trusted = work.actor.kind == "integration"
        ticket = await make_ticket(
            work,
            person,
            channel,
            regime or self.site.regime,
            subject=clean_text(subject, "subject", SUBJECT_LIMIT) or subject_of(said),
            order_number=order_number,
            company_id=await _company(work, bin),
            name=clean_text(name, "name", NAME_LIMIT) if trusted else "",
            address=_reached_at(address) if trusted else "",
            language=language or "" if trusted else "",
        )
        return await opened(work, ticket, said, files, origin)

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
        more: bool = False,
    ) -> TicketView:
        """Go on in an own ticket; in an answered or waiting one a new promise begins.

        ``more``: it belongs to the message before, as the next picture of an album. A merged
        ticket goes on in the one it was merged into. Raises NotFound ``ticket_unknown``,
        Conflict ``ticket_closed``, and those of ``open``.
        """
        await writing.hold_person(work, work.actor.person_id)
        said = await _checked(work, text, files, self.site.regime, more=more)
        ticket = await own_ticket(work, number)
        return await go_on(work, ticket, said, files, origin, more=more)

    @also_suspended
    @use_case("ticket.write", by=None, recall=AS_USER)
    async def write(
        self,
        work: Work,
        channel: Channel,
        text: str,
        files: Sequence[NewFile] = (),
        *,
        order_number: int | None = None,
        origin: Origin | None = None,
        more: bool = False,
    ) -> TicketView:
        """Go on in the person's newest ticket that is not closed, or open one; see ``add``.

        With an order: the newest on that order. A ticket whose answer was rated is over: what
        comes next is another question. Raises NotFound ``order_unknown``.
        """
        person = await writing.hold_person(work, work.actor.person_id)
        said = await _checked(work, text, files, self.site.regime, more=more)
        number = None
        if person is not None:
            mine = [Ticket.person_id == person.id, Ticket.state.in_(NOT_CLOSED), not_(_RATED)]
            if order_number is not None:
                mine.append(Ticket.order_id == await order_id(work, order_number))
            number = await work.session.scalar(
                select(Ticket.number).where(*mine).order_by(Ticket.id.desc()).limit(1)
            )
        if number is not None:
            ticket = await writing.lock_ticket(work, number)
            if ticket.state in NOT_CLOSED:
                return await go_on(work, ticket, said, files, origin, more=more)
        ticket = await make_ticket(
            work,
            person,
            channel,
            self.site.regime,
            subject=subject_of(said),
            order_number=order_number,
        )
        return await opened(work, ticket, said, files, origin)

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
        if not desk:
            await writing.hold_person(work, work.actor.person_id)
            await writing.check_may_write(work, work.actor.person_id)
        ticket = await (writing.lock_ticket if desk else own_ticket)(work, number)
        if ticket.state == "merged":
            raise Conflict("ticket_merged", None, ticket=number)
        if ticket.state not in ("answered", "closed"):
            raise Conflict("ticket_open", None, ticket=number)
        if ticket.closed_at is not None and work.now >= ticket.closed_at + reading.REOPEN_WITHIN:
            until = ticket.closed_at + reading.REOPEN_WITHIN
            raise Conflict("reopen_late", None, ticket=number, until=until)
        said = message_text(text, files=1)
        if ticket.state == "closed" and ticket.incident_id is None:
            await clocks.decide_again(work, ticket)
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
        made = await ask_again(work, ticket)
        work.record(ticket_subject(number), by=author, promised_at=made.due_at)
        await writing.tell_user(work, ticket, "ticket.reopened", **promise_params(made))
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


def _reached_at(address: str) -> str:
    """An e-mail address as letters from it are known by, or a phone as all phones are kept."""
    bare = clean_text(address, "address", _ADDRESS_LIMIT)
    if not bare:
        return ""
    return parse_email(bare).lower() if is_mail(bare) else parse_phone(bare)


async def _checked(
    work: Work, text: str, files: Sequence[NewFile], regime: str, *, more: bool = False
) -> str:
    writing.check_files(files, regime)
    said = message_text(text, files=len(files))
    await writing.check_may_write(work, work.actor.person_id, counted=not more)
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

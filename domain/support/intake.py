"""Requests that do not come from a chat: e-mail and phone (act 366, clauses 19.3, 19.4, 20, 26)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.clock import as_utc
from domain.deadlines import close
from domain.errors import NotFound, RuleBroken
from domain.files import MAX_FILE_BYTES
from domain.identifiers import parse_email, parse_phone
from domain.law import CALL_REGISTER_DAYS
from domain.people.model import Person
from domain.support import clocks, reading, writing
from domain.support.clocks import ticket_subject
from domain.support.mail_rows import (
    IN_SUBJECT,
    came,
    is_answer_to_ours,
    is_answered_at,
    keep_silent,
    mail_cause,
)
from domain.support.model import Ticket
from domain.support.opening import confirm, go_on, make_ticket
from domain.support.reading import AS_DESK, OPERATORS
from domain.support.regimes import file_clause
from domain.support.texts import (
    SUBJECT_LIMIT,
    TEXT_LIMIT,
    escaped,
    language_of,
    message_text,
    subject_of,
)
from domain.support.views import EmailTaken, NewFile, TicketView
from domain.texts import NAME_LIMIT, clean_text, required_text
from domain.work import Recall, Site, Work, use_case

_IN_REFERENCE = re.compile(r"<ticket\.([0-9]{1,15})\.")
_PREFIXES = re.compile(r"^(?:\s*(?:re|fwd?)\s*:)+\s*", re.IGNORECASE)
_NO_TEXT = "…"


def _email_number(taken: EmailTaken) -> int:
    # A sign tells on record whether the e-mail opened its ticket.
    return taken.number if taken.new else -taken.number


async def _email_again(session: AsyncSession, number: int, now: datetime) -> EmailTaken:
    view = await reading.view(session, abs(number), now, desk=True)
    return EmailTaken(view, number > 0)


_AS_EMAIL = Recall(_email_number, _email_again)


class Intake:
    """E-mail and phone calls become tickets like any other."""

    site: Site

    async def email_in(
        self,
        address: str,
        name: str,
        subject: str,
        text: str,
        files: Sequence[NewFile] = (),
        *,
        message_id: str,
        references: Sequence[str] = (),
        answer_to: str = "",
        at: datetime | None = None,
        quiet: bool = False,
    ) -> EmailTaken:
        """Take an e-mail in (act 366, clauses 19.3 and 19.4; act 627, clause 16).

        ``text`` is plain. It goes on in the ticket that the subject names as ``[#12]``, or a
        reference as ``<ticket.12.…>``, if that is of the same address (or one that was given
        there for the answer) and not closed; else it opens one. Files over the limit are noted,
        not kept. The same ``message_id`` again answers what it did first. ``answer_to``: the
        address it wants its answer at, where that is another: heeded of whoever has no account in
        the letter that opens a ticket, later in answers to letters of ours. ``quiet``: its
        sender wants no automatic answer. Raises those of ``parse_email``, ``support_flood`` and
        ``support_muted``.
        """
        cause = mail_cause(message_id, address, subject, text)
        actor = Actor(kind="system", source="api", cause=cause, label="e-mail", at=at)
        return await self._email(
            actor,
            parse_email(address).lower(),
            name,
            subject,
            text,
            files,
            references,
            message_id=message_id,
            answer_to=parse_email(answer_to).lower() if answer_to else "",
            quiet=quiet,
        )

    @use_case("ticket.email", by=frozenset(), recall=_AS_EMAIL)
    async def _email(
        self,
        work: Work,
        address: str,
        name: str,
        subject: str,
        text: str,
        files: Sequence[NewFile],
        references: Sequence[str],
        *,
        message_id: str,
        answer_to: str,
        quiet: bool,
    ) -> EmailTaken:
        person = await _person_of(work, address)
        await writing.check_may_write(work, _id(person), address)
        bare = _PREFIXES.sub("", IN_SUBJECT.sub("", subject))
        title = clean_text(bare[:SUBJECT_LIMIT], "subject", SUBJECT_LIMIT)
        body = clean_text(text[:TEXT_LIMIT], "message", TEXT_LIMIT)
        said = escaped(body or title)[:TEXT_LIMIT] or ("" if files else _NO_TEXT)
        kept, more = files[: writing.MAX_FILES], files[writing.MAX_FILES :]
        ticket = await _ticket_of(work, subject, references, address, person)
        new = ticket is None
        if ticket is None:
            known = person is not None
        else:
            known = not await is_answer_to_ours(work.session, ticket, references)
        # Anybody can write any sender into a letter, and so have the answers to somebody else's
        # request sent to themselves: another address is taken from strangers for what they open,
        # and later only with a reference to a letter of ours, which nobody else has.
        answer_to = address if known else answer_to or address
        if ticket is not None:
            await came(work, ticket, message_id, answer_to)
            await go_on(work, ticket, said, kept)
        else:
            ticket = await make_ticket(
                work,
                person,
                "email",
                self.site.regime,
                subject=title or subject_of(said),
                name=clean_text(name[:NAME_LIMIT], "name", NAME_LIMIT) or address,
                address=address,
                # Whoever is known has chosen a language; of others the letter tells.
                language="" if person else language_of(f"{title}\n{said}"),
            )
            await came(work, ticket, message_id, answer_to)
            await _begin(work, ticket, said, kept)
        while more:
            chunk, more = more[: writing.MAX_FILES], more[writing.MAX_FILES :]
            await writing.say(
                work, ticket, "user", "", chunk, kind=writing.MORE, person_id=_id(person)
            )
        await _tell_big(work, ticket, files)
        if quiet:
            await keep_silent(work, ticket)
        view = await reading.view(work.session, ticket.number, work.now, desk=True)
        return EmailTaken(view, new)

    async def number_sent(self, number: int) -> None:
        """The number has reached the user by e-mail (act 627, clause 17)."""
        await self._number_sent(Actor.system(f"mail:number:{number}", "api"), number)

    @use_case("ticket.number_sent", by=frozenset())
    async def _number_sent(self, work: Work, number: int) -> None:
        work.record(ticket_subject(number))
        await close(work, ticket_subject(number), (clocks.NUMBER,))

    @use_case("ticket.register_call", by=OPERATORS, recall=AS_DESK)
    async def register_call(
        self,
        work: Work,
        name: str,
        phone: str,
        at: datetime,
        text: str,
        recording: NewFile | None = None,
        *,
        person_id: int | None = None,
        language: Literal["kk", "ru"] = "ru",
        order_number: int | None = None,
        regime: str | None = None,
    ) -> TicketView:
        """Register a request by phone (act 366, clauses 20 and 26), from the time of the call.

        ``person_id``: the person of the bot who called, if one did; without it they are found
        by the phone. Raises ``call_future``, ``call_too_old`` (10 days), ``text_missing``,
        those of ``parse_phone``, NotFound ``person_unknown``.
        """
        called_at = check_call(as_utc(at), work.now)
        number = parse_phone(phone)
        files = [recording] if recording else []
        writing.check_files(files, regime or self.site.regime)
        said = message_text(text, files=len(files))
        person = await _caller(work, person_id, number)
        ticket = await make_ticket(
            work,
            person,
            "phone",
            regime or self.site.regime,
            subject=subject_of(said),
            order_number=order_number,
            name=required_text(name, "name", NAME_LIMIT),
            address=number,
            language=language if person is None else person.language,
        )
        ticket.opened_at, ticket.role, ticket.company_id = called_at, "", None
        await writing.say(work, ticket, "user", said, files, person_id=_id(person), at=called_at)
        made = await clocks.start(work, ticket, called_at, first=True)
        await confirm(work, ticket, made)
        work.record(
            ticket_subject(ticket.number), channel="phone", at=called_at, recorded=bool(files)
        )
        return await reading.view(work.session, ticket.number, work.now, desk=True)


async def _begin(work: Work, ticket: Ticket, said: str, files: Sequence[NewFile]) -> None:
    """The first letter of a ticket: what it says, its promise, the confirmation."""
    await writing.say(work, ticket, "user", said, files, person_id=ticket.person_id)
    made = await clocks.start(work, ticket, work.now, first=True)
    await confirm(work, ticket, made)
    work.record(ticket_subject(ticket.number), channel="email", promised_at=ticket.promised_at)


async def _tell_big(work: Work, ticket: Ticket, files: Sequence[NewFile]) -> None:
    """Say that files over the limit were not kept, with the advice (act 627, clause 8)."""
    big = [file.name for file in files if file.size > MAX_FILE_BYTES]
    if big:
        names = ", ".join(name for name in big if name)
        clause = file_clause(ticket.regime)
        await writing.tell_user(work, ticket, "ticket.file_too_big", name=names, clause=clause)


def check_call(called_at: datetime, now: datetime) -> datetime:
    """A call that may be registered now (act 366, clause 26): not to come, not long over.

    Raises ``call_future``, ``call_too_old`` (10 days).
    """
    if called_at > now:
        raise RuleBroken("call_future", "366-26")
    if called_at < now - timedelta(days=CALL_REGISTER_DAYS.value):
        raise RuleBroken("call_too_old", "366-26", days=CALL_REGISTER_DAYS.value)
    return called_at


def _id(person: Person | None) -> int | None:
    return None if person is None else person.id


async def _person_of(work: Work, address: str) -> Person | None:
    """The one person who gave this address; held, as every asker is."""
    rows = await work.session.scalars(
        select(Person.id).where(func.lower(Person.email) == address).limit(2)
    )
    found = list(rows)
    return await writing.hold_person(work, found[0]) if len(found) == 1 else None


async def _caller(work: Work, person_id: int | None, phone: str) -> Person | None:
    if person_id is not None:
        person = await work.session.get(Person, person_id)
        if person is None:
            raise NotFound("person_unknown")
        return person
    found = list(await work.session.scalars(select(Person).where(Person.phone == phone).limit(2)))
    return found[0] if len(found) == 1 else None


async def _ticket_of(
    work: Work, subject: str, references: Sequence[str], address: str, person: Person | None
) -> Ticket | None:
    """The ticket an e-mail goes on in: of the same address or person, and not closed.

    A number in a subject is no secret: only whoever asked may write into the ticket.
    """
    numbers = IN_SUBJECT.findall(subject)
    numbers += [number for each in references for number in _IN_REFERENCE.findall(each)]
    for number in dict.fromkeys(int(each) for each in numbers):
        try:
            ticket = await writing.lock_ticket(work, number)
            if ticket.state == "merged" and ticket.merged_into_id is not None:
                target = await work.session.get_one(Ticket, ticket.merged_into_id)
                ticket = await writing.lock_ticket(work, target.number)
        except NotFound:
            continue
        mine = person is not None and ticket.person_id == person.id
        if ticket.state in reading.NOT_CLOSED and (
            mine or ticket.address == address or await is_answered_at(work.session, ticket, address)
        ):
            return ticket
    return None

"""Finding tickets by words, and following edits of what was written in a chat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, cast, func, select, update
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.base import is_id
from domain.errors import NotFound
from domain.notices.model import Notice
from domain.people.model import Person
from domain.registry.model import Company
from domain.support import reading, writing
from domain.support.asking import also_suspended
from domain.support.clocks import ticket_subject
from domain.support.lateness import with_lateness
from domain.support.model import DeskPost, Ticket, TicketFile, TicketMessage
from domain.support.reading import OPERATORS
from domain.support.texts import message_text, search_query, subject_of
from domain.support.views import Edited, Found
from domain.work import Look, Recall, Site, Work, query, use_case

_MOST_FOUND, _MOST_LISTED = 100, 200
# So many tickets are looked through one by one in a hundredth of a second.
_RECENT = 10_000
_OF_DESK = ("operator", "note")
_SHOWING = ("ticket.answered", "ticket.documents", "ticket.called_back", "ticket.closed")


async def _edited_again(session: AsyncSession, message_id: int, _now: datetime) -> Edited:
    return await _as_edited(session, await session.get_one(TicketMessage, message_id))


class Finding:
    """Search of operators, and edits of everybody."""

    site: Site

    @query(by=OPERATORS)
    async def search(self, look: Look, text: str, size: int = 20) -> Found:
        """Tickets in which every word of the text stands, newest first; by number, too.

        Words match by their beginning: Kazakh and Russian endings do not hide a ticket.
        """
        size = min(max(size, 1), _MOST_FOUND)
        ids = await _matching(look.session, text, size + 1)
        if not ids:
            return Found([], more=False)
        rows = await look.session.execute(
            reading.lines().where(Ticket.id.in_(ids[:size])).order_by(Ticket.id.desc())
        )
        found = [reading.line(row, look.now) for row in rows]
        return Found(await with_lateness(look.session, found, look.now), more=len(ids) > size)

    @query(by=OPERATORS)
    async def listed(
        self,
        look: Look,
        states: Sequence[str] = (),
        bin: str = "",  # noqa: A002 - the registry's own word
        *,
        before: int | None = None,
        size: int = 20,
    ) -> Found:
        """Tickets, newest first, with numbers under ``before``; of any state and company unless
        told.
        """
        size = min(max(size, 1), _MOST_LISTED)
        statement = reading.lines().order_by(Ticket.number.desc()).limit(size + 1)
        if states:
            statement = statement.where(Ticket.state.in_(states))
        if states and "closed" not in states:
            # By these very words the index of the queue leaves closed tickets out: most of them.
            statement = statement.where(Ticket.state != "closed")
        if before is not None:
            statement = statement.where(Ticket.number < before)
        if bin:
            company = select(Company.id).where(Company.bin == bin)
            statement = statement.where(Ticket.company_id == company.scalar_subquery())
        rows = (await look.session.execute(statement)).all()
        found = [reading.line(row, look.now) for row in rows[:size]]
        return Found(found, more=len(rows) > size)

    @also_suspended
    async def edited(self, actor: Actor, chat_id: int, message_id: int, text: str) -> Edited | None:
        """Follow an edit of what the actor wrote in a chat; None where it is of no ticket.

        The caller brings the copies up to date that the answer names. Raises ``message_empty``,
        ``text_too_long``, NotFound ``ticket_unknown`` for a message of somebody else.
        """
        async with self.site.reading() as session:
            known = await session.scalar(_written(chat_id, message_id))
        if known is None:
            return None
        return await self._edited(actor, known, text)

    async def reword(self, actor: Actor, number: int, message: int, text: str) -> Edited:
        """Edit an answer or a note of the actor's own by its id, as on the web page.

        Raises NotFound ``ticket_unknown`` for any other message, and those of ``edited``.
        """
        actor.check_role(OPERATORS)
        async with self.site.reading() as session:
            held = select(Ticket.number).join(TicketMessage, TicketMessage.ticket_id == Ticket.id)
            known = await session.scalar(
                held.where(TicketMessage.id == message, TicketMessage.author.in_(_OF_DESK))
            )
        if known != number:
            raise NotFound("ticket_unknown", None, ticket=number)
        return await self._edited(actor, message, text)

    @use_case("ticket.edit", by=None, recall=Recall(lambda given: given.message, _edited_again))
    async def _edited(self, work: Work, known: int, text: str) -> Edited:
        number = await work.session.scalar(
            select(Ticket.number)
            .join(TicketMessage, TicketMessage.ticket_id == Ticket.id)
            .where(TicketMessage.id == known)
        )
        ticket = await writing.lock_ticket(work, number or 0)
        message = await work.session.get_one(TicketMessage, known, populate_existing=True)
        if message.person_id is None or message.person_id != work.actor.person_id:
            raise NotFound("ticket_unknown", None, ticket=ticket.number)
        files = await work.session.scalar(
            select(func.count()).where(TicketFile.message_id == message.id)
        )
        said = message_text(text, files=files or 0)
        work.record(ticket_subject(ticket.number), message=message.position, author=message.author)
        if said != message.text:
            if ticket.subject == subject_of(message.text):
                ticket.subject = subject_of(said)
            message.text, message.edited_at = said, work.now
            await writing.touch(work, ticket)
            await writing.reindex(work.session, ticket.id)
            await _reword_notices(work, message)
        return await _as_edited(work.session, message)


def _written(chat_id: int, message_id: int) -> Select[int]:
    return select(TicketMessage.id).where(
        TicketMessage.chat_id == chat_id, TicketMessage.message_id == message_id
    )


async def _reword_notices(work: Work, message: TicketMessage) -> None:
    """An answer not sent yet goes out as it reads now; a sent one shows so in the list."""
    if message.author != "operator":
        return
    number = await work.session.scalar(select(Ticket.number).where(Ticket.id == message.ticket_id))
    await work.session.execute(
        update(Notice)
        .where(*_of_message(message, number or 0))
        .values(params=Notice.params.op("||")(func.jsonb_build_object("text", message.text)))
        .execution_options(synchronize_session=False)
    )


def _of_message(message: TicketMessage, number: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Notice.subject == ticket_subject(number),
        Notice.kind.in_(_SHOWING),
        Notice.params["message"].as_integer() == message.id,
    )


async def _as_edited(session: AsyncSession, message: TicketMessage) -> Edited:
    ticket = await session.get_one(Ticket, message.ticket_id)
    posts = await session.execute(
        select(DeskPost.chat_id, DeskPost.post_id)
        .where(DeskPost.message_id == message.id)
        .order_by(DeskPost.id)
    )
    copies = [(chat, post) for chat, post in posts]
    if message.author == "operator" and ticket.person_id is not None:
        sent = await session.execute(
            select(Person.telegram_id, Notice.message_id)
            .join(Notice, Notice.person_id == Person.id)
            .where(
                Person.id == ticket.person_id,
                Person.telegram_id.is_not(None),
                Notice.message_id.is_not(None),
                *_of_message(message, ticket.number),
            )
        )
        copies += [(chat, post) for chat, post in sent if chat and post]
    return Edited(
        number=ticket.number,
        message=message.id,
        author=message.author,  # type: ignore[arg-type]  # the column holds one of these words
        text=message.text,
        copies=tuple(copies),
    )


async def _matching(session: AsyncSession, text: str, limit: int) -> Sequence[int]:
    """Ids of tickets by words or by number, newest first."""
    bare = text.strip().lstrip("#\N{NUMERO SIGN}").strip()
    found: set[int] = set()
    if bare.isdecimal() and is_id(int(bare)):
        found.update(await session.scalars(select(Ticket.id).where(Ticket.number == int(bare))))
    asked = search_query(text)
    if asked:
        found.update(await _by_words(session, asked, limit))
    return sorted(found, reverse=True)[:limit]


async def _by_words(session: AsyncSession, asked: str, limit: int) -> Sequence[int]:
    """The newest tickets with these words.

    The database cannot know how many tickets have a word that begins so, and guesses wrongly
    which way is the short one. Frequent words are found among the newest tickets; whatever is not
    is rare enough to be read from the index whole (``id + 0``: not by the order of the key).
    """
    matches = Ticket.words.op("@@")(cast(asked, TSQUERY))
    newest = await session.scalar(select(func.max(Ticket.id))) or 0
    recent = list(
        await session.scalars(
            select(Ticket.id)
            .where(matches, Ticket.id > newest - _RECENT)
            .order_by(Ticket.id.desc())
            .limit(limit)
        )
    )
    if len(recent) >= limit or newest <= _RECENT:
        return recent
    whole = await session.scalars(
        select(Ticket.id).where(matches).order_by((Ticket.id + 0).desc()).limit(limit)
    )
    return list(whole)

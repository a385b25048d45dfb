"""What acts on a ticket do inside their transaction: hold it, write into it, tell its people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import cast, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.ext.asyncio import AsyncSession

from domain.base import plain
from domain.errors import Conflict, NotFound, RuleBroken
from domain.files import MAX_FILE_BYTES
from domain.law import SUPPORT_FLOOD, SUPPORT_FLOOD_MINUTES
from domain.notices.model import Notice
from domain.notices.writing import tell
from domain.numbered import lock_row
from domain.people.model import Person
from domain.people.queries import active_admins
from domain.roles import Role
from domain.support import recording_rows
from domain.support.clocks import ticket_subject
from domain.support.mail_rows import post
from domain.support.model import (
    DeskGroup,
    DeskTopic,
    Mute,
    Shift,
    Ticket,
    TicketFile,
    TicketMessage,
)
from domain.support.operators import is_operator_still
from domain.support.regimes import file_clause
from domain.support.texts import search_words
from domain.support.views import Author, NewFile, Origin
from domain.texts import clean_text
from domain.work import Work

MAX_FILES = 10
FILE_NAME_LIMIT = 200
# Hundreds of tickets may turn red in one minute: one notice speaks for all of them.
QUIET = timedelta(minutes=10)
_LAST_SEEN = 50
#: The kind of a user's message that belongs to the one before it: they count as one.
MORE = "more"
#: The lead is called to a ticket once in this time.
ASK_AGAIN = timedelta(hours=1)


async def lock_ticket(work: Work, number: int) -> Ticket:
    """The ticket, held until the transaction ends; NotFound ``ticket_unknown``.

    A sweep does not wait for it: raises Busy and comes back.
    """
    one = select(Ticket).where(Ticket.number == number)
    unknown = NotFound("ticket_unknown", None, ticket=number)
    return await lock_row(work, number, one, unknown, key_share=True)


async def hold_person(work: Work, person_id: int | None) -> Person | None:
    """The person who asks, held: two messages at once do not open two tickets.

    The key stays free: whoever holds a ticket refers to its person, and we go the other way.
    """
    if person_id is None:
        return None
    return await work.session.scalar(
        select(Person)
        .where(Person.id == person_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def check_not_closed(ticket: Ticket) -> None:
    """Refuse an act on a closed ticket; Conflict ``ticket_closed``, ``ticket_merged``."""
    if ticket.state == "merged":
        raise Conflict("ticket_merged", None, ticket=ticket.number)
    if ticket.state == "closed":
        raise Conflict("ticket_closed", None, ticket=ticket.number)


def check_files(files: Sequence[NewFile], regime: str) -> None:
    """Refuse files over the limit of 20 MB (act 627, clause 8), and too many of them."""
    if len(files) > MAX_FILES:
        raise RuleBroken("too_many_files", None, limit=MAX_FILES)
    for file in files:
        if file.size > MAX_FILE_BYTES:
            raise RuleBroken("support_file_too_big", file_clause(regime), limit=MAX_FILE_BYTES)


async def check_may_write(
    work: Work, person_id: int | None, address: str = "", *, counted: bool = True
) -> None:
    """Refuse who was muted (``support_muted``) and who writes too much (``support_flood``).

    Not ``counted``: what comes is more of the message before, as the next picture of an album.
    """
    if person_id is not None:
        mute = await muted_now(work.session, person_id, work.now)
        if mute is not None:
            raise Conflict("support_muted", None, reason=mute.reason, until=mute.until)
    if not counted or (person_id is None and not address):
        return
    whose = Ticket.person_id == person_id if person_id is not None else Ticket.address == address
    since = work.now - timedelta(minutes=SUPPORT_FLOOD_MINUTES.value)
    recent = select(TicketMessage.at).join(Ticket, Ticket.id == TicketMessage.ticket_id)
    times = list(
        await work.session.scalars(
            recent.where(
                whose,
                TicketMessage.author == "user",
                TicketMessage.kind != MORE,
                TicketMessage.at > since,
            )
            .order_by(TicketMessage.at)
            .limit(SUPPORT_FLOOD.value)
        )
    )
    if len(times) >= SUPPORT_FLOOD.value:
        again = times[0] + timedelta(minutes=SUPPORT_FLOOD_MINUTES.value)
        raise Conflict(
            "support_flood",
            None,
            limit=SUPPORT_FLOOD.value,
            minutes=SUPPORT_FLOOD_MINUTES.value,
            until=again,
        )


async def muted_now(session: AsyncSession, person_id: int, now: datetime) -> Mute | None:
    """The mute of a person that holds now, if any."""
    found = await session.scalars(
        select(Mute)
        .where(Mute.person_id == person_id, Mute.lifted_at.is_(None), Mute.until > now)
        .order_by(Mute.until.desc())
        .limit(1)
    )
    return found.one_or_none()


async def say(
    work: Work,
    ticket: Ticket,
    author: Author,
    said: str,
    files: Sequence[NewFile] = (),
    *,
    kind: str = "",
    origin: Origin | None = None,
    person_id: int | None = None,
    at: datetime | None = None,
) -> TicketMessage:
    """Put a message with its files into a ticket that is held."""
    last = await work.session.scalar(
        select(func.max(TicketMessage.position)).where(TicketMessage.ticket_id == ticket.id)
    )
    message = TicketMessage(
        ticket_id=ticket.id,
        position=(last or 0) + 1,
        author=author,
        person_id=person_id,
        at=at or work.now,
        text=said,
        kind=kind,
        chat_id=origin and origin.chat_id,
        message_id=origin and origin.message_id,
    )
    work.session.add(message)
    await work.session.flush()
    for position, file in enumerate(files, 1):
        await _keep(work, ticket, message, file, position)
    await touch(work, ticket)
    if author in ("operator", "note"):
        await seen(work, person_id)
    if author != "system":
        await add_words(work.session, ticket.id, said, *(file.name for file in files))
    return message


async def check_seen(work: Work, ticket: Ticket, seen: int | None) -> None:
    """Refuse what is said without having read the newest; ``seen``: the last position read.

    What the actor wrote elsewhere, and events, need no reading. None: whoever acts in a chat sees
    it there. Raises Conflict ``ticket_moved_on``.
    """
    if seen is None:
        return
    newer = await work.session.scalar(
        select(TicketMessage.id)
        .where(
            TicketMessage.ticket_id == ticket.id,
            TicketMessage.position > seen,
            TicketMessage.author != "system",
            TicketMessage.person_id.is_distinct_from(work.actor.person_id),
        )
        .limit(1)
    )
    if newer is not None:
        raise Conflict("ticket_moved_on", None, ticket=ticket.number)


async def note_event(work: Work, ticket: Ticket, kind: str, **params: object) -> TicketMessage:
    """Let the system say what happened: a code and plain values, worded when it is read."""
    said = json.dumps(plain(params), ensure_ascii=False)
    return await say(work, ticket, "system", said, kind=kind, person_id=work.actor.person_id)


async def _keep(
    work: Work, ticket: Ticket, message: TicketMessage, file: NewFile, position: int
) -> None:
    state = "stored" if file.sha256 else "waiting"
    if file.size > MAX_FILE_BYTES:
        state = "too_big"
    row = TicketFile(
        message_id=message.id,
        position=position,
        kind=file.kind,
        name=clean_text(file.name[:FILE_NAME_LIMIT], "file_name", FILE_NAME_LIMIT),
        mime=clean_text(file.mime[:128], "mime", 128),
        size=file.size,
        duration=file.duration,
        telegram_file_id=file.telegram_file_id,
        sha256=file.sha256,
        state=state,
        retry_at=work.now if state == "waiting" else None,
    )
    work.session.add(row)
    await work.session.flush()
    if state != "too_big":
        await recording_rows.collect(work, ticket, row)


async def touch(work: Work, ticket: Ticket) -> None:
    """The ticket is not what it was: lists show it anew, its topic is behind."""
    await show_anew(work.session, ticket, work.now)


async def show_anew(session: AsyncSession, ticket: Ticket, now: datetime) -> None:
    """The same outside an act, for a ticket that is held."""
    ticket.revision += 1
    await session.flush()
    await session.execute(
        update(DeskTopic)
        .where(DeskTopic.ticket_id == ticket.id)
        .values(behind_since=func.coalesce(DeskTopic.behind_since, now))
        .execution_options(synchronize_session=False)
    )


_ADD_WORDS = text(
    "UPDATE ticket SET words = coalesce(words, '') || array_to_tsvector(CAST(:words AS text[]))"
    " WHERE id = :ticket"
)


async def add_words(session: AsyncSession, ticket_id: int, *texts: str) -> None:
    """Let a ticket be found by what was just said."""
    words = search_words(*texts)
    if words:
        await session.execute(_ADD_WORDS, {"words": words, "ticket": ticket_id})


async def reindex(session: AsyncSession, ticket_id: int) -> None:
    """Make what a ticket is found by anew, of all that it holds now."""
    ticket = await session.get_one(Ticket, ticket_id)
    said = await session.scalars(
        select(TicketMessage.text).where(
            TicketMessage.ticket_id == ticket_id, TicketMessage.author != "system"
        )
    )
    files = await session.execute(
        select(TicketFile.name, TicketFile.transcript)
        .join(TicketMessage, TicketMessage.id == TicketFile.message_id)
        .where(TicketMessage.ticket_id == ticket_id)
    )
    texts = [ticket.subject, ticket.name, ticket.address, *said]
    texts += [each for row in files for each in row if each]
    await session.execute(
        update(Ticket)
        .where(Ticket.id == ticket_id)
        .values(words=func.array_to_tsvector(cast(search_words(*texts), ARRAY(TEXT))))
        .execution_options(synchronize_session=False)
    )


async def seen(work: Work, person_id: int | None) -> None:
    """Somebody on shift has just done something, if it is them who act."""
    if person_id is not None and person_id == work.actor.person_id:
        await work.session.execute(
            update(Shift)
            .where(Shift.person_id == person_id, Shift.ended_at.is_(None))
            .values(seen_at=work.now)
            .execution_options(synchronize_session=False)
        )


async def on_shift_ids(session: AsyncSession) -> list[int]:
    """The people on shift, the one whose turn is next first."""
    rows = await session.scalars(
        select(Shift.person_id)
        .join(Person, Person.id == Shift.person_id)
        .where(Shift.ended_at.is_(None), is_operator_still())
        .order_by(Shift.last_given_at.nulls_first(), Shift.began_at, Shift.person_id)
    )
    return list(rows)


async def keepers(session: AsyncSession, ticket: Ticket) -> list[int]:
    """Who answers for a ticket: its operator, else those on shift, else the admins."""
    if ticket.assignee_id is not None:
        whose = select(Person.id).where(Person.id == ticket.assignee_id, is_operator_still())
        if found := await session.scalar(whose):
            return [found]
    return await on_shift_ids(session) or await active_admins(session)


async def tell_user(work: Work, ticket: Ticket, kind: str, **params: object) -> None:
    """Write a notice to the person of the ticket, and a letter to whoever asked by e-mail."""
    await post(work, ticket, kind, params)
    if ticket.person_id is not None:
        await tell(
            work,
            [ticket.person_id],
            kind,
            ticket_subject(ticket.number),
            about={"ticket": ticket.number, "subject": ticket.subject, **params},
        )


async def tell_desk(
    work: Work,
    people: Iterable[int],
    kind: str,
    ticket: Ticket,
    *,
    quiet: bool = False,
    **params: object,
) -> None:
    """Write a notice on a ticket to operators; ``quiet``: not to who had one just now."""
    ids = set(people)
    if quiet:
        ids -= await _told_lately(work, ids, kind)
    await tell(
        work,
        ids,
        kind,
        ticket_subject(ticket.number),
        about={
            "ticket": ticket.number,
            "subject": ticket.subject,
            "due_at": ticket.promised_at,
            "clause": ticket.promise_clause,
            **params,
        },
        as_roles=(Role.SUPPORT, Role.ADMIN),
    )


async def _no_group(session: AsyncSession) -> bool:
    """Whether operators have no forum group, whose topics would show them what comes."""
    found = await session.scalar(
        select(DeskGroup.chat_id).where(DeskGroup.state == "active").limit(1)
    )
    return found is None


async def tell_new(work: Work, ticket: Ticket, open_now: bool) -> None:
    """A request in hours is answered at once: without a group operators are told of it here."""
    if open_now and await _no_group(work.session):
        people = await keepers(work.session, ticket)
        await tell_desk(work, people, "ticket.new", ticket, channel=ticket.channel)


async def tell_wrote(work: Work, ticket: Ticket) -> None:
    """The user goes on: without a group the operator of the ticket is told of it here."""
    if ticket.assignee_id is not None and await _no_group(work.session):
        await tell_desk(work, [ticket.assignee_id], "ticket.user_wrote", ticket)


async def _told_lately(work: Work, people: Iterable[int], kind: str) -> set[int]:
    """Those who were told of this kind within ``QUIET``; asked once in a batch of a sweep."""
    memory: dict[tuple[int, str], datetime] = work.session.info.setdefault("told_desk", {})
    late = set()
    for person_id in sorted(people):
        at = memory.get((person_id, kind)) or await _last_told(work.session, person_id, kind)
        if at is not None and at > work.now - QUIET:
            late.add(person_id)
        else:
            at = work.now
        memory[person_id, kind] = at
    return late


async def _last_told(session: AsyncSession, person_id: int, kind: str) -> datetime | None:
    newest = (
        select(Notice.kind, Notice.created_at)
        .where(Notice.person_id == person_id)
        .order_by(Notice.id.desc())
        .limit(_LAST_SEEN)
        .subquery()
    )
    found: datetime | None = await session.scalar(
        select(func.max(newest.c.created_at)).where(newest.c.kind == kind)
    )
    return found

"""The letters of the desk on their way out, and what comes back of them.

What an act has written (``mail_rows.post``) is claimed here for the time of a lease, sent by the
edge and settled; of two replicas one has a letter. Whatever a machine answers to a letter of ours
stands in its ticket as a note among operators, and starts no term.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.base import Json
from domain.support import writing
from domain.support.clocks import ticket_subject
from domain.support.mail_rows import IN_SUBJECT, IncomingMail, OutgoingMail, mail_cause
from domain.support.model import Ticket, TicketFile
from domain.support.texts import escaped
from domain.texts import clean_text
from domain.work import Site, Work, use_case

#: A letter that somebody's server puts off for so long will not arrive.
GIVE_UP_AFTER = timedelta(days=3)
#: Operators are told of a letter that has not left for so long.
WAITS_AFTER = timedelta(minutes=15)
_FIRST_RETRY, _MOST_RETRY = timedelta(minutes=1), timedelta(hours=1)
_REFERENCES_KEPT = 10
_ERROR_KEPT = 300
_NOTE_KEPT = 4_000


@dataclass(frozen=True)
class MailFile:
    """A file that goes along; its bytes are in the store."""

    name: str
    mime: str
    kind: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Letter:
    """A letter claimed for sending; ``attempts`` tells this claim from others of the same."""

    id: int
    ticket: int
    kind: str
    params: Json
    address: str
    language: str
    automatic: bool
    token: str
    in_reply_to: str
    references: tuple[str, ...]
    files: tuple[MailFile, ...]
    created_at: datetime
    attempts: int


@dataclass(frozen=True)
class MailWaits:
    """How many letters wait, and since when the oldest does."""

    count: int
    since: datetime | None


class Outbox:
    """Claims and settles letters."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def claim(self, limit: int, lease: timedelta) -> list[Letter]:
        """Take the next letters, oldest first, for the time of a lease.

        One whose lease has run out (its process died) is taken again: it may arrive twice, with
        the same Message-ID, by which readers show it once.
        """
        now = self.site.clock.now()
        left = and_(OutgoingMail.state == "sending", OutgoingMail.claimed_until <= now)
        ready = or_(and_(OutgoingMail.state == "queued", OutgoingMail.not_before <= now), left)
        async with self.site.sessions.begin() as session:
            ids = list(
                await session.scalars(
                    select(OutgoingMail.id)
                    .where(OutgoingMail.state.in_(("queued", "sending")), ready)
                    .order_by(OutgoingMail.not_before, OutgoingMail.id)
                    .limit(limit)
                    .with_for_update(skip_locked=True)
                )
            )
            rows = await session.scalars(
                update(OutgoingMail)
                .where(OutgoingMail.id.in_(ids))
                .values(
                    state="sending",
                    claimed_until=now + lease,
                    attempts=OutgoingMail.attempts + 1,
                )
                .returning(OutgoingMail)
            )
            found = sorted(rows, key=lambda row: ids.index(row.id))
            return [await _letter(session, row) for row in found]

    async def sent(self, letter: Letter) -> None:
        """A letter was taken by a server: that holds, whoever has claimed it since.

        Operators see so on the card, where somebody of them wrote it or was told that it waits.
        """
        now = self.site.clock.now()
        async with self.site.sessions.begin() as session:
            # The ticket before its letters, as every act holds them.
            ticket = await session.scalar(
                select(Ticket).where(Ticket.number == letter.ticket).with_for_update(key_share=True)
            )
            row = await session.get(OutgoingMail, letter.id, with_for_update=True)
            if ticket is None or row is None:
                return
            row.state, row.sent_at, row.claimed_until, row.error = "sent", now, None, None
            if not row.automatic or row.delay_told_at is not None:
                await writing.show_anew(session, ticket, now)
        self.site.acted()

    async def again(self, letter: Letter, error: str, *, counted: bool = True) -> bool:
        """Put a letter off, longer each time; False when it is time to give it up.

        Not ``counted``: nobody was there to take it, which says nothing about the letter.
        """
        now = self.site.clock.now()
        if counted and now >= letter.created_at + GIVE_UP_AFTER:
            return False
        pause = min(_FIRST_RETRY * 2 ** min(letter.attempts - 1, 10), _MOST_RETRY)
        async with self.site.sessions.begin() as session:
            await session.execute(
                update(OutgoingMail)
                .where(
                    OutgoingMail.id == letter.id,
                    OutgoingMail.state == "sending",
                    OutgoingMail.attempts == letter.attempts,
                )
                .values(
                    state="queued",
                    claimed_until=None,
                    not_before=now + (pause if counted else min(pause, _FIRST_RETRY)),
                    error=error[:_ERROR_KEPT],
                )
            )
        return True

    async def failed(self, letter: Letter, error: str) -> None:
        """A letter was refused for good: it stands in the ticket, and its operators are told."""
        actor = Actor.system(f"mail:{letter.token}", "api")
        await self._failed(actor, letter.ticket, letter.id, error)

    @use_case("ticket.mail_failed", by=frozenset())
    async def _failed(self, work: Work, number: int, mail_id: int, error: str) -> None:
        ticket = await writing.lock_ticket(work, number)
        reason = clean_text(error[:_ERROR_KEPT], "error", _ERROR_KEPT)
        await work.session.execute(
            update(OutgoingMail)
            .where(OutgoingMail.id == mail_id, OutgoingMail.state.in_(("queued", "sending")))
            .values(state="failed", claimed_until=None, error=reason)
        )
        people = await _note_unsent(work, ticket, mail_id, "mail_failed", reason)
        await writing.tell_desk(work, people, "ticket.mail_failed", ticket)
        work.record(ticket_subject(number), mail=mail_id)

    async def tell_waiting(self, after: timedelta = WAITS_AFTER, limit: int = 50) -> int:
        """Tell operators, once, of each letter that has waited for so long; how many."""
        now = self.site.clock.now()
        async with self.site.reading() as session:
            rows = await session.execute(
                select(OutgoingMail.id, OutgoingMail.token, Ticket.number)
                .join(Ticket, Ticket.id == OutgoingMail.ticket_id)
                .where(
                    OutgoingMail.state.in_(("queued", "sending")),
                    OutgoingMail.created_at <= now - after,
                    OutgoingMail.delay_told_at.is_(None),
                )
                .order_by(OutgoingMail.id)
                .limit(limit)
            )
            found = rows.all()
        for mail_id, token, number in found:
            await self._waits(Actor.system(f"mail:{token}", "api"), number, mail_id)
        return len(found)

    @use_case("ticket.mail_waits", by=frozenset())
    async def _waits(self, work: Work, number: int, mail_id: int) -> None:
        ticket = await writing.lock_ticket(work, number)
        row = await work.session.get_one(OutgoingMail, mail_id, with_for_update=True)
        work.record(ticket_subject(number), mail=mail_id, state=row.state)
        row.delay_told_at = work.now
        if row.state in ("queued", "sending"):
            people = await _note_unsent(work, ticket, mail_id, "mail_waits", row.error or "")
            await writing.tell_desk(work, people, "ticket.mail_waits", ticket, quiet=True)

    async def returned(
        self,
        tokens: Sequence[str],
        text: str,
        *,
        message_id: str,
        bounced: bool,
        subject: str = "",
        address: str = "",
        at: datetime | None = None,
    ) -> int | None:
        """Note what a machine says to a letter of ours; None when it is about none of ours.

        Ours are told by ``tokens``, or by the number in ``subject`` and the ``address`` that got
        one. ``bounced``: it has not reached its reader. Returns the number of the ticket.
        """
        numbers = [int(each) for each in IN_SUBJECT.findall(subject)][:_REFERENCES_KEPT]
        to_them = and_(Ticket.number.in_(numbers), OutgoingMail.address == address.lower())
        async with self.site.reading() as session:
            row = (
                await session.execute(
                    select(OutgoingMail.id, Ticket.number)
                    .join(Ticket, Ticket.id == OutgoingMail.ticket_id)
                    .where(or_(OutgoingMail.token.in_(tokens[:_REFERENCES_KEPT]), to_them))
                    .order_by(OutgoingMail.id.desc())
                    .limit(1)
                )
            ).one_or_none()
        if row is None:
            return None
        cause = mail_cause(message_id, *tokens, text)
        actor = Actor(kind="system", source="api", cause=cause, label="e-mail", at=at)
        return await self._returned(actor, row.number, row.id, text, bounced)

    @use_case("ticket.mail_returned", by=frozenset())
    async def _returned(
        self, work: Work, number: int, mail_id: int, text: str, bounced: bool
    ) -> int:
        ticket = await writing.lock_ticket(work, number)
        said = escaped(clean_text(text[:_NOTE_KEPT], "message", _NOTE_KEPT))
        await writing.say(work, ticket, "note", said or "…", kind="mail_returned")
        work.record(ticket_subject(number), mail=mail_id, bounced=bounced)
        if bounced:
            await work.session.execute(
                update(OutgoingMail)
                .where(OutgoingMail.id == mail_id)
                .values(state="bounced", claimed_until=None)
            )
            people = await _note_unsent(work, ticket, mail_id, "mail_failed", "")
            await writing.tell_desk(work, people, "ticket.mail_failed", ticket)
        return number

    async def waiting(self) -> MailWaits:
        """What has not left yet."""
        async with self.site.reading() as session:
            rows = await session.scalars(
                select(OutgoingMail.created_at)
                .where(OutgoingMail.state.in_(("queued", "sending")))
                .order_by(OutgoingMail.created_at)
            )
            found = list(rows)
        return MailWaits(len(found), found[0] if found else None)


async def _note_unsent(
    work: Work, ticket: Ticket, mail_id: int, kind: str, reason: str
) -> list[int]:
    """Put into the ticket what became of a letter; who is to be told of it."""
    address = await work.session.scalar(
        select(OutgoingMail.address).where(OutgoingMail.id == mail_id)
    )
    await writing.note_event(work, ticket, kind, address=address, reason=reason)
    return await writing.keepers(work.session, ticket)


async def _letter(session: AsyncSession, row: OutgoingMail) -> Letter:
    ticket = await session.get_one(Ticket, row.ticket_id)
    before = await session.scalars(
        select(IncomingMail.message_id)
        .where(
            IncomingMail.ticket_id == row.ticket_id,
            IncomingMail.taken_at <= row.created_at,
            IncomingMail.message_id != "",
        )
        .order_by(IncomingMail.id.desc())
        .limit(_REFERENCES_KEPT)
    )
    known = list(before)
    files = await session.scalars(
        select(TicketFile)
        .where(TicketFile.message_id == row.message_id, TicketFile.state == "stored")
        .order_by(TicketFile.position)
    )
    # The recording of a call back stays with the desk.
    shown = [] if row.kind == "ticket.called_back" else list(files)
    return Letter(
        id=row.id,
        ticket=ticket.number,
        kind=row.kind,
        params=row.params,
        address=row.address,
        language=ticket.language,
        automatic=row.automatic,
        token=row.token,
        in_reply_to=known[0] if known else "",
        references=tuple(reversed(known)),
        files=tuple(
            MailFile(each.name, each.mime, each.kind, each.size, each.sha256) for each in shown
        ),
        created_at=row.created_at,
        attempts=row.attempts,
    )

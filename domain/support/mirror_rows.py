"""What the mirror's worker knows: which topics are behind, and what each of them shows already.

Bookkeeping, not acts: nothing here changes a ticket or stands in the record. Every step is
written down as soon as it was done in Telegram, so that after a kill at most the one step in
hand is repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, delete, exists, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.deadlines import Deadline
from domain.people.model import Person
from domain.support import reading, recording_copies
from domain.support.mirror import nothing_shown
from domain.support.model import (
    OPEN_STATES,
    DeskGroup,
    DeskPost,
    DeskTopic,
    Ticket,
    TicketMessage,
)
from domain.support.reading import RED_BEFORE, UNANSWERED
from domain.support.views import TicketView
from domain.work import Site

#: Of a topic made anew: so many of the last messages are shown again.
LAST_MESSAGES = 20
#: Is added to the alarm of a topic that says that its user has stopped the bot.
AWAY = 10
_FIRST_WAIT, _MOST_WAIT = timedelta(seconds=2), timedelta(minutes=10)


@dataclass(frozen=True)
class Claimed:
    """A topic to be brought up to date, and what it shows until now."""

    ticket_id: int
    number: int
    chat_id: int
    language: str
    thread_id: int | None
    card_id: int | None
    shown_revision: int
    shown_position: int
    title: str
    closed: bool
    alarm: int
    note_mode: bool
    failures: int
    behind_since: datetime | None


class DeskRows:
    """The rows behind topics."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def groups(self) -> dict[int, tuple[str, date | None]]:
        """Groups that take tickets: language and the day of the last digest, by chat."""
        async with self.site.reading() as session:
            rows = await session.execute(
                select(DeskGroup.chat_id, DeskGroup.language, DeskGroup.digest_on).where(
                    DeskGroup.state == "active"
                )
            )
            return {chat: (language, digest_on) for chat, language, digest_on in rows}

    async def place(self, groups: Sequence[int], limit: int = 500) -> int:
        """Give each ticket without a topic one of ``groups``: that with the fewest open tickets.

        Returns how many were placed; those whose group is none of these count as without.
        """
        async with self.site.reading() as session:
            if not await _homeless(session, 1, groups):
                return 0
        now = self.site.clock.now()
        async with self.site.sessions.begin() as session:
            # One at a time among all processes: the counts below must hold.
            active = await session.scalars(
                select(DeskGroup.chat_id)
                .where(DeskGroup.state == "active", DeskGroup.chat_id.in_(groups))
                .order_by(DeskGroup.chat_id)
                .with_for_update()
            )
            load = dict.fromkeys(active.all(), 0)
            if not load:
                return 0
            load |= await _load(session, list(load))
            homeless = await _homeless(session, limit, list(load))
            for ticket_id in homeless:
                chat_id = min(load, key=lambda chat: (load[chat], -chat))
                load[chat_id] += 1
                values = {"chat_id": chat_id, "behind_since": now, **nothing_shown()}
                statement = insert(DeskTopic).values(ticket_id=ticket_id, note_mode=False, **values)
                await session.execute(
                    statement.on_conflict_do_update(index_elements=["ticket_id"], set_=values)
                )
            return len(homeless)

    async def raise_alarms(self) -> int:
        """Mark topics that do not show yet that their ticket is red or overdue."""
        now = self.site.clock.now()
        alarm = case((Ticket.promised_at <= now, literal(2)), else_=literal(1))
        late = and_(
            Ticket.state != "closed",
            Ticket.state.in_(UNANSWERED),
            Ticket.promised_at - RED_BEFORE <= now,
        )
        async with self.site.sessions.begin() as session:
            rows = await session.scalars(
                update(DeskTopic)
                .where(
                    DeskTopic.ticket_id == Ticket.id,
                    late,
                    func.mod(DeskTopic.alarm, AWAY) < alarm,
                    DeskTopic.behind_since.is_(None),
                )
                .values(behind_since=now)
                .returning(DeskTopic.ticket_id)
                .execution_options(synchronize_session=False)
            )
            return len(rows.all())

    async def mark_away(self) -> int:
        """Mark topics that do not show yet that their user has stopped the bot, or is back."""
        async with self.site.sessions.begin() as session:
            rows = await session.scalars(
                update(DeskTopic)
                .where(
                    DeskTopic.ticket_id == Ticket.id,
                    Ticket.person_id == Person.id,
                    Ticket.state != "closed",
                    Ticket.state.in_(OPEN_STATES),
                    (DeskTopic.alarm >= AWAY) != Person.unreachable_since.is_not(None),
                    DeskTopic.thread_id.is_not(None),
                    DeskTopic.behind_since.is_(None),
                )
                .values(behind_since=self.site.clock.now())
                .returning(DeskTopic.ticket_id)
                .execution_options(synchronize_session=False)
            )
            return len(rows.all())

    async def claim(self, chat_id: int, limit: int, lease: timedelta) -> list[Claimed]:
        """Take topics of a group that are behind, for the time of a lease.

        What is red goes first, then by the end of the promise: operators see first what burns.
        """
        now = self.site.clock.now()
        async with self.site.sessions.begin() as session:
            ids = await session.scalars(
                select(DeskTopic.ticket_id)
                .join(Ticket, Ticket.id == DeskTopic.ticket_id)
                .where(
                    DeskTopic.chat_id == chat_id,
                    DeskTopic.behind_since.is_not(None),
                    or_(DeskTopic.claimed_until.is_(None), DeskTopic.claimed_until <= now),
                )
                .order_by(Ticket.promised_at, DeskTopic.ticket_id)
                .limit(limit)
                .with_for_update(of=DeskTopic, skip_locked=True)
            )
            taken = list(ids)
            if not taken:
                return []
            await session.execute(
                update(DeskTopic)
                .where(DeskTopic.ticket_id.in_(taken))
                .values(claimed_until=now + lease)
                .execution_options(synchronize_session=False)
            )
            found = {each: await _claimed(session, each) for each in taken}
            return [claimed for claimed in found.values() if claimed is not None]

    async def read(self, ticket_id: int) -> Claimed | None:
        """How a topic stands now."""
        async with self.site.reading() as session:
            return await _claimed(session, ticket_id)

    async def ticket(self, number: int) -> TicketView:
        """A whole ticket, as operators see it; raises NotFound ``ticket_unknown``."""
        async with self.site.sessions() as session:
            return await reading.view(session, number, self.site.clock.now(), desk=True)

    async def morning_comes(self) -> bool:
        """Whether the night's requests are due to be handed out, and have not been yet."""
        async with self.site.reading() as session:
            due = await session.scalar(
                select(func.count()).where(
                    Deadline.kind == "support.morning",
                    Deadline.state == "open",
                    Deadline.due_at <= self.site.clock.now(),
                )
            )
            return bool(due)

    async def made(self, ticket_id: int, chat_id: int, thread_id: int, title: str) -> None:
        """The topic is there, empty."""
        await self._write(ticket_id, chat_id=chat_id, thread_id=thread_id, title=title)

    async def carded(self, ticket_id: int, card_id: int | None) -> None:
        """The card is there, or gone."""
        await self._write(ticket_id, card_id=card_id)

    async def titled(self, ticket_id: int, title: str) -> None:
        """The topic has another name."""
        await self._write(ticket_id, title=title)

    async def shut(self, ticket_id: int, *, closed: bool) -> None:
        """The topic was closed, or opened again."""
        await self._write(ticket_id, closed=closed)

    async def sending(self, message_id: int, chat_id: int) -> None:
        """A recording is about to be posted: until ``posted``, nobody knows whether it stands
        there. Its number, below zero, is no post's."""
        async with self.site.sessions.begin() as session:
            await session.execute(
                insert(DeskPost)
                .values(message_id=message_id, chat_id=chat_id, post_id=-message_id)
                .on_conflict_do_nothing()
            )

    async def in_doubt(self, message_id: int, chat_id: int) -> bool:
        """Whether somebody died, or got no answer, while posting this recording."""
        async with self.site.reading() as session:
            row = DeskPost.chat_id == chat_id, DeskPost.post_id == -message_id
            return await session.scalar(select(DeskPost.id).where(*row)) is not None

    async def posted(
        self, message_id: int, chat_id: int, post_id: int, *, doubted: bool = False
    ) -> None:
        """A message of the ticket, or a part of one, stands in a chat as this post.

        ``doubted``: another copy may stand there from before, which could not be taken away; it
        stays in doubt.
        """
        async with self.site.sessions.begin() as session:
            mark = DeskPost.chat_id == chat_id, DeskPost.post_id == -message_id
            if not doubted:
                await session.execute(delete(DeskPost).where(*mark))
            await session.execute(
                insert(DeskPost)
                .values(message_id=message_id, chat_id=chat_id, post_id=post_id)
                .on_conflict_do_nothing()
            )
            now = self.site.clock.now()
            await recording_copies.mirrored(session, message_id, (chat_id, post_id), now)

    async def unposted(self, message_id: int, chat_id: int, post_id: int) -> None:
        """This post shows nothing of the message any more."""
        async with self.site.sessions.begin() as session:
            await session.execute(
                delete(DeskPost).where(
                    DeskPost.message_id == message_id,
                    DeskPost.chat_id == chat_id,
                    DeskPost.post_id == post_id,
                )
            )

    async def parts(self, message_id: int, chat_id: int, after: int) -> list[int]:
        """The posts that show a message in a chat behind the post ``after``, in their order."""
        async with self.site.reading() as session:
            rows = await session.scalars(
                select(DeskPost.post_id)
                .where(
                    DeskPost.message_id == message_id,
                    DeskPost.chat_id == chat_id,
                    DeskPost.post_id > after,
                )
                .order_by(DeskPost.post_id)
            )
            return list(rows)

    async def shown(self, ticket_id: int, position: int) -> None:
        """Everything up to this message stands in the topic."""
        await self._write(ticket_id, shown_position=position)

    async def done(self, ticket_id: int, revision: int, alarm: int) -> bool:
        """The topic shows this revision; False if the ticket has changed meanwhile."""
        async with self.site.sessions.begin() as session:
            topic = await session.get(DeskTopic, ticket_id, with_for_update=True)
            if topic is None:
                return True
            # Only now: an act that changes the ticket marks this row last, and waits for it.
            current = await session.scalar(select(Ticket.revision).where(Ticket.id == ticket_id))
            topic.shown_revision, topic.alarm = revision, alarm
            topic.failures, topic.claimed_until = 0, None
            if current == revision:
                topic.behind_since = None
            return current == revision

    async def gone(self, ticket_id: int) -> None:
        """The topic is not there any more: it will be made anew, with the last messages."""
        async with self.site.sessions.begin() as session:
            last = await session.scalar(
                select(func.max(TicketMessage.position)).where(TicketMessage.ticket_id == ticket_id)
            )
            values = nothing_shown() | {
                # What nobody has seen yet is shown, however much it is.
                "shown_position": func.least(
                    DeskTopic.shown_position, max(0, (last or 0) - LAST_MESSAGES)
                ),
                "claimed_until": DeskTopic.claimed_until,
                "failures": DeskTopic.failures,
            }
            await session.execute(
                update(DeskTopic).where(DeskTopic.ticket_id == ticket_id).values(**values)
            )

    async def later(self, ticket_id: int, seconds: float | None = None) -> None:
        """Give a topic back: after so many seconds, or after as long as its failures demand."""
        now = self.site.clock.now()
        async with self.site.sessions.begin() as session:
            topic = await session.get(DeskTopic, ticket_id, with_for_update=True)
            if topic is None:
                return
            if seconds is None:
                wait = min(_MOST_WAIT, _FIRST_WAIT * 2 ** min(topic.failures, 10))
                topic.failures += 1
            else:
                wait = timedelta(seconds=seconds)
            topic.claimed_until = now + wait

    async def free(self) -> None:
        """Nobody has anything in hand: what the owner before us held waits again."""
        async with self.site.sessions.begin() as session:
            await session.execute(
                update(DeskTopic)
                .where(DeskTopic.claimed_until.is_not(None))
                .values(claimed_until=None)
                .execution_options(synchronize_session=False)
            )

    async def digested(self, chat_id: int, day: date) -> None:
        """The group has the digest of this morning."""
        async with self.site.sessions.begin() as session:
            await session.execute(
                update(DeskGroup).where(DeskGroup.chat_id == chat_id).values(digest_on=day)
            )

    async def _write(self, ticket_id: int, **values: object) -> None:
        async with self.site.sessions.begin() as session:
            await session.execute(
                update(DeskTopic).where(DeskTopic.ticket_id == ticket_id).values(**values)
            )


async def _load(session: AsyncSession, chats: Sequence[int]) -> dict[int, int]:
    rows = await session.execute(
        select(DeskTopic.chat_id, func.count())
        .join(Ticket, Ticket.id == DeskTopic.ticket_id)
        .where(Ticket.state.in_(OPEN_STATES), DeskTopic.chat_id.in_(chats))
        .group_by(DeskTopic.chat_id)
    )
    return {row[0]: row[1] for row in rows}


async def _homeless(session: AsyncSession, limit: int, chats: Sequence[int]) -> list[int]:
    at_home = exists().where(DeskTopic.ticket_id == Ticket.id, DeskTopic.chat_id.in_(chats))
    rows = await session.scalars(
        select(Ticket.id)
        # By these very words the index of the queue leaves closed tickets out.
        .where(Ticket.state != "closed", Ticket.state.in_(OPEN_STATES), ~at_home)
        .order_by(Ticket.promised_at, Ticket.id)
        .limit(limit)
    )
    return list(rows)


async def _claimed(session: AsyncSession, ticket_id: int) -> Claimed | None:
    found = await session.execute(
        select(
            DeskTopic.ticket_id,
            Ticket.number,
            DeskTopic.chat_id,
            func.coalesce(DeskGroup.language, "ru"),
            DeskTopic.thread_id,
            DeskTopic.card_id,
            DeskTopic.shown_revision,
            DeskTopic.shown_position,
            DeskTopic.title,
            DeskTopic.closed,
            DeskTopic.alarm,
            DeskTopic.note_mode,
            DeskTopic.failures,
            DeskTopic.behind_since,
        )
        .join(Ticket, Ticket.id == DeskTopic.ticket_id)
        .outerjoin(DeskGroup, DeskGroup.chat_id == DeskTopic.chat_id)
        .where(DeskTopic.ticket_id == ticket_id)
    )
    row = found.one_or_none()
    if row is None:
        return None
    values: Sequence[Any] = row
    return Claimed(*values)

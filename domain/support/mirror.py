"""The desk in groups: which groups there are, and what of each ticket its topic shows.

The ticket is the record; a topic is a mirror that may be lost and made anew at any time. What
an admin does with a group is an act on record. What the mirror's worker writes down of its own
work (``domain.support.mirror_rows``) is bookkeeping.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, ScalarSelect, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import Conflict, NotFound, RuleBroken
from domain.notices.model import Notice
from domain.notices.views import NoticeView, notice_view
from domain.notices.writing import tell
from domain.people.model import Person
from domain.people.queries import active_admins
from domain.roles import Role
from domain.support.model import (
    OPEN_STATES,
    DeskGroup,
    DeskPost,
    DeskTopic,
    Ticket,
    TicketFile,
    TicketMessage,
)
from domain.support.reading import OPERATORS
from domain.support.views import NewFile
from domain.texts import clean_text
from domain.work import Look, Site, Work, query, use_case

ADMINS = frozenset({Role.ADMIN})
LANGUAGES = ("kk", "ru")
_TITLE = 255


@dataclass(frozen=True)
class GroupView:
    """A group of the desk. ``state``: active | lost | off; ``topics``: of tickets not closed."""

    chat_id: int
    title: str
    state: str
    language: str
    topics: int
    digest_on: date | None = None


@dataclass(frozen=True)
class TopicView:
    """The topic of a ticket, by the ticket's number."""

    number: int
    chat_id: int
    thread_id: int | None
    card_id: int | None
    note_mode: bool
    language: str


class Desk:
    """Groups that are the desk, and the topics in them."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @use_case("desk.add", by=ADMINS)
    async def add(self, work: Work, chat_id: int, title: str, language: str) -> GroupView:
        """Make a group a part of the desk, or take one back that was off or lost.

        The tickets that have no topic anywhere get theirs. Raises ``desk_language``.
        """
        _check_language(language)
        group = await work.session.get(DeskGroup, chat_id, with_for_update=True)
        if group is None:
            group = DeskGroup(chat_id=chat_id, added_at=work.now)
            work.session.add(group)
        group.title = clean_text(title, "title", _TITLE)
        group.state, group.language = "active", language
        await work.session.flush()
        await _behind(work.session, chat_id, work)
        work.record(f"desk:{chat_id}", language=language)
        return await _view(work.session, group)

    @use_case("desk.language", by=ADMINS)
    async def speak(self, work: Work, chat_id: int, language: str) -> GroupView:
        """Choose the language of a group; its cards follow. Raises ``desk_language``,
        NotFound ``desk_unknown``."""
        _check_language(language)
        group = await _group(work.session, chat_id)
        group.language = language
        await work.session.flush()
        await _behind(work.session, chat_id, work)
        work.record(f"desk:{chat_id}", language=language)
        return await _view(work.session, group)

    @use_case("desk.off", by=ADMINS)
    async def off(self, work: Work, chat_id: int) -> GroupView:
        """End a group's part in the desk; its tickets go on in the others.

        Raises NotFound ``desk_unknown``, Conflict ``desk_off``.
        """
        group = await _group(work.session, chat_id)
        if group.state == "off":
            raise Conflict("desk_off")
        group.state = "off"
        await _leave(work.session, chat_id, work)
        work.record(f"desk:{chat_id}")
        return await _view(work.session, group)

    @use_case("desk.lost", by=None)
    async def lost(self, work: Work, chat_id: int, reason: str) -> bool:
        """The bot may write there no more: tickets go on elsewhere, and admins are told. False if
        it was no desk.

        Told by Telegram, so only the system may say it; AccessDenied for anybody else.
        """
        _check_system(work)
        group = await work.session.get(DeskGroup, chat_id, with_for_update=True)
        work.record(f"desk:{chat_id}", reason=reason[:200])
        if group is None or group.state != "active":
            return False
        group.state = "lost"
        await _leave(work.session, chat_id, work)
        left = await work.session.scalar(select(func.count()).where(DeskGroup.state == "active"))
        await tell(
            work,
            await active_admins(work.session),
            "desk.lost",
            f"desk:{chat_id}",
            about={"title": group.title, "groups": left or 0},
            as_roles=(Role.ADMIN,),
        )
        return True

    @use_case("desk.moved", by=None)
    async def moved(self, work: Work, chat_id: int, to: int) -> bool:
        """A group became a supergroup with another id: topics are made anew there."""
        _check_system(work)
        work.record(f"desk:{chat_id}", to=to)
        group = await work.session.get(DeskGroup, chat_id, with_for_update=True)
        if group is None:
            return False
        new = await work.session.get(DeskGroup, to, with_for_update=True)
        if new is None:
            new = DeskGroup(
                chat_id=to,
                title=group.title,
                state=group.state,
                language=group.language,
                added_at=work.now,
                digest_on=group.digest_on,
            )
            work.session.add(new)
            await work.session.flush()
        await work.session.execute(
            update(DeskTopic)
            .where(DeskTopic.chat_id == chat_id)
            .values(chat_id=to, **nothing_shown(), behind_since=work.now)
            .execution_options(synchronize_session=False)
        )
        await work.session.delete(group)
        return True

    @use_case("desk.note_mode", by=OPERATORS)
    async def set_note_mode(self, work: Work, number: int, on: bool) -> bool:
        """Whether all that is written in a ticket's topic is a note; returns it as it is now.

        Raises NotFound ``ticket_unknown``.
        """
        found = await work.session.scalar(
            update(DeskTopic)
            .where(DeskTopic.ticket_id == _id_of(number))
            .values(note_mode=on, behind_since=func.coalesce(DeskTopic.behind_since, work.now))
            .returning(DeskTopic.ticket_id)
        )
        if found is None:
            raise NotFound("ticket_unknown", None, ticket=number)
        work.record(f"ticket:{number}", on=on)
        return on

    @query(by=None)
    async def group(self, look: Look, chat_id: int) -> GroupView | None:
        """A group of the desk, or None for any other chat."""
        group = await look.session.get(DeskGroup, chat_id)
        return None if group is None else await _view(look.session, group)

    @query(by=OPERATORS)
    async def groups(self, look: Look) -> list[GroupView]:
        """Every group there is or was, the oldest first."""
        rows = await look.session.scalars(
            select(DeskGroup).order_by(DeskGroup.added_at, DeskGroup.chat_id)
        )
        return [await _view(look.session, group) for group in rows.all()]

    @query(by=None)
    async def topic_at(self, look: Look, chat_id: int, thread_id: int) -> TopicView | None:
        """Whose topic a thread of a group is; None for a thread that is none of ours."""
        here = DeskTopic.chat_id == chat_id, DeskTopic.thread_id == thread_id
        return await _topic(look.session, *here)

    @query(by=OPERATORS)
    async def topic_of(self, look: Look, number: int) -> TopicView | None:
        """The topic of a ticket, if it has one."""
        return await _topic(look.session, Ticket.number == number)

    @query(by=None)
    async def notice_at(
        self, look: Look, chat_id: int, post_id: int
    ) -> tuple[NoticeView, str] | None:
        """The notice that stands in a private chat as this message, and its reader's language."""
        found = await look.session.execute(
            select(Notice, Person.language)
            .join(Person, Person.id == Notice.person_id)
            .where(Person.telegram_id == chat_id, Notice.message_id == post_id)
            .limit(1)
        )
        row = found.one_or_none()
        return None if row is None else (notice_view(row[0]), row[1])

    @query(by=None)
    async def files_of_answer(self, look: Look, message: int) -> list[NewFile]:
        """The files of an answer; of anything that is no answer, none."""
        rows = await look.session.scalars(
            select(TicketFile)
            .join(TicketMessage, TicketMessage.id == TicketFile.message_id)
            .where(
                TicketMessage.id == message,
                TicketMessage.author == "operator",
                TicketFile.state != "destroyed",
                TicketFile.kind != "call",
            )
            .order_by(TicketFile.position)
        )
        return [
            NewFile(
                kind=row.kind,  # type: ignore[arg-type]  # the column holds one of these words
                name=row.name,
                mime=row.mime,
                size=row.size,
                duration=row.duration,
                telegram_file_id=row.telegram_file_id,
                sha256=row.sha256,
            )
            for row in rows
        ]

    @query(by=None)
    async def posts_of(self, look: Look, message: int, chat_id: int) -> list[int]:
        """The posts in a chat that show a message of a ticket, in their order."""
        rows = await look.session.scalars(
            select(DeskPost.post_id)
            .where(DeskPost.message_id == message, DeskPost.chat_id == chat_id)
            .order_by(DeskPost.id)
        )
        return list(rows)


def _check_language(language: str) -> None:
    if language not in LANGUAGES:
        raise RuleBroken("desk_language", None, language=language[:20])


def _check_system(work: Work) -> None:
    if work.actor.kind != "system":
        raise NotFound("desk_unknown")


def _id_of(number: int) -> ScalarSelect[int]:
    return select(Ticket.id).where(Ticket.number == number).scalar_subquery()


def nothing_shown() -> dict[str, object]:
    """The columns of a topic that is not there (any more)."""
    return {
        "thread_id": None,
        "card_id": None,
        "shown_revision": 0,
        "shown_position": 0,
        "title": "",
        "closed": False,
        "alarm": 0,
        "failures": 0,
        "claimed_until": None,
    }


async def _group(session: AsyncSession, chat_id: int) -> DeskGroup:
    group = await session.get(DeskGroup, chat_id, with_for_update=True)
    if group is None:
        raise NotFound("desk_unknown")
    return group


async def _behind(session: AsyncSession, chat_id: int, work: Work) -> None:
    """All cards of a group have to be drawn anew."""
    open_ones = select(Ticket.id).where(Ticket.state.in_(OPEN_STATES))
    await session.execute(
        update(DeskTopic)
        .where(DeskTopic.chat_id == chat_id, DeskTopic.ticket_id.in_(open_ones))
        .values(
            shown_revision=0,
            claimed_until=None,
            behind_since=func.coalesce(DeskTopic.behind_since, work.now),
        )
        .execution_options(synchronize_session=False)
    )


async def _leave(session: AsyncSession, chat_id: int, work: Work) -> None:
    """Let go of a group's topics: the worker places them in another one, when there is one."""
    await session.execute(
        update(DeskTopic)
        .where(DeskTopic.chat_id == chat_id)
        .values(**nothing_shown(), behind_since=work.now)
        .execution_options(synchronize_session=False)
    )


async def _view(session: AsyncSession, group: DeskGroup) -> GroupView:
    topics = await session.scalar(
        select(func.count())
        .select_from(DeskTopic)
        .join(Ticket, Ticket.id == DeskTopic.ticket_id)
        .where(DeskTopic.chat_id == group.chat_id, Ticket.state.in_(OPEN_STATES))
    )
    return GroupView(
        group.chat_id, group.title, group.state, group.language, topics or 0, group.digest_on
    )


async def _topic(session: AsyncSession, *where: ColumnElement[bool]) -> TopicView | None:
    found = await session.execute(
        select(
            Ticket.number,
            DeskTopic.chat_id,
            DeskTopic.thread_id,
            DeskTopic.card_id,
            DeskTopic.note_mode,
            func.coalesce(DeskGroup.language, "ru"),
        )
        .select_from(DeskTopic)
        .join(Ticket, Ticket.id == DeskTopic.ticket_id)
        .outerjoin(DeskGroup, DeskGroup.chat_id == DeskTopic.chat_id)
        .where(*where)
    )
    row = found.one_or_none()
    return None if row is None else TopicView(*row)

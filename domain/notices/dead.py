"""Notices that could not be sent: listed with their reasons, sent again or dropped by an admin.

Sending again never tells anybody twice: what reached the person in another channel meanwhile, and
what its deadline has made useless, stays as it is and is counted; of what died in several channels
the first goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from domain.base import is_id
from domain.errors import NotFound
from domain.notices.doubt import DOUBT, doubted
from domain.notices.model import Delivery, Notice
from domain.notices.views import NoticeView, notice_view
from domain.people.model import Person
from domain.roles import Role
from domain.texts import required_text
from domain.work import Look, Site, Work, query, use_case

ADMINS = frozenset({Role.ADMIN})
#: At most so many are sent again, or dropped, in one act.
MOST_AT_ONCE = 1000
_REASON = 200
_REPLAY_LOCK = 7_210_403


@dataclass(frozen=True)
class Elsewhere:
    """The same event by another channel: when it was sent, None while it is on its way."""

    channel: str
    sent_at: datetime | None


@dataclass(frozen=True)
class DeadLetter:
    """A notice that was given up: to whom, why, since when; ``useful`` says whether its deadline
    still lies ahead, ``elsewhere`` by which other channels the person knows of it all the same."""

    notice: NoticeView
    person: str
    reason: str
    died_at: datetime
    useful: bool
    elsewhere: tuple[Elsewhere, ...] = ()


@dataclass(frozen=True)
class DeadPage:
    """A page of dead letters, newest first; ``older`` is the cursor of the next page."""

    letters: list[DeadLetter]
    total: int
    older: int | None


@dataclass(frozen=True)
class Replayed:
    """What became of dead letters: ``queued`` go out again; the others had arrived by another
    channel (``delivered``) or serve nothing any more (``useless``)."""

    queued: int
    delivered: int
    useless: int


def _dead() -> ColumnElement[bool]:
    return Notice.state == "dead"


class DeadLetters:
    """What admins do about notices that could not be sent."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @query(by=ADMINS)
    async def page(self, look: Look, before: int | None = None, size: int = 5) -> DeadPage:
        """Dead letters older than ``before``, newest first."""
        rows = await look.session.execute(
            _with_last()
            .where(_dead(), Notice.id < before if before else Notice.id > 0)
            .order_by(Notice.id.desc())
            .limit(size + 1)
        )
        letters = await _letters(look, rows.all())
        total = await look.session.scalar(select(func.count()).where(_dead()))
        older = letters[size - 1].notice.number if len(letters) > size else None
        return DeadPage(letters[:size], total or 0, older)

    @query(by=ADMINS)
    async def one(self, look: Look, number: int) -> DeadLetter:
        """One dead letter; raises NotFound ``dead_letter_unknown``."""
        found = None
        if is_id(number):
            rows = await look.session.execute(_with_last().where(_dead(), Notice.id == number))
            found = rows.first()
        if found is None:
            raise NotFound("dead_letter_unknown", None, number=number)
        return (await _letters(look, [found]))[0]

    @use_case("notices.replay", by=ADMINS)
    async def replay(self, work: Work, numbers: Sequence[int] | None = None) -> Replayed:
        """Send dead letters again, these or (``None``) the oldest thousand of all.

        Raises NotFound ``dead_letter_unknown`` when one named is none.
        """
        # Another's replay may hold the same event in another channel: one after the other.
        await work.session.execute(select(func.pg_advisory_xact_lock(_REPLAY_LOCK)))
        rows = await self._held(work, numbers)
        told = await _told_elsewhere(work.session, rows)
        unsure = await doubted(work.session, [row.id for row in rows])
        going: set[int] = set()
        queued = delivered = useless = 0
        for row in rows:
            event = row.origin_id or row.id
            if event in told or event in going:
                row.state, delivered = "dropped", delivered + 1
                row.error = f"{'delivered' if event in told else 'goes'} by another channel"
            elif row.useless_after is not None and row.useless_after <= work.now:
                row.state, useless = "useless", useless + 1
            else:
                row.state, queued = "queued", queued + 1
                going.add(event)
                row.attempts, row.not_before = 0, work.now
                row.error = DOUBT if row.id in unsure else None
        work.record("notices", queued=queued, delivered=delivered, useless=useless)
        return Replayed(queued, delivered, useless)

    @use_case("notices.drop", by=ADMINS)
    async def drop(self, work: Work, numbers: Sequence[int], reason: str) -> int:
        """Give dead letters up for good, with the reason; returns how many.

        Raises RuleBroken ``text_missing``, ``text_too_long``; NotFound ``dead_letter_unknown``.
        """
        why = required_text(reason, "reason", _REASON)
        rows = await self._held(work, numbers)
        for row in rows:
            row.state, row.error = "dropped", f"{why} ({row.error or ''})"[: 2 * _REASON]
        work.record("notices", dropped=[row.id for row in rows], reason=why)
        return len(rows)

    @staticmethod
    async def _held(work: Work, numbers: Sequence[int] | None) -> list[Notice]:
        wanted = None if numbers is None else sorted(set(numbers))
        statement = select(Notice).where(_dead()).order_by(Notice.id).limit(MOST_AT_ONCE)
        if wanted is not None:
            if len(wanted) > MOST_AT_ONCE or not all(is_id(each) for each in wanted):
                raise NotFound("dead_letter_unknown", None, number=wanted[0] if wanted else 0)
            statement = statement.where(Notice.id.in_(wanted))
        rows = list(await work.session.scalars(statement.with_for_update()))
        found = {row.id for row in rows}
        missing = [each for each in wanted or () if each not in found]
        if missing:
            raise NotFound("dead_letter_unknown", None, number=missing[0])
        return rows


async def _told_elsewhere(
    session: AsyncSession, rows: Sequence[Notice]
) -> dict[int, tuple[Elsewhere, ...]]:
    """Of which of these events the person knows by another channel, or is about to, by the number
    shown."""
    events = {row.origin_id or row.id for row in rows}
    event = func.coalesce(Notice.origin_id, Notice.id)
    found = await session.execute(
        select(event, Notice.channel, Notice.sent_at)
        .where(
            or_(Notice.id.in_(events), Notice.origin_id.in_(events)),
            Notice.state.in_(("sent", "sending", "queued")),
        )
        .order_by(Notice.id)
    )
    told: dict[int, tuple[Elsewhere, ...]] = {}
    for number, channel, sent_at in found:
        told[number] = (*told.get(number, ()), Elsewhere(channel, sent_at))
    return told


_last = aliased(Delivery)


def _with_last() -> Select[Notice, str, datetime | None]:
    """Dead letters with their readers' names and the end of their last attempts."""
    ended = (
        select(func.max(_last.ended_at))
        .where(_last.notice_id == Notice.id)
        .correlate(Notice)
        .scalar_subquery()
    )
    return select(Notice, Person.name, ended).join(Person, Person.id == Notice.person_id)


async def _letters(
    look: Look, rows: Sequence[Row[Notice, str, datetime | None]]
) -> list[DeadLetter]:
    told = await _told_elsewhere(look.session, [row for row, *_ in rows])
    return [
        DeadLetter(
            notice_view(row),
            name,
            row.error or "",
            died_at or row.created_at,
            row.useless_after is None or row.useless_after > look.now,
            told.get(row.origin_id or row.id, ()),
        )
        for row, name, died_at in rows
    ]

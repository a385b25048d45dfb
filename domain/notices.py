"""Notices: durable rows written in the transaction of the act, rendered when they are sent.

A notice is addressed to a person; its text is made at the moment of sending, in the language
the reader then has. The same rows are the person's own list of notices (act 366, clause 11).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Index,
    Select,
    String,
    UniqueConstraint,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Instant, Json, Key, Ref, plain
from domain.people.model import Person
from domain.work import Look, Site, Work, query, use_case


class Lane(IntEnum):
    """Order of sending: a smaller lane goes first."""

    STATUTORY = 0
    WORK = 1
    NEWS = 2


class Notice(Base):
    """One event for one person."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("person_id", "dedup"),
        Index("ix_notice_queue", "lane", "not_before", postgresql_where="state = 'queued'"),
        Index("ix_notice_person", "person_id", "id"),
        Index("ix_notice_claimed", "claimed_until", postgresql_where="state = 'sending'"),
    )

    id: Mapped[Key]
    person_id: Mapped[Ref]
    kind: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64))
    params: Mapped[Json]
    lane: Mapped[int]
    # queued -> sending -> sent | unreachable | dead | useless
    state: Mapped[str] = mapped_column(String(16))
    dedup: Mapped[str] = mapped_column(String(250))
    created_at: Mapped[Instant]
    not_before: Mapped[Instant]
    useless_after: Mapped[Instant | None]
    claimed_until: Mapped[Instant | None]
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[Instant | None]
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    error: Mapped[str | None]
    read_at: Mapped[Instant | None]


@dataclass(frozen=True)
class NoticeView:
    """A notice as its reader sees it."""

    number: int
    person_id: int
    kind: str
    subject: str
    params: Json
    created_at: datetime
    state: str
    sent_at: datetime | None
    read_at: datetime | None
    attempts: int


@dataclass(frozen=True)
class NoticePage:
    """A page of a person's notices, newest first; ``older`` is the cursor of the next page."""

    notices: list[NoticeView]
    unread: int
    older: int | None
    newer: int | None


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt to send.

    ``state``: ``sent``, ``retry`` (after ``retry_after`` seconds; ``counted`` says whether the
    attempt counts against the limit), ``unreachable`` (the person blocked the bot) or ``dead``.
    """

    state: str
    message_id: int | None = None
    retry_after: float = 0
    counted: bool = True
    reason: str = ""


MAX_ATTEMPTS = 8

CONFIRMATIONS = frozenset(
    {
        "offer.submitted",
        "offer.withdrawn",
        "award.confirmed",
        "award.refused",
        "incident.received",
        "registration.received",
        "registration.approved",
        "ticket.received",
        "ticket.reopened",
    }
)
"""Kinds that confirm an act (act 366, clause 15). Whoever acted in the chat is answered there, so
for them the notice stands in their list, told and read, and no second message comes."""
_DEDUP_LIMIT = 250
_DEDUP_KEPT = _DEDUP_LIMIT - 20


def notice_view(row: Notice) -> NoticeView:
    """The row as a value."""
    return NoticeView(
        number=row.id,
        person_id=row.person_id,
        kind=row.kind,
        subject=row.subject,
        params=row.params,
        created_at=row.created_at,
        state=row.state,
        sent_at=row.sent_at,
        read_at=row.read_at,
        attempts=row.attempts,
    )


def telling(readers: Select[Any]) -> Select[int]:
    """A statement that writes one notice to each row of ``readers`` and counts them.

    A row is a person, for whom they are told (part of what tells one notice from another) and
    what this reader's notice says in addition. The database picks the readers: a publication
    tells a thousand people and a sweep of closings ten thousand, and nothing but the notice
    itself travels. For ``write_notices``.
    """
    reader = readers.cte("reader")
    given = {
        name: bindparam(name, type_=Notice.__table__.c[name].type)
        for name in ("kind", "subject", "params", "lane", "dedup", "created_at", "useless_after")
    }
    # Whoever acted in the chat has the answer before their eyes: theirs is told and read.
    teller = bindparam("teller", type_=BigInteger)
    in_place = case((reader.c[0] == teller, given["created_at"]))
    columns = {
        "person_id": reader.c[0],
        **given,
        "params": given["params"].op("||", return_type=JSONB)(reader.c[2]),
        "dedup": given["dedup"] + reader.c[1],
        "not_before": given["created_at"],
        "state": case((reader.c[0] == teller, "sent"), else_="queued"),
        "sent_at": in_place,
        "read_at": in_place,
        "attempts": literal(0),
    }
    written = (
        insert(Notice)
        .from_select(list(columns), select(*columns.values()).order_by(reader.c[0]))
        .on_conflict_do_nothing()
        .cte("written")
    )
    return select(func.count()).select_from(reader).add_cte(written)


_TELL_PEOPLE = telling(
    select(
        func.unnest(bindparam("people", type_=ARRAY(BigInteger))).label("person_id"),
        literal("").label("whose"),
        literal({}, JSONB).label("besides"),
    )
)


def _dedup(text: str) -> str:
    """``text`` as far as the column holds it beside a company's number."""
    if len(text) <= _DEDUP_KEPT:
        return text
    return hashlib.sha256(text.encode()).hexdigest() + "|"


def _answered_in_place(work: Work, kind: str) -> int | None:
    """The person whose own act in the chat this notice confirms, and who is answered there."""
    told = kind in CONFIRMATIONS and work.actor.source == "telegram"
    return work.actor.person_id if told else None


async def write_notices(
    work: Work,
    statement: Select[int],
    readers: Mapping[str, object],
    kind: str,
    subject: str,
    *,
    lane: Lane,
    useless_after: datetime | None,
    params: Json,
) -> int:
    """Write a notice by a statement of ``telling`` and what its readers are picked by.

    Returns how many notices there are; the same act never writes the same notice to the same
    person for the same company twice.
    """
    values = {
        **readers,
        "kind": kind,
        "subject": subject,
        "params": plain(params),
        "lane": int(lane),
        "dedup": _dedup(f"{work.cause}|{kind}|{subject}|"),
        "created_at": work.now,
        "useless_after": useless_after,
        "teller": _answered_in_place(work, kind),
    }
    return await work.session.scalar(statement, values) or 0


async def send_missed(work: Work, person_id: int) -> int:
    """Queue again the statutory notices that could not reach a person who is back.

    What its deadline has made useless stays in the list only. Returns how many go out.
    """
    missed = await work.session.scalars(
        update(Notice)
        .where(
            Notice.person_id == person_id,
            Notice.state == "unreachable",
            Notice.lane == int(Lane.STATUTORY),
            or_(Notice.useless_after.is_(None), Notice.useless_after > work.now),
        )
        .values(state="queued", not_before=work.now, attempts=0)
        .returning(Notice.id)
    )
    return len(missed.all())


async def tell(
    work: Work,
    people: Iterable[int],
    kind: str,
    subject: str,
    *,
    lane: Lane = Lane.WORK,
    useless_after: datetime | None = None,
    about: Json | None = None,
    **params: object,
) -> None:
    """Write one notice a person, in the transaction of the act.

    Its text will be made of ``about`` and ``params`` together. The same act never writes the
    same notice to the same person twice.
    """
    ids = sorted(set(people))
    if ids:
        await write_notices(
            work,
            _TELL_PEOPLE,
            {"people": ids},
            kind,
            subject,
            lane=lane,
            useless_after=useless_after,
            params={**(about or {}), **params},
        )


class Notices:
    """A person's own list of notices, and the queue that the dispatcher works."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @query(by=None)
    async def page(self, look: Look, before: int | None = None, size: int = 5) -> NoticePage:
        """The actor's notices older than ``before`` (act 366, clause 11)."""
        mine = Notice.person_id == look.actor.person_id
        rows = list(
            await look.session.scalars(
                select(Notice)
                .where(mine, Notice.id < before if before else Notice.id > 0)
                .order_by(Notice.id.desc())
                .limit(size + 1)
            )
        )
        unread = await look.session.scalar(
            select(func.count()).where(mine, Notice.read_at.is_(None))
        )
        newer = None
        if before:
            ids = list(
                await look.session.scalars(
                    select(Notice.id)
                    .where(mine, Notice.id >= before)
                    .order_by(Notice.id)
                    .limit(size)
                )
            )
            newer = ids[-1] + 1 if ids else None
        older = rows[size - 1].id if len(rows) > size else None
        return NoticePage([notice_view(row) for row in rows[:size]], unread or 0, older, newer)

    @use_case("notices.read", by=None)
    async def mark_read(self, work: Work, numbers: Sequence[int]) -> int:
        """Mark these of the actor's notices as read; returns how many were unread."""
        where = [
            Notice.person_id == work.actor.person_id,
            Notice.read_at.is_(None),
            Notice.id.in_(numbers),
        ]
        done = await work.session.execute(
            update(Notice).where(*where).values(read_at=work.now).returning(Notice.id)
        )
        count = len(done.all())
        work.record(f"person:{work.actor.person_id}", read=count)
        return count

    async def claim(self, limit: int, lease: timedelta) -> Sequence[NoticeView]:
        """Take the next notices to send, most urgent first, for the time of a lease.

        A claim whose lease has run out (its process died) is taken again: the reader may see
        such a notice twice, and its number tells that it is one.
        """
        now = self.site.clock.now()
        async with self.site.sessions.begin() as session:
            left = and_(Notice.state == "sending", Notice.claimed_until <= now)
            await session.execute(
                update(Notice)
                .where(or_(Notice.state == "queued", left), Notice.useless_after <= now)
                .values(state="useless", claimed_until=None)
            )
            ready = or_(and_(Notice.state == "queued", Notice.not_before <= now), left)
            ids = list(
                await session.scalars(
                    select(Notice.id)
                    .where(ready)
                    .order_by(Notice.lane, Notice.not_before, Notice.id)
                    .limit(limit)
                    .with_for_update(skip_locked=True)
                )
            )
            if not ids:
                return []
            rows = await session.scalars(
                update(Notice)
                .where(Notice.id.in_(ids))
                .values(state="sending", claimed_until=now + lease, attempts=Notice.attempts + 1)
                .returning(Notice)
            )
            return sorted(
                (notice_view(row) for row in rows), key=lambda view: ids.index(view.number)
            )

    async def settle(self, number: int, outcome: Outcome) -> None:
        """Record what became of an attempt.

        Only a sending counts once another has taken the notice over: what it has sent is not
        sent again because an attempt before it was given up.
        """
        now = self.site.clock.now()
        values: dict[str, object] = {"claimed_until": None, "error": outcome.reason or None}
        if outcome.state == "sent":
            values |= {"state": "sent", "sent_at": now, "message_id": outcome.message_id}
        elif outcome.state == "retry":
            values |= {
                "state": "queued",
                "not_before": now + timedelta(seconds=outcome.retry_after),
            }
            if not outcome.counted:
                values["attempts"] = Notice.attempts - 1
        else:
            values["state"] = outcome.state
        async with self.site.sessions.begin() as session:
            row = await session.get_one(Notice, number, with_for_update=True)
            if row.state != "sending" and outcome.state != "sent":
                return
            if outcome.state == "retry" and outcome.counted and row.attempts >= MAX_ATTEMPTS:
                values = {"state": "dead", "claimed_until": None, "error": outcome.reason}
            await session.execute(update(Notice).where(Notice.id == number).values(**values))
            if outcome.state == "unreachable":
                # Kept until the person lets the bot write again; their notices stay in the list.
                await session.execute(
                    update(Person)
                    .where(Person.id == row.person_id, Person.unreachable_since.is_(None))
                    .values(unreachable_since=now)
                )

    async def in_queue(self) -> int:
        """How many notices wait or are being sent."""
        async with self.site.sessions() as session:
            count = await session.scalar(
                select(func.count()).where(Notice.state.in_(("queued", "sending")))
            )
            return count or 0

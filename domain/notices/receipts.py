"""Proof of delivery: when an event was queued, sent, opened and acknowledged, by which channel.

Bots get no receipts of reading. *Sent* means that the channel took it, *opened* that a button of
it was pressed, *acknowledged* that the person said so or acted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.base import is_id
from domain.errors import NotFound
from domain.notices.ended import written_for
from domain.notices.model import TELEGRAM, Delivery, Notice
from domain.notices.views import NoticeView, notice_view
from domain.people.model import Membership, Person
from domain.roles import Role
from domain.work import Look, Site, query

#: Whoever works with what people are told of knows them by name.
DESK = frozenset({Role.SUPPORT, Role.ADMIN})
#: Whoever watches over the platform sees what was sent to whom.
WATCHERS = frozenset({Role.ADMIN, Role.TECHNICAL_OPERATOR, Role.AUTHORITY})


@dataclass(frozen=True)
class Attempt:
    """One attempt: ``outcome`` is sent, retry, unknown, unreachable or dead."""

    id: int
    notice: int
    channel: str
    number: int
    began_at: datetime
    ended_at: datetime
    outcome: str
    retry_at: datetime | None
    message_id: int | None
    error: str | None


@dataclass(frozen=True)
class Receipt:
    """One notice in one channel, and how far it came."""

    number: int
    shown_number: int
    person_id: int
    kind: str
    subject: str
    channel: str
    state: str
    queued_at: datetime
    sent_at: datetime | None
    opened_at: datetime | None
    acked_at: datetime | None
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True)
class Reach:
    """How many companies were told of something: ``reached`` of ``total``, by channel the first
    that reached each; ``seen`` opened or acknowledged it."""

    total: int
    reached: int
    seen: int
    by_channel: tuple[tuple[str, int], ...]

    @property
    def elsewhere(self) -> tuple[tuple[str, int], ...]:
        """Those reached by other channels than Telegram."""
        return tuple(each for each in self.by_channel if each[0] != TELEGRAM)


@dataclass(frozen=True)
class CompanyReach:
    """When a company was first told, by which channel, and when it was first seen to know."""

    company_id: int
    channel: str | None
    sent_at: datetime | None
    seen_at: datetime | None


@dataclass(frozen=True)
class ReceiptPage:
    """A page, newest first; ``older`` is the cursor of the next page."""

    receipts: list[Receipt]
    older: int | None


@dataclass(frozen=True)
class AttemptPage:
    """A page, newest first; ``older`` is the cursor of the next page."""

    attempts: list[Attempt]
    older: int | None


@dataclass(frozen=True)
class ToldPage:
    """Who was told of a subject, by name, newest first; ``older`` is the cursor of the next page.

    ``total`` notices, of them ``sent``, ``opened`` (a button pressed, or acknowledged) and
    ``acked``.
    """

    told: list[tuple[NoticeView, str]]
    total: int
    sent: int
    opened: int
    acked: int
    older: int | None
    first: bool


class Receipts:
    """Reading what became of notices."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @query(by=WATCHERS)
    async def page(
        self,
        look: Look,
        *,
        subject: str | None = None,
        kind: str | None = None,
        state: str | None = None,
        before: int | None = None,
        size: int = 20,
    ) -> ReceiptPage:
        """Notices, newest first: all, or of a subject (``order:15``), a kind, a state."""
        statement = select(Notice).order_by(Notice.id.desc()).limit(size + 1)
        given = ((Notice.subject, subject), (Notice.kind, kind), (Notice.state, state))
        for column, value in given:
            if value is not None:
                statement = statement.where(column == value)
        if before is not None:
            statement = statement.where(Notice.id < before)
        rows = list(await look.session.scalars(statement))
        older = rows[size - 1].id if len(rows) > size else None
        return ReceiptPage([_receipt(row) for row in rows[:size]], older)

    @query(by=DESK)
    async def told(
        self, look: Look, subject: str, before: int | None = None, size: int = 5
    ) -> ToldPage:
        """Who was told of a subject (``incident:15``), when, and how far it came."""
        about = Notice.subject == subject
        known = func.coalesce(Notice.opened_at, Notice.acked_at)
        counts = await look.session.execute(
            select(
                func.count(),
                func.count(Notice.sent_at),
                func.count(known),
                func.count(Notice.acked_at),
            ).where(about)
        )
        statement = (
            select(Notice, Person.name)
            .join(Person, Person.id == Notice.person_id)
            .where(about)
            .order_by(Notice.id.desc())
            .limit(size + 1)
        )
        if before is not None:
            statement = statement.where(Notice.id < before)
        rows = (await look.session.execute(statement)).all()
        shown = [(notice_view(notice), name) for notice, name in rows[:size]]
        older = shown[-1][0].number if len(rows) > size else None
        return ToldPage(shown, *counts.one(), older, before is None)

    @query(by=WATCHERS)
    async def one(self, look: Look, number: int) -> list[Receipt]:
        """An event by the number that its reader sees: each channel with all attempts.

        Raises NotFound ``notice_unknown``.
        """
        rows: list[Notice] = []
        if is_id(number):
            statement = select(Notice).where(or_(Notice.id == number, Notice.origin_id == number))
            rows = list(await look.session.scalars(statement.order_by(Notice.id)))
        if not rows:
            raise NotFound("notice_unknown", None, number=number)
        found = await look.session.scalars(
            select(Delivery)
            .where(Delivery.notice_id.in_([row.id for row in rows]))
            .order_by(Delivery.id)
        )
        attempts: dict[int, list[Attempt]] = {row.id: [] for row in rows}
        for each in found:
            attempts[each.notice_id].append(_attempt(each))
        return [_receipt(row, attempts[row.id]) for row in rows]

    @query(by=WATCHERS)
    async def attempts(
        self,
        look: Look,
        *,
        outcome: str | None = None,
        since: datetime | None = None,
        before: int | None = None,
        size: int = 20,
    ) -> AttemptPage:
        """Attempts to send, newest first: all, or of an outcome, or since a moment."""
        statement = select(Delivery).order_by(Delivery.id.desc()).limit(size + 1)
        if outcome is not None:
            statement = statement.where(Delivery.outcome == outcome)
            if outcome != "sent":
                # Said as the index of failures says it.
                statement = statement.where(Delivery.outcome != literal_column("'sent'"))
        if since is not None:
            statement = statement.where(Delivery.ended_at >= since)
        if before is not None:
            statement = statement.where(Delivery.id < before)
        rows = list(await look.session.scalars(statement))
        older = rows[size - 1].id if len(rows) > size else None
        return AttemptPage([_attempt(row) for row in rows[:size]], older)


def _receipt(row: Notice, attempts: Sequence[Attempt] = ()) -> Receipt:
    return Receipt(
        number=row.id,
        shown_number=row.origin_id or row.id,
        person_id=row.person_id,
        kind=row.kind,
        subject=row.subject,
        channel=row.channel,
        state=row.state,
        queued_at=row.created_at,
        sent_at=row.sent_at,
        opened_at=row.opened_at,
        acked_at=row.acked_at,
        attempts=tuple(attempts),
    )


def _attempt(row: Delivery) -> Attempt:
    return Attempt(
        row.id,
        row.notice_id,
        row.channel,
        row.attempt,
        row.began_at,
        row.ended_at,
        row.outcome,
        row.retry_at,
        row.message_id,
        row.error,
    )


async def companies_reached(
    session: AsyncSession, kind: str, subject: str, companies: Sequence[int]
) -> list[CompanyReach]:
    """How the suppliers of these companies were told of a subject, in their order."""
    if not companies:
        return []
    of_company = Membership.company_id
    # That it stood in a list somebody looked at (``read_at``) opens nothing.
    earliest = func.least(Notice.opened_at, Notice.acked_at)
    seen = func.min(earliest).over(partition_by=of_company)
    order = (Notice.sent_at.nulls_last(), Notice.id)
    place = func.row_number().over(partition_by=of_company, order_by=order)
    first = (
        select(
            Membership.company_id,
            Notice.channel,
            Notice.sent_at,
            seen.label("seen_at"),
            place.label("place"),
        )
        .join(Membership, Membership.person_id == Notice.person_id)
        .where(
            Notice.subject == subject,
            Notice.kind == kind,
            Membership.company_id.in_(companies),
            Membership.role == Role.SUPPLIER.value,
            # To somebody of two companies it was told for each by itself.
            written_for(Membership.company_id),
        )
        .subquery()
    )
    shown = (first.c.company_id, first.c.channel, first.c.sent_at, first.c.seen_at)
    rows = await session.execute(select(*shown).where(first.c.place == 1))
    found = {
        company: CompanyReach(company, channel if sent_at else None, sent_at, seen_at)
        for company, channel, sent_at, seen_at in rows
    }
    return [found.get(each) or CompanyReach(each, None, None, None) for each in companies]


def reach(companies: Sequence[CompanyReach]) -> Reach:
    """All of them together."""
    reached = [each.channel for each in companies if each.channel is not None]
    channels = sorted(set(reached), key=lambda name: (name != TELEGRAM, name))
    return Reach(
        total=len(companies),
        reached=len(reached),
        seen=sum(1 for each in companies if each.seen_at is not None),
        by_channel=tuple((name, reached.count(name)) for name in channels),
    )

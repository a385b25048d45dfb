"""The desk in a period: what came, how fast it was answered, which promises were kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, String, cast, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.clock import as_utc
from domain.deadlines import Deadline
from domain.errors import RuleBroken
from domain.incidents.model import Incident
from domain.people.model import Person
from domain.support.clocks import PROMISE
from domain.support.minutes import WorkingClock, summed
from domain.support.model import Ticket, TicketMessage
from domain.support.reading import OPERATORS, line, lines
from domain.support.regimes import regime_at
from domain.support.views import JournalLine, OperatorReport, Report, TicketLine
from domain.work import Look, Site, query
from domain.working_time.model import calendar_for_reading

_LONGEST = timedelta(days=3 * 366)
_HOLIDAYS = timedelta(days=30)
_RATINGS = range(1, 6)


class Reporting:
    """Reports for a period; pictures and sheets are made of these values."""

    site: Site

    @query(by=OPERATORS)
    async def report(
        self, look: Look, since: datetime, until: datetime, regime: str | None = None
    ) -> Report:
        """The tickets opened in [since, until), as they stand now.

        Times are working minutes of each ticket's own regime. A promise is kept by an answer
        before its end; one that still runs is neither kept nor broken. Raises ``period_range``,
        ``naive_time``.
        """
        since, until = as_utc(since), as_utc(until)
        if not since < until <= since + _LONGEST:
            raise RuleBroken("period_range")
        where = [Ticket.opened_at >= since, Ticket.opened_at < until]
        if regime is not None:
            where.append(Ticket.regime == regime)
        rows = await _tickets(look.session, where)
        clocks = await _clocks(look, rows)
        first, decided = _times(rows, clocks)
        kept, broken = await _promises(look, where)
        rated = [row.rating for row in rows if row.rating]
        return Report(
            since=since,
            until=until,
            opened=len(rows),
            by_channel=_counted(row.channel for row in rows),
            by_state=_counted(row.state for row in rows),
            by_result=_counted(row.result for row in rows if row.result),
            first_answer=summed(first),
            decision=summed(decided),
            kept=kept,
            broken=broken,
            ratings={mark: rated.count(mark) for mark in _RATINGS},
            rating=_mean(rated),
            operators=await _operators(look.session, where, rows, clocks),
        )

    @query(by=OPERATORS)
    async def journal(
        self, look: Look, since: datetime, until: datetime, regime: str | None = None
    ) -> list[JournalLine]:
        """The journal of requests registered in [since, until), in its order.

        Act 627, clauses 15.2 and 16: an e-mail out of hours stands under the next working day.
        Raises ``period_range``, ``naive_time``.
        """
        since, until = as_utc(since), as_utc(until)
        if not since < until <= since + _LONGEST:
            raise RuleBroken("period_range")
        # Registration comes at most a long holiday after the opening: the index is of the latter.
        where = [Ticket.registered_at >= since, Ticket.registered_at < until]
        where += [Ticket.opened_at >= since - _HOLIDAYS, Ticket.opened_at < until]
        if regime is not None:
            where.append(Ticket.regime == regime)
        rows = await look.session.execute(
            lines()
            .add_columns(Incident.number)
            .outerjoin(Incident, Incident.id == Ticket.incident_id)
            .where(*where)
            .order_by(Ticket.registered_at, Ticket.number)
        )
        return [_entry(line(row[:8], look.now), row[0], row[8]) for row in rows]


def _entry(shown: TicketLine, ticket: Ticket, incident: int | None) -> JournalLine:
    return JournalLine(
        number=shown.number,
        registered_at=ticket.registered_at,
        opened_at=shown.opened_at,
        channel=shown.channel,
        name=shown.name,
        company_kk=shown.company_kk,
        company_ru=shown.company_ru,
        subject=shown.subject,
        order_number=shown.order_number,
        incident=incident,
        state=shown.state,
        result=ticket.result,
        answered_at=ticket.answered_at,
        operator=shown.assignee,
    )


def _counted(values: Any) -> Mapping[str, int]:
    return dict(sorted(Counter(values).items()))


def _mean(values: Sequence[int]) -> float | None:
    return round(sum(values) / len(values), 2) if values else None


async def _tickets(
    session: AsyncSession, where: Sequence[ColumnElement[bool]]
) -> Sequence[Row[*tuple[Any, ...]]]:
    found = await session.execute(
        select(
            Ticket.regime,
            Ticket.channel,
            Ticket.state,
            Ticket.result,
            Ticket.opened_at,
            Ticket.first_answer_at,
            Ticket.answered_at,
            Ticket.closed_at,
            Ticket.assignee_id,
            Ticket.rating,
        ).where(*where)
    )
    return found.all()


async def _clocks(look: Look, rows: Sequence[Row[*tuple[Any, ...]]]) -> Mapping[str, WorkingClock]:
    calendar = await calendar_for_reading(look.session)
    return {
        code: WorkingClock(calendar, regime_at(code, look.now).hours)
        for code in {row.regime for row in rows}
    }


def _times(
    rows: Sequence[Row[*tuple[Any, ...]]], clocks: Mapping[str, WorkingClock]
) -> tuple[list[float], list[float]]:
    """Working minutes to the first answer, and to the closing or the last answer."""
    first, decided = [], []
    for row in sorted(rows, key=lambda each: each.opened_at):
        clock = clocks[row.regime]
        if row.first_answer_at is not None:
            first.append(clock.between(row.opened_at, row.first_answer_at))
        ended = row.answered_at or row.closed_at
        if ended is not None and row.state in ("answered", "closed"):
            decided.append(clock.between(row.opened_at, ended))
    return first, decided


async def _promises(look: Look, where: Sequence[ColumnElement[bool]]) -> tuple[int, int]:
    """Kept and broken promises of the tickets: judged by the moment of the answer."""
    kept = (Deadline.state == "done") & (Deadline.closed_at < Deadline.due_at)
    late = (Deadline.state == "done") & (Deadline.closed_at >= Deadline.due_at)
    over = (Deadline.state == "open") & (Deadline.due_at <= look.now)
    broken = late | over | (Deadline.state == "fired")
    row = (
        await look.session.execute(
            select(func.count().filter(kept), func.count().filter(broken))
            .select_from(Ticket)
            .join(Deadline, Deadline.subject == literal("ticket:") + cast(Ticket.number, String))
            .where(*where, Deadline.kind == PROMISE)
        )
    ).one()
    return row[0], row[1]


async def _operators(
    session: AsyncSession,
    where: Sequence[ColumnElement[bool]],
    rows: Sequence[Row[*tuple[Any, ...]]],
    clocks: Mapping[str, WorkingClock],
) -> tuple[OperatorReport, ...]:
    found = await session.execute(
        select(TicketMessage.person_id, func.count())
        .join(Ticket, Ticket.id == TicketMessage.ticket_id)
        .where(*where, TicketMessage.author == "operator")
        .group_by(TicketMessage.person_id)
    )
    answers = {person_id: count for person_id, count in found if person_id is not None}
    people = {*answers, *(row.assignee_id for row in rows if row.assignee_id)}
    named = await session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    reports = []
    for person_id, name in named:
        own = [row for row in rows if row.assignee_id == person_id]
        first, _ = _times(own, clocks)
        rated = [row.rating for row in own if row.rating]
        reports.append(
            OperatorReport(
                person_id=person_id,
                name=name,
                answers=answers.get(person_id, 0),
                closed=sum(row.state == "closed" for row in own),
                first_answer=summed(first),
                ratings=len(rated),
                rating=_mean(rated),
            )
        )
    return tuple(sorted(reports, key=lambda each: (-each.answers, each.name)))

"""What a fault has brought about before it was known, and can be undone (366, 29.4-29.6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import cast

from sqlalchemy import ColumnElement, Integer, exists, func, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from domain.audit import AuditEntry
from domain.awards.model import Award, Protocol
from domain.calendar import WorkingCalendar
from domain.clock import astana
from domain.contracts.model import Contract
from domain.deadlines import Deadline
from domain.extensions import Step, rolled
from domain.incidents.candidates import (
    PROTOCOL,
    Candidate,
    Ground,
    Planned,
    candidates,
    full_hour,
    near,
    planned_of,
    reach_of,
    steps_in,
)
from domain.incidents.model import IncidentEffect
from domain.incidents.needs import covered_since
from domain.incidents.rules import moved_end, touched
from domain.incidents.views import EffectView, What
from domain.law import CONFIRMATION, CONTRACT, OFFER_WINDOW, SELECTION
from domain.orders.model import Order, OrderLine
from domain.terms import Term
from domain.working_time.moving import award_number

_REOPENED_STATES = ("choosing", "confirming", "contracting", "failed")


async def over(
    session: AsyncSession, calendar: WorkingCalendar, ground: Ground, now: datetime
) -> list[Planned]:
    """Deadlines that ended within the fault before it was known, where that can be undone."""
    later = aliased(Deadline)
    superseded = exists().where(
        later.subject == Deadline.subject,
        later.kind == Deadline.kind,
        later.generation > Deadline.generation,
    )
    rows = await candidates(
        session,
        [
            *reach_of(ground),
            Deadline.state == "fired",
            *near(calendar, ground),
            ~superseded,
        ],
    )
    rows = [
        row
        for row in rows
        if touched(calendar, ground.effect, ground.interval, row.started_at, [row.due_at])
    ]
    if not rows:
        return []
    step = _step_from_now(calendar, ground, now)
    undo = _Undoing(calendar, ground, step, now, await _facts(session, rows))
    return [planned for row in rows if (planned := undo.planned(row)) is not None]


def _step_from_now(calendar: WorkingCalendar, ground: Ground, now: datetime) -> Step:
    """The extension of a term that is over: counted so that whole days lie ahead.

    The working day after the mending may be past when the fault is found: people then get the
    working day after today. Days and time that were lost are given again from the present on.
    """
    today = astana(now).date()
    if ground.effect == "next_working_day":
        last = max(ground.interval.last, today)
        return Step(ground.cause, "next_working_day", ground.clause, day=last, since=now)
    if ground.effect == "lost_days":
        lost = timedelta(days=ground.interval.days)
        until = rolled(calendar, calendar.end_of(today) + lost)
    else:
        until = full_hour(now) + timedelta(seconds=ground.interval.seconds)
    return Step(ground.cause, "until", ground.clause, since=now, until=until)


@dataclass(frozen=True)
class _Lapsed:
    """An award with what stands of its line beside it."""

    number: int
    state: str
    outcome: str | None
    contracted: bool
    line_id: int
    quantity: Decimal
    price: Decimal
    free_quantity: Decimal
    free_sum: Decimal


@dataclass(frozen=True)
class _Facts:
    contracted: frozenset[int]
    escalated: frozenset[str]
    awards: dict[int, _Lapsed]
    # Orders whose need others cover since they failed.
    covered: frozenset[int]


async def _facts(session: AsyncSession, rows: Sequence[Candidate]) -> _Facts:
    orders = {row.order_id for row in rows}
    concluded = await session.scalars(
        select(Contract.order_id).where(
            Contract.order_id == func.any(list(orders)), Contract.state == "concluded"
        )
    )
    escalated = await session.scalars(
        select(Deadline.subject).where(
            Deadline.order_id == func.any(list(orders)),
            Deadline.kind.in_((f"overdue.{SELECTION.name}", f"overdue.{CONTRACT.name}")),
            Deadline.state == "open",
        )
    )
    numbers = [number for row in rows if (number := award_number(row.subject)) is not None]
    return _Facts(
        frozenset(concluded),
        frozenset(escalated),
        await _awards(session, numbers),
        await covered_since(session, orders),
    )


async def _awards(session: AsyncSession, numbers: Sequence[int]) -> dict[int, _Lapsed]:
    if not numbers:
        return {}
    standing = aliased(Award)
    stands = (standing.order_line_id == OrderLine.id) & standing.state.in_(("pending", "active"))

    def taken(column: ColumnElement[Decimal]) -> ColumnElement[Decimal]:
        return cast(
            "ColumnElement[Decimal]",
            select(func.coalesce(func.sum(column), 0))
            .where(stands)
            .correlate(OrderLine)
            .scalar_subquery(),
        )

    rows = (
        await session.execute(
            select(
                Award,
                OrderLine.quantity - taken(standing.quantity.expression),
                OrderLine.allocated_sum - taken(standing.price.expression),
            )
            .join(OrderLine, OrderLine.id == Award.order_line_id)
            .where(Award.number == func.any(list(numbers)))
        )
    ).all()
    return {
        award.number: _Lapsed(
            award.number,
            award.state,
            award.outcome,
            award.contract_id is not None,
            award.order_line_id,
            award.quantity,
            award.price,
            quantity,
            amount,
        )
        for award, quantity, amount in rows
    }


class _Undoing:
    """Decides for each term that is over what can be undone of it."""

    def __init__(
        self,
        calendar: WorkingCalendar,
        ground: Ground,
        step: Step,
        now: datetime,
        facts: _Facts,
    ) -> None:
        self._calendar = calendar
        self._ground = ground
        self._step = step
        self._now = now
        self._facts = facts
        # Volumes and sums that lapses undone before have taken of each line.
        self._quantity: dict[int, Decimal] = defaultdict(Decimal)
        self._sum: dict[int, Decimal] = defaultdict(Decimal)

    def planned(self, row: Candidate) -> Planned | None:
        if row.kind == OFFER_WINDOW.name:
            return self._window(row)
        if row.kind == CONFIRMATION.name:
            return self._lapse(row)
        award = self._facts.awards.get(award_number(row.subject) or 0)
        running = row.order_state in ("choosing", "confirming")
        if row.kind == CONTRACT.name:
            running = award is not None and award.state == "active" and not award.contracted
        # The right to act has stayed: only the term and its escalation are put right.
        if not running or row.subject not in self._facts.escalated:
            return None
        return self._extended(row, "moved", self._ground.clause_of(row.kind))

    def _kept(self, row: Candidate, clause: str | None, reason: str) -> Planned | None:
        """What is left for people to decide; works that were announced leave nothing."""
        if not self._ground.finds:
            return None
        named = clause or self._ground.clause_of(row.kind)
        return planned_of(row, "kept", None, named, None, reason=reason)

    def _window(self, row: Candidate) -> Planned | None:
        if row.order_id in self._facts.contracted or row.order_state == "done":
            return self._kept(row, self._ground.rerun_clause, "contracted")
        if row.order_state not in _REOPENED_STATES:
            return None
        clause = self._ground.rerun_clause
        if clause is None or not self._ended_within(row):
            return self._kept(row, None, "ended_before_known")
        again = self._again(row)
        if again is None:
            return self._extended(row, "rerun", clause)
        return self._extended(row, "rerun", again.clause, again)

    def _ended_within(self, row: Candidate) -> bool:
        """Whether the last day of the term was one of the fault's."""
        interval = self._ground.interval
        return interval.first <= self._calendar.last_day(row.due_at) <= interval.last

    def _again(self, row: Candidate) -> Step | None:
        """The whole term anew, where the fault outlasted it and it gives more than its days."""
        clause = self._ground.restart_clause
        if clause is None or not self._outlasted(row):
            return None
        since = max(self._ground.interval.ended_at, self._now)
        until = self._calendar.due(since, Term.parse(row.term)).due_at
        given = self._step.until
        if given is not None and given >= until:
            return None
        return Step(self._ground.cause, "until", clause, since=self._now, until=until)

    def _outlasted(self, row: Candidate) -> bool:
        """Whether the fault was there from before a window opened until after it closed."""
        interval = self._ground.interval
        return interval.began_at <= row.started_at and row.due_at <= interval.ended_at

    def _lapse(self, row: Candidate) -> Planned | None:
        clause = self._ground.cancel_clause
        award = self._facts.awards.get(award_number(row.subject) or 0)
        if award is None or award.outcome != "lapsed":
            return None
        if clause is None:
            return self._kept(row, None, "ended_before_known")
        line = award.line_id
        fits = (
            self._quantity[line] + award.quantity <= award.free_quantity
            and self._sum[line] + award.price <= award.free_sum
        )
        if not fits:
            return self._kept(row, clause, "given_to_another")
        self._quantity[line] += award.quantity
        self._sum[line] += award.price
        return self._extended(row, "cancelled", clause)

    def _extended(
        self, row: Candidate, what: What, clause: str, given: Step | None = None
    ) -> Planned | None:
        steps = steps_in(row.extension)
        base = self._calendar.due(row.started_at, Term.parse(row.term)).due_at
        step = replace(given or self._step, clause=clause)
        result = moved_end(self._calendar, base, row.due_at, steps, step)
        if result is None or result[0] <= self._now:
            return None
        covered = row.order_state == "failed" and row.order_id in self._facts.covered
        reason = "need_covered" if covered and what in ("rerun", "cancelled") else ""
        return planned_of(row, what, result[0], clause, step, result[1], reason)


async def protocols(
    session: AsyncSession, ground: Ground, found: Sequence[Planned]
) -> list[Planned]:
    """Protocols to be annulled: those the platform formed by itself within the fault, and all
    that came of a window which is now opened again (366, clause 29.4).
    """
    rerun = {each.order_id: each.view.old for each in found if each.view.what == "rerun"}
    kept = {each.order_id for each in found if each.view.what == "kept"}
    version = sql_cast(AuditEntry.data["version"].astext, Integer)
    by_itself = exists().where(
        AuditEntry.subject == func.concat("order:", Order.number),
        AuditEntry.action == "protocol.form",
        AuditEntry.actor_kind == "system",
        version == Protocol.version,
    )
    within = Protocol.formed_at.between(ground.interval.began_at, ground.interval.ended_at)
    # Without a clause of their own they fall only together with their procedure.
    reach = within & by_itself if ground.annul_clause is not None else Protocol.id == 0
    if ground.scope.kind == "orders":
        reach &= Order.number.in_(ground.scope.orders)
    if ground.scope.kind == "module" and "awards" not in ground.scope.modules:
        reach &= Protocol.id == 0
    if not rerun and ground.annul_clause is None:
        return []
    rows = await session.execute(
        select(Protocol.version, Protocol.formed_at, Order.id, Order.number)
        .join(Order, Order.id == Protocol.order_id)
        .where(reach | Protocol.order_id.in_(list(rerun)))
    )
    annulled = await annulled_already(session)
    planned = []
    for number, formed_at, order_id, order in rows:
        subject = protocol_subject(order, number)
        since = rerun.get(order_id)
        if subject in annulled or order_id in kept or (since is not None and formed_at < since):
            continue
        clause = ground.annul_clause or ground.clause
        view = EffectView("annulled", PROTOCOL, subject, order, formed_at, None, clause, {})
        planned.append(Planned(view, 0, order_id, ()))
    return planned


def protocol_subject(order: int, version: int) -> str:
    """How effects name a version of an order's protocol."""
    return f"protocol:{order}:{version}"


async def annulled_already(session: AsyncSession) -> frozenset[str]:
    """The versions of protocols that were annulled before, as ``protocol_subject`` names them."""
    found = await session.scalars(
        select(IncidentEffect.subject).where(IncidentEffect.what == "annulled")
    )
    return frozenset(found)

"""Holding windows while a fault is analysed (act 627, clause 20)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select

from domain.deadline_moves import steps_of
from domain.deadlines import Deadline
from domain.extensions import Step, with_step
from domain.incidents.applying import move_planned
from domain.incidents.planning import Planned
from domain.incidents.rules import moved_end
from domain.incidents.views import EffectView, Scope
from domain.law import OFFER_WINDOW
from domain.orders.model import Order
from domain.terms import Term
from domain.work import Busy, Work
from domain.working_time.model import calendar_for_setting


async def hold(work: Work, cause: str, clause: str, scope: Scope, until: datetime) -> list[Planned]:
    """Extend the windows of a scope that would end before ``until`` to that instant.

    Windows only: the clause speaks of offers. Held ends stay when the decision comes sooner,
    as nothing is moved to an earlier moment.
    """
    if scope.kind == "module" and "offers" not in scope.modules:
        return []
    conditions = [Deadline.due_at < until, Deadline.due_at > work.now]
    if scope.kind == "orders":
        conditions.append(Order.number.in_(scope.orders))
    orders = list(
        await work.session.scalars(
            select(Order.id)
            .join(Deadline, Deadline.order_id == Order.id)
            .where(Deadline.kind == OFFER_WINDOW.name, Deadline.state == "open", *conditions)
        )
    )
    return await _hold(work, orders, cause, clause, until)


async def held_by(work: Work, cause: str) -> dict[str, list[int]]:
    """Ids of the orders whose windows a cause holds, by clause; they are locked.

    In a sweep nothing may have been written before: raises Busy when one of them is in use.
    """
    rows = await work.session.scalars(
        select(Deadline).where(
            Deadline.kind == OFFER_WINDOW.name,
            Deadline.state == "open",
            Deadline.extension.contains({"steps": [{"cause": cause, "rule": "until"}]}),
        )
    )
    held: dict[str, list[int]] = {}
    for row in rows:
        for step in steps_of(row):
            if step.cause == cause and step.rule == "until" and row.order_id is not None:
                held.setdefault(step.clause, []).append(row.order_id)
    await _lock(work, sorted({order for orders in held.values() for order in orders}))
    return held


async def hold_longer(
    work: Work, cause: str, held: Mapping[str, Sequence[int]], until: datetime
) -> list[Planned]:
    """The decision is overdue: the windows that ``held_by`` found wait on until ``until``."""
    found: list[Planned] = []
    for clause, orders in held.items():
        found += await _hold(work, orders, cause, clause, until)
    return found


async def hold_for(
    work: Work, cause: str, held: Mapping[str, Sequence[int]], until: datetime
) -> None:
    """The windows that ``held_by`` found for another cause wait for this one, too.

    Their rows are written anew, also where the end stays: so they come after the term of the
    decision, which ends at the same instant and may hold them longer.
    """
    for clause, orders in held.items():
        await _hold(work, orders, cause, clause, until, anew=True)


async def _hold(
    work: Work,
    orders: Sequence[int],
    cause: str,
    clause: str,
    until: datetime,
    *,
    anew: bool = False,
) -> list[Planned]:
    wanted = sorted(set(orders))
    # Orders before the calendar, as in every act.
    numbers = await _lock(work, wanted)
    calendar = await calendar_for_setting(work.session)
    rows = await work.session.scalars(
        select(Deadline)
        .where(
            Deadline.order_id == func.any(wanted),
            Deadline.kind == OFFER_WINDOW.name,
            Deadline.state == "open",
        )
        .order_by(Deadline.id)
    )
    step = Step(cause, "until", clause, since=work.now, until=until)
    planned = []
    for row in rows:
        steps = steps_of(row)
        base = calendar.due(row.started_at, Term.parse(row.term)).due_at
        result = moved_end(calendar, base, row.due_at, steps, step)
        if result is None and anew:
            result = row.due_at, with_step(steps, step)
        if result is None or row.order_id is None:
            continue
        view = EffectView(
            "moved",
            row.kind,
            row.subject,
            numbers[row.order_id],
            row.due_at,
            result[0],
            clause,
            step.as_json(),
        )
        planned.append(Planned(view, row.id, row.order_id, result[1]))
    if planned:
        await move_planned(work, calendar, planned)
    return planned


async def _lock(work: Work, orders: Sequence[int]) -> dict[int, int]:
    rows = await work.session.execute(
        select(Order.id, Order.number)
        .where(Order.id == func.any(list(orders)))
        .order_by(Order.id)
        .with_for_update(skip_locked=work.from_sweep)
    )
    found = dict(rows.all())
    if len(found) < len(orders):
        raise Busy("orders")
    return found

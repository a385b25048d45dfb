"""Holding windows while a fault is analysed (act 627, clause 20)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from domain.base import Json
from domain.deadline_moves import steps_of
from domain.deadlines import Deadline
from domain.extensions import Step
from domain.incidents.applying import move_planned
from domain.incidents.planning import Planned
from domain.incidents.rules import moved_end
from domain.incidents.views import EffectView, Scope
from domain.law import OFFER_WINDOW
from domain.orders.model import Order
from domain.terms import Term
from domain.work import Busy, Work
from domain.working_time.model import calendar_for_setting


def with_stake(known: Json, scope: Scope) -> Json:
    """What is at stake in an analysis with a scope added: all windows, or those of orders.

    Windows only: the clause speaks of offers.
    """
    if scope.kind == "module" and "offers" not in scope.modules:
        return known
    if scope.kind != "orders" or known.get("all"):
        return {"all": True}
    orders = sorted({*stake_orders(known), *scope.orders})
    return {"orders": list(orders)} if orders else known


def joined_stakes(one: Json, other: Json) -> Json:
    """What is at stake in either of two analyses."""
    if other.get("all"):
        return other
    return with_stake(one, Scope("orders", orders=tuple(stake_orders(other))))


def stake_orders(stake: Json) -> list[int]:
    """Numbers of the orders at stake by name."""
    given = stake.get("orders")
    return [int(str(each)) for each in given] if isinstance(given, list) else []


def is_at_stake(stake: Json, order: int) -> bool:
    """Whether the window of an order waits for the decision, whenever it was published."""
    return bool(stake.get("all")) or order in stake_orders(stake)


async def windows_at_stake(
    work: Work, stake: Json, since: datetime, until: datetime, *, at_once: bool = False
) -> list[int]:
    """Ids of the orders whose windows end after ``since`` and before ``until``; they are locked.

    ``at_once``: those that end at ``since`` itself, too. In a sweep nothing may have been
    written before: raises Busy when one of them is in use.
    """
    conditions = [Deadline.due_at >= since if at_once else Deadline.due_at > since]
    if not stake.get("all"):
        conditions.append(Order.number.in_(stake_orders(stake)))
    found = await work.session.scalars(
        select(Order.id)
        .join(Deadline, Deadline.order_id == Order.id)
        .where(
            Deadline.kind == OFFER_WINDOW.name,
            Deadline.state == "open",
            Deadline.due_at < until,
            *conditions,
        )
    )
    orders = sorted(set(found))
    await _lock(work, orders)
    return orders


async def hold(
    work: Work, orders: Sequence[int], cause: str, clause: str, until: datetime
) -> list[Planned]:
    """Extend the windows of these orders that would end before ``until`` to that instant.

    Held ends stay when the decision comes sooner, as nothing is moved to an earlier moment.
    """
    wanted = sorted(set(orders))
    if not wanted:
        return []
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

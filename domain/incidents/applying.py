"""Bringing effects about: every deadline of a fault moved in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, text, update

from domain.base import spelled
from domain.calendar import WorkingCalendar
from domain.deadline_moves import Moved, move
from domain.deadlines import CLOSED_HERE, Deadline
from domain.errors import Conflict, RuleBroken
from domain.incidents.candidates import orders_near
from domain.incidents.model import IncidentEffect
from domain.incidents.planning import PROTOCOL, Ground, Planned, digest, plan
from domain.incidents.rerunning import forget, form_anew, restore_awards, run_again
from domain.incidents.telling import tell_moved
from domain.incidents.views import Applied
from domain.law import CONTRACT, SELECTION
from domain.orders.model import Order
from domain.work import Busy, Work
from domain.working_time.model import calendar_for_reading, calendar_for_setting
from domain.working_time.moving import award_number, follow_orders

_EFFECTS = text(
    """
    INSERT INTO incident_effect (
        cause, subject, kind, round, clause, what, reason, ground, old, new, at, order_id
    )
    SELECT :cause, subject, kind, :round, clause, what, reason, ground, old, new, :at, order_id
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(
        subject text, kind text, clause text, what text, reason text, ground text,
        old timestamptz, new timestamptz, order_id bigint
    )
    """
)
_OVERDUE = {SELECTION.name: f"overdue.{SELECTION.name}", CONTRACT.name: f"overdue.{CONTRACT.name}"}


async def apply_effects(
    work: Work, ground: Ground, expected: str | None, about: dict[str, object]
) -> tuple[Counter[str], int, int]:
    """Do everything that a ground does: how often each effect, the round, notices written.

    ``expected``: the digest of the preview, or None where nobody was shown one. ``about``: what
    the notices say of the ground. Entries wait for the approved act where one is needed. Raises
    Conflict ``effects_changed``, RuleBroken ``act_missing`` where nothing else is left.
    """
    near = await orders_near(work.session, await calendar_for_reading(work.session), ground)
    await hold_orders(work, ground, near)
    calendar = await calendar_for_setting(work.session)
    planned = await plan(work.session, calendar, ground, work.now)
    # Protocols are annulled of orders without a deadline near the fault, too.
    await hold_orders(work, ground, sorted({each.order_id for each in planned} - set(near)))
    found = digest(each.view for each in planned)
    if expected is not None and expected != found:
        raise Conflict("effects_changed", ground.clause)
    planned, waiting = _allowed(ground, planned)
    if waiting and not planned and expected is not None:
        raise RuleBroken("act_missing", ground.cancel_clause, count=waiting)
    round_ = await last_round(work, ground.cause)
    if not planned:
        return Counter(waiting=waiting), round_, 0
    changes = [each for each in planned if each.view.what != "kept"]
    await move_planned(work, calendar, changes)
    await _undo(work, changes)
    await keep(work, ground.cause, planned, round_ + 1)
    told = await tell_moved(work, "incident.moved", planned, ground.cause, **about)
    counts = Counter(str(each.view.what) for each in planned)
    work.record(
        ground.cause,
        round=round_ + 1,
        effects=dict(counts),
        digest=found,
        orders=len({each.order_id for each in planned}),
    )
    _record_undone(work, ground, planned)
    counts["waiting"] = waiting
    return counts, round_ + 1, told


def _record_undone(work: Work, ground: Ground, planned: Sequence[Planned]) -> None:
    """What is undone or left stands on record of its order; what is moved in the list of effects,
    whose digest is on record of the ground.
    """
    for each in planned:
        if each.view.what == "moved":
            continue
        order = f"order:{each.view.order}"
        said: dict[str, object] = {
            "by": ground.cause,
            "what": each.view.what,
            "effect": each.view.subject,
            "kind": each.view.kind,
            "new": each.view.new,
        }
        if each.view.what == "kept":
            work.also("incident.left", order, **said)
        else:
            work.also("incident.undo", order, **said)


def _allowed(ground: Ground, planned: Sequence[Planned]) -> tuple[list[Planned], int]:
    """What may be done now, and how many entries wait for the approved act (366, clause 29.6)."""
    if ground.cancels:
        return list(planned), 0
    allowed = [each for each in planned if each.view.what != "cancelled"]
    return allowed, len(planned) - len(allowed)


async def hold_orders(work: Work, ground: Ground, orders: Sequence[int]) -> None:
    """Lock the orders touched, as every act on an order does first, before the calendar.

    A sweep, which holds deadlines already, does not wait for them: it comes back (Busy).
    """
    if not orders:
        return
    held = await work.session.scalars(
        select(Order.id)
        .where(Order.id == func.any(list(orders)))
        .order_by(Order.id)
        .with_for_update(skip_locked=work.from_sweep)
    )
    if len(held.all()) < len(orders):
        raise Busy(ground.cause)


async def last_round(work: Work, cause: str) -> int:
    """How often the effects of a cause have been brought about."""
    return (
        await work.session.scalar(
            select(func.max(IncidentEffect.round)).where(IncidentEffect.cause == cause)
        )
        or 0
    )


async def move_planned(work: Work, calendar: WorkingCalendar, changes: Sequence[Planned]) -> None:
    """Write the next generation of these deadlines, and the instants that acts are judged by."""
    timed = [each for each in changes if each.deadline_id and each.view.new is not None]
    ids = [each.deadline_id for each in timed]
    await work.session.execute(
        select(Deadline.id)
        .where(Deadline.id == func.any(ids))
        .order_by(Deadline.id)
        .with_for_update()
    )
    moved = [
        Moved(
            each.deadline_id,
            each.view.kind,
            each.view.subject,
            each.order_id,
            each.view.old or work.now,
            each.view.new or work.now,
        )
        for each in timed
    ]
    await move(work, calendar, moved, {each.deadline_id: each.steps for each in timed})
    # A sweep may hold some of them in the batch that brought this about.
    work.session.info.setdefault(CLOSED_HERE, set()).update(ids)
    await follow_orders(work, moved)
    forget(work.session)
    await _end_escalations(work, timed)


async def _end_escalations(work: Work, changes: Sequence[Planned]) -> None:
    subjects: dict[str, list[str]] = {}
    for each in changes:
        if each.view.what == "moved" and each.view.kind in _OVERDUE:
            subjects.setdefault(_OVERDUE[each.view.kind], []).append(each.view.subject)
    for kind, names in subjects.items():
        await work.session.execute(
            update(Deadline)
            .where(
                Deadline.subject == func.any(names),
                Deadline.kind == kind,
                Deadline.state == "open",
            )
            .values(state="cancelled", closed_at=work.now)
            .execution_options(synchronize_session=False)
        )


async def _undo(work: Work, changes: Sequence[Planned]) -> None:
    rerun = [each for each in changes if each.view.what == "rerun"]
    restored = [each for each in changes if each.view.what == "cancelled"]
    annulled = [each for each in changes if each.view.kind == PROTOCOL]
    if rerun:
        await run_again(work, [each.order_id for each in rerun])
    by_order: dict[int, list[tuple[int, datetime]]] = {}
    for each in restored:
        number = award_number(each.view.subject)
        if number is not None and each.view.new is not None and each.view.order is not None:
            by_order.setdefault(each.view.order, []).append((number, each.view.new))
    for order, awards in sorted(by_order.items()):
        await restore_awards(work, order, dict(awards))
    again = {each.order_id for each in rerun}
    await form_anew(
        work,
        sorted(
            {
                each.view.order
                for each in (*annulled, *restored)
                if each.order_id not in again and each.view.order is not None
            }
        ),
    )


async def keep(
    work: Work, cause: str, planned: Sequence[Planned], round_: int, why: str = ""
) -> None:
    """Put effects on record; ``why``: the ground that an operator gave."""
    rows = [
        (
            {
                "subject": each.view.subject,
                "kind": each.view.kind,
                "clause": each.view.clause,
                "what": each.view.what,
                "reason": each.view.reason,
                "ground": why,
                "old": each.view.old,
                "new": each.view.new,
                "order_id": each.order_id,
            }
        )
        for each in planned
    ]
    await work.session.execute(
        _EFFECTS,
        {"cause": cause, "round": round_, "at": work.now, "rows": spelled(rows)},
    )


def summed(incident: int, counts: Counter[str], round_: int, told: int) -> Applied:
    """The counts as a value."""
    return Applied(
        incident=incident,
        round=round_,
        moved=counts["moved"],
        rerun=counts["rerun"],
        cancelled=counts["cancelled"],
        annulled=counts["annulled"],
        kept=counts["kept"],
        told=told,
        waiting=counts["waiting"],
    )

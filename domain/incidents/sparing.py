"""Procedures left as they are: the fault did not influence their results (366, clause 29.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from domain.base import is_id
from domain.errors import Conflict
from domain.incidents.applying import hold_orders, keep, last_round
from domain.incidents.planning import NOT_INFLUENCED, UNDONE, Planned, plan
from domain.incidents.queries import ground_of, lock_incident, touch
from domain.incidents.rules import TEXT_LIMIT, check_state
from domain.incidents.telling import tell_moved
from domain.incidents.timers import about
from domain.orders.model import Order
from domain.texts import required_text
from domain.work import Work
from domain.working_time.model import calendar_for_reading


async def spare_procedures(work: Work, number: int, orders: Sequence[int], why: str) -> int:
    """The use case ``Incidents.spare``."""
    incident = await lock_incident(work, number)
    check_state(incident.state, ("confirmed",), number)
    stated = required_text(why, "ground", TEXT_LIMIT)
    ground = ground_of(incident, work.now)
    # Orders before the calendar, as in every act; what would be undone of them stands still then.
    named = Order.number.in_([each for each in orders if is_id(each)])
    await hold_orders(work, ground, list(await work.session.scalars(select(Order.id).where(named))))
    calendar = await calendar_for_reading(work.session)
    planned = await plan(work.session, calendar, ground, work.now)
    undone = [each for each in planned if each.view.what in UNDONE]
    touched = {each.view.order for each in undone}
    for order in orders:
        if order not in touched:
            raise Conflict("nothing_to_spare", ground.clause, number=order, incident=number)
    left = [_left(each) for each in undone if each.view.order in orders]
    await keep(work, ground.cause, left, await last_round(work, ground.cause) + 1, stated)
    told = await tell_moved(work, "incident.moved", left, ground.cause, **about(incident))
    for order in sorted(set(orders)):
        work.also("incident.left", f"order:{order}", by=ground.cause, what=NOT_INFLUENCED)
    subjects = [each.view.subject for each in left]
    touch(work, incident, orders=sorted(set(orders)), spared=subjects, ground=stated)
    return told


def _left(planned: Planned) -> Planned:
    view = replace(planned.view, what="kept", new=None, step={}, reason=NOT_INFLUENCED)
    return replace(planned, view=view, steps=())

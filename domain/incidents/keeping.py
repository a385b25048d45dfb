"""While a fault is analysed no window at stake closes (act 627, clause 20).

What is at stake stays with the incident: orders named in reports, scopes that an operator holds.
Windows that end before the decision is due are moved in advance. One that ends while nothing is
decided waits on in the very moment in which it would close: also where both end at one instant,
or the order was published meanwhile.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from domain.base import Json
from domain.clock import astana
from domain.deadlines import Deadline, open_of
from domain.firing import Deadlines
from domain.incidents.holding import hold, is_at_stake, windows_at_stake, with_stake
from domain.incidents.model import Incident
from domain.incidents.planning import Planned
from domain.incidents.queries import incident_subject, regime_of
from domain.incidents.telling import tell_moved
from domain.incidents.timers import DECIDE, about
from domain.incidents.views import Scope
from domain.law import OFFER_WINDOW
from domain.work import Work
from domain.working_time.model import calendar_for_reading

# In the session of a batch of the sweep: incidents in analysis with something at stake.
_ANALYSED = "analysed_incidents"


def register_keeping(deadlines: Deadlines) -> None:
    """Before a window closes it is asked whether it is at stake."""
    deadlines.ask_first(OFFER_WINDOW.name, keep_open)


async def hold_scope(work: Work, incident: Incident, scope: Scope) -> list[Planned]:
    """Put a scope at stake, and hold its windows where the incident is analysed now."""
    incident.stake = with_stake(incident.stake, scope)
    return await _hold(work, incident, with_stake({}, scope))


async def hold_again(work: Work, incident: Incident) -> list[Planned]:
    """The analysis begins anew: what was at stake in it waits again."""
    return await _hold(work, incident, incident.stake)


async def _hold(work: Work, incident: Incident, stake: Json) -> list[Planned]:
    """Hold windows until the decision is due, and tell everyone touched."""
    clause = regime_of(incident).hold_clause
    if clause is None or incident.state != "analysing" or not stake:
        return []
    subject = incident_subject(incident.number)
    until = await _until(work, subject)
    orders = await windows_at_stake(work, stake, work.now, until)
    held = await hold(work, orders, subject, clause, until)
    await tell_moved(work, "incident.moved", held, subject, held=True, **about(incident))
    return held


async def _until(work: Work, subject: str) -> datetime:
    """When the decision is due, or overdue again; past that, the end of the next working day."""
    for kind in (DECIDE, f"overdue.{DECIDE}"):
        running = await open_of(work.session, subject, kind)
        if running is not None and running.due_at > work.now:
            return running.due_at
    calendar = await calendar_for_reading(work.session)
    today = astana(work.now - timedelta.resolution).date()
    return calendar.end_of(calendar.next_working_day(today))


async def keep_open(work: Work, deadline: Deadline) -> bool:
    """A window that ends while a fault at stake in it is analysed waits on; whether it does.

    Raises Busy when somebody is at work on the order.
    """
    order = int(deadline.subject.removeprefix("order:"))
    incidents = [each for each in await _analysed(work) if is_at_stake(each.stake, order)]
    if not incidents or deadline.order_id is None:
        return False
    ends = {each.id: await _until(work, incident_subject(each.number)) for each in incidents}
    last = max(incidents, key=lambda each: ends[each.id])
    subject = incident_subject(last.number)
    clause = regime_of(last).hold_clause or ""
    held = await hold(work, [deadline.order_id], subject, clause, ends[last.id])
    await tell_moved(work, "incident.moved", held, subject, held=True, **about(last))
    work.record(deadline.subject, held_by=subject, until=ends[last.id])
    return bool(held)


async def _analysed(work: Work) -> list[Incident]:
    known = work.session.info.get(_ANALYSED)
    if known is None:
        known = list(
            await work.session.scalars(
                select(Incident)
                .where(Incident.state == "analysing", Incident.stake != {})
                .order_by(Incident.id)
            )
        )
        work.session.info[_ANALYSED] = known
    return [each for each in known if each.state == "analysing"]

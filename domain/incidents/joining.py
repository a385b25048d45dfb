"""Two incidents turn out to be one fault: reports of one go on in the other (366-27; 627-19)."""

from __future__ import annotations

from sqlalchemy import select, update

from domain.deadlines import open_of
from domain.errors import Conflict
from domain.incidents.arrival import tickets_decided
from domain.incidents.holding import joined_stakes
from domain.incidents.keeping import hold_again
from domain.incidents.levels import drop_report
from domain.incidents.model import HealthGap, Incident, IncidentReport
from domain.incidents.queries import incident_subject, lock_incident, regime_of, touch
from domain.incidents.reporting import JOINABLE
from domain.incidents.rules import check_state
from domain.incidents.telling import tell_reporters
from domain.incidents.timers import DECIDE, about, start, stop
from domain.support.model import Ticket
from domain.support.writing import touch as touch_ticket
from domain.work import Work


async def join_incident(work: Work, number: int, into: int) -> int:
    """The use case ``Incidents.join``."""
    source, target = await _both(work, number, into)
    # Who reported it is told where it goes on; afterwards nobody tells them apart.
    await tell_reporters(
        work,
        source.id,
        "incident.joined",
        incident_subject(into),
        **(about(target) | target.facts.params("facts")),
        joined=number,
        state=target.state,
    )
    tickets = await work.session.scalars(select(Ticket).where(Ticket.incident_id == source.id))
    for ticket in tickets.all():
        ticket.incident_id = target.id
        await touch_ticket(work, ticket)
    for rows in (IncidentReport, HealthGap):
        await work.session.execute(
            update(rows)
            .where(rows.incident_id == source.id)
            .values(incident_id=target.id)
            .execution_options(synchronize_session=False)
        )
    if target.state == "analysing":
        target.began_at = min(target.began_at, source.began_at)
        await _decide_sooner(work, source, target)
    else:
        await work.session.flush()
        await tickets_decided(work, target)
    # Windows that waited for one decision wait for the other (627, clause 20).
    target.stake = joined_stakes(target.stake, source.stake)
    await hold_again(work, target)
    await stop(work, source, DECIDE, "cancelled")
    # One that was confirmed and analysed anew had a report to the owner to come.
    await drop_report(work, source)
    source.state, source.closed_at, source.joined_into = "closed", work.now, into
    touch(work, source, joined_into=into)
    target.revision += 1
    work.also("incident.take", incident_subject(into), joined=number)
    return into


async def _both(work: Work, number: int, into: int) -> tuple[Incident, Incident]:
    """Both incidents, held in the order of their numbers; raises what stands in the way."""
    if number == into:
        raise Conflict("incident_itself", None, number=number)
    # Tickets first, as reports within them do.
    await work.session.execute(
        select(Ticket.id)
        .join(Incident, Incident.id == Ticket.incident_id)
        .where(Incident.number == number)
        .order_by(Ticket.id)
        .with_for_update(of=Ticket)
    )
    held = {each: await lock_incident(work, each) for each in sorted((number, into))}
    source, target = held[number], held[into]
    check_state(source.state, ("analysing",), number)
    if target.state not in JOINABLE:
        raise Conflict("not_joinable", None, number=into, state=target.state)
    if source.regime != target.regime:
        raise Conflict("incident_other_act", None, number=into, act=target.regime)
    return source, target


async def _decide_sooner(work: Work, source: Incident, target: Incident) -> None:
    """The term of the decision runs from the earlier report of the two."""
    mine, theirs = [
        await open_of(work.session, incident_subject(each.number), DECIDE)
        for each in (source, target)
    ]
    if mine is not None and (theirs is None or mine.due_at < theirs.due_at):
        await start(work, target, DECIDE, regime_of(target).decision, mine.started_at)

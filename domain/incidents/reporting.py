"""Taking reports of faults: joining, lateness, the automatic confirmation (366-25; 627-15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select

from domain.base import is_id
from domain.clock import as_utc
from domain.deadlines import open_of
from domain.errors import Conflict, NotFound
from domain.files import FileInfo
from domain.incidents.arrival import Arrival, arrival_of, reporter_of, tickets_decided
from domain.incidents.keeping import hold_scope
from domain.incidents.model import Incident, IncidentReport
from domain.incidents.planning import Planned
from domain.incidents.queries import (
    incident_subject,
    lock_incident,
    regime_of,
    report_subject,
    rows_of,
    scope_json,
)
from domain.incidents.rules import (
    CONTACTS_LIMIT,
    TEXT_LIMIT,
    alike,
    check_fault,
    likeness,
    report_term,
    title_of,
)
from domain.incidents.said import Said
from domain.incidents.telling import tell_staff
from domain.incidents.timers import DECIDE, start
from domain.incidents.views import IncidentRow, Reported, Scope
from domain.notices.writing import tell
from domain.orders.attaching import add_file
from domain.orders.model import Order, OrderInvitation
from domain.roles import Role
from domain.support.model import Ticket
from domain.support.regimes import Regime, regime_at
from domain.support.writing import touch as touch_ticket
from domain.texts import required_text
from domain.work import Look, Work
from domain.working_time.model import calendar_for_reading

OPERATORS = frozenset({Role.SUPPORT, Role.ADMIN})
JOINABLE = ("analysing", "confirmed")
#: Only incidents of these last days are compared with a new report.
_RECENT = timedelta(days=14)
_COMPARED = 100


@dataclass(frozen=True)
class Given:
    """A report as it is given: see the use case ``Incidents.report``."""

    text: str
    found_at: datetime
    contacts: str
    files: Sequence[FileInfo]
    join: int | None
    ticket: int | None
    orders: Sequence[int]
    for_person: int | None
    regime: str | None
    company: str
    name: str = ""
    phone: str = ""


async def take_report(work: Work, site_regime: str, given: Given) -> Reported:
    """The use case ``Incidents.report``."""
    # What joins a known fault may have no words of its own, as a voice.
    joins = given.join is not None
    stated = required_text(given.text, "fault", TEXT_LIMIT) if joins else check_fault(given.text)
    reach = required_text(given.contacts, "contacts", CONTACTS_LIMIT)
    request = await ticket_of(work, given.ticket)
    who = await reporter_of(work, request, given.for_person, given.company, given.name, given.phone)
    arrival = await arrival_of(work, request, given.found_at)
    incident = await _incident_for(work, given, request, site_regime, stated, arrival)
    rules = regime_of(incident)
    calendar = await calendar_for_reading(work.session)
    until, late = report_term(calendar, rules, given.found_at, arrival.at)
    report = IncidentReport(
        incident_id=incident.id,
        ticket_id=request.id if request is not None else None,
        person_id=who.person_id,
        company_id=who.company_id,
        name=who.name,
        phone=who.phone,
        text=stated,
        found_at=as_utc(given.found_at),
        reported_at=arrival.at,
        registered_at=arrival.registered_at,
        late=late,
        contacts=reach,
    )
    work.session.add(report)
    await work.session.flush()
    for file in given.files:
        await add_file(work, report_subject(report.id), file)
    if request is not None:
        request.incident_id = incident.id
        await touch_ticket(work, request)
    if incident.state == "confirmed":
        await tickets_decided(work, incident)
    taken = await _taken(work, given, incident, report, until)
    await _announce(work, incident, rules, taken, report.person_id, given.found_at)
    work.record(
        incident_subject(incident.number),
        report=report.id,
        late=late,
        joined=taken.joined,
        files=len(given.files),
        held=taken.held,
    )
    return taken


async def _incident_for(
    work: Work,
    given: Given,
    request: Ticket | None,
    site_regime: str,
    stated: str,
    arrival: Arrival,
) -> Incident:
    """The incident that a report joins, or a new one; Conflict ``not_joinable``."""
    if given.join is None:
        code = given.regime or (request.regime if request is not None else site_regime)
        regime_at(code, work.now)
        title = Said.of(title_of(stated))
        return await open_incident(
            work,
            code,
            title,
            given.found_at,
            source=_source(work),
            scope=Scope(),
            since=arrival.registered_at,
        )
    incident = await lock_incident(work, given.join)
    if incident.state not in JOINABLE:
        raise Conflict("not_joinable", None, number=given.join, state=incident.state)
    if incident.state == "analysing":
        incident.began_at = min(incident.began_at, as_utc(given.found_at))
        await _decide_since(work, incident, arrival.registered_at)
    return incident


async def _taken(
    work: Work, given: Given, incident: Incident, report: IncidentReport, until: datetime
) -> Reported:
    """What follows from a report: windows at stake are held, a decision is due."""
    held = await _hold(work, incident, regime_of(incident), given.orders, report.company_id)
    decide = await open_of(work.session, incident_subject(incident.number), DECIDE)
    return Reported(
        incident=incident.number,
        report=report.id,
        regime=incident.regime,
        late=report.late,
        reported_by=until,
        decide_by=decide.due_at if decide is not None else None,
        joined=given.join is not None,
        held=len(held),
    )


def _source(work: Work) -> str:
    return "operator" if work.actor.role in OPERATORS else "user"


async def ticket_of(work: Work, number: int | None) -> Ticket | None:
    """The ticket, held; raises NotFound ``ticket_unknown``, also for one of somebody else."""
    if number is None:
        return None
    found = None
    if is_id(number):
        found = await work.session.scalar(
            select(Ticket).where(Ticket.number == number).with_for_update()
        )
    own = found is not None and (
        work.actor.role in OPERATORS
        or work.actor.kind != "person"
        or found.person_id == work.actor.person_id
    )
    if found is None or not own:
        raise NotFound("ticket_unknown", None, ticket=number)
    return found


async def open_incident(
    work: Work,
    regime: str,
    title: Said,
    began_at: datetime,
    *,
    source: str,
    scope: Scope,
    since: datetime | None = None,
) -> Incident:
    """A new incident in analysis, with the term of the decision where the regime has one.

    ``since``: when the journal had word of it; the term runs from then (627, clause 19).
    """
    incident = Incident(
        regime=regime,
        title_kk=title.kk,
        title_ru=title.ru,
        source=source,
        state="analysing",
        level_state="none",
        opened_at=work.now,
        began_at=min(as_utc(began_at), work.now),
        scope=scope.kind,
        scope_of=scope_json(scope),
    )
    work.session.add(incident)
    await work.session.flush()
    await work.session.refresh(incident, ["number"])
    await start(work, incident, DECIDE, regime_of(incident).decision, since)
    return incident


async def _decide_since(work: Work, incident: Incident, since: datetime) -> None:
    """Word of the fault had come before that by which it was opened: the term runs from then."""
    running = await open_of(work.session, incident_subject(incident.number), DECIDE)
    if incident.state == "analysing" and running is not None and since < running.started_at:
        await start(work, incident, DECIDE, regime_of(incident).decision, since)


async def _hold(
    work: Work,
    incident: Incident,
    rules: Regime,
    orders: Sequence[int],
    company_id: int | None,
) -> list[Planned]:
    """Windows of the orders at stake wait for the decision, where the reporter takes part."""
    if rules.hold_clause is None or not orders:
        return []
    mine = list(
        await work.session.scalars(
            select(Order.number).where(
                Order.number.in_([each for each in orders if is_id(each)]),
                or_(
                    Order.customer_id == company_id,
                    exists().where(
                        OrderInvitation.order_id == Order.id,
                        OrderInvitation.company_id == company_id,
                    ),
                ),
            )
        )
    )
    return await hold_scope(work, incident, Scope("orders", orders=tuple(mine)))


async def _announce(
    work: Work,
    incident: Incident,
    rules: Regime,
    taken: Reported,
    person_id: int | None,
    found_at: datetime,
) -> None:
    subject = incident_subject(incident.number)
    if person_id is not None:
        await tell(
            work,
            [person_id],
            "incident.received",
            subject,
            number=incident.number,
            found_at=found_at,
            late=taken.late,
            reported_by=taken.reported_by,
            decide_by=taken.decide_by,
            clause=rules.report.clause,
        )
    await tell_staff(
        work,
        OPERATORS,
        "incident.reported",
        subject,
        number=incident.number,
        **incident.title.params("title"),
        source=incident.source,
        late=taken.late,
        joined=taken.joined,
        decide_by=taken.decide_by,
        clause=rules.decision.clause if rules.decision is not None else "366-27",
    )


async def similar_to(look: Look, text: str, limit: int) -> list[IncidentRow]:
    """Open incidents that read like ``text``, the likeliest first."""
    rows = await rows_of(
        look.session,
        Incident.state.in_(JOINABLE),
        Incident.opened_at > look.now - _RECENT,
        limit=_COMPARED,
    )
    numbers = {row.number: row for row in rows}
    said = await look.session.execute(
        select(Incident.number, IncidentReport.text)
        .join(IncidentReport, IncidentReport.incident_id == Incident.id)
        .where(Incident.number.in_(list(numbers)))
    )
    scores = {
        number: max(likeness(text, row.titles.kk), likeness(text, row.titles.ru))
        for number, row in numbers.items()
    }
    for number, other in said:
        scores[number] = max(scores[number], likeness(text, other))
    found = [numbers[number] for number, score in scores.items() if alike(score)]
    return sorted(found, key=lambda row: (-scores[row.number], -row.number))[:limit]

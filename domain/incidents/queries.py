"""Reading incidents: locks, rows as views, the ground on which deadlines move."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import get_args

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.base import Json, is_id
from domain.clock import ASTANA, astana
from domain.deadlines import Deadline
from domain.errors import Conflict, NotFound
from domain.files import Attachment
from domain.incidents.model import Incident, IncidentEffect, IncidentReport
from domain.incidents.planning import Ground, full_hour
from domain.incidents.rules import Interval
from domain.incidents.suppliers import with_suppliers
from domain.incidents.views import (
    EffectView,
    IncidentRow,
    IncidentView,
    ReportView,
    Scope,
    What,
)
from domain.numbered import lock_row, read_row
from domain.orders.model import Order
from domain.orders.views import FileView, file_view
from domain.people.model import Person
from domain.registry.model import Company
from domain.support.model import Ticket
from domain.support.regimes import Regime, regime_at
from domain.work import Work

#: Levels that have taken effect.
IN_EFFECT = ("agreed", "informed")
#: More effects than an incident can have.
ALL_EFFECTS = 1_000_000
_WHATS: tuple[What, ...] = get_args(What)


def incident_subject(number: int) -> str:
    """How deadlines, notices, effects and the record name an incident."""
    return f"incident:{number}"


def report_subject(report_id: int) -> str:
    """How attachments name the evidence of a report."""
    return f"report:{report_id}"


def scope_json(scope: Scope) -> Json:
    """The scope as the row holds it."""
    if scope.kind == "module":
        return {"modules": list(scope.modules)}
    return {"orders": list(scope.orders)} if scope.kind == "orders" else {}


def scope_from(kind: str, given: Json) -> Scope:
    """What ``scope_json`` made."""
    if kind == "module":
        modules = given.get("modules")
        return Scope("module", tuple(map(str, modules)) if isinstance(modules, list) else ())
    if kind == "orders":
        orders = given.get("orders")
        return Scope("orders", orders=tuple(map(int, orders)) if isinstance(orders, list) else ())
    return Scope()


def scope_of(incident: Incident) -> Scope:
    """What an incident touches."""
    return scope_from(incident.scope, incident.scope_of)


def regime_of(incident: Incident) -> Regime:
    """The regime of an incident, in the wording of the day on which it was opened."""
    return regime_at(incident.regime, incident.opened_at)


def interval_of(incident: Incident, now: datetime) -> Interval:
    """The time of the fault; while it lasts, up to the full hour, never into tomorrow."""
    ended = incident.mended_at or min(full_hour(now), _end_of_today(now))
    return Interval(incident.began_at, max(ended, incident.began_at))


def _end_of_today(now: datetime) -> datetime:
    day = astana(now).date() + timedelta(days=1)
    return datetime.combine(day, time(), ASTANA).astimezone(UTC)


def ground_of(incident: Incident, now: datetime) -> Ground:
    """Why an incident moves deadlines, and which; raises Conflict ``incident_state``."""
    if incident.state not in ("confirmed", "closed") or incident.level is None:
        raise Conflict("incident_state", None, number=incident.number, state=incident.state)
    regime = regime_of(incident)
    rule = regime.level(incident.level)
    return Ground(
        cause=incident_subject(incident.number),
        interval=interval_of(incident, now),
        scope=scope_of(incident),
        effect=rule.effect,
        clause=rule.effect_clause or rule.clause or regime.level_clause,
        annul_clause=rule.annul_clause,
        rerun_clause=rule.rerun_clause,
        restart_clause=rule.restart_clause,
        cancel_clause=rule.cancel_clause,
        finds=True,
        clauses=rule.clauses,
        cancels=not rule.cancels_by_act or incident.act_date is not None,
    )


async def lock_incident(work: Work, number: int) -> Incident:
    """The incident, held until the transaction ends; NotFound ``incident_unknown``.

    A sweep, which holds deadlines already, does not wait for it: it comes back (Busy).
    """
    return await lock_row(work, number, _by_number(number), _unknown(number))


def touch(work: Work, incident: Incident, **data: object) -> None:
    """Raise the revision and put the act on record."""
    incident.revision += 1
    work.record(incident_subject(incident.number), **data)


async def read_incident(session: AsyncSession, number: int) -> Incident:
    """The incident, not held; NotFound ``incident_unknown``."""
    return await read_row(session, number, _by_number(number), _unknown(number))


def _by_number(number: int) -> Select[Incident]:
    return select(Incident).where(Incident.number == number)


def _unknown(number: int) -> NotFound:
    return NotFound("incident_unknown", None, number=number)


async def check_orders(session: AsyncSession, scope: Scope) -> None:
    """Raises NotFound ``order_unknown`` for a listed order that was never published."""
    if scope.kind != "orders":
        return
    wanted = [number for number in scope.orders if is_id(number)]
    known = set(
        await session.scalars(
            select(Order.number).where(Order.number.in_(wanted), Order.state != "draft")
        )
    )
    for number in scope.orders:
        if number not in known:
            raise NotFound("order_unknown", None, number=number)


_REPORTS = (
    select(func.count())
    .where(IncidentReport.incident_id == Incident.id)
    .correlate(Incident)
    .scalar_subquery()
)


async def rows_of(
    session: AsyncSession, *conditions: ColumnElement[bool], limit: int, skip: int = 0
) -> list[IncidentRow]:
    """Incidents for a list, newest first."""
    rows = await session.execute(
        select(Incident, _REPORTS)
        .where(*conditions)
        .order_by(Incident.id.desc())
        .offset(skip)
        .limit(limit)
    )
    return [
        IncidentRow(
            number=each.number,
            regime=each.regime,
            titles=each.title,
            source=each.source,
            state=each.state,
            level=each.level,
            level_state=each.level_state,
            opened_at=each.opened_at,
            began_at=each.began_at,
            mended_at=each.mended_at,
            reports=reports,
        )
        for each, reports in rows
    ]


async def incident_view(session: AsyncSession, incident: Incident) -> IncidentView:
    """The incident whole."""
    subject = incident_subject(incident.number)
    counted = await session.execute(
        select(func.count(), func.count().filter(IncidentReport.late)).where(
            IncidentReport.incident_id == incident.id
        )
    )
    reports, late = counted.one()
    round_ = await session.scalar(
        select(func.max(IncidentEffect.round)).where(IncidentEffect.cause == subject)
    )
    terms = await session.execute(
        select(Deadline.kind, Deadline.due_at).where(
            Deadline.subject == subject, Deadline.state == "open", Deadline.term != ""
        )
    )
    return IncidentView(
        number=incident.number,
        revision=incident.revision,
        regime=incident.regime,
        titles=incident.title,
        source=incident.source,
        state=incident.state,
        level=incident.level,
        level_state=incident.level_state,
        level_note=incident.level_note,
        scope=scope_of(incident),
        opened_at=incident.opened_at,
        began_at=incident.began_at,
        mended_at=incident.mended_at,
        planned_mending_at=incident.planned_mending_at,
        decided_at=incident.decided_at,
        applied_at=incident.applied_at,
        closed_at=incident.closed_at,
        joined_into=incident.joined_into,
        said=incident.facts,
        done=incident.measures,
        reports=reports,
        late_reports=late,
        round=round_ or 0,
        deadlines=dict(terms.all()),
        proposed_level=incident.proposed_level,
        act_number=incident.act_number,
        act_date=incident.act_date,
    )


async def reports_of(
    session: AsyncSession,
    incident: Incident,
    *conditions: ColumnElement[bool],
    after: int = 0,
    size: int | None = None,
) -> list[ReportView]:
    """The reports of an incident with their evidence, oldest first; ``after`` are skipped."""
    rows = (
        await session.execute(
            select(IncidentReport, Ticket.number, Ticket.name, Person.name, Company)
            .outerjoin(Ticket, Ticket.id == IncidentReport.ticket_id)
            .outerjoin(Person, Person.id == IncidentReport.person_id)
            .outerjoin(Company, Company.id == IncidentReport.company_id)
            .where(IncidentReport.incident_id == incident.id, *conditions)
            .order_by(IncidentReport.id)
            .offset(after)
            .limit(size)
        )
    ).all()
    files = await _files(session, [row[0].id for row in rows])
    return [
        ReportView(
            id=report.id,
            incident=incident.number,
            ticket=ticket,
            person_id=report.person_id,
            name=name or report.name or caller or "",
            phone=report.phone,
            company_ru=company_names(company)[0],
            company_kk=company_names(company)[1],
            text=report.text,
            contacts=report.contacts,
            found_at=report.found_at,
            reported_at=report.reported_at,
            late=report.late,
            files=files.get(report_subject(report.id), []),
        )
        for report, ticket, caller, name, company in rows
    ]


def company_names(company: Company | None) -> tuple[str, str]:
    return (company.name_ru, company.name_kk) if company is not None else ("", "")


async def _files(session: AsyncSession, reports: Sequence[int]) -> dict[str, list[FileView]]:
    found: dict[str, list[FileView]] = {}
    rows = await session.scalars(
        select(Attachment)
        .where(Attachment.subject.in_([report_subject(each) for each in reports]))
        .order_by(Attachment.subject, Attachment.position)
    )
    for row in rows:
        found.setdefault(row.subject, []).append(file_view(row))
    return found


async def effects_of(
    session: AsyncSession,
    cause: str,
    after: int = 0,
    size: int = 500,
    *conditions: ColumnElement[bool],
) -> list[EffectView]:
    """What a cause has done, in the order of doing; ``conditions`` on effect and order."""
    rows = await session.execute(
        select(IncidentEffect, Order.number)
        .outerjoin(Order, Order.id == IncidentEffect.order_id)
        .where(IncidentEffect.cause == cause, *conditions)
        .order_by(IncidentEffect.id)
        .offset(after)
        .limit(size)
    )
    return await with_suppliers(session, [_effect(*row) for row in rows])


def _effect(row: IncidentEffect, order: int | None) -> EffectView:
    what = next(each for each in _WHATS if each == row.what)
    return EffectView(
        what, row.kind, row.subject, order, row.old, row.new, row.clause, {}, row.reason
    )

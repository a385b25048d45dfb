"""The journal of requests about faults (act 627, clauses 15.2 and 16)."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.incidents.model import Incident, IncidentReport
from domain.incidents.queries import company_names
from domain.incidents.said import Said
from domain.incidents.views import JournalRow
from domain.people.model import Person
from domain.registry.model import Company
from domain.support.model import Ticket


class _Request(TypedDict):
    ticket: int | None
    channel: str
    name: str
    registered_at: datetime


def _request(ticket: Ticket | None, name: str | None, report: IncidentReport) -> _Request:
    """What the journal has of the request; a report given by itself is registered at once."""
    if ticket is None:
        return _Request(
            ticket=None,
            channel="phone" if report.phone else "chat",
            name=name or report.name,
            registered_at=report.registered_at,
        )
    return _Request(
        ticket=ticket.number,
        channel=ticket.channel,
        name=name or ticket.name,
        registered_at=report.registered_at,
    )


class _Decided(TypedDict):
    outcome: str
    level: str | None
    began_at: datetime
    mended_at: datetime | None
    decided_at: datetime | None
    said: Said
    done: Said


def _decided(incident: Incident) -> _Decided:
    """What became of a fault."""
    return _Decided(
        outcome=incident.state,
        level=incident.level,
        began_at=incident.began_at,
        mended_at=incident.mended_at,
        decided_at=incident.decided_at,
        said=incident.facts,
        done=incident.measures,
    )


async def journal_of(session: AsyncSession, since: datetime, until: datetime) -> list[JournalRow]:
    """The journal between two instants, by the time of the report or of the finding."""
    rows = [*await _reported(session, since, until), *await _found(session, since, until)]
    return sorted(rows, key=lambda each: (each.reported_at, each.incident, each.report or 0))


async def _reported(session: AsyncSession, since: datetime, until: datetime) -> list[JournalRow]:
    found = await session.execute(
        select(IncidentReport, Incident, Ticket, Person.name, Company)
        .join(Incident, Incident.id == IncidentReport.incident_id)
        .outerjoin(Ticket, Ticket.id == IncidentReport.ticket_id)
        .outerjoin(Person, Person.id == IncidentReport.person_id)
        .outerjoin(Company, Company.id == IncidentReport.company_id)
        .where(IncidentReport.reported_at >= since, IncidentReport.reported_at < until)
    )
    return [
        JournalRow(
            incident=incident.number,
            report=report.id,
            **_request(ticket, name, report),
            company_ru=company_names(company)[0],
            company_kk=company_names(company)[1],
            contacts=report.contacts,
            text=report.text,
            found_at=report.found_at,
            reported_at=report.reported_at,
            late=report.late,
            **_decided(incident),
        )
        for report, incident, ticket, name, company in found
    ]


async def _found(session: AsyncSession, since: datetime, until: datetime) -> list[JournalRow]:
    """Faults that specialists, or our own watch, have found and nobody has reported (15.2)."""
    rows = await session.scalars(
        select(Incident).where(
            Incident.source != "user",
            Incident.opened_at >= since,
            Incident.opened_at < until,
            ~exists().where(IncidentReport.incident_id == Incident.id),
        )
    )
    return [
        JournalRow(
            incident=row.number,
            report=None,
            ticket=None,
            channel=row.source,
            name="",
            registered_at=row.opened_at,
            company_ru="",
            company_kk="",
            contacts="",
            text=row.title.any if row.source == "health" else _both(row.title),
            found_at=row.began_at,
            reported_at=row.opened_at,
            late=False,
            **_decided(row),
        )
        for row in rows
    ]


def _both(said: Said) -> str:
    return " / ".join(dict.fromkeys(filter(None, (said.kk, said.ru))))

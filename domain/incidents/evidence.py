"""Evidence of a fault: what it was found by, what was decided, what it moved.

Those who read incidents get all of it; a user only the own reports and the orders of the own
company, without names and words of others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.audit import AuditEntry, hashed_values
from domain.base import Json
from domain.incidents.model import HealthGap, Incident
from domain.incidents.own import own_act, own_part, touched_orders
from domain.incidents.queries import (
    ALL_EFFECTS,
    effects_of,
    incident_subject,
    incident_view,
    interval_of,
    read_incident,
    reports_of,
)
from domain.incidents.views import EffectView, GapView, IncidentView, ReportView
from domain.incidents.watching import INSIDERS
from domain.orders.model import Order
from domain.registry.model import Company
from domain.roles import EVERYBODY
from domain.work import Look, Site, query

#: Acts on an incident that a user is told of; the talk about its level is not among them.
PUBLIC_ACTS = frozenset(
    f"incident.{each}"
    for each in ("hold", "confirm", "refute", "agree", "apply", "plan", "mend", "reopen", "close")
)
_ALL = 1_000_000


@dataclass(frozen=True)
class Decision:
    """An entry of the record about an incident.

    ``values`` are all that the hash covers, to count it again; empty in what a user gets.
    ``own``: the reader's own act.
    """

    position: int
    at: datetime
    action: str
    actor_kind: str
    person_id: int | None
    own: bool
    values: Json
    previous_hash: str
    hash: str


@dataclass(frozen=True)
class Evidence:
    """All that is known of an incident, or (``whole`` is False) the user's own part of it.

    ``as_of`` is the moment of the newest entry on record: the same record, the same evidence.
    ``customers`` are the names (Kazakh, Russian) of the customers of orders touched.
    """

    incident: IncidentView
    whole: bool
    as_of: datetime
    reports: Sequence[ReportView]
    gaps: Sequence[GapView]
    decisions: Sequence[Decision]
    effects: Sequence[EffectView]
    customers: Mapping[int, tuple[str, str]]


class EvidenceReading:
    """Gathers the evidence of an incident."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @query(by=EVERYBODY)
    async def of(self, look: Look, number: int) -> Evidence:
        """The evidence for the actor: all of it for INSIDERS, else the own part.

        Raises NotFound ``incident_unknown``, also for a user who neither reported the incident
        nor has an order touched by it.
        """
        incident = await read_incident(look.session, number)
        whole = look.actor.kind in ("system", "integration") or look.actor.role in INSIDERS
        view = await incident_view(look.session, incident)
        reports = await reports_of(look.session, incident)
        if whole:
            effects = await effects_of(look.session, incident_subject(number), 0, ALL_EFFECTS)
        else:
            own = await own_part(look, view, reports)
            view, reports, effects = own.incident, own.reports, own.effects
        entries = await _entries(look.session, number)
        decisions = [_decision(each, look.actor, whole) for each in entries]
        return Evidence(
            incident=view,
            whole=whole,
            as_of=max((each.at for each in entries), default=incident.opened_at),
            reports=reports,
            gaps=await _gaps(look, incident),
            decisions=[each for each in decisions if whole or each.own or _told(each)],
            effects=effects,
            customers=await _customers(look.session, number, effects),
        )


def _told(decision: Decision) -> bool:
    return decision.action in PUBLIC_ACTS


async def _entries(session: AsyncSession, number: int) -> Sequence[AuditEntry]:
    found = await session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject == incident_subject(number))
        .order_by(AuditEntry.position)
    )
    return found.all()


def _decision(entry: AuditEntry, actor: Actor, whole: bool) -> Decision:
    return Decision(
        position=entry.position,
        at=entry.at,
        action=entry.action,
        actor_kind=entry.actor_kind,
        person_id=entry.person_id if whole else None,
        own=own_act(actor, entry.person_id),
        values=hashed_values(entry) if whole else {},
        previous_hash=entry.previous_hash,
        hash=entry.hash,
    )


async def _gaps(look: Look, incident: Incident) -> list[GapView]:
    """Times of our own silence that touch the fault."""
    interval = interval_of(incident, look.now)
    rows = await look.session.execute(
        select(HealthGap, Incident.number)
        .outerjoin(Incident, Incident.id == HealthGap.incident_id)
        .where(
            HealthGap.began_at < interval.ended_at,
            or_(HealthGap.ended_at.is_(None), HealthGap.ended_at > interval.began_at),
        )
        .order_by(HealthGap.began_at, HealthGap.id)
    )
    return [GapView(row.part, row.began_at, row.ended_at, number) for row, number in rows]


async def _customers(
    session: AsyncSession, number: int, effects: Sequence[EffectView]
) -> dict[int, tuple[str, str]]:
    shown = {each.order for each in effects}
    rows = await session.execute(
        select(Order.number, Company.name_kk, Company.name_ru)
        .join(Company, Company.id == Order.customer_id)
        .where(Order.id.in_(touched_orders(number)))
    )
    return {order: (kk, ru) for order, kk, ru in rows if order in shown}

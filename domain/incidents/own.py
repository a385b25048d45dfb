"""What a user sees of an incident: the own reports, what it did to the own company's orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select

from domain.actor import Actor
from domain.awards.model import Award
from domain.base import is_id
from domain.errors import NotFound
from domain.incidents.arrival import arrival_of
from domain.incidents.model import Incident, IncidentEffect, IncidentReport
from domain.incidents.queries import (
    ALL_EFFECTS,
    IN_EFFECT,
    effects_of,
    incident_subject,
    incident_view,
    read_incident,
    reports_of,
    rows_of,
)
from domain.incidents.rules import report_term
from domain.incidents.timers import DECIDE
from domain.incidents.views import (
    Annulled,
    EffectView,
    IncidentRow,
    IncidentView,
    OwnIncident,
    ReportView,
    Scope,
)
from domain.incidents.watching import for_user
from domain.offers.model import Offer
from domain.orders.model import Order, OrderInvitation
from domain.orders.queries import read_order
from domain.roles import EVERYBODY, Role
from domain.support.model import Ticket
from domain.support.regimes import regime_at
from domain.work import Look, query
from domain.working_time.model import calendar_for_reading
from domain.working_time.moving import award_number

_OPERATORS = frozenset({Role.SUPPORT, Role.ADMIN})


class OwnReports:
    """What users read of the faults they have reported, and of what was undone."""

    @query(by=EVERYBODY)
    async def mine(self, look: Look, page: int = 0, size: int = 8) -> tuple[list[IncidentRow], int]:
        """A page (from 0) of incidents that the actor has reported, newest first; how many."""
        own = Incident.id.in_(
            select(IncidentReport.incident_id).where(
                IncidentReport.person_id == look.actor.person_id
            )
        )
        total = await look.session.scalar(select(func.count(Incident.id)).where(own)) or 0
        page = max(0, min(page, (total - 1) // size))
        rows = await rows_of(look.session, own, limit=size, skip=page * size)
        return [for_user(look.actor, row) for row in rows], total

    @query(by=EVERYBODY)
    async def is_late(
        self, look: Look, found_at: datetime, regime: str, ticket: int | None = None
    ) -> bool:
        """Whether a report of a fault found then would come after its term (366-25; 627-15.1).

        One from a request, of the actor or for an operator, came with the message there. Raises
        ``found_in_future``.
        """
        request = None
        if ticket is not None and is_id(ticket):
            found = await look.session.scalar(select(Ticket).where(Ticket.number == ticket))
            mine = found is not None and own_act(look.actor, found.person_id)
            request = found if mine or look.actor.role in _OPERATORS else None
        arrival = await arrival_of(look, request, found_at)
        calendar = await calendar_for_reading(look.session)
        return report_term(calendar, regime_at(regime, look.now), found_at, arrival.at)[1]

    @query(by=EVERYBODY)
    async def my_reports(self, look: Look, number: int) -> OwnIncident:
        """An incident that the actor has reported: the reports with their evidence, what became
        of it, what it did to the own company's deadlines.

        Raises NotFound ``incident_unknown``, also for one that only others have reported.
        """
        return await own_incident(look, number)

    @query(by=EVERYBODY)
    async def annulled(self, look: Look, order_number: int) -> list[Annulled]:
        """The versions of an order's protocol that were annulled (29.4)."""
        order = await read_order(look.session, order_number)
        rows = await look.session.execute(
            select(IncidentEffect.subject, IncidentEffect.cause, IncidentEffect.at)
            .where(IncidentEffect.order_id == order.id, IncidentEffect.what == "annulled")
            .order_by(IncidentEffect.id)
        )
        return [
            Annulled(
                order_number,
                int(subject.rpartition(":")[2]),
                int(cause.removeprefix("incident:")),
                at,
            )
            for subject, cause, at in rows
        ]


async def own_incident(look: Look, number: int) -> OwnIncident:
    """The use case ``Incidents.my_reports``."""
    incident = await read_incident(look.session, number)
    view = await incident_view(look.session, incident)
    person = look.actor.person_id
    reports = await reports_of(look.session, incident, IncidentReport.person_id == person)
    if person is None or not reports:
        raise NotFound("incident_unknown", None, number=number)
    return await own_part(look, view, reports)


async def own_part(look: Look, view: IncidentView, reports: Sequence[ReportView]) -> OwnIncident:
    """Of an incident what the actor may see; raises NotFound ``incident_unknown`` for nothing."""
    mine = [each for each in reports if own_act(look.actor, each.person_id)]
    moved = await _own_effects(look, view.number)
    if not mine and not moved:
        raise NotFound("incident_unknown", None, number=view.number)
    others = max(0, view.reports - len(mine))
    # One that was refuted has no level, also when it is closed since.
    fact = view.state in ("confirmed", "closed") and view.level is not None
    return OwnIncident(_public(view, mine, moved), fact, mine, others, moved)


def own_act(actor: Actor, person_id: int | None) -> bool:
    """Whether it is the actor's own."""
    return person_id is not None and person_id == actor.person_id


async def _own_effects(look: Look, number: int) -> list[EffectView]:
    """Effects on the orders of the actor's company; of awards only its own."""
    company = look.actor.company_id
    if company is None or look.actor.suspended:
        return []
    if look.actor.role is Role.CUSTOMER:
        mine: ColumnElement[bool] = Order.customer_id == company
    elif look.actor.role is Role.SUPPLIER:
        mine = or_(
            Order.id.in_(
                select(OrderInvitation.order_id).where(OrderInvitation.company_id == company)
            ),
            Order.id.in_(select(Offer.order_id).where(Offer.company_id == company)),
        )
    else:
        return []
    own = await effects_of(look.session, incident_subject(number), 0, ALL_EFFECTS, mine)
    if look.actor.role is Role.CUSTOMER:
        return own
    awards = set(
        await look.session.scalars(
            select(Award.number).where(
                Award.company_id == company, Award.order_id.in_(touched_orders(number))
            )
        )
    )
    return [
        each for each in own if (award := award_number(each.subject)) is None or award in awards
    ]


def _public(
    view: IncidentView, reports: Sequence[ReportView], effects: Sequence[EffectView]
) -> IncidentView:
    """The incident without what is between the desk and the authorised body, or about others."""
    known = view.level_state in IN_EFFECT
    orders = tuple(sorted({each.order for each in effects if each.order is not None}))
    return replace(
        view,
        level=view.level if known else None,
        level_state=view.level_state if known else "none",
        level_note="",
        proposed_level=None,
        scope=Scope("orders", orders=orders) if view.scope.kind == "orders" else view.scope,
        reports=len(reports),
        late_reports=sum(each.late for each in reports),
        # Who reported it was told until when it is decided.
        deadlines={kind: at for kind, at in view.deadlines.items() if kind == DECIDE},
    )


def touched_orders(number: int) -> Select[int | None]:
    """Ids of the orders on which an incident had an effect."""
    return select(IncidentEffect.order_id).where(IncidentEffect.cause == incident_subject(number))

"""How the platform is: now, planned, and what was (for the banner, the API and the public page)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.incidents.model import MODULES, Incident, IncidentEffect, Maintenance
from domain.incidents.queries import IN_EFFECT, incident_subject, scope_of
from domain.incidents.views import MaintenanceView, PublicIncident, StatusView
from domain.orders.model import Order

HISTORY = timedelta(days=90)


def works_view(row: Maintenance) -> MaintenanceView:
    """Works as a value."""
    return MaintenanceView(
        number=row.number,
        regime=row.regime,
        text_kk=row.text_kk,
        text_ru=row.text_ru,
        emergency=row.emergency,
        state=row.state,
        announced_at=row.announced_at,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


async def moved_orders(session: AsyncSession, causes: Sequence[str]) -> dict[str, list[int]]:
    """Numbers of the orders whose terms each cause has moved, in order (627, clause 26.12)."""
    rows = await session.execute(
        select(IncidentEffect.cause, Order.number)
        .join(Order, Order.id == IncidentEffect.order_id)
        .where(
            IncidentEffect.cause == func.any(list(causes)),
            IncidentEffect.what.in_(("moved", "rerun")),
        )
        .distinct()
        .order_by(IncidentEffect.cause, Order.number)
    )
    found: dict[str, list[int]] = {}
    for cause, number in rows:
        found.setdefault(cause, []).append(number)
    return found


def ranges_of(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Numbers in order as ranges, each with its first and last: thousands in a few of them."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return tuple(found)


def public_view(row: Incident, orders: Iterable[int] = ()) -> PublicIncident:
    """A confirmed incident as everybody may see it: nothing of who reported it."""
    scope = scope_of(row)
    return PublicIncident(
        number=row.number,
        titles=row.title,
        level=row.level if row.level_state in IN_EFFECT else None,
        scope=scope.kind,
        modules=scope.modules,
        began_at=row.began_at,
        mended_at=row.mended_at,
        planned_mending_at=row.planned_mending_at,
        done=row.measures,
        orders=ranges_of(orders),
    )


async def status_of(session: AsyncSession, now: datetime, *, orders: bool = False) -> StatusView:
    """The status at ``now``; works past their moment count as begun even before a sweep.

    ``orders``: with the numbers of the orders that each fault has moved.
    """
    since = now - HISTORY
    incidents = await session.scalars(
        select(Incident)
        .where(
            Incident.decided_at.is_not(None),
            Incident.state.in_(("confirmed", "closed")),
            Incident.level.is_not(None),
            or_(Incident.mended_at.is_(None), Incident.mended_at > since),
        )
        .order_by(Incident.began_at.desc(), Incident.id.desc())
    )
    faults = incidents.all()
    causes = [incident_subject(row.number) for row in faults] if orders else []
    moved = await moved_orders(session, causes) if causes else {}
    found = [public_view(row, moved.get(incident_subject(row.number), ())) for row in faults]
    lasting = [each for each in found if each.mended_at is None]
    works = await session.scalars(
        select(Maintenance)
        .where(Maintenance.state != "cancelled", Maintenance.ends_at > since)
        .order_by(Maintenance.starts_at.desc(), Maintenance.id.desc())
    )
    views = [works_view(row) for row in works]
    running = [each for each in views if _runs(each, now)]
    planned = sorted(
        (each for each in views if each.state == "planned" and each.starts_at > now),
        key=lambda each: each.starts_at,
    )
    return StatusView(
        at=now,
        now="incident" if lasting else "maintenance" if running else "ok",
        modules={module: _module(module, lasting, running) for module in MODULES},
        incidents=lasting,
        running=running,
        planned=planned,
        past_incidents=[each for each in found if each.mended_at is not None],
        past_maintenance=[each for each in views if each not in running and each not in planned],
    )


def _runs(works: MaintenanceView, now: datetime) -> bool:
    if works.state == "finished":
        return False
    return works.state == "running" or works.starts_at <= now < works.ends_at


def _module(
    module: str, lasting: Sequence[PublicIncident], running: Sequence[MaintenanceView]
) -> str:
    # A low fault touches no main function, one of listed orders no module as a whole.
    hit = any(
        each.level != "low" and (each.scope == "all" or module in each.modules) for each in lasting
    )
    if hit:
        return "incident"
    return "maintenance" if running else "ok"

"""Reading endpoints and deliveries inside a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from domain.base import is_id
from domain.errors import NotFound
from domain.registry.model import Company
from domain.webhooks import rows
from domain.webhooks.model import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent
from domain.webhooks.views import DeliveryView, EndpointView, delivery_view, endpoint_view

DELIVERY_STATES = ("held", "waiting", "queued", "sending", "delivered", "dead", "skipped")


async def held_endpoint(session: AsyncSession, number: int) -> WebhookEndpoint:
    """An endpoint, held; NotFound ``webhook_unknown``, also for one that was removed."""
    found = await rows.hold(session, [number]) if is_id(number) else []
    if not found or found[0].state == "removed":
        raise NotFound("webhook_unknown", None, webhook=number)
    return found[0]


async def endpoint_of(
    session: AsyncSession, number: int, now: datetime, which: ColumnElement[bool] | None = None
) -> EndpointView:
    """An endpoint as a value, one of ``which``; NotFound ``webhook_unknown``."""
    found = await endpoints(session, now, which, only=number) if is_id(number) else []
    if not found:
        raise NotFound("webhook_unknown", None, webhook=number)
    return found[0]


async def endpoints(
    session: AsyncSession,
    now: datetime,
    which: ColumnElement[bool] | None = None,
    *,
    after: int = 0,
    size: int = 1,
    only: int | None = None,
) -> list[EndpointView]:
    """Endpoints that were not removed, those of ``which``, oldest first."""
    wanted = WebhookEndpoint.id > after if only is None else WebhookEndpoint.id == only
    found = await session.execute(
        select(WebhookEndpoint, Company.bin)
        .outerjoin(Company, Company.id == WebhookEndpoint.company_id)
        .where(wanted, true() if which is None else which, WebhookEndpoint.state != "removed")
        .order_by(WebhookEndpoint.id)
        .limit(size)
        .execution_options(populate_existing=True)
    )
    return [endpoint_view(row, bin_, now) for row, bin_ in found]


async def deliveries(
    session: AsyncSession,
    endpoint: int,
    *,
    before: int | None = None,
    states: Sequence[str] = (),
    size: int = 1,
    only: int | None = None,
) -> list[DeliveryView]:
    """Deliveries to an endpoint with their attempts, newest first."""
    statement = (
        select(WebhookDelivery, WebhookEvent)
        .join(WebhookEvent, WebhookEvent.id == WebhookDelivery.event_id)
        .where(WebhookDelivery.endpoint_id == endpoint)
        .order_by(WebhookDelivery.id.desc())
        .limit(size)
        .execution_options(populate_existing=True)
    )
    if only is not None:
        statement = statement.where(WebhookDelivery.id == only)
    if before is not None:
        statement = statement.where(WebhookDelivery.id < before)
    if states:
        statement = statement.where(WebhookDelivery.state.in_(states))
    found = (await session.execute(statement)).all()
    attempts: dict[int, list[WebhookAttempt]] = {row.id: [] for row, _ in found}
    made = await session.scalars(
        select(WebhookAttempt)
        .where(WebhookAttempt.delivery_id.in_(attempts))
        .order_by(WebhookAttempt.id)
    )
    for each in made:
        attempts[each.delivery_id].append(each)
    return [delivery_view(row, event, attempts[row.id]) for row, event in found]

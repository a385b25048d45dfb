"""Dropping deliveries that ended long ago, and events that no delivery needs any more.

In batches, each a transaction of its own: whoever looks into them or sends is never kept waiting
for long, and a process that dies in the middle has lost nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from domain.webhooks.model import WebhookDelivery, WebhookEvent
from domain.work import Site

#: Events looked at in one transaction, and at most in one go.
BATCH, MOST = 1_000, 200_000
_At = tuple[datetime, int]


async def forget_deliveries(site: Site, older_than: timedelta) -> int:
    """Drop what ended so long ago; returns how many deliveries."""
    before = site.clock.now() - older_than
    dropped = looked = 0
    after: _At | None = None
    while looked < MOST:
        async with site.sessions.begin() as session:
            batch = await _old_events(session, before, after)
            if batch:
                dropped += await _drop(session, [number for _, number in batch], before)
        looked += len(batch)
        if len(batch) < BATCH:
            break
        after = batch[-1]
    return dropped


async def _old_events(session: AsyncSession, before: datetime, after: _At | None) -> list[_At]:
    """The next events made before a moment. A delivery is never older than its event."""
    statement = (
        select(WebhookEvent.created_at, WebhookEvent.id)
        .where(WebhookEvent.created_at < before)
        .order_by(WebhookEvent.created_at, WebhookEvent.id)
        .limit(BATCH)
    )
    if after is not None:
        statement = statement.where(tuple_(WebhookEvent.created_at, WebhookEvent.id) > after)
    return [(at, number) for at, number in await session.execute(statement)]


async def _drop(session: AsyncSession, events: list[int], before: datetime) -> int:
    gone = await session.scalars(
        delete(WebhookDelivery)
        .where(WebhookDelivery.event_id.in_(events), WebhookDelivery.finished_at < before)
        .returning(WebhookDelivery.id)
        .execution_options(synchronize_session=False)
    )
    needed = exists().where(WebhookDelivery.event_id == WebhookEvent.id)
    await session.execute(
        delete(WebhookEvent)
        .where(WebhookEvent.id.in_(events), ~needed)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())

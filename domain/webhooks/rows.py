"""Statements on deliveries that several parts share: who is next in a stream, who is skipped.

All of them are run while the endpoint's row is held, so that whoever adds to a stream and whoever
finishes its head see each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.webhooks.model import WebhookDelivery, WebhookEndpoint

#: On its way.
OPEN = ("waiting", "queued", "sending")
#: Waits for an administrator since a restore, and holds up what comes after it.
HELD = "held"

_PROMOTE = text(
    """
    UPDATE webhook_delivery SET state = 'queued'
    WHERE id IN (
        SELECT min(id) FROM webhook_delivery AS next
        WHERE endpoint_id = ANY(:endpoints) AND state = 'waiting' AND stream = ANY(:streams)
        GROUP BY endpoint_id, stream
        HAVING NOT EXISTS (
            SELECT 1 FROM webhook_delivery AS head
            WHERE head.endpoint_id = next.endpoint_id AND head.stream = next.stream
            AND (head.state IN ('queued', 'sending')
                 OR head.state = 'held' AND head.id < min(next.id))
        )
    )
    """
)


async def hold(session: AsyncSession, endpoints: Sequence[int]) -> list[WebhookEndpoint]:
    """These endpoints, held until the transaction ends."""
    found = await session.scalars(
        select(WebhookEndpoint)
        .where(WebhookEndpoint.id.in_(endpoints))
        .order_by(WebhookEndpoint.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(found)


async def promote(session: AsyncSession, endpoints: Sequence[int], streams: Sequence[str]) -> None:
    """Let the first that waits go where nothing of its stream goes before it."""
    await session.execute(_PROMOTE, {"endpoints": list(endpoints), "streams": list(streams)})


async def skip_open(session: AsyncSession, endpoint: int, now: datetime) -> int:
    """Skip everything that has not gone yet; returns how much that is."""
    done = await session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.endpoint_id == endpoint, WebhookDelivery.state.in_((*OPEN, HELD)))
        .values(state="skipped", claimed_until=None, finished_at=now)
        .returning(WebhookDelivery.id)
        .execution_options(synchronize_session=False)
    )
    return len(done.all())


async def hold_open(session: AsyncSession) -> int:
    """Let everything that has not gone yet wait for an administrator; returns how much."""
    held = await session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.state.in_(OPEN))
        .values(state=HELD, claimed_until=None)
        .returning(WebhookDelivery.id)
        .execution_options(synchronize_session=False)
    )
    return len(held.all())


async def count_held(session: AsyncSession) -> int:
    """How much waits for an administrator."""
    count = select(func.count()).where(WebhookDelivery.state == HELD)
    return await session.scalar(count) or 0


async def end_hold(session: AsyncSession, now: datetime, *, send: bool) -> int:
    """Send what is held, in its order, or skip it; returns how much that is."""
    found = await session.execute(
        select(WebhookDelivery.endpoint_id, WebhookDelivery.id).where(WebhookDelivery.state == HELD)
    )
    of: dict[int, list[int]] = {}
    for number, delivery in found:
        of.setdefault(number, []).append(delivery)
    for endpoint in await hold(session, sorted(of)):
        ids = of[endpoint.id]
        if send and endpoint.state == "enabled":
            await queue_again(session, endpoint.id, ids, now)
            continue
        skipped = await session.scalars(
            update(WebhookDelivery)
            .where(WebhookDelivery.id == func.any(ids))
            .values(state="skipped", finished_at=now)
            .returning(WebhookDelivery.stream)
            .execution_options(synchronize_session=False)
        )
        await promote(session, [endpoint.id], sorted(set(skipped)))
    return sum(len(ids) for ids in of.values())


async def queue_again(
    session: AsyncSession, endpoint: int, deliveries: Sequence[int], now: datetime
) -> None:
    """Send these once more, in their old order among what waits."""
    rows = await session.scalars(
        update(WebhookDelivery)
        .where(WebhookDelivery.id == func.any(list(deliveries)))
        .values(state="waiting", attempts=0, not_before=now, finished_at=None, claimed_until=None)
        .returning(WebhookDelivery.stream)
        .execution_options(synchronize_session=False)
    )
    streams = sorted(set(rows))
    # What stands at the head is perhaps younger than what comes again.
    await session.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.endpoint_id == endpoint,
            WebhookDelivery.stream == func.any(streams),
            WebhookDelivery.state == "queued",
        )
        .values(state="waiting")
        .execution_options(synchronize_session=False)
    )
    await promote(session, [endpoint], streams)

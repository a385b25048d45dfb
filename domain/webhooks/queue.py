"""The deliveries on their way: claimed for the time of a lease, sent by the edge, settled.

A claim holds the endpoint's row, so that of several workers none goes beyond what an endpoint
may be sent at once, and raises the fence, so that a worker that was taken over changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.orders.model import Order
from domain.webhooks import rows
from domain.webhooks.catalogue import OF_OFFERS
from domain.webhooks.making import number_in
from domain.webhooks.model import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent
from domain.webhooks.owners import disable
from domain.webhooks.rules import (
    ANSWER_KEPT,
    MOST_PAUSE,
    has_failed_long,
    next_attempt,
    signing,
)
from domain.webhooks.views import Claim, Outcome
from domain.work import Site, Work, use_case


class Queue:
    """Claims and settles deliveries."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def ready(self) -> list[int]:
        """Endpoints for which something may go now."""
        now = self.site.clock.now()
        async with self.site.reading() as session:
            found = await session.scalars(
                select(WebhookEndpoint.id)
                .where(
                    _takes(now),
                    exists().where(WebhookDelivery.endpoint_id == WebhookEndpoint.id, _due(now)),
                )
                .order_by(WebhookEndpoint.id)
            )
            return list(found)

    async def claim(self, endpoint: int, at_once: int, lease: timedelta) -> list[Claim]:
        """Take what may go to an endpoint, oldest first, ``at_once`` on their way at most.

        One whose lease has run out (its process died) is taken again: it may arrive twice, with
        the same webhook-id. Empty while another worker claims for the same endpoint.
        """
        now = self.site.clock.now()
        async with self.site.sessions.begin() as session:
            held = await session.scalar(
                select(WebhookEndpoint)
                .where(WebhookEndpoint.id == endpoint, _takes(now))
                .with_for_update(skip_locked=True)
            )
            if held is None:
                return []
            on_way = await session.scalar(
                select(func.count()).where(
                    WebhookDelivery.endpoint_id == endpoint,
                    WebhookDelivery.state == "sending",
                    WebhookDelivery.claimed_until > now,
                )
            )
            free = at_once - (on_way or 0)
            if free <= 0:
                return []
            ids = list(
                await session.scalars(
                    select(WebhookDelivery.id)
                    .where(WebhookDelivery.endpoint_id == endpoint, _due(now))
                    .order_by(WebhookDelivery.not_before, WebhookDelivery.id)
                    .limit(free)
                )
            )
            sealed = await _skip_sealed(session, ids, now)
            open_ = [each for each in ids if each not in sealed]
            return await _claimed(session, held, open_, now, lease)

    async def settle(self, claim: Claim, outcome: Outcome) -> None:
        """Put an attempt on record, and what follows from it."""
        now = self.site.clock.now()
        if await self._settle(claim, outcome, now):
            cause = f"webhook:{claim.delivery}:{claim.fence}"
            await self._fail(Actor.system(cause, "api"), claim, outcome)

    async def _settle(self, claim: Claim, outcome: Outcome, now: datetime) -> bool:
        """True when the endpoint has to be disabled: nothing is settled then."""
        async with self.site.sessions.begin() as session:
            (endpoint,) = await rows.hold(session, [claim.endpoint])
            if _disabling(endpoint, outcome, now) is not None:
                return True
            await _settled(session, endpoint, claim, outcome, now)
        return False

    @use_case("webhook.fail", by=frozenset())
    async def _fail(self, work: Work, claim: Claim, outcome: Outcome) -> None:
        """Disable an endpoint that is gone or has failed for long; its owner is told."""
        (endpoint,) = await rows.hold(work.session, [claim.endpoint])
        why = _disabling(endpoint, outcome, work.now)
        await _settled(work.session, endpoint, claim, outcome, work.now)
        work.record(f"webhook:{endpoint.id}", why=why)
        if why is None:
            return
        await disable(work, endpoint, why)


def _takes(now: datetime) -> ColumnElement[bool]:
    return and_(
        WebhookEndpoint.state == "enabled",
        or_(WebhookEndpoint.held_until.is_(None), WebhookEndpoint.held_until <= now),
    )


def _due(now: datetime) -> ColumnElement[bool]:
    # The first part is the condition of the index.
    return and_(
        WebhookDelivery.state.in_(("queued", "sending")),
        WebhookDelivery.not_before <= now,
        or_(WebhookDelivery.state == "queued", WebhookDelivery.claimed_until <= now),
    )


async def _skip_sealed(session: AsyncSession, ids: Sequence[int], now: datetime) -> set[int]:
    """Send nothing of offers whose window was opened anew: they are sealed again (13.4)."""
    found = await session.execute(
        select(WebhookDelivery, WebhookEvent.stream)
        .join(WebhookEvent, WebhookEvent.id == WebhookDelivery.event_id)
        .where(WebhookDelivery.id.in_(ids), WebhookEvent.type.in_(OF_OFFERS))
    )
    of_offers = {row: number_in(stream, "order") for row, stream in found}
    if not of_offers:
        return set()
    open_again = set(
        await session.scalars(
            select(Order.number).where(
                Order.number.in_(of_offers.values()), Order.closed_at.is_(None)
            )
        )
    )
    sealed = [row for row, number in of_offers.items() if number in open_again]
    for row in sealed:
        await _finish(session, row, "skipped", now)
    return {row.id for row in sealed}


async def _claimed(
    session: AsyncSession,
    endpoint: WebhookEndpoint,
    ids: list[int],
    now: datetime,
    lease: timedelta,
) -> list[Claim]:
    taken = await session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.id.in_(ids), WebhookEvent.id == WebhookDelivery.event_id)
        .values(
            state="sending",
            claimed_until=now + lease,
            attempts=WebhookDelivery.attempts + 1,
            fence=WebhookDelivery.fence + 1,
        )
        .returning(
            WebhookDelivery.id,
            WebhookDelivery.fence,
            WebhookDelivery.attempts,
            WebhookEvent.uid,
            WebhookEvent.type,
            WebhookEvent.body,
        )
        .execution_options(synchronize_session=False)
    )
    keys = signing(endpoint.secret, endpoint.old_secret, endpoint.old_secret_until, now)
    found = [
        Claim(
            delivery=row.id,
            endpoint=endpoint.id,
            fence=row.fence,
            attempts=row.attempts,
            url=endpoint.url,
            uid=row.uid,
            type=row.type,
            body=row.body,
            secrets=keys,
        )
        for row in taken
    ]
    return sorted(found, key=lambda claim: ids.index(claim.delivery))


def _disabling(endpoint: WebhookEndpoint, outcome: Outcome, now: datetime) -> str | None:
    """Why an outcome ends the endpoint; None where it does not."""
    if endpoint.state != "enabled" or outcome.name == "delivered":
        return None
    if outcome.name == "gone":
        return "gone"
    return "failing" if has_failed_long(endpoint.failing_since, now) else None


async def _settled(
    session: AsyncSession,
    endpoint: WebhookEndpoint,
    claim: Claim,
    outcome: Outcome,
    now: datetime,
) -> None:
    """Write an attempt down. Only a delivery counts once another has taken the claim over."""
    row = await session.get(WebhookDelivery, claim.delivery, with_for_update=True)
    if row is None:
        return
    session.add(
        WebhookAttempt(
            delivery_id=row.id,
            at=outcome.at,
            duration=outcome.duration,
            status=outcome.status,
            outcome=outcome.name,
            answer=outcome.answer[:ANSWER_KEPT],
        )
    )
    if outcome.name == "delivered":
        endpoint.failing_since, endpoint.held_until = None, None
        endpoint.succeeded_at = now
        await _finish(session, row, "delivered", now)
        return
    endpoint.failing_since = endpoint.failing_since or outcome.at
    if outcome.pause is not None:
        endpoint.held_until = now + min(outcome.pause, MOST_PAUSE)
    if row.state != "sending" or row.fence != claim.fence:
        return
    again = None if outcome.name == "gone" else next_attempt(row.attempts, now, outcome.pause)
    if again is None:
        await _finish(session, row, "dead", now)
    else:
        row.state, row.not_before, row.claimed_until = "queued", again, None


async def _finish(session: AsyncSession, row: WebhookDelivery, state: str, now: datetime) -> None:
    row.state, row.finished_at, row.claimed_until = state, now, None
    await session.flush()
    await rows.promote(session, [row.endpoint_id], [row.stream])

"""Webhooks on a stage of orders."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.actor import Actor
from domain.clock import ManualClock
from domain.webhooks.model import WebhookDelivery, WebhookEvent
from domain.webhooks.service import Webhooks
from domain.webhooks.views import Claim, EndpointView, Outcome
from domain.work import Site
from tests.domain.stage import Side, Stage
from tests.support.factories import next_cause

LEASE = timedelta(seconds=60)


def console() -> Actor:
    """The person at the keyboard of the server."""
    return Actor.system(next_cause(), "cli")


@dataclass
class Hooks:
    """Endpoints and deliveries in one line each; nothing leaves the process."""

    stage: Stage
    webhooks: Webhooks
    clock: ManualClock

    async def endpoint(
        self, side: Side | None = None, *events: str, url: str = "https://hooks.example.kz/in"
    ) -> EndpointView:
        """An endpoint of a company, or of the operator."""
        made, _ = await self.webhooks.create(
            console(), url, events, company_bin=side.bin if side else None
        )
        return made

    async def announce(self) -> None:
        """Make events of everything on record."""
        while await self.webhooks.announcing.announce():
            pass

    async def claim(self, endpoint: EndpointView, at_once: int = 4) -> list[Claim]:
        """What may go to an endpoint now."""
        return await self.webhooks.queue.claim(endpoint.id, at_once, LEASE)

    async def settle(self, claim: Claim, name: str = "delivered", **values: object) -> None:
        """What became of it."""
        status = {"delivered": 204, "gone": 410, "refused": 500}.get(name)
        outcome = Outcome(name, self.clock.now(), 12, status)
        if "pause" in values:
            pause = values["pause"]
            assert isinstance(pause, timedelta)
            outcome = Outcome(name, self.clock.now(), 12, 429, "", pause)
        await self.webhooks.queue.settle(claim, outcome)

    async def told(self, endpoint: EndpointView) -> list[str]:
        """Types of the events that were made for an endpoint, in order."""
        return [str(body["type"]) for body in await self.bodies(endpoint)]

    async def bodies(self, endpoint: EndpointView, type_: str = "") -> list[dict[str, object]]:
        """What an endpoint would be sent, in order."""
        await self.announce()
        async with self.stage.site.sessions() as session:
            found = await session.scalars(
                select(WebhookEvent.body)
                .join(WebhookDelivery, WebhookDelivery.event_id == WebhookEvent.id)
                .where(WebhookDelivery.endpoint_id == endpoint.id)
                .order_by(WebhookDelivery.id)
            )
            bodies = [json.loads(body) for body in found]
        return [body for body in bodies if body["type"].startswith(type_)]

    async def states(self, endpoint: EndpointView) -> list[str]:
        """States of the deliveries of an endpoint, oldest first."""
        async with self.stage.site.sessions() as session:
            found = await session.scalars(
                select(WebhookDelivery.state)
                .where(WebhookDelivery.endpoint_id == endpoint.id)
                .order_by(WebhookDelivery.id)
            )
            return list(found)


@pytest.fixture
def hooks(site: Site, clock: ManualClock) -> Hooks:
    """An empty stage with webhooks."""
    stage = Stage(site, clock)
    return Hooks(stage, stage.services.webhooks, clock)

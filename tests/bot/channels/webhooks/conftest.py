"""A stage with a customer, a receiver, and the worker that sends to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.channels.webhooks import WebhookSender
from domain.clock import ManualClock
from domain.webhooks.addresses import Allowed
from domain.webhooks.service import Webhooks
from domain.webhooks.views import EndpointView
from domain.work import Site
from tests.bot.channels.webhooks.receiver import Receiver, receiving
from tests.domain.stage import Side, Stage
from tests.domain.webhooks.conftest import console

LOOPBACK = Allowed.of(["127.0.0.0/8"])


@pytest.fixture
def stage(site: Site, clock: ManualClock) -> Stage:
    return Stage(site, clock)


@pytest.fixture
def webhooks(stage: Stage) -> Webhooks:
    stage.services.webhooks.allowed = LOOPBACK
    return stage.services.webhooks


@pytest.fixture
async def sender(webhooks: Webhooks) -> AsyncIterator[WebhookSender]:
    made = WebhookSender(webhooks)
    yield made
    await made.close()


@pytest.fixture
async def receiver(clock: ManualClock) -> AsyncIterator[Receiver]:
    async with receiving(clock) as found:
        yield found


@pytest.fixture
async def customer(stage: Stage) -> Side:
    return await stage.customer()


@pytest.fixture
async def endpoint(webhooks: Webhooks, receiver: Receiver, customer: Side) -> EndpointView:
    made, receiver.secret = await webhooks.create(console(), receiver.url, company_bin=customer.bin)
    return made

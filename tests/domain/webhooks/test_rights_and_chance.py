"""Who may do what to an endpoint; and whatever happens, an order's events keep their order."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.errors import AccessDenied, NotFound
from domain.roles import Role
from domain.webhooks import announcing
from domain.webhooks.model import WebhookDelivery
from domain.webhooks.views import Claim, EndpointView
from tests.domain.stage import Side
from tests.domain.webhooks.conftest import LEASE, Hooks, console
from tests.support.factories import admin_actor, again, integration_actor, make_person

URL = "https://hooks.example.kz/in"


async def test_people_of_companies_make_and_change_nothing(hooks: Hooks) -> None:
    customer = await hooks.stage.customer()
    endpoint = await hooks.endpoint(customer)
    webhooks = hooks.webhooks
    for act in (
        webhooks.create(customer.me, URL),
        webhooks.change(customer.me, endpoint.id, url=URL),
        webhooks.rotate(customer.me, endpoint.id),
        webhooks.remove(customer.me, endpoint.id),
        webhooks.test(customer.me, endpoint.id),
    ):
        with pytest.raises(AccessDenied, match="role_not_allowed"):
            await act


async def test_administrators_and_programs_do_all_of_it(hooks: Hooks) -> None:
    admin = await admin_actor(hooks.stage.site)
    company = await hooks.stage.customer()
    for actor in (admin, integration_actor(), console()):
        bin_ = company.bin if actor.kind == "integration" else None
        made, secret = await hooks.webhooks.create(again(actor), URL, company_bin=bin_)
        assert await hooks.webhooks.rotate(again(actor), made.id) != secret
        await hooks.webhooks.disable(again(actor), made.id)
        assert (await hooks.webhooks.enable(again(actor), made.id)).missed == 0
        assert await hooks.webhooks.replay(again(actor), made.id) == 0
        await hooks.webhooks.remove(again(actor), made.id)


async def test_only_the_head_of_the_company_enables_it_again(hooks: Hooks) -> None:
    customer, stranger = await hooks.stage.customer(), await hooks.stage.customer("ТОО «Чужое»")
    contact = await make_person(
        hooks.stage.site, role=Role.CUSTOMER, company=customer.company, position="contact"
    )
    endpoint, of_operator = await hooks.endpoint(customer), await hooks.endpoint()
    for each in (endpoint, of_operator):
        await hooks.webhooks.disable(console(), each.id)
    for actor, each in (
        (contact, endpoint),
        (stranger.person, endpoint),
        (customer.person, of_operator),
    ):
        for act in (
            hooks.webhooks.enable(again(actor), each.id),
            hooks.webhooks.replay(again(actor), each.id),
            hooks.webhooks.disable(again(actor), each.id),
        ):
            with pytest.raises(AccessDenied, match="not_your_company"):
                await act
        with pytest.raises(NotFound, match="webhook_unknown"):
            await hooks.webhooks.deliveries(actor, each.id)
    assert (await hooks.webhooks.page(contact)).endpoints == []
    seen = (await hooks.webhooks.page(customer.me)).endpoints
    assert [each.id for each in seen] == [endpoint.id]
    assert (await hooks.webhooks.enable(customer.me, endpoint.id)).endpoint == endpoint.id


async def test_an_event_too_big_to_be_sent_holds_up_no_other(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = await hooks.endpoint(await hooks.stage.customer())
    customer = await hooks.stage.customer("ТОО «Второе»")
    other = await hooks.endpoint(customer)
    # Only what is published is longer than the others here.
    monkeypatch.setattr(announcing, "BODY_LIMIT", 150)
    await hooks.stage.order(customer)
    assert await hooks.told(other) == ["order.failed"]
    assert await hooks.told(endpoint) == []


@dataclass
class Chance:
    """Steps of a worker, drawn from a seed."""

    hooks: Hooks
    customer: Side
    endpoint: EndpointView
    draw: random.Random
    on_way: list[Claim] = field(default_factory=list)
    arrived: list[Claim] = field(default_factory=list)

    async def step(self) -> None:
        """One thing that happens."""
        kind = self.draw.randrange(7)
        if kind == 0:
            await self.hooks.stage.order(self.customer)
            await self.hooks.announce()
        elif kind in (1, 2):
            self.on_way += await self.hooks.claim(self.endpoint, self.draw.randrange(1, 6))
        elif kind == 6 or not self.on_way:
            self._time_passes()
        else:
            claim = self.on_way.pop(self.draw.randrange(len(self.on_way)))
            name = "delivered" if kind < 5 else self.draw.choice(["timeout", "refused"])
            if name == "delivered":
                self.arrived.append(claim)
            await self.hooks.settle(claim, name)

    def _time_passes(self) -> None:
        """Claims of the dead run out, attempts come due."""
        self.hooks.clock.advance(self.draw.choice([LEASE, timedelta(minutes=40)]))
        if self.on_way and self.draw.random() < 0.5:
            self.on_way.pop(0)

    async def calm(self) -> None:
        """Nothing fails any more, until all has arrived."""
        self.hooks.clock.advance(timedelta(hours=25))
        while claims := await self.hooks.claim(self.endpoint, 20):
            for claim in claims:
                self.arrived.append(claim)
                await self.hooks.settle(claim)


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_happens_an_order_is_told_in_its_order(hooks: Hooks, seed: int) -> None:
    customer = await hooks.stage.customer()
    endpoint = await hooks.endpoint(customer)
    chance = Chance(hooks, customer, endpoint, random.Random(seed))
    for _ in range(90):
        await chance.step()
        await _check_streams(hooks, endpoint.id)
    await chance.calm()
    assert set(await hooks.states(endpoint)) <= {"delivered", "dead"}
    async with hooks.stage.site.sessions() as session:
        rows = await session.execute(select(WebhookDelivery.id, WebhookDelivery.stream))
        streams = {row[0]: row[1] for row in rows}
    first: dict[str, list[int]] = {}
    for claim in chance.arrived:
        known = first.setdefault(streams[claim.delivery], [])
        if claim.delivery not in known:
            known.append(claim.delivery)
    assert first
    for found in first.values():
        assert found == sorted(found)


async def _check_streams(hooks: Hooks, endpoint: int) -> None:
    """Of a stream one may go or is on its way, and everything before it is over."""
    async with hooks.stage.site.sessions() as session:
        rows = await session.scalars(
            select(WebhookDelivery)
            .where(WebhookDelivery.endpoint_id == endpoint)
            .order_by(WebhookDelivery.id)
        )
        streams: dict[str, list[str]] = {}
        for row in rows:
            streams.setdefault(row.stream, []).append(row.state)
    for states in streams.values():
        open_ = [state for state in states if state not in ("delivered", "dead", "skipped")]
        assert not open_ or open_[0] in ("queued", "sending"), states
        assert set(open_[1:]) <= {"waiting"}, states

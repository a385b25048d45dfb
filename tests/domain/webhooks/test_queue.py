"""Deliveries on their way: order, retries, leases and fences, endpoints that are disabled."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import CursorResult, Engine, event, select

from domain.errors import Conflict
from domain.roles import Role
from domain.webhooks import forgetting
from domain.webhooks.model import WebhookEvent
from domain.webhooks.rules import DELAYS, PATIENCE
from domain.webhooks.views import Claim, EndpointView
from tests.domain.stage import Side
from tests.domain.webhooks.conftest import LEASE, Hooks, console
from tests.support.factories import admin_actor, make_person


def streams(claims: list[Claim]) -> list[str]:
    return [claim.type for claim in claims]


async def two_orders(hooks: Hooks) -> tuple[EndpointView, Side, list[int]]:
    """Two orders of a customer that fail at once, as nobody makes what they ask for."""
    customer = await hooks.stage.customer()
    endpoint = await hooks.endpoint(customer)
    numbers = [await hooks.stage.order(customer) for _ in range(2)]
    await hooks.announce()
    return endpoint, customer, numbers


async def test_events_of_an_order_go_one_after_the_other_and_orders_side_by_side(
    hooks: Hooks,
) -> None:
    endpoint, _, _ = await two_orders(hooks)
    assert await hooks.states(endpoint) == ["queued", "waiting", "waiting"] * 2
    first = await hooks.claim(endpoint)
    assert streams(first) == ["order.published", "order.published"]
    assert await hooks.claim(endpoint) == []
    await hooks.settle(first[0])
    second = await hooks.claim(endpoint)
    assert streams(second) == ["protocol.formed"]
    await hooks.settle(second[0])
    assert streams(await hooks.claim(endpoint)) == ["order.failed"]
    # The other order still waits for its first.
    assert (await hooks.states(endpoint))[3:] == ["sending", "waiting", "waiting"]


async def test_the_next_goes_when_the_one_before_it_is_dead(hooks: Hooks) -> None:
    endpoint, _, _ = await two_orders(hooks)
    began = hooks.clock.now()
    for delay in (*DELAYS, None):
        claims = await hooks.claim(endpoint)
        assert streams(claims) == ["order.published"] * 2
        for claim in claims:
            await hooks.settle(claim, "unreachable")
        if delay is not None:
            assert await hooks.claim(endpoint) == []
            hooks.clock.advance(delay - timedelta(seconds=1))
            assert await hooks.claim(endpoint) == []
            hooks.clock.advance(timedelta(seconds=1))
    assert hooks.clock.now() - began == timedelta(hours=75, minutes=35, seconds=5)
    assert await hooks.states(endpoint) == ["dead", "queued", "waiting"] * 2
    assert streams(await hooks.claim(endpoint)) == ["protocol.formed"] * 2


async def test_a_pause_that_a_server_asks_for_holds_for_all_its_deliveries(hooks: Hooks) -> None:
    endpoint, _, _ = await two_orders(hooks)
    one, _ = await hooks.claim(endpoint)
    await hooks.settle(one, "refused", pause=timedelta(minutes=10))
    hooks.clock.advance(timedelta(minutes=9))
    assert await hooks.webhooks.queue.ready() == []
    assert await hooks.claim(endpoint) == []
    hooks.clock.advance(timedelta(minutes=1))
    assert await hooks.webhooks.queue.ready() == [endpoint.id]
    assert len(await hooks.claim(endpoint)) == 2


async def test_an_endpoint_gets_so_many_at_once_whoever_asks(hooks: Hooks) -> None:
    customer = await hooks.stage.customer()
    endpoint = await hooks.endpoint(customer)
    for _ in range(12):
        await hooks.stage.order(customer)
    await hooks.announce()
    found = await asyncio.gather(*(hooks.claim(endpoint, 5) for _ in range(6)))
    claims = [claim for each in found for claim in each]
    assert len(claims) == len({claim.delivery for claim in claims}) == 5
    await hooks.settle(claims[0])
    assert len(await hooks.claim(endpoint, 5)) == 1


async def test_a_claim_that_was_taken_over_settles_nothing_but_a_delivery(hooks: Hooks) -> None:
    endpoint, _, _ = await two_orders(hooks)
    old = await hooks.claim(endpoint)
    hooks.clock.advance(LEASE)
    new = await hooks.claim(endpoint)
    assert [claim.uid for claim in new] == [claim.uid for claim in old]
    assert [claim.fence for claim in new] == [2, 2]
    # The one who was frozen comes back with a failure: that is for the new one to say.
    await hooks.settle(old[0], "timeout")
    assert (await hooks.states(endpoint))[0] == "sending"
    # Or with a delivery: what has arrived has arrived, whatever comes of the new claim.
    await hooks.settle(old[1])
    assert (await hooks.states(endpoint))[3] == "delivered"
    await hooks.settle(new[1], "timeout")
    await hooks.settle(new[0])
    states = await hooks.states(endpoint)
    assert (states[0], states[3]) == ("delivered", "delivered")


async def test_410_disables_at_once_and_the_owner_is_told(hooks: Hooks) -> None:
    admin = await admin_actor(hooks.stage.site)
    endpoint, customer, _ = await two_orders(hooks)
    one, other = await hooks.claim(endpoint)
    await hooks.settle(one, "gone")
    shown = await hooks.webhooks.one(console(), endpoint.id)
    assert (shown.state, shown.disabled_why) == ("disabled", "gone")
    assert await hooks.states(endpoint) == ["dead", *["skipped"] * 5]
    assert await hooks.webhooks.queue.ready() == []
    # What was on its way meanwhile disables nothing a second time.
    await hooks.settle(other, "gone")
    (told,) = await hooks.stage.told(admin, "webhook.disabled")
    assert (told.params["host"], told.params["why"]) == ("hooks.example.kz", "gone")
    assert told.params["skipped"] == 5
    # Nothing is lost: later events are kept for a replay.
    await hooks.stage.order(customer)
    await hooks.announce()
    assert (await hooks.states(endpoint))[6:] == ["skipped"] * 3


async def test_an_endpoint_that_fails_for_five_days_is_disabled(hooks: Hooks) -> None:
    admin = await admin_actor(hooks.stage.site)
    endpoint, customer, _ = await two_orders(hooks)
    contact = await make_person(
        hooks.stage.site, role=Role.CUSTOMER, company=customer.company, position="contact"
    )
    for claim in await hooks.claim(endpoint):
        await hooks.settle(claim, "timeout")
    hooks.clock.advance(PATIENCE - timedelta(seconds=1))
    (one, other) = await hooks.claim(endpoint)
    await hooks.settle(one, "refused")
    assert (await hooks.webhooks.one(console(), endpoint.id)).state == "enabled"
    hooks.clock.advance(timedelta(seconds=1))
    await hooks.settle(other, "refused")
    shown = await hooks.webhooks.one(console(), endpoint.id)
    assert (shown.state, shown.disabled_why) == ("disabled", "failing")
    assert len(await hooks.stage.told(admin, "webhook.disabled")) == 1
    # The head of the company whose endpoint it is, and nobody else of it.
    (told,) = await hooks.stage.told(customer, "webhook.disabled")
    assert (told.params["name_ru"], told.params["why"]) == (customer.company.name_ru, "failing")
    assert await hooks.stage.told(contact, "webhook.disabled") == []


async def test_one_success_ends_a_time_of_failures(hooks: Hooks) -> None:
    endpoint, _, _ = await two_orders(hooks)
    one, other = await hooks.claim(endpoint)
    await hooks.settle(one, "timeout")
    hooks.clock.advance(timedelta(seconds=50))
    await hooks.settle(other)
    shown = await hooks.webhooks.one(console(), endpoint.id)
    assert (shown.failing_since, shown.succeeded_at) == (None, hooks.clock.now())


async def test_enabled_again_an_endpoint_gets_what_it_missed_on_demand(hooks: Hooks) -> None:
    endpoint, _, _ = await two_orders(hooks)
    one, _ = await hooks.claim(endpoint)
    await hooks.settle(one, "gone")
    with pytest.raises(Conflict, match="webhook_disabled"):
        await hooks.webhooks.replay(console(), endpoint.id)
    enabled = await hooks.webhooks.enable(console(), endpoint.id)
    assert enabled.missed == 5
    assert await hooks.claim(endpoint) == []
    assert await hooks.webhooks.replay(console(), endpoint.id) == 6
    # In their old order.
    assert await hooks.states(endpoint) == ["queued", "waiting", "waiting"] * 2
    claims = await hooks.claim(endpoint)
    assert claims[0].uid == one.uid
    with pytest.raises(Conflict, match="webhook_enabled"):
        await hooks.webhooks.enable(console(), endpoint.id)


async def test_a_replay_of_all_takes_what_arrived_only_if_asked_to(hooks: Hooks) -> None:
    endpoint, _, _ = await two_orders(hooks)
    while claims := await hooks.claim(endpoint):
        for claim in claims:
            await hooks.settle(claim)
    assert await hooks.webhooks.replay(console(), endpoint.id) == 0
    since = hooks.clock.now() + timedelta(seconds=1)
    replay = hooks.webhooks.replay
    assert await replay(console(), endpoint.id, since=since, delivered=True) == 0
    assert await replay(console(), endpoint.id, delivered=True) == 6
    page = await hooks.webhooks.deliveries(console(), endpoint.id, states=["queued"])
    assert len(page.deliveries) == 2
    with pytest.raises(Conflict, match="webhook_delivery_open"):
        await replay(console(), endpoint.id, delivery=page.deliveries[0].id)


async def test_an_older_one_that_comes_again_goes_before_what_waits(hooks: Hooks) -> None:
    endpoint, _, _ = await two_orders(hooks)
    one, _ = await hooks.claim(endpoint)
    await hooks.settle(one)
    assert (await hooks.states(endpoint))[:3] == ["delivered", "queued", "waiting"]
    await hooks.webhooks.replay(console(), endpoint.id, delivery=one.delivery)
    assert (await hooks.states(endpoint))[:3] == ["queued", "waiting", "waiting"]


async def test_what_ended_long_ago_is_forgotten(hooks: Hooks) -> None:
    endpoint, customer, _ = await two_orders(hooks)
    await hooks.webhooks.disable(console(), endpoint.id)
    hooks.clock.advance(timedelta(days=91))
    await hooks.webhooks.enable(console(), endpoint.id)
    await hooks.stage.order(customer)
    await hooks.announce()
    assert await hooks.webhooks.forget(timedelta(days=90)) == 6
    assert await hooks.states(endpoint) == ["queued", "waiting", "waiting"]


async def test_what_is_forgotten_goes_in_small_transactions(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint, _, _ = await two_orders(hooks)
    second, _ = await hooks.webhooks.create(console(), "https://second.example.kz/in")
    await hooks.webhooks.test(console(), second.id)
    await hooks.webhooks.disable(console(), endpoint.id)
    hooks.clock.advance(timedelta(days=91))
    monkeypatch.setattr(forgetting, "BATCH", 2)
    dropped: list[int] = []

    def note(_c: object, cursor: CursorResult[object], statement: str, *_: object) -> None:
        if statement.startswith("DELETE FROM webhook_delivery"):
            dropped.append(cursor.rowcount)

    event.listen(Engine, "after_cursor_execute", note)
    try:
        assert await hooks.webhooks.forget(timedelta(days=90)) == 6
    finally:
        event.remove(Engine, "after_cursor_execute", note)
    assert sum(dropped) == 6
    assert max(dropped) <= 2
    # What still waits keeps its event.
    assert await hooks.states(second) == ["queued"]
    async with hooks.stage.site.sessions() as session:
        assert len((await session.scalars(select(WebhookEvent))).all()) == 1

"""Webhooks over HTTP to a real server that verifies them with the library."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.channels import webhooks as sending
from bot.channels.outgoing import retry_after
from bot.channels.webhooks import PER_ENDPOINT, WebhookSender
from domain.clock import ManualClock
from domain.webhooks.rules import DELAYS
from domain.webhooks.service import Webhooks
from domain.webhooks.views import EndpointView
from tests.bot.channels.webhooks.receiver import (
    Receiver,
    deliveries,
    held,
    receiving,
    status,
)
from tests.domain.stage import Side, Stage
from tests.domain.webhooks.conftest import console
from tests.support.waiting import PATIENCE, until

# What an order makes that nobody can supply.
FAILED = ["order.published", "protocol.formed", "order.failed"]


async def test_events_arrive_signed_and_in_the_order_of_their_order(
    stage: Stage,
    webhooks: Webhooks,
    sender: WebhookSender,
    receiver: Receiver,
    customer: Side,
    endpoint: EndpointView,
) -> None:
    numbers = [await stage.order(customer) for _ in range(6)]
    await sender.drain()
    for number in numbers:
        assert [each.type for each in receiver.taken if each.order == number] == FAILED
    assert len({each.uid for each in receiver.taken}) == len(receiver.taken) == 18
    assert receiver.most <= PER_ENDPOINT
    found = await deliveries(webhooks, endpoint)
    assert {each.state for each in found} == {"delivered"}
    (attempt,) = found[0].attempts
    assert (attempt.status, attempt.outcome, attempt.answer) == (204, "delivered", "")
    assert attempt.duration >= 0


async def test_an_order_waits_for_its_own_and_the_others_go_on(
    stage: Stage,
    sender: WebhookSender,
    clock: ManualClock,
    receiver: Receiver,
    customer: Side,
    endpoint: EndpointView,
) -> None:
    one = await stage.order(customer)
    receiver.answers = [status(500, "no")]
    await sender.drain()
    assert receiver.types == ["order.published"]
    other = await stage.order(customer)
    await sender.drain()
    assert [each.order for each in receiver.taken] == [one, other, other, other]
    clock.advance(DELAYS[0])
    await sender.drain()
    assert [each.type for each in receiver.taken if each.order == one] == [FAILED[0], *FAILED]


async def test_attempts_follow_the_table_until_the_delivery_is_dead(
    stage: Stage,
    webhooks: Webhooks,
    sender: WebhookSender,
    clock: ManualClock,
    receiver: Receiver,
    customer: Side,
    endpoint: EndpointView,
) -> None:
    await stage.order(customer)
    receiver.answers = [status(503, "busy\x00 " + "я" * 600)] * (len(DELAYS) + 1)
    for number, delay in enumerate(DELAYS, 1):
        await sender.drain()
        assert len(receiver.taken) == number
        clock.advance(delay - timedelta(seconds=1))
        await sender.drain()
        assert len(receiver.taken) == number
        clock.advance(timedelta(seconds=1))
    await sender.drain()
    first = (await deliveries(webhooks, endpoint))[0]
    assert (first.state, len(first.attempts)) == ("dead", 10)
    assert {each.uid for each in receiver.taken[:10]} == {first.event}
    assert first.attempts[0].answer == "busy  " + "я" * 494
    assert first.attempts[-1].at - first.attempts[0].at == sum(DELAYS, timedelta())
    # What comes after it is not held up any longer.
    assert receiver.types[10:] == FAILED[1:]


async def test_a_server_that_asks_for_a_pause_gets_it(
    stage: Stage,
    sender: WebhookSender,
    clock: ManualClock,
    receiver: Receiver,
    customer: Side,
    endpoint: EndpointView,
) -> None:
    await stage.order(customer)
    receiver.answers = [status(429, Retry_After="600")]
    await sender.drain()
    clock.advance(timedelta(seconds=599))
    await sender.drain()
    assert len(receiver.taken) == 1
    clock.advance(timedelta(seconds=1))
    await sender.drain()
    assert receiver.types == [FAILED[0], *FAILED]


async def test_410_disables_and_the_head_is_told(
    stage: Stage,
    webhooks: Webhooks,
    sender: WebhookSender,
    receiver: Receiver,
    customer: Side,
    endpoint: EndpointView,
) -> None:
    await stage.order(customer)
    receiver.answers = [status(410)]
    await sender.drain()
    assert receiver.types == ["order.published"]
    shown = await webhooks.one(console(), endpoint.id)
    assert (shown.state, shown.disabled_why) == ("disabled", "gone")
    assert await stage.kinds(customer, "webhook") == ["webhook.disabled"]
    done = await webhooks.enable(customer.me, endpoint.id)
    assert done.missed == 2
    await webhooks.replay(customer.me, endpoint.id)
    await sender.drain()
    assert receiver.types == [FAILED[0], *FAILED]


@pytest.mark.parametrize("number", [301, 302, 303, 307, 308])
async def test_nobody_is_followed_elsewhere(
    number: int,
    stage: Stage,
    webhooks: Webhooks,
    sender: WebhookSender,
    receiver: Receiver,
    customer: Side,
    endpoint: EndpointView,
) -> None:
    await stage.order(customer)
    receiver.answers = [status(number, Location=receiver.url)]
    await sender.drain()
    assert len(receiver.taken) == 1
    (attempt,) = (await deliveries(webhooks, endpoint))[0].attempts
    assert (attempt.status, attempt.outcome) == (number, "redirected")


async def test_both_secrets_sign_while_the_old_one_is_valid(
    webhooks: Webhooks,
    sender: WebhookSender,
    clock: ManualClock,
    receiver: Receiver,
    endpoint: EndpointView,
) -> None:
    old = receiver.secret
    new = await webhooks.rotate(console(), endpoint.id)
    assert new != old
    for secret in (old, new):
        receiver.secret = secret
        await webhooks.test(console(), endpoint.id)
        await sender.drain()
    assert [each.signatures for each in receiver.taken] == [2, 2]
    clock.advance(timedelta(hours=24))
    await webhooks.test(console(), endpoint.id)
    await sender.drain()
    assert receiver.taken[-1].signatures == 1
    receiver.secret = old
    await webhooks.test(console(), endpoint.id)
    await sender.drain()
    # The receiver did not know the signature any more, and failed.
    assert (await deliveries(webhooks, endpoint))[-1].state == "queued"


async def test_what_was_sent_and_not_recorded_arrives_again_under_its_number(
    stage: Stage,
    webhooks: Webhooks,
    sender: WebhookSender,
    clock: ManualClock,
    receiver: Receiver,
    customer: Side,
    endpoint: EndpointView,
) -> None:
    await stage.order(customer)
    await webhooks.announcing.announce()
    # The process dies when the server has answered and nothing stands on record yet.
    (claim,) = await webhooks.queue.claim(endpoint.id, 1, sending.LEASE)
    assert (await sender.send(claim)).name == "delivered"
    await sender.drain()
    assert len(receiver.taken) == 1
    clock.advance(sending.LEASE)
    await sender.drain()
    assert receiver.types == [FAILED[0], *FAILED]
    assert receiver.taken[0].uid == receiver.taken[1].uid


async def test_a_process_that_stood_still_past_its_claim_sends_nothing(
    stage: Stage,
    webhooks: Webhooks,
    receiver: Receiver,
    customer: Side,
    endpoint: EndpointView,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await stage.order(customer)
    frozen = WebhookSender(webhooks)
    monkeypatch.setattr(sending, "_FRESH", -1.0)
    await frozen.turn()
    await frozen.close()
    assert receiver.taken == []
    assert (await deliveries(webhooks, endpoint))[0].state == "sending"


async def test_two_workers_send_everything_once_and_in_order(
    stage: Stage,
    webhooks: Webhooks,
    receiver: Receiver,
    customer: Side,
    endpoint: EndpointView,
) -> None:
    senders = [WebhookSender(webhooks, poll=0.02) for _ in range(2)]
    running = [asyncio.create_task(each.run()) for each in senders]
    numbers = [await stage.order(customer) for _ in range(15)]

    async def all_recorded() -> bool:
        found = await deliveries(webhooks, endpoint)
        return len(found) == 45 and all(each.state == "delivered" for each in found)

    await until(all_recorded, 60)
    for each in senders:
        each.worker.stop()
    await asyncio.gather(*running)
    assert len(receiver.taken) == 45
    assert receiver.most <= PER_ENDPOINT
    for number in numbers:
        assert [each.type for each in receiver.taken if each.order == number] == FAILED


async def test_one_slow_server_holds_up_no_other(
    stage: Stage,
    webhooks: Webhooks,
    sender: WebhookSender,
    receiver: Receiver,
    clock: ManualClock,
    endpoint: EndpointView,
) -> None:
    let_go, reached = asyncio.Event(), asyncio.Event()
    receiver.answers = [held(let_go, reached)] * PER_ENDPOINT
    async with receiving(clock) as quick:
        other, quick.secret = await webhooks.create(console(), quick.url)
        for _ in range(PER_ENDPOINT + 2):
            await webhooks.test(console(), endpoint.id)
        await webhooks.test(console(), other.id)
        running = asyncio.create_task(sender.run())

        async def both_reached() -> bool:
            return reached.is_set() and bool(quick.taken)

        await until(both_reached)
        assert len(receiver.taken) <= PER_ENDPOINT
        let_go.set()
        sender.worker.stop()
        await running


async def test_what_is_on_its_way_is_recorded_before_the_end(
    webhooks: Webhooks, sender: WebhookSender, receiver: Receiver, endpoint: EndpointView
) -> None:
    let_go, reached = asyncio.Event(), asyncio.Event()
    receiver.answers = [held(let_go, reached)]
    await webhooks.test(console(), endpoint.id)
    running = asyncio.create_task(sender.run())
    async with asyncio.timeout(PATIENCE):
        await reached.wait()
        running.cancel()
        let_go.set()
        await asyncio.gather(running, return_exceptions=True)
    assert (await deliveries(webhooks, endpoint))[0].state == "delivered"


def test_retry_after_is_read_as_seconds_or_a_date(clock: ManualClock) -> None:
    now = clock.now()
    assert retry_after("120", now) == timedelta(minutes=2)
    assert retry_after("Fri, 20 Nov 2026 05:10:00 GMT", now) == timedelta(minutes=10)
    assert retry_after("Fri, 20 Nov 2020 05:10:00 GMT", now) == timedelta()
    for text in (None, "", "soon", "-5", "1.5", "٣"):
        assert retry_after(text, now) is None

"""Servers that mean no good: names that lead inside, answers without end, silence."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
from collections.abc import Sequence

import pytest
from aiohttp import web

from bot.channels import outgoing
from bot.channels.webhooks import WebhookSender
from domain.webhooks.addresses import Allowed
from domain.webhooks.service import Webhooks
from domain.webhooks.views import EndpointView
from tests.bot.channels.webhooks.receiver import (
    Answer,
    Receiver,
    deliveries,
    dropped,
    held,
)
from tests.domain.stage import Stage
from tests.domain.webhooks.conftest import console


async def test_a_server_that_hangs_up_or_is_not_there_is_unreachable(
    webhooks: Webhooks, sender: WebhookSender, receiver: Receiver, endpoint: EndpointView
) -> None:
    receiver.answers = [dropped()]
    await webhooks.test(console(), endpoint.id)
    await sender.drain()
    nobody, _ = await webhooks.create(console(), "http://127.0.0.1:1/in")
    await webhooks.test(console(), nobody.id)
    await sender.drain()
    for each in (endpoint, nobody):
        (attempt,) = (await deliveries(webhooks, each))[0].attempts
        assert (attempt.status, attempt.outcome) == (None, "unreachable")


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"],
        ["10.0.0.5"],
        ["169.254.169.254"],
        ["::1"],
        ["::ffff:10.0.0.5"],
        ["fd00:ec2::254"],
        ["fe80::1%eth0"],
        ["8.8.8.8", "10.0.0.5"],
        [],
    ],
)
async def test_names_that_lead_inside_are_not_asked(found: list[str], stage: Stage) -> None:
    webhooks = stage.services.webhooks
    made, _ = await webhooks.create(console(), "https://rebinding.example.kz/in")
    asked: list[str] = []

    async def resolve(host: str) -> Sequence[str]:
        asked.append(host)
        return found

    await webhooks.test(console(), made.id)
    sender = WebhookSender(webhooks, resolve=resolve)
    await sender.drain()
    await sender.close()
    (attempt,) = (await deliveries(webhooks, made))[0].attempts
    assert attempt.outcome == "forbidden_address"
    assert asked == ["rebinding.example.kz"]


@pytest.mark.parametrize("mask", ["\uff11\uff12\uff17.0.0.1", "127\u30020\u30020\u30021"])
async def test_a_number_in_other_letters_is_known_when_it_is_asked(
    webhooks: Webhooks, receiver: Receiver, mask: str
) -> None:
    # As if it had been taken by an earlier release: programs read such letters as digits.
    webhooks.allowed = Allowed.of(["127.0.0.0/8"])
    url = receiver.url.replace("http://127.0.0.1", f"https://{mask}")
    made, receiver.secret = await webhooks.create(console(), url)
    webhooks.allowed = Allowed()
    await webhooks.test(console(), made.id)
    sender = WebhookSender(webhooks)
    await sender.drain()
    await sender.close()
    assert receiver.taken == []
    (attempt,) = (await deliveries(webhooks, made))[0].attempts
    assert attempt.outcome == "forbidden_address"


async def test_the_connection_goes_where_the_judged_answer_said(
    webhooks: Webhooks, receiver: Receiver
) -> None:
    # A name server that says something else each time is asked once.
    answers = [["127.0.0.1"], ["10.0.0.5"]]

    async def resolve(_host: str) -> Sequence[str]:
        return answers.pop(0)

    webhooks.allowed = Allowed.of(["127.0.0.0/8", "erp.example.kz"])
    url = receiver.url.replace("127.0.0.1", "erp.example.kz")
    made, receiver.secret = await webhooks.create(console(), url)
    await webhooks.test(console(), made.id)
    sender = WebhookSender(webhooks, resolve=resolve)
    await sender.drain()
    await sender.close()
    assert receiver.types == ["webhook.ping"]
    assert answers == [["10.0.0.5"]]


async def test_what_is_not_listed_any_more_is_not_asked(
    webhooks: Webhooks, sender: WebhookSender, receiver: Receiver, endpoint: EndpointView
) -> None:
    webhooks.allowed = Allowed()
    await webhooks.test(console(), endpoint.id)
    await sender.drain()
    assert receiver.taken == []
    (attempt,) = (await deliveries(webhooks, endpoint))[0].attempts
    assert attempt.outcome == "forbidden_address"


def endless(piece: bytes, pause: float = 0.0) -> Answer:
    """Answers 200 and then never stops talking."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=200)
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await response.write(piece)
                await asyncio.sleep(pause)
        return response

    return answer


@pytest.mark.parametrize(("piece", "pause"), [(b"x" * 65_536, 0.0), (b"x", 0.05)])
async def test_an_answer_without_end_is_cut_off_and_its_status_counts(
    piece: bytes,
    pause: float,
    webhooks: Webhooks,
    sender: WebhookSender,
    receiver: Receiver,
    endpoint: EndpointView,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outgoing, "_WORDS", 0.3)
    receiver.answers = [endless(piece, pause)]
    await webhooks.test(console(), endpoint.id)
    await sender.drain()
    (found,) = await deliveries(webhooks, endpoint)
    (attempt,) = found.attempts
    assert (found.state, attempt.outcome) == ("delivered", "delivered")
    assert 0 < len(attempt.answer) <= 500
    assert set(attempt.answer) == {"x"}


async def test_a_server_that_says_nothing_is_given_up(
    webhooks: Webhooks,
    receiver: Receiver,
    endpoint: EndpointView,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outgoing, "TOTAL", 0.3)
    let_go, reached = asyncio.Event(), asyncio.Event()
    receiver.answers = [held(let_go, reached)]
    await webhooks.test(console(), endpoint.id)
    sender = WebhookSender(webhooks)
    await sender.drain()
    await sender.close()
    let_go.set()
    (attempt,) = (await deliveries(webhooks, endpoint))[0].attempts
    assert (attempt.status, attempt.outcome) == (None, "timeout")


async def test_an_answer_is_never_unpacked(
    webhooks: Webhooks, sender: WebhookSender, receiver: Receiver, endpoint: EndpointView
) -> None:
    async def packed(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=gzip.compress(b"0" * 10**7), headers={"Content-Encoding": "gzip"})

    receiver.answers = [packed]
    await webhooks.test(console(), endpoint.id)
    await sender.drain()
    (attempt,) = (await deliveries(webhooks, endpoint))[0].attempts
    assert attempt.outcome == "delivered"
    assert "000" not in attempt.answer


async def test_names_are_asked_of_the_system() -> None:
    assert "127.0.0.1" in await outgoing.system_resolve("127.0.0.1")
    # What old libraries read as a number is judged as what they make of it.
    assert list(await outgoing.system_resolve("2130706433")) == ["127.0.0.1"]


async def test_a_name_that_nobody_knows_is_unreachable(stage: Stage) -> None:
    webhooks = stage.services.webhooks
    made, _ = await webhooks.create(console(), "https://nobody.example.kz/in")

    async def resolve(_host: str) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    await webhooks.test(console(), made.id)
    sender = WebhookSender(webhooks, resolve=resolve)
    await sender.drain()
    await sender.close()
    (found,) = await deliveries(webhooks, made)
    assert (found.state, found.attempts[0].outcome) == ("queued", "unreachable")

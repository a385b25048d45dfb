"""A server that takes webhooks: verifies every one with the library, answers as it is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import time_machine
from aiohttp import web
from standardwebhooks.webhooks import Webhook

from domain.clock import Clock
from domain.webhooks.service import Webhooks
from domain.webhooks.views import DeliveryView, EndpointView
from tests.domain.webhooks.conftest import console

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Taken:
    """A request that was verified."""

    uid: str
    body: dict[str, object]
    signatures: int

    @property
    def type(self) -> str:
        """The type of the event."""
        return str(self.body["type"])

    @property
    def order(self) -> object:
        """The order it is about."""
        data = self.body["data"]
        assert isinstance(data, dict)
        return data.get("order")


@dataclass
class Receiver:
    """What arrived, in order; ``answers`` are used up one after the other, then all is well."""

    clock: Clock
    secret: str = ""
    url: str = ""
    taken: list[Taken] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    # How many were here at the same time, at most.
    most: int = 0
    _here: int = 0

    async def take(self, request: web.Request) -> web.StreamResponse:
        """One request."""
        self._here += 1
        self.most = max(self.most, self._here)
        try:
            raw = await request.read()
            headers = dict(request.headers)
            with time_machine.travel(self.clock.now(), tick=False):
                Webhook(self.secret).verify(raw, headers)
            signatures = len(headers["webhook-signature"].split())
            uid = headers["webhook-id"]
            self.taken.append(Taken(uid, json.loads(raw), signatures))
            if self.answers:
                return await self.answers.pop(0)(request)
            return web.Response(status=204)
        finally:
            self._here -= 1

    @property
    def types(self) -> list[str]:
        """Types of what arrived."""
        return [each.type for each in self.taken]


def status(number: int, text: str = "", **headers: str) -> Answer:
    """Answers with a status, a text and headers."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=number, text=text, headers=named)

    return answer


def held(until: asyncio.Event, reached: asyncio.Event) -> Answer:
    """Answers that all is well once it is let go."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        reached.set()
        await until.wait()
        return web.Response(status=200)

    return answer


def dropped() -> Answer:
    """Takes the request and hangs up without a word."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    return answer


@asynccontextmanager
async def receiving(clock: Clock) -> AsyncIterator[Receiver]:
    """A receiver on a port of its own on loopback."""
    receiver = Receiver(clock)
    app = web.Application()
    app.router.add_post("/in", receiver.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        receiver.url = f"http://{host}:{port}/in"
        yield receiver
    finally:
        await runner.cleanup()


async def deliveries(webhooks: Webhooks, endpoint: EndpointView) -> list[DeliveryView]:
    """Oldest first."""
    page = await webhooks.deliveries(console(), endpoint.id)
    return page.deliveries[::-1]

"""What stands between the processes and the outside: Telegram's door of each, and the proxy."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.sandbox.records import Json
from bot.sandbox.server import BotApi
from bot.sandbox.world import World
from tests.torture.process import Replica

_PATIENCE = aiohttp.ClientTimeout(total=4)
WEBHOOK = "/telegram/webhook"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Door:
    """Telegram as one process sees it: it may be shut, or the process dies in it."""

    def __init__(self, world: World, shoot: Callable[[], None]) -> None:
        self._shoot = shoot
        self.before = 0
        self.after = 0
        self.shut = False
        #: How many times a process died here, and how many calls found the door shut.
        self.shot = 0
        self.refused = 0

        @web.middleware
        async def passing(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._pass(request, handler)

        app = web.Application(middlewares=[passing])
        app.add_routes(BotApi(world).routes())
        self.server = TestServer(app, host="127.0.0.1")

    @property
    def base(self) -> str:
        """Its address."""
        return str(self.server.make_url("/")).rstrip("/")

    async def _pass(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self.shut:
            self.refused += 1
            return self._cut_off(request)
        if not request.match_info.get("method", "").startswith("send"):
            return await handler(request)
        if self.before and self._strikes("before"):
            return self._cut_off(request)
        answer = await handler(request)
        if self.after and self._strikes("after"):
            return self._cut_off(request)
        return answer

    def _strikes(self, which: str) -> bool:
        left = getattr(self, which)
        setattr(self, which, left - 1)
        if left == 1:
            self.shot += 1
            self._shoot()
        return bool(left == 1)

    @staticmethod
    def _cut_off(request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()


@dataclass
class Front:
    """The proxy before the replicas: brings each update to one that answers.

    ``copies`` of the next update are posted at once; with ``hold`` the next update comes after the
    one that follows it in its chat.
    """

    replicas: Sequence[Replica]
    secret: str
    session: aiohttp.ClientSession
    world: World
    copies: int = 1
    hold: bool = False
    delivered: list[Json] = field(default_factory=list)
    #: How many copies were taken beyond the first, and how many pairs changed places.
    repeated: int = 0
    swapped: int = 0
    _turn: int = 0

    def server(self) -> TestServer:
        """Where Telegram brings its updates."""
        app = web.Application()
        app.router.add_post(WEBHOOK, self._receive)
        return TestServer(app, host="127.0.0.1")

    async def _receive(self, request: web.Request) -> web.Response:
        update: Json = await request.json()
        copies, self.copies = self.copies, 1
        if self.hold:
            self.hold = False
            await self._let_pass(update)
        done = await asyncio.gather(*(self.post(update) for _ in range(copies)))
        if not any(done):
            return web.Response(status=502)
        self.repeated += sum(done) - 1
        self.delivered.append(update)
        return web.Response()

    async def _let_pass(self, update: Json) -> None:
        """Bring what follows in the same chat first, when it comes within a second."""
        number = update["update_id"]
        for _ in range(100):
            chat = self.world.updates.pending[number].chat_id
            waiting = list(self.world.updates.by_chat.get(chat, {}).values())
            later = [each for each in waiting if each.id > number]
            if later:
                self.swapped += await self.post(later[0].body)
                return
            await asyncio.sleep(0.01)

    async def post(self, update: Json) -> bool:
        """Bring an update to the next replica that takes it."""
        for _ in self.replicas:
            self._turn += 1
            replica = self.replicas[self._turn % len(self.replicas)]
            headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret}
            try:
                async with self.session.post(
                    replica.base + WEBHOOK, json=update, headers=headers, timeout=_PATIENCE
                ) as answer:
                    if answer.status == 200:
                        return True
            except (aiohttp.ClientError, TimeoutError, ConnectionError):
                continue
        return False

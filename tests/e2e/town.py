"""The whole system in one process, for tests that see it only from outside.

Telegram is the sandbox over HTTP on a port of its own; the bot is what ``bot.app.assemble``
wires, with its inbox, its sweeps, its dispatcher and its HTTP API. Several applications on one
database make replicas. One clock stands until ``travel`` moves it.
"""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.test_utils import TestServer
from sqlalchemy import QueuePool, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.app import assemble
from bot.application import Application, serving, start, stop
from bot.sandbox.client import Person, Sandbox
from bot.sandbox.demo.main import demo_settings
from bot.sandbox.limits import Limits as SandboxLimits
from bot.sandbox.server import create_app
from bot.sandbox.world import World
from bot.storage.engine import Database, make_engine, make_sessions
from bot.telegram.gateway import Gateway
from bot.telegram.limits import Limits
from domain.actor import Actor
from domain.clock import ManualClock
from domain.deadlines import Deadline
from domain.registry.views import CompanyView
from domain.roles import Role
from domain.services import Services
from domain.work import Site
from tests.support.factories import make_person, next_cause
from tests.support.waiting import PATIENCE, until

Json = dict[str, Any]

_phones = itertools.count(3_000_001)
_MANY = 100_000
_MOST_MOMENTS = 500


def _free() -> Limits:
    """No limits; one town's pauses are not another's."""
    return Limits(overall=_MANY, per_chat=_MANY, burst=_MANY, per_group_minute=_MANY)


@dataclass(frozen=True)
class Answer:
    """An answer of the HTTP API."""

    status: int
    body: Json
    headers: Mapping[str, str]
    raw: bytes


@dataclass
class Replica:
    """One application with its web server."""

    app: Application
    base: str
    closing: AsyncExitStack

    async def stop(self) -> None:
        """Stop it in good order."""
        await self.closing.aclose()


@dataclass
class Town:
    """Everything that runs, and the ways to act on it from outside."""

    world: World
    telegram: str
    sandbox: Sandbox
    clock: ManualClock
    database_url: str
    folder: Path
    http: aiohttp.ClientSession
    strict: bool
    replicas: list[Replica] = field(default_factory=list)
    token: str = ""

    @property
    def app(self) -> Application:
        """The first application."""
        return self.replicas[0].app

    @property
    def services(self) -> Services:
        """Its use cases, for making what a test begins with."""
        return self.app.services

    @property
    def site(self) -> Site:
        """What they stand on."""
        return self.services.site

    async def add_replica(self) -> Replica:
        """Start one more application on the same database."""
        stack = AsyncExitStack()
        engine = make_engine(self.database_url, pool_size=8)
        stack.push_async_callback(engine.dispose)
        stack.push_async_callback(_all_given_back, engine)
        database = Database(engine, make_sessions(engine), self.database_url)
        app = assemble(
            demo_settings(self.folder, "127.0.0.1", 0),
            database,
            self.clock,
            token=self.world.token,
            api=self.telegram,
            gateway=Gateway(None if self.strict else _free()),
        )
        port = await stack.enter_async_context(serving(app, "127.0.0.1", 0))
        stack.push_async_callback(stop, app)
        await start(app)
        replica = Replica(app, f"http://127.0.0.1:{port}", stack)
        self.replicas.append(replica)
        return replica

    async def ready(self) -> None:
        """Wait until somebody polls: what people do from now on is heard at once."""

        async def polled() -> bool:
            return self.world.updates.poll > 0

        await until(polled, PATIENCE)

    # People

    async def stranger(self, name: str = "Ерлан", language: str = "ru") -> Person:
        """Somebody whom nobody knows yet, with a phone."""
        return await self.sandbox.person(name, language=language, phone=f"+7701{next(_phones)}")

    async def person(
        self,
        name: str = "Айгүл",
        language: str = "ru",
        *,
        role: Role | None = None,
        company: CompanyView | str | None = None,
    ) -> Person:
        """Somebody registered, in a role, with an open chat that shows the menu."""
        person = await self.stranger(name, language)
        await make_person(self.site, person.id, role, company, language, name=name)
        await person.start()
        await self.settled()
        return person

    async def actor(self, person: Person) -> Actor:
        """The person as the use cases know them now, with a cause of its own."""
        actor, _ = await self.services.people.actor_for(person.id, next_cause())
        return actor

    # Time

    async def settled(self) -> None:
        """Wait until every update is worked and every notice that may go has gone."""

        async def quiet() -> bool:
            return not self.world.updates.pending and not await self.app.inbox.waiting()

        await until(quiet, PATIENCE)
        if not self.strict:
            for replica in self.replicas:
                await replica.app.sweeper.drain()

    async def travel(self, to: datetime | timedelta | str) -> None:
        """Move the clock, stopping at every deadline on the way; ``str`` is ISO with offset."""
        target = datetime.fromisoformat(to) if isinstance(to, str) else to
        if isinstance(target, timedelta):
            target = self.clock.now() + target
        await self.settled()
        for _ in range(_MOST_MOMENTS):
            due = await self.services.deadlines.next_due()
            if due is None or due > target:
                break
            self.clock.set(max(due, self.clock.now()))
            await self.app.sweeper.sweep_deadlines()
            await self.settled()
        self.clock.set(target)
        await self.app.sweeper.sweep_deadlines()
        await self.settled()

    async def next_deadline(self, kind: str) -> datetime:
        """When the open deadline of this kind ends."""
        async with self.site.sessions() as session:
            found = await session.scalars(
                select(Deadline.due_at)
                .where(Deadline.kind == kind, Deadline.state == "open")
                .order_by(Deadline.due_at)
            )
            return found.first() or self.clock.now()

    # The HTTP API

    async def api(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        replica: int = 0,
    ) -> Answer:
        """A call of the HTTP API by a trusted integration."""
        if not self.token:
            self.token = await self.services.integrations.create_token(
                Actor.system(next_cause(), source="cli"), f"test-{next_cause()}", "integration"
            )
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": "en"}
        if key is not None:
            headers["Idempotency-Key"] = key
        where = path if path.startswith(("/healthz", "/readyz")) else f"/api/v1{path}"
        url = self.replicas[replica].base + where
        async with self.http.request(method, url, json=body, headers=headers) as answer:
            raw = await answer.read()
            shown = json.loads(raw) if "json" in answer.content_type else {}
            return Answer(answer.status, shown, dict(answer.headers), raw)

    async def ok(self, method: str, path: str, body: object = None) -> Json:
        """A call that must succeed; its body."""
        answer = await self.api(method, path, body)
        assert answer.status in (200, 201), (method, path, answer.status, answer.body)
        return answer.body


async def _all_given_back(engine: AsyncEngine) -> None:
    """What has been stopped holds no connection any more."""
    pool = engine.sync_engine.pool
    assert isinstance(pool, QueuePool)
    assert pool.checkedout() == 0, pool.status()


@asynccontextmanager
async def open_town(
    database_url: str,
    folder: Path,
    clock: ManualClock,
    *,
    strict: bool = False,
    replicas: int = 1,
) -> AsyncIterator[Town]:
    """A town for the time of the context.

    ``strict`` keeps Telegram's limits on both sides; most stories would wait for seconds under
    them and are told without.
    """
    world = World(clock=clock, limits=SandboxLimits() if strict else None)
    async with AsyncExitStack() as stack:
        telegram = TestServer(create_app(world), host="127.0.0.1")
        await telegram.start_server()
        stack.push_async_callback(telegram.close)
        base = str(telegram.make_url("/")).rstrip("/")
        sandbox = await stack.enter_async_context(Sandbox(base))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        town = Town(world, base, sandbox, clock, database_url, folder, http, strict)
        try:
            for _ in range(replicas):
                await town.add_replica()
            await town.ready()
            yield town
        finally:
            for replica in town.replicas:
                with contextlib.suppress(ConnectionError):
                    await replica.stop()
    failed = [each.app.failure for each in town.replicas if each.app.failure is not None]
    if failed:
        raise failed[0]

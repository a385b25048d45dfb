"""The town of one seed: processes, database, Telegram and proxy, and the ways to act on them."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import aiohttp
import asyncpg
from aiohttp.test_utils import TestServer

from bot.sandbox.client import Person, Sandbox
from bot.sandbox.records import Json
from bot.sandbox.server import create_app
from bot.sandbox.world import World
from tests.torture.board import Board, BoardClock
from tests.torture.doors import Door, Front
from tests.torture.model import Ledger
from tests.torture.process import HOOKED, Replica
from tests.torture.sinks import Sinks, listening
from tests.torture.stage import Stage, inhabit
from tests.torture.wires import Wire

TOKEN = "7000000001:" + "s" * 32
_SECRET = "torture"  # opens only the sandbox's own door
_LOOK = 0.01
# Seconds of the machine's clock within which anything must come about, on a busy machine too.
PATIENCE = 60.0
_CALL = aiohttp.ClientTimeout(total=5)
# Seconds after which a press is looked for in what it led to.
_ANSWER = 1.0
# Answers after which a careful client asks again with the same key.
_AGAIN = frozenset({"request_in_work", "too_many_requests", "busy"})


class Stuck(AssertionError):
    """What had to come about did not, within the patience of the driver."""


@dataclass
class Town:
    """Everything that runs for one seed."""

    stage: Stage
    url: str
    board: Board
    clock: BoardClock
    world: World
    sandbox: Sandbox
    http: aiohttp.ClientSession
    replicas: list[Replica]
    wires: list[Wire]
    doors: list[Door]
    front: Front
    sinks: Sinks
    database: asyncpg.Connection
    ledger: Ledger = field(default_factory=Ledger)
    #: What was struck how often, and what the processes died of.
    armed: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)
    deaths: int = 0
    down: set[int] = field(default_factory=set)
    blocked: set[int] = field(default_factory=set)
    #: Those who have blocked the bot until they want something of it again.
    away: set[int] = field(default_factory=set)
    #: Endpoints of webhooks that were disabled and enabled again.
    enabled: set[int] = field(default_factory=set)
    #: The latest instant that the common clock has ever shown.
    latest: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    mending: set[asyncio.Task[None]] = field(default_factory=set)
    lethal: dict[int, str] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    #: Seconds within which anything must come about.
    patience: float = PATIENCE
    begun: float = field(default_factory=time.monotonic)
    executing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _keys: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _turn: int = 0

    def note(self, text: str) -> None:
        """Put down what happens, for whoever reads a failing seed."""
        passed = time.monotonic() - self.begun
        self.log.append(f"{passed:6.2f} s  {self.clock.now():%m-%d %H:%M:%S}  {text}")

    def move(self, to: datetime | timedelta) -> None:
        """Put the common clock to an instant, or on by a time."""
        self.clock.set(self.clock.now() + to if isinstance(to, timedelta) else to)
        self.latest = max(self.latest, self.clock.now())

    def timely(self, due: datetime) -> bool | None:
        """Whether an act now is in time; None after the clock was put back over the end."""
        if self.clock.now() >= due:
            return False
        return True if self.latest < due else None

    # People

    def person(self, number: int) -> Person:
        """Somebody in Telegram."""
        return self.sandbox.known(number)

    async def talking(self, number: int) -> Person:
        """Somebody who is about to write or press: whoever does has not blocked the bot."""
        self.away.discard(number)
        if self.world.people[number].blocked:
            await self.person(number).unblock()
        return self.person(number)

    async def press(self, number: int, data: str) -> str:
        """A person presses a button, of the newest message that offers it or of an old one."""
        person = await self.talking(number)
        shown = self.world.visible(number)
        offering = [each.id for each in shown if data in each.offered]
        return await person.press_data(data, (offering or [shown[0].id])[-1], forged=True)

    async def taken(self) -> None:
        """Wait until the processes have taken all that people did."""

        async def none_waits() -> bool:
            return not self.world.updates.pending

        await self.until(none_waits, "updates were not taken")

    async def answered(self, query: str, acted: Callable[[], Awaitable[bool]]) -> None:
        """Wait until a press is answered, or has acted where Telegram takes no answer now."""
        began = time.monotonic()

        async def done() -> bool:
            if query not in self.world.callbacks:
                return True
            return time.monotonic() - began > _ANSWER and await acted()

        await self.until(done, f"the press {query} was neither answered nor worked")

    # Processes

    async def supervise(self) -> None:
        """Start again whatever has died, as a supervisor does."""
        while True:
            for replica in self.replicas:
                if not replica.alive and replica.number not in self.down:
                    self._again(replica)
            await asyncio.sleep(_LOOK)

    def _again(self, replica: Replica) -> None:
        self.died(replica, replica.exit_code)
        replica.bury()
        replica.begin()

    def died(self, replica: Replica, code: int | None) -> None:
        """Count the death of a process, by what it was to die of."""
        self.deaths += 1
        cause = self.lethal.pop(replica.number, "by itself")
        self.struck[cause] += 1
        self.note(f"process {replica.number} died ({cause}, {code})")
        self.board.clear(replica.number)

    def shoot(self, number: int) -> None:
        """Kill a process now; its supervisor sees it a moment later."""
        self.replicas[number].shoot()

    async def until(self, holds: Callable[[], Awaitable[bool]], what: str) -> None:
        """Wait until something holds; raises Stuck."""
        try:
            async with asyncio.timeout(self.patience):
                while not await holds():  # noqa: ASYNC110 # seen only from outside
                    await asyncio.sleep(_LOOK)
        except TimeoutError:
            raise Stuck(what) from None

    async def comes_about(
        self, holds: Callable[[], Awaitable[bool]], what: str, when: datetime
    ) -> None:
        """Wait for what the sweep does then; what was put off comes as the common clock goes on."""
        # The clock may just have been put back over that moment.
        self.move(max(self.clock.now(), when))
        looked = time.monotonic()

        async def look() -> bool:
            nonlocal looked
            if await holds():
                return True
            if time.monotonic() - looked > _ANSWER:
                looked = time.monotonic()
                self.move(timedelta(seconds=20))
            return False

        await self.until(look, what)

    # The HTTP API

    async def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """One act of an integration, asked again with the same key until it is answered."""
        key = f"act-{next(self._keys)}"
        found: list[tuple[int, Any]] = []

        async def tried() -> bool:
            answer = await self._once(method, path, body, key)
            if answer is None:
                await asyncio.sleep(_LOOK * 3)
                return False
            found.append(answer)
            return True

        await self.until(tried, f"{method} {path} was not answered")
        return found[0]

    async def _once(self, method: str, path: str, body: object, key: str) -> tuple[int, Any] | None:
        self._turn += 1
        replica = self.replicas[self._turn % len(self.replicas)]
        headers = {"Authorization": f"Bearer {self.stage.token}", "Accept-Language": "en"}
        if method != "GET":
            headers["Idempotency-Key"] = key
        url = f"{replica.base}/api/v1{path}"
        try:
            async with self.http.request(
                method, url, json=body, headers=headers, timeout=_CALL
            ) as answer:
                shown: Json = json.loads(await answer.read() or b"{}")
                if answer.status >= 500 or shown.get("code") in _AGAIN:
                    return None
                return answer.status, shown
        except (aiohttp.ClientError, TimeoutError, ConnectionError, ValueError):
            return None

    async def read(self, path: str) -> Any:
        """What the API shows; raises Stuck when it refuses."""
        status, body = await self.call("GET", path)
        if status != 200:
            raise Stuck(f"GET {path}: {status} {body}")
        return body

    async def execute(self, statement: str, *values: object) -> None:
        """A statement of a fault; they come side by side, and the connection is one."""
        async with self.executing:
            await self.database.execute(statement, *values)

    async def look(self, query: str, *values: object) -> asyncpg.Record:
        """One row of the database while faults come and go."""
        async with self.executing:
            return await self.row(query, *values)

    async def row(self, query: str, *values: object) -> asyncpg.Record:
        """One row of the database: for the end only, when nothing runs any more."""
        found = await self.database.fetchrow(query, *values)
        assert found is not None
        return found


def _environment(
    town_url: str, door: Door, folder: Path, public: str, outside: dict[str, str]
) -> dict[str, str]:
    return {
        **outside,
        "TAPSYRYS_BOT_TOKEN": TOKEN,
        "TAPSYRYS_TELEGRAM_API": door.base,
        "TAPSYRYS_DATABASE_URL": town_url,
        "TAPSYRYS_DATA_DIR": str(folder),
        "TAPSYRYS_PUBLIC_URL": public,
        "TAPSYRYS_WEBHOOK_SECRET": _SECRET if public else "",
    }


@asynccontextmanager
async def opened(
    stage: Stage,
    folder: Path,
    start: datetime,
    replicas: int,
    *,
    webhook: bool,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> AsyncIterator[Town]:
    """A town for the time of the context; its processes run and serve, with these settings."""
    board = Board(folder / "board")
    clock = BoardClock(board)
    clock.set(start)
    world = World(clock=clock, limits=None, token=TOKEN, webhook_retry=0.05)
    inhabit(world)
    async with AsyncExitStack() as stack:
        name = await stack.enter_async_context(stage.copy())
        url = stage.url(name)
        database = await asyncpg.connect(host=stage.socket, user="postgres", database=name)
        stack.push_async_callback(database.close)
        people = TestServer(create_app(world), host="127.0.0.1")
        await people.start_server()
        stack.push_async_callback(people.close)
        http = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))
        )
        secrets = {number: secret for number, (secret, _) in stage.hooks.items()}
        sinks = await stack.enter_async_context(listening(clock.now, secrets, 2 * HOOKED))
        await database.execute("UPDATE webhook_endpoint SET url = $1 || id", f"{sinks.base}/hook/")
        outside = {**sinks.environment(by_sms=stage.by_sms), **settings}
        made: list[Replica] = []
        front = Front(made, _SECRET, http, world)
        proxy = front.server()
        await proxy.start_server()
        stack.push_async_callback(proxy.close)
        public = str(proxy.make_url("/")).rstrip("/") if webhook else ""
        wires, doors = [], []
        for number in range(replicas):
            wire = Wire(url)
            await wire.mend()
            stack.push_async_callback(wire.close)
            door = Door(world, lambda which=number: made[which].shoot())  # type: ignore[misc] # bound
            await door.server.start_server()
            stack.push_async_callback(door.server.close)
            wires.append(wire)
            doors.append(door)
            given = _environment(wire.url, door, folder, public, outside)
            made.append(Replica(number, given, folder / "board", folder))
            stack.callback(made[-1].kill)
        sandbox = await stack.enter_async_context(Sandbox(str(people.make_url("/")).rstrip("/")))
        town = Town(
            stage,
            url,
            board,
            clock,
            world,
            sandbox,
            http,
            made,
            wires,
            doors,
            front,
            sinks,
            database,
        )
        for replica in made:
            replica.begin()
        for replica in made:
            await replica.up()
        keeper = asyncio.create_task(town.supervise())
        try:
            yield town
        finally:
            for task in (keeper, *town.mending):
                task.cancel()
            await asyncio.gather(keeper, *town.mending, return_exceptions=True)
            for replica in made:
                replica.thaw()
                replica.kill()

"""A night of 5,000 voices at 9:00: topics in 5 groups within Telegram's limits, and the queue.

Worst case: no topic was made in the night. Ours and Telegram's side (the sandbox) count by one
clock, which leaps only while every group waits for its turn; what is done between two leaps takes
its real time. The working day goes by the same clock, so that at 9:15 all of them escalate. The
queue's page is asked for over HTTP all the while; the sandbox runs in the same process and takes
its share of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from aiohttp import ClientSession, DummyCookieJar
from aiohttp.test_utils import TestServer

from bench import _desk, _seed
from bench._frame import START, Bench, Table, bench, ms, options, verdict
from bot.desk.mirror import Mirror
from bot.sandbox.client import Sandbox
from bot.sandbox.limits import Limits as SandboxLimits
from bot.sandbox.server import create_app
from bot.sandbox.world import World
from bot.telegram.gateway import Gateway, make_bot
from bot.telegram.limits import Limits
from bot.web.app import create_web
from domain.actor import Actor
from domain.clock import ManualClock
from domain.escalations.chains import TICKET
from domain.escalations.model import ESCALATE
from domain.roles import Role

_BOUND = 0.2
_A_MINUTE = 20
_COUNTED = ("send", "createForum", "editForum", "closeForum", "reopenForum", "pinChat")
# Seconds of the day between two looks for what has come due, and of real time between two pages.
_SWEEP, _PAGE = 5.0, 0.1

_ESCALATIONS = """
WITH chain AS (
    INSERT INTO escalation (
        category, subject, role, other_role, notice, notice_subject, about, term_kind,
        term_subject, steps, hours, step, started_at, state
    )
    SELECT
        'ticket', 'ticket:' || number, '', '', 'ticket.unanswered', 'ticket:' || number,
        jsonb_build_object('ticket', number), '', '', $3::jsonb, '366', -1, asked_at, 'running'
    FROM ticket WHERE state = 'open'
    RETURNING id, started_at
)
INSERT INTO deadline (
    kind, subject, generation, started_at, due_at, term, calendar_version, state, params, attempts
)
SELECT $1, 'escalation:' || id, 1, started_at, $2, '15wm', '', 'open', '{"step": 0}', 0
FROM chain
"""


@dataclass
class Leaping:
    """Real time that leaps over the waiting: to the first sleeper when all that work sleep."""

    clock: ManualClock
    began: datetime
    ahead: float = 0.0
    # How many messages wait for their turn.
    waiting: Callable[[], int] = lambda: 0
    _sleepers: list[tuple[float, int, asyncio.Future[None]]] = field(default_factory=list)
    _order: itertools.count[int] = field(default_factory=itertools.count)
    _start: float = field(default_factory=time.monotonic)

    def monotonic(self) -> float:
        """Seconds."""
        return time.monotonic() + self.ahead

    @property
    def passed(self) -> float:
        """Seconds since the beginning."""
        return self.monotonic() - self._start

    async def sleep(self, seconds: float) -> None:
        """Wait for a leap."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.monotonic() + seconds, next(self._order), future))
        await future

    async def run(self) -> None:
        """Leap until cancelled. Who works are the groups of the desk and the sweep."""
        while True:
            await asyncio.sleep(0.001)
            groups = sum(task.get_name().startswith("desk ") for task in asyncio.all_tasks())
            while self._sleepers and self._sleepers[0][2].done():
                heapq.heappop(self._sleepers)  # who waits no more
            if groups and self._sleepers and self.waiting() >= groups:
                self.ahead += max(0.0, self._sleepers[0][0] - self.monotonic())
            while self._sleepers and self._sleepers[0][0] <= self.monotonic():
                future = heapq.heappop(self._sleepers)[2]
                if not future.done():
                    future.set_result(None)
            self.clock.set(self.began + timedelta(seconds=self.passed))


@dataclass
class Watch:
    """The queue's page, asked for again and again."""

    session: ClientSession
    url: str
    spans: dict[str, list[float]] = field(default_factory=dict)
    during: str = ""

    async def run(self) -> None:
        """Ask until cancelled."""
        while True:
            began = time.perf_counter()
            async with self.session.get(self.url) as answer:
                await answer.read()
                assert answer.status == 200
            self.spans.setdefault(self.during, []).append(time.perf_counter() - began)
            await asyncio.sleep(_PAGE)

    def rows(self, table: Table) -> None:
        """What was measured, by what went on meanwhile."""
        for during, spans in self.spans.items():
            spans.sort()
            middle, most = spans[len(spans) // 2], spans[(len(spans) - 1) * 99 // 100]
            table.add(
                f"queue page while {during}: median, 99 of 100, slowest of {len(spans)}",
                f"{ms(middle)}, {ms(most)}, {ms(spans[-1])}",
                f"<= {ms(_BOUND)}: {verdict(most <= _BOUND)}",
            )


@dataclass
class Night:
    """The desk with its groups, and who watches."""

    made: Bench
    world: World
    mirror: Mirror
    time: Leaping
    watch: Watch
    operator: Actor
    table: Table

    async def hand_out(self, count: int) -> None:
        """Nine o'clock: the voices go to the operators on shift."""
        self.watch.during = "they are handed out"
        await asyncio.sleep(3 * _PAGE)
        handed = await self.made.timed(self.made.services.deadlines.fire_due)
        shifts = await self.made.services.support.on_shift(self.operator)
        if sum(each.in_hand for each in shifts) != count:
            raise SystemExit("not all were handed out")
        self.table.add(f"{count:,} handed out to {len(shifts)} operators", ms(handed.wall), "")

    async def fill(self) -> None:
        """Let the groups fill while the day goes on; what comes due is fired."""
        self.watch.during = "topics are made"
        leaps = asyncio.create_task(self.time.run())
        day = asyncio.create_task(self._day())
        await self.mirror.drain()
        for task in (day, leaps):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _day(self) -> None:
        while True:
            began, fired = time.perf_counter(), 0
            while some := await self.made.services.deadlines.fire_due():
                self.watch.during = "they escalate"
                fired += some
            if fired > 1:
                span = time.perf_counter() - began
                self.table.add(f"{fired:,} escalated while topics are made", ms(span), "")
            self.watch.during = "topics are made"
            await self.time.sleep(_SWEEP)


def _counted(world: World, chats: list[int]) -> dict[int, Counter[str]]:
    """What the bot did in each group that counts against its limit."""
    counted: dict[int, Counter[str]] = {chat: Counter() for chat in chats}
    for call in world.calls:
        name, chat = call["method"], int(call["params"].get("chat_id") or 0)
        if chat in counted and call["ok"] and name.startswith(_COUNTED):
            counted[chat][name] += 1
    return counted


async def _night(
    made: Bench, table: Table, voices: int, shards: int, stack: contextlib.AsyncExitStack
) -> None:
    nine = START + timedelta(days=3) - timedelta(hours=1)
    clock = Leaping(made.clock, nine)
    world = World(clock=made.clock, limits=SandboxLimits(), monotonic=clock.monotonic)
    telegram = TestServer(create_app(world))
    await telegram.start_server()
    stack.push_async_callback(telegram.close)
    base = str(telegram.make_url("/")).rstrip("/")
    limits = Limits(monotonic=clock.monotonic, sleep=clock.sleep)
    clock.waiting = lambda: limits.waiting
    bot = make_bot(world.token, base, Gateway(limits))
    stack.push_async_callback(bot.session.close)
    sandbox = await stack.enter_async_context(Sandbox(base))
    owner = await sandbox.person("Owner")
    said = await owner.send_voice(b"OggS" + bytes(4_000), duration=12)
    connection = await made.connect()
    await _seed.people(connection, await _seed.companies(connection, 1, 500), "supplier")
    people = [row["id"] for row in await connection.fetch("SELECT id FROM person")]
    operators = await _desk.operators(made, connection)
    asked, promised = START + timedelta(hours=9), nine + timedelta(hours=9, minutes=30)
    file_id = str(said.raw["voice"]["file_id"])
    await _desk.voices(connection, people, voices, asked, promised, file_id)
    steps = json.dumps([each.as_json() for each in TICKET.steps])
    await connection.execute(_ESCALATIONS, ESCALATE, nine + timedelta(minutes=15), steps)
    await _seed.settle(connection)
    await connection.close()
    made.clock.set(asked)
    await made.services.support.start()
    admin = replace(operators[0], role=Role.ADMIN)
    chats = [await sandbox.group(f"Desk {n}", [owner], is_forum=True) for n in range(shards)]
    for chat in chats:
        cause = f"bench:group:{chat}"
        await made.services.desk.add(admin.because(cause), chat, f"Desk {-chat}", "kk")
    made.clock.set(nine)
    support = made.services.support
    entry = await support.desk_sign_in((await support.desk_link(operators[0])).token)
    web = TestServer(create_web(made.services))
    await web.start_server()
    stack.push_async_callback(web.close)
    cookie = {"Cookie": f"tapsyrys_desk={entry.token}"}
    session = ClientSession(cookie_jar=DummyCookieJar(), headers=cookie)
    await stack.enter_async_context(session)
    watch = Watch(session, str(web.make_url("/desk/api/queue")), during="nothing goes on")
    night = Night(made, world, Mirror(bot, made.services), clock, watch, operators[0], table)
    asking = asyncio.create_task(watch.run())
    await asyncio.sleep(20 * _PAGE)
    await night.hand_out(voices)
    began = clock.passed
    await night.fill()
    took = clock.passed - began
    asking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asking
    _report(night, chats, voices, took)


def _report(night: Night, chats: list[int], voices: int, took: float) -> None:
    table, counted = night.table, _counted(night.world, chats)
    topics = sum(len(night.world.chats[chat].topics) for chat in chats)
    refused = sum(call["error_code"] == 429 for call in night.world.calls)
    calls = sum(counted.values(), Counter())
    least = max(each.total() for each in counted.values()) / _A_MINUTE
    stand = f"{voices:,}: {verdict(topics == voices)}"
    table.add(f"topics in {len(chats)} groups", f"{topics:,}", stand)
    table.add("calls refused with 429", str(refused), f"0: {verdict(not refused)}")
    table.add(
        f"{calls.total():,} messages are written in",
        _minutes(took),
        f"{_minutes(least * 60)} at least",
    )
    night.watch.rows(table)
    one = voices / len(chats) / _A_MINUTE
    table.notes.append(
        f"Counted: {', '.join(f'{count:,} {name}' for name, count in calls.most_common())}. With "
        f"one message for each voice it would be {one:.0f} minutes at least."
    )


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min of the day"


async def _main(*, quick: bool) -> None:
    voices, shards = (200, 2) if quick else (5_000, 5)
    table = Table(f"A night of {voices:,} voices at 9:00, {shards} groups", ("what", "", "bound"))
    async with bench() as made, contextlib.AsyncExitStack() as stack:
        await _night(made, table, voices, shards, stack)
        table.print(made.server_version)


if __name__ == "__main__":
    asyncio.run(_main(quick=options(__doc__).quick))

"""The faults: what each does to a town, how it ends, and what is promised when it comes.

``FAULTS`` keeps them in a fixed order: a seed names them by it. Those of whatever is told besides
Telegram stand in ``outer_faults``.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

import asyncpg

from bot.sandbox.faults import Fault, FaultKind
from bot.sandbox.records import Chat
from tests.torture.board import Fuse
from tests.torture.model import ASTANA
from tests.torture.plan import Strike
from tests.torture.process import SCALE
from tests.torture.stage import GROUP, MAKERS
from tests.torture.town import TOKEN, Town

Does = Callable[[Town, Strike], Awaitable[None]]
#: Seconds of the machine's clock; what is named in seconds is shortened by the common factor.
_BRIEF = 5 / SCALE
_LONG = 2.0
_FROZEN = 7.5
_COPIES = 100
_AGAIN = 20
_HANG = 0.3

#: The kind of a notice that nothing can be made of.
POISON = "contract.proposed"

ONCE = "once; adds at most one copy of a message, with its number"
PASSES = "waits and goes out once"


@dataclass(frozen=True)
class Kind:
    """A fault: what it is called, what is promised, what it does."""

    name: str
    promise: str
    does: Does


FAULTS: dict[str, Kind] = {}


def fault(name: str, promise: str) -> Callable[[Does], Does]:
    """Register what a fault does."""

    def register(does: Does) -> Does:
        FAULTS[name] = Kind(name, promise, does)
        return does

    return register


async def strike(town: Town, planned: Strike) -> None:
    """Let a planned fault come."""
    town.note(f"{planned}")
    town.armed[planned.kind] += 1
    await FAULTS[planned.kind].does(town, planned)


def later(town: Town, seconds: float, ends: Callable[[], Awaitable[None]]) -> None:
    """Let a fault end after so many seconds of the machine's clock."""

    async def end() -> None:
        try:
            await asyncio.sleep(seconds)
            await ends()
        except Exception as error:
            town.ledger.expect(False, f"a fault did not end: {error}")

    task = asyncio.create_task(end())
    town.mending.add(task)
    task.add_done_callback(town.mending.discard)


# Killed


def _killing(name: str, fuse: Fuse, most: int) -> None:
    @fault(name, ONCE)
    async def kill(town: Town, planned: Strike) -> None:
        town.lethal[planned.replica] = name
        town.board.lay(planned.replica, fuse, min(planned.count, most))


_killing("kill -9 before COMMIT", Fuse.BEFORE_COMMIT, 4)
_killing("kill -9 after COMMIT", Fuse.AFTER_COMMIT, 4)


@fault("kill -9 in the middle of a send", ONCE)
async def _in_the_middle(town: Town, planned: Strike) -> None:
    town.lethal[planned.replica] = planned.kind
    town.doors[planned.replica].before = min(planned.count, 2)


@fault("kill -9 when Telegram has worked a send", ONCE)
async def _when_worked(town: Town, planned: Strike) -> None:
    town.lethal[planned.replica] = planned.kind
    town.doors[planned.replica].after = min(planned.count, 2)


_killing("kill -9 after Telegram's 200, before the record", Fuse.AFTER_ANSWER, 2)

# Telegram


def _failing(name: str, kind: FaultKind, promise: str, **more: Any) -> None:
    @fault(name, promise)
    async def fail(town: Town, planned: Strike) -> None:
        times = min(planned.count, 2)
        town.world.faults.add(Fault(kind, "sendMessage", times=times, hang=_HANG, **more))


_failing("429, 1 s", "429", PASSES, retry_after=1)
_failing("429, 60 s", "429", PASSES, retry_after=60)
_failing("429, 10,072 s", "429", PASSES, retry_after=10_072)
_failing("500", "500", PASSES)
_failing("502", "5xx", PASSES)
_failing("connection closed unworked", "drop", PASSES)
_failing("connect: no answer, unworked", "timeout_before", PASSES)
_failing("read timeout, worked", "timeout_after", ONCE)
_failing("truncated JSON, worked", "truncated", ONCE)


@fault("Telegram shut", PASSES)
async def _shut(town: Town, planned: Strike) -> None:
    doors = town.doors

    async def open_again() -> None:
        for door in doors:
            door.shut = False

    for door in doors:
        door.shut = True
    later(town, _BRIEF, open_again)


@fault("blocked, and back", "unreachable; what is statutory comes when the person is back")
async def _blocked(town: Town, planned: Strike) -> None:
    person = town.person(MAKERS[planned.count % len(MAKERS)])
    town.blocked.add(person.id)
    await person.block()


_failing("chat not found", "400", "unreachable; stands in the person's list", text="chat not found")


@fault("desk's group migrated", "goes on in the new group")
async def _migrated(town: Town, planned: Strike) -> None:
    world = town.world
    old = min(each for each in world.chats if each < 0)
    group, fresh = world.chats[old], old - 1000
    world.keep_chat(Chat(fresh, "supergroup", group.title, group.members, is_forum=True))
    text = "group chat was upgraded to a supergroup chat"
    # Telegram says so for good; here for as many calls as a seed makes.
    world.faults.add(Fault("400", "*", chat_id=old, times=10_000, text=text, migrate_to=fresh))


@fault("topic deleted", "made anew")
async def _topic_deleted(town: Town, planned: Strike) -> None:
    group = town.world.chats[min(each for each in town.world.chats if each < 0)]
    if group.topics:
        name, *_ = group.topics
        for message in town.world.visible(group.id):
            if str(message.body.get("message_thread_id")) == name:
                town.world.delete(group, message)
        del group.topics[name]
        town.world.keep_chat(group)


# The database


async def _mended(town: Town) -> None:
    for wire in town.wires:
        await wire.mend()


@fault("database gone, 5 s", PASSES)
async def _gone(town: Town, planned: Strike) -> None:
    await asyncio.gather(*(wire.cut() for wire in town.wires))
    later(town, _BRIEF, partial(_mended, town))


@fault("database gone, 5 min", PASSES)
async def _long_gone(town: Town, planned: Strike) -> None:
    await asyncio.gather(*(wire.cut() for wire in town.wires))
    town.move(timedelta(minutes=5))
    later(town, _LONG, partial(_mended, town))


@fault("connection cut at COMMIT", "done once or not at all, and answered so")
async def _cut_at_commit(town: Town, planned: Strike) -> None:
    wire = town.wires[planned.replica]
    wire.cut_at_commit("after" if planned.share < 0.5 else "before")


@fault("black-holed TCP", PASSES)
async def _black_hole(town: Town, planned: Strike) -> None:
    wire = town.wires[planned.replica]

    async def end() -> None:
        if planned.share < 0.5:
            await wire.break_off()
        await wire.mend()

    wire.swallow()
    later(town, _BRIEF, end)


@fault("disk full", "refused or put off; nothing half done")
async def _disk_full(town: Town, planned: Strike) -> None:
    await town.execute("UPDATE torture_disk SET is_full = true")

    async def end() -> None:
        await town.execute("UPDATE torture_disk SET is_full = false")

    later(town, _BRIEF / 2, end)


# Processes


@fault("frozen and resumed", "another takes over; what was in hand may come again, with its number")
async def _freeze(town: Town, planned: Strike) -> None:
    replica = town.replicas[planned.replica]

    async def thaw() -> None:
        replica.thaw()

    replica.freeze()
    later(town, _FROZEN if len(town.replicas) > 1 else _BRIEF, thaw)


@fault("rolling restart", "once")
async def _rolling(town: Town, planned: Strike) -> None:
    async def roll() -> None:
        for replica in town.replicas:
            town.down.add(replica.number)
            try:
                if replica.alive and await replica.stop() == -signal.SIGKILL:
                    town.died(replica, -signal.SIGKILL)
                replica.begin()
            finally:
                town.down.discard(replica.number)
            await asyncio.sleep(_BRIEF / 2)

    later(town, 0, roll)


@fault("down for 3 days", "what came due fires; what came late is late")
async def _down(town: Town, planned: Strike) -> None:
    for replica in town.replicas:
        town.down.add(replica.number)
        replica.kill()
    town.move(timedelta(days=3))
    for replica in town.replicas:
        replica.begin()
        town.down.discard(replica.number)


# Updates


@fault("the same update 100 times at once", "worked once")
async def _copies(town: Town, planned: Strike) -> None:
    town.front.copies = _COPIES


@fault("updates reordered and brought again", "worked once")
async def _reordered(town: Town, planned: Strike) -> None:
    town.front.hold = True

    async def bring_again() -> None:
        for update in reversed(town.front.delivered[-_AGAIN:]):
            await town.front.post(update)
            town.front.repeated += 1

    later(town, 0.05, bring_again)


# Time


@fault("clock + 1 h", "nothing twice; nothing late in time")
async def _clock_on(town: Town, planned: Strike) -> None:
    town.move(timedelta(hours=1))


@fault("clock - 1 h", "nothing twice; nothing late in time")
async def _clock_back(town: Town, planned: Strike) -> None:
    town.move(-timedelta(hours=1))


async def _change(town: Town, day: date, working: bool) -> None:
    now = town.clock.now()
    changed = {**town.ledger.days.changed, day: working}
    body = {
        "overrides": [
            {
                "date": each.isoformat(),
                "working": is_worked,
                "name_ru": "Перенос",
                "name_kk": "Ауыстыру",
                "basis": "Приказ",
            }
            for each, is_worked in sorted(changed.items())
        ]
    }
    status, answer = await town.call("PUT", "/calendar/overrides", body)
    town.ledger.expect(status == 200, f"a day was not changed: {status} {answer}")
    if status == 200:
        town.ledger.change_day(day, working, now)


@fault("a holiday added in the middle of terms", "every open end moves, as counted anew")
async def _holiday(town: Town, planned: Strike) -> None:
    day = town.clock.now().astimezone(ASTANA).date() + timedelta(days=1)
    while not town.ledger.days.working(day):
        day += timedelta(days=1)
    await _change(town, day, False)


@fault("a Saturday made working", "every open end moves, as counted anew")
async def _saturday(town: Town, planned: Strike) -> None:
    day = town.clock.now().astimezone(ASTANA).date() + timedelta(days=1)
    while day.weekday() != 5 or town.ledger.days.working(day):
        day += timedelta(days=1)
    await _change(town, day, True)


# Poison


async def _put(town: Town, statement: str, *values: object) -> None:
    """Put a row in, as soon as there is room on the disk."""

    async def put() -> bool:
        try:
            await town.execute(statement, *values)
        except asyncpg.DiskFullError:
            return False
        return True

    await town.until(put, "no room for a row")


@fault("poison row", "put off alone; the others go on")
async def _poison_row(town: Town, planned: Strike) -> None:
    now = town.clock.now()
    await _put(
        town,
        "INSERT INTO deadline (kind, subject, generation, started_at, due_at, term, "
        "calendar_version, state, params, attempts) "
        "VALUES ('offer_window', $1, 1, $2, $2, '1h', 'x', 'open', '{}', 0)",
        f"order:{900_000 + town.armed[planned.kind]}",
        now,
    )


@fault("poison notice", "given up alone, as a dead letter; the others go on")
async def _poison_notice(town: Town, planned: Strike) -> None:
    reader = MAKERS[planned.count % len(MAKERS)]
    await _put(
        town,
        "INSERT INTO notice (person_id, kind, subject, params, lane, state, dedup, created_at, "
        "not_before, attempts) SELECT id, $1, 'order:0', $2, 1, 'queued', $3, $4, $4, 0 "
        "FROM person WHERE telegram_id = $5",
        POISON,
        '{"due_at": [], "number": {}}',
        f"poison-{town.armed[planned.kind]}",
        town.clock.now(),
        reader,
    )


@fault("poison update", "given up alone; the others go on")
async def _poison_update(town: Town, planned: Strike) -> None:
    bot = int(TOKEN.partition(":")[0])
    payload = '{"message": {"message_id": "x", "chat": {"id": 1, "type": "nowhere"}, "date": []}}'
    await _put(
        town,
        "INSERT INTO inbox_update (bot_id, update_id, chat_id, payload, received_at, state, "
        "attempts) VALUES ($1, $2, 1, $3, $4, 'queued', 0)",
        bot,
        town.armed[planned.kind],
        payload,
        town.clock.now(),
    )


#: What cannot come where updates are fetched and not brought.
BROUGHT = frozenset({"the same update 100 times at once", "updates reordered and brought again"})
assert GROUP < 0

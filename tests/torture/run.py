"""Running one seed: acts and faults in their order, the end of all faults, the checks."""

from __future__ import annotations

import asyncio
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from handlers.views.press import press
from tests.torture.checks import check_all
from tests.torture.faults import BROUGHT, strike
from tests.torture.lives import Act, Life, OrderLife, OtherLife
from tests.torture.outer_faults import KINDS
from tests.torture.plan import Plan, draw, draw_town
from tests.torture.rest import BUSY, WAITING
from tests.torture.stage import ADMIN, MAKERS, Stage
from tests.torture.town import PATIENCE, Stuck, Town, opened

_LOOK = 0.02
# However often the clock is moved on to the next instant at which something may go.
_MOST_MOVES = 500
_CALM = 3
# Seconds without progress after which the common clock goes on, and how far.
_STALLED = 1.0
_FURTHER, _FURTHEST = timedelta(minutes=1), timedelta(hours=2)
_SLOW = 20.0
# Seconds after which a failing seed tells again what is waited for.
_NOTED = 3.0


@dataclass
class Result:
    """What came of a seed."""

    seed: int
    broken: list[str] = field(default_factory=list)
    seconds: float = 0.0
    acts: int = 0
    messages: int = 0
    letters: int = 0
    hooks: int = 0
    deaths: int = 0
    armed: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)
    #: The most copies of one notice beyond the first; seconds until all was well again.
    copies: int = 0
    copied: int = 0
    recovery: float = 0.0
    #: Dead letters because two attempts had no answer; of them those that never came.
    doubtful: int = 0
    never_came: int = 0
    log: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether everything that must hold holds."""
        return not self.broken

    def told(self) -> str:
        """For whoever reads a failure."""
        return "\n".join(
            [
                f"seed {self.seed}: {len(self.broken)} broken",
                *(f"  ! {each}" for each in self.broken),
                *(f"    {each}" for each in self.log),
            ]
        )

    def as_json(self) -> dict[str, object]:
        """For another process."""
        return {**vars(self), "armed": dict(self.armed), "struck": dict(self.struck)}


async def run_seed(stage: Stage, seed: int) -> Result:
    """Play a seed whole."""
    return await _run(stage, draw(seed, KINDS), {}, 1.0)


#: What Telegram grants a large bot: a big town has few chats, and they get thousands of notices.
_LIFTED = {
    "TAPSYRYS_MESSAGES_PER_SECOND": "1000",
    "TAPSYRYS_MESSAGES_PER_CHAT": "30",
    "TAPSYRYS_MESSAGES_PER_BURST": "30",
    "TAPSYRYS_MESSAGES_PER_GROUP_MINUTE": "1000",
}


async def run_town(stage: Stage, seed: int, orders: int) -> Result:
    """Play a town with so many orders, requests and reports whole."""
    return await _run(stage, draw_town(seed, KINDS, orders), _LIFTED, 1 + orders / 20)


async def _run(stage: Stage, plan: Plan, settings: Mapping[str, str], slower: float) -> Result:
    result = Result(plan.seed)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="torture-", ignore_cleanup_errors=True) as folder:
        try:
            async with opened(
                stage,
                Path(folder),
                plan.start,
                plan.replicas,
                webhook=plan.webhook,
                settings=settings,
            ) as town:
                town.patience *= slower
                await _play_to_the_end(town, plan, result)
        except Exception as error:
            result.broken.append(f"{type(error).__name__}: {error}")
            if not isinstance(error, Stuck):
                result.broken.append(traceback.format_exc(limit=-6))
    result.seconds = time.monotonic() - begun
    return result


async def _play_to_the_end(town: Town, plan: Plan, result: Result) -> None:
    how = "brought" if plan.webhook else "fetched"
    town.note(f"{plan.replicas} processes, updates {how}, {len(plan.orders)} orders")
    town.move(plan.start)
    through = False
    try:
        await _play(town, plan, result)
        await _end_faults(town)
        ended = time.monotonic()
        await _converge(town)
        result.recovery = time.monotonic() - ended
        await check_all(town, result)
        through = True
    finally:
        result.broken += town.ledger.broken
        result.log = town.log
        result.deaths = town.deaths
        result.armed, result.struck = town.armed, town.struck
        odd = result.broken or town.struck["by itself"] or result.recovery > _SLOW
        if odd or not through:
            result.log += _last_words(town)


def _last_words(town: Town) -> list[str]:
    found = []
    for replica in town.replicas:
        lines = replica.log.read_text(errors="replace").splitlines() if replica.log.exists() else []
        found += [f"log {replica.number}: {each[:600]}" for each in lines[-25:]]
    return found


async def _play(town: Town, plan: Plan, result: Result) -> None:
    lives: list[Life] = [
        OrderLife(town, order, plan.start, number).acts()
        for number, order in enumerate(plan.orders)
    ]
    lives += [
        OtherLife(town, other, plan.start, number).acts()
        for number, other in enumerate(plan.others)
    ]
    coming: dict[int, Act] = {}
    _go_on(lives, coming, range(len(lives)))
    while coming:
        number = min(coming, key=lambda each: (coming[each].when(), each))
        act = coming.pop(number)
        await _unblock(town)
        if act.when() > town.clock.now():
            town.move(act.when())
        for planned in plan.struck_at(result.acts):
            if plan.webhook or planned.kind not in BROUGHT:
                await strike(town, planned)
        town.note(act.name)
        await act.does()
        result.acts += 1
        _go_on(lives, coming, [number])


def _go_on(lives: list[Life], coming: dict[int, Act], numbers: range | list[int]) -> None:
    for number in numbers:
        act = next(lives[number], None)
        if act is not None:
            coming[number] = act


async def _unblock(town: Town) -> None:
    for number in sorted({*MAKERS, *town.blocked} - town.away):
        if town.world.people[number].blocked:
            await town.person(number).unblock()


async def _end_faults(town: Town) -> None:
    """Everything that goes wrong ends here; the processes run."""
    town.note("faults end")
    if town.mending:
        await asyncio.wait(town.mending, timeout=town.patience)
    town.world.faults.clear()
    for door in town.doors:
        door.before, door.after, door.shut = 0, 0, False
    for wire in town.wires:
        await wire.mend()
    await town.execute("UPDATE torture_disk SET is_full = false")
    for replica in town.replicas:
        replica.thaw()
        town.board.clear(replica.number)
    town.lethal.clear()
    # A clock that was put back is put right: what had ended by it has ended.
    town.move(max(town.clock.now(), town.latest))
    town.away.clear()
    await _unblock(town)
    town.sinks.calm()
    await town.sinks.mail.open()
    town.front.hold, town.front.copies = False, 1
    await town.until(lambda: _all_ready(town), "not every process serves again")


async def _all_ready(town: Town) -> bool:
    for replica in town.replicas:
        try:
            async with town.http.get(f"{replica.base}/healthz") as answer:
                if answer.status != 200:
                    return False
        except OSError:
            return False
    return True


_DISABLED = "SELECT id, disabled_why FROM webhook_endpoint WHERE state = 'disabled' ORDER BY id"
_TAKES = "SELECT state = 'enabled' AS so FROM webhook_endpoint WHERE id = $1"


async def _enable(town: Town) -> None:
    """An administrator lets endpoints take events again, and sends them what they have missed."""
    for number, why in await town.database.fetch(_DISABLED):
        town.note(f"endpoint {number} was disabled: {why}")
        town.enabled.add(number)

        async def takes(which: int = number) -> bool:
            return bool((await town.look(_TAKES, which))["so"])

        for what in ("webhook.on", "webhook.replay"):
            query = await town.press(ADMIN, press(what, number))
            await town.taken()
            await town.answered(query, takes)
        await town.until(takes, f"endpoint {number} was not enabled")


async def _converge(town: Town) -> None:
    """Wait until nothing waits any more, moving the clock on to whatever waits for it."""
    end = time.monotonic() + town.patience
    moves = calm = 0
    further = _FURTHER
    stalled = noted = time.monotonic()
    while calm < _CALM:
        now = town.clock.now()
        row = await town.row(WAITING, now)
        if time.monotonic() - noted > _NOTED:
            noted = time.monotonic()
            town.note(f"waits: {dict(row)}")
        busy = sum(row[name] for name in BUSY) + len(town.world.updates.pending)
        if not busy and row["disabled"]:
            await _enable(town)
        calm = calm + 1 if not busy and row["next"] is None and not row["disabled"] else 0
        if not busy and row["next"] is not None and moves < _MOST_MOVES * town.patience / PATIENCE:
            moves += 1
            stalled = time.monotonic()
            town.move(max(row["next"], now))
        elif busy and time.monotonic() - stalled > _STALLED:
            # Claims of the dead, and pauses that Telegram asked for, end by the common clock.
            stalled = time.monotonic()
            town.move(further)
            further = min(2 * further, _FURTHEST)
        if time.monotonic() > end:
            hook = town.world.updates.webhook.last_error_message
            pending = len(town.world.updates.pending)
            raise Stuck(f"it does not come to rest: {dict(row)}; {pending} updates ({hook})")
        await asyncio.sleep(_LOOK)

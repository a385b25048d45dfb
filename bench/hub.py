"""The hub of notices: its capacity, a broadcast within Telegram's limits and what passes it.

Capacity is compared with a bare loop of ``bot.send_message`` that sends the same text with the
same buttons, in turns with ours, to a server that costs next to nothing in a process of its own;
once awaiting each message before the next, once with many on their way at once.
The broadcast goes through the whole bot to a server that enforces the limits and keeps when each
message arrived; meanwhile statutory notices are committed and people press buttons. ``--day``
measures nothing but the memory, over as many sends as Telegram takes in 24 hours.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial

import aiohttp

from bench._capacity import capacity
from bench._frame import Table, bench, ms, options, verdict
from bench._hub import FIRST, notices, people, waiting, whole_bot
from bench._memory import DAY, memory
from bench._telegram import TOKEN, press, telegram
from bot.garbage import loading
from bot.telegram.delivery import Delivery
from bot.telegram.gateway import Gateway, make_bot
from bot.telegram.sender import TelegramSender
from domain.actor import Actor
from domain.notices.queue import NoticeQueue
from domain.notices.writing import tell
from domain.work import Site, Work, use_case
from scheduler.dispatcher import Dispatcher
from scheduler.lease import Lease

_LEASE = timedelta(minutes=5)


class _Crier:
    """Commits statutory notices as an act does."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @use_case("bench.cry", by=None)
    async def cry(self, work: Work, person: int) -> None:
        """Tell one person something that the law wants told."""
        await tell(work, [person], "account.resumed", f"person:{person}")


async def claiming(table: Table, *, quick: bool) -> None:
    """What a claim costs with a long history and a long queue against a short one."""
    sent, waiting = (20_000, 2_000) if quick else (1_000_000, 100_000)
    warming, turns = 20, 20

    async def claim(queue: NoticeQueue) -> float:
        began = time.perf_counter()
        found = await queue.claim(50, _LEASE)
        span = time.perf_counter() - began
        assert len(found) == 50
        return span

    async with bench() as made, made.beside("large") as large:
        for each in (made, large):
            await people(each, 1_000)
            await notices(each, 3_000, 1_000, "short ")
        await notices(large, sent, 1_000, "sent ", "sent")
        await notices(large, max(0, waiting - 3_000), 1_000, "long ")
        queues = NoticeQueue(made.site), NoticeQueue(large.site)
        # In turns: what else the machine does meets both. The first of them write pages that
        # nothing has written since the filling, which takes as long again.
        spans = [[await claim(queue) for queue in queues] for _ in range(warming + turns)]
    short, long = (sorted(each)[turns // 2] for each in zip(*spans[warming:], strict=True))
    ratio = long / short
    table.add(
        f"claim of 50, {sent:,} sent and {waiting:,} waiting, against 3,000 waiting",
        f"{ms(long)} against {ms(short)}: {ratio:.2f}",
        f"<= 1.3: {verdict(ratio <= 1.3)}",
    )


def _high(spans: Sequence[float]) -> float:
    return sorted(spans)[(len(spans) * 99 - 1) // 100]


async def broadcast(table: Table, *, quick: bool) -> None:
    """News to thousands within the limits; statutory notices and answers to presses pass them."""
    count = 600 if quick else 10_000
    probes = 40
    async with (
        bench() as made,
        telegram(strict=True) as base,
        aiohttp.ClientSession() as session,
    ):
        await people(made, count + 2 * probes)
        committed: dict[int, float] = {}
        pressed: dict[int, float] = {}
        async with whole_bot(made, base) as app:
            crier = _Crier(app.services.site)
            await notices(made, count, count, "news ")

            async def acts() -> None:
                for number in range(1, probes + 1):
                    await asyncio.sleep(count / 30 / (probes + 4))
                    person = count + number
                    await crier.cry(Actor.system(f"bench:{number}"), person)
                    committed[FIRST + person] = time.monotonic()
                    who = FIRST + count + probes + number
                    pressed[who] = time.monotonic()
                    updates = [press(number, who, "1:menu")]
                    async with session.post(f"{base}/load", json=updates) as answer:
                        answer.raise_for_status()

            acting = asyncio.create_task(acts())
            while await waiting(made) or not acting.done():  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.2)
            await acting
            await asyncio.sleep(1)
        async with session.get(f"{base}/log") as answer:
            log: list[tuple[int, float, bool]] = [tuple(each) for each in await answer.json()]
    refused = sum(1 for *_, was in log if was)
    arrived: dict[int, float] = {}
    for chat, at, was in log:
        if not was:
            arrived.setdefault(chat, at)
    times = sorted(at for at in arrived.values())
    rate = (len(times) - 1) / (times[-1] - times[0])
    table.add(
        f"{count:,} news through enforced limits",
        f"{rate:.2f}/s ({rate / 30:.1%} of 30/s), {refused} refused",
        f">= 97 %, none refused: {verdict(rate / 30 >= 0.97 and not refused)}",
    )
    law = [arrived[chat] - at for chat, at in committed.items()]
    table.add(
        f"statutory notice meanwhile, commit to arrival, 99 of 100 of {len(law)}",
        ms(_high(law)),
        f"<= 1 s: {verdict(_high(law) <= 1)}",
    )
    answers = [arrived[chat] - at for chat, at in pressed.items()]
    table.add(
        f"answer to a button meanwhile, press to arrival, 99 of 100 of {len(answers)}",
        ms(_high(answers)),
        f"<= 300 ms: {verdict(_high(answers) <= 0.3)}",
    )


async def take_over(table: Table, *, quick: bool) -> None:
    """Until another process sends, when the owner is killed and when it is frozen."""
    async with bench() as made, telegram(strict=True) as base, aiohttp.ClientSession() as session:
        await people(made, 100)
        for how, number in (("killed", signal.SIGKILL), ("frozen", signal.SIGSTOP)):
            owner = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bench._owner", made.url, base),
                stdout=asyncio.subprocess.PIPE,
            )
            assert owner.stdout is not None
            await owner.stdout.readline()
            engine = made.engine
            lease = Lease(engine)
            bot = make_bot(TOKEN, base, Gateway())
            sender = TelegramSender(bot, Delivery(made.services).render, lease.valid)
            heir = Dispatcher(made.services.notice_queue, sender.send, lease)
            running = asyncio.create_task(heir.run())
            await asyncio.sleep(1)
            owner.send_signal(number)
            began = time.monotonic()
            await notices(made, 20, 100, how)
            while await waiting(made):  # noqa: ASYNC110 - only the table knows
                await asyncio.sleep(0.05)
            took = time.monotonic() - began
            await heir.stop()
            await running
            await bot.session.close()
            with contextlib.suppress(ProcessLookupError):
                owner.kill()
            await owner.wait()
            table.add(
                f"taken over from an owner that was {how}, its 20 notices sent",
                f"{took:.1f} s",
                f"<= 15 s: {verdict(took <= 15)}",
            )
        async with session.get(f"{base}/log") as answer:
            log = await answer.json()
    sent = sum(1 for *_, was in log if not was)
    table.add("notices sent of 40 after both", f"{sent}", f"none lost: {verdict(sent >= 40)}")


async def _main(*, quick: bool, day: bool) -> None:
    # As the process that serves: what is loaded by now stays for good.
    with loading():
        began = time.monotonic()
    table = Table("The hub of notices", ("what", "measured", "bound"))
    parts: tuple[Callable[..., Awaitable[None]], ...]
    parts = (capacity, claiming, take_over, memory, broadcast)
    if day:
        parts = (partial(memory, count=DAY),)
    for part in parts:
        await part(table, quick=quick)
        name = getattr(part, "__name__", "day")
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    async with bench() as made:
        version = made.server_version
    table.print(version)


if __name__ == "__main__":
    given = options(__doc__, day="only the memory, over the sends of 24 hours")
    asyncio.run(_main(quick=given.quick, day=given.day))

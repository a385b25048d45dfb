"""The hub of notices: its capacity, a broadcast within Telegram's limits and what passes it.

Capacity is compared with a bare loop of ``bot.send_message`` that sends the same text with the
same buttons, in turns with ours, to a server that costs next to nothing in a process of its own.
The broadcast goes through the whole bot to a server that enforces the limits and keeps when each
message arrived; meanwhile statutory notices are committed and people press buttons.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import psutil  # type: ignore[import-untyped] # it ships no types
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from pydantic import SecretStr

from bench._frame import START, Bench, Span, Table, bench, median, ms, options, verdict
from bench._telegram import TOKEN, press, telegram
from bot.app import assemble
from bot.application import start, stop
from bot.config import Settings
from bot.storage.engine import Database
from bot.telegram.delivery import Delivery
from bot.telegram.gateway import Gateway, make_bot
from bot.telegram.limits import Limits
from bot.telegram.sender import TelegramSender
from domain.actor import Actor
from domain.notices.queue import NoticeQueue, Outcome, Settled
from domain.notices.writing import tell
from domain.work import Site, Work, use_case
from scheduler.dispatcher import Dispatcher
from scheduler.lease import Lease

_FREE = Limits(overall=1_000_000, per_chat=1_000_000, burst=1_000_000, per_group_minute=1_000_000)
_LEASE = timedelta(minutes=5)
_BUDGET, _AT_ONCE = 300, 100
_FIRST = 1_000_000
_PERSONS = """
INSERT INTO person (
    telegram_id, language, language_chosen, name, folded, state, created_at
)
SELECT $1 + number, CASE WHEN number % 2 = 0 THEN 'kk' ELSE 'ru' END, true, 'P', 'p', 'active',
       now()
FROM generate_series(1, $2::int) AS number
"""
_NOTICES = """
INSERT INTO notice (
    person_id, kind, subject, params, lane, channel, state, dedup, created_at, not_before, attempts
)
SELECT 1 + number % $2::int, 'order.window_closed', 'order:15',
       '{"number": 15, "goods": [{"name_ru": "Труба стальная", "name_kk": "Болат құбыр"}]}', 2,
       'telegram', $3, $4 || number, $5, $5, 0
FROM generate_series(1, $1::int) AS number
"""


class _Crier:
    """Commits statutory notices as an act does."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @use_case("bench.cry", by=None)
    async def cry(self, work: Work, person: int) -> None:
        """Tell one person something that the law wants told."""
        await tell(work, [person], "account.resumed", f"person:{person}")


async def _notices(made: Bench, count: int, people: int, mark: str, state: str = "queued") -> None:
    connection = await made.connect()
    await connection.execute(_NOTICES, count, people, state, mark, START, timeout=600)
    await connection.execute("VACUUM ANALYZE notice", timeout=600)
    await connection.close()


async def _people(made: Bench, count: int) -> None:
    connection = await made.connect()
    await connection.execute(_PERSONS, _FIRST, count)
    await connection.execute("VACUUM ANALYZE person")
    await connection.close()


async def _waiting(made: Bench) -> int:
    return await made.services.notice_queue.in_queue()


async def _ours(made: Bench, bot: Bot, count: int, people: int, mark: str) -> Span:
    """The dispatcher sends notices: claimed, worded, sent, each outcome on record."""
    await _notices(made, count, people, mark)
    sender = TelegramSender(bot, Delivery(made.services).render)
    dispatcher = Dispatcher(made.services.notice_queue, sender.send, budget=_BUDGET)

    async def send() -> None:
        running = asyncio.create_task(dispatcher.run())
        dispatcher.wake()
        while await _waiting(made):  # noqa: ASYNC110 - only the table knows
            await asyncio.sleep(0.05)
        await dispatcher.stop()
        await running

    return (await made.timed(send)).each(count)


async def _bare(made: Bench, bot: Bot, count: int, text: str, keyboard: Any) -> Span:
    """The same messages by ``bot.send_message``, as many at once."""
    numbers = iter(range(count))

    async def send() -> None:
        for number in numbers:
            await bot.send_message(_FIRST + 1 + number % 1000, text, reply_markup=keyboard)

    async def all_of_them() -> None:
        await asyncio.gather(*(send() for _ in range(_AT_ONCE)))

    return (await made.timed(all_of_them)).each(count)


async def capacity(table: Table, *, quick: bool) -> None:
    """How many a second where Telegram's limits are no bound, and what each costs."""
    count, rounds = (1_000, 2) if quick else (10_000, 5)
    async with bench() as made, telegram() as base:
        await _people(made, 1_000)
        ours = make_bot(TOKEN, base, Gateway(_FREE))
        bare = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(base)))
        await _notices(made, 1, 1, "sample")
        (sample,) = await made.services.notice_queue.claim(1, _LEASE)
        message = await Delivery(made.services).render(sample)
        assert message is not None
        done = Settled(sample, Outcome("dropped"), made.clock.now())
        await made.services.notice_queue.settle([done])
        spans = [
            (
                await _bare(made, bare, count, message.text, message.keyboard),
                await _ours(made, ours, count, 1_000, f"turn {turn} "),
            )
            for turn in range(rounds + 1)
        ]
        loop, hub = (median(list(each)) for each in zip(*spans[1:], strict=True))
        connection = await made.connect()
        recorded = await connection.fetchval("SELECT count(*) FROM delivery")
        await connection.close()
        await ours.session.close()
        await bare.session.close()
    if recorded != count * (rounds + 1) + 1:
        raise SystemExit(f"{recorded} deliveries on record of {count * (rounds + 1)}")
    wall, cpu = hub.wall / loop.wall, hub.cpu / loop.cpu
    table.add("bare loop of bot.send_message", f"{1 / loop.wall:,.0f}/s, CPU {ms(loop.cpu)}", "")
    table.add(
        "dispatcher, limits lifted, all on record",
        f"{1 / hub.wall:,.0f}/s, CPU {ms(hub.cpu)}, database {ms(hub.database)}",
        f">= 1,000/s: {verdict(1 / hub.wall >= 1000)}",
    )
    table.add(
        "ratio to the bare loop",
        f"{wall:.2f} wall, {cpu:.2f} CPU",
        f"<= 1.5: {verdict(wall <= 1.5)}",
    )


async def claiming(table: Table, *, quick: bool) -> None:
    """What a claim costs with a long history and a long queue against a short one."""
    sent, waiting = (20_000, 2_000) if quick else (1_000_000, 100_000)

    async def claims(made: Bench) -> float:
        queue = NoticeQueue(made.site)
        spans = []
        for _ in range(12):
            began = time.perf_counter()
            found = await queue.claim(50, _LEASE)
            spans.append(time.perf_counter() - began)
            assert len(found) == 50
        return sorted(spans[2:])[5]

    async with bench() as made:
        await _people(made, 1_000)
        await _notices(made, 1_000, 1_000, "short ")
        short = await claims(made)
        await _notices(made, sent, 1_000, "sent ", "sent")
        await _notices(made, waiting, 1_000, "long ")
        long = await claims(made)
    ratio = long / short
    table.add(
        f"claim of 50, {sent:,} sent and {waiting:,} waiting, against 1,000 waiting",
        f"{ms(long)} against {ms(short)}: {ratio:.2f}",
        f"<= 1.3: {verdict(ratio <= 1.3)}",
    )


def _high(spans: Sequence[float]) -> float:
    return sorted(spans)[(len(spans) * 99 - 1) // 100]


@asynccontextmanager
async def _whole_bot(made: Bench, base: str) -> AsyncIterator[Callable[[], Site]]:
    settings = Settings(bot_token=SecretStr(TOKEN), telegram_api=base, data_dir=made.folder)
    database = Database(made.engine, made.site.sessions, made.url)
    app = assemble(settings, database, made.clock, token=TOKEN, api=base)
    await start(app)
    try:
        yield lambda: app.services.site
    finally:
        await stop(app)


async def broadcast(table: Table, *, quick: bool) -> None:
    """News to thousands within the limits; statutory notices and answers to presses pass them."""
    count = 600 if quick else 10_000
    probes = 40
    async with (
        bench() as made,
        telegram(strict=True) as base,
        aiohttp.ClientSession() as session,
    ):
        await _people(made, count + 2 * probes)
        committed: dict[int, float] = {}
        pressed: dict[int, float] = {}
        async with _whole_bot(made, base) as site:
            crier = _Crier(site())
            await _notices(made, count, count, "news ")

            async def acts() -> None:
                for number in range(1, probes + 1):
                    await asyncio.sleep(count / 30 / (probes + 4))
                    person = count + number
                    await crier.cry(Actor.system(f"bench:{number}"), person)
                    committed[_FIRST + person] = time.monotonic()
                    who = _FIRST + count + probes + number
                    pressed[who] = time.monotonic()
                    updates = [press(number, who, "1:menu")]
                    async with session.post(f"{base}/load", json=updates) as answer:
                        answer.raise_for_status()

            acting = asyncio.create_task(acts())
            while await _waiting(made) or not acting.done():  # noqa: ASYNC110 - as above
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
        await _people(made, 100)
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
            await _notices(made, 20, 100, how)
            while await _waiting(made):  # noqa: ASYNC110 - only the table knows
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


async def memory(table: Table, *, quick: bool) -> None:
    """The process's memory after many sends against after its warm-up."""
    warm, count = (1_000, 3_000) if quick else (20_000, 100_000)
    async with bench() as made, telegram() as base:
        await _people(made, 1_000)
        bot = make_bot(TOKEN, base, Gateway(_FREE))
        own = psutil.Process()
        await _ours(made, bot, warm, 1_000, "warm ")
        before = own.memory_info().rss
        for part in range(5):
            await _ours(made, bot, count // 5, 1_000, f"part {part} ")
        after = own.memory_info().rss
        await bot.session.close()
    growth = after / before - 1
    table.add(
        f"memory after {count:,} further sends ({count / 30 / 3600:.1f} h at 30/s)",
        f"{after / 2**20:.0f} MB against {before / 2**20:.0f} MB: {growth:+.1%}",
        f"<= 5 %: {verdict(growth <= 0.05)}",
    )


async def _main(*, quick: bool) -> None:
    began = time.monotonic()
    table = Table("The hub of notices", ("what", "measured", "bound"))
    for part in (capacity, claiming, take_over, memory, broadcast):
        await part(table, quick=quick)
        print(f"{part.__name__}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    async with bench() as made:
        version = made.server_version
    table.print(version)


if __name__ == "__main__":
    asyncio.run(_main(quick=options(__doc__).quick))

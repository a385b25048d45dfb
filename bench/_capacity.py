"""What the dispatcher can do where Telegram's limits are no bound, against a bare loop."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bench._frame import Bench, Span, Table, bench, median, ms, verdict
from bench._hub import FIRST, PAID_RATE, free, notices, people, waiting
from bench._telegram import TOKEN, telegram
from bot.telegram.delivery import Delivery
from bot.telegram.gateway import Gateway, make_bot
from bot.telegram.sender import TelegramSender
from domain.notices.queue import Outcome, Settled
from scheduler.dispatcher import Dispatcher

_LEASE = timedelta(minutes=5)
_READERS = 1_000
# What the process has in hand at such a rate.
_BUDGET = 3 * PAID_RATE
_AT_ONCE = 60
_MOST = 1.5


async def _ours(made: Bench, bot: Bot, count: int, mark: str) -> Span:
    """The dispatcher sends notices: claimed, worded, sent, each outcome on record."""
    await notices(made, count, _READERS, mark)
    sender = TelegramSender(bot, Delivery(made.services).render)
    dispatcher = Dispatcher(made.services.notice_queue, sender.send, budget=_BUDGET)

    async def send() -> None:
        running = asyncio.create_task(dispatcher.run())
        dispatcher.wake()
        while await waiting(made):  # noqa: ASYNC110 - only the table knows
            await asyncio.sleep(0.05)
        await dispatcher.stop()
        await running

    return (await made.timed(send)).each(count)


async def _bare(made: Bench, bot: Bot, count: int, text: str, keyboard: Any, many: int) -> Span:
    """The same messages by ``bot.send_message``, so many at once."""
    numbers = iter(range(count))

    async def send() -> None:
        for number in numbers:
            await bot.send_message(FIRST + 1 + number % _READERS, text, reply_markup=keyboard)

    async def all_of_them() -> None:
        await asyncio.gather(*(send() for _ in range(many)))

    return (await made.timed(all_of_them)).each(count)


async def _spans(made: Bench, base: str, count: int, rounds: int) -> list[tuple[Span, Span, Span]]:
    """The two bare loops and the dispatcher, in turns; the first turn is to warm up."""
    ours = make_bot(TOKEN, base, Gateway(free()))
    bare = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(base)))
    await notices(made, 1, 1, "sample")
    (sample,) = await made.services.notice_queue.claim(1, _LEASE)
    message = await Delivery(made.services).render(sample)
    assert message is not None
    done = Settled(sample, Outcome("dropped"), made.clock.now())
    await made.services.notice_queue.settle([done])
    words = message.text, message.keyboard
    spans = [
        (
            await _bare(made, bare, count, *words, 1),
            await _bare(made, bare, count, *words, _AT_ONCE),
            await _ours(made, ours, count, f"turn {turn} "),
        )
        for turn in range(rounds + 1)
    ]
    await ours.session.close()
    await bare.session.close()
    return spans[1:]


async def capacity(table: Table, *, quick: bool) -> None:
    """How many a second where Telegram's limits are no bound, and what each costs."""
    count, rounds = (1_000, 2) if quick else (10_000, 5)
    async with bench() as made, telegram() as base:
        await people(made, _READERS)
        spans = await _spans(made, base, count, rounds)
        connection = await made.connect()
        recorded = await connection.fetchval("SELECT count(*) FROM delivery")
        await connection.close()
    if recorded != count * (rounds + 1) + 1:
        raise SystemExit(f"{recorded} deliveries on record of {count * (rounds + 1)}")
    alone, loop, hub = (median(list(each)) for each in zip(*spans, strict=True))
    for name, span in (("one after another", alone), (f"{_AT_ONCE} at once", loop)):
        table.add(f"bare loop, {name}", f"{1 / span.wall:,.0f}/s, CPU {ms(span.cpu)}", "")
    table.add(
        "dispatcher, limits lifted, all on record",
        f"{1 / hub.wall:,.0f}/s, CPU {ms(hub.cpu)}, database {ms(hub.database)}",
        f">= 1,000/s: {verdict(1 / hub.wall >= 1000)}",
    )
    for name, span in (("one after another", alone), (f"{_AT_ONCE} at once", loop)):
        wall, cpu = hub.wall / span.wall, hub.cpu / span.cpu
        kept = max(wall, cpu) <= _MOST
        table.add(
            f"ratio to the bare loop, {name}",
            f"{wall:.2f} wall, {cpu:.2f} CPU",
            f"<= {_MOST}: {verdict(kept)}",
        )

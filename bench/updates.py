"""A press that opens an order card, through the whole bot, against a bare aiogram echo.

Both poll the same server over HTTP, get the same presses on an invitation and make the same two
calls for each: the press is answered and a message is sent. The echo sends the invitation's text
back and does nothing else; ours stores the update, claims it, finds the
person, checks their rights, reads the card, words it in their language and marks the update done.
The CPU compared is that of the bot's process; the database's is told beside it.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery, Message
from pydantic import SecretStr
from sqlalchemy import func, select

from bench import _seed
from bench._frame import START, Bench, Span, Table, bench, median, ms, options, verdict
from bench._telegram import TOKEN, Load, telegram
from bench.closings import collecting
from bot.app import Application, assemble, start, stop
from bot.config import Settings
from bot.storage.engine import Database
from bot.storage.tables import InboxUpdate
from bot.telegram.gateway import Gateway
from bot.telegram.limits import Limits
from handlers.views.press import press

_PEOPLE = 50
_RATIO, _RATE = 3.0, 250
_FREE = Limits(overall=1_000_000, per_chat=1_000_000, burst=1_000_000, per_group_minute=1_000_000)

Presses = list[tuple[int, str]]


@asynccontextmanager
async def _echo(base: str) -> AsyncIterator[None]:
    """The bare bot: no storage of its own, one handler."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(base))
    bot, dispatcher = Bot(TOKEN, session=session), Dispatcher()

    @dispatcher.callback_query()
    async def echo(query: CallbackQuery) -> None:
        await query.answer()
        if isinstance(query.message, Message):
            await query.message.answer(query.message.text or "")

    polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False))
    try:
        yield
    finally:
        with contextlib.suppress(RuntimeError, LookupError):
            await dispatcher.stop_polling()
        await polling


@asynccontextmanager
async def _ours(made: Bench, base: str) -> AsyncIterator[Application]:
    """The whole bot, as ``tapsyrys run`` wires it, without its web server."""
    settings = Settings(bot_token=SecretStr(TOKEN), telegram_api=base, data_dir=made.folder)
    database = Database(made.engine, made.site.sessions, made.url)
    app = assemble(settings, database, made.clock, token=TOKEN, api=base, gateway=Gateway(_FREE))
    await start(app)
    try:
        yield app
    finally:
        await stop(app)


async def _scene(made: Bench, count: int) -> Presses:
    """Orders whose windows are open, and presses of their customers' and suppliers' people."""
    connection = await made.connect()
    customers = await _seed.companies(connection, 900_000, _PEOPLE, customers=True)
    suppliers = await _seed.companies(connection, 1, _PEOPLE)
    await _seed.people(connection, customers, "customer")
    await _seed.people(connection, suppliers, "supplier")
    await collecting(connection, customers, suppliers[:10], 500)
    rows = await connection.fetch("SELECT number, customer_id FROM purchase_order")
    await connection.close()
    chance = random.Random(1)
    presses = []
    for number in range(count):
        row = chance.choice(rows)
        company = chance.choice(suppliers) if number % 2 else row["customer_id"]
        presses.append((_seed.telegram_id(company), press("order.card", row["number"])))
    return presses


async def _measure(made: Bench, load: Load, presses: Presses, rounds: int) -> list[Span]:
    await load.run(presses)
    return [(await made.timed(lambda: load.run(presses))).each(len(presses)) for _ in range(rounds)]


async def _check(made: Bench, count: int) -> None:
    """Every update went through the inbox and was worked."""
    async with made.site.sessions() as session:
        states = dict(
            (
                await session.execute(
                    select(InboxUpdate.state, func.count()).group_by(InboxUpdate.state)
                )
            ).all()
        )
    if states != {"done": count}:
        raise SystemExit(f"{count} presses, in the inbox: {states}")


async def _main(*, quick: bool) -> None:
    count, rounds = (300, 2) if quick else (2_000, 5)
    async with bench() as made, telegram() as base, aiohttp.ClientSession() as session:
        load = Load(base, session)
        presses = await _scene(made, count)
        made.clock.set(START + timedelta(minutes=1))
        async with _echo(base):
            bare = await _measure(made, load, presses, rounds)
        async with _ours(made, base):
            ours = await _measure(made, load, presses, rounds)
        await _check(made, count * (rounds + 1))
        table = Table(
            f"{count:,} presses that open an order card: median of {rounds} rounds",
            ("bot", "each, wall", "CPU", "database CPU", "updates/s", "CPU ratio", "bound"),
        )
        echo, card = median(bare), median(ours)
        ratio, rate = card.cpu / echo.cpu, 1 / card.wall

        def add(what: str, span: Span, *shown: str) -> None:
            table.add(what, ms(span.wall), ms(span.cpu), ms(span.database), *shown)

        add("bare aiogram echo", echo, f"{1 / echo.wall:,.0f}", "1", "")
        good = ratio <= _RATIO and rate >= _RATE
        bound = f"<= {_RATIO:g}, >= {_RATE}/s: {verdict(good)}"
        add("order card", card, f"{rate:,.0f}", f"{ratio:.2f}", bound)
        table.print(made.server_version)


if __name__ == "__main__":
    asyncio.run(_main(quick=options(__doc__).quick))

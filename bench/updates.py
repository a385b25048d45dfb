"""A press that opens an order card, through the whole bot, against a bare aiogram echo.

Each polls a server of the same kind over HTTP, gets the same presses on an invitation and makes
the same two calls for each: the press is answered and a message is sent. The echo, a program of
its own, sends the invitation's text back and does nothing else; ours stores the update, claims
it, finds the person, checks their rights, reads the card, words it in their language and marks
the update done. The CPU compared is that of the bot's process; the database's is told beside it.
A second echo looks for garbage as seldom as ours does: what of the ratio is due to that alone.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import aiohttp
import psutil  # type: ignore[import-untyped] # it ships no types
from pydantic import SecretStr
from sqlalchemy import func, select

from bench import _seed
from bench._echo import echo
from bench._frame import START, Bench, Span, Table, bench, median, ms, options, verdict
from bench._telegram import TOKEN, Load, telegram
from bench.closings import collecting
from bot.app import assemble
from bot.application import Application, start, stop
from bot.config import Settings
from bot.garbage import loading
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


async def _bare(process: int, load: Load, presses: Presses) -> Span:
    """What one press costs the echo."""

    def cpu() -> float:
        times = psutil.Process(process).cpu_times()
        return float(times.user + times.system)

    before, start = cpu(), time.perf_counter()
    await load.run(presses)
    return Span(time.perf_counter() - start, cpu() - before).each(len(presses))


async def _card(made: Bench, load: Load, presses: Presses) -> Span:
    """What one press costs us."""
    return (await made.timed(lambda: load.run(presses))).each(len(presses))


async def _check(made: Bench, count: int) -> None:
    """Every update went through the inbox and was worked; the last is marked after its answer."""
    by_state = select(InboxUpdate.state, func.count()).group_by(InboxUpdate.state)
    for _ in range(100):
        async with made.site.reading() as session:
            states = dict((await session.execute(by_state)).all())
        if states == {"done": count}:
            return
        await asyncio.sleep(0.05)
    raise SystemExit(f"{count} presses, in the inbox: {states}")


async def _rounds(made: Bench, stack: AsyncExitStack, count: int, rounds: int) -> list[Span]:
    """Medians of the bare echo, the echo that seldom looks for garbage, and ours."""
    session = await stack.enter_async_context(aiohttp.ClientSession())
    servers = [await stack.enter_async_context(telegram()) for _ in range(3)]
    loads = [Load(base, session) for base in servers]
    presses = await _scene(made, count)
    made.clock.set(START + timedelta(minutes=1))
    bare = await stack.enter_async_context(echo(servers[0]))
    seldom = await stack.enter_async_context(echo(servers[1], seldom=True))
    await stack.enter_async_context(_ours(made, servers[2]))
    # In turns: whatever else the machine does meets all. The first turn is not measured.
    spans = [
        (
            await _bare(bare, loads[0], presses),
            await _bare(seldom, loads[1], presses),
            await _card(made, loads[2], presses),
        )
        for _ in range(rounds + 1)
    ][1:]
    await _check(made, count * (rounds + 1))
    return [median(list(each)) for each in zip(*spans, strict=True)]


async def _main(*, quick: bool) -> None:
    count, rounds = (300, 2) if quick else (2_000, 7)
    with loading():
        pass  # all is loaded: garbage is looked for as in `tapsyrys run`
    async with AsyncExitStack() as stack:
        made = await stack.enter_async_context(bench())
        bare, seldom, card = await _rounds(made, stack, count, rounds)
        table = Table(
            f"{count:,} presses that open an order card: median of {rounds} rounds",
            ("bot", "each, wall", "CPU", "database CPU", "updates/s", "CPU ratio", "bound"),
        )

        def add(what: str, span: Span, bound: str = "") -> None:
            rate, ratio = f"{1 / span.wall:,.0f}", f"{span.cpu / bare.cpu:.2f}"
            table.add(what, ms(span.wall), ms(span.cpu), ms(span.database), rate, ratio, bound)

        good = card.cpu / bare.cpu <= _RATIO and 1 / card.wall >= _RATE
        add("bare aiogram echo", bare)
        add("the same, garbage looked for as by ours", seldom)
        add("order card", card, f"<= {_RATIO:g}, >= {_RATE}/s: {verdict(good)}")
        table.print(made.server_version)


if __name__ == "__main__":
    asyncio.run(_main(quick=options(__doc__).quick))

"""The memory of the whole process after many sends against after its warm-up."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

import psutil  # type: ignore[import-untyped] # it ships no types

from bench._frame import Bench, Table, bench, verdict
from bench._hub import PAID_RATE, free, notices, people, waiting, whole_bot
from bench._telegram import telegram
from bot.application import Application

#: Messages of a day, as many as go out by Telegram's limits.
DAY = 24 * 3600 * 30
_PER_SECOND = 30
_READERS = 1_000
_PIECE = 10_000
# Rows that are kept: the queue's price with a long history is another benchmark.
_KEPT = 100_000
_GROWTH = 0.05


async def _piece(made: Bench, app: Application, count: int, mark: str) -> None:
    """Send so many, in the time by the process's clock that Telegram's limits give them."""
    await notices(made, count, _READERS, mark, tidy=False)
    app.notices.wake()
    while await waiting(made):  # noqa: ASYNC110 - only the table knows
        await asyncio.sleep(0.1)
    made.clock.advance(timedelta(seconds=count / _PER_SECOND))


async def _forget(made: Bench) -> None:
    connection = await made.connect()
    await connection.execute("TRUNCATE notice, delivery CASCADE")
    await connection.close()


async def _sizes(made: Bench, app: Application, warm: int, count: int) -> list[int]:
    """What the process occupied after its warm-up and after each further piece, in bytes."""
    own, sizes, sent = psutil.Process(), [], 0
    piece = min(_PIECE, warm)
    while sent < warm + count:
        await _piece(made, app, piece, f"piece {sent} ")
        sent += piece
        if sent >= warm:
            sizes.append(own.memory_info().rss)
        if sent % _KEPT == 0:
            await _forget(made)
            print(f"{sent:,} sent, {sizes[-1] / 2**20:.0f} MB", file=sys.stderr)
    return sizes


async def memory(table: Table, *, quick: bool, count: int = 100_000) -> None:
    """Add the row of ``count`` sends after the warm-up; ``quick``: of a few."""
    warm, count = (1_000, 3_000) if quick else (_KEPT // 5, count)
    async with bench() as made, telegram() as base:
        await people(made, _READERS)
        async with whole_bot(made, base, free(), PAID_RATE) as app:
            sizes = await _sizes(made, app, warm, count)
    growth = sizes[-1] / sizes[0] - 1
    hours = count / _PER_SECOND / 3600
    table.add(
        f"memory of the whole process after {count:,} further sends ({hours:.1f} h at 30/s)",
        f"{sizes[-1] / 2**20:.0f} MB against {sizes[0] / 2**20:.0f} MB: {growth:+.1%},"
        f" at most {max(sizes) / 2**20:.0f} MB",
        f"<= 5 %: {verdict(growth <= _GROWTH)}",
    )

"""What the benchmarks of the hub share: people, notices for them, the whole bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import SecretStr

from bench._frame import Bench
from bench._telegram import TOKEN
from bot.app import assemble
from bot.application import Application, start, stop
from bot.config import Settings
from bot.storage.engine import Database
from bot.telegram.gateway import Gateway
from bot.telegram.limits import Limits

#: What Telegram takes from a bot that pays for it, messages a second.
PAID_RATE = 1_000
#: The Telegram id before that of the first person.
FIRST = 1_000_000
_PERSONS = """
INSERT INTO person (
    telegram_id, language, language_chosen, name, folded, state, created_at
)
SELECT $1 + number, CASE WHEN number % 2 = 0 THEN 'kk' ELSE 'ru' END, true, 'P', 'p', 'active',
       now()
FROM generate_series(1, $2::int) AS number
"""
# Forty suppliers are told of each order.
_NOTICES = """
INSERT INTO notice (
    person_id, kind, subject, params, lane, channel, state, dedup, created_at, not_before, attempts
)
SELECT 1 + row % $2::int, 'order.window_closed', 'order:' || number,
       jsonb_build_object('number', number, 'goods',
           '[{"name_ru": "Труба стальная", "name_kk": "Болат құбыр"}]'::jsonb), 2,
       'telegram', $3, $4 || row, $5, $5, 0
FROM generate_series(1, $1::int) AS row, LATERAL (SELECT 15 + row / 40 AS number) AS of_order
"""


def free() -> Limits:
    """Telegram's limits lifted."""
    most = 1_000_000
    return Limits(overall=most, per_chat=most, burst=most, per_group_minute=most)


async def people(made: Bench, count: int) -> None:
    """Persons who read in both languages."""
    connection = await made.connect()
    await connection.execute(_PERSONS, FIRST, count)
    await connection.execute("VACUUM ANALYZE person")
    await connection.close()


async def notices(
    made: Bench, count: int, readers: int, mark: str, state: str = "queued", *, tidy: bool = True
) -> None:
    """News for these readers, written now; ``tidy`` brings the statistics up to date."""
    connection = await made.connect()
    now = made.clock.now()
    await connection.execute(_NOTICES, count, readers, state, mark, now, timeout=600)
    if tidy:
        await connection.execute("VACUUM ANALYZE notice", timeout=600)
    await connection.close()


async def waiting(made: Bench) -> int:
    """How many notices wait or are being sent."""
    return await made.services.notice_queue.in_queue()


@asynccontextmanager
async def whole_bot(
    made: Bench, base: str, limits: Limits | None = None, rate: int = 30
) -> AsyncIterator[Application]:
    """The whole process against the Bot API server at ``base``; with ``limits`` other than those
    that are set."""
    settings = Settings(
        bot_token=SecretStr(TOKEN),
        telegram_api=base,
        data_dir=made.folder,
        messages_per_second=rate,
    )
    database = Database(made.engine, made.site.sessions, made.url)
    gateway = None if limits is None else Gateway(limits)
    app = assemble(settings, database, made.clock, token=TOKEN, api=base, gateway=gateway)
    await start(app)
    try:
        yield app
    finally:
        await stop(app)

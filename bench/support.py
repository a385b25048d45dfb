"""The support desk: search over 1,000,000 tickets, and 5,000 voices of a night at 9:00.

Tickets of years are closed and have 20 to 30 words each, the frequent ones in most of them. The
voices are opened as the use case leaves them; they are handed out to 10 operators, and the first
page of the queue is asked for while they wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bench import _desk, _seed
from bench._frame import START, Bench, Span, Table, bench, median, ms, options, verdict
from domain.actor import Actor
from domain.support.views import QueueFilter

_ROUNDS = 9

_TICKETS = """
INSERT INTO ticket (
    regime, channel, person_id, address, name, role, language, subject, state, priority, revision,
    opened_at, registered_at, asked_at, promised_at, in_hours, escalation, answered_at, closed_at,
    result, result_text, rating_text, words
)
SELECT
    '366', 'chat', who[1 + n % cardinality(who)], '', 'Айгүл', '', 'ru', 'Обращение ' || n,
    'closed', 'normal', 2, at, at, at, at + interval '8 hours', true, 0, at + interval '1 hour',
    at + interval '2 hours', 'answered', '', '',
    array_to_tsvector(
        ARRAY['обращение', 'айгул', n::text]
        || CASE WHEN n % 5 < 3 THEN ARRAY['заказ'] ELSE ARRAY[]::text[] END
        || CASE WHEN n % 400000 = 7 THEN ARRAY['трансформатор'] ELSE ARRAY[]::text[] END
        || ARRAY(
            SELECT 'слово' || floor(60000 * power(random(), 3))::int
            FROM generate_series(1, 20 + n % 11)
            WHERE n > 0
        )
    )
FROM generate_series(1, $2::int) AS n,
    LATERAL (SELECT $1::bigint[] AS who, $3::timestamptz - n * interval '1 minute' AS at) AS given
"""

_SEARCHES = (
    ("a rare word", "трансформатор"),
    ("a word of most tickets", "заказ"),
    ("a word of all, by its beginning", "обращ"),
    ("two frequent words", "заказ слово1"),
    ("a frequent and a rare word", "заказ трансформатор"),
    ("ordinary words", "слово777 слово12345"),
    ("no ticket at all", "нетникогда"),
    ("a number", "500000"),
)


async def _rounds(act: Callable[[], Awaitable[object]]) -> Span:
    await act()
    return median([await Bench.stopwatch(act) for _ in range(_ROUNDS)])


async def _search(made: Bench, table: Table, operator: Actor) -> None:
    for what, text in _SEARCHES:

        async def search(asked: str = text) -> None:
            await made.services.support.search(operator, asked)

        span = await _rounds(search)
        table.add(what, ms(span.wall), f"<= 100 ms: {verdict(span.wall <= 0.1)}")


async def _morning(made: Bench, table: Table, operator: Actor, voices: int) -> None:
    support = made.services.support

    async def page() -> None:
        found = await support.queue(operator, QueueFilter(unanswered=True))
        if found.total != voices:
            raise SystemExit(f"{found.total} of {voices} in the queue")

    queue = await _rounds(page)
    await support.start()
    due = await made.services.deadlines.next_due()
    assert due is not None
    made.clock.set(due)
    handed = await made.timed(made.services.deadlines.fire_due)
    shifts = await support.on_shift(operator)
    if sum(each.in_hand for each in shifts) != voices:
        raise SystemExit("not all were handed out")
    after = await _rounds(page)
    digest = await _rounds(lambda: support.digest(operator))
    bound = f"<= 200 ms: {verdict(max(queue.wall, after.wall) <= 0.2)}"
    table.add(f"queue page, {voices:,} waiting", ms(queue.wall), bound)
    table.add(f"{voices:,} handed out at 9:00", ms(handed.wall), "")
    table.add(f"queue page, {voices:,} handed out", ms(after.wall), bound)
    table.add("digest of the desk", ms(digest.wall), "")


async def _main(*, quick: bool) -> None:
    tickets, voices = (20_000, 500) if quick else (1_000_000, 5_000)
    async with bench() as made:
        connection = await made.connect()
        companies = await _seed.companies(connection, 1, 500)
        await _seed.people(connection, companies, "supplier")
        people = [row["id"] for row in await connection.fetch("SELECT id FROM person ORDER BY id")]
        operators = await _desk.operators(made, connection)
        await connection.execute(_TICKETS, people, tickets, START)
        night = START + timedelta(hours=9)
        await _desk.voices(connection, people, voices, night, START + timedelta(days=3, hours=9))
        await _seed.settle(connection)
        await connection.close()
        made.clock.set(night)
        table = Table(
            f"{tickets:,} tickets, {voices:,} voices of a night", ("what", "wall", "bound")
        )
        await _search(made, table, operators[0])
        await _morning(made, table, operators[0], voices)
        table.print(made.server_version)


if __name__ == "__main__":
    asyncio.run(_main(quick=options(__doc__).quick))

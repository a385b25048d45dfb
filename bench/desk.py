"""The web desk's queue with 5,000 open tickets: what the page is answered, over HTTP."""

from __future__ import annotations

import asyncio

import asyncpg
from aiohttp import ClientSession, DummyCookieJar
from aiohttp.test_utils import TestServer

from bench._frame import START, Bench, Span, Table, bench, median, ms, options, verdict
from bench._seed import companies, people
from bot.web.app import create_web
from domain.actor import Actor
from domain.roles import Role

_BOUND = 0.2

_OPERATOR = """
WITH made AS (
    INSERT INTO person (telegram_id, language, language_chosen, name, folded, state, created_at)
    VALUES (400000001, 'ru', true, 'Оператор', 'оператор', 'active', $1)
    RETURNING id
), role AS (
    INSERT INTO membership (person_id, role, position, state, created_at)
    SELECT id, 'support', 'contact', 'active', $1 FROM made
    RETURNING id, person_id
)
SELECT id, person_id FROM role
"""

_TICKETS = """
INSERT INTO ticket (
    regime, channel, person_id, company_id, address, name, role, language, subject, state,
    priority, revision, opened_at, registered_at, asked_at, promised_at, in_hours, escalation,
    result_text, rating_text, assignee_id, closed_at
)
SELECT
    '366', CASE WHEN n % 3 = 0 THEN 'chat' ELSE 'voice' END, asker.id, NULL, '', '', '', 'kk',
    'Өтініш ' || n,
    CASE WHEN n > $2::int THEN 'closed' WHEN n % 5 = 0 THEN 'answered' ELSE 'open' END,
    'normal', 1, $3, $3, $3, $3::timestamptz + (n % 480) * interval '1 minute', false, 0, '', '',
    CASE WHEN n % 4 = 0 THEN $4::bigint END, CASE WHEN n > $2::int THEN $3::timestamptz END
FROM generate_series(1, $1::int) AS n,
    LATERAL (SELECT id FROM person ORDER BY id LIMIT 1 OFFSET (n * 7919) % 200) AS asker
"""

_MESSAGES = """
WITH said AS (
    INSERT INTO ticket_message (ticket_id, position, author, person_id, at, text, kind)
    SELECT id, 1, 'user', person_id, opened_at, '', '' FROM ticket
    RETURNING id
)
INSERT INTO ticket_file (
    message_id, position, kind, name, mime, size, duration, telegram_file_id, sha256, state,
    attempts
)
SELECT id, 1, 'voice', 'voice.ogg', 'audio/ogg', 40000, 12, 'x', repeat('a', 64), 'stored', 0
FROM said
"""


async def _fill(made: Bench, opened: int, closed: int) -> Actor:
    connection: asyncpg.Connection = await made.connect()
    await people(connection, await companies(connection, 1, 200), "supplier")
    row = await connection.fetchrow(_OPERATOR, START)
    await connection.execute(
        "UPDATE person SET current_membership_id = $1 WHERE id = $2", row["id"], row["person_id"]
    )
    await connection.execute(_TICKETS, opened + closed, opened, START, row["person_id"])
    await connection.execute(_MESSAGES)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
    return Actor(
        kind="person",
        source="telegram",
        cause="bench:link",
        person_id=row["person_id"],
        role=Role.SUPPORT,
    )


async def _asked(session: ClientSession, url: str, rounds: int, tag: str = "") -> list[Span]:
    spans = []
    headers = {"If-None-Match": tag} if tag else {}
    for _ in range(rounds):

        async def ask() -> None:
            async with session.get(url, headers=headers) as response:
                await response.read()
                assert response.status == (304 if tag else 200)

        spans.append(await Bench.stopwatch(ask))
    return spans


async def _main(*, quick: bool) -> None:
    opened, closed, rounds = (500, 500, 5) if quick else (5_000, 50_000, 40)
    async with bench() as made:
        operator = await _fill(made, opened, closed)
        support = made.services.support
        entry = await support.desk_sign_in((await support.desk_link(operator)).token)
        server = TestServer(create_web(made.services))
        await server.start_server()
        table = Table(
            f"The desk's queue: {opened} open tickets among {opened + closed}; median of {rounds}",
            ("asked", "wall", "slowest", "CPU of the process", "bound"),
        )
        cookie = {"Cookie": f"tapsyrys_desk={entry.token}"}
        async with ClientSession(cookie_jar=DummyCookieJar(), headers=cookie) as session:
            base = str(server.make_url("/desk/api"))
            await _asked(session, f"{base}/queue", 3)
            async with session.get(f"{base}/queue") as response:
                tag = response.headers["ETag"]
            last = (opened - 1) // 50
            for what, path, known in (
                ("first page of the queue", "/queue", ""),
                ("the same, nothing new", "/queue", tag),
                ("last page", f"/queue?page={last}", ""),
                ("nobody's, by voice", "/queue?whose=nobodys&channel=voice", ""),
                ("one ticket", "/tickets/1", ""),
            ):
                spans = await _asked(session, base + path, rounds, known)
                middle, slowest = median(spans), max(span.wall for span in spans)
                kept = f"<= {ms(_BOUND)}: {verdict(slowest <= _BOUND)}"
                table.add(what, ms(middle.wall), ms(slowest), ms(middle.cpu), kept)
        await server.close()
        table.print(made.server_version)


if __name__ == "__main__":
    asyncio.run(_main(quick=options(__doc__).quick))

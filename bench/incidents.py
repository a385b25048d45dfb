"""A fault that touches 20,000 deadlines: what the preview costs, and the application.

Each deadline is the window of an order with three invited suppliers and three reminders. The
application moves all of them in one transaction and writes a notice to everybody touched.
"""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import asyncpg

from bench import _seed as seed
from bench._frame import START, Bench, Table, bench, ms, options, verdict
from domain.actor import Actor
from domain.calendar import WorkingCalendar
from domain.deadlines import NewDeadline, with_reminders, write
from domain.incidents.views import Applied, EffectPreview, Scope
from domain.law import OFFER_WINDOW
from domain.roles import Role

_PREVIEW, _APPLY = 2.0, 10.0
_BATCH = 2_000
_INVITED = 3

_ORDERS = """
WITH made AS (
    INSERT INTO purchase_order (
        customer_id, created_at, state, revision, delivery_place, delivery_terms, delivery_days,
        published_at, offers_due_at, protocol_version
    )
    SELECT ($1::bigint[])[1 + n % array_length($1::bigint[], 1)], $3, 'collecting', 1, 'Астана',
        'DDP', 90, $3, $4, 0
    FROM generate_series(1, $5::int) AS n
    RETURNING id, number
), lines AS (
    INSERT INTO order_line (
        order_id, position, name_ru, name_kk, code, agsk3, quantity, unit, allocated_sum,
        characteristics, outside_quantity
    )
    SELECT id, 1, 'Труба', 'Құбыр', '242013.100.000000', '', 100, 'm', 1000000, 'ГОСТ', 0
    FROM made
), invited AS (
    INSERT INTO order_invitation (order_id, company_id, matched, invited_at)
    SELECT id, ($2::bigint[])[1 + (id * 7 + i * 131) % array_length($2::bigint[], 1)],
        '{"1": ["ens:242013"]}', $3
    FROM made, generate_series(1, $6::int) AS i
)
SELECT id, number FROM made
"""


async def _seed(made: Bench, connection: asyncpg.Connection, count: int) -> None:
    calendar = WorkingCalendar(version="bench")
    receipt = calendar.due(START, OFFER_WINDOW.term)
    customers = await seed.companies(connection, 1, max(10, count // 40), customers=True)
    suppliers = await seed.companies(connection, 50_000, max(20, count // 10))
    await seed.people(connection, customers, "customer")
    await seed.people(connection, suppliers, "supplier")
    orders = await connection.fetch(
        _ORDERS, customers, suppliers, START, receipt.due_at, count, _INVITED
    )
    for first in range(0, len(orders), _BATCH):
        rows = [
            NewDeadline(
                kind=OFFER_WINDOW.name,
                subject=f"order:{row['number']}",
                started_at=START,
                due_at=receipt.due_at,
                term=str(OFFER_WINDOW.term),
                clause=OFFER_WINDOW.clause,
                calendar_version=calendar.version,
                receipt={**receipt.as_json()},
                order_id=row["id"],
            )
            for row in orders[first : first + _BATCH]
        ]
        async with made.site.sessions.begin() as session:
            await write(session, [with_reminders(calendar, row) for row in rows])
    await seed.settle(connection)


async def _staff(connection: asyncpg.Connection, number: int, role: Role) -> Actor:
    person = await connection.fetchval(
        "INSERT INTO person (telegram_id, language, language_chosen, name, folded, state, "
        "created_at) VALUES ($1, 'ru', true, 'Айгүл', 'айгүл', 'active', $2) RETURNING id",
        number,
        START,
    )
    return Actor(kind="person", source="cli", cause=f"bench:{role}", person_id=person, role=role)


async def _fault(made: Bench, operator: Actor, authority: Actor) -> int:
    """A fault on the last day of all windows, its level agreed."""
    incidents = made.services.incidents
    began = START + timedelta(days=4)
    made.clock.set(began + timedelta(hours=4))
    number = await incidents.open_by_operator(operator, "Bench", began)
    mended = began + timedelta(hours=2)
    await incidents.confirm(operator, number, "Bench", began, Scope(), "high", mended_at=mended)
    await incidents.agree_level(authority, number)
    return number


async def _main(*, quick: bool) -> None:
    count = 2_000 if quick else 20_000
    table = Table(
        f"A fault that touches {count:,} deadlines",
        ("what", "wall", "CPU", "database CPU", "each, wall", "bound"),
    )
    async with bench() as made:
        connection = await made.connect()
        await _seed(made, connection, count)
        operator = await _staff(connection, 900_001, Role.SUPPORT)
        authority = await _staff(connection, 900_002, Role.AUTHORITY)
        number = await _fault(made, operator, authority)
        before = await connection.fetchval("SELECT count(*) FROM notice")
        incidents = made.services.incidents
        shown: list[EffectPreview] = []
        done: list[Applied] = []

        async def preview() -> None:
            shown.append(await incidents.preview(operator, number))

        async def apply() -> None:
            done.append(await incidents.apply(operator, number, shown[0].digest))

        looked = await made.timed(preview)
        applied = await made.timed(apply)
        for what, span, bound in (
            ("preview", looked, _PREVIEW),
            ("apply, to commit", applied, _APPLY),
        ):
            kept = verdict(quick or span.wall <= bound)
            table.add(
                what,
                ms(span.wall),
                ms(span.cpu),
                ms(span.database),
                ms(span.wall / count),
                f"<= {bound:g} s: {kept}",
            )
        notices = await connection.fetchval("SELECT count(*) FROM notice") - before
        moved = await connection.fetchval(
            "SELECT count(*) FROM deadline WHERE state = 'open' AND term <> '' "
            "AND extension IS NOT NULL AND kind = $1",
            OFFER_WINDOW.name,
        )
        await connection.close()
        if (len(shown[0].effects), done[0].moved, moved) != (count, count, count):
            raise SystemExit(f"moved {json.dumps([len(shown[0].effects), done[0].moved, moved])}")
        table.notes.append(
            f"{notices:,} notices were written in the same transaction: one to each company "
            "touched, with its own deadlines."
        )
        table.print(made.server_version)


if __name__ == "__main__":
    asyncio.run(_main(quick=options(__doc__).quick))

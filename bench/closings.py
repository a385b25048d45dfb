"""1,000 orders with 10 offers each whose windows close at one instant.

Orders and offers are written as the use cases leave them; the closings are the real ones: lines
judged, the formed list, the customer's term of selection with its reminders, notices to all.
The baseline is the same orders closed one by one, a transaction each.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
from sqlalchemy import func, select

from bench import _seed
from bench._frame import START, Bench, Span, Table, bench, ms, options, verdict
from domain.audit import verify
from domain.deadlines import Deadline
from domain.law import OFFER_WINDOW
from domain.notices.model import Notice
from domain.orders.model import Order

_DUE = START + timedelta(days=4)
_OFFERS = 10

_ORDERS = """
INSERT INTO purchase_order (
    customer_id, created_at, state, revision, delivery_place, delivery_terms, delivery_days,
    published_at, offers_due_at, protocol_version
)
SELECT who[1 + n % cardinality(who)], $3, 'collecting', 2, 'Астана', 'DDP', 90, $3, $4, 0
FROM generate_series(1, $2::int) AS n, LATERAL (SELECT $1::bigint[] AS who) AS given
RETURNING id
"""

_LINES = """
INSERT INTO order_line (
    order_id, position, name_ru, name_kk, code, agsk3, quantity, unit, allocated_sum,
    characteristics, outside_quantity
)
SELECT o, p, 'Труба стальная', 'Болат құбыр', $2, '', 100, 'm', 1000000, 'ГОСТ 10704-91', 0
FROM unnest($1::bigint[]) AS o, generate_series(1, 2) AS p
"""

_INVITATIONS = """
INSERT INTO order_invitation (order_id, company_id, matched, invited_at)
SELECT o, c, '{"1": ["242013.100.000000"], "2": ["242013.100.000000"]}', $3
FROM unnest($1::bigint[]) AS o, unnest($2::bigint[]) AS c
"""

_OFFERED = """
WITH made AS (
    INSERT INTO offer (order_id, company_id, state, version, submitted_at)
    SELECT order_id, company_id, 'submitted', 1, $2 FROM order_invitation
    WHERE order_id = ANY($1::bigint[])
    RETURNING id, order_id
), versioned AS (
    INSERT INTO offer_version (offer_id, version, submitted_at)
    SELECT id, 1, $2 FROM made
    RETURNING id, offer_id
)
INSERT INTO offer_line (
    offer_version_id, order_line_id, quantity, price, delivery_days, characteristics, warranty
)
SELECT versioned.id, order_line.id, 100, 900000 + (made.id % 12) * 10000, 60, 'as required', ''
FROM versioned
JOIN made ON made.id = versioned.offer_id
JOIN order_line ON order_line.order_id = made.order_id
"""

_DEADLINES = """
INSERT INTO deadline (
    kind, subject, generation, started_at, due_at, term, clause, calendar_version, state, params,
    order_id, attempts
)
SELECT $2, 'order:' || number, 1, $3, $4, '2wd', '344-13.3a', 'bench', 'open', '{}', id, 0
FROM purchase_order WHERE id = ANY($1::bigint[])
"""


async def collecting(
    connection: asyncpg.Connection, customers: list[int], suppliers: list[int], count: int
) -> None:
    """Published orders with offers on both lines, all due at one instant."""
    rows = await connection.fetch(_ORDERS, customers, count, START, _DUE)
    ids = [row["id"] for row in rows]
    await connection.execute(_LINES, ids, _seed.CODE)
    await connection.execute(_INVITATIONS, ids, suppliers, START)
    await connection.execute(_OFFERED, ids, START)
    await connection.execute(_DEADLINES, ids, OFFER_WINDOW.name, START, _DUE)
    await _seed.settle(connection)


async def _close(made: Bench, count: int, batch: int) -> None:
    made.clock.set(_DUE)
    closed = 0
    while done := await made.services.deadlines.fire_due(batch):
        closed += done
    if closed != count:
        raise SystemExit(f"{closed} of {count} windows closed")


async def _check(made: Bench, count: int) -> None:
    """Every order is being chosen from, everybody was told, a new term runs, the chain holds."""
    async with made.site.sessions() as session:
        states = dict(
            (await session.execute(select(Order.state, func.count()).group_by(Order.state))).all()
        )
        notices = await session.scalar(select(func.count()).select_from(Notice))
        terms = await session.scalar(
            select(func.count()).where(Deadline.state == "open", Deadline.term != "")
        )
        chain = await verify(session)
    # One summary for the customer and a verdict for each supplier.
    if (states, notices, terms) != ({"choosing": count}, count * (_OFFERS + 1), count):
        raise SystemExit(f"closed wrongly: {states}, {notices} notices, {terms} terms")
    if chain.broken_at is not None:
        raise SystemExit(f"the audit chain is broken: {chain}")


async def _main(*, quick: bool) -> None:
    count = 100 if quick else 1_000
    few = max(50, count // 10)
    async with bench() as made:
        connection = await made.connect()
        customers = await _seed.companies(connection, 900_000, 50, customers=True)
        suppliers = await _seed.companies(connection, 1, _OFFERS)
        await _seed.people(connection, customers, "customer")
        await _seed.people(connection, suppliers, "supplier")
        await collecting(connection, customers, suppliers, few)
        single = (await made.timed(lambda: _close(made, few, 1))).each(few)
        await collecting(connection, customers, suppliers, count)
        sweep = (await made.timed(lambda: _close(made, count, 200))).each(count)
        await connection.close()
        await _check(made, count + few)
        table = Table(
            f"{count:,} orders with {_OFFERS} offers on 2 lines closing at one instant",
            ("what", "each, wall", "CPU", "database CPU", "closings/s", "bound"),
        )

        def add(what: str, span: Span, bound: str) -> None:
            table.add(
                what,
                ms(span.wall),
                ms(span.cpu),
                ms(span.database),
                f"{1 / span.wall:,.0f}",
                bound,
            )

        add("one by one", single, "")
        add("sweep, 200 a transaction", sweep, f">= 100/s: {verdict(sweep.wall <= 1 / 100)}")
        table.print(made.server_version)


if __name__ == "__main__":
    asyncio.run(_main(quick=options(__doc__).quick))

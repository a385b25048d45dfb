"""Looking at an order among 1,000,000 against among 1,000: nothing may depend on their number.

The same looks in two databases of one server, by turns: the card, the first and a deep page of
"my orders" of a customer and of a supplier with few orders and with very many, a page by state,
and the next due deadline (of which one runs for every hundredth order).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass

import asyncpg

from bench import _seed
from bench._frame import START, Bench, Span, Table, bench, median, ms, options, verdict
from domain.actor import Actor
from domain.roles import Role

_CUSTOMERS = 50
_FEW = 20

# Of the customers the first has few orders, the second every second one.
_ORDERS = """
INSERT INTO purchase_order (
    customer_id, created_at, state, revision, delivery_place, delivery_terms, delivery_days,
    published_at, offers_due_at, closed_at, finished_at, protocol_version
)
SELECT
    CASE WHEN n % ($2 / $4) = 7 THEN who[1] WHEN n % 2 = 0 THEN who[2]
        ELSE who[3 + n % (cardinality(who) - 2)] END,
    at, CASE WHEN n % 100 = 0 THEN 'collecting' ELSE 'done' END, 2, 'Астана', 'DDP', 90,
    at, at + interval '4 days',
    CASE WHEN n % 100 = 0 THEN NULL ELSE at + interval '4 days' END,
    CASE WHEN n % 100 = 0 THEN NULL ELSE at + interval '9 days' END, 0
FROM generate_series(1, $2::int) AS n,
    LATERAL (SELECT $1::timestamptz AS at, $3::bigint[] AS who, $4::int) AS given
"""

_LINES = """
INSERT INTO order_line (
    order_id, position, name_ru, name_kk, code, agsk3, quantity, unit, allocated_sum,
    characteristics, outside_quantity
)
SELECT id, p, 'Труба стальная', 'Болат құбыр', $1, '', 100, 'm', 1000000, 'ГОСТ 10704-91', 0
FROM purchase_order, generate_series(1, 2) AS p
"""

# Of the suppliers the first is invited to few orders, the second to every second one.
_INVITATIONS = """
INSERT INTO order_invitation (order_id, company_id, matched, invited_at)
SELECT id, company, '{"1": ["242013.100.000000"]}', $1
FROM purchase_order, LATERAL (SELECT $2::bigint[] AS who) AS given, LATERAL (
    SELECT who[1] WHERE id % ($3::int / $4::int) = 7
    UNION ALL SELECT who[2] WHERE id % 2 = 0
    UNION ALL SELECT who[3 + id % (cardinality(who) - 2)]
) AS invited (company)
"""

_DEADLINES = """
INSERT INTO deadline (
    kind, subject, generation, started_at, due_at, term, clause, calendar_version, state, params,
    order_id, attempts
)
SELECT 'offer_window', 'order:' || number, 1, at, at + interval '4 days' + id * interval '1 ms',
    '2wd', '344-13.3a', 'bench', CASE WHEN state = 'collecting' THEN 'open' ELSE 'fired' END,
    '{}', id, 0
FROM purchase_order, LATERAL (SELECT $1::timestamptz AS at) AS given
"""


@dataclass(frozen=True)
class Scene:
    """A seeded database and the people who look."""

    made: Bench
    count: int
    customers: list[int]
    suppliers: list[int]

    def customer(self, company: int) -> Actor:
        """The person of a customer."""
        return self._person(company, Role.CUSTOMER)

    def supplier(self, company: int) -> Actor:
        """The person of a supplier."""
        return self._person(company, Role.SUPPLIER)

    @staticmethod
    def _person(company: int, role: Role) -> Actor:
        return Actor(
            kind="person",
            source="telegram",
            cause="bench",
            person_id=1,
            company_id=company,
            role=role,
        )


async def _seeded(made: Bench, count: int) -> Scene:
    connection: asyncpg.Connection = await made.connect()
    customers = await _seed.companies(connection, 900_000, _CUSTOMERS, customers=True)
    suppliers = await _seed.companies(connection, 1, _CUSTOMERS)
    few = min(_FEW, count // 10)
    for statement, arguments in (
        (_ORDERS, (START, count, customers, few)),
        (_LINES, (_seed.CODE,)),
        (_INVITATIONS, (START, suppliers, count, few)),
        (_DEADLINES, (START,)),
    ):
        await connection.execute(statement, *arguments)
    await _seed.settle(connection)
    await connection.close()
    return Scene(made, count, customers, suppliers)


def _looks(scene: Scene) -> Mapping[str, Callable[[], Awaitable[object]]]:
    """What is measured; each with the actor that makes it hard."""
    orders, few, many = scene.made.services.orders, scene.customers[0], scene.customers[1]
    rare, busy = scene.suppliers[0], scene.suppliers[1]
    watcher = Actor(
        kind="person", source="telegram", cause="bench", person_id=1, role=Role.OBSERVER
    )
    card = scene.count // 2 // 100 * 100
    middle = scene.count // 2
    return {
        "card, customer": lambda: orders.card(scene.customer(many), card),
        "card, supplier": lambda: orders.card(scene.supplier(busy), card),
        "my orders, customer with few": lambda: orders.page(scene.customer(few)),
        "my orders, customer with many": lambda: orders.page(scene.customer(many)),
        "my orders, many, from the middle": lambda: orders.page(scene.customer(many), after=middle),
        "my orders, many, one state": lambda: orders.page(scene.customer(many), ["choosing"]),
        "my orders, supplier with few": lambda: orders.page(scene.supplier(rare)),
        "my orders, supplier with many": lambda: orders.page(scene.supplier(busy)),
        "my orders, supplier, from the middle": lambda: orders.page(
            scene.supplier(busy), after=middle
        ),
        "my orders, supplier, one state": lambda: orders.page(scene.supplier(busy), ["choosing"]),
        "all orders, observer": lambda: orders.page(watcher),
        "all orders, observer, one state": lambda: orders.page(watcher, ["failed"]),
        "next due deadline": scene.made.services.deadlines.next_due,
    }


async def _measure(small: Scene, large: Scene, rounds: int) -> dict[str, tuple[Span, Span]]:
    """Both by turns, so that whatever else the machine does hits both."""
    found = {}
    fast, slow = _looks(small), _looks(large)
    for name, look in fast.items():
        spans: tuple[list[Span], list[Span]] = ([], [])
        for _ in range(rounds):
            for taken, each, scene in ((spans[0], look, small), (spans[1], slow[name], large)):
                taken.append(await scene.made.stopwatch(each))
        # The first of each reads what later looks find in memory.
        found[name] = (median(spans[0][1:]), median(spans[1][1:]))
    return found


async def _main(*, quick: bool) -> None:
    count, rounds = (20_000, 10) if quick else (1_000_000, 60)
    async with AsyncExitStack() as stack:
        made = await stack.enter_async_context(bench())
        other = await stack.enter_async_context(made.beside("small"))
        large = await _seeded(made, count)
        small = await _seeded(other, 1_000)
        found = await _measure(small, large, rounds)
        table = Table(
            f"{count:,} orders against 1,000: median of {rounds} looks",
            ("look", "of 1,000", f"of {count:,}", "CPU", "ratio", "bound"),
        )
        for name, (fast, slow) in found.items():
            ratio = slow.wall / fast.wall
            table.add(
                name,
                ms(fast.wall),
                ms(slow.wall),
                ms(slow.cpu),
                f"{ratio:.2f}",
                f"<= 1.5: {verdict(ratio <= 1.5)}",
            )
        table.print(made.server_version)


if __name__ == "__main__":
    asyncio.run(_main(quick=options(__doc__).quick))

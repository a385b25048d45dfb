"""Matching and publishing an order to 1,000 suppliers among 100,000 registered goods."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from sqlalchemy import func, select

from bench import _seed
from bench._frame import START, Bench, Span, Table, bench, median, ms, options, verdict
from domain.actor import Actor
from domain.notices.model import Notice
from domain.orders.inviting import find_suppliers
from domain.orders.model import OrderInvitation
from domain.orders.queries import read_order
from domain.orders.rules import OrderTerms
from domain.orders.service import NewLine

_MATCH, _COMMIT = 0.020, 0.5


async def _seeded(made: Bench, suppliers: int, goods: int) -> str:
    """Suppliers with one good that is asked for and others; returns the customer's BIN."""
    connection = await made.connect()
    ids = await _seed.companies(connection, 1, suppliers)
    others = await _seed.companies(connection, suppliers + 1, suppliers * 4)
    await _seed.people(connection, ids, "supplier")
    await _seed.goods(connection, ids, 1, _seed.CODE)
    left = goods - suppliers
    await _seed.goods(connection, [*ids, *others], -(-left // (suppliers * 5)))
    (customer,) = await _seed.companies(connection, 900_000, 1, customers=True)
    await _seed.people(connection, [customer], "customer")
    await _seed.settle(connection)
    number: str = await connection.fetchval("SELECT bin FROM company WHERE id = $1", customer)
    await connection.close()
    return number


def _integration(number: int) -> Actor:
    return Actor(kind="integration", source="api", cause=f"bench:{number}", label="bench")


async def _draft(made: Bench, customer: str, number: int) -> int:
    line = NewLine(
        name_ru="Труба стальная",
        name_kk="Болат құбыр",
        code=_seed.CODE,
        agsk3="",
        quantity=Decimal(100),
        unit="m",
        allocated_sum=Decimal(1_000_000),
        characteristics="ГОСТ 10704-91",
    )
    created = await made.services.orders.create(
        _integration(number), customer, OrderTerms("Астана", "DDP", 90), [line]
    )
    return created.numbers[0]


async def _match(made: Bench, order_number: int) -> tuple[Span, int]:
    async with made.site.sessions() as session:
        order = await read_order(session, order_number)
        found = 0

        async def match() -> None:
            nonlocal found
            found = len(await find_suppliers(session, order.lines))

        return await made.timed(match), found


async def _check(made: Bench, order_number: int, suppliers: int) -> None:
    """Everybody was invited and everybody will be told."""
    async with made.site.sessions() as session:
        told = await session.scalar(
            select(func.count()).where(
                Notice.subject == f"order:{order_number}", Notice.kind == "order.invited"
            )
        )
        invited = await session.scalar(select(func.count()).select_from(OrderInvitation))
    if told != suppliers or not invited or invited % suppliers:
        raise SystemExit(f"{told} notices, {invited} invitations for {suppliers} suppliers")


async def _main(*, quick: bool) -> None:
    suppliers, goods, rounds = (100, 10_000, 3) if quick else (1_000, 100_000, 15)
    matches, commits = [], []
    async with bench() as made:
        customer = await _seeded(made, suppliers, goods)
        made.clock.set(START)
        for number in range(rounds):
            order = await _draft(made, customer, number)
            span, found = await _match(made, order)
            if found != suppliers:
                raise SystemExit(f"{found} suppliers matched, not {suppliers}")
            matches.append(span)
            actor = _integration(1_000 + number)
            commits.append(await made.timed(lambda: made.services.orders.publish(actor, order)))  # noqa: B023 - awaited at once
            await _check(made, order, suppliers)
        table = Table(
            f"Publishing to {suppliers:,} suppliers among {goods:,} goods: median of {rounds}",
            ("what", "wall", "slowest", "CPU", "database CPU", "bound"),
        )
        for what, spans, bound in (
            ("match", matches, _MATCH),
            ("publish, match to commit", commits, _COMMIT),
        ):
            middle = median(spans)
            table.add(
                what,
                ms(middle.wall),
                ms(max(span.wall for span in spans)),
                ms(middle.cpu),
                ms(middle.database),
                f"<= {ms(bound)}: {verdict(middle.wall <= bound)}",
            )
        table.notes.append(f"Each publication writes {suppliers:,} invitations and notices.")
        table.print(made.server_version)


if __name__ == "__main__":
    asyncio.run(_main(quick=options(__doc__).quick))

"""Goods lists of projects: taking in, replacing, and what is still uncovered."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from domain.errors import AccessDenied, NotFound, RuleBroken
from domain.goods_lists.model import GoodsListItem
from domain.goods_lists.rules import ItemData, check_items, uncovered
from domain.goods_lists.service import GoodsLists
from domain.orders.model import Order, OrderLine
from domain.registry.views import CompanyView
from domain.roles import Role
from domain.work import Site
from tests.support.factories import (
    PIPE,
    admin_actor,
    again,
    company_id_of,
    integration_actor,
    make_customer,
    make_person,
    make_producer,
    next_bin,
)

PIPES = ItemData("1", Decimal("100"), "m", name_ru="Труба", code=PIPE, agsk3="241-105")
PUMPS = ItemData("2", Decimal("7.5"), "piece", name_kk="Сорғы")


@pytest.fixture
def lists(site: Site) -> GoodsLists:
    return GoodsLists(site)


async def order_for(
    site: Site, customer: CompanyView, item_id: int, quantity: str, state: str
) -> None:
    now = site.clock.now()
    async with site.sessions.begin() as session:
        order = Order(
            customer_id=await company_id_of(session, customer.bin),
            created_at=now,
            state=state,
            delivery_place="Астана",
            delivery_terms="DDP",
            delivery_days=60,
        )
        order.lines = [
            OrderLine(
                position=1,
                name_ru="Труба",
                name_kk="",
                code=PIPE,
                agsk3="",
                quantity=Decimal(quantity),
                unit="m",
                allocated_sum=Decimal(1),
                characteristics="",
                goods_list_item_id=item_id,
            )
        ]
        session.add(order)


@pytest.mark.clause("344-3")
async def test_a_list_comes_from_outside_and_keeps_its_items(site: Site, lists: GoodsLists) -> None:
    customer = await make_customer(site)
    report = await lists.put_list(
        integration_actor(), customer.bin, " P-1 ", "Жылу желісі", [PIPES, PUMPS]
    )
    assert (report.added, report.changed, report.gone) == (2, 0, 0)
    page = await lists.items(integration_actor(), report.id)
    assert [(row.item, row.quantity, row.code, row.agsk3) for row in page.items] == [
        ("1", Decimal(100), PIPE, "241-105"),
        ("2", Decimal("7.5"), "", ""),
    ]
    pipes, pumps = page.items
    valve = ItemData("3", Decimal(1), "piece", name_ru="Кран")
    second = await lists.put_list(
        integration_actor(),
        customer.bin,
        "P-1",
        "Жылу желісі",
        [replace(PIPES, quantity=Decimal(120)), valve],
    )
    assert (second.id, second.added, second.changed, second.gone) == (report.id, 1, 1, 1)
    now_listed = (await lists.items(integration_actor(), report.id)).items
    assert [(row.id == pipes.id, row.item, row.quantity) for row in now_listed] == [
        (True, "1", Decimal(120)),
        (False, "3", Decimal(1)),
    ]
    assert (await lists.item(integration_actor(), pumps.id)).gone
    third = await lists.put_list(
        integration_actor(), customer.bin, "P-1", "Жылу желісі", [PIPES, PUMPS, valve]
    )
    assert (third.added, third.changed, third.gone) == (0, 2, 0)
    back = await lists.item(integration_actor(), pumps.id)
    assert (back.gone, back.quantity) == (False, Decimal("7.5"))
    (view,) = await lists.lists(integration_actor(), customer.bin)
    assert (view.project_code, view.items) == ("P-1", 3)


@pytest.mark.clause("344-3")
async def test_an_order_line_points_to_its_item_and_the_uncovered_need_is_kept(
    site: Site, lists: GoodsLists
) -> None:
    customer = await make_customer(site)
    report = await lists.put_list(integration_actor(), customer.bin, "P-1", "П", [PIPES, PUMPS])
    pipes = (await lists.items(integration_actor(), report.id)).items[0]
    for quantity, state in (
        ("50", "draft"),
        ("40", "failed"),
        ("30", "collecting"),
        ("20.5", "done"),
    ):
        await order_for(site, customer, pipes.id, quantity, state)
    found = await lists.item(integration_actor(), pipes.id)
    assert (found.ordered, found.uncovered) == (Decimal("50.5"), Decimal("49.5"))
    await order_for(site, customer, pipes.id, "60", "contracting")
    page = await lists.items(integration_actor(), report.id)
    assert [(row.ordered, row.uncovered) for row in page.items] == [
        (Decimal("110.5"), Decimal(0)),
        (Decimal(0), Decimal("7.5")),
    ]
    only = await lists.items(integration_actor(), report.id, only_uncovered=True)
    assert [row.item for row in only.items] == ["2"]
    async with site.sessions.begin() as session:
        await session.execute(update(Order).values(state="failed"))
    assert (await lists.item(integration_actor(), pipes.id)).uncovered == Decimal(100)


@pytest.mark.clause("366-8")
async def test_a_customer_brings_and_sees_its_own_lists_only(site: Site, lists: GoodsLists) -> None:
    mine, other = await make_customer(site), await make_customer(site)
    customer = await make_person(site, None, Role.CUSTOMER, mine)
    own = await lists.put_list(again(customer), mine.bin, "P-1", "П", [PIPES])
    foreign = await lists.put_list(integration_actor(), other.bin, "P-2", "П", [PIPES])
    with pytest.raises(AccessDenied, match="not_your_company"):
        await lists.put_list(again(customer), other.bin, "P-3", "П", [PIPES])
    assert [row.id for row in await lists.lists(again(customer))] == [own.id]
    assert await lists.lists(again(customer), other.bin) == []
    with pytest.raises(NotFound, match="goods_list_unknown"):
        await lists.items(again(customer), foreign.id)
    admin = await admin_actor(site)
    assert {row.id for row in await lists.lists(admin)} == {own.id, foreign.id}
    supplier = await make_person(site, None, Role.SUPPLIER, await make_producer(site))
    with pytest.raises(AccessDenied, match="role_not_allowed"):
        await lists.lists(supplier)


async def test_a_list_with_an_error_is_not_taken_in(site: Site, lists: GoodsLists) -> None:
    customer = await make_customer(site)
    rows = [PIPES, replace(PIPES, row=9), replace(PUMPS, quantity=Decimal(0), unit="")]
    with pytest.raises(RuleBroken) as refused:
        await lists.put_list(integration_actor(), customer.bin, "P-1", "П", rows)
    errors = refused.value.params["errors"]
    assert [(error["row"], error["field"], error["code"]) for error in errors] == [
        (9, "item", "item_repeated"),
        (3, "quantity", "not_positive"),
    ]
    with pytest.raises(RuleBroken, match="goods_list_empty"):
        await lists.put_list(integration_actor(), customer.bin, "P-1", "П", [])
    producer = await make_producer(site)
    for unknown in (producer.bin, next_bin()):
        with pytest.raises(NotFound, match="company_unknown"):
            await lists.put_list(integration_actor(), unknown, "P-1", "П", [PIPES])
    async with site.sessions() as session:
        assert not list(await session.scalars(select(GoodsListItem)))


async def test_a_list_of_thousands_is_paged(site: Site, lists: GoodsLists) -> None:
    customer = await make_customer(site)
    rows = [replace(PIPES, item=str(number)) for number in range(2_500)]
    report = await lists.put_list(integration_actor(), customer.bin, "P-1", "П", rows)
    assert (report.added, report.items) == (2_500, 2_500)
    seen: list[str] = []
    after: int | None = 0
    while after is not None:
        page = await lists.items(integration_actor(), report.id, after=after, size=1_000)
        seen += [row.item for row in page.items]
        after = page.after
    assert sorted(seen, key=int) == [row.item for row in rows]
    shorter = await lists.put_list(integration_actor(), customer.bin, "P-1", "П", rows[:1])
    assert (shorter.changed, shorter.gone) == (0, 2_499)


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"item": " "}, "text_missing", "item"),
        ({"item": "9" * 33}, "text_too_long", "item"),
        ({"quantity": Decimal("0.0001")}, "quantity_decimals", "quantity"),
        ({"quantity": Decimal("1e9")}, "quantity_too_large", "quantity"),
        ({"name_ru": ""}, "text_missing", "name_ru"),
        ({"code": "24.20"}, "ens_tru_format", "code"),
        ({"agsk3": "x"}, "agsk3_format", "agsk3"),
        ({"characteristics": "x" * 4001}, "text_too_long", "characteristics"),
    ],
)
def test_an_item_refused_names_the_field(values: dict[str, object], code: str, field: str) -> None:
    row = replace(PIPES, **values)  # type: ignore[arg-type]  # columns are named by the case
    _, (problem,) = check_items([row])
    assert (problem.row, problem.field, problem.code) == (1, field, code)


def test_uncovered_is_never_below_zero() -> None:
    assert uncovered(Decimal(5), Decimal(2)) == 3
    assert uncovered(Decimal(5), Decimal(7)) == 0

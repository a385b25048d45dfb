"""Lists of orders: newest first, page by page, by state, each reader's own."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from domain.actor import Actor
from domain.orders.service import Orders
from domain.roles import Role
from domain.services import Services
from domain.work import Site
from tests.support.factories import (
    again,
    make_customer,
    make_order,
    make_person,
    make_producer,
)

OTHER = "331312.100.000000"


@pytest.fixture
def services(site: Site) -> Services:
    return Services(site)


async def numbers(orders: Orders, actor: Actor, states: Sequence[str] | None = None) -> list[int]:
    """All pages, two orders each, put together."""
    found: list[int] = []
    after: int | None = None
    while True:
        page = await orders.page(again(actor), states, after, size=2)
        assert len(page.orders) <= 2
        found += [row.number for row in page.orders]
        if page.after is None:
            return found
        after = page.after


async def test_each_reader_turns_through_own_orders(site: Site, services: Services) -> None:
    customer, other = await make_customer(site), await make_customer(site)
    supplier = await make_producer(site)
    await make_producer(site, goods=[OTHER])
    own = [await make_order(services, customer, publish=number % 2 == 0) for number in range(5)]
    foreign = [await make_order(services, other), await make_order(services, other, OTHER)]
    buyer = await make_person(site, role=Role.CUSTOMER, company=customer)
    seller = await make_person(site, role=Role.SUPPLIER, company=supplier)
    observer = await make_person(site, role=Role.OBSERVER)
    orders, published = services.orders, own[::2]
    assert await numbers(orders, buyer) == own[::-1]
    assert await numbers(orders, seller) == [foreign[0], *published[::-1]]
    assert await numbers(orders, observer) == [*foreign[::-1], *published[::-1]]


async def test_a_page_by_states_keeps_the_order_across_states(
    site: Site, services: Services
) -> None:
    customer, supplier = await make_customer(site), await make_producer(site)
    own = [await make_order(services, customer, publish=number % 3 == 0) for number in range(7)]
    nobody = await make_order(services, customer, OTHER)
    buyer = await make_person(site, role=Role.CUSTOMER, company=customer)
    seller = await make_person(site, role=Role.SUPPLIER, company=supplier)
    orders = services.orders
    drafts = [number for number in own if number not in own[::3]]
    assert await numbers(orders, buyer, ["draft"]) == drafts[::-1]
    assert await numbers(orders, buyer, ["collecting", "draft"]) == own[::-1]
    assert await numbers(orders, buyer, ["failed", "collecting"]) == [nobody, *own[::3][::-1]]
    assert await numbers(orders, buyer, ["choosing"]) == []
    assert await numbers(orders, seller, ["collecting", "failed"]) == own[::3][::-1]

"""The registry on a real database: whole producers, bulk imports, matching keys, pages."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from domain.audit import AuditEntry
from domain.errors import AccessDenied, NotFound, RuleBroken
from domain.orders.matching import registry_keys
from domain.registry.model import Company, Good, GoodKey
from domain.registry.rules import ProducerData, Status
from domain.registry.service import Registry
from domain.roles import Role
from domain.work import Site
from tests.support.factories import (
    PIPE,
    admin_actor,
    again,
    good,
    integration_actor,
    make_customer,
    make_person,
    make_producer,
    next_bin,
)


@pytest.fixture
def registry(site: Site) -> Registry:
    return Registry(site)


async def keys_of(site: Site) -> dict[int, set[str]]:
    async with site.sessions() as session:
        found: dict[int, set[str]] = {}
        for good_id, key in await session.execute(select(GoodKey.good_id, GoodKey.key)):
            found.setdefault(good_id, set()).add(key)
        return found


@pytest.mark.clause("344-7")
async def test_a_producer_is_taken_in_whole_and_replaced_by_difference(
    site: Site, registry: Registry
) -> None:
    number = next_bin()
    pipe, pump = good(PIPE), good("281314.900.000000", name_ru="Насос", agsk3="241-105-0101")
    await make_producer(site, number, [pipe, pump])
    async with site.sessions() as session:
        before = {row.code: row.id for row in await session.scalars(select(Good))}
    keys = await keys_of(site)
    assert keys[before[PIPE]] == registry_keys(pipe)
    assert keys[before[pump.code]] == registry_keys(pump)

    cable = good("273213.700.000000", name_ru="Кабель")
    dearer = replace(pump, capacity="500 шт/год", local_content=Decimal("61.5"))
    view = await make_producer(site, number, [dearer, cable])
    assert view.goods == 2
    async with site.sessions() as session:
        rows = {row.code: row for row in await session.scalars(select(Good))}
        assert set(rows) == {pump.code, cable.code}
        assert rows[pump.code].id == before[pump.code]
        assert (rows[pump.code].capacity, rows[pump.code].local_content) == (
            "500 шт/год",
            Decimal("61.50"),
        )
    assert set(await keys_of(site)) == {rows[pump.code].id, rows[cable.code].id}


async def test_a_change_of_status_is_on_record(site: Site, registry: Registry) -> None:
    company = await make_producer(site)
    await make_producer(site, company.bin, status=Status.BANKRUPT)
    await make_producer(site, company.bin, status=Status.BANKRUPT)
    async with site.sessions() as session:
        entries = list(
            await session.scalars(select(AuditEntry).where(AuditEntry.action == "registry.status"))
        )
    assert [(entry.subject, entry.data) for entry in entries] == [
        (f"company:{company.bin}", {"old": "active", "new": "bankrupt"})
    ]


@pytest.mark.clause("344-7")
@pytest.mark.clause("366-8")
async def test_suppliers_type_nothing_into_the_registry(site: Site, registry: Registry) -> None:
    company = await make_producer(site)
    supplier = await make_person(site, None, Role.SUPPLIER, company)
    data = ProducerData(bin=company.bin, name_ru="Другое")
    for actor in (supplier, await make_person(site), await make_person(site, None, Role.SUPPORT)):
        for act in (
            registry.put_producer(again(actor), data),
            registry.import_producers(again(actor), [data]),
            registry.put_customer(again(actor), company.bin, "x", ""),
        ):
            with pytest.raises(AccessDenied):
                await act
    with pytest.raises(AccessDenied, match="scope_too_small"):
        await registry.put_producer(integration_actor(read_only=True), data)
    assert (await registry.company(again(supplier), company.bin)).name_ru == company.name_ru


async def test_one_company_is_producer_and_customer(site: Site, registry: Registry) -> None:
    company = await make_producer(site)
    both = await make_customer(site, company.bin)
    again_ = await make_producer(site, company.bin)
    assert (both.is_producer, both.is_customer) == (True, True)
    assert (again_.is_producer, again_.is_customer, again_.goods) == (True, True, 1)


async def test_an_import_is_all_or_nothing(site: Site, registry: Registry) -> None:
    known = await make_producer(site)
    rows = [
        ProducerData(bin=known.bin, name_ru="Новое имя", goods=(good(), good("x")), row=2),
        ProducerData(bin=next_bin(), name_ru="ТОО", goods=(good(),), row=4),
    ]
    with pytest.raises(RuleBroken) as refused:
        await registry.import_producers(integration_actor(), rows)
    assert refused.value.code == "import_failed"
    assert refused.value.params["errors"] == [
        {"row": 2, "field": "goods[1].code", "code": "ens_tru_format", "params": {}}
    ]
    async with site.sessions() as session:
        names = list(await session.scalars(select(Company.name_ru)))
    assert names == [known.name_ru]

    report = await registry.import_producers(
        integration_actor(), [replace(rows[0], goods=(good(), good(PIPE, unit="t"))), rows[1]]
    )
    assert (report.companies_new, report.companies_changed) == (1, 1)
    assert (report.goods_added, report.goods_changed, report.goods_removed) == (2, 0, 0)


async def test_ten_thousand_goods_come_in_and_go(site: Site, registry: Registry) -> None:
    rows = [
        ProducerData(
            bin=next_bin(),
            name_ru=f"ТОО {serial}",
            goods=tuple(
                good(f"{240000 + serial:06d}.{at:03d}.000000", name_ru=f"Товар {at}")
                for at in range(100)
            ),
        )
        for serial in range(100)
    ]
    report = await registry.import_producers(integration_actor(), rows)
    assert (report.companies_new, report.goods_added) == (100, 10_000)
    async with site.sessions() as session:
        keys = await session.scalar(select(func.count()).select_from(GoodKey))
    assert keys == sum(len(registry_keys(one)) for row in rows for one in row.goods)
    report = await registry.import_producers(
        integration_actor(), [replace(row, goods=row.goods[:1]) for row in rows]
    )
    assert (report.goods_removed, report.goods_total) == (9_900, 100)
    async with site.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Good)) == 100
        assert await session.scalar(select(func.count()).select_from(GoodKey)) == 300


async def test_two_imports_at_once_leave_one_whole(site: Site, registry: Registry) -> None:
    numbers = [next_bin() for _ in range(20)]

    def version(name: str, order: list[str]) -> list[ProducerData]:
        return [
            ProducerData(bin=number, name_ru=name, goods=(good(name_ru=name),)) for number in order
        ]

    await asyncio.gather(
        registry.import_producers(integration_actor(), version("A", numbers)),
        registry.import_producers(integration_actor(), version("B", numbers[::-1])),
    )
    async with site.sessions() as session:
        rows = await session.execute(
            select(Company.name_ru, Good.name_ru).join(Good, Good.company_id == Company.id)
        )
        pairs = [tuple(row) for row in rows]
    assert len(pairs) == 20
    assert len(set(pairs)) == 1


async def test_companies_are_found_by_pages(site: Site, registry: Registry) -> None:
    admin = await admin_actor(site)
    for serial in range(5):
        await make_producer(site, name_ru=f"ТОО «Құбыр {serial}»")
    customer = await make_customer(site)
    first = await registry.companies(admin, "кубыр", size=3)
    second = await registry.companies(again(admin), "КУБЫР", after=first.after or 0, size=3)
    names = [view.name_ru for view in [*first.companies, *second.companies]]
    assert names == [f"ТОО «Құбыр {serial}»" for serial in range(5)]
    assert second.after is None
    only = await registry.companies(again(admin), role=Role.CUSTOMER)
    assert [view.bin for view in only.companies] == [customer.bin]
    assert (await registry.companies(integration_actor(), customer.bin)).companies
    supplier = await make_person(site, None, Role.SUPPLIER, first.companies[0])
    with pytest.raises(AccessDenied):
        await registry.companies(supplier)


async def test_a_supplier_sees_its_own_goods(site: Site, registry: Registry) -> None:
    codes = [f"242013.10{at}.000000" for at in range(7)]
    mine, other = await make_producer(site, None, codes), await make_producer(site)
    supplier = await make_person(site, None, Role.SUPPLIER, mine)
    first = await registry.my_goods(supplier, size=5)
    rest = await registry.my_goods(again(supplier), after=first.after or 0, size=5)
    assert [row.code for row in [*first.goods, *rest.goods]] == codes
    assert (first.total, rest.after) == (7, None)
    with pytest.raises(AccessDenied, match="not_your_company"):
        await registry.my_goods(again(supplier), other.bin)
    with pytest.raises(NotFound, match="company_unknown"):
        await registry.my_goods(again(supplier), next_bin())
    admin = await admin_actor(site)
    assert (await registry.my_goods(admin, other.bin)).total == 1

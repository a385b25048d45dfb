"""The frame of every act: one transaction, one cause, one record, one answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from domain.audit import AuditEntry
from domain.awards.rules import Choice
from domain.base import plain
from domain.errors import AccessDenied, Conflict, RuleBroken
from domain.notices.model import Notice
from domain.offers.model import OfferVersion
from domain.orders.model import Order
from domain.people.service import People
from domain.roles import Role
from domain.services import Services
from domain.work import USE_CASES, Site, Work, use_case
from tests.domain.stage import TERMS, Stage, new_line, offered
from tests.support.factories import again, integration_actor, make_person, next_cause


async def test_the_same_cause_changes_nothing_and_answers_the_same(stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    press = customer.me
    first = await stage.orders.create(press, customer.bin, TERMS, [new_line()])
    assert await stage.orders.create(press, customer.bin, TERMS, [new_line()]) == first
    publish = customer.me
    published = await stage.orders.publish(publish, first.numbers[0])
    assert published.state == "collecting"
    assert await stage.orders.publish(publish, first.numbers[0]) == published
    submit = supplier.me
    submitted = await stage.offers.submit(submit, first.numbers[0], supplier.bin, [offered()])
    assert (
        await stage.offers.submit(submit, first.numbers[0], supplier.bin, [offered()]) == submitted
    )
    async with stage.site.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Order)) == 1
        assert await session.scalar(select(func.count()).select_from(OfferVersion)) == 1
    assert await stage.kinds(supplier) == ["order.invited", "offer.submitted"]


async def test_one_cause_worked_by_several_at_once_is_one_act(stage: Stage) -> None:
    """Whoever comes second meets what the first has done, and answers what the first did."""
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer, publish=False)
    press = customer.me
    published = await asyncio.gather(*(stage.orders.publish(press, number) for _ in range(5)))
    assert all(each == published[0] for each in published)
    submit = supplier.me
    submitted = await asyncio.gather(
        *(stage.offers.submit(submit, number, supplier.bin, [offered()]) for _ in range(5))
    )
    assert {each.version for each in submitted} == {1}
    await stage.until("11-25 10:00")
    choose = customer.me
    choices = [Choice(1, supplier.bin, Decimal(100))]
    selected = await asyncio.gather(
        *(stage.awards.select(choose, number, choices) for _ in range(5))
    )
    assert {award.id for awards in selected for award in awards} == {selected[0][0].id}
    confirm = supplier.me
    confirmed = await asyncio.gather(
        *(stage.awards.confirm(confirm, selected[0][0].id) for _ in range(5))
    )
    assert {each.state for each in confirmed} == {"active"}
    assert await stage.kinds(supplier, "award") == ["award.selected", "award.confirmed"]
    assert (await stage.card(customer, number)).protocol_version == 1


async def test_the_same_act_for_another_cause_is_another_act(stage: Stage) -> None:
    customer = await stage.customer()
    await stage.supplier()
    number = await stage.order(customer)
    with pytest.raises(Conflict) as refused:
        await stage.orders.publish(customer.me, number)
    assert (refused.value.code, refused.value.clause) == ("order_not_draft", "344-13.2")


class Breaking:
    """A use case that changes something and then fails."""

    def __init__(self, stage: Stage) -> None:
        self.site = stage.site

    @use_case("test.breaking", by=None)
    async def act(self, work: Work, error: str) -> None:
        work.session.add(
            Order(
                customer_id=1,
                created_at=work.now,
                state="draft",
                delivery_place="",
                delivery_terms="",
                delivery_days=60,
            )
        )
        await work.session.flush()
        work.record("order:0")
        if error == "rule":
            raise RuleBroken("refused")
        raise ZeroDivisionError


@pytest.mark.parametrize(("error", "raised"), [("rule", RuleBroken), ("bug", ZeroDivisionError)])
async def test_what_fails_has_not_happened(
    stage: Stage, error: str, raised: type[Exception]
) -> None:
    await stage.customer()
    with pytest.raises(raised):
        await Breaking(stage).act(integration_actor(), error)
    async with stage.site.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Order)) == 0
    assert await stage.record("order:0") == []


@pytest.mark.clause("366-32")
async def test_every_act_of_an_order_is_on_record(stage: Stage) -> None:
    """Who, when, what, on what, from where; also what time and the platform itself did."""
    customer, supplier = await stage.customer(), await stage.supplier()
    act = customer.me
    created = await stage.orders.create(act, customer.bin, TERMS, [new_line()])
    number = created.numbers[0]
    await stage.orders.publish(integration_actor(), number)
    submitted = await stage.offer(supplier, number)
    await stage.until("11-25 10:00")
    entries = await stage.record(f"order:{number}")
    assert [entry.action for entry in entries][:2] == ["order.create", "order.publish"]
    assert [(entry.actor_kind, entry.source) for entry in entries][:2] == [
        ("person", "telegram"),
        ("integration", "api"),
    ]
    first = entries[0]
    assert (first.person_id, first.company_id, first.cause, first.at) == (
        act.person_id,
        act.company_id,
        act.cause,
        datetime.fromisoformat("2026-11-20T10:00:00+05:00"),
    )
    closing = next(entry for entry in entries if entry.action == "due.offer_window")
    assert (closing.actor_kind, closing.source) == ("system", "deadline")
    offers = await stage.record(f"offer:{submitted.number}")
    assert [(entry.action, entry.person_id) for entry in offers] == [
        ("offer.submit", supplier.person.person_id)
    ]


@pytest.mark.clause("366-8")
async def test_each_kind_of_account_performs_its_own_use_cases_only(stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer, publish=False)
    watcher = await make_person(stage.site, role=Role.OBSERVER)
    for actor in (supplier.person, watcher):
        with pytest.raises(AccessDenied, match="role_not_allowed"):
            await stage.orders.publish(again(actor), number)
    with pytest.raises(AccessDenied, match="role_not_allowed"):
        await stage.offers.submit(customer.me, number, supplier.bin, [offered()])
    other = await stage.customer()
    with pytest.raises(AccessDenied, match="not_your_company"):
        await stage.orders.publish(other.me, number)
    with pytest.raises(AccessDenied, match="not_your_company"):
        await stage.orders.create(other.me, customer.bin, TERMS, [new_line()])
    with pytest.raises(AccessDenied, match="scope_too_small"):
        await stage.orders.publish(integration_actor(read_only=True), number)
    assert (await stage.card(customer, number)).state == "draft"


def test_every_use_case_says_who_may_perform_it(stage: Stage) -> None:
    """Acts on orders belong to roles; nobody acts without being somebody."""
    assert isinstance(stage.services, Services)
    ours = {
        action: roles
        for action, roles in USE_CASES.items()
        if action.split(".")[0] in ("order", "offer", "award", "contract")
    }
    assert ours
    for action, roles in ours.items():
        assert roles, action
        assert roles <= {Role.CUSTOMER, Role.SUPPLIER}, action


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-3"), "0.001"),
        (Decimal("100.000"), "100.000"),
        ([Decimal("2E+1")], ["20"]),
        ({"a": (Decimal("5E+1"), 1)}, {"a": ["50", 1]}),
        (Role.ADMIN, "admin"),
        (None, None),
    ],
)
def test_values_on_record_are_plain(given: object, shown: object) -> None:
    assert plain({"value": given}) == {"value": shown}


async def test_sums_and_volumes_are_spelled_in_plain_digits(stage: Stage) -> None:
    """An exponent that a sender wrote reaches neither record, nor notice, nor answer."""
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer, new_line("1E+3", "1E+6"))
    await stage.offer(supplier, number, offered("1E+3", "9E+5"))
    await stage.until("11-25 10:00")
    award = (await stage.select(customer, number, (supplier, "1E+3")))[0]
    confirmed = await stage.awards.confirm(supplier.me, award.id)
    assert [str(each) for each in (award.quantity, award.price, confirmed.quantity)] == [
        "1000.000",
        "900000.00",
        "1000.000",
    ]
    async with stage.site.sessions() as session:
        said = [str(params) for params in await session.scalars(select(Notice.params))]
        kept = [
            f"{entry.data}{entry.result}" for entry in await session.scalars(select(AuditEntry))
        ]
    assert not [text for text in [*said, *kept] if "E+" in text]
    goods = (await stage.told(supplier, "order.invited"))[0].params["goods"]
    assert isinstance(goods, list)
    assert goods[0]["quantity"] == "1000.000"


async def test_only_a_committed_act_rings(site: Site) -> None:
    """Who sends notices is woken by acts: not by reading, a refusal or a repeated cause."""
    rung: list[None] = []
    ringing = replace(site, acted=lambda: rung.append(None))
    people = People(ringing)
    actor, _ = await people.actor_for(7_001, next_cause())
    await people.me(actor)
    with pytest.raises(RuleBroken):
        await people.choose_language(actor.because(next_cause()), "fr")
    assert rung == []
    act = actor.because(next_cause())
    for _ in range(2):
        await people.choose_language(act, "kk")
    assert len(rung) == 1

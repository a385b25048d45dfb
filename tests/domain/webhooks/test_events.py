"""What is told to whom: events of an order from its publication to the contract."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlalchemy import func, select, update

from domain.audit import AuditEntry
from domain.registry.model import Company
from domain.registry.rules import Status
from domain.webhooks.announcing import Announcing
from domain.webhooks.catalogue import EVENTS
from domain.webhooks.making import Made, Reading
from domain.webhooks.making_moves import make
from domain.webhooks.model import WebhookCursor, WebhookEvent
from domain.working_time.rules import OverrideChange
from tests.domain.stage import offered
from tests.domain.webhooks.conftest import Hooks, console
from tests.support.factories import integration_actor


async def test_an_order_is_told_to_its_sides_from_beginning_to_end(hooks: Hooks) -> None:
    stage = hooks.stage
    customer, one, other = (
        await stage.customer(),
        await stage.supplier("ТОО «Первый»"),
        await stage.supplier("ТОО «Второй»"),
    )
    operator = await hooks.endpoint()
    of_customer, of_one, of_other = [await hooks.endpoint(side) for side in (customer, one, other)]
    number = await stage.closed(customer, (one, offered("100", "900000")), (other, offered()))
    (award,) = await stage.select(customer, number, (one, "100"))
    await stage.awards.confirm(one.me, award.id)
    contract = await stage.contracts.enter(
        integration_actor(), number, one.bin, "Д-1", date(2026, 11, 25)
    )
    expected = [
        "order.published",
        "order.window_closed",
        "offer.judged",
        "offer.judged",
        "award.selected",
        "award.confirmed",
        "protocol.formed",
        "contract.concluded",
    ]
    assert [name for name in await hooks.told(operator) if name in EVENTS] == expected
    assert await hooks.told(of_customer) == expected
    assert await hooks.told(of_one) == [name for at, name in enumerate(expected) if at != 3]
    assert await hooks.told(of_other) == [
        "order.published",
        "order.window_closed",
        "offer.judged",
        "protocol.formed",
    ]
    (selected,) = await hooks.bodies(of_one, "award.selected")
    assert selected["data"] == {
        "order": number,
        "award": award.id,
        "line": 1,
        "quantity": "100.000",
        "supplier_bin": one.bin,
        "due_at": "2026-11-28T00:00:00+05:00",
    }
    (concluded,) = await hooks.bodies(of_one, "contract.concluded")
    assert concluded["data"] == {
        "order": number,
        "contract": contract.id,
        "supplier_bin": one.bin,
        "signed_on": "2026-11-25",
        "state": "concluded",
    }
    for body in await hooks.bodies(operator):
        EVENTS[str(body["type"])].data.model_validate(body["data"])


@pytest.mark.clause("344-13.4a")
async def test_nothing_is_told_of_offers_until_the_window_closes(hooks: Hooks) -> None:
    stage = hooks.stage
    customer, supplier = await stage.customer(), await stage.supplier()
    everybody = [
        await hooks.endpoint(),
        await hooks.endpoint(customer),
        await hooks.endpoint(supplier),
    ]
    number = await stage.order(customer)
    for endpoint in everybody:
        assert await hooks.told(endpoint) == ["order.published"]
    async with stage.site.sessions() as session:
        before = await session.scalar(select(func.count(WebhookEvent.id)))
    await stage.offer(supplier, number)
    await stage.offers.withdraw(supplier.me, number, supplier.bin)
    await stage.offer(supplier, number)
    await hooks.announce()
    async with stage.site.sessions() as session:
        assert await session.scalar(select(func.count(WebhookEvent.id))) == before
    await stage.until("11-25 10:00")
    (judged,) = await hooks.bodies(everybody[1], "offer.judged")
    assert judged["data"] == {
        "order": number,
        "offer": 1,
        "version": 2,
        "supplier_bin": supplier.bin,
        "lines": [{"line": 1, "accepted": True, "reason": None}],
    }


async def test_a_person_s_number_is_told_to_nobody(hooks: Hooks) -> None:
    stage = hooks.stage
    customer, supplier = await stage.customer(), await stage.supplier()
    endpoint = await hooks.endpoint()
    number = await stage.order(customer)
    await stage.offer(supplier, number)
    async with stage.site.sessions.begin() as session:
        await session.execute(
            update(Company).where(Company.bin == supplier.bin).values(bin="880101300014")
        )
    await stage.until("11-25 10:00")
    (judged,) = await hooks.bodies(endpoint, "offer.judged")
    data = judged["data"]
    assert isinstance(data, dict)
    assert data["supplier_bin"] is None


async def test_a_failed_purchase_tells_its_ground(hooks: Hooks) -> None:
    customer, supplier = await hooks.stage.customer(), await hooks.stage.supplier()
    endpoint, invited = await hooks.endpoint(customer), await hooks.endpoint(supplier)
    number = await hooks.stage.closed(customer)
    expected = ["order.published", "order.window_closed", "protocol.formed", "order.failed"]
    assert await hooks.told(endpoint) == expected
    # Who has not offered gets no protocol.
    assert await hooks.told(invited) == [expected[0], expected[1], expected[3]]
    (failed,) = await hooks.bodies(endpoint, "order.failed")
    assert failed["data"] == {"order": number, "ground": "15.3"}


async def test_a_moved_deadline_tells_both_ends(hooks: Hooks) -> None:
    customer, stranger = await hooks.stage.customer(), await hooks.stage.customer("ТОО «Чужое»")
    await hooks.stage.supplier()
    endpoint, other = await hooks.endpoint(customer), await hooks.endpoint(stranger)
    number = await hooks.stage.order(customer)
    change = OverrideChange(date(2026, 11, 23), False, "Мереке", "Праздник", "Приказ 1")
    working_time = hooks.stage.services.working_time
    preview = await working_time.preview(console(), [change])
    await working_time.apply(console(), [change], preview.version)
    assert await hooks.told(endpoint) == ["order.published", "calendar.changed", "deadline.moved"]
    assert await hooks.told(other) == ["calendar.changed"]
    (moved,) = await hooks.bodies(endpoint, "deadline.moved")
    assert moved["data"] == {
        "order": number,
        "subject": f"order:{number}",
        "kind": "offer_window",
        "old": "2026-11-25T00:00:00+05:00",
        "new": "2026-11-26T00:00:00+05:00",
        "cause": "calendar",
    }


async def test_a_company_hears_of_its_status(hooks: Hooks) -> None:
    supplier, other = await hooks.stage.supplier(), await hooks.stage.supplier()
    endpoint, of_other = await hooks.endpoint(supplier), await hooks.endpoint(other)
    await hooks.stage.strike(supplier, Status.UNFAIR)
    assert await hooks.told(endpoint) == ["company.status"]
    assert await hooks.told(of_other) == []


async def test_only_what_was_asked_for_is_told(hooks: Hooks) -> None:
    customer, _ = await hooks.stage.customer(), await hooks.stage.supplier()
    endpoint = await hooks.endpoint(customer, "order.failed", "calendar.changed")
    await hooks.stage.closed(customer)
    assert await hooks.told(endpoint) == ["order.failed"]


async def test_what_happened_before_the_first_endpoint_is_told_to_nobody(hooks: Hooks) -> None:
    customer, _ = await hooks.stage.customer(), await hooks.stage.supplier()
    await hooks.stage.order(customer)
    await hooks.announce()
    endpoint = await hooks.endpoint(customer)
    number = await hooks.stage.order(customer)
    bodies = await hooks.bodies(endpoint)
    assert [body["data"]["order"] for body in bodies if isinstance(body["data"], dict)] == [number]


async def test_acts_at_the_same_time_are_all_told_once_whoever_follows(hooks: Hooks) -> None:
    stage = hooks.stage
    customer, _ = await stage.customer(), await stage.supplier()
    endpoint = await hooks.endpoint()
    numbers = [await stage.order(customer, publish=False) for _ in range(24)]
    workers = [Announcing(stage.site) for _ in range(3)]
    done = asyncio.Event()

    async def follow(worker: Announcing) -> None:
        while not done.is_set():
            await worker.announce(3)
            await asyncio.sleep(0)

    following = [asyncio.create_task(follow(each)) for each in workers]
    await asyncio.gather(*(stage.orders.publish(customer.me, number) for number in numbers))
    done.set()
    await asyncio.gather(*following)
    bodies = await hooks.bodies(endpoint, "order.published")
    told = [body["data"]["order"] for body in bodies if isinstance(body["data"], dict)]
    assert sorted(told) == numbers
    async with stage.site.sessions() as session:
        entries = await session.scalars(
            select(AuditEntry.subject)
            .where(AuditEntry.action == "order.publish")
            .order_by(AuditEntry.position)
        )
        assert [f"order:{number}" for number in told] == list(entries)
        reached = await session.scalar(select(WebhookCursor.position))
        assert reached == await session.scalar(select(func.max(AuditEntry.position)))


async def test_an_entry_that_cannot_be_read_holds_up_no_other(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer, _ = await hooks.stage.customer(), await hooks.stage.supplier()
    endpoint = await hooks.endpoint(customer)
    poisoned, number = [await hooks.stage.order(customer) for _ in range(2)]

    async def poisonous(reading: Reading, entry: AuditEntry) -> list[Made]:
        if entry.subject == f"order:{poisoned}":
            raise KeyError("poison")
        return await make(reading, entry)

    monkeypatch.setattr("domain.webhooks.announcing.make", poisonous)
    bodies = await hooks.bodies(endpoint)
    assert [body["data"]["order"] for body in bodies if isinstance(body["data"], dict)] == [number]

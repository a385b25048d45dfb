"""What is told of faults, works and requests to support."""

from __future__ import annotations

import pytest

from tests.domain.incidents.desk import Desk, make_desk
from tests.domain.stage import moment, offered
from tests.domain.webhooks.conftest import Hooks, console


@pytest.fixture
async def desk(hooks: Hooks) -> Desk:
    """A desk under act 366 on the stage of the webhooks."""
    made = await make_desk(hooks.stage)
    hooks.webhooks = made.services.webhooks
    return made


async def test_a_deadline_that_a_fault_moved_names_its_cause(hooks: Hooks, desk: Desk) -> None:
    stage = hooks.stage
    customer, supplier = await stage.customer(), await stage.supplier()
    operator, of_supplier = await hooks.endpoint(), await hooks.endpoint(supplier)
    number = await stage.order(customer)
    await stage.at("11-24 15:00")
    fault = await desk.fault("11-24 11:00", "11-24 13:00")
    await desk.apply(fault)
    (moved,) = await hooks.bodies(of_supplier, "deadline.moved")
    assert moved["data"] == {
        "order": number,
        "subject": f"order:{number}",
        "kind": "offer_window",
        "old": "2026-11-25T00:00:00+05:00",
        "new": "2026-11-26T00:00:00+05:00",
        "cause": f"incident:{fault}",
    }
    await desk.incidents.close(desk.operator, fault)
    told = await hooks.told(operator)
    assert told == ["order.published", "incident.confirmed", "deadline.moved", "incident.closed"]
    # Faults are the operator's business.
    assert await hooks.told(of_supplier) == ["order.published", "deadline.moved"]


@pytest.mark.clause("344-13.4a")
async def test_a_window_that_is_opened_again_seals_its_offers_again(
    hooks: Hooks, desk: Desk
) -> None:
    stage = hooks.stage
    customer, supplier = await stage.customer(), await stage.supplier()
    endpoint = await hooks.endpoint(customer)
    number = await stage.order(customer)
    await stage.offer(supplier, number, offered())
    await stage.until("11-25 10:00")
    fault = await desk.fault("11-24 11:00", "11-25 00:30")
    await desk.apply(fault)
    # The worker was away until now: what is sealed again by now is not told any more.
    assert await hooks.bodies(endpoint, "offer.judged") == []
    (undone,) = await hooks.bodies(endpoint, "order.undone")
    data = undone["data"]
    assert isinstance(data, dict)
    assert (data["order"], data["what"], data["cause"]) == (number, "rerun", f"incident:{fault}")


@pytest.mark.clause("344-13.4a")
async def test_what_waits_to_be_sent_is_sealed_again_too(hooks: Hooks, desk: Desk) -> None:
    stage = hooks.stage
    customer, supplier = await stage.customer(), await stage.supplier()
    endpoint = await hooks.endpoint(customer, "offer.judged", "order.undone", "order.published")
    number = await stage.order(customer)
    await hooks.announce()
    (published,) = await hooks.claim(endpoint)
    await stage.offer(supplier, number, offered())
    await stage.until("11-25 10:00")
    await hooks.announce()
    fault = await desk.fault("11-24 11:00", "11-25 00:30")
    await desk.apply(fault)
    await hooks.announce()
    await hooks.settle(published)
    assert await hooks.states(endpoint) == ["delivered", "queued", "waiting"]
    assert await hooks.claim(endpoint) == []
    assert await hooks.states(endpoint) == ["delivered", "skipped", "queued"]
    (undone,) = await hooks.claim(endpoint)
    assert undone.type == "order.undone"
    await hooks.settle(undone)
    # Nor does a replay open it; when the window has closed for good, it does.
    await hooks.webhooks.replay(console(), endpoint.id)
    assert await hooks.claim(endpoint) == []
    await stage.until("11-27 10:00")
    await hooks.webhooks.replay(console(), endpoint.id)
    assert [claim.type for claim in await hooks.claim(endpoint)] == ["offer.judged"]


async def test_works_are_told_to_everybody(hooks: Hooks, desk: Desk) -> None:
    endpoint = await hooks.endpoint(await hooks.stage.supplier())
    maintenance = desk.services.maintenance
    number = await maintenance.announce(
        desk.operator, moment("11-23 20:00"), moment("11-23 23:00"), "Жаңарту", "Обновление"
    )
    await maintenance.cancel(desk.operator, number)
    announced, cancelled = await hooks.bodies(endpoint)
    assert announced["type"] == "works.announced"
    assert announced["data"] == {
        "works": number,
        "state": "cancelled",
        "starts_at": "2026-11-23T20:00:00+05:00",
        "ends_at": "2026-11-23T23:00:00+05:00",
    }
    assert cancelled["type"] == "works.cancelled"


async def test_requests_are_told_by_number_to_the_operator_alone(hooks: Hooks, desk: Desk) -> None:
    supplier = await hooks.stage.supplier()
    operator, of_supplier = await hooks.endpoint(), await hooks.endpoint(supplier)
    support = desk.services.support
    opened = await support.open(
        supplier.me, "chat", "Не открывается страница, телефон +7 701 000 00 00"
    )
    await support.add(supplier.me, opened.number, "Ещё не открывается")
    await support.answer(desk.operator, opened.number, "Исправлено")
    await support.close(desk.operator, opened.number, "answered")
    assert await hooks.told(operator) == ["ticket.opened", "ticket.answered", "ticket.closed"]
    for body in await hooks.bodies(operator):
        assert body["data"] == {"ticket": opened.number}
    assert await hooks.told(of_supplier) == []

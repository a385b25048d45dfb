"""A fault among other acts: two operators at once, an offer in the same moment, later terms."""

from __future__ import annotations

import asyncio

import pytest

from domain.audit import verify
from domain.errors import Conflict
from domain.incidents.views import Applied
from tests.domain.incidents.desk import Desk, moves
from tests.domain.stage import Stage, moment, offered


async def test_two_operators_apply_at_once(desk: Desk, stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.at("11-24 15:00")
    fault = await desk.fault("11-24 11:00", "11-24 13:00")
    shown = await desk.preview(fault)
    results = await asyncio.gather(
        *(desk.incidents.apply(desk.operator, fault, shown.digest) for _ in range(3)),
        stage.offer(supplier, number),
        return_exceptions=True,
    )
    applied = [each for each in results if isinstance(each, Applied)]
    refused = [each for each in results if isinstance(each, Conflict)]
    assert sum(each.moved for each in applied) == 1
    assert {each.code for each in refused} == {"effects_changed"}
    assert not isinstance(results[-1], BaseException)
    assert (await stage.card(supplier, number)).offers_due_at == moment("11-26 00:00")
    windows = await stage.deadlines("offer_window")
    assert [row.state for row in windows] == ["moved", "open"]
    async with stage.site.sessions() as session:
        assert (await verify(session)).broken_at is None


@pytest.mark.clause("366-29.3")
async def test_confirmation_selection_and_contract_move_with_their_reminders(
    desk: Desk, stage: Stage
) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.closed(customer, (supplier, offered()))
    (award,) = await stage.select(customer, number, (supplier, "100"))
    await stage.at("11-27 12:00")
    fault = await desk.fault("11-27 10:00", "11-27 11:00")
    assert (await desk.apply(fault)).moved == 1
    (view,) = (await stage.card(customer, number)).awards
    assert view.due_at == moment("12-01 00:00")
    # In time by the new end; late by the old one.
    await stage.until("11-30 20:00")
    assert len(await stage.told(supplier, "remind.confirmation")) > 0
    await stage.awards.confirm(supplier.me, award.id)
    (contract,) = [row for row in await stage.deadlines("contract") if row.state == "open"]
    assert contract.due_at == moment("12-03 00:00")
    await stage.at("12-02 12:00")
    second = await desk.fault("12-02 10:00", "12-02 11:00")
    await desk.apply(second)
    (moved,) = [row for row in await stage.deadlines("contract") if row.state == "open"]
    assert moved.due_at == moment("12-04 00:00")
    for side in (customer, supplier):
        assert moves((await stage.told(side, "incident.moved"))[-1])[0]["kind"] == "contract"


async def test_an_application_told_twice_is_one_act(desk: Desk, stage: Stage) -> None:
    customer, _ = await stage.customer(), await stage.supplier()
    await stage.order(customer)
    await stage.at("11-24 15:00")
    fault = await desk.fault("11-24 11:00", "11-24 13:00")
    shown = await desk.preview(fault)
    operator = desk.operator
    first = await desk.incidents.apply(operator, fault, shown.digest)
    second = await desk.incidents.apply(operator, fault, shown.digest)
    assert first == second
    assert first.moved == 1


async def test_a_company_reads_of_all_its_deadlines_in_one_notice(desk: Desk, stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    numbers = [await stage.order(customer) for _ in range(10)]
    await stage.at("11-24 15:00")
    fault = await desk.fault("11-24 11:00", "11-24 13:00")
    done = await desk.apply(fault)
    assert (done.moved, done.told) == (10, 2)
    for side in (customer, supplier):
        (told,) = await stage.told(side, "incident.moved")
        assert [each["number"] for each in moves(told)] == numbers[:8]
        assert told.params["more"] == 2

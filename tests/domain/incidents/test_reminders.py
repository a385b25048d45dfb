"""The terms of an incident itself are rows with reminders, which end together with them."""

from __future__ import annotations

import pytest

from tests.domain.incidents.desk import FACTS, Desk
from tests.domain.stage import Stage, moment
from tests.support.factories import integration_actor


async def _reminded(desk: Desk, stage: Stage) -> list[tuple[str, object]]:
    told = await stage.told(desk.operator_, "incident.reminder")
    return [(str(each.params["term"]), each.created_at) for each in told]


@pytest.mark.clause("627-19")
async def test_a_decision_is_reminded_of_before_it_is_due(desk_627: Desk, stage: Stage) -> None:
    supplier = await stage.supplier()
    taken = await desk_627.report(supplier, "11-20 09:30")
    assert taken.decide_by == moment("11-24 00:00")
    await stage.until("11-23 19:00")
    reminded = await _reminded(desk_627, stage)
    assert [at for _, at in reminded] == [
        moment("11-23 15:30"),
        moment("11-23 17:30"),
    ]
    assert {term for term, _ in reminded} == {"incident.decide"}


@pytest.mark.clause("627-21")
async def test_a_refutation_that_nobody_was_told_of_is_reminded_of(
    desk_627: Desk, stage: Stage
) -> None:
    # By phone, for somebody who has no account.
    number = await desk_627.incidents.open_by_operator(
        desk_627.operator, "Сбой", moment("11-20 09:30")
    )
    await desk_627.report(integration_actor(), "11-20 09:40", join=number)
    await desk_627.incidents.refute(desk_627.operator, number, FACTS)
    await stage.until("11-20 11:45")
    assert await _reminded(desk_627, stage) == [
        ("incident.refutation", moment("11-20 11:30")),
    ]
    await stage.until("11-20 12:00")
    (overdue,) = await stage.told(desk_627.operator_, "incident.overdue")
    assert overdue.params["term"] == "incident.refutation"
    await desk_627.incidents.refutation_told(desk_627.operator, number)
    await stage.until("11-23 10:00")
    assert len(await stage.told(desk_627.operator_, "incident.overdue")) == 1


@pytest.mark.clause("627-26.3")
async def test_an_announcement_of_a_high_fault_is_reminded_of_and_no_more_when_made(
    desk_627: Desk, stage: Stage
) -> None:
    number = await desk_627.fault("11-20 09:00", None)
    await stage.until("11-20 10:35")
    assert await _reminded(desk_627, stage) == [("incident.announce", moment("11-20 10:30"))]
    await desk_627.incidents.plan_mending(desk_627.operator, number, moment("11-20 15:00"))
    await stage.until("11-20 11:30")
    assert await stage.told(desk_627.operator_, "incident.overdue") == []


@pytest.mark.clause("627-26.3")
async def test_an_announcement_made_at_once_is_not_reminded_of(
    desk_627: Desk, stage: Stage
) -> None:
    number = await desk_627.fault("11-20 09:00", None)
    await desk_627.incidents.plan_mending(desk_627.operator, number, moment("11-20 15:00"))
    await stage.until("11-20 12:00")
    assert "incident.announce" not in dict(await _reminded(desk_627, stage))

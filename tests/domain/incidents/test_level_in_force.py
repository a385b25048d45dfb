"""A level in force stays in force; what it does to deadlines is applied (366, 24 and 29)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.errors import AccessDenied, Conflict, RuleBroken
from domain.incidents.views import Scope
from domain.roles import Role
from tests.domain.incidents.desk import FACTS, Desk
from tests.domain.stage import Stage, moment
from tests.support.factories import again, make_person


@pytest.mark.clause("366-24")
@pytest.mark.clause("366-29.3")
async def test_an_agreed_level_holds_until_another_is_agreed(desk: Desk, stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.at("11-24 10:00")
    fault = await desk.fault("11-24 09:00", None)
    await desk.apply(fault)
    assert (await stage.card(supplier, number)).offers_due_at == moment("11-26 00:00")
    await stage.until("11-25 11:00")
    await desk.incidents.propose_level(desk.operator, fault, "medium")
    view = await desk.one(fault)
    assert (view.level, view.level_state, view.proposed_level) == ("high", "agreed", "medium")
    assert "incident.agree" in view.deadlines
    # The fault goes on: the window does not close over it while the other level waits.
    await stage.until("11-26 09:00")
    assert (await stage.card(supplier, number)).offers_due_at == moment("11-27 00:00")
    await desk.incidents.return_level(desk.authority, fault, "Сбой затронул всех")
    view = await desk.one(fault)
    assert (view.level, view.level_state, view.proposed_level) == ("high", "agreed", None)
    assert view.level_note == "Сбой затронул всех"
    await desk.incidents.propose_level(desk.operator, fault, "medium")
    await desk.incidents.agree_level(desk.authority, fault)
    view = await desk.one(fault)
    assert (view.level, view.level_state, view.proposed_level) == ("medium", "agreed", None)
    # Users were told of another level.
    (told,) = await stage.told(supplier, "incident.changed")
    assert (told.params["before"], told.params["level"]) == ("high", "medium")


async def test_a_waiting_level_is_taken_back_by_the_one_in_force(desk: Desk) -> None:
    fault = await desk.fault("11-20 09:00", "11-20 09:30")
    with pytest.raises(Conflict, match="level_in_force"):
        await desk.incidents.propose_level(desk.operator, fault, "high")
    await desk.incidents.propose_level(desk.operator, fault, "medium")
    with pytest.raises(Conflict, match="level_not_agreed"):
        await desk.incidents.close(desk.operator, fault)
    await desk.incidents.propose_level(desk.operator, fault, "high")
    view = await desk.one(fault)
    assert (view.level, view.proposed_level, view.deadlines) == ("high", None, {})
    with pytest.raises(Conflict, match="level_not_proposed"):
        await desk.incidents.agree_level(desk.authority, fault)


@pytest.mark.clause("366-24")
async def test_nobody_agrees_the_own_level(desk: Desk, stage: Stage) -> None:
    both = await make_person(stage.site, role=Role.SUPPORT)
    number = await desk.incidents.open_by_operator(again(both), "Сбой", moment("11-20 09:00"))
    await desk.incidents.confirm(
        again(both),
        number,
        FACTS,
        moment("11-20 09:00"),
        Scope(),
        "high",
        mended_at=moment("11-20 09:30"),
    )
    also = replace(both, role=Role.AUTHORITY)
    for act in (
        desk.incidents.agree_level(again(also), number),
        desk.incidents.return_level(again(also), number, "Нет"),
    ):
        with pytest.raises(AccessDenied, match="own_level"):
            await act
    await desk.incidents.agree_level(desk.authority, number)
    # Another one's proposal is another matter.
    await desk.incidents.propose_level(desk.operator, number, "medium")
    await desk.incidents.agree_level(again(also), number)
    assert (await desk.one(number)).level == "medium"


@pytest.mark.clause("366-29.3")
async def test_a_fault_is_not_closed_before_its_effects_are_applied(
    desk: Desk, stage: Stage
) -> None:
    customer = await stage.customer()
    await stage.supplier()
    await stage.order(customer)
    await stage.at("11-24 12:00")
    fault = await desk.fault("11-24 09:00", "11-24 11:00", agree=False)
    with pytest.raises(Conflict, match="level_not_agreed"):
        await desk.incidents.close(desk.operator, fault)
    await desk.incidents.agree_level(desk.authority, fault)
    with pytest.raises(Conflict, match="effects_not_applied"):
        await desk.incidents.close(desk.operator, fault)
    # Two hours of working time to apply them.
    assert (await desk.one(fault)).deadlines == {"incident.apply": moment("11-24 14:00")}
    await desk.apply(fault)
    assert (await desk.one(fault)).deadlines == {}
    await desk.incidents.close(desk.operator, fault)
    assert (await desk.one(fault)).state == "closed"


@pytest.mark.clause("366-29.3")
async def test_operators_are_reminded_to_apply_and_warned_in_the_evening(
    desk: Desk, stage: Stage
) -> None:
    admin = await make_person(stage.site, role=Role.ADMIN)
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.at("11-24 12:00")
    fault = await desk.fault("11-24 09:00", None, agree=False)
    await stage.until("11-24 18:00")
    (told,) = await stage.told(desk.authority_, "incident.tonight")
    assert (told.params["waits"], told.params["count"]) == ("level", 1)
    assert told.params["clause"] == "366-29.3"
    await stage.at("11-24 18:10")
    await desk.incidents.agree_level(desk.authority, fault)
    # Agreed in the late evening: said at once, and not to the authorised body.
    assert [each.params["waits"] for each in await stage.told(admin, "incident.tonight")] == [
        "level",
        "apply",
    ]
    assert len(await stage.told(desk.authority_, "incident.tonight")) == 1
    await desk.apply(fault)
    assert (await stage.card(supplier, number)).offers_due_at == moment("11-26 00:00")
    await stage.until("11-25 18:30")
    assert len(await stage.told(admin, "incident.tonight")) == 2
    assert await stage.told(admin, "incident.overdue") == []


async def test_effects_that_nobody_applies_are_escalated(desk: Desk, stage: Stage) -> None:
    admin = await make_person(stage.site, role=Role.ADMIN)
    await desk.fault("11-20 09:00", None)
    await stage.until("11-20 12:00")
    for person in (admin, desk.operator_):
        (told,) = await stage.told(person, "incident.overdue")
        assert (told.params["term"], told.params["clause"]) == ("incident.apply", "366-29.3")
    await stage.until("11-21 10:00")


async def test_a_fault_that_touches_nothing_is_closed_without_applying(desk: Desk) -> None:
    fault = await desk.fault("11-20 09:00", "11-20 09:30")
    assert (await desk.one(fault)).deadlines == {}
    await desk.incidents.close(desk.operator, fault)
    assert (await desk.one(fault)).state == "closed"


@pytest.mark.clause("627-26.13")
async def test_the_owners_report_keeps_its_term(desk_627: Desk, stage: Stage) -> None:
    fault = await desk_627.fault("11-20 09:00", "11-20 09:30")
    due = (await desk_627.one(fault)).deadlines["incident.owner_report"]
    assert due == moment("11-24 00:00")
    await stage.at("11-23 10:00")
    await desk_627.incidents.reopen(desk_627.operator, fault, "Сбой повторился")
    await desk_627.fault("11-20 09:00", "11-20 09:30", number=fault)
    assert (await desk_627.one(fault)).deadlines["incident.owner_report"] == due
    # Of another level for an hour: the term runs from its beginning.
    await desk_627.incidents.propose_level(desk_627.operator, fault, "low")
    assert "incident.owner_report" not in (await desk_627.one(fault)).deadlines
    await desk_627.incidents.propose_level(desk_627.operator, fault, "high")
    assert (await desk_627.one(fault)).deadlines["incident.owner_report"] == due
    # No fault, no report.
    await desk_627.incidents.reopen(desk_627.operator, fault, "Не подтвердилось")
    await desk_627.incidents.refute(desk_627.operator, fault, FACTS)
    assert "incident.owner_report" not in (await desk_627.one(fault)).deadlines


@pytest.mark.clause("627-26.3")
async def test_another_level_is_told_again(desk_627: Desk, stage: Stage) -> None:
    supplier = await stage.supplier()
    fault = await desk_627.fault("11-20 09:00", None)
    assert await stage.told(supplier, "incident.changed") == []
    await desk_627.incidents.propose_level(desk_627.operator, fault, "medium")
    (told,) = await stage.told(supplier, "incident.changed")
    assert (told.params["before"], told.params["level"]) == ("high", "medium")


@pytest.mark.clause("627-26.3")
async def test_a_plan_lies_in_the_future(desk_627: Desk) -> None:
    number = await desk_627.incidents.open_by_operator(
        desk_627.operator, "Сбой", moment("11-20 09:00")
    )
    with pytest.raises(RuleBroken, match="planned_past"):
        await desk_627.incidents.confirm(
            desk_627.operator,
            number,
            FACTS,
            moment("11-20 09:00"),
            Scope(),
            "high",
            planned_mending_at=moment("11-20 10:00"),
        )
    assert (await desk_627.one(number)).state == "analysing"


@pytest.mark.clause("627-25")
async def test_the_notice_of_a_medium_fault_is_put_on_record(desk_627: Desk, stage: Stage) -> None:
    fault = await desk_627.fault("11-20 09:00", "11-20 09:30", level="medium")
    assert (await desk_627.one(fault)).deadlines == {"incident.owner_report": moment("11-24 00:00")}
    await desk_627.incidents.owner_told(desk_627.operator, fault)
    assert (await desk_627.one(fault)).deadlines == {}
    (row,) = await stage.deadlines("incident.owner_report")
    assert (row.state, row.clause) == ("done", "627-25.3")

"""Levels of faults and what they demand of the desk (366, 23-24; 627, 22-26)."""

from __future__ import annotations

import pytest

from domain.actor import Actor
from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken
from domain.incidents.status import ranges_of
from domain.incidents.views import Scope
from domain.roles import Role
from tests.domain.incidents.desk import Desk
from tests.domain.stage import Stage, moment
from tests.support.factories import again, make_person, next_cause


@pytest.mark.clause("366-24")
async def test_the_authorised_body_agrees_or_returns_the_level(desk: Desk, stage: Stage) -> None:
    fault = await desk.fault("11-20 09:00", "11-20 09:30", agree=False)
    (asked,) = await stage.told(desk.authority_, "incident.level_asked")
    assert asked.params["level"] == "high"
    # Eight hours of working time.
    assert (await desk.one(fault)).deadlines == {"incident.agree": moment("11-20 18:00")}
    with pytest.raises(AccessDenied):
        await desk.incidents.agree_level(desk.operator, fault)
    await desk.incidents.return_level(desk.authority, fault, "Затронут только один раздел")
    view = await desk.one(fault)
    assert (view.level_state, view.level_note) == ("returned", "Затронут только один раздел")
    assert view.deadlines == {}
    assert len(await stage.told(desk.operator_, "incident.level_returned")) == 1
    await desk.incidents.propose_level(desk.operator, fault, "medium")
    await desk.incidents.agree_level(desk.authority, fault)
    view = await desk.one(fault)
    assert (view.level, view.level_state) == ("medium", "agreed")
    assert len(await stage.told(desk.operator_, "incident.level_agreed")) == 1
    with pytest.raises(Conflict) as refused:
        await desk.incidents.agree_level(desk.authority, fault)
    assert refused.value.code == "level_not_proposed"


async def test_a_level_that_waits_is_escalated_in_working_time(desk: Desk, stage: Stage) -> None:
    admin = await make_person(stage.site, role=Role.ADMIN)
    await stage.at("11-20 18:00")
    await desk.fault("11-20 17:00", "11-20 17:30", agree=False)
    await stage.until("11-23 16:29")
    assert await stage.told(admin, "incident.overdue") == []
    await stage.until("11-23 16:30")
    for person in (admin, desk.authority_):
        (told,) = await stage.told(person, "incident.overdue")
        assert told.params["term"] == "incident.agree"
    await stage.until("11-24 10:00")
    assert len(await stage.told(admin, "incident.overdue")) == 2


@pytest.mark.clause("366-23.1")
@pytest.mark.clause("366-23.2")
@pytest.mark.clause("366-23.3")
@pytest.mark.parametrize(
    ("level", "began", "mended", "scope", "needs"),
    [
        ("high", "11-19 17:00", "11-19 17:10", Scope(), None),
        ("high", "11-19 18:30", "11-20 08:59", Scope(), "hours"),
        ("high", "11-19 17:00", "11-19 17:10", Scope("module", ("offers",)), "scope"),
        ("medium", "11-19 17:00", "11-19 17:10", Scope("module", ("offers",)), None),
        ("medium", "11-19 19:00", "11-19 20:00", Scope("module", ("offers",)), "hours"),
        ("low", "11-19 19:00", "11-19 20:00", Scope(), None),
        ("low", "11-19 17:00", "11-19 17:10", Scope(), "higher"),
        ("low", "11-19 18:20", "11-19 19:00", Scope(), "higher"),
        ("low", "11-19 17:00", "11-19 17:10", Scope("orders", orders=(1,)), None),
        ("low", "11-19 17:00", "11-19 17:10", Scope("module", ("offers",)), None),
    ],
)
async def test_a_level_fits_its_definition(
    desk: Desk,
    stage: Stage,
    level: str,
    began: str,
    mended: str,
    scope: Scope,
    needs: str | None,
) -> None:
    await stage.supplier()
    assert await stage.order(await stage.customer()) == 1
    if needs is None:
        fault = await desk.fault(began, mended, level=level, scope=scope)
        assert (await desk.one(fault)).level == level
        return
    with pytest.raises(RuleBroken) as refused:
        await desk.fault(began, mended, level=level, scope=scope)
    assert (refused.value.code, refused.value.params["needs"]) == ("level_not_by_definition", needs)


@pytest.mark.clause("627-23")
@pytest.mark.parametrize(
    ("level", "scope", "allowed"),
    [
        ("high", Scope("module", ("offers",)), True),
        ("high", Scope("orders", orders=(1,)), False),
        ("medium", Scope("orders", orders=(1,)), True),
        ("low", Scope("orders", orders=(1,)), True),
    ],
)
async def test_levels_of_act_627(
    desk_627: Desk, stage: Stage, level: str, scope: Scope, allowed: bool
) -> None:
    customer, _ = await stage.customer(), await stage.supplier()
    assert await stage.order(customer) == 1
    if allowed:
        fault = await desk_627.fault("11-19 19:00", "11-19 20:00", level=level, scope=scope)
        assert (await desk_627.one(fault)).level_state == "informed"
        return
    with pytest.raises(RuleBroken) as refused:
        await desk_627.fault("11-19 19:00", "11-19 20:00", level=level, scope=scope)
    assert refused.value.code == "level_not_by_definition"


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        (Scope("module"), "scope_empty"),
        (Scope("orders"), "scope_empty"),
        (Scope("module", ("moon",)), "module_unknown"),
        (Scope("orders", orders=(99,)), "order_unknown"),
    ],
)
async def test_a_scope_names_what_there_is(desk: Desk, scope: Scope, code: str) -> None:
    with pytest.raises((RuleBroken, NotFound)) as refused:
        await desk.fault("11-20 09:00", None, level="low", scope=scope)
    assert refused.value.code == code


@pytest.mark.clause("627-26.3")
async def test_a_high_fault_is_announced_within_an_hour(desk_627: Desk, stage: Stage) -> None:
    supplier = await stage.supplier()
    fault = await desk_627.fault("11-20 09:00", None)
    (began,) = await stage.told(supplier, "incident.began")
    assert began.params["level"] == "high"
    # Nobody knows when it will be mended: that is still due.
    deadlines = (await desk_627.one(fault)).deadlines
    assert deadlines["incident.announce"] == moment("11-20 11:00")
    await desk_627.incidents.plan_mending(desk_627.operator, fault, moment("11-20 15:00"))
    (planned,) = await stage.told(supplier, "incident.planned")
    assert planned.params["planned_at"] == "2026-11-20T10:00:00Z"
    assert "incident.announce" not in (await desk_627.one(fault)).deadlines
    # Told again when that changes.
    await desk_627.incidents.plan_mending(desk_627.operator, fault, moment("11-20 17:00"))
    assert len(await stage.told(supplier, "incident.planned")) == 2


@pytest.mark.clause("627-26.12")
async def test_mending_is_told_with_the_orders_moved(desk_627: Desk, stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.at("11-24 12:00")
    fault = await desk_627.fault("11-24 09:00", None)
    await desk_627.apply(fault)
    await stage.at("11-24 15:00")
    done = await desk_627.incidents.mend(
        desk_627.operator, fault, moment("11-24 14:00"), "Заменён диск"
    )
    assert done.moved == 0
    (told,) = await stage.told(supplier, "incident.mended")
    assert (told.params["orders"], told.params["more"]) == ([[number, number]], 0)
    guest = Actor(kind="guest", source="api", cause="status")
    status = await desk_627.services.maintenance.status(guest, orders=True)
    assert [each.orders for each in status.past_incidents] == [((number, number),)]
    assert told.params["mended_at"] == "2026-11-24T09:00:00Z"
    assert told.params["measures"] == "Заменён диск"


@pytest.mark.clause("627-26.13")
async def test_the_owner_gets_a_report_within_one_working_day(desk_627: Desk, stage: Stage) -> None:
    admin = await make_person(stage.site, role=Role.ADMIN)
    first = await desk_627.fault("11-20 09:00", "11-20 09:30")
    second = await desk_627.fault("11-20 09:00", "11-20 09:30")
    low = await desk_627.fault("11-20 09:00", "11-20 09:30", level="low")
    assert "incident.owner_report" not in (await desk_627.one(low)).deadlines
    due = (await desk_627.one(first)).deadlines["incident.owner_report"]
    assert due == moment("11-24 00:00")
    await desk_627.incidents.owner_told(desk_627.operator, first)
    await stage.until("11-24 00:00")
    (told,) = await stage.told(admin, "incident.overdue")
    assert (told.params["number"], told.params["clause"]) == (second, "627-26.13")


async def test_another_level_has_other_duties(desk_627: Desk) -> None:
    fault = await desk_627.fault("11-20 09:00", None, level="medium")
    assert set((await desk_627.one(fault)).deadlines) == {
        "incident.apply",
        "incident.owner_report",
    }
    await desk_627.incidents.propose_level(desk_627.operator, fault, "high")
    assert set((await desk_627.one(fault)).deadlines) == {
        "incident.announce",
        "incident.apply",
        "incident.owner_report",
    }
    await desk_627.incidents.propose_level(desk_627.operator, fault, "low")
    assert (await desk_627.one(fault)).deadlines == {}


@pytest.mark.clause("366-24")
async def test_no_program_speaks_for_the_authorised_body(desk: Desk) -> None:
    number = await desk.fault("11-20 09:00", "11-20 09:30", agree=False)
    program = Actor(kind="integration", source="api", cause=next_cause(), label="desk")
    with pytest.raises(AccessDenied, match="people_only"):
        await desk.incidents.agree_level(program, number)
    with pytest.raises(AccessDenied, match="people_only"):
        await desk.incidents.return_level(again(program), number, "Нет")
    assert (await desk.one(number)).level_state == "proposed"
    with pytest.raises(AccessDenied, match="role_not_allowed"):
        await desk.incidents.agree_level(desk.operator, number)
    await desk.incidents.agree_level(desk.authority, number)
    assert (await desk.one(number)).level_state == "agreed"


@pytest.mark.clause("627-26.12")
def test_thousands_of_orders_are_named_in_ranges() -> None:
    assert ranges_of([]) == ()
    assert ranges_of([3]) == ((3, 3),)
    assert ranges_of([*range(5, 20_005), 20_007, 20_009, 20_010]) == (
        (5, 20_004),
        (20_007, 20_007),
        (20_009, 20_010),
    )

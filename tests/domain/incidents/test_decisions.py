"""Deciding on faults: refuting, holding, closing, the journal (366, 27-29; 627, 16-21)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.actor import Actor
from domain.errors import AccessDenied, Conflict, RuleBroken
from domain.incidents.views import Scope
from domain.roles import Role
from tests.domain.incidents.desk import FACTS, Desk, extensions, moves
from tests.domain.stage import Stage, moment
from tests.support.factories import again, make_person


@pytest.mark.clause("366-27")
@pytest.mark.clause("366-28")
async def test_a_refuted_fault_is_told_to_who_reported_it(desk: Desk, stage: Stage) -> None:
    supplier, other = await stage.supplier(), await stage.supplier("ТОО «Второй»")
    taken = await desk.report(supplier, "11-20 09:30")
    await desk.incidents.refute(desk.operator, taken.incident, FACTS)
    (told,) = await stage.told(supplier, "incident.refuted")
    assert (told.params["facts"], told.params["clause"]) == (FACTS, "366-28")
    assert await stage.told(other, "incident") == []
    view = await desk.one(taken.incident)
    assert (view.state, view.facts) == ("refuted", FACTS)
    # A term of the house: until word of it has arrived.
    assert view.deadlines == {"incident.refutation": moment("11-24 00:00")}
    await stage.sent()
    await stage.until("11-20 10:03")
    assert (await desk.one(taken.incident)).deadlines == {}
    with pytest.raises(Conflict) as refused:
        await desk.fault("11-20 09:00", None, number=taken.incident)
    assert refused.value.code == "incident_state"


@pytest.mark.clause("627-19")
async def test_a_decision_is_due_within_one_working_day(desk_627: Desk, stage: Stage) -> None:
    admin = await make_person(stage.site, role=Role.ADMIN)
    supplier = await stage.supplier()
    taken = await desk_627.report(supplier, "11-20 09:30")
    assert taken.decide_by == moment("11-24 00:00")
    assert (await desk_627.one(taken.incident)).deadlines == {"incident.decide": taken.decide_by}
    await stage.until("11-24 00:00")
    for person in (admin, desk_627.operator_):
        (told,) = await stage.told(person, "incident.overdue")
        assert told.params["term"] == "incident.decide"
        assert told.params["clause"] == "627-19"
    await desk_627.incidents.refute(desk_627.operator, taken.incident, FACTS)
    await stage.sent()
    await stage.until("11-27 00:00")
    assert (await desk_627.one(taken.incident)).deadlines == {}
    assert len(await stage.told(admin, "incident.overdue")) == 1


@pytest.mark.clause("627-21")
async def test_a_refutation_is_told_within_two_hours_with_its_facts(
    desk_627: Desk, stage: Stage
) -> None:
    supplier = await stage.supplier()
    taken = await desk_627.report(supplier, "11-20 09:30")
    # Somebody without an account phoned, too.
    await desk_627.report(
        desk_627.operator_,
        "11-20 09:40",
        join=taken.incident,
        name="Болат Ахметов",
        phone="+7 701 555 00 99",
    )
    await desk_627.incidents.refute(desk_627.operator, taken.incident, FACTS)
    (told,) = await stage.told(supplier, "incident.refuted")
    assert (told.params["facts"], told.params["clause"]) == (FACTS, "627-21")
    due = (await desk_627.one(taken.incident)).deadlines["incident.refutation"]
    assert due == moment("11-20 12:00")
    await stage.sent()
    await stage.until("11-20 11:59")
    # The caller is told by nobody but an operator.
    assert "incident.refutation" in (await desk_627.one(taken.incident)).deadlines
    await desk_627.incidents.refutation_told(desk_627.operator, taken.incident)
    assert (await desk_627.one(taken.incident)).deadlines == {}
    with pytest.raises(Conflict) as nothing:
        await desk_627.incidents.refutation_told(desk_627.operator, taken.incident)
    assert nothing.value.code == "incident_nothing_due"


async def test_a_refutation_told_in_the_act_leaves_nothing_due(
    desk_627: Desk, stage: Stage
) -> None:
    supplier = await stage.supplier()
    taken = await desk_627.report(supplier, "11-20 09:30")
    await desk_627.incidents.refute(desk_627.operator, taken.incident, FACTS)
    (row,) = await stage.deadlines("incident.refutation")
    assert (row.state, row.due_at) == ("open", moment("11-20 12:00"))
    await stage.sent()
    await stage.until("11-20 10:03")
    (row,) = await stage.deadlines("incident.refutation")
    assert row.state == "done"


@pytest.mark.clause("627-20")
async def test_windows_at_stake_wait_for_the_decision(desk_627: Desk, stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number, other = await stage.order(customer), await stage.order(customer)
    stranger = await stage.supplier("ТОО «Чужой»", goods=("331312.100.000000",))
    await stage.at("11-24 10:00")
    nothing = await desk_627.report(stranger, "11-24 09:30", orders=(number,))
    assert nothing.held == 0
    taken = await desk_627.report(supplier, "11-24 09:30", orders=(number,))
    assert (taken.held, taken.decide_by) == (1, moment("11-26 00:00"))
    assert (await stage.card(supplier, number)).offers_due_at == moment("11-26 00:00")
    assert (await stage.card(supplier, other)).offers_due_at == moment("11-25 00:00")
    (told,) = await stage.told(customer, "incident.moved")
    assert (told.params["held"], moves(told)[0]["clause"]) == (True, "627-20")
    # The desk itself holds more.
    held = await desk_627.incidents.hold(desk_627.operator, taken.incident, Scope())
    assert held == 1
    assert (await stage.card(supplier, other)).offers_due_at == moment("11-26 00:00")
    # Nobody decides in time: they wait on.
    await stage.until("11-26 10:00")
    assert (await stage.card(supplier, number)).offers_due_at == moment("11-27 00:00")
    assert (await stage.card(supplier, number)).state == "collecting"
    # The decision comes; the end that people were told stands, and no day is lost.
    await desk_627.fault("11-24 09:00", "11-24 10:00", number=taken.incident)
    assert (await desk_627.apply(taken.incident)).moved == 0
    assert (await stage.card(supplier, number)).offers_due_at == moment("11-27 00:00")
    await stage.until("11-27 10:00")
    assert (await stage.card(customer, number)).state == "failed"


async def test_the_final_step_takes_the_place_of_the_hold(desk_627: Desk, stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.at("11-24 10:00")
    taken = await desk_627.report(supplier, "11-24 09:30", orders=(number,))
    await stage.at("11-25 10:00")
    await desk_627.fault("11-23 09:00", "11-25 09:00", number=taken.incident)
    assert (await desk_627.apply(taken.incident)).moved == 1
    card = await stage.card(customer, number)
    assert card.offers_due_at == moment("11-28 00:00")
    (step,) = extensions(card)
    assert (step["rule"], step["clause"]) == ("lost_days", "627-26.4")


async def test_act_366_holds_nothing(desk: Desk, stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    taken = await desk.report(supplier, "11-20 09:30", orders=(number,))
    assert taken.held == 0
    with pytest.raises(Conflict) as refused:
        await desk.incidents.hold(desk.operator, taken.incident, Scope())
    assert refused.value.code == "no_hold"


@pytest.mark.clause("366-29.1")
async def test_a_fault_is_closed_only_when_mended_by_measures(desk: Desk) -> None:
    fault = await desk.fault("11-20 09:00", None)
    with pytest.raises(Conflict) as refused:
        await desk.incidents.close(desk.operator, fault)
    assert refused.value.code == "incident_not_mended"
    with pytest.raises(RuleBroken):
        await desk.incidents.mend(desk.operator, fault, moment("11-20 09:30"), " ")
    await desk.incidents.mend(desk.operator, fault, moment("11-20 09:30"), "Заменён диск")
    await desk.incidents.close(desk.operator, fault)
    view = await desk.one(fault)
    assert (view.state, view.measures) == ("closed", "Заменён диск")


@pytest.mark.parametrize(
    ("began", "mended"),
    [("11-20 10:00:01", None), ("11-20 09:00", "11-20 09:00"), ("11-20 09:00", "11-20 10:01")],
)
async def test_an_interval_lies_in_the_past(desk: Desk, began: str, mended: str | None) -> None:
    number = await desk.incidents.open_by_operator(desk.operator, "Сбой", moment("11-20 09:00"))
    with pytest.raises(RuleBroken) as refused:
        await desk.fault(began, mended, number=number)
    assert refused.value.code == "interval_wrong"


@pytest.mark.clause("627-15.2")
async def test_the_journal_holds_every_request(desk_627: Desk, stage: Stage) -> None:
    supplier = await stage.supplier()
    first = await desk_627.report(supplier, "11-20 09:30")
    await stage.at("11-20 12:00")
    await desk_627.report(supplier, "11-20 09:40", join=first.incident)
    await desk_627.fault("11-20 09:00", "11-20 11:00", number=first.incident)
    rows = await desk_627.incidents.journal(
        desk_627.operator, moment("11-20 00:00"), moment("11-21 00:00")
    )
    assert [(row.incident, row.found_at, row.late, row.outcome) for row in rows] == [
        (first.incident, moment("11-20 09:30"), False, "confirmed"),
        (first.incident, moment("11-20 09:40"), True, "confirmed"),
    ]
    assert rows[0].company_ru == "ТОО «Прибор»"
    nothing = await desk_627.incidents.journal(
        desk_627.operator, moment("11-21 00:00"), moment("11-22 00:00")
    )
    assert nothing == []
    with pytest.raises(AccessDenied):
        await desk_627.incidents.journal(supplier.me, moment("11-20 00:00"), moment("11-21 00:00"))


async def test_acts_are_on_record(desk: Desk, stage: Stage) -> None:
    supplier = await stage.supplier()
    taken = await desk.report(supplier, "11-20 09:30", contacts="+7 701 123 45 67")
    await desk.fault("11-20 09:00", "11-20 09:30", number=taken.incident)
    await desk.apply(taken.incident)
    entries = await stage.record(f"incident:{taken.incident}")
    assert [entry.action for entry in entries] == [
        "incident.report",
        "incident.confirm",
        "incident.agree",
        "incident.apply",
    ]
    assert all("701" not in str(entry.data) + str(entry.result) for entry in entries)
    assert again(desk.operator_).at is None
    assert stage.clock.now() - entries[0].at == timedelta()


async def test_a_fault_confirmed_by_mistake_and_refuted_is_no_fault_to_anybody(
    desk: Desk, stage: Stage
) -> None:
    customer = await stage.customer()
    await desk.report(customer, "11-20 09:30")
    await stage.at("11-20 12:00")
    number = await desk.fault("11-20 09:30", "11-20 11:00", number=1)
    await desk.incidents.reopen(desk.operator, number, "Сбой был у провайдера")
    await desk.incidents.refute(desk.operator, number, "Платформа работала")
    await desk.incidents.close(desk.operator, number)
    own = await desk.incidents.my_reports(customer.me, number)
    assert (own.incident.state, own.confirmed) == ("closed", False)
    guest = Actor(kind="guest", source="api", cause="status")
    assert (await desk.services.maintenance.status(guest)).past_incidents == []
    with pytest.raises(Conflict, match="incident_state"):
        await desk.preview(number)

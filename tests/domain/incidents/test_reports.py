"""Reports of faults: terms, lateness, joining, decision, level (366, 25-28; 627, 15-21)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from domain.actor import Actor
from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken
from domain.files import FileInfo
from domain.incidents.model import IncidentReport
from domain.incidents.views import Scope
from domain.roles import Role
from tests.domain.incidents.desk import FACTS, TEXT, Desk, extensions, make_desk, moves
from tests.domain.stage import Stage, moment
from tests.support.factories import again, make_person

SHOT = FileInfo("screen.png", "image/png", 2000, "b" * 64)


@pytest.fixture
async def desk(stage: Stage) -> Desk:
    """A desk under act 366."""
    return await make_desk(stage)


@pytest.fixture
async def desk_627(stage: Stage) -> Desk:
    """A desk under act 627."""
    return await make_desk(stage, "627")


@pytest.mark.clause("366-25")
@pytest.mark.parametrize(
    ("reported", "late"),
    [
        # Found on Friday: Monday, Tuesday and Wednesday are the three working days.
        ("11-25 23:59:59.999999", False),
        ("11-26 00:00:00", True),
    ],
)
async def test_a_fault_is_reported_within_three_working_days(
    desk: Desk, stage: Stage, reported: str, late: bool
) -> None:
    supplier = await stage.supplier()
    await stage.at(reported)
    taken = await desk.report(supplier, "11-20 09:30", files=(SHOT,))
    assert (taken.late, taken.reported_by) == (late, moment("11-26 00:00"))
    assert taken.decide_by is None
    (report,) = await desk.incidents.reports(desk.operator, taken.incident)
    assert report.found_at == moment("11-20 09:30")
    assert report.contacts == "+7 701 000 00 00"
    assert [file.name for file in report.files] == ["screen.png"]
    # Confirmed automatically with its number.
    (told,) = await stage.told(supplier, "incident.received")
    assert (told.params["number"], told.params["late"]) == (taken.incident, late)
    assert await stage.kinds(desk.operator_) == ["incident.reported"]


@pytest.mark.clause("627-15.1")
@pytest.mark.parametrize(
    ("found", "late"), [("11-20 09:00:00.000001", False), ("11-20 09:00:00", True)]
)
async def test_under_act_627_a_fault_is_reported_within_an_hour(
    desk_627: Desk, stage: Stage, found: str, late: bool
) -> None:
    supplier = await stage.supplier()
    taken = await desk_627.report(supplier, found)
    assert (taken.late, taken.regime) == (late, "627")
    view = await desk_627.one(taken.incident)
    assert view.late_reports == int(late)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"text": "  "}, "text_missing"),
        ({"contacts": ""}, "text_missing"),
        ({"join": 99}, "incident_unknown"),
        ({"ticket": 99}, "ticket_unknown"),
        ({"regime": "999"}, "regime_unknown"),
        ({"files": (FileInfo("x", "image/png", 21 * 1024 * 1024, "c" * 64),)}, "file_too_big"),
    ],
)
async def test_a_report_that_cannot_be_taken(
    desk: Desk, stage: Stage, given: dict[str, object], code: str
) -> None:
    supplier = await stage.supplier()
    with pytest.raises(RuleBroken) as refused:
        await desk.report(supplier, "11-20 09:30", **given)
    assert refused.value.code == code
    assert (await desk.incidents.page(desk.operator)).incidents == []


async def test_nobody_finds_a_fault_in_the_future(desk: Desk, stage: Stage) -> None:
    supplier = await stage.supplier()
    with pytest.raises(RuleBroken) as refused:
        await desk.report(supplier, "11-20 10:00:01")
    assert refused.value.code == "found_in_future"


async def test_the_same_cause_reports_once(desk: Desk, stage: Stage) -> None:
    supplier = await stage.supplier()
    me = supplier.me
    first = await desk.incidents.report(me, TEXT, moment("11-20 09:00"), "a@b.kz")
    second = await desk.incidents.report(me, TEXT, moment("11-20 09:00"), "a@b.kz")
    assert first == second
    assert (await desk.one(first.incident)).reports == 1


async def test_a_guest_reports_nothing(desk: Desk) -> None:
    guest = Actor(kind="guest", source="telegram", cause="tg:1:1", telegram_id=5)
    with pytest.raises(AccessDenied):
        await desk.incidents.report(guest, TEXT, moment("11-20 09:00"), "a@b.kz")


async def test_similar_reports_join_one_incident(desk: Desk, stage: Stage) -> None:
    first, second = await stage.supplier(), await stage.supplier("ТОО «Второй»")
    taken = await desk.report(first, "11-20 09:30")
    await desk.report(first, "11-20 09:40", text="Не приходят уведомления о договорах")
    alike = "Страница подачи предложений не открывается"
    (likely,) = await desk.incidents.similar(second.me, alike)
    assert likely.number == taken.incident
    joined = await desk.report(second, "11-20 09:10", text=alike, join=likely.number)
    assert (joined.incident, joined.joined) == (taken.incident, True)
    view = await desk.one(taken.incident)
    # It began no later than somebody met it.
    assert (view.reports, view.began_at) == (2, moment("11-20 09:10"))
    assert [row.number for row in await desk.incidents.mine(second.me)] == [taken.incident]
    assert await desk.incidents.similar(second.me, "Совсем другое дело") == []


async def test_a_decided_incident_takes_no_more_reports(desk: Desk, stage: Stage) -> None:
    supplier = await stage.supplier()
    taken = await desk.report(supplier, "11-20 09:30")
    await desk.incidents.refute(desk.operator, taken.incident, FACTS)
    with pytest.raises(Conflict) as refused:
        await desk.report(supplier, "11-20 09:30", join=taken.incident)
    assert refused.value.code == "not_joinable"


@pytest.mark.clause("366-26")
async def test_an_operator_registers_a_fault_for_who_phoned(desk: Desk, stage: Stage) -> None:
    supplier = await stage.supplier()
    taken = await desk.report(desk.operator_, "11-20 09:30", for_person=supplier.me.person_id)
    (report,) = await desk.incidents.reports(desk.operator, taken.incident)
    assert report.person_id == supplier.me.person_id
    assert report.company_ru == "ТОО «Прибор»"
    assert await stage.kinds(supplier, "incident") == ["incident.received"]
    other = await stage.supplier("ТОО «Второй»")
    with pytest.raises(AccessDenied) as refused:
        await desk.report(other, "11-20 09:30", for_person=supplier.me.person_id)
    assert refused.value.code == "report_for_others"


async def test_a_title_keeps_contacts_out(desk: Desk, stage: Stage) -> None:
    supplier = await stage.supplier()
    text = "Не работает вход, звоните +7 701 123 45 67 или a@b.kz\nПодробности"
    taken = await desk.report(supplier, "11-20 09:30", text=text)
    assert (await desk.one(taken.incident)).title == "Не работает вход, звоните … или …"


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
    assert (view.state, view.facts, view.deadlines) == ("refuted", FACTS, {})
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
    assert (await desk_627.one(taken.incident)).deadlines == {}
    await stage.until("11-27 00:00")
    assert len(await stage.told(admin, "incident.overdue")) == 1


@pytest.mark.clause("627-21")
async def test_a_refutation_is_told_within_two_hours_with_its_facts(
    desk_627: Desk, stage: Stage
) -> None:
    supplier = await stage.supplier()
    taken = await desk_627.report(supplier, "11-20 09:30")
    # Somebody without an account reported it through an operator, too.
    await desk_627.report(desk_627.operator_, "11-20 09:40", join=taken.incident)
    async with stage.site.sessions.begin() as session:
        await session.execute(
            update(IncidentReport)
            .where(IncidentReport.person_id == desk_627.operator_.person_id)
            .values(person_id=None)
        )
    await desk_627.incidents.refute(desk_627.operator, taken.incident, FACTS)
    (told,) = await stage.told(supplier, "incident.refuted")
    assert (told.params["facts"], told.params["clause"]) == (FACTS, "627-21")
    due = (await desk_627.one(taken.incident)).deadlines["incident.refutation"]
    assert due == moment("11-20 12:00")
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
    assert (row.state, row.due_at) == ("done", moment("11-20 12:00"))


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
        ("low", "11-19 17:00", "11-19 17:10", Scope("module", ("offers",)), None),
    ],
)
async def test_a_level_fits_its_definition(
    desk: Desk, level: str, began: str, mended: str, scope: Scope, needs: str | None
) -> None:
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
    assert told.params["orders"] == [number]
    assert told.params["mended_at"] == "2026-11-24T09:00:00Z"
    assert told.params["measures"] == "Заменён диск"


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
    assert (await desk_627.one(fault)).deadlines == {}
    await desk_627.incidents.propose_level(desk_627.operator, fault, "high")
    assert set((await desk_627.one(fault)).deadlines) == {
        "incident.announce",
        "incident.owner_report",
    }
    await desk_627.incidents.propose_level(desk_627.operator, fault, "low")
    assert (await desk_627.one(fault)).deadlines == {}


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


async def test_a_page_of_incidents_goes_on_where_it_ended(desk: Desk, stage: Stage) -> None:
    numbers = [
        await desk.incidents.open_by_operator(desk.operator, f"Сбой {n}", moment("11-20 09:00"))
        for n in range(5)
    ]
    await desk.incidents.refute(desk.operator, numbers[0], FACTS)
    first = await desk.incidents.page(desk.operator, ("analysing",), size=3)
    assert [row.number for row in first.incidents] == numbers[:1:-1]
    second = await desk.incidents.page(desk.operator, ("analysing",), first.older, size=3)
    assert ([row.number for row in second.incidents], second.older) == ([numbers[1]], None)


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

"""Reports of faults: terms, lateness, joining (act 366, 25-26; act 627, 15)."""

from __future__ import annotations

import pytest

from domain.actor import Actor
from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken
from domain.files import FileInfo
from tests.domain.incidents.desk import FACTS, TEXT, Desk
from tests.domain.stage import Stage, moment
from tests.support.factories import again

SHOT = FileInfo("screen.png", "image/png", 2000, "b" * 64)


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
        ({"text": "x"}, "fault_too_short"),
        ({"text": "?! 12 345"}, "fault_too_short"),
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


async def test_what_joins_a_known_fault_needs_no_words_of_its_own(desk: Desk, stage: Stage) -> None:
    supplier = await stage.supplier()
    first = await desk.report(supplier, "11-20 09:30")
    joined = await desk.report(supplier, "11-20 09:30", text="1", join=first.incident)
    assert joined.incident == first.incident


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
    rows, total = await desk.incidents.mine(second.me)
    assert ([row.number for row in rows], total) == ([taken.incident], 1)
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


async def test_reports_of_an_incident_come_in_pages(desk: Desk, stage: Stage) -> None:
    first = await stage.supplier()
    for at in range(5):
        join = 1 if at else None
        await desk.report(again(first.me), "11-20 09:30", text=f"Сбой {at}", join=join)
    texts = [
        [each.text for each in await desk.incidents.reports(desk.operator, 1, after, 2)]
        for after in (0, 2, 4, 6)
    ]
    assert texts == [["Сбой 0", "Сбой 1"], ["Сбой 2", "Сбой 3"], ["Сбой 4"], []]
    one = await desk.incidents.report_of(desk.operator, 1, 3)
    assert one.text == "Сбой 2"
    for unknown in (0, 6, 2**63):
        with pytest.raises(NotFound, match="report_unknown"):
            await desk.incidents.report_of(desk.operator, 1, unknown)


async def test_a_user_reads_the_own_reports_back_and_nobody_elses(desk: Desk, stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    await stage.order(customer)
    await stage.at("11-24 15:00")
    await desk.report(supplier, "11-24 11:00", files=(SHOT,))
    await desk.report(customer, "11-24 11:10", text="Чужое", join=1)
    own = await desk.incidents.my_reports(supplier.me, 1)
    assert [(each.text, len(each.files)) for each in own.reports] == [(TEXT, 1)]
    assert (own.others, own.confirmed, own.effects) == (1, False, [])
    await desk.fault("11-24 11:00", "11-24 13:00", number=1)
    await desk.apply(1)
    own = await desk.incidents.my_reports(supplier.me, 1)
    assert (own.confirmed, [each.new for each in own.effects]) == (True, [moment("11-26 00:00")])
    stranger = await stage.supplier()
    for number in (1, 404):
        with pytest.raises(NotFound, match="incident_unknown"):
            await desk.incidents.my_reports(stranger.me, number)

"""Planned works, and how the platform is (366, clause 22; 627, clauses 30-31)."""

from __future__ import annotations

import pytest

from domain.actor import Actor
from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken
from domain.incidents.views import Scope, StatusView
from domain.roles import Role
from tests.domain.incidents.desk import Desk
from tests.domain.stage import Stage, moment
from tests.support.factories import make_person, next_cause

TEXTS = ("Дерекқор жаңартылады", "Обновление базы данных")


async def _announce(desk: Desk, starts: str, ends: str, **given: object) -> int:
    return await desk.services.maintenance.announce(
        desk.operator,
        moment(starts),
        moment(ends),
        *TEXTS,
        **given,  # type: ignore[arg-type]  # options are named by the test
    )


async def _status(desk: Desk) -> StatusView:
    guest = Actor(kind="guest", source="api", cause=next_cause())
    return await desk.services.maintenance.status(guest)


@pytest.mark.clause("366-22")
async def test_everybody_is_told_of_works_from_announcement_to_end(
    desk: Desk, stage: Stage
) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await _announce(desk, "11-23 20:00", "11-23 23:00")
    for person in (customer, supplier, desk.authority_):
        (told,) = await stage.told(person, "maintenance")
        assert (told.kind, told.params["number"]) == ("maintenance.announced", number)
        assert (told.params["text_kk"], told.params["text_ru"]) == TEXTS
    assert (await _status(desk)).planned[0].number == number
    await stage.until("11-22 09:00")
    assert (await stage.kinds(supplier, "maintenance"))[-1] == "maintenance.tomorrow"
    await stage.until("11-23 20:00")
    assert (await stage.kinds(supplier, "maintenance"))[-1] == "maintenance.started"
    assert (await _status(desk)).now == "maintenance"
    await stage.until("11-23 23:00")
    assert (await stage.kinds(supplier, "maintenance"))[-1] == "maintenance.finished"
    status = await _status(desk)
    assert (status.now, status.running, status.planned) == ("ok", [], [])
    assert [works.number for works in status.past_maintenance] == [number]
    works = await desk.services.maintenance.one(desk.operator, number)
    assert (works.state, works.finished_at) == ("finished", moment("11-23 23:00"))


@pytest.mark.clause("627-31a")
async def test_works_are_announced_two_calendar_days_before(desk_627: Desk, stage: Stage) -> None:
    supplier = await stage.supplier()
    with pytest.raises(RuleBroken) as refused:
        await _announce(desk_627, "11-22 23:59", "11-23 02:00")
    assert refused.value.code == "maintenance_late"
    assert refused.value.clause == "627-31a"
    assert refused.value.params["latest"] == moment("11-20 00:00")
    with pytest.raises(RuleBroken, match="ground_too_short"):
        await _announce(desk_627, "11-22 23:59", "11-23 02:00", emergency="24.11 02:00")
    assert await stage.told(supplier) == []
    # Two whole days lie between the 20th and the 23rd.
    await _announce(desk_627, "11-23 00:00", "11-23 02:00")
    urgent = await _announce(
        desk_627, "11-20 20:00", "11-20 21:00", emergency="Обновление безопасности"
    )
    told = await stage.told(supplier, "maintenance.announced")
    assert [row.params["emergency"] for row in told] == ["", "Обновление безопасности"]
    works = await desk_627.services.maintenance.one(desk_627.operator, urgent)
    assert works.emergency == "Обновление безопасности"


async def test_act_366_names_no_term_of_the_announcement(desk: Desk) -> None:
    assert await _announce(desk, "11-20 10:01", "11-20 11:00") == 1


@pytest.mark.clause("627-31b")
async def test_windows_that_end_on_the_day_of_works_move(desk_627: Desk, stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    (shown,) = await desk_627.services.maintenance.preview(
        desk_627.operator, moment("11-24 09:00"), moment("11-24 12:00")
    )
    assert (shown.new, shown.clause) == (moment("11-26 00:00"), "627-31b")
    works = await _announce(desk_627, "11-24 09:00", "11-24 12:00")
    assert (await stage.card(supplier, number)).offers_due_at == moment("11-26 00:00")
    (told,) = await stage.told(customer, "incident.moved")
    assert told.params["maintenance"] == works
    # An order that was published after the announcement and ends on that day moves, too.
    later = await stage.order(customer)
    assert (await stage.card(supplier, later)).offers_due_at == moment("11-25 00:00")
    await stage.until("11-24 09:00")
    assert (await stage.card(supplier, later)).offers_due_at == moment("11-26 00:00")
    # Longer works: to the working day after the new last day, and that is shown before.
    longer = await desk_627.services.maintenance.preview(
        desk_627.operator, moment("11-24 09:00"), moment("11-25 12:00"), works=works
    )
    assert [(each.order, each.new) for each in longer] == [
        (number, moment("11-27 00:00")),
        (later, moment("11-27 00:00")),
    ]
    await desk_627.services.maintenance.prolong(
        desk_627.operator, works, moment("11-25 12:00"), "Не успеваем"
    )
    assert (await stage.card(supplier, number)).offers_due_at == moment("11-27 00:00")
    assert (await stage.kinds(supplier, "maintenance"))[-1] == "maintenance.prolonged"
    await stage.until("11-25 12:00")
    view = await desk_627.services.maintenance.one(desk_627.operator, works)
    assert (view.state, view.finished_at) == ("finished", moment("11-25 12:00"))


async def test_a_preview_of_longer_works_is_refused_as_the_act_is(desk_627: Desk) -> None:
    maintenance = desk_627.services.maintenance
    works = await _announce(desk_627, "11-24 09:00", "11-24 12:00")
    with pytest.raises(RuleBroken, match="maintenance_interval"):
        await maintenance.preview(
            desk_627.operator, moment("11-24 09:00"), moment("11-24 12:00"), works=works
        )
    await maintenance.cancel(desk_627.operator, works)
    for number, code in ((works, "maintenance_state"), (404, "maintenance_unknown")):
        with pytest.raises(RuleBroken, match=code):
            await maintenance.preview(
                desk_627.operator, moment("11-24 09:00"), moment("11-25 12:00"), works=number
            )


async def test_under_act_366_works_move_nothing(desk: Desk, stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await _announce(desk, "11-24 09:00", "11-24 12:00")
    assert (await stage.card(supplier, number)).offers_due_at == moment("11-25 00:00")
    assert (
        await desk.services.maintenance.preview(
            desk.operator, moment("11-24 09:00"), moment("11-24 12:00")
        )
        == []
    )


async def test_cancelled_works_never_begin(desk_627: Desk, stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    works = await _announce(desk_627, "11-24 09:00", "11-24 12:00")
    await desk_627.services.maintenance.cancel(desk_627.operator, works)
    await stage.until("11-24 13:00")
    assert await stage.kinds(supplier, "maintenance") == [
        "maintenance.announced",
        "maintenance.cancelled",
    ]
    # What people were told of their deadlines stands.
    assert (await stage.card(supplier, number)).offers_due_at == moment("11-26 00:00")
    assert (await _status(desk_627)).past_maintenance == []
    with pytest.raises(Conflict) as refused:
        await desk_627.services.maintenance.cancel(desk_627.operator, works)
    assert refused.value.code == "maintenance_state"


async def test_works_end_before_their_time(desk: Desk, stage: Stage) -> None:
    supplier = await stage.supplier()
    works = await _announce(desk, "11-24 09:00", "11-24 12:00")
    with pytest.raises(Conflict):
        await desk.services.maintenance.finish_early(desk.operator, works)
    await stage.until("11-24 10:00")
    await desk.services.maintenance.finish_early(desk.operator, works)
    await stage.until("11-24 13:00")
    assert (await stage.kinds(supplier, "maintenance")).count("maintenance.finished") == 1
    view = await desk.services.maintenance.one(desk.operator, works)
    assert view.finished_at == moment("11-24 10:00")


@pytest.mark.parametrize(
    ("starts", "ends", "code"),
    [
        ("11-24 09:00", "11-24 09:00", "maintenance_interval"),
        ("11-20 10:00", "11-20 11:00", "maintenance_past"),
    ],
)
async def test_works_lie_ahead(desk: Desk, starts: str, ends: str, code: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        await _announce(desk, starts, ends)
    assert refused.value.code == code


async def test_unknown_works_and_those_who_may_not(desk: Desk, stage: Stage) -> None:
    with pytest.raises(NotFound):
        await desk.services.maintenance.one(desk.operator, 9)
    supplier = await stage.supplier()
    with pytest.raises(AccessDenied):
        await desk.services.maintenance.announce(
            supplier.me, moment("11-24 09:00"), moment("11-24 12:00"), *TEXTS
        )
    admin = await make_person(stage.site, role=Role.ADMIN)
    number = await desk.services.maintenance.announce(
        admin, moment("11-24 09:00"), moment("11-24 12:00"), *TEXTS
    )
    page = await desk.services.maintenance.page(desk.operator)
    assert [works.number for works in page.works] == [number]


async def test_the_status_shows_confirmed_faults_by_module(desk: Desk, stage: Stage) -> None:
    supplier = await stage.supplier()
    taken = await desk.report(supplier, "11-20 09:30")
    quiet = await _status(desk)
    assert (quiet.now, quiet.incidents) == ("ok", [])
    await desk.fault(
        "11-20 09:00",
        None,
        number=taken.incident,
        scope=Scope("module", ("offers",)),
        level="medium",
        agree=False,
    )
    status = await _status(desk)
    assert status.now == "incident"
    assert status.modules == {"offers": "incident", "awards": "ok", "contracts": "ok"}
    # The level is not shown before it has taken effect.
    assert status.incidents[0].level is None
    await desk.incidents.agree_level(desk.authority, taken.incident)
    assert (await _status(desk)).incidents[0].level == "medium"
    await desk.incidents.mend(desk.operator, taken.incident, moment("11-20 09:50"), "Диск заменён")
    over = await _status(desk)
    assert (over.now, over.incidents) == ("ok", [])
    assert [each.number for each in over.past_incidents] == [taken.incident]
    stage.clock.set(moment("12-31 00:00").replace(year=2027))
    assert (await _status(desk)).past_incidents == []

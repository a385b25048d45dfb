"""Two incidents of one fault: the reports of one go on in the other, and nobody is refuted."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import AccessDenied, Conflict
from domain.incidents.said import Said
from tests.domain.incidents.desk import Desk
from tests.domain.stage import Stage, moment
from tests.support.factories import again


@pytest.mark.clause("627-19")
async def test_reports_go_on_in_the_incident_they_are_joined_to(
    desk_627: Desk, stage: Stage
) -> None:
    first, second = await stage.supplier(), await stage.customer()
    await desk_627.report(first, "11-20 09:30")
    await stage.at("11-24 09:00")
    ticket = await desk_627.services.support.open(second.me, "chat", "Ничего не открывается")
    await desk_627.report(second, "11-24 08:30", text="Ничего", ticket=ticket.number)
    source, target = 1, 2
    assert await desk_627.incidents.join(desk_627.operator, source, target) == target
    joined = await desk_627.one(source)
    assert (joined.state, joined.reports, joined.joined_into) == ("closed", 0, target)
    assert joined.deadlines == {}
    view = await desk_627.one(target)
    assert (view.state, view.reports, view.began_at) == ("analysing", 2, moment("11-20 09:30"))
    # The term of the decision runs from the earlier of the two.
    assert view.deadlines["incident.decide"] == moment("11-24 00:00")
    (told,) = await stage.told(first, "incident.joined")
    assert (told.params["number"], told.params["joined"]) == (target, source)
    assert await stage.told(second, "incident.joined") == []
    own = await desk_627.incidents.my_reports(first.me, target)
    assert (len(own.reports), own.others) == (1, 1)
    await desk_627.incidents.refute(desk_627.operator, target, "Сбоя нет")
    assert len(await stage.told(first, "incident.refuted")) == 1
    for act in (
        desk_627.incidents.reopen(desk_627.operator, source, "Ещё раз"),
        desk_627.incidents.join(desk_627.operator, source, target),
    ):
        with pytest.raises(Conflict, match=r"incident_joined|incident_state"):
            await act


async def test_the_ticket_of_a_report_leads_to_the_incident_that_took_it(
    desk: Desk, stage: Stage
) -> None:
    user = await stage.customer()
    ticket = await desk.services.support.open(user.me, "chat", "Ничего не открывается")
    await desk.report(user, "11-20 09:30", ticket=ticket.number)
    into = await desk.incidents.open_by_operator(
        desk.operator, Said("Іркіліс", "Сбой"), moment("11-20 09:00")
    )
    await desk.incidents.join(desk.operator, 1, into)
    assert (await desk.services.support.ticket(user.me, ticket.number)).incident == into


async def test_who_joins_a_confirmed_fault_is_told_its_facts(desk: Desk, stage: Stage) -> None:
    supplier = await stage.supplier()
    await desk.report(supplier, "11-20 09:30")
    fault = await desk.fault("11-20 09:00", None)
    await desk.incidents.join(desk.operator, 1, fault)
    (told,) = await stage.told(supplier, "incident.joined")
    assert (told.params["state"], bool(told.params["facts"])) == ("confirmed", True)
    await desk.incidents.mend(desk.operator, fault, moment("11-20 09:45"), "Перезапуск")
    assert len(await stage.told(supplier, "incident.mended")) == 1


async def test_windows_held_for_it_wait_for_the_decision_on_the_other(
    desk_627: Desk, stage: Stage
) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.at("11-24 10:00")
    await desk_627.report(supplier, "11-24 09:30", orders=(number,))
    into = await desk_627.incidents.open_by_operator(
        desk_627.operator, "Сбой", moment("11-24 09:00")
    )
    await desk_627.incidents.join(desk_627.operator, 1, into)
    assert (await stage.card(supplier, number)).offers_due_at == moment("11-26 00:00")
    # Nobody decides in time: the window does not close over the analysis.
    await stage.until("11-26 10:00")
    card = await stage.card(supplier, number)
    assert (card.state, card.offers_due_at) == ("collecting", moment("11-27 00:00"))


async def test_what_cannot_be_joined(desk: Desk, stage: Stage) -> None:
    supplier = await stage.supplier()
    await desk.report(supplier, "11-20 09:30")
    other = await desk.incidents.open_by_operator(
        desk.operator, "Сбой", moment("11-20 09:00"), regime="627"
    )
    closed = await desk.fault("11-20 09:00", "11-20 09:30")
    for into, code in ((1, "incident_itself"), (other, "incident_other_act")):
        with pytest.raises(Conflict, match=code):
            await desk.incidents.join(desk.operator, 1, into)
    with pytest.raises(Conflict, match="incident_state"):
        await desk.incidents.join(desk.operator, closed, 1)
    with pytest.raises(AccessDenied):
        await desk.incidents.join(again(supplier.me), 1, closed)


async def test_two_operators_join_each_into_the_other(desk: Desk, stage: Stage) -> None:
    first, second = await stage.supplier(), await stage.customer()
    await desk.report(first, "11-20 09:30")
    await desk.report(second, "11-20 09:40", text="Другое")
    results = await asyncio.gather(
        desk.incidents.join(desk.operator, 1, 2),
        desk.incidents.join(desk.operator, 2, 1),
        return_exceptions=True,
    )
    assert sum(isinstance(each, int) for each in results) == 1
    (refused,) = [each for each in results if isinstance(each, Conflict)]
    assert refused.code in ("incident_state", "not_joinable")
    left = [await desk.one(number) for number in (1, 2)]
    assert sorted(each.reports for each in left) == [0, 2]

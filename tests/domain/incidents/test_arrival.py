"""When word of a fault came, who brought it, and who is told of a refutation (366, 25-28)."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from domain.errors import AccessDenied, RuleBroken
from domain.incidents.views import Scope
from domain.roles import Role
from domain.support.mail_rows import OutgoingMail
from domain.support.model import Ticket
from tests.domain.incidents.desk import FACTS, TEXT, Desk
from tests.domain.stage import Stage, moment
from tests.support.factories import again, make_person

ADDRESS = "a.serikova@zavod.kz"


async def letter(desk: Desk, at: str, text: str = TEXT, subject: str = "Сбой") -> int:
    """An e-mail that came at a moment; returns the number of its ticket."""
    taken = await desk.services.support.email_in(
        ADDRESS, "Айгүл", subject, text, message_id=f"<{at}@zavod.kz>", at=moment(at)
    )
    return taken.ticket.number


async def decision(stage: Stage, number: int) -> list[tuple[str, datetime, datetime]]:
    """The terms of a ticket's decision: state, beginning, end."""
    rows = await stage.deadlines("ticket.decide", f"ticket:{number}")
    return [(row.state, row.started_at, row.due_at) for row in rows]


@pytest.mark.clause("366-25")
async def test_a_letter_in_time_is_in_time_whenever_it_is_taken_down(
    desk: Desk, stage: Stage
) -> None:
    ticket = await letter(desk, "11-20 09:40")
    await stage.at("11-26 10:00")
    found = moment("11-20 09:30")
    assert not await desk.incidents.is_late(desk.operator, found, "366", ticket)
    assert await desk.incidents.is_late(desk.operator, found, "366")
    stranger = await stage.supplier()
    assert await desk.incidents.is_late(stranger.me, found, "366", ticket)
    taken = await desk.report(desk.operator_, "11-20 09:30", ticket=ticket)
    assert (taken.late, taken.reported_by) == (False, moment("11-26 00:00"))
    (report,) = await desk.incidents.reports(desk.operator, taken.incident)
    assert report.reported_at == moment("11-20 09:40")


@pytest.mark.clause("627-15.1")
@pytest.mark.clause("627-19")
async def test_under_act_627_lateness_and_decision_run_from_the_letter(
    desk_627: Desk, stage: Stage
) -> None:
    ticket = await letter(desk_627, "11-20 09:40")
    await stage.at("11-23 10:00")
    taken = await desk_627.report(desk_627.operator_, "11-20 09:30", ticket=ticket)
    assert (taken.late, taken.decide_by) == (False, moment("11-24 00:00"))
    (row,) = await stage.deadlines("incident.decide")
    assert row.started_at == moment("11-20 09:40")
    # A letter of the evening is registered in the morning, and the term begins then.
    late = await letter(desk_627, "11-23 19:00", subject="Другое")
    await stage.at("11-24 12:00")
    second = await desk_627.report(desk_627.operator_, "11-23 18:50", ticket=late)
    assert (second.late, second.decide_by) == (False, moment("11-26 00:00"))


@pytest.mark.clause("627-19")
async def test_a_request_keeps_its_term_whatever_time_is_entered(
    desk_627: Desk, stage: Stage
) -> None:
    ticket = await letter(desk_627, "11-20 09:40")
    await stage.at("11-23 10:00")
    taken = await desk_627.report(desk_627.operator_, "11-23 10:00", ticket=ticket)
    assert (taken.late, taken.decide_by) == (False, moment("11-24 00:00"))


@pytest.mark.clause("627-19")
async def test_earlier_word_of_a_joined_report_puts_the_decision_forward(
    desk_627: Desk, stage: Stage
) -> None:
    ticket = await letter(desk_627, "11-20 09:40")
    await stage.at("11-23 10:00")
    supplier = await stage.supplier()
    first = await desk_627.report(supplier, "11-23 09:50")
    assert first.decide_by == moment("11-25 00:00")
    joined = await desk_627.report(
        desk_627.operator_, "11-20 09:30", ticket=ticket, join=first.incident
    )
    assert (joined.late, joined.decide_by) == (False, moment("11-24 00:00"))
    rows = await desk_627.incidents.journal(
        desk_627.operator, moment("11-20 00:00"), moment("11-21 00:00")
    )
    assert [row.registered_at for row in rows] == [moment("11-20 09:40")]


async def test_a_message_before_the_fault_does_not_tell_of_it(desk_627: Desk, stage: Stage) -> None:
    ticket = await letter(desk_627, "11-20 09:40", text="Как подать заявку?")
    await stage.at("11-20 12:00")
    taken = await desk_627.report(desk_627.operator_, "11-20 10:30", ticket=ticket)
    assert taken.late
    # The next letter did.
    await letter(desk_627, "11-20 12:10", subject=f"[#{ticket}] Ещё")
    await stage.at("11-23 10:00")
    taken = await desk_627.report(desk_627.operator_, "11-20 11:50", ticket=ticket)
    assert (taken.late, taken.decide_by) == (False, moment("11-24 00:00"))


@pytest.mark.clause("627-20")
async def test_windows_wait_though_the_decision_was_due_before_it_was_entered(
    desk_627: Desk, stage: Stage
) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    ticket = await letter(desk_627, "11-20 09:40")
    await stage.at("11-24 10:00")
    taken = await desk_627.report(desk_627.operator_, "11-20 09:30", ticket=ticket)
    assert await desk_627.incidents.hold(desk_627.operator, taken.incident, Scope()) == 1
    await stage.until("11-25 10:00")
    assert (await stage.card(supplier, number)).offers_due_at == moment("11-26 00:00")


@pytest.mark.clause("627-19")
@pytest.mark.clause("627-18")
async def test_the_decision_of_a_request_ends_by_a_decision_only(
    desk_627: Desk, stage: Stage
) -> None:
    support = desk_627.services.support
    number = await letter(desk_627, "11-20 09:40")
    open_ = ("open", moment("11-20 09:40"), moment("11-24 00:00"))
    assert await decision(stage, number) == [open_]
    await support.answer(desk_627.operator, number, "Смотрим")
    await support.ask_documents(desk_627.operator, number, "Пришлите снимок экрана")
    await stage.at("11-20 15:00")
    await letter(desk_627, "11-20 15:00", subject=f"[#{number}] Снимок")
    assert await decision(stage, number) == [open_]
    # The fault is entered later: its decision is due when that of the request is.
    taken = await desk_627.report(desk_627.operator_, "11-20 09:30", ticket=number)
    assert taken.decide_by == moment("11-24 00:00")
    await desk_627.incidents.refute(desk_627.operator, taken.incident, FACTS)
    assert [state for state, *_ in await decision(stage, number)] == ["done"]


@pytest.mark.clause("627-19")
async def test_an_answer_on_the_way_leaves_the_decision_overdue(
    desk_627: Desk, stage: Stage
) -> None:
    support = desk_627.services.support
    number = await letter(desk_627, "11-20 09:40")
    await support.answer(desk_627.operator, number, "Смотрим")
    await stage.until("11-24 00:00")
    assert len(await stage.told(desk_627.operator_, "ticket.undecided")) == 1


@pytest.mark.clause("627-19")
async def test_a_stated_result_is_a_decision_until_it_is_objected_to(
    desk_627: Desk, stage: Stage
) -> None:
    support = desk_627.services.support
    number = await letter(desk_627, "11-20 09:40")
    await support.close(desk_627.operator, number, "not_fault", "Это не сбой: истёк сертификат")
    assert [state for state, *_ in await decision(stage, number)] == ["done"]
    await support.reopen(desk_627.operator, number, "Нет, сбой")
    assert [state for state, *_ in await decision(stage, number)] == ["done", "open"]


async def test_of_joined_requests_the_earlier_decision_holds(desk_627: Desk, stage: Stage) -> None:
    first = await letter(desk_627, "11-20 09:40")
    await stage.at("11-23 10:00")
    second = await letter(desk_627, "11-23 10:00", subject="Снова")
    await desk_627.services.support.merge(desk_627.operator, first, second)
    assert (await decision(stage, second))[-1][::2] == ("open", moment("11-24 00:00"))


@pytest.mark.clause("366-26")
async def test_an_operator_reports_for_somebody(desk: Desk, stage: Stage) -> None:
    with pytest.raises(RuleBroken, match="reporter_missing"):
        await desk.report(desk.operator_, "11-20 09:30")
    with pytest.raises(RuleBroken, match="text_missing"):
        await desk.report(desk.operator_, "11-20 09:30", phone="+7 701 555 00 99")
    with pytest.raises(RuleBroken, match="phone_"):
        await desk.report(desk.operator_, "11-20 09:30", name="Болат", phone="12")
    taken = await desk.report(
        desk.operator_, "11-20 09:30", name="Болат Ахметов", phone="8 701 555 00 99"
    )
    (report,) = await desk.incidents.reports(desk.operator, taken.incident)
    assert (report.person_id, report.name, report.phone) == (None, "Болат Ахметов", "+77015550099")
    assert await stage.told(desk.operator_, "incident.received") == []
    (row,) = await desk.incidents.journal(
        desk.operator, moment("11-20 00:00"), moment("11-21 00:00")
    )
    assert (row.channel, row.name) == ("phone", "Болат Ахметов")
    supplier = await stage.supplier()
    with pytest.raises(AccessDenied, match="report_for_others"):
        await desk.report(supplier, "11-20 09:30", name="Болат", phone="+7 701 555 00 99")


@pytest.mark.clause("366-28")
async def test_who_wrote_a_letter_is_told_of_the_refutation_by_one(
    desk: Desk, stage: Stage
) -> None:
    ticket = await letter(desk, "11-20 09:40")
    taken = await desk.report(desk.operator_, "11-20 09:30", ticket=ticket)
    await desk.incidents.refute(desk.operator, taken.incident, FACTS)
    async with stage.site.sessions() as session:
        row = (await session.scalars(select(Ticket).where(Ticket.number == ticket))).one()
        (mail,) = await session.scalars(
            select(OutgoingMail).where(OutgoingMail.kind == "ticket.refuted")
        )
    assert (row.state, mail.address, mail.params["text"]) == ("answered", ADDRESS, FACTS)
    assert (mail.params["clause"], mail.automatic) == ("366-28", False)
    view = await desk.services.support.ticket(desk.operator, ticket)
    assert view.messages[-1].text == FACTS
    # Told when the letter has left.
    assert "incident.refutation" in (await desk.one(taken.incident)).deadlines
    await stage.sent()
    await stage.until("11-20 10:03")
    assert (await desk.one(taken.incident)).deadlines == {}


@pytest.mark.clause("366-28")
@pytest.mark.clause("627-21")
async def test_who_has_stopped_the_bot_is_not_told(desk_627: Desk, stage: Stage) -> None:
    admin = await make_person(stage.site, role=Role.ADMIN)
    supplier = await stage.supplier()
    taken = await desk_627.report(again(supplier.me), "11-20 09:30")
    await desk_627.incidents.refute(desk_627.operator, taken.incident, FACTS)
    await stage.sent("unreachable")
    await stage.until("11-20 11:30")
    assert "incident.refutation" in (await desk_627.one(taken.incident)).deadlines
    for person in (admin, desk_627.operator_):
        (told,) = await stage.told(person, "incident.untold")
        assert (told.params["count"], told.params["clause"]) == (1, "627-21")
    await desk_627.incidents.refutation_told(desk_627.operator, taken.incident)
    await stage.until("11-20 16:00")
    assert (await desk_627.one(taken.incident)).deadlines == {}
    assert await stage.told(admin, "incident.overdue") == []

"""Selections, contracts, invitations, requests and faults: each begins and ends its own chain."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.clock import astana
from domain.roles import Role
from tests.domain.escalations.town import Cast
from tests.domain.stage import new_line, offered
from tests.domain.support.desk import Desk
from tests.support.factories import again, make_person


async def _states(cast: Cast, category: str) -> list[str]:
    return [each.state for each in await cast.chains() if each.category == category]


async def test_a_selection_ends_the_customers_chain(cast: Cast) -> None:
    assert await _states(cast, "selection") == ["running"]
    await cast.selected()
    assert await _states(cast, "selection") == ["acted"]


async def test_a_customer_that_does_not_choose(cast: Cast) -> None:
    """Nobody else has a right to hear of it but the administrators."""
    await cast.stage.until("12-01 12:00")
    (silent,) = await cast.stage.told(cast.admin, "escalation.silent")
    assert (silent.params["category"], silent.params["side"]) == ("selection", "admin")
    assert f"{astana(silent.created_at):%m-%d %H:%M}" == "11-30 13:30"
    for person in (cast.duty, cast.head):
        assert await cast.stage.told(person, "escalation.") == []


async def test_a_refusal_opens_a_new_chain_of_the_customer(cast: Cast) -> None:
    second = await cast.stage.supplier("ТОО «Второй»")
    number = await cast.stage.order(cast.customer, new_line())
    await cast.stage.offer(cast.supplier, number)
    await cast.stage.offer(second, number, offered(price="800000"))
    await cast.stage.until("11-28 10:00")
    (award,) = await cast.stage.select(cast.customer, number, (cast.supplier, "100"))
    await cast.stage.awards.refuse(again(cast.duty), award.id, "Нет сырья")
    mine = [each for each in await cast.chains() if each.order_number == number]
    assert [(each.category, each.notice, each.state) for each in mine] == [
        ("selection", "order.summary", "acted"),
        ("confirmation", "award.selected", "acted"),
        ("selection", "order.choose_again", "running"),
    ]


async def test_both_sides_are_woken_for_a_contract_from_its_first_reminder(cast: Cast) -> None:
    await cast.keep_roster()
    award = await cast.selected()
    await cast.stage.awards.confirm(again(cast.duty), award)
    await cast.stage.until("11-26 09:00")
    assert await _states(cast, "contract") == ["running", "running"]
    assert await cast.rung(cast.head, "remind.contract") == ["listed"]
    await cast.stage.until("11-26 11:00")
    assert await cast.rung(cast.head, "remind.contract") == ["queued"]
    # The next reminder begins no second chain, and goes to everybody.
    await cast.stage.until("11-27 15:30")
    assert len(await _states(cast, "contract")) == 2
    assert await cast.rung(cast.other, "remind.contract") == ["queued", "queued"]
    entered = await cast.stage.contracts.enter(
        again(cast.customer.person), cast.order, cast.supplier.bin, "7", date(2026, 11, 27)
    )
    assert await _states(cast, "contract") == ["acted", "acted", "running"]
    assert await cast.rung(cast.head, "contract.proposed") == ["listed"]
    await cast.stage.contracts.agree(again(cast.duty), entered.id)
    assert await _states(cast, "contract") == ["acted", "acted", "acted"]
    assert [each.state for each in await cast.stage.deadlines("escalate")].count("open") == 0


async def test_two_contracts_of_one_instant_are_two_chains(cast: Cast) -> None:
    """The customer keeps a roster; the head is woken for each once, with its own notice."""
    second = await cast.stage.supplier("ТОО «Второй»")
    buyers = [cast.customer.person] + [
        await make_person(
            cast.stage.site, None, Role.CUSTOMER, cast.customer.company, position="contact"
        )
        for _ in range(2)
    ]
    turns = [each.person_id or 0 for each in buyers[1:]]
    await cast.stage.services.duty.set_turns(again(buyers[0]), turns)
    number = await cast.stage.order(cast.customer, new_line())
    for side, price in ((cast.supplier, "900000"), (second, "800000")):
        await cast.stage.offer(side, number, offered(price=price))
    await cast.stage.until("11-28 10:00")
    awards = await cast.stage.select(cast.customer, number, (cast.supplier, "50"), (second, "50"))
    for award, side in zip(awards, (cast.supplier, second), strict=True):
        await cast.stage.awards.confirm(side.me, award.id)
    await cast.stage.until("11-30 10:00")
    head = buyers[0]
    assert await cast.rung(head, "remind.contract") == ["listed", "listed"]
    mine = [each for each in await cast.chains() if each.role == "customer" and each.step >= 0]
    assert [each.category for each in mine if each.state == "running"].count("contract") == 2
    await cast.stage.contracts.enter(second.me, number, second.bin, "7", date(2026, 11, 30))
    await cast.stage.until("11-30 12:00")
    # Of the one that was entered nobody is woken any more.
    assert await cast.rung(head, "remind.contract") == ["queued", "listed"]


async def test_a_disputed_contract_waits_for_whoever_entered_it(cast: Cast) -> None:
    award = await cast.selected()
    await cast.stage.awards.confirm(again(cast.duty), award)
    day = date(2026, 11, 25)
    contracts = cast.stage.contracts
    entered = await contracts.enter(
        again(cast.customer.person), cast.order, cast.supplier.bin, "7", day
    )
    await contracts.dispute(again(cast.duty), entered.id)
    (waiting,) = [
        each
        for each in await cast.chains()
        if (each.category, each.state) == ("contract", "running")
    ]
    assert (waiting.role, waiting.notice) == ("customer", "contract.disputed")
    await contracts.enter(again(cast.customer.person), cast.order, cast.supplier.bin, "8", day)
    states = await _states(cast, "contract")
    assert states == ["acted", "acted", "running"]


async def test_invitations_climb_only_where_a_roster_is_kept_and_stay_sealed(cast: Cast) -> None:
    await cast.keep_roster()
    rival = await cast.stage.supplier("ТОО «Без графика»")
    number = await cast.stage.order(cast.customer, new_line())
    await cast.stage.until("11-26 09:30")
    mine = [each for each in await cast.chains() if each.order_number == number]
    assert [(each.category, each.step) for each in mine] == [("offer_window", 0)]
    assert await cast.rung(cast.duty, "remind.offer_window") == ["queued"]
    assert (await cast.rung(cast.head, "remind.offer_window"))[-1] == "listed"
    assert (await cast.rung(rival.person, "remind.offer_window"))[-1] == "queued"
    views = cast.stage.services.escalations
    for person in (cast.admin, cast.customer.person, rival.person):
        assert await views.of_order(again(person), number) == []
    assert len(await views.of_order(again(cast.head), number)) == 1
    await cast.stage.offer(cast.supplier, number)
    (ended,) = [each for each in await cast.chains() if each.order_number == number]
    assert ended.state == "acted"


async def test_the_roster_of_one_company_holds_back_nothing_of_another(cast: Cast) -> None:
    """The head has no duty in the one, and is told at once for the other, which has no roster."""
    await cast.keep_roster()
    rival = await cast.stage.supplier("ТОО «Без графика»")
    head = await make_person(
        cast.stage.site, cast.head.telegram_id, Role.SUPPLIER, rival.company, name="Сәуле"
    )
    await cast.stage.order(cast.customer, new_line())
    await cast.stage.until("11-26 09:30")
    told = await cast.stage.told(head, "remind.offer_window")
    names = {str(row.params["for_ru"]): row.state for row in told}
    assert names == {"ТОО «Прибор»": "listed", "ТОО «Без графика»": "queued"}
    # And a step of the one wakes nobody a second time for the other.
    await cast.stage.until("11-28 00:00")
    told = await cast.stage.told(head, "remind.offer_window")
    turns = {str(row.params["for_ru"]) for row in told if "turn" in row.params}
    assert turns == {"ТОО «Прибор»"}


@pytest.mark.parametrize("how", ["declined", "closed"])
async def test_an_invitation_nobody_takes_up(cast: Cast, how: str) -> None:
    await cast.keep_roster()
    number = await cast.stage.order(cast.customer, new_line())
    await cast.stage.until("11-26 09:30")
    if how == "declined":
        await cast.stage.orders.decline(again(cast.other), number)
    else:
        await cast.stage.until("11-28 00:00")
        # Everybody of the company was woken, nobody besides.
        people = {name for _, name, _ in await cast.woken("offer_window")}
        assert people == {"Айгүл", "Болат", "Сәуле", "Ерлан"}
    (chain,) = [each for each in await cast.chains() if each.order_number == number]
    assert chain.state == ("acted" if how == "declined" else "over")
    assert await cast.stage.told(cast.admin, "escalation.silent") == []


async def test_an_answer_tells_the_lead_that_nothing_is_needed(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    operator, admin = await desk.operator(), await desk.admin()
    number = await desk.asked(await desk.user())
    await desk.until("11-20 12:00")
    (view,) = await desk.services.escalations.of_subject(again(operator), f"ticket:{number}")
    assert [(each.step, each.name) for each in view.woken] == [
        (0, "Оператор Ерлан"),
        (1, "Оператор Ерлан"),
        (1, "Админ Әділ"),
    ]
    assert view.next is not None
    assert f"{astana(view.next.at):%H:%M}" == "12:15"
    await desk.support.answer(again(operator), number, "Готово")
    assert await desk.kinds(admin, "escalation.") == ["escalation.done"]
    assert await desk.kinds(operator, "escalation.") == []
    (view,) = await desk.services.escalations.of_subject(again(operator), f"ticket:{number}")
    assert (view.state, view.next) == ("acted", None)


async def test_many_answers_tell_the_lead_once(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    operator, admin = await desk.operator(), await desk.admin()
    numbers = [await desk.asked(await desk.user()) for _ in range(3)]
    await desk.until("11-20 12:00")
    for number in numbers:
        await desk.support.answer(again(operator), number, "Готово")
    assert await desk.kinds(admin, "escalation.done") == ["escalation.done"]


async def test_a_joined_request_ends_its_chain_quietly(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    user, operator, admin = await desk.user(), await desk.operator(), await desk.admin()
    first, second = await desk.asked(user), await desk.asked(user, "Ещё одно")
    await desk.until("11-20 11:30")
    await desk.support.merge(again(operator), second, first)
    views = [
        (await desk.services.escalations.of_subject(again(admin), f"ticket:{each}"))[0].state
        for each in (first, second)
    ]
    assert views == ["running", "over"]
    assert await desk.kinds(admin, "escalation.done") == []


async def test_steps_are_spaced_by_what_was_planned_not_by_when_they_were_swept(
    desk: Desk,
) -> None:
    await desk.at("11-20 10:00")
    await desk.operator()
    number = await desk.asked(await desk.user())
    await desk.at("11-20 10:20")
    await desk.sweep()
    due = [row.due_at for row in await desk.steps(number)]
    assert due[1] - due[0] == timedelta(minutes=60)


async def test_an_operator_without_the_role_sees_no_chains(desk: Desk) -> None:
    person = await make_person(desk.site, role=Role.OBSERVER)
    with pytest.raises(Exception, match="role_not_allowed"):
        await desk.services.escalations.of_subject(again(person), "ticket:1")

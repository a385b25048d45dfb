"""A company that does not answer: who is woken when, what stops it, who is told then."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import update

from domain.actor import Actor
from domain.base import Json
from domain.clock import astana
from domain.deadlines import Deadline
from domain.errors import AccessDenied, NotFound
from domain.escalations.chains import CONFIRMATION
from domain.escalations.rules import paced
from domain.extensions import Step
from domain.people.model import Membership, Person
from domain.roles import Role
from domain.work import Site
from domain.working_time.rules import OverrideChange
from tests.domain.escalations.town import Cast
from tests.domain.stage import Side, moment
from tests.support.factories import again, make_person, next_cause


async def _steps(cast: Cast) -> list[str]:
    rows = await cast.stage.deadlines("escalate")
    own = {f"escalation:{each.id}" for each in await cast.chains() if each.category != "selection"}
    return [f"{astana(row.due_at):%m-%d %H:%M}" for row in rows if row.subject in own]


async def test_duty_deputy_head_company_other_side(cast: Cast) -> None:
    await cast.keep_roster()
    await cast.selected()
    assert await cast.sent_to() == {"Айгүл"}
    # The law's notice is written to everybody: the others find it in their lists.
    for person in (cast.deputy, cast.head, cast.other):
        assert await cast.rung(person) == ["listed"]
    await cast.stage.until("11-25 12:00")
    assert await cast.sent_to() == {"Айгүл", "Болат"}
    (woken,) = await cast.stage.told(cast.deputy, "award.selected")
    assert (woken.params["turn"], woken.not_before) == ("confirmation", moment("11-25 12:00"))
    await cast.stage.until("11-25 14:00")
    assert await cast.sent_to() == {"Айгүл", "Болат", "Сәуле"}
    await cast.stage.until("11-25 17:00")
    assert await cast.sent_to() == {"Айгүл", "Болат", "Сәуле", "Ерлан"}
    for person in (cast.customer.person, cast.admin):
        assert await cast.stage.told(person, "escalation.") == []
    # The morning of the last day: the term ends at 24:00.
    await cast.stage.until("11-27 10:00")
    for person, side in ((cast.customer.person, "other"), (cast.admin, "admin")):
        (silent,) = await cast.stage.told(person, "escalation.silent")
        assert (silent.params["side"], silent.params["company_ru"]) == (side, "ТОО «Прибор»")
        assert silent.params["due_at"] == "2026-11-27T19:00:00Z"
        assert silent.params["told"] is True
    assert await cast.woken() == [
        (0, "Айгүл", "own"),
        (1, "Болат", "own"),
        (2, "Сәуле", "own"),
        (3, "Ерлан", "own"),
        (4, "Заказчик", "other"),
        (4, "Админ", "admin"),
    ]
    assert await _steps(cast) == ["11-25 12:00", "11-25 14:00", "11-25 17:00", "11-27 10:00"]
    assert {len(await cast.rung(each)) for each in (cast.duty, cast.other)} == {1}


async def test_every_step_is_on_record(cast: Cast) -> None:
    await cast.keep_roster()
    award = await cast.selected()
    await cast.stage.until("11-25 14:00")
    entries = [
        each for each in await cast.stage.record(f"award:{award}") if each.action == "due.escalate"
    ]
    people = [cast.deputy.person_id, cast.head.person_id]
    woken = [each.data["woken"] for each in entries]
    assert woken == [[{"person": each, "channel": "telegram", "as": "own"}] for each in people]


async def test_without_a_roster_everybody_is_told_and_the_last_step_keeps_its_time(
    cast: Cast,
) -> None:
    await cast.selected()
    assert await cast.sent_to() == {"Айгүл", "Болат", "Сәуле", "Ерлан"}
    await cast.stage.until("11-27 09:59")
    assert await cast.stage.told(cast.customer, "escalation.silent") == []
    await cast.stage.until("11-27 10:00")
    assert len(await cast.stage.told(cast.customer, "escalation.silent")) == 1
    assert {len(await cast.rung(each)) for each in (cast.duty, cast.head)} == {1}


async def test_seen_stops_it_and_those_woken_are_told_by_whom(cast: Cast) -> None:
    await cast.keep_roster()
    await cast.selected()
    await cast.stage.until("11-25 14:30")
    assert await cast.seen(cast.deputy) == 1
    (chain,) = [each for each in await cast.chains() if each.category == "confirmation"]
    assert (chain.state, chain.ended_by) == ("acked", cast.deputy.person_id)
    (done,) = await cast.stage.told(cast.head, "escalation.done")
    assert (done.params["by"], done.params["how"]) == ("Болат", "acked")
    (first,) = await cast.stage.told(cast.duty, "escalation.done")
    assert first.params["by"] == "Болат"
    # Not the one who did it, nor who was never woken, nor the other side.
    for person in (cast.deputy, cast.other, cast.customer.person, cast.admin):
        assert await cast.stage.told(person, "escalation.") == []
    await cast.stage.until("11-27 18:00")
    assert await cast.rung(cast.other) == ["listed"]
    assert await cast.stage.told(cast.customer, "escalation.") == []


async def test_acting_stops_it_and_the_other_side_learns_no_names(cast: Cast) -> None:
    await cast.keep_roster()
    award = await cast.selected()
    await cast.stage.until("11-27 12:00")
    await cast.stage.awards.confirm(again(cast.other), award)
    for person in (cast.customer.person, cast.admin):
        (done,) = await cast.stage.told(person, "escalation.done")
        assert (done.params["by"], done.params["how"]) == ("", "acted")
        assert "Ерлан" not in str(done.params)
    for person in (cast.deputy, cast.head):
        (done,) = await cast.stage.told(person, "escalation.done")
        assert done.params["by"] == "Ерлан"
    assert {each.state for each in await cast.stage.deadlines("escalate")} == {"fired", "done"}


async def test_seen_twice_or_by_a_reminder(cast: Cast) -> None:
    await cast.keep_roster()
    await cast.selected()
    await cast.stage.until("11-26 10:00")
    assert await cast.seen(cast.head, "remind.confirmation") == 1
    assert await cast.seen(cast.head, "remind.confirmation") == 0
    (notice,) = await cast.stage.told(cast.head, "remind.confirmation")
    assert (notice.acked_at, notice.opened_at) == (moment("11-26 10:00"), moment("11-26 10:00"))


async def test_only_ones_own_notice_can_be_seen(cast: Cast) -> None:
    await cast.selected()
    (notice,) = await cast.stage.told(cast.duty, "award.selected")
    for number in (notice.id, 0, 10**18, 2**70):
        with pytest.raises(NotFound, match="notice_unknown"):
            await cast.stage.services.escalations.acknowledge(again(cast.admin), number)


async def test_whoever_lost_the_role_stops_nothing(cast: Cast) -> None:
    await cast.selected()
    await _set_membership(cast.stage.site, cast.duty, "revoked")
    assert await cast.seen(cast.duty) == 0
    assert {each.state for each in await cast.chains() if each.category == "confirmation"} == {
        "running"
    }


async def test_a_refusal_and_a_lapse_end_it(cast: Cast) -> None:
    await cast.keep_roster()
    award = await cast.selected()
    await cast.stage.awards.refuse(again(cast.duty), award, "Нет сырья")
    assert [each.state for each in await cast.chains()] == ["acted", "acted"]


async def test_a_lapse_ends_it_and_says_no_more(cast: Cast) -> None:
    await cast.keep_roster()
    await cast.selected()
    await cast.stage.until("11-28 00:00")
    (chain,) = [each for each in await cast.chains() if each.category == "confirmation"]
    assert chain.state == "over"
    assert await cast.stage.told(cast.head, "escalation.done") == []
    assert [each for each in await cast.stage.deadlines("escalate") if each.state == "open"] == []


async def _set_membership(site: Site, person: Actor, state: str) -> None:
    async with site.sessions.begin() as session:
        await session.execute(
            update(Membership).where(Membership.person_id == person.person_id).values(state=state)
        )


async def _set_person(site: Site, person: Actor, **values: object) -> None:
    async with site.sessions.begin() as session:
        await session.execute(update(Person).where(Person.id == person.person_id).values(**values))


async def test_people_are_those_who_are_there_at_the_moment(cast: Cast) -> None:
    """The deputy was revoked, the head suspended: the others come at once."""
    await cast.keep_roster()
    await cast.selected()
    await _set_membership(cast.stage.site, cast.deputy, "revoked")
    await _set_person(cast.stage.site, cast.head, state="suspended")
    await cast.stage.until("11-25 12:00")
    assert await cast.sent_to() == {"Айгүл", "Ерлан"}
    assert [step for step, *_ in await cast.woken()] == [0, 3]


async def test_who_joins_later_gets_the_notice_when_they_are_woken(cast: Cast) -> None:
    await cast.keep_roster()
    await cast.selected()
    late = await make_person(
        cast.stage.site, None, Role.SUPPLIER, cast.supplier.company, name="Новая"
    )
    await cast.stage.until("11-25 17:00")
    (notice,) = await cast.stage.told(late, "award.selected")
    assert notice.params["number"] == cast.order


async def test_all_of_a_company_gone_the_other_side_still_hears(cast: Cast) -> None:
    await cast.keep_roster()
    await cast.selected()
    for person in (cast.duty, cast.deputy, cast.head, cast.other):
        await _set_person(cast.stage.site, person, state="suspended")
    await cast.stage.until("11-27 10:00")
    assert len(await cast.stage.told(cast.customer, "escalation.silent")) == 1


async def test_duty_that_cannot_be_reached_or_is_away_is_no_duty(cast: Cast) -> None:
    await cast.keep_roster()
    await _set_person(cast.stage.site, cast.duty, unreachable_since=cast.stage.clock.now())
    await cast.selected()
    assert await cast.sent_to() == {"Айгүл", "Болат", "Сәуле", "Ерлан"}


async def test_a_deputy_stands_in_and_the_absent_are_not_woken(cast: Cast) -> None:
    await cast.keep_roster()
    duty = cast.stage.services.duty
    days = date(2026, 11, 25), date(2026, 12, 5)
    await duty.away(again(cast.duty), cast.duty.person_id or 0, *days, cast.other.person_id)
    await cast.selected()
    assert await cast.sent_to() == {"Ерлан"}
    await cast.stage.until("11-25 17:00")
    assert await cast.sent_to() == {"Ерлан", "Болат", "Сәуле"}
    assert await cast.rung(cast.duty) == ["listed"]


async def test_a_companys_own_chain_holds_for_what_begins_after_it(cast: Cast) -> None:
    await cast.keep_roster()
    faster = paced(CONFIRMATION.steps, 1, 2, CONFIRMATION.longest)
    chains = cast.stage.services.escalations
    with pytest.raises(AccessDenied, match="duty_head_only"):
        await chains.change(again(cast.duty), "confirmation", faster)
    with pytest.raises(NotFound, match="escalation_unknown"):
        await chains.change(again(cast.head), "selection", faster)
    await chains.change(again(cast.head), "confirmation", faster)
    mine = {each.category: each for each in await chains.chains(again(cast.duty))}
    assert list(mine) == ["confirmation", "contract", "offer_window"]
    assert mine["confirmation"].steps == tuple(faster)
    await cast.selected()
    await chains.reset(again(cast.head), "confirmation")
    await cast.stage.until("11-25 11:00")
    assert await cast.sent_to() == {"Айгүл", "Болат"}
    assert not any(each.changed for each in await chains.chains(again(cast.duty)))


async def test_a_changed_calendar_moves_the_steps(cast: Cast) -> None:
    await cast.keep_roster()
    await cast.selected()
    await cast.stage.until("11-25 17:00")
    admin = Actor.system(next_cause())
    version = (await cast.stage.services.working_time.calendar(admin)).version
    day_off = OverrideChange(date(2026, 11, 26), False, "Демалыс", "Выходной", "Приказ 1")
    await cast.stage.services.working_time.apply(admin, [day_off], version)
    assert (await _steps(cast))[-1] == "11-30 10:00"
    assert len(await cast.stage.told(cast.customer, "deadline.moved")) == 1


async def test_a_fault_puts_a_step_off(cast: Cast) -> None:
    """While the platform did not work nobody was silent."""
    await cast.keep_roster()
    award = await cast.selected()
    lost = Step(
        "incident:1",
        "lost_time",
        "627-25.2",
        since=moment("11-25 10:30"),
        until=moment("11-25 12:00"),
    )
    await _extend(cast.stage.site, f"award:{award}", {"steps": [lost.as_json()]})
    await cast.stage.until("11-25 13:29")
    assert await cast.sent_to() == {"Айгүл"}
    await cast.stage.until("11-25 13:30")
    assert await cast.sent_to() == {"Айгүл", "Болат"}


async def _extend(site: Site, subject: str, extension: Json) -> None:
    async with site.sessions.begin() as session:
        await session.execute(
            update(Deadline)
            .where(Deadline.subject == subject, Deadline.kind == "confirmation")
            .values(extension=extension)
        )


async def test_two_sweeps_at_once_wake_once(cast: Cast) -> None:
    await cast.keep_roster()
    await cast.selected()
    await cast.stage.at("11-25 12:00")
    fire = cast.stage.services.deadlines.fire_due
    assert sum(await asyncio.gather(*(fire() for _ in range(4)))) == 1
    assert [step for step, *_ in await cast.woken()] == [0, 1]


@pytest.mark.parametrize("attempt", range(5))
async def test_seen_at_the_instant_of_a_step(cast: Cast, attempt: int) -> None:
    """Either the step comes first and whoever it woke is told, or it does not come at all."""
    await cast.keep_roster()
    await cast.selected()
    await cast.stage.at("11-25 12:00")
    fire = cast.stage.services.deadlines.fire_due
    seen = cast.seen(cast.duty)
    acts = [fire(), seen] if attempt % 2 else [seen, fire()]
    await asyncio.gather(*acts)
    await cast.stage.sweep()
    woken = [name for step, name, _ in await cast.woken() if step]
    told = len(await cast.stage.told(cast.deputy, "escalation.done"))
    assert (woken, told) in (([], 0), (["Болат"], 1))
    assert await cast.rung(cast.deputy) == (["queued"] if woken else ["listed"])
    (chain,) = [each for each in await cast.chains() if each.category == "confirmation"]
    assert chain.state == "acked"


async def test_days_of_being_down_wake_everybody_in_order(cast: Cast) -> None:
    """What came due meanwhile is taken in one go; an ended term wakes nobody any more."""
    await cast.keep_roster()
    await cast.selected()
    await cast.stage.at("11-26 16:00")
    await cast.stage.sweep()
    assert [step for step, *_ in await cast.woken()] == [0, 1, 2, 3]
    await cast.stage.at("12-02 12:00")
    await cast.stage.sweep()
    assert [step for step, *_ in await cast.woken()] == [0, 1, 2, 3]


async def test_the_same_press_again_changes_nothing(cast: Cast) -> None:
    await cast.keep_roster()
    await cast.selected()
    (notice,) = await cast.stage.told(cast.duty, "award.selected")
    press = again(cast.duty)
    answers = [
        await cast.stage.services.escalations.acknowledge(press, notice.id) for _ in range(3)
    ]
    assert {each.stopped for each in answers} == {1}


async def test_who_was_told_as_each_side_sees_it(cast: Cast) -> None:
    await cast.keep_roster()
    await cast.selected()
    await cast.stage.until("11-25 12:30")
    (view, *_) = await cast.views(cast.head)
    assert [(each.name, each.step) for each in view.woken] == [("Айгүл", 0), ("Болат", 1)]
    assert view.next is not None
    assert view.next.at == moment("11-25 14:00")
    # The customer learns of it only when it is told itself; of its own chain it sees all.
    assert [each.category for each in await cast.views(cast.customer.person)] == ["selection"]
    assert {each.category for each in await cast.views(cast.admin)} == {"confirmation", "selection"}
    await cast.stage.until("11-27 10:00")
    (seen,) = [each for each in await cast.views(cast.customer.person) if not each.own]
    assert (seen.category, seen.next, seen.ended_by) == ("confirmation", None, "")
    # That people of the company were told it reads, too, without their names.
    assert {each.name for each in seen.woken} == {""}
    assert [each.side for each in seen.woken] == ["own"] * 4 + ["other"]
    rival = await cast.stage.supplier("ТОО «Соперник»")
    assert await cast.views(rival.person) == []
    # The administrator knows whom to call; who only watches learns no names.
    observer = await make_person(cast.stage.site, None, Role.OBSERVER)
    for person, names in ((cast.admin, {"Айгүл", "Болат", "Сәуле", "Ерлан", ""}), (observer, {""})):
        seen = next(each for each in await cast.views(person) if each.category == "confirmation")
        assert {each.name for each in seen.woken} == names


async def test_an_integration_acts_for_the_company(cast: Cast) -> None:
    await cast.keep_roster()
    award = await cast.selected()
    await cast.stage.until("11-25 12:00")
    program = replace(again(cast.duty), kind="integration", person_id=None, role=None)
    await cast.stage.awards.confirm(program, award)
    (done,) = await cast.stage.told(cast.deputy, "escalation.done")
    assert done.params["by"] == ""


async def test_nothing_is_sent_twice_to_one_of_two_companies(cast: Cast) -> None:
    """Somebody of both sides was woken to act: they need not be told that nobody does."""
    both = Side(cast.supplier.company, cast.customer.person)
    await make_person(
        cast.stage.site, both.person.telegram_id, Role.SUPPLIER, cast.supplier.company
    )
    await cast.keep_roster()
    await cast.selected()
    await cast.stage.until("11-27 10:00")
    assert (2, "Заказчик", "own") in await cast.woken()
    assert len(await cast.rung(cast.customer.person)) == 1
    assert await cast.stage.told(cast.customer, "escalation.silent") == []


async def test_what_waits_in_a_list_is_read_there(cast: Cast) -> None:
    await cast.keep_roster()
    await cast.selected()
    page = await cast.stage.services.notices.page(again(cast.head))
    (listed,) = [each for each in page.notices if each.kind == "award.selected"]
    assert (listed.state, listed.sent_at) == ("listed", None)
    assert await cast.seen(cast.head) == 1

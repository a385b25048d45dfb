"""Rosters and absences as use cases: who may, what is refused, who is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import update

from domain.actor import Actor
from domain.errors import AccessDenied, NotFound, RuleBroken
from domain.people.model import Membership
from domain.roles import Role
from tests.domain.stage import Stage
from tests.support.factories import again, make_customer, make_person, make_producer

TODAY, SUNDAY = date(2026, 11, 20), date(2026, 11, 22)


@pytest.fixture
async def firm(stage: Stage) -> list[Actor]:
    """Head, two contacts; then somebody of another company."""
    company = await make_producer(stage.site)
    people = [
        await make_person(stage.site, None, Role.SUPPLIER, company, name=name, position=position)
        for name, position in (("Сәуле", "head"), ("Айгүл", "contact"), ("Болат", "contact"))
    ]
    return [*people, (await stage.supplier("ТОО «Чужой»")).person]


def id_of(person: Actor) -> int:
    return person.person_id or 0


async def test_without_a_roster_the_page_is_empty(stage: Stage, firm: list[Actor]) -> None:
    plan = await stage.services.duty.plan(again(firm[1]))
    assert (plan.kept, plan.weeks, plan.absences, plan.is_head) == (False, (), (), False)
    assert [each.name for each in plan.people] == ["Сәуле", "Айгүл", "Болат"]


async def test_turns_week_by_week(stage: Stage, firm: list[Actor]) -> None:
    duty = stage.services.duty
    plan = await duty.set_turns(again(firm[1]), [id_of(firm[2]), id_of(firm[1])])
    assert [each.person and each.person.name for each in plan.weeks] == ["Болат", "Айгүл"]
    await stage.at("11-25 10:00")
    plan = await duty.plan(again(firm[0]))
    assert [each.person and each.person.name for each in plan.weeks] == ["Айгүл", "Болат"]
    entries = await stage.record(f"company:{firm[0].company_id}")
    assert [each.action for each in entries] == ["duty.turns"]


async def test_a_week_tells_its_days(stage: Stage, firm: list[Actor]) -> None:
    duty = stage.services.duty
    await duty.set_turns(again(firm[0]), [id_of(firm[1])])
    await duty.hand_over(again(firm[0]), id_of(firm[2]), TODAY, TODAY)
    plan = await duty.away(again(firm[0]), id_of(firm[1]), SUNDAY, SUNDAY, id_of(firm[2]))
    week = plan.weeks[0]
    assert week.person is not None
    assert week.person.name == "Болат"
    named = [(str(day), person and person.name) for day, person in week.others]
    assert named == [("2026-11-21", "Айгүл"), ("2026-11-22", "Болат")]


async def test_people_who_are_told(stage: Stage, firm: list[Actor]) -> None:
    duty = stage.services.duty
    await duty.hand_over(again(firm[0]), id_of(firm[1]), TODAY, SUNDAY)
    (given,) = await stage.told(firm[1], "duty.given")
    assert (given.params["why"], given.params["first"]) == ("hand_over", "2026-11-20")
    await duty.away(again(firm[1]), id_of(firm[1]), TODAY, SUNDAY, id_of(firm[2]))
    (given,) = await stage.told(firm[2], "duty.given")
    assert (given.params["why"], given.params["instead_of"]) == ("deputy", "Айгүл")
    # Nobody is told of what they have entered for themselves.
    await duty.hand_over(again(firm[0]), id_of(firm[0]), TODAY, TODAY)
    assert await stage.told(firm[0], "duty.given") == []


async def test_absences_of_others_are_for_the_head(stage: Stage, firm: list[Actor]) -> None:
    duty = stage.services.duty
    with pytest.raises(AccessDenied, match="duty_head_only"):
        await duty.away(again(firm[1]), id_of(firm[2]), TODAY, SUNDAY)
    plan = await duty.away(again(firm[0]), id_of(firm[2]), TODAY, SUNDAY)
    number = plan.absences[0].number
    with pytest.raises(AccessDenied, match="duty_head_only"):
        await duty.back(again(firm[1]), number)
    assert (await duty.back(again(firm[2]), number)).absences == ()
    with pytest.raises(NotFound, match="duty_entry_unknown"):
        await duty.back(again(firm[2]), number)


async def test_other_companies_are_out_of_reach(stage: Stage, firm: list[Actor]) -> None:
    duty = stage.services.duty
    stranger = firm[3]
    for act in (
        duty.set_turns(again(firm[0]), [id_of(stranger)]),
        duty.hand_over(again(firm[0]), id_of(stranger), TODAY, SUNDAY),
        duty.away(again(firm[0]), id_of(firm[1]), TODAY, SUNDAY, id_of(stranger)),
        duty.away(again(firm[0]), id_of(stranger), TODAY, SUNDAY),
    ):
        with pytest.raises(NotFound, match="duty_person_unknown"):
            await act
    plan = await duty.hand_over(again(firm[0]), id_of(firm[1]), TODAY, SUNDAY)
    with pytest.raises(NotFound, match="duty_entry_unknown"):
        await duty.take_back(again(stranger), plan.dates[0].number)
    assert (await duty.plan(again(stranger))).dates == ()


async def test_what_cannot_be_entered_changes_nothing(stage: Stage, firm: list[Actor]) -> None:
    duty = stage.services.duty
    me = id_of(firm[0])
    for act, code in (
        (duty.set_turns(again(firm[0]), [me, me]), "duty_turns"),
        (duty.hand_over(again(firm[0]), me, SUNDAY, TODAY), "duty_days"),
        (duty.away(again(firm[0]), me, TODAY, SUNDAY, me), "duty_deputy_self"),
    ):
        with pytest.raises(RuleBroken, match=code):
            await act
    assert not (await duty.plan(again(firm[0]))).kept


async def test_giving_the_roster_up_leaves_absences(stage: Stage, firm: list[Actor]) -> None:
    duty = stage.services.duty
    await duty.set_turns(again(firm[0]), [id_of(firm[1])])
    await duty.hand_over(again(firm[0]), id_of(firm[2]), TODAY, SUNDAY)
    await duty.away(again(firm[0]), id_of(firm[1]), TODAY, SUNDAY)
    plan = await duty.drop(again(firm[0]))
    assert (plan.kept, len(plan.absences)) == (False, 1)


async def test_each_role_of_a_company_has_a_roster_of_its_own(stage: Stage) -> None:
    company = await make_producer(stage.site)
    await make_customer(stage.site, company.bin)
    selling = await make_person(stage.site, None, Role.SUPPLIER, company)
    buying = await make_person(stage.site, None, Role.CUSTOMER, company)
    await stage.services.duty.set_turns(again(selling), [id_of(selling)])
    assert not (await stage.services.duty.plan(again(buying))).kept
    with pytest.raises(NotFound, match="duty_person_unknown"):
        await stage.services.duty.set_turns(again(buying), [id_of(selling)])


async def test_only_people_of_companies(stage: Stage, firm: list[Actor]) -> None:
    admin = await make_person(stage.site, None, Role.ADMIN)
    program = replace(
        again(firm[0]), kind="integration", person_id=None, company_id=None, role=None
    )
    for actor in (again(admin), program):
        with pytest.raises(AccessDenied, match="role_not_allowed"):
            await stage.services.duty.plan(actor)


async def test_who_has_left_is_still_named_and_has_no_duty(stage: Stage, firm: list[Actor]) -> None:
    duty = stage.services.duty
    await duty.set_turns(again(firm[0]), [id_of(firm[1]), id_of(firm[2])])
    async with stage.site.sessions.begin() as session:
        await session.execute(
            update(Membership)
            .where(Membership.person_id == firm[1].person_id)
            .values(state="revoked")
        )
    plan = await duty.plan(again(firm[0]))
    assert [each.name for each in plan.turns] == ["Айгүл", "Болат"]
    assert plan.weeks[0].person is None
    assert [each.name for each in plan.people] == ["Сәуле", "Болат"]


async def test_the_same_act_again_enters_once(stage: Stage, firm: list[Actor]) -> None:
    press = again(firm[0])
    for _ in range(3):
        plan = await stage.services.duty.hand_over(press, id_of(firm[1]), TODAY, SUNDAY)
    assert len(plan.dates) == 1
    assert len(await stage.told(firm[1], "duty.given")) == 1


async def test_a_suspended_person_enters_nothing(stage: Stage, firm: list[Actor]) -> None:
    with pytest.raises(AccessDenied, match="account_suspended"):
        await stage.services.duty.set_turns(replace(again(firm[0]), suspended=True), [])

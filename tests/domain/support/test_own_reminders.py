"""A reminder of one's own on a term of a ticket, as those of companies are."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from domain.actor import Actor
from domain.errors import AccessDenied, NotFound, RuleBroken
from domain.people.model import Membership, Person
from domain.preferences.reminders import OwnReminder
from domain.roles import Role
from domain.working_time.rules import OverrideChange
from tests.domain.support.desk import Desk, again, moment
from tests.support.factories import make_person, next_cause

PROMISE, DECIDE, CLOSES = "ticket.promise", "ticket.decide", "ticket.closes"


async def _set(desk: Desk, who: Actor, number: int, at: str, kind: str = PROMISE) -> OwnReminder:
    reminders = desk.services.reminders
    return await reminders.set(again(who), kind, f"ticket:{number}", moment(at))


async def _own(desk: Desk, who: Actor) -> list[OwnReminder]:
    return (await desk.services.reminders.mine(again(who))).own


async def _day(desk: Desk, day: date, *, working: bool) -> None:
    admin = (await desk.admin()).because(next_cause())
    change = OverrideChange(day, working, "Күн", "День", "Указ")
    version = (await desk.services.working_time.preview(admin, [change])).version
    await desk.services.working_time.apply(again(admin), [change], version)


async def test_an_operator_is_reminded_of_the_promise_of_any_ticket(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    operator, other = await desk.operator(shift=False), await desk.operator("Другой", shift=False)
    number = await desk.asked(await desk.user())
    own = await _set(desk, operator, number, "11-20 15:00")
    assert (own.kind, own.subject, own.order_number) == (PROMISE, f"ticket:{number}", None)
    view = await desk.services.reminders.mine(again(operator))
    assert (view.rhythm, view.own) == ((), [own])
    later = await _set(desk, operator, number, "11-20 16:00")
    assert await _own(desk, operator) == [later], "a new one replaces the one before"
    await desk.until("11-20 15:59")
    assert await desk.told(operator, "remind.me") == []
    await desk.until("11-20 16:00")
    (told,) = await desk.told(operator, "remind.me")
    assert (told.subject, told.company_id, told.useless_after) == (own.subject, None, own.due_at)
    assert told.roles == ["admin", "support"], "while they work at the desk"
    assert (told.params["deadline"], told.params["number"]) == (PROMISE, number)
    assert await _own(desk, operator) == []
    assert await desk.told(other, "remind.me") == []
    entries = [each.data for each in await desk.record(f"ticket:{number}")]
    assert any(each.get("reminded") == 1 for each in entries)


async def test_the_list_of_terms_holds_the_tickets_in_ones_hands(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    operator, other = await desk.operator(shift=False), await desk.operator("Другой", shift=False)
    mine, free = await desk.asked(await desk.user()), await desk.asked(await desk.user())
    await desk.support.take(again(operator), mine)
    reminders = desk.services.reminders
    assert [each.subject for each in await reminders.terms(again(operator))] == [f"ticket:{mine}"]
    assert await reminders.terms(again(other)) == []
    (term,) = await reminders.terms(again(other), f"ticket:{free}")
    assert (term.kind, term.due_at) == (PROMISE, moment("11-20 18:30")), "the red mark is no term"
    assert await reminders.terms(again(other), f"ticket:{free + 7}") == []
    await desk.support.answer(again(operator), mine, "Готово")
    assert [each.kind for each in await reminders.terms(again(operator))] == [CLOSES]


async def test_the_terms_of_the_unified_platform_can_be_chosen_too(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    operator = await desk.operator(shift=False)
    number = await desk.asked(await desk.user(), regime="627")
    kinds = {
        each.kind
        for each in await desk.services.reminders.terms(again(operator), f"ticket:{number}")
    }
    assert {PROMISE, DECIDE} <= kinds
    own = await _set(desk, operator, number, "11-20 17:00", DECIDE)
    await _set(desk, operator, number, "11-20 10:10", PROMISE)
    assert [each.kind for each in await _own(desk, operator)] == [PROMISE, DECIDE]
    await desk.until("11-20 17:00")
    assert [each.params["deadline"] for each in await desk.told(operator, "remind.me")] == [
        PROMISE,
        DECIDE,
    ]
    assert own.due_at > moment("11-20 17:00")


@pytest.mark.parametrize("how", ["answered", "merged"])
async def test_a_reminder_goes_with_its_term(desk: Desk, how: str) -> None:
    await desk.at("11-20 10:00")
    operator, user = await desk.operator(), await desk.user()
    number = await desk.asked(user)
    await _set(desk, operator, number, "11-20 15:00")
    if how == "answered":
        await desk.support.answer(again(operator), number, "Готово")
    else:
        await desk.support.merge(again(operator), number, await desk.asked(user, "Ещё раз"))
    assert await _own(desk, operator) == []
    await desk.until("11-20 18:00")
    assert await desk.told(operator, "remind.me") == []


@pytest.mark.parametrize("lost", ["role", "account"])
async def test_whoever_works_at_the_desk_no_more_is_told_nothing(desk: Desk, lost: str) -> None:
    await desk.at("11-20 10:00")
    operator = await desk.operator(shift=False)
    number = await desk.asked(await desk.user())
    await _set(desk, operator, number, "11-20 15:00")
    async with desk.site.sessions.begin() as session:
        if lost == "role":
            held = update(Membership).where(Membership.person_id == operator.person_id)
            await session.execute(held.values(state="revoked"))
        else:
            account = update(Person).where(Person.id == operator.person_id)
            await session.execute(account.values(state="suspended"))
    await desk.until("11-20 16:00")
    assert await desk.told(operator, "remind.me") == []
    entries = [each.data for each in await desk.record(f"ticket:{number}")]
    assert any(each.get("reminded") == 0 for each in entries)


async def test_what_cannot_be_set_or_removed(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    operator, other = await desk.operator(), await desk.operator("Другой")
    authority = await make_person(desk.site, role=Role.AUTHORITY)
    customer, supplier = await desk.customer(), await desk.supplier()
    order, number = await desk.order(customer), await desk.asked(await desk.user())
    reminders, subject = desk.services.reminders, f"ticket:{number}"
    for at in ("11-20 10:00", "11-20 18:30", "11-23 10:00"):
        with pytest.raises(RuleBroken, match="reminder_out_of_term"):
            await _set(desk, operator, number, at)
    for who, kind, thing in (
        (authority, PROMISE, subject),
        (supplier.person, PROMISE, subject),
        (operator, "ticket.red", subject),
        (operator, PROMISE, "ticket:999"),
        (operator, PROMISE, "ticket:\x00"),
        (operator, PROMISE, "ticket"),
        (operator, "offer_window", f"order:{order}"),
    ):
        with pytest.raises(NotFound, match="term_unknown"):
            await reminders.set(again(who), kind, thing, moment("11-20 15:00"))
    observer = await make_person(desk.site, role=Role.OBSERVER)
    with pytest.raises(AccessDenied, match="role_not_allowed"):
        await reminders.set(again(observer), PROMISE, subject, moment("11-20 15:00"))
    with pytest.raises(AccessDenied, match="role_not_allowed"):
        await reminders.choose(again(operator), ["one_hour_before"])
    own = await _set(desk, operator, number, "11-20 15:00")
    with pytest.raises(NotFound, match="reminder_unknown"):
        await reminders.remove(again(other), own.number)
    assert (await reminders.remove(again(operator), own.number)).own == []
    await desk.until("11-20 16:00")
    assert await desk.told(operator, "remind.me") == []


async def test_a_reminder_stays_where_the_promise_moves_away(desk: Desk) -> None:
    await desk.at("11-20 19:00")
    operator = await desk.operator(shift=False)
    number = await desk.left_voice(await desk.user())
    own = await _set(desk, operator, number, "11-23 10:00")
    await _day(desk, date(2026, 11, 23), working=False)
    (kept,) = await _own(desk, operator)
    assert (kept.at, kept.due_at) == (own.at, own.due_at + timedelta(days=1))
    await desk.until("11-23 10:00")
    (told,) = await desk.told(operator, "remind.me")
    assert told.useless_after == kept.due_at


async def test_a_reminder_after_the_new_end_is_dropped_with_a_word(desk: Desk) -> None:
    await desk.at("11-20 19:00")
    operator = await desk.operator(shift=False)
    number = await desk.left_voice(await desk.user())
    await _set(desk, operator, number, "11-23 10:00")
    await _day(desk, date(2026, 11, 21), working=True)
    assert await _own(desk, operator) == []
    (word,) = await desk.told(operator, "remind.dropped")
    assert (word.subject, word.company_id) == (f"ticket:{number}", None)
    assert word.roles == ["admin", "support"]
    await desk.until("11-23 12:00")
    assert await desk.told(operator, "remind.me") == []


async def test_a_joined_ticket_brings_its_earlier_decision_and_late_reminders_go(
    desk: Desk,
) -> None:
    operator, user = await desk.operator(), await desk.user()
    await desk.at("11-19 10:00")
    early = await desk.asked(user, regime="627")
    await desk.at("11-20 10:00")
    late = await desk.asked(user, "Ещё раз", regime="627")
    (row,) = await desk.deadlines(DECIDE, f"ticket:{early}")
    await desk.services.reminders.set(
        again(operator), DECIDE, f"ticket:{late}", row.due_at + timedelta(hours=1)
    )
    await desk.support.merge(again(operator), early, late)
    assert await _own(desk, operator) == []
    assert await desk.kinds(operator, "remind.") == ["remind.dropped"]

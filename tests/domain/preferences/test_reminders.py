"""Usual reminders as a company wants them, and reminders of one's own on any term."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import AccessDenied, NotFound, RuleBroken
from domain.law import REMINDERS
from domain.preferences.reminders import OwnReminder
from domain.preferences.rhythm import USUAL, check_rhythm, is_told
from domain.roles import Role
from domain.working_time.rules import OverrideChange
from tests.domain.stage import Side, Stage, moment, offered
from tests.support.factories import admin_actor, again, make_person

DAY_BEFORE, THREE_HOURS, ONE_HOUR = (each.name for each in REMINDERS)


@given(
    st.lists(st.sampled_from(USUAL), unique=True, min_size=1),
    st.lists(st.sampled_from(USUAL), unique=True, min_size=1),
)
def test_at_least_one_reminder_of_each_term_is_told(chosen: list[str], of_term: list[str]) -> None:
    in_order = [each for each in USUAL if each in of_term]
    told = [each for each in in_order if is_told(each, in_order, chosen)]
    assert told
    wanted = [each for each in in_order if each in chosen]
    assert told == (wanted or in_order[-1:])


def test_half_an_hour_before_is_always_told() -> None:
    assert is_told("half_an_hour_before", ["half_an_hour_before"], [DAY_BEFORE])
    assert is_told(ONE_HOUR, [ONE_HOUR, "half_an_hour_before"], [DAY_BEFORE])


def test_a_rhythm_is_checked() -> None:
    assert check_rhythm([ONE_HOUR, DAY_BEFORE, ONE_HOUR]) == (DAY_BEFORE, ONE_HOUR)
    with pytest.raises(RuleBroken, match="reminder_last"):
        check_rhythm([])
    with pytest.raises(RuleBroken, match="reminder_unknown"):
        check_rhythm(["tomorrow"])


async def _reminded(stage: Stage, side: Side) -> list[str]:
    rows = await stage.told(side, "remind.offer_window")
    return [f"{row.created_at.astimezone(moment('11-20 00:00').tzinfo):%d %H:%M}" for row in rows]


async def test_a_company_is_reminded_as_it_wants(stage: Stage) -> None:
    customer, first = await stage.customer(), await stage.supplier()
    second = await stage.supplier("ТОО «Вторая»")
    await stage.order(customer)
    view = await stage.services.reminders.choose(first.me, [THREE_HOURS])
    assert view.rhythm == (THREE_HOURS,)
    assert (await stage.services.reminders.mine(second.me)).rhythm == USUAL
    await stage.until("11-25 10:00")
    usual = await _reminded(stage, second)
    assert len(usual) == 3
    assert await _reminded(stage, first) == usual[1:2]
    entries = await stage.record(f"company:{first.person.company_id}")
    assert entries[-1].data["reminders"] == [THREE_HOURS]


async def test_both_sides_of_a_contract_choose_for_themselves(stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.closed(customer, (supplier, offered()))
    await stage.services.reminders.choose(customer.me, [ONE_HOUR])
    (award,) = await stage.select(customer, number, (supplier, "100"))
    await stage.awards.confirm(supplier.me, award.id)
    await stage.until("11-30 10:00")
    assert len(await stage.told(supplier, "remind.contract")) == 3
    assert len(await stage.told(customer, "remind.contract")) == 1


async def _set(stage: Stage, side: Side, kind: str, at: str) -> OwnReminder:
    term = next(each for each in await stage.services.reminders.terms(side.me) if each.kind == kind)
    return await stage.services.reminders.set(side.me, kind, term.subject, moment(at))


async def test_one_is_reminded_of_any_term(stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.closed(customer, (supplier, offered()))
    own = await _set(stage, customer, "selection", "11-26 09:30")
    assert (own.kind, own.order_number, own.at) == ("selection", number, moment("11-26 09:30"))
    assert (await stage.services.reminders.mine(customer.me)).own == [own]
    moved = await _set(stage, customer, "selection", "11-26 10:30")
    assert (await stage.services.reminders.mine(customer.me)).own == [moved]
    await stage.until("11-26 10:00")
    assert await stage.told(customer, "remind.me") == []
    await stage.until("11-26 10:30")
    (told,) = await stage.told(customer, "remind.me")
    assert told.params["deadline"] == "selection"
    assert (await stage.services.reminders.mine(customer.me)).own == []


async def test_the_window_has_one_reminder_wherever_it_was_set(stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.orders.remind_me(supplier.me, number, moment("11-23 09:00"))
    (own,) = (await stage.services.reminders.mine(supplier.me)).own
    assert own.kind == "offer_window"
    again_ = await _set(stage, supplier, "offer_window", "11-23 12:00")
    assert (await stage.services.reminders.mine(supplier.me)).own == [again_]
    await stage.until("11-23 12:00")
    assert len(await stage.told(supplier, "remind.me")) == 1


async def test_a_term_that_was_met_reminds_nobody(stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.closed(customer, (supplier, offered()))
    await _set(stage, customer, "selection", "11-26 09:30")
    await stage.select(customer, number, (supplier, "100"))
    assert (await stage.services.reminders.mine(customer.me)).own == []
    await stage.until("11-26 12:00")
    assert await stage.told(customer, "remind.me") == []


async def test_what_cannot_be_set_or_removed(stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    other = await stage.supplier("ТОО «Чужой»", goods=("222129.300.000099",))
    number = await stage.order(customer)
    subject, reminders = f"order:{number}", stage.services.reminders
    for at in ("11-20 10:00", "11-25 00:00", "12-01 10:00"):
        with pytest.raises(RuleBroken, match="reminder_out_of_term"):
            await reminders.set(supplier.me, "offer_window", subject, moment(at))
    for side, kind, which in (
        (other, "offer_window", subject),
        (supplier, "selection", subject),
        (supplier, "offer_window", "order:999"),
    ):
        with pytest.raises(NotFound, match="term_unknown"):
            await reminders.set(side.me, kind, which, moment("11-23 10:00"))
    own = await _set(stage, supplier, "offer_window", "11-23 10:00")
    wrong = ((other, own.number), (customer, own.number), (supplier, 0), (supplier, 2**70))
    for side, given_number in wrong:
        with pytest.raises(NotFound, match="reminder_unknown"):
            await reminders.remove(side.me, given_number)
    assert (await reminders.remove(supplier.me, own.number)).own == []
    with pytest.raises(AccessDenied):
        await reminders.mine(await make_person(stage.site, role=Role.OBSERVER))


async def _day(stage: Stage, day: date, *, working: bool) -> None:
    admin, days = await admin_actor(stage.site), stage.services.working_time
    change = OverrideChange(day, working, "Күн", "День", "Указ")
    seen = await days.preview(again(admin), [change])
    await days.apply(again(admin), [change], seen.version)


async def test_a_reminder_stays_where_its_term_moves_away(stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    await stage.order(customer)
    own = await _set(stage, supplier, "offer_window", "11-24 12:00")
    await _day(stage, date(2026, 11, 24), working=False)
    (kept,) = (await stage.services.reminders.mine(supplier.me)).own
    assert (kept.at, kept.due_at) == (own.at, own.due_at + timedelta(days=1))
    await stage.until("11-24 12:00")
    (told,) = await stage.told(supplier, "remind.me")
    assert told.useless_after == kept.due_at


async def test_a_reminder_after_the_new_end_is_dropped_with_a_word(stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    await stage.order(customer)
    await _set(stage, supplier, "offer_window", "11-24 12:00")
    await _day(stage, date(2026, 11, 21), working=True)
    assert (await stage.services.reminders.mine(supplier.me)).own == []
    (word,) = await stage.told(supplier, "remind.dropped")
    assert word.params["deadline"] == "offer_window"
    await stage.until("11-25 00:00")
    assert await stage.told(supplier, "remind.me") == []


async def test_of_two_terms_at_one_moment_each_has_its_own(stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    first, second = await stage.order(customer), await stage.order(customer)
    reminders, at = stage.services.reminders, moment("11-24 09:00")
    set_ = [
        await reminders.set(supplier.me, "offer_window", f"order:{number}", at)
        for number in (first, second)
    ]
    assert [each.order_number for each in set_] == [first, second]
    assert len({each.number for each in set_}) == 2
    assert (await reminders.mine(supplier.me)).own == set_


async def test_a_reminder_after_many_others_is_set_and_listed_too(stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    reminders, count = stage.services.reminders, 51
    for _ in range(count):
        number = await stage.order(customer)
        await reminders.set(supplier.me, "offer_window", f"order:{number}", moment("11-24 09:00"))
    assert len((await reminders.mine(supplier.me)).own) == count


async def test_only_what_its_own_term_has_left_behind_is_dropped(stage: Stage) -> None:
    """Of two terms that one change makes shorter each keeps what it still reaches."""
    customer, supplier = await stage.customer(), await stage.supplier()
    await stage.closed(customer, (supplier, offered()))
    await stage.until("11-27 10:00")
    await stage.order(customer)
    kept = await _set(stage, customer, "selection", "12-01 09:00")
    await _set(stage, supplier, "offer_window", "12-01 09:00")
    await _day(stage, date(2026, 11, 28), working=True)
    (window,) = await stage.services.reminders.terms(supplier.me)
    (own,) = (await stage.services.reminders.mine(customer.me)).own
    assert window.due_at < own.at < own.due_at < kept.due_at
    assert (await stage.services.reminders.mine(supplier.me)).own == []
    assert await stage.told(customer, "remind.dropped") == []
    assert len(await stage.told(supplier, "remind.dropped")) == 1

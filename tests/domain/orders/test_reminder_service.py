"""Reminders: exactly when, to whom, and to nobody who has acted."""

from __future__ import annotations

from datetime import datetime

import pytest

from domain.clock import astana
from domain.errors import AccessDenied, Conflict, RuleBroken
from domain.people.service import People
from domain.working_time.rules import OverrideChange
from domain.working_time.service import WorkingTime
from tests.domain.stage import Side, Stage, moment, offered
from tests.support.factories import admin_actor, again, integration_actor


async def heard(stage: Stage, side: Side, kind: str) -> list[str]:
    """When a person was told of a kind, in Astana: day and time."""
    return [f"{astana(row.created_at):%m-%d %H:%M}" for row in await stage.told(side, kind)]


async def test_who_has_not_answered_is_reminded_of_the_window_three_times(stage: Stage) -> None:
    customer = await stage.customer()
    silent, offers, declines = [await stage.supplier() for _ in range(3)]
    number = await stage.order(customer)
    await stage.at("11-23 08:59")
    await stage.sweep()
    assert await stage.told(silent, "remind") == []
    await stage.until("11-23 12:00")
    await stage.offer(offers, number)
    await stage.orders.decline(declines.me, number, "нет мощностей")
    await stage.until("11-25 10:00")
    times = ["11-23 09:00", "11-24 15:30", "11-24 17:30"]
    assert await heard(stage, silent, "remind.offer_window") == times
    assert await heard(stage, offers, "remind.offer_window") == times[:1]
    assert await heard(stage, declines, "remind.offer_window") == times[:1]
    assert await heard(stage, customer, "remind.offer_window") == []
    (first, *_) = await stage.told(silent, "remind.offer_window")
    assert first.params["number"] == number
    assert datetime.fromisoformat(str(first.params["due_at"])) == moment("11-25 00:00")
    assert (first.params["clause"], first.useless_after) == ("344-13.3a", moment("11-25 00:00"))


async def test_whoever_withdraws_is_reminded_again(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.offer(one, number)
    await stage.until("11-24 16:00")
    await stage.offers.withdraw(one.me, number, one.bin)
    await stage.until("11-25 10:00")
    assert await heard(stage, one, "remind.offer_window") == ["11-24 17:30"]


async def test_reminders_of_selection_and_confirmation_end_with_the_act(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    number = await stage.closed(customer, (one, offered()))
    await stage.until("12-02 16:00")
    award = (await stage.select(customer, number, (one, "100")))[0]
    await stage.until("12-04 16:00")
    await stage.awards.confirm(one.me, award.id)
    await stage.until("12-08 16:00")
    contract = await stage.contracts.enter(
        customer.me, number, one.bin, "Д-1", moment("12-08 16:00").date()
    )
    await stage.contracts.agree(one.me, contract.id)
    await stage.until("12-20 10:00")
    assert await heard(stage, customer, "remind.selection") == ["12-01 09:00", "12-02 15:30"]
    assert await heard(stage, one, "remind.confirmation") == ["12-03 09:00", "12-04 15:30"]
    for side in (customer, one):
        assert await heard(stage, side, "remind.contract") == ["12-07 09:00", "12-08 15:30"]
        assert await stage.kinds(side, "contract.overdue") == []


async def test_a_reminder_names_the_volume_that_was_given_and_by_whom(stage: Stage) -> None:
    customer = await stage.customer()
    one, two = await stage.supplier("ТОО «Первый»"), await stage.supplier("ТОО «Второй»")
    number = await stage.closed(customer, (one, offered()), (two, offered()))
    awards = await stage.select(customer, number, (one, "30"), (two, "45.5"))
    await stage.until("11-27 10:00")
    for side, award in zip((one, two), awards, strict=True):
        await stage.awards.confirm(side.me, award.id)
    await stage.until("12-03 10:00")

    async def given(side: Side, kind: str) -> list[tuple[str, str]]:
        told = []
        for row in await stage.told(side, kind):
            goods = row.params["goods"]
            assert isinstance(goods, list)
            told.append((str(row.params.get("supplier_ru", "")), goods[0]["quantity"]))
        return told

    assert await given(two, "remind.confirmation") == [("", "45.500")]
    for kind, times in (("remind.contract", 3), ("contract.overdue", 2)):
        assert await given(one, kind) == [("ТОО «Первый»", "30.000")] * times
        assert sorted(await given(customer, kind)) == sorted(
            [("ТОО «Первый»", "30.000"), ("ТОО «Второй»", "45.500")] * times
        )


async def test_after_an_outage_old_reminders_are_dropped(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    await stage.order(customer)
    await stage.at("11-24 16:31")
    await stage.sweep()
    assert await stage.told(one, "remind") == []
    rows = await stage.deadlines("remind.offer_window")
    assert [row.state for row in rows] == ["dropped", "dropped", "open"]
    await stage.at("11-24 18:30")
    await stage.sweep()
    assert await heard(stage, one, "remind.offer_window") == ["11-24 18:30"]


async def test_reminders_move_with_the_calendar(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    await stage.order(customer)
    admin = await admin_actor(stage.site)
    working_time = WorkingTime(stage.site)
    day = moment("11-24 00:00").date()
    changes = [OverrideChange(day, False, "Ауыстыру", "Перенос", "Приказ № 1")]
    preview = await working_time.preview(again(admin), changes)
    await working_time.apply(again(admin), changes, preview.version)
    await stage.until("11-26 10:00")
    assert await heard(stage, one, "remind.offer_window") == [
        "11-23 09:00",
        "11-25 15:30",
        "11-25 17:30",
    ]


async def test_ones_own_reminder_comes_when_asked_and_once(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.orders.remind_me(one.me, number, moment("11-20 15:00"))
    await stage.orders.remind_me(one.me, number, moment("11-20 16:00"))
    await stage.until("11-20 18:00")
    assert await heard(stage, one, "remind.me") == ["11-20 16:00"]


async def test_ones_own_reminder_is_silent_once_the_company_has_acted(stage: Stage) -> None:
    customer = await stage.customer()
    offers, declines, revises = [await stage.supplier() for _ in range(3)]
    number = await stage.order(customer)
    await stage.offer(revises, number)
    await stage.at("11-20 11:00")
    for side in (offers, declines, revises):
        await stage.orders.remind_me(side.me, number, moment("11-20 16:00"))
    await stage.at("11-20 12:00")
    await stage.offer(offers, number)
    await stage.orders.decline(declines.me, number)
    await stage.until("11-20 18:00")
    assert await heard(stage, offers, "remind.me") == []
    assert await heard(stage, declines, "remind.me") == []
    # Asked for after the offer was made: it is wanted.
    assert await heard(stage, revises, "remind.me") == ["11-20 16:00"]


@pytest.mark.parametrize("at", ["11-20 10:00", "11-20 09:59", "11-25 00:00", "12-01 10:00"])
async def test_a_reminder_lies_between_now_and_the_end(stage: Stage, at: str) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    with pytest.raises(RuleBroken, match="reminder_out_of_window"):
        await stage.orders.remind_me(one.me, number, moment(at))


async def test_nobody_is_reminded_of_what_takes_no_offers(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    number = await stage.order(customer, publish=False)
    with pytest.raises(Conflict, match="order_not_collecting"):
        await stage.orders.remind_me(customer.me, number, moment("11-20 16:00"))
    await stage.orders.publish(customer.me, number)
    with pytest.raises(AccessDenied, match="not_a_person"):
        await stage.orders.remind_me(integration_actor(), number, moment("11-20 16:00"))
    await stage.at("11-25 00:00")  # the sweep has not yet run
    with pytest.raises(Conflict, match="window_closed"):
        await stage.orders.remind_me(one.me, number, moment("11-26 16:00"))


async def test_a_suspended_person_is_told_nothing_of_the_company(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    other = await stage.colleague(one)
    number = await stage.order(customer)
    admin = await admin_actor(stage.site)
    await People(stage.site).suspend(again(admin), one.person.person_id or 0, "проверка")
    await stage.until("11-25 10:00")
    assert await stage.kinds(one, "remind") == []
    assert len(await stage.kinds(other, "remind.offer_window")) == 3
    actor, _ = await People(stage.site).actor_for(one.person.telegram_id or 0, "test:s")
    with pytest.raises(AccessDenied, match="account_suspended"):
        await stage.orders.decline(actor, number)

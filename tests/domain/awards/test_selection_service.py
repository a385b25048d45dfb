"""Selection: within the list, the volume and the sum; late is overdue, never decided silently."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from decimal import Decimal

import pytest

from domain.awards.rules import Choice
from domain.clock import astana
from domain.errors import AccessDenied, Conflict, RuleBroken
from tests.domain.stage import Side, Stage, moment, new_line, offered
from tests.support.factories import admin_actor, again


@pytest.mark.clause("344-13.6a")
async def test_selection_in_time_sends_the_order_for_confirmation(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    colleague = await stage.colleague(one)
    number = await stage.closed(customer, (one, offered()))
    (term,) = await stage.deadlines("selection")
    assert (term.due_at, term.term, term.clause) == (moment("12-03 00:00"), "5wd", "344-13.6a")
    stage.clock.set(datetime.fromisoformat("2026-12-02T23:59:59.999999+05:00"))
    (award,) = await stage.select(customer, number, (one, "100"))
    assert (award.state, award.supplier.bin, str(award.price)) == ("pending", one.bin, "900000.00")
    for person in (one, colleague):
        (told,) = await stage.told(person, "award.selected")
        assert (told.params["award"], told.params["awards"]) == (award.id, 1)
        assert '"quantity": "100.000"' in json.dumps(told.params["goods"])
        assert datetime.fromisoformat(str(told.params["due_at"])) == award.due_at
    await stage.until("12-04 10:00")
    (term,) = await stage.deadlines("selection")
    assert term.state == "done"
    assert await stage.kinds(customer, "selection.overdue") == []


@pytest.mark.clause("344-13.6a")
async def test_selection_out_of_time_is_escalated_each_working_morning(stage: Stage) -> None:
    """To the customer and the administrators, once a day, until it is done; nothing is decided."""
    customer, one = await stage.customer(), await stage.supplier()
    admins = [await admin_actor(stage.site), await admin_actor(stage.site)]
    number = await stage.closed(customer, (one, offered()))
    await stage.until("12-09 10:00")
    card = await stage.card(customer, number)
    assert (card.state, card.awards) == ("choosing", [])
    times = ["12-03 00:00", "12-04 09:00", "12-07 09:00", "12-08 09:00", "12-09 09:00"]
    for person in [customer.person, *admins]:
        told = await stage.told(person, "selection.overdue")
        assert [f"{astana(row.created_at):%m-%d %H:%M}" for row in told] == times
        assert {row.params["due_at"] for row in told} == {
            moment("12-03 00:00").astimezone(told[0].created_at.tzinfo).isoformat()
        }
    # The right to choose stays.
    await stage.select(customer, number, (one, "100"))
    await stage.until("12-14 10:00")
    assert len(await stage.told(customer, "selection.overdue")) == len(times)
    assert {row.state for row in await stage.deadlines("overdue.selection")} == {
        "fired",
        "done",
    }


async def test_an_outage_escalates_once_and_goes_on_each_morning(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    await stage.closed(customer, (one, offered()))
    await stage.at("12-10 15:00")
    await stage.sweep()
    await stage.until("12-11 10:00")
    told = await stage.told(customer, "selection.overdue")
    assert [f"{astana(row.created_at):%m-%d %H:%M}" for row in told] == [
        "12-10 15:00",
        "12-11 09:00",
    ]


@pytest.mark.clause("344-13.6b")
async def test_what_one_cannot_deliver_is_given_to_others_from_the_list(stage: Stage) -> None:
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    outsider = await stage.supplier()
    number = await stage.closed(
        customer, (one, offered("60", "480000")), (two, offered("100", "900000"))
    )
    plan = await stage.awards.plan(customer.me, number)
    assert [(pick.supplier, pick.quantity) for pick in plan.lines[0].picks] == [
        (one.bin, Decimal(60)),
        (two.bin, Decimal(40)),
    ]
    refusals: list[tuple[list[tuple[Side, str] | tuple[Side, str, int]], str]] = [
        ([(one, "61")], "award_above_offer"),
        ([(one, "60"), (two, "41")], "award_above_need"),
        ([(outsider, "10")], "award_not_in_list"),
        ([(one, "10"), (one, "10")], "award_twice"),
        ([(one, "0")], "not_positive"),
        ([(one, "0.0001")], "quantity_decimals"),
        ([(one, "10", 2)], "line_unknown"),
        ([], "selection_empty"),
    ]
    for choices, code in refusals:
        with pytest.raises(RuleBroken) as refused:
            await stage.select(customer, number, *choices)
        assert refused.value.code == code
    awards = await stage.select(customer, number, (one, "60"), (two, "40"))
    assert [str(award.price) for award in awards] == ["480000.00", "360000.00"]
    assert (await stage.card(customer, number)).state == "confirming"


async def test_a_part_first_and_the_rest_later(stage: Stage) -> None:
    """The term runs on for the rest; each supplier has a full term from its own selection."""
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    number = await stage.closed(
        customer, (one, offered("60", "480000")), (two, offered("100", "900000"))
    )
    (first,) = await stage.select(customer, number, (one, "60"))
    assert first.due_at == moment("11-28 00:00")
    (term,) = await stage.deadlines("selection")
    assert term.state == "open"
    await stage.until("11-27 10:00")
    (second,) = await stage.select(customer, number, (two, "40"))
    assert second.due_at == moment("12-02 00:00")
    (term,) = await stage.deadlines("selection")
    assert term.state == "done"


@pytest.mark.clause("344-13.6c")
async def test_what_nobody_covers_within_the_sum_is_bought_outside_the_rules(
    stage: Stage,
) -> None:
    """The sum of awards stays within the allocated one; the rest is marked, line by line."""
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    number = await stage.order(customer, new_line(), new_line("10", "1000"))
    await stage.offer(one, number, offered("60", "600000"))
    await stage.offer(two, number, offered("50", "800000"), offered("10", "1000", line=2))
    await stage.until("11-25 10:00")
    with pytest.raises(RuleBroken) as refused:
        await stage.select(customer, number, (one, "60"), (two, "40"))
    assert (refused.value.code, refused.value.clause) == ("award_above_allocated", "344-13.6c")
    assert refused.value.params["available"] == Decimal(1_000_000)
    awards = await stage.select(customer, number, (one, "60"), (two, "25"), (two, "10", 2))
    assert sum(award.price for award in awards if award.line == 1) == Decimal(1_000_000)
    # While suppliers decide nothing is settled.
    card = await stage.card(customer, number)
    assert [line.outside_quantity for line in card.lines] == [0, 0]
    for award in awards:
        side = one if award.supplier.bin == one.bin else two
        await stage.awards.confirm(side.me, award.id)
    card = await stage.card(customer, number)
    assert card.state == "contracting"
    assert [line.outside_quantity for line in card.lines] == [15, 0]
    protocol, _ = await stage.awards.protocol(customer.me, number)
    assert [(line.quantity, line.unit) for line in protocol.uncovered] == [(Decimal(15), "m")]
    with pytest.raises(RuleBroken, match="award_above_allocated"):
        await stage.select(customer, number, (two, "15"))


async def test_two_of_one_customer_select_at_once(stage: Stage) -> None:
    """Together they never give more than is needed or allocated."""
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    colleague = await stage.colleague(customer)
    number = await stage.closed(
        customer, (one, offered("100", "900000")), (two, offered("100", "900000"))
    )
    outcomes = await asyncio.gather(
        stage.awards.select(customer.me, number, [Choice(1, one.bin, Decimal(60))]),
        stage.awards.select(again(colleague), number, [Choice(1, two.bin, Decimal(60))]),
        return_exceptions=True,
    )
    broken = [each for each in outcomes if isinstance(each, RuleBroken)]
    assert [(each.code, each.params["available"]) for each in broken] == [("award_above_need", 40)]
    assert len((await stage.card(customer, number)).awards) == 1


async def test_only_the_customer_selects_and_only_when_there_is_a_list(stage: Stage) -> None:
    customer, other, one = await stage.customer(), await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.offer(one, number)
    with pytest.raises(Conflict, match="order_not_choosing"):
        await stage.select(customer, number, (one, "100"))
    await stage.at("11-25 00:00")
    with pytest.raises(Conflict, match="order_not_choosing"):
        await stage.select(customer, number, (one, "100"))
    await stage.sweep()
    with pytest.raises(AccessDenied, match="not_your_company"):
        await stage.select(other, number, (one, "100"))
    choices = [Choice(1, one.bin, Decimal(100))]
    with pytest.raises(AccessDenied, match="role_not_allowed"):
        await stage.awards.select(one.me, number, choices)

"""A fault found after windows have closed: what act 627 opens again, and what it does not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from domain.errors import NotFound
from domain.goods_lists.rules import ItemData
from domain.incidents.views import Scope
from tests.domain.incidents.desk import Desk, extensions, moves
from tests.domain.stage import Stage, moment, new_line, offered
from tests.support.factories import PIPE, integration_actor


@pytest.mark.clause("627-26.4")
async def test_a_window_closed_within_a_high_fault_is_opened_again_by_its_days(
    desk_627: Desk, stage: Stage
) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.until("11-25 10:00")
    assert (await stage.card(customer, number)).state == "failed"
    fault = await desk_627.fault("11-24 11:00", "11-24 23:00")
    shown = await desk_627.preview(fault)
    assert [(each.what, each.clause) for each in shown.effects] == [
        ("rerun", "627-26.4"),
        ("annulled", "627-26.4"),
    ]
    done = await desk_627.apply(fault)
    assert (done.rerun, done.annulled) == (1, 1)
    card = await stage.card(supplier, number)
    # One day of the fault, given again from today to the end of a day.
    assert (card.state, card.offers_due_at) == ("collecting", moment("11-27 00:00"))
    assert extensions(card)[-1]["clause"] == "627-26.4"
    assert moves((await stage.told(supplier, "incident.moved"))[0])[0]["what"] == "rerun"
    with pytest.raises(NotFound):
        await stage.awards.protocol(customer.me, number)
    await stage.offer(supplier, number)
    assert (await desk_627.preview(fault)).changes == 0, "applied twice equals once"


@pytest.mark.clause("366-29.5")
async def test_an_order_opened_again_takes_its_need_back_and_says_so(
    desk: Desk, stage: Stage
) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    lists = stage.services.goods_lists
    listed = ItemData("7", Decimal(100), "м", "Труба", "", PIPE)
    given = await lists.put_list(integration_actor(), customer.bin, "P-1", "Школа", [listed])
    item = (await lists.items(customer.me, given.id)).items[0].id
    line = replace(new_line("100"), goods_list_item_id=item)
    first = await stage.order(customer, line)
    await stage.until("11-25 10:00")
    assert (await stage.card(customer, first)).state == "failed"
    assert (await lists.needs(customer.me, [item]))[item].uncovered == Decimal(100)
    # The customer has ordered the same again; then the fault is found.
    second = await stage.order(customer, line)
    fault = await desk.fault("11-24 11:00", "11-24 23:00")
    (rerun, _) = (await desk.preview(fault)).effects
    assert (rerun.order, rerun.what, rerun.reason) == (first, "rerun", "need_covered")
    await desk.apply(fault)
    assert (await stage.card(customer, first)).state == "collecting"
    assert (await stage.card(customer, second)).state == "collecting"
    assert (await lists.needs(customer.me, [item]))[item].uncovered == Decimal(0)
    (told,) = await stage.told(customer, "incident.moved")
    assert "need_covered" in [each.get("reason") for each in moves(told)]
    (told,) = await stage.told(supplier, "incident.moved")
    assert [each.get("reason") for each in moves(told)] == [None]


@pytest.mark.parametrize("found", ["11-27 10:00", "11-28 10:00"])
async def test_days_given_again_end_on_a_working_day(
    desk_627: Desk, stage: Stage, found: str
) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.until(found)
    # From Friday and from Saturday on a day later is no working day: Monday is.
    fault = await desk_627.fault("11-24 11:00", "11-24 23:00")
    await desk_627.apply(fault)
    assert (await stage.card(supplier, number)).offers_due_at == moment("12-01 00:00")


async def test_a_medium_fault_opens_nothing_again(desk_627: Desk, stage: Stage) -> None:
    customer, _ = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.until("11-25 10:00")
    fault = await desk_627.fault(
        "11-24 11:00", "11-24 23:00", level="medium", scope=Scope("module", ("offers",))
    )
    (left,) = (await desk_627.preview(fault)).effects
    assert (left.what, left.reason) == ("kept", "ended_before_known")
    await desk_627.apply(fault)
    assert (await stage.card(customer, number)).state == "failed"


async def test_a_window_that_the_fault_outlasted_begins_anew(desk_627: Desk, stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    await stage.at("11-24 10:00")
    number = await stage.order(customer)
    assert (await stage.card(supplier, number)).offers_due_at == moment("11-27 00:00")
    await stage.until("11-27 10:00")
    fault = await desk_627.fault("11-24 09:00", "11-27 00:00")
    (rerun, annulled) = (await desk_627.preview(fault)).effects
    assert (rerun.what, rerun.clause, annulled.what) == ("rerun", "627-26.8", "annulled")
    await desk_627.apply(fault)
    # Three days from Friday end on Monday, two working days a day later.
    assert (await stage.card(supplier, number)).offers_due_at == moment("12-02 00:00")


async def test_a_lapse_within_a_high_fault_is_undone(desk_627: Desk, stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.closed(customer, (supplier, offered()))
    (award,) = await stage.select(customer, number, (supplier, "100"))
    await stage.until("11-28 10:00")
    assert (await stage.card(customer, number)).state == "failed"
    fault = await desk_627.fault("11-27 12:00", "11-27 18:00")
    (cancelled,) = (await desk_627.preview(fault)).effects
    assert (cancelled.what, cancelled.clause) == ("cancelled", "627-27")
    await desk_627.apply(fault)
    card = await stage.card(customer, number)
    assert (card.state, card.awards[0].due_at) == ("confirming", moment("12-01 00:00"))
    await stage.awards.confirm(supplier.me, award.id)
    assert (await stage.card(customer, number)).state == "contracting"

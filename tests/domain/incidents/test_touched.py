"""What a fault touches, what is undone of it, and what is left to people."""

from __future__ import annotations

from datetime import date

import pytest

from domain.errors import Conflict, RuleBroken
from domain.incidents.views import Scope
from tests.domain.incidents.desk import Desk, extensions, moves
from tests.domain.stage import Stage, moment, offered


@pytest.mark.clause("366-29.3")
@pytest.mark.parametrize(
    ("began", "mended", "scope"),
    [
        # out of working time a fault is low by definition, and took the last evening all the same
        ("11-24 19:00", "11-24 23:50", Scope()),
        # of one order it is neither medium nor high
        ("11-24 11:00", "11-24 13:00", Scope("orders", orders=(1,))),
    ],
)
async def test_a_low_fault_under_act_366_moves_the_end_that_it_took(
    desk: Desk, stage: Stage, began: str, mended: str, scope: Scope
) -> None:
    customer, _ = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.at("11-24 23:55")
    with pytest.raises(RuleBroken) as refused:
        await desk.fault(began, mended, scope=scope)
    assert refused.value.code == "level_not_by_definition"
    fault = await desk.fault(began, mended, scope=scope, level="low")
    assert (await desk.apply(fault)).moved == 1
    assert (await stage.card(customer, number)).offers_due_at == moment("11-26 00:00")


@pytest.mark.clause("627-26.4")
async def test_a_high_fault_gives_days_to_every_window_it_coincides_with(
    desk: Desk, stage: Stage
) -> None:
    customer, _ = await stage.customer(), await stage.supplier()
    open_then = await stage.order(customer)  # 20 November to the end of the 24th
    await stage.at("11-23 15:00")
    later = await stage.order(customer)  # opened after the mending
    fault = await desk.fault("11-23 11:00", "11-23 13:00", regime="627")
    medium = await desk.fault("11-23 11:00", "11-23 13:00", regime="627", level="medium")
    assert (await desk.preview(medium)).effects == []
    assert (await desk.apply(fault)).moved == 1
    assert (await stage.card(customer, open_then)).offers_due_at == moment("11-26 00:00")
    assert (await stage.card(customer, later)).offers_due_at == moment("11-26 00:00")
    assert extensions(await stage.card(customer, later)) == []


async def test_a_fault_entered_twice_gives_its_day_once(desk: Desk, stage: Stage) -> None:
    customer, _ = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.at("11-24 15:00")
    for _ in range(2):
        await desk.apply(await desk.fault("11-24 11:00", "11-24 13:00", regime="627"))
    assert (await stage.card(customer, number)).offers_due_at == moment("11-26 00:00")


async def test_what_had_ended_before_the_fault_was_known_is_left_to_people_and_told(
    desk: Desk, stage: Stage
) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.until("11-25 10:00")
    fault = await desk.fault("11-23 11:00", "11-23 13:00", regime="627")
    (effect,) = (await desk.preview(fault)).effects
    assert (effect.what, effect.reason) == ("kept", "ended_before_known")
    done = await desk.apply(fault)
    assert (done.moved, done.kept, done.told) == (0, 1, 2)
    for side in (customer, supplier):
        (told,) = await stage.told(side, "incident.moved")
        assert moves(told)[0]["reason"] == "ended_before_known"
    assert (await stage.card(customer, number)).state == "failed"
    # It is on record, and nobody is told again.
    assert [each.reason for each in await desk.incidents.effects(desk.operator, fault)] == [
        "ended_before_known"
    ]
    assert (await desk.preview(fault)).effects == []
    assert (await desk.apply(fault)).told == 0


@pytest.mark.clause("366-29.6")
async def test_anothers_contract_does_not_stand_in_the_way_of_undoing_a_lapse(
    desk: Desk, stage: Stage
) -> None:
    customer, first = await stage.customer(), await stage.supplier()
    second = await stage.supplier("ТОО «Второй»")
    number = await stage.closed(
        customer,
        (first, offered(quantity="40", price="400000")),
        (second, offered(quantity="60", price="600000")),
    )
    one, other = await stage.select(customer, number, (first, "40"), (second, "60"))
    await stage.awards.confirm(first.me, one.id)
    entered = await stage.contracts.enter(
        customer.me, number, first.bin, "1", moment("11-25 10:00").date()
    )
    await stage.contracts.agree(first.me, entered.id)
    await stage.until("11-28 10:00")
    fault = await desk.fault("11-27 12:00", "11-27 23:00")
    assert "cancelled" in [each.what for each in (await desk.preview(fault)).effects]
    await desk.incidents.record_act(desk.operator, fault, "17-С", date(2026, 11, 28))
    assert (await desk.apply(fault)).cancelled == 1
    card = await stage.card(customer, number)
    assert card.state == "confirming"
    await stage.awards.confirm(second.me, other.id)
    assert (await stage.card(customer, number)).state == "contracting"


@pytest.mark.clause("366-29.5")
async def test_a_procedure_found_not_influenced_is_not_run_again(desk: Desk, stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    spared, other = await stage.order(customer), await stage.order(customer)
    for each in (spared, other):
        await stage.offer(supplier, each)
    await stage.until("11-25 10:00")
    fault = await desk.fault("11-24 09:00", "11-24 09:01")
    before = (await desk.preview(fault)).digest
    with pytest.raises(RuleBroken) as unsaid:
        await desk.incidents.spare(desk.operator, fault, [spared], " ")
    assert unsaid.value.code == "text_missing"
    why = "В эту минуту никто не обращался к заказу"
    assert await desk.incidents.spare(desk.operator, fault, [spared], why) == 2
    with pytest.raises(Conflict) as twice:
        await desk.incidents.spare(desk.operator, fault, [spared], why)
    assert twice.value.code == "nothing_to_spare"
    with pytest.raises(Conflict) as changed:
        await desk.incidents.apply(desk.operator, fault, before)
    assert changed.value.code == "effects_changed"
    assert (await desk.apply(fault)).rerun == 1
    assert (await stage.card(customer, spared)).state == "choosing"
    assert (await stage.card(customer, other)).state == "collecting"
    left = (await desk.incidents.effects(desk.operator, fault))[0]
    assert (left.order, left.what, left.reason) == (spared, "kept", "not_influenced")


async def test_terms_that_run_move_though_their_procedure_is_not_run_again(
    desk: Desk, stage: Stage
) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    spared = await stage.order(customer)
    await stage.offer(supplier, spared)
    await stage.until("11-25 10:00")
    fault = await desk.fault("11-24 09:00", "11-25 09:00", regime="627")
    assert [each.what for each in (await desk.preview(fault)).effects] == ["rerun"]
    await desk.incidents.spare(desk.operator, fault, [spared], "Предложения поданы до сбоя")
    assert (await desk.apply(fault)).moved == 1
    card = await stage.card(customer, spared)
    assert card.state == "choosing"
    assert card.deadlines[-1].due_at == moment("12-05 00:00")


async def test_deadlines_of_two_suppliers_are_told_apart_by_their_names(
    desk: Desk, stage: Stage
) -> None:
    customer, first = await stage.customer(), await stage.supplier()
    second = await stage.supplier("ТОО «Второй»")
    number = await stage.closed(
        customer,
        (first, offered(quantity="40", price="400000")),
        (second, offered(quantity="60", price="600000")),
    )
    await stage.select(customer, number, (first, "40"), (second, "60"))
    await stage.at("11-27 15:00")
    fault = await desk.fault("11-27 11:00", "11-27 13:00")
    shown = (await desk.preview(fault)).effects
    await desk.apply(fault)
    done = await desk.incidents.effects(desk.operator, fault)
    for effects in (shown, done):
        named = {each.company_ru for each in effects if each.kind == "confirmation"}
        assert "ТОО «Второй»" in named
        assert len(named) == 2
        assert "" not in named

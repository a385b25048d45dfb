"""What a fault does to the deadlines of orders (act 366, clause 29; act 627, clauses 24-26)."""

from __future__ import annotations

from datetime import date

import pytest

from domain.errors import Conflict, NotFound, RuleBroken
from domain.incidents.views import Scope
from tests.domain.incidents.desk import FACTS, Desk, extensions, moves
from tests.domain.stage import Stage, moment, offered


@pytest.mark.clause("366-29.3")
async def test_a_window_that_ends_on_a_day_of_the_fault_moves_to_the_working_day_after_the_mending(
    desk: Desk, stage: Stage
) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.at("11-24 15:00")
    fault = await desk.fault("11-24 11:00", "11-24 13:00")
    shown = await desk.preview(fault)
    assert [(each.what, each.kind, each.order, each.old, each.new) for each in shown.effects] == [
        ("moved", "offer_window", number, moment("11-25 00:00"), moment("11-26 00:00"))
    ]
    assert (await stage.card(customer, number)).offers_due_at == moment("11-25 00:00")

    done = await desk.apply(fault)
    assert (done.moved, done.round) == (1, 1)
    card = await stage.card(customer, number)
    assert card.offers_due_at == moment("11-26 00:00")
    window = card.deadlines[-1]
    assert window.state == "open"
    assert window.due_at == moment("11-26 00:00")
    assert extensions(card)[0]["cause"] == f"incident:{fault}"

    # An offer on the day won counts.
    await stage.at("11-25 23:00")
    await stage.offer(supplier, number)
    for side in (customer, supplier):
        (told,) = await stage.told(side, "incident.moved")
        assert moves(told) == [
            {
                "what": "moved",
                "kind": "offer_window",
                "subject": f"order:{number}",
                "number": number,
                "clause": "366-29.3",
                "old": "2026-11-24T19:00:00Z",
                "new": "2026-11-25T19:00:00Z",
            }
        ]
        assert told.params["number"] == fault


async def test_applying_twice_does_what_applying_once_does(desk: Desk, stage: Stage) -> None:
    customer, _ = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.at("11-24 15:00")
    fault = await desk.fault("11-24 11:00", "11-24 13:00")
    await desk.apply(fault)
    again = await desk.apply(fault)
    assert (again.moved, again.told, again.round) == (0, 0, 1)
    assert (await stage.card(customer, number)).offers_due_at == moment("11-26 00:00")
    assert len(await stage.told(customer, "incident.moved")) == 1


async def test_what_was_shown_is_what_is_done(desk: Desk, stage: Stage) -> None:
    customer, _ = await stage.customer(), await stage.supplier()
    await stage.order(customer)
    await stage.at("11-24 15:00")
    fault = await desk.fault("11-24 11:00", "11-24 13:00")
    shown = await desk.preview(fault)
    await stage.at("11-20 11:00")
    await stage.order(customer)
    await stage.at("11-24 15:00")
    with pytest.raises(Conflict) as refused:
        await desk.incidents.apply(desk.operator, fault, shown.digest)
    assert refused.value.code == "effects_changed"


@pytest.mark.clause("366-24")
async def test_nothing_moves_before_the_level_is_agreed(desk: Desk, stage: Stage) -> None:
    customer, _ = await stage.customer(), await stage.supplier()
    await stage.order(customer)
    await stage.at("11-24 15:00")
    fault = await desk.fault("11-24 11:00", "11-24 13:00", agree=False)
    shown = await desk.preview(fault)
    with pytest.raises(Conflict) as refused:
        await desk.incidents.apply(desk.operator, fault, shown.digest)
    assert refused.value.code == "level_not_agreed"
    await desk.incidents.agree_level(desk.authority, fault)
    assert (await desk.apply(fault)).moved == 1


@pytest.mark.clause("627-24")
async def test_a_low_fault_moves_nothing(desk: Desk, stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.at("11-24 15:00")
    taken = await desk.report(supplier, "11-24 14:50", regime="627")
    await desk.fault("11-24 14:00", None, level="low", number=taken.incident)
    assert (await desk.preview(taken.incident)).effects == []
    await desk.apply(taken.incident)
    await desk.incidents.mend(desk.operator, taken.incident, moment("11-24 14:30"), "Исправлено")
    assert (await stage.card(customer, number)).offers_due_at == moment("11-25 00:00")
    assert len(await stage.told(supplier, "incident.mended")) == 1
    assert await stage.told(customer, "incident.mended") == []


@pytest.mark.clause("627-25")
async def test_a_medium_fault_of_a_module_gives_the_lost_time(desk: Desk, stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.at("11-24 15:00")
    offers = Scope("module", ("offers",))
    fault = await desk.fault(
        "11-24 11:00", "11-24 13:30", level="medium", scope=offers, regime="627"
    )
    other = await desk.fault(
        "11-24 11:00",
        "11-24 13:30",
        level="medium",
        scope=Scope("module", ("contracts",)),
        regime="627",
    )
    assert (await desk.preview(other)).effects == []
    await desk.apply(fault)
    assert (await stage.card(supplier, number)).offers_due_at == moment("11-25 02:30")
    assert (await desk.one(fault)).level_state == "informed"
    assert await stage.kinds(desk.authority_, "incident.informed") == ["incident.informed"] * 2
    assert await stage.kinds(customer, "incident.moved") == ["incident.moved"]


@pytest.mark.clause("627-26.4")
@pytest.mark.parametrize(
    ("began", "mended", "end"),
    [
        ("11-24 11:00", "11-24 11:01", "11-26 00:00"),  # a minute: one calendar day
        ("11-23 11:00", "11-24 13:00", "11-27 00:00"),  # two days touched
        ("11-22 11:00", "11-24 13:00", "11-28 00:00"),  # three
        ("11-21 11:00", "11-24 13:00", "12-01 00:00"),  # four would end on a Saturday
    ],
)
async def test_a_high_fault_gives_the_days_of_the_fault(
    desk: Desk, stage: Stage, began: str, mended: str, end: str
) -> None:
    customer, _ = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.at("11-24 15:00")
    fault = await desk.fault(began, mended, regime="627")
    await desk.apply(fault)
    assert (await stage.card(customer, number)).offers_due_at == moment(end)


async def test_deadlines_that_end_on_other_days_stay(desk: Desk, stage: Stage) -> None:
    customer, _ = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.at("11-23 15:00")
    fault = await desk.fault("11-23 11:00", "11-23 13:00")
    assert (await desk.preview(fault)).effects == []
    module = Scope("module", ("offers",))
    listed = await desk.fault("11-23 11:00", "11-23 13:00", level="low", scope=module)
    assert (await desk.apply(listed)).moved == 0
    assert (await stage.card(customer, number)).offers_due_at == moment("11-25 00:00")


async def test_listed_orders_alone_are_touched(desk: Desk, stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    first, second = await stage.order(customer), await stage.order(customer)
    await stage.at("11-24 15:00")
    fault = await desk.fault(
        "11-24 11:00",
        "11-24 13:00",
        scope=Scope("orders", orders=(second,)),
        level="medium",
        regime="627",
    )
    await desk.apply(fault)
    assert (await stage.card(supplier, first)).offers_due_at == moment("11-25 00:00")
    assert (await stage.card(supplier, second)).offers_due_at == moment("11-25 02:00")


async def test_two_faults_of_one_day_keep_the_steps_of_both(desk: Desk, stage: Stage) -> None:
    customer, _ = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.at("11-24 18:00")
    first = await desk.fault("11-24 11:00", "11-24 13:00", regime="627")
    second = await desk.fault("11-24 15:00", "11-24 16:00", regime="627", level="medium")
    await desk.apply(first)
    await desk.apply(second)
    card = await stage.card(customer, number)
    assert card.offers_due_at == moment("11-26 01:00")
    added = extensions(card)
    assert [each["cause"] for each in added] == [f"incident:{first}", f"incident:{second}"]


@pytest.mark.clause("366-29.2")
async def test_a_fault_that_lasts_moves_what_ends_each_day_until_it_is_mended(
    desk: Desk, stage: Stage
) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.until("11-24 15:00")
    fault = await desk.fault("11-24 11:00", None)
    await desk.apply(fault)
    assert (await stage.card(supplier, number)).offers_due_at == moment("11-26 00:00")
    # Nobody does anything for two days: the window does not close over the fault.
    await stage.until("11-26 10:00")
    assert (await stage.card(supplier, number)).state == "collecting"
    assert (await stage.card(supplier, number)).offers_due_at == moment("11-27 00:00")
    applied = await desk.incidents.mend(desk.operator, fault, moment("11-26 09:30"), "Заменён диск")
    # It was mended on the last day of the window: there is one whole working day after it.
    assert applied.moved == 1
    assert await stage.kinds(customer, "incident.began") == ["incident.began"]
    (mended,) = await stage.told(supplier, "incident.mended")
    assert mended.params["orders"] == [[number, number]]
    await stage.until("11-28 10:00")
    assert (await stage.card(customer, number)).state == "failed"


@pytest.mark.clause("366-29.5")
@pytest.mark.clause("366-29.4")
async def test_a_window_found_closed_within_the_fault_is_opened_again(
    desk: Desk, stage: Stage
) -> None:
    customer, late = await stage.customer(), await stage.supplier()
    early = await stage.supplier("ТОО «Второй»")
    number = await stage.order(customer)
    await stage.offer(early, number)
    empty = await stage.order(customer)
    await stage.until("11-25 10:00")
    (award,) = await stage.select(customer, number, (early, "100"))
    assert (await stage.card(customer, empty)).state == "failed"
    fault = await desk.fault("11-24 11:00", "11-25 00:30")
    shown = await desk.preview(fault)
    assert [(each.what, each.order) for each in shown.effects] == [
        ("rerun", number),
        ("rerun", empty),
        ("annulled", empty),
    ]
    done = await desk.apply(fault)
    assert (done.rerun, done.annulled) == (2, 1)
    for one in (number, empty):
        card = await stage.card(customer, one)
        assert (card.state, card.offers_due_at) == ("collecting", moment("11-27 00:00"))
        assert card.failure_ground is None
    # Sealed again; the offer stands and can be answered by another.
    with pytest.raises(Conflict) as sealed:
        await stage.offers.of_order(customer.me, number)
    assert sealed.value.code == "sealed"
    with pytest.raises(Conflict) as decided:
        await stage.awards.confirm(early.me, award.id)
    assert decided.value.code == "award_decided"
    await stage.offer(late, number, offered(price="800000"))
    with pytest.raises(NotFound) as none:
        await stage.awards.protocol(customer.me, empty)
    assert none.value.code == "no_protocol"
    assert (await stage.awards.protocol(customer.me, empty, 1))[0].version == 1
    (annulled,) = await desk.incidents.annulled(customer.me, empty)
    assert (annulled.version, annulled.incident) == (1, fault)
    assert [each["what"] for each in moves((await stage.told(late, "incident.moved"))[0])] == [
        "rerun",
        "rerun",
    ]
    await stage.until("11-27 10:00")
    card = await stage.card(customer, number)
    assert card.state == "choosing"
    assert len(await stage.offers.of_order(customer.me, number)) == 2
    # Who was chosen before the procedure was run again may be chosen in it.
    (again,) = await stage.select(customer, number, (early, "100"))
    await stage.awards.confirm(early.me, again.id)
    assert (await stage.card(customer, number)).state == "contracting"
    protocol, _ = await stage.awards.protocol(customer.me, number)
    assert len(protocol.winners) == 1
    assert (await stage.card(customer, empty)).state == "failed"


async def test_an_order_with_a_contract_is_not_run_again(desk: Desk, stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.closed(customer, (supplier, offered()))
    (award,) = await stage.select(customer, number, (supplier, "100"))
    await stage.awards.confirm(supplier.me, award.id)
    entered = await stage.contracts.enter(
        customer.me, number, supplier.bin, "1", moment("11-25 10:00").date()
    )
    await stage.contracts.agree(supplier.me, entered.id)
    fault = await desk.fault("11-24 11:00", "11-25 00:30")
    (effect,) = (await desk.preview(fault)).effects
    assert (effect.what, effect.reason) == ("kept", "contracted")
    assert (await desk.apply(fault)).rerun == 0
    assert (await stage.card(customer, number)).state == "done"


@pytest.mark.clause("366-29.6")
async def test_a_lapse_within_the_fault_is_undone(desk: Desk, stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.closed(customer, (supplier, offered()))
    (award,) = await stage.select(customer, number, (supplier, "100"))
    await stage.until("11-28 10:00")
    assert (await stage.card(customer, number)).state == "failed"
    fault = await desk.fault("11-27 12:00", "11-28 00:30")
    shown = await desk.preview(fault)
    assert [each.what for each in shown.effects] == ["cancelled", "annulled"]
    # Nothing is cancelled before the act on the fault is approved; the rest is done.
    done = await desk.apply(fault)
    assert (done.cancelled, done.annulled, done.waiting) == (0, 1, 1)
    assert (await stage.card(customer, number)).state == "failed"
    assert "incident.apply" in (await desk.one(fault)).deadlines
    with pytest.raises(Conflict, match="effects_not_applied"):
        await desk.incidents.close(desk.operator, fault)
    with pytest.raises(RuleBroken, match="act_missing"):
        await desk.apply(fault)
    for day in (date(2026, 11, 26), date(2026, 11, 29)):
        with pytest.raises(RuleBroken, match="act_date_wrong"):
            await desk.incidents.record_act(desk.operator, fault, "17-С", day)
    await desk.incidents.record_act(desk.operator, fault, "17-С", date(2026, 11, 28))
    view = await desk.one(fault)
    assert (view.act_number, view.act_date) == ("17-С", date(2026, 11, 28))
    done = await desk.apply(fault)
    assert (done.cancelled, done.waiting) == (1, 0)
    assert (await desk.one(fault)).deadlines == {}
    card = await stage.card(customer, number)
    assert (card.state, card.failure_ground) == ("confirming", None)
    assert card.awards[0].due_at == moment("12-01 00:00")
    told = (await stage.told(supplier, "incident.moved"))[0]
    assert moves(told)[0]["what"] == "cancelled"
    assert (told.params["act_number"], told.params["act_date"]) == ("17-С", "2026-11-28")
    await stage.awards.confirm(supplier.me, award.id)
    assert (await stage.card(customer, number)).state == "contracting"
    # The protocol of the failure is annulled; one was formed anew each time,
    # one after the confirmation.
    assert (await stage.card(customer, number)).protocol_version == 4


@pytest.mark.clause("366-29.6")
async def test_the_act_may_be_named_with_the_application(desk: Desk, stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.closed(customer, (supplier, offered()))
    await stage.select(customer, number, (supplier, "100"))
    await stage.until("11-28 10:00")
    fault = await desk.fault("11-27 12:00", "11-28 00:30")
    shown = await desk.preview(fault)
    done = await desk.incidents.apply(
        desk.operator, fault, shown.digest, act_number="17-С", act_date=date(2026, 11, 28)
    )
    assert (done.cancelled, done.annulled, done.waiting) == (1, 1, 0)
    entries = await stage.record(f"incident:{fault}")
    assert entries[-1].data["act"] == "17-С"


async def test_a_protocol_of_somebodys_own_act_within_the_fault_stands(
    desk: Desk, stage: Stage
) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.closed(customer, (supplier, offered()))
    (award,) = await stage.select(customer, number, (supplier, "100"))
    await stage.at("11-26 12:00")
    await stage.awards.confirm(supplier.me, award.id)
    await stage.at("11-26 14:00")
    fault = await desk.fault("11-26 11:00", "11-26 13:00")
    assert (await desk.preview(fault)).effects == []
    assert await desk.incidents.annulled(customer.me, number) == []


async def test_a_lapsed_volume_given_to_another_stays_there(desk: Desk, stage: Stage) -> None:
    customer, first = await stage.customer(), await stage.supplier()
    second = await stage.supplier("ТОО «Второй»")
    number = await stage.closed(customer, (first, offered()), (second, offered()))
    await stage.select(customer, number, (first, "100"))
    await stage.until("11-28 10:00")
    await stage.select(customer, number, (second, "100"))
    fault = await desk.fault("11-27 12:00", "11-28 00:30")
    effects = (await desk.preview(fault)).effects
    assert ("kept", "given_to_another") in [(each.what, each.reason) for each in effects]
    assert (await desk.apply(fault)).cancelled == 0
    assert (await stage.card(customer, number)).state == "confirming"


async def test_an_overdue_selection_gets_a_new_end(desk: Desk, stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.closed(customer, (supplier, offered()))
    await stage.until("12-03 10:00")
    assert [row.state for row in await stage.deadlines("selection")] == ["fired"]
    assert [row.state for row in await stage.deadlines("overdue.selection")] == ["open"]
    fault = await desk.fault("12-02 12:00", "12-02 14:00")
    assert (await desk.apply(fault)).moved == 1
    # The working day after the mending is today; there are whole days only from tomorrow on.
    first, second = await stage.deadlines("selection")
    assert (first.state, second.state, second.due_at) == ("moved", "open", moment("12-05 00:00"))
    assert [row.state for row in await stage.deadlines("overdue.selection")] == ["cancelled"]
    await stage.select(customer, number, (supplier, "100"))
    assert (await stage.card(customer, number)).state == "confirming"


async def test_reopened_and_applied_again_it_goes_on_from_what_it_did(
    desk: Desk, stage: Stage
) -> None:
    customer, _ = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.at("11-24 15:00")
    fault = await desk.fault("11-24 11:00", "11-24 13:00")
    await desk.apply(fault)
    await desk.incidents.close(desk.operator, fault)
    await stage.at("11-25 12:00")
    await desk.incidents.reopen(desk.operator, fault, "Сбой повторился")
    assert (await stage.card(customer, number)).offers_due_at == moment("11-26 00:00")
    await desk.fault("11-24 11:00", "11-25 11:00", number=fault)
    assert (await desk.apply(fault)).round == 2
    assert (await stage.card(customer, number)).offers_due_at == moment("11-27 00:00")
    assert [each.new for each in await desk.incidents.effects(desk.operator, fault)] == [
        moment("11-26 00:00"),
        moment("11-27 00:00"),
    ]
    assert (await desk.one(fault)).facts == FACTS

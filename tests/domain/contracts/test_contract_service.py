"""Conclusion of the contract: entered by one side, agreed by the other, in time or overdue."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from decimal import Decimal

import pytest

from domain.clock import astana
from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken
from domain.files import FileInfo
from domain.orders.queries import files_of
from domain.registry.rules import Status
from tests.domain.stage import Side, Stage, moment, new_line, offered
from tests.support.factories import admin_actor, again, integration_actor

NOV = {day: date(2026, 11, day) for day in range(20, 31)}


async def confirmed(stage: Stage, customer: Side, *suppliers: Side) -> int:
    """An order confirmed by each supplier for an equal part on 25 November at 10:00."""
    number = await stage.closed(customer, *((side, offered()) for side in suppliers))
    part = str(100 // len(suppliers))
    awards = await stage.select(customer, number, *((side, part) for side in suppliers))
    for side, award in zip(suppliers, awards, strict=True):
        await stage.awards.confirm(side.me, award.id)
    return number


@pytest.mark.clause("344-13.9")
async def test_one_side_enters_and_the_other_agrees(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    number = await confirmed(stage, customer, one)
    (term,) = await stage.deadlines("contract")
    assert (term.due_at, term.term, term.clause) == (moment("11-28 00:00"), "2wd", "344-13.9")
    for side in (customer, one):
        (told,) = await stage.told(side, "award.confirmed")
        assert datetime.fromisoformat(str(told.params["due_at"])) == moment("11-28 00:00")
    file = FileInfo("договор.pdf", "application/pdf", 10, "c" * 64)
    entered = await stage.contracts.enter(customer.me, number, one.bin, " Д-1/2026 ", NOV[25], file)
    assert (entered.state, entered.contract_number, entered.entered_by_side) == (
        "proposed",
        "Д-1/2026",
        "customer",
    )
    assert (entered.sum, entered.agreed_at) == (Decimal(900_000), None)
    (asked,) = await stage.told(one, "contract")
    assert (asked.kind, asked.params["files"]) == ("contract.proposed", 1)
    assert [each.name for each in await stage.contracts.files(one.me, entered.id)] == [file.name]
    assert await stage.kinds(customer, "contract") == []
    with pytest.raises(AccessDenied, match="contract_own_entry"):
        await stage.contracts.agree(customer.me, entered.id)
    assert (await stage.card(customer, number)).state == "contracting"
    await stage.at("11-26 12:00")
    concluded = await stage.contracts.agree(one.me, entered.id)
    assert (concluded.state, concluded.agreed_at) == ("concluded", moment("11-26 12:00"))
    for side in (customer, one):
        assert (await stage.kinds(side, "contract"))[-1] == "contract.concluded"
        assert (await stage.contracts.one(side.me, entered.id)).state == "concluded"
    card = await stage.card(customer, number)
    assert (card.state, card.finished_at) == ("done", moment("11-26 12:00"))
    assert [award.contract_number for award in card.awards] == ["Д-1/2026"]
    assert await stage.kinds(customer, "order.done") == ["order.done"]
    (term,) = await stage.deadlines("contract")
    assert term.state == "done"
    async with stage.site.sessions() as session:
        files = await files_of(session, f"contract:{entered.id}")
    assert [each.name for each in files] == ["договор.pdf"]
    await stage.until("12-20 10:00")
    assert await stage.kinds(customer, "contract.overdue") == []


@pytest.mark.clause("344-13.9")
async def test_overdue_is_escalated_to_both_each_working_morning_until_done(
    stage: Stage,
) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    admin = await admin_actor(stage.site)
    number = await confirmed(stage, customer, one)
    await stage.until("12-02 10:00")
    times = ["11-28 00:00", "11-30 09:00", "12-01 09:00", "12-02 09:00"]
    for person in (customer.person, one.person, admin):
        told = await stage.told(person, "contract.overdue")
        assert [f"{astana(row.created_at):%m-%d %H:%M}" for row in told] == times
        assert {row.params["due_at"] for row in told} == {"2026-11-27T19:00:00+00:00"}
    card = await stage.card(customer, number)
    assert card.state == "contracting"
    # A late contract is a contract; entering alone does not end the escalation, agreeing does.
    entered = await stage.contracts.enter(one.me, number, one.bin, "Д-1", date(2026, 12, 2))
    await stage.until("12-03 10:00")
    assert len(await stage.told(customer, "contract.overdue")) == 5
    await stage.contracts.agree(customer.me, entered.id)
    await stage.until("12-20 10:00")
    assert len(await stage.told(customer, "contract.overdue")) == 5
    assert (await stage.card(customer, number)).state == "done"


async def test_one_contract_is_told_of_once_however_many_lines(stage: Stage) -> None:
    """Three awards of one supplier: one reminder, one escalation; another supplier has its own."""
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    number = await stage.order(customer, new_line(), new_line(), new_line())
    await stage.offer(one, number, *(offered("50", "400000", line=line) for line in (1, 2, 3)))
    await stage.offer(two, number, offered("50", "400000"))
    await stage.until("11-25 10:00")
    awards = await stage.select(
        customer, number, (one, "50", 1), (one, "50", 2), (one, "50", 3), (two, "50", 1)
    )
    for award in awards:
        side = one if award.supplier.bin == one.bin else two
        await stage.awards.confirm(side.me, award.id)
    await stage.until("11-30 10:00")
    assert len(await stage.told(one, "remind.contract")) == 3
    assert len(await stage.told(customer, "remind.contract")) == 6
    assert len(await stage.told(one, "contract.overdue")) == 2
    assert len(await stage.told(customer, "contract.overdue")) == 4
    contract = await stage.contracts.enter(customer.me, number, one.bin, "Д-1", NOV[30])
    assert contract.sum == Decimal(1_200_000)
    await stage.contracts.agree(one.me, contract.id)
    await stage.until("12-02 10:00")
    assert len(await stage.told(one, "contract.overdue")) == 2
    assert len(await stage.told(two, "contract.overdue")) == 4


async def test_two_suppliers_have_contracts_of_their_own(stage: Stage) -> None:
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    number = await confirmed(stage, customer, one, two)
    first = await stage.contracts.enter(customer.me, number, one.bin, "Д-1", NOV[25])
    second = await stage.contracts.enter(two.me, number, two.bin, "Д-2", NOV[25])
    await stage.contracts.agree(one.me, first.id)
    assert (await stage.card(customer, number)).state == "contracting"
    assert [each.contract_number for each in (await stage.card(one, number)).contracts] == ["Д-1"]
    with pytest.raises(NotFound, match="contract_unknown"):
        await stage.contracts.one(one.me, second.id)
    with pytest.raises(AccessDenied, match="not_your_company"):
        await stage.contracts.agree(one.me, second.id)
    await stage.contracts.agree(customer.me, second.id)
    card = await stage.card(customer, number)
    assert card.state == "done"
    assert [(each.contract_number, each.sum) for each in card.contracts] == [
        ("Д-1", Decimal(450_000)),
        ("Д-2", Decimal(450_000)),
    ]


async def test_a_mistake_is_reported_and_the_entry_replaced(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    number = await confirmed(stage, customer, one)
    wrong = await stage.contracts.enter(customer.me, number, one.bin, "Д-11", NOV[25])
    assert await stage.contracts.dispute(one.me, wrong.id) == number
    assert (await stage.kinds(customer, "contract"))[-1] == "contract.disputed"
    for act in (
        stage.contracts.agree(one.me, wrong.id),
        stage.contracts.dispute(one.me, wrong.id),
        stage.contracts.one(one.me, wrong.id),
    ):
        with pytest.raises(Conflict, match="contract_replaced"):
            await act
    entered = await stage.contracts.enter(customer.me, number, one.bin, "Д-1", NOV[25])
    newer = await stage.contracts.enter(one.me, number, one.bin, "Д-1а", NOV[25])
    with pytest.raises(Conflict, match="contract_replaced"):
        await stage.contracts.agree(one.me, entered.id)
    (entry,) = await stage.record(f"contract:{newer.id}")
    assert entry.data["replaced"] == [entered.id]
    await stage.contracts.agree(customer.me, newer.id)
    for act in (
        stage.contracts.agree(customer.me, newer.id),
        stage.contracts.dispute(one.me, newer.id),
    ):
        with pytest.raises(Conflict, match="contract_concluded"):
            await act
    with pytest.raises(Conflict, match="nothing_to_contract"):
        await stage.contracts.enter(customer.me, number, one.bin, "Д-3", NOV[25])
    assert [each.contract_number for each in (await stage.card(one, number)).contracts] == ["Д-1а"]


async def test_a_contract_is_dated_between_its_confirmation_and_today(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    number = await confirmed(stage, customer, one)
    with pytest.raises(RuleBroken) as early:
        await stage.contracts.enter(customer.me, number, one.bin, "Д-1", NOV[24])
    assert (early.value.code, early.value.params["since"]) == ("contract_date_early", NOV[25])
    with pytest.raises(RuleBroken, match="contract_date_future"):
        await stage.contracts.enter(customer.me, number, one.bin, "Д-1", NOV[26])
    for text, code in (("", "text_missing"), ("№" * 65, "text_too_long")):
        with pytest.raises(RuleBroken, match=code):
            await stage.contracts.enter(customer.me, number, one.bin, text, NOV[25])
    # In Astana it is the 26th already.
    stage.clock.set(datetime.fromisoformat("2026-11-25T19:30:00+00:00"))
    assert (
        await stage.contracts.enter(customer.me, number, one.bin, "Д-1", NOV[26])
    ).signed_on == NOV[26]


async def test_a_contract_is_about_what_was_confirmed_by_its_date(stage: Stage) -> None:
    """What is confirmed after it needs a contract of its own; sums tell which is which."""
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    number = await stage.closed(
        customer, (one, offered("100", "900000")), (two, offered("40", "360000"))
    )
    first, other = await stage.select(customer, number, (one, "60"), (two, "40"))
    await stage.awards.confirm(one.me, first.id)
    entered = await stage.contracts.enter(customer.me, number, one.bin, "Д-1", NOV[25])
    await stage.at("11-26 10:00")
    await stage.awards.refuse(two.me, other.id, "нет металла")
    (second,) = await stage.select(customer, number, (one, "40"))
    await stage.awards.confirm(one.me, second.id)
    assert (await stage.contracts.one(one.me, entered.id)).sum == Decimal(540_000)
    await stage.contracts.agree(one.me, entered.id)
    card = await stage.card(customer, number)
    assert [
        (award.id, award.contract_number) for award in card.awards if award.contract_number
    ] == [(first.id, "Д-1")]
    assert (card.state, card.contracts[0].sum) == ("contracting", Decimal(540_000))
    with pytest.raises(RuleBroken, match="contract_date_early"):
        await stage.contracts.enter(customer.me, number, one.bin, "Д-2", NOV[25])
    rest = await stage.contracts.enter(customer.me, number, one.bin, "Д-2", NOV[26])
    assert rest.sum == Decimal(360_000)
    await stage.contracts.agree(one.me, rest.id)
    card = await stage.card(customer, number)
    assert (card.state, [each.sum for each in card.contracts]) == (
        "done",
        [Decimal(540_000), Decimal(360_000)],
    )


async def test_what_a_platform_enters_is_concluded(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    number = await confirmed(stage, customer, one)
    await stage.contracts.enter(customer.me, number, one.bin, "Д-0", NOV[25])
    entered = await stage.contracts.enter(integration_actor(), number, one.bin, "Д-1", NOV[25])
    assert (entered.state, entered.entered_by_side) == ("concluded", "platform")
    for side in (customer, one):
        assert (await stage.kinds(side, "contract"))[-1] == "contract.concluded"
    assert (await stage.card(customer, number)).state == "done"


async def test_both_sides_at_once_make_one_contract(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    colleague = await stage.colleague(one)
    number = await confirmed(stage, customer, one)
    entered = await stage.contracts.enter(customer.me, number, one.bin, "Д-1", NOV[25])
    outcomes = await asyncio.gather(
        stage.contracts.agree(one.me, entered.id),
        stage.contracts.dispute(again(colleague), entered.id),
        return_exceptions=True,
    )
    (late,) = [each for each in outcomes if isinstance(each, BaseException)]
    assert isinstance(late, Conflict)
    state = (await stage.card(customer, number)).state
    assert (late.code, state) in (
        ("contract_concluded", "done"),
        ("contract_replaced", "contracting"),
    )


async def test_only_the_two_sides_and_only_what_was_confirmed(stage: Stage) -> None:
    customer, other = await stage.customer(), await stage.customer()
    one, two = await stage.supplier(), await stage.supplier()
    number = await confirmed(stage, customer, one)
    for actor in (other.me, two.me):
        with pytest.raises(AccessDenied, match="not_your_company"):
            await stage.contracts.enter(actor, number, one.bin, "Д-1", NOV[25])
    with pytest.raises(Conflict, match="nothing_to_contract"):
        await stage.contracts.enter(customer.me, number, two.bin, "Д-1", NOV[25])
    for contract in (0, 999, 10**30):
        with pytest.raises(NotFound, match="contract_unknown"):
            await stage.contracts.agree(customer.me, contract)
        with pytest.raises(NotFound, match="contract_unknown"):
            await stage.contracts.one(customer.me, contract)


async def test_what_was_confirmed_binds_a_struck_company_too(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    number = await confirmed(stage, customer, one)
    await stage.strike(one, Status.BANKRUPT)
    entered = await stage.contracts.enter(customer.me, number, one.bin, "Д-1", NOV[25])
    assert (await stage.contracts.agree(one.me, entered.id)).state == "concluded"

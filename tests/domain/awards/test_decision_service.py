"""Confirmation, refusal, lapse: once, in time, by the right company; what follows from each."""

from __future__ import annotations

import asyncio
from datetime import datetime
from decimal import Decimal

import pytest

from domain.documents.protocol import data_hash
from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken
from domain.registry.rules import Status
from domain.roles import Role
from tests.domain.stage import Side, Stage, moment, new_line, offered
from tests.support.factories import again, integration_actor, make_person, make_producer


async def chosen(stage: Stage, customer: Side, *suppliers: Side) -> tuple[int, list[int]]:
    """An order on which each supplier was selected on 25 November for an equal part."""
    number = await stage.closed(customer, *((side, offered()) for side in suppliers))
    part = str(100 // len(suppliers))
    awards = await stage.select(customer, number, *((side, part) for side in suppliers))
    return number, [award.id for award in awards]


@pytest.mark.clause("344-13.7a")
async def test_a_decision_is_in_time_until_the_last_microsecond(stage: Stage) -> None:
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    number, (first, second) = await chosen(stage, customer, one, two)
    terms = await stage.deadlines("confirmation")
    assert {(term.due_at, term.term, term.clause) for term in terms} == {
        (moment("11-28 00:00"), "2wd", "344-13.7a")
    }
    stage.clock.set(datetime.fromisoformat("2026-11-27T23:59:59.999999+05:00"))
    assert (await stage.awards.confirm(one.me, first)).state == "active"
    # The very instant is late, though no sweep has recorded the lapse.
    await stage.at("11-28 00:00")
    for act in (
        stage.awards.confirm(two.me, second),
        stage.awards.refuse(two.me, second, "нет металла"),
    ):
        with pytest.raises(Conflict) as late:
            await act
        assert (late.value.code, late.value.clause) == ("award_lapsed", "344-13.7a")
        assert late.value.params["due_at"] == moment("11-28 00:00")
    assert (await stage.awards.one(two.me, second)).state == "pending"
    await stage.sweep()
    lapsed = await stage.awards.one(two.me, second)
    assert (lapsed.state, lapsed.outcome) == ("unsuccessful", "lapsed")
    with pytest.raises(Conflict, match="award_lapsed"):
        await stage.awards.confirm(two.me, second)
    assert (await stage.card(customer, number)).state == "choosing"


@pytest.mark.clause("344-13.7b")
async def test_a_confirmation_binds_to_what_was_offered_and_selected(stage: Stage) -> None:
    """On record for good: characteristics, volume, period and a sum within the allocated one."""
    customer, one = await stage.customer(), await stage.supplier()
    number, (award,) = await chosen(stage, customer, one)
    confirmed = await stage.awards.confirm(one.me, award)
    assert confirmed.price <= (await stage.card(customer, number)).allocated
    entry = (await stage.record(f"award:{award}"))[-1]
    assert (entry.action, entry.person_id) == ("award.confirm", one.person.person_id)
    assert entry.data == {
        "order": number,
        "outcome": "confirmed",
        "quantity": "100.000",
        "price": "900000.00",
        "delivery_days": 60,
        "characteristics": "ГОСТ 10704-91, Ø 108 мм",
        "warranty": "24 месяца",
    }
    for act in (
        stage.awards.refuse(one.me, award, "передумали"),
        stage.awards.confirm(one.me, award),
        stage.offer(one, number, offered(price="1")),
        stage.offers.withdraw(one.me, number, one.bin),
    ):
        with pytest.raises(Conflict):
            await act
    protocol, _ = await stage.awards.protocol(customer.me, number)
    (winner,) = protocol.winners
    assert (winner.bin, winner.quantity, winner.amount) == (
        one.bin,
        Decimal(100),
        Decimal(900_000),
    )


async def test_two_of_one_company_decide_at_once(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    colleague = await stage.colleague(one)
    number, (award,) = await chosen(stage, customer, one)
    outcomes = await asyncio.gather(
        stage.awards.confirm(one.me, award),
        stage.awards.refuse(again(colleague), award, "нет металла"),
        return_exceptions=True,
    )
    (late,) = [each for each in outcomes if isinstance(each, BaseException)]
    assert isinstance(late, Conflict)
    found = await stage.awards.one(one.me, award)
    assert (late.code, late.params["outcome"]) == ("award_decided", found.outcome)
    who = await stage.awards.decided_by(again(colleague), award)
    assert who == "Айгүл Сәрсен"
    assert (await stage.card(customer, number)).protocol_version == 1
    assert len(await stage.kinds(customer, "award")) == 1


async def test_the_company_that_was_selected_decides(stage: Stage) -> None:
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    _, (award,) = await chosen(stage, customer, one)
    with pytest.raises(AccessDenied, match="not_your_company"):
        await stage.awards.confirm(two.me, award)
    with pytest.raises(AccessDenied, match="role_not_allowed"):
        await stage.awards.confirm(customer.me, award)
    for number in (0, 999, 10**30):
        with pytest.raises(NotFound, match="award_unknown"):
            await stage.awards.confirm(one.me, number)
        with pytest.raises(NotFound, match="award_unknown"):
            await stage.awards.one(one.me, number)
    with pytest.raises(NotFound, match="award_unknown"):
        await stage.awards.one(two.me, award)
    assert [each.id for each in await stage.awards.waiting(one.me)] == [award]
    assert await stage.awards.waiting(two.me) == []


async def test_somebody_of_two_companies_decides_for_the_one_that_was_selected(
    stage: Stage,
) -> None:
    """The button of the notice works, whichever company was last switched to."""
    customer, one = await stage.customer(), await stage.supplier("ТОО «Первый»")
    company = await make_producer(stage.site, name_ru="ТОО «Второй»")
    elsewhere = await make_person(
        stage.site, one.person.telegram_id, role=Role.SUPPLIER, company=company
    )
    number, (award,) = await chosen(stage, customer, one)
    (told,) = await stage.told(elsewhere, "award.selected")
    assert told.params["for_ru"] == "ТОО «Первый»"
    assert (await stage.awards.one(again(elsewhere), award)).supplier.bin == one.bin
    assert (await stage.awards.confirm(again(elsewhere), award)).state == "active"
    entry = (await stage.record(f"award:{award}"))[-1]
    assert entry.company_id == one.person.company_id != elsewhere.company_id
    contract = await stage.contracts.enter(
        again(elsewhere), number, one.bin, "Д-1", moment("11-25 10:00").date()
    )
    assert contract.entered_by_side == "supplier"


@pytest.mark.clause("344-15.2", "344-13.10")
async def test_a_refusal_states_its_reason_and_opens_a_new_term(stage: Stage) -> None:
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    number = await stage.closed(customer, (one, offered()), (two, offered(price="950000")))
    (award,) = await stage.select(customer, number, (one, "100"))
    for reason in ("", "  \x00 ", "\u200b"):
        with pytest.raises(RuleBroken) as refused:
            await stage.awards.refuse(one.me, award.id, reason)
        assert (refused.value.code, refused.value.clause) == ("text_missing", "344-15.2")
    await stage.until("11-26 10:00")
    after = await stage.awards.refuse(one.me, award.id, "нет <b>металла</b> 💩")
    assert (after.state, after.outcome, after.reason) == (
        "unsuccessful",
        "refused",
        "нет <b>металла</b> 💩",
    )
    assert (await stage.card(customer, number)).state == "choosing"
    first, second = await stage.deadlines("selection")
    assert (first.state, second.state, second.generation) == ("done", "open", 2)
    assert (second.due_at, second.clause) == (moment("12-04 00:00"), "344-13.10")
    assert await stage.kinds(customer, "order.choose_again") == ["order.choose_again"]
    # The planner proposes those who are left; whoever gave up is not chosen again.
    plan = await stage.awards.plan(customer.me, number)
    assert [pick.supplier for pick in plan.lines[0].picks] == [two.bin]
    with pytest.raises(RuleBroken) as gave_up:
        await stage.select(customer, number, (one, "100"))
    assert (gave_up.value.code, gave_up.value.clause) == ("award_gave_up", "344-13.10")
    (again_,) = await stage.select(customer, number, (two, "100"))
    await stage.awards.confirm(two.me, again_.id)
    card = await stage.card(customer, number)
    assert (card.state, card.protocol_version) == ("contracting", 2)


@pytest.mark.clause("344-13.10")
async def test_a_lapse_opens_a_new_term(stage: Stage) -> None:
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    number = await stage.closed(customer, (one, offered()), (two, offered(price="950000")))
    await stage.select(customer, number, (one, "100"))
    await stage.until("11-28 10:00")
    (term,) = [row for row in await stage.deadlines("selection") if row.state == "open"]
    assert (term.started_at, term.due_at) == (moment("11-28 00:00"), moment("12-05 00:00"))
    for side, other in ((customer, "customer"), (one, "supplier")):
        (told,) = await stage.told(side, "award.lapsed")
        assert (told.params["side"], told.params["clause"]) == (other, "344-13.10")
    plan = await stage.awards.plan(customer.me, number)
    assert [pick.supplier for pick in plan.lines[0].picks] == [two.bin]


async def test_lapses_of_one_instant_open_one_term_told_once(stage: Stage) -> None:
    customer, one, two, three = (
        await stage.customer(),
        await stage.supplier(),
        await stage.supplier(),
        await stage.supplier(),
    )
    number = await stage.closed(
        customer, (one, offered("50", "500000")), (two, offered("50", "500000")), (three, offered())
    )
    await stage.select(customer, number, (one, "50"), (two, "50"))
    await stage.until("11-28 10:00")
    assert await stage.kinds(customer, "award.lapsed") == ["award.lapsed"]
    assert await stage.kinds(customer, "order.choose_again") == ["order.choose_again"]
    assert [row.state for row in await stage.deadlines("selection")] == ["done", "open"]


@pytest.mark.parametrize("lapses", [False, True])
async def test_a_refusal_is_told_before_what_follows_from_it(stage: Stage, lapses: bool) -> None:
    customer = await stage.customer()
    one, two = await stage.supplier("ТОО «Первый»"), await stage.supplier()
    number = await stage.closed(customer, (one, offered()), (two, offered()))
    (first,) = await stage.select(customer, number, (one, "100"))
    if lapses:
        await stage.until("11-28 00:00")
    else:
        await stage.awards.refuse(one.me, first.id, "нет металла")
    kind = "award.lapsed" if lapses else "award.refused"
    kinds = await stage.kinds(customer)
    assert kinds[kinds.index(kind) :] == [kind, "order.choose_again", "protocol.formed"]
    (told,) = await stage.told(customer, kind)
    assert told.params["supplier_ru"] == "ТОО «Первый»"
    (second,) = await stage.select(customer, number, (two, "100"))
    await stage.awards.refuse(two.me, second.id, "нет металла")
    assert (await stage.kinds(customer))[-3:] == [
        "award.refused",
        "order.failed",
        "protocol.formed",
    ]


async def test_a_refusal_gives_no_time_for_what_it_did_not_open(stage: Stage) -> None:
    """Nobody else offers the refused line: the term of the other line runs on."""
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    number = await stage.order(customer, new_line(), new_line())
    await stage.offer(one, number, offered())
    await stage.offer(two, number, offered(line=2))
    await stage.until("11-25 10:00")
    (award,) = await stage.select(customer, number, (one, "100"))
    await stage.until("11-26 10:00")
    await stage.awards.refuse(one.me, award.id, "нет металла")
    (term,) = await stage.deadlines("selection")
    assert (term.state, term.due_at) == ("open", moment("12-03 00:00"))
    assert [line.outside_quantity for line in (await stage.card(customer, number)).lines] == [
        100,
        0,
    ]


@pytest.mark.clause("344-15.1", "344-16")
async def test_nobody_confirmed(stage: Stage) -> None:
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    number, _ = await chosen(stage, customer, one, two)
    await stage.until("11-28 10:00")
    await failed(stage, customer, number, "15.1")
    protocol, _ = await stage.awards.protocol(customer.me, number)
    assert [offer.award for offer in protocol.offers] == ["lapsed", "lapsed"]


@pytest.mark.clause("344-15.2", "344-16")
async def test_everybody_refused(stage: Stage) -> None:
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    number, (first, second) = await chosen(stage, customer, one, two)
    await stage.awards.refuse(one.me, first, "нет металла")
    assert (await stage.card(customer, number)).state == "confirming"
    await stage.awards.refuse(two.me, second, "нет вагонов")
    await failed(stage, customer, number, "15.2")
    protocol, _ = await stage.awards.protocol(customer.me, number)
    assert [offer.award_reason for offer in protocol.offers] == ["нет металла", "нет вагонов"]


@pytest.mark.clause("344-15.2")
async def test_one_refused_and_one_was_silent(stage: Stage) -> None:
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    number, (first, _) = await chosen(stage, customer, one, two)
    await stage.awards.refuse(one.me, first, "нет металла")
    await stage.until("11-28 10:00")
    await failed(stage, customer, number, "15.2")


async def failed(stage: Stage, customer: Side, number: int, ground: str) -> None:
    """The order has failed on this ground, and the customer knows what follows."""
    card = await stage.card(customer, number)
    assert (card.state, card.failure_ground) == ("failed", ground)
    assert [line.outside_quantity for line in card.lines] == [100]
    assert card.finished_at is not None
    (told,) = await stage.told(customer, "order.failed")
    assert (told.params["ground"], told.lane) == (ground, 0)
    protocol, _ = await stage.awards.protocol(customer.me, number)
    assert (protocol.failure, protocol.winners) == (ground, ())
    assert [row.state for row in await stage.deadlines("selection") if row.state == "open"] == []
    await stage.until("12-31 10:00")
    assert await stage.kinds(customer, "selection.overdue") == []


async def test_one_confirmation_keeps_the_order_from_failing(stage: Stage) -> None:
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    number, (first, second) = await chosen(stage, customer, one, two)
    await stage.awards.confirm(one.me, first)
    await stage.awards.refuse(two.me, second, "нет металла")
    card = await stage.card(customer, number)
    # The first has offered the whole volume: the rest may still be given to it.
    assert card.state == "choosing"
    (more,) = await stage.select(customer, number, (one, "50"))
    await stage.awards.confirm(one.me, more.id)
    card = await stage.card(customer, number)
    assert (card.state, [line.outside_quantity for line in card.lines]) == (
        "contracting",
        [Decimal(0)],
    )


@pytest.mark.clause("344-13.8a", "344-13.8b")
async def test_each_decision_forms_a_protocol_that_everybody_gets(stage: Stage) -> None:
    """Published, and sent to the customer and to all who offered, chosen or not."""
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    third, silent, other = await stage.supplier(), await stage.supplier(), await stage.customer()
    number = await stage.order(customer)
    for side in (one, two):
        await stage.offer(side, number)
    await stage.offer(third, number, offered(price="1000000.01"))
    await stage.until("11-25 10:00")
    first, second = await stage.select(customer, number, (one, "50"), (two, "50"))
    with pytest.raises(NotFound, match="no_protocol"):
        await stage.awards.protocol(customer.me, number)
    await stage.awards.refuse(one.me, first.id, "нет металла")
    await stage.awards.confirm(two.me, second.id)
    for side in (customer, one, two, third):
        told = await stage.told(side, "protocol.formed")
        assert [row.params["version"] for row in told] == [1, 2]
    assert await stage.kinds(silent, "protocol.formed") == []
    watcher = await make_person(stage.site, role=Role.OBSERVER)
    readers = (customer.me, one.me, silent.me, other.me, again(watcher), integration_actor())
    for actor in readers:
        protocol, digest = await stage.awards.protocol(actor, number)
        assert (protocol.version, digest) == (2, data_hash(protocol))
    before, _ = await stage.awards.protocol(silent.me, number, 1)
    assert [offer.award for offer in before.offers] == ["refused", "pending", None]
    assert [offer.rejection for offer in protocol.offers] == [
        None,
        None,
        "price_above_allocated",
    ]
    assert [winner.bin for winner in protocol.winners] == [two.bin]
    with pytest.raises(AccessDenied, match="not_registered"):
        await stage.awards.protocol(await make_person(stage.site), number)


async def test_a_struck_company_cannot_confirm_but_can_refuse(stage: Stage) -> None:
    """Clause 6 bars it from taking part; the order waits for no one and goes to another."""
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    number, (first, second) = await chosen(stage, customer, one, two)
    for side in (one, two):
        await stage.strike(side, Status.UNFAIR)
    with pytest.raises(AccessDenied) as refused:
        await stage.awards.confirm(one.me, first)
    assert (refused.value.code, refused.value.clause) == ("company_unfair", "344-6.refuse")
    assert (await stage.awards.one(one.me, first)).state == "pending"
    await stage.awards.refuse(one.me, first, "банкротство")
    await stage.until("11-28 10:00")
    assert (await stage.awards.one(two.me, second)).outcome == "lapsed"
    card = await stage.card(customer, number)
    assert (card.state, card.failure_ground) == ("failed", "15.2")


async def test_a_supplier_sees_its_own_awards_only(stage: Stage) -> None:
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    number, (first, second) = await chosen(stage, customer, one, two)
    assert [award.id for award in (await stage.card(one, number)).awards] == [first]
    assert [award.id for award in (await stage.card(two, number)).awards] == [second]
    assert [award.id for award in (await stage.card(customer, number)).awards] == [first, second]
    kinds = {row.subject for row in (await stage.card(one, number)).deadlines}
    assert kinds == {f"order:{number}", f"award:{first}"}

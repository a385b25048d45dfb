"""Offers while the window is open, the instant it ends, and the list that is formed then."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from domain.clock import astana
from domain.errors import AccessDenied, Conflict, RuleBroken
from domain.registry.rules import Status
from domain.roles import Role
from domain.work import USE_CASES
from tests.domain.stage import Stage, moment, new_line, offered
from tests.support.factories import again, integration_actor, make_person


@pytest.mark.clause("344-13.3a")
async def test_an_offer_is_in_time_until_the_last_microsecond(stage: Stage) -> None:
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    number = await stage.order(customer)
    stage.clock.set(datetime.fromisoformat("2026-11-24T23:59:59.999999+05:00"))
    submitted = await stage.offer(one, number)
    assert submitted.submitted_at == stage.clock.now()
    # The very instant is late, though no sweep has closed the window.
    await stage.at("11-25 00:00")
    assert (await stage.card(two, number)).state == "collecting"
    for act in (
        stage.offer(two, number),
        stage.offer(one, number),
        stage.offers.withdraw(one.me, number, one.bin),
        stage.orders.decline(two.me, number),
    ):
        with pytest.raises(Conflict) as late:
            await act
        assert (late.value.code, late.value.clause) == ("window_closed", "344-13.3a")
        assert late.value.params["due_at"] == moment("11-25 00:00")
    await stage.sweep()
    with pytest.raises(Conflict, match="window_closed"):
        await stage.offer(two, number)
    (offer,) = await stage.offers.of_order(customer.me, number)
    assert (offer.supplier.bin, offer.version) == (one.bin, 1)


async def test_nothing_is_offered_on_what_is_not_open(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    draft = await stage.order(customer, publish=False)
    with pytest.raises(Conflict, match="order_not_collecting"):
        await stage.offer(one, draft)


@pytest.mark.clause("344-13.3b")
async def test_an_offer_states_all_and_keeps_it(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    wrong = [
        (offered(photos=0), "photo_missing"),
        (replace(offered(), characteristics=" "), "text_missing"),
        (offered(price="0"), "not_positive"),
        (offered("0"), "not_positive"),
        (offered("100.001"), "offer_above_need"),
        (offered(days=0), "not_positive"),
        (offered(line=2), "line_unknown"),
    ]
    for line, code in wrong:
        with pytest.raises(RuleBroken) as refused:
            await stage.offer(one, number, line)
        assert refused.value.code == code
    with pytest.raises(RuleBroken, match="offer_empty"):
        await stage.offers.submit(one.me, number, one.bin, [])
    with pytest.raises(RuleBroken, match="line_twice"):
        await stage.offer(one, number, offered("50"), offered("50"))
    await stage.offer(one, number, offered("50", "450000.50", 45, photos=3))
    (version,) = await stage.offers.own(one.me, number, one.bin)
    (line_view,) = version.lines
    assert (str(line_view.quantity), str(line_view.price), line_view.delivery_days) == (
        "50.000",
        "450000.50",
        45,
    )
    assert (line_view.characteristics, line_view.warranty, len(line_view.photos)) == (
        "ГОСТ 10704-91, Ø 108 мм",
        "24 месяца",
        3,
    )
    assert line_view.accepted is None


async def test_every_version_is_kept_also_of_what_was_withdrawn(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    first = await stage.offer(one, number, offered(price="900000"))
    second = await stage.offer(one, number, offered(price="800000"))
    assert await stage.offers.withdraw(one.me, number, one.bin) == first.number
    with pytest.raises(Conflict, match="no_offer"):
        await stage.offers.withdraw(one.me, number, one.bin)
    states = [each.state for each in await stage.offers.own(one.me, number, one.bin)]
    assert states == ["replaced", "withdrawn"]
    third = await stage.offer(one, number, offered(price="850000"))
    assert {first.number, second.number, third.number} == {first.number}
    assert [first.version, second.version, third.version] == [1, 2, 3]
    versions = await stage.offers.own(one.me, number, one.bin)
    assert [(each.version, each.state, str(each.lines[0].price)) for each in versions] == [
        (1, "replaced", "900000.00"),
        (2, "replaced", "800000.00"),
        (3, "submitted", "850000.00"),
    ]
    await stage.until("11-25 10:00")
    (offer,) = await stage.offers.of_order(customer.me, number)
    assert (offer.version, str(offer.lines[0].price)) == (3, "850000.00")


async def test_a_withdrawn_offer_is_not_on_the_list(stage: Stage) -> None:
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    number = await stage.order(customer)
    await stage.offer(one, number)
    await stage.offer(two, number)
    await stage.offers.withdraw(one.me, number, one.bin)
    await stage.until("11-25 10:00")
    assert [each.supplier.bin for each in await stage.offers.of_order(customer.me, number)] == [
        two.bin
    ]
    assert (await stage.card(customer, number)).offers == 1
    assert await stage.kinds(one, "offer.judged") == []


async def test_offers_are_sealed_until_the_close(stage: Stage) -> None:
    """To the customer, those who watch, integrations and competitors: not even how many."""
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    watcher = await make_person(stage.site, role=Role.AUTHORITY)
    number = await stage.order(customer)
    readers = (customer.me, again(watcher), integration_actor())
    before = [await stage.orders.card(actor, number) for actor in (*readers, two.me)]
    await stage.offer(one, number)
    await stage.offer(one, number, offered(price="1"))
    for actor in readers:
        with pytest.raises(Conflict, match="sealed"):
            await stage.offers.of_order(actor, number)
        with pytest.raises(Conflict, match="sealed"):
            await stage.awards.plan(actor, number)
        with pytest.raises(Conflict, match="sealed"):
            await stage.awards.summary(actor, number, "ru")
    with pytest.raises(Conflict, match="sealed"):
        await stage.awards.board(customer.me, number)
    after = [await stage.orders.card(actor, number) for actor in (*readers, two.me)]
    assert after == before
    assert {card.offers for card in after} == {None}
    with pytest.raises(AccessDenied, match="not_your_company"):
        await stage.offers.own(two.me, number, one.bin)
    # At the instant of the end they are sealed still, until the list is formed.
    await stage.at("11-25 00:00")
    with pytest.raises(Conflict, match="sealed"):
        await stage.offers.of_order(customer.me, number)
    await stage.sweep()
    assert len(await stage.offers.of_order(customer.me, number)) == 1
    with pytest.raises(AccessDenied, match="role_not_allowed"):
        await stage.offers.of_order(two.me, number)


@pytest.mark.clause("366-15", "366-16")
async def test_an_offer_has_a_number_and_is_confirmed_with_the_exact_time(stage: Stage) -> None:
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    number = await stage.order(customer)
    stage.clock.set(datetime.fromisoformat("2026-11-21T09:15:42.123456+00:00"))
    mine, other = await stage.offer(one, number), await stage.offer(two, number)
    assert mine.number != other.number
    (told,) = await stage.told(one, "offer.submitted")
    assert (told.params["offer"], told.params["version"]) == (mine.number, 1)
    recorded = datetime.fromisoformat(str(told.params["submitted_at"]))
    assert recorded == mine.submitted_at == stage.clock.now()
    # On the protocol the same moment stands in Astana time.
    await stage.until("11-25 10:00")
    award = (await stage.select(customer, number, (one, "100")))[0]
    await stage.awards.confirm(one.me, award.id)
    protocol, _ = await stage.awards.protocol(one.me, number)
    written = protocol.as_json()
    assert written["formed_at"] == "2026-11-25T10:00:00+05:00"
    assert written["ordered_at"] == "2026-11-20T10:00:00+05:00"
    assert protocol.offers[0].as_json()["submitted_at"] == "2026-11-21T14:15:42.123456+05:00"
    assert astana(protocol.offers[0].submitted_at).hour == 14


@pytest.mark.clause("344-13.4b", "344-13.4c", "344-13.4d")
async def test_lines_are_rejected_by_the_two_grounds_and_by_no_other(stage: Stage) -> None:
    customer = await stage.customer()
    dear, slow, both, exact = [await stage.supplier(f"ТОО «{n}»") for n in range(4)]
    number = await stage.order(customer)
    breaks = (await stage.offer(dear, number, offered(price="1000000.01"))).breaks
    assert breaks == {1: ("price_above_allocated",)}
    await stage.offer(slow, number, offered(days=91))
    await stage.offer(both, number, offered(price="1000000.01", days=91))
    await stage.offer(exact, number, offered(price="1000000", days=90))
    await stage.until("11-25 10:00")
    found = {
        each.supplier.bin: (each.lines[0].accepted, each.lines[0].reason)
        for each in await stage.offers.of_order(customer.me, number)
    }
    assert found == {
        dear.bin: (False, "price_above_allocated"),
        slow.bin: (False, "delivery_beyond_limit"),
        both.bin: (False, "price_above_allocated"),
        exact.bin: (True, None),
    }
    for side, reason in ((dear, "price_above_allocated"), (exact, None)):
        (judged,) = await stage.told(side, "offer.judged")
        assert judged.params["lines"] == [{"line": 1, "reason": reason}]
    # Nobody can reject an offer: there is no such use case.
    assert {"offer.submit", "award.select"} <= USE_CASES.keys()
    assert not [act for act in USE_CASES if "reject" in act]


@pytest.mark.clause("344-13.4d")
async def test_a_company_that_goes_bankrupt_keeps_its_offer_on_the_list(stage: Stage) -> None:
    """Its offer is not rejected for it; it just cannot be chosen, nor offer anew."""
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    number = await stage.order(customer)
    await stage.offer(one, number)
    await stage.strike(one, Status.BANKRUPT)
    with pytest.raises(AccessDenied) as refused:
        await stage.offer(one, number)
    assert (refused.value.code, refused.value.clause) == ("company_bankrupt", "344-6.refuse")
    await stage.offer(two, number)
    await stage.until("11-25 10:00")
    offers = await stage.offers.of_order(customer.me, number)
    assert [each.lines[0].accepted for each in offers] == [True, True]
    with pytest.raises(RuleBroken, match="award_not_in_list"):
        await stage.select(customer, number, (one, "100"))
    plan = await stage.awards.plan(customer.me, number)
    assert [pick.supplier for pick in plan.lines[0].picks] == [two.bin]


async def test_a_window_with_offers_of_struck_companies_only_fails(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.offer(one, number)
    await stage.strike(one, Status.EXCLUDED)
    await stage.until("11-25 10:00")
    card = await stage.card(customer, number)
    assert (card.state, card.failure_ground) == ("failed", "15.3")


@pytest.mark.clause("344-13.4a", "344-13.5")
async def test_the_summary_is_formed_and_sent_by_itself(stage: Stage) -> None:
    """Goods, producers, prices, characteristics, volumes and periods; nobody lifts a hand."""
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    silent, declined = await stage.supplier(), await stage.supplier()
    colleague = await stage.colleague(customer)
    number = await stage.order(customer)
    await stage.offer(one, number, offered("60", "500000", 45))
    await stage.offer(two, number, offered("100", "1000001", 60))
    await stage.orders.decline(declined.me, number)
    await stage.until("11-25 10:00")
    card = await stage.card(customer, number)
    assert (card.state, card.closed_at, card.offers) == ("choosing", moment("11-25 00:00"), 2)
    for person in (customer, colleague):
        (told,) = await stage.told(person, "order.summary")
        assert (told.params["offers"], told.params["rejected"], told.lane) == (2, 1, 0)
        assert datetime.fromisoformat(str(told.params["due_at"])) == moment("12-03 00:00")
    summary = await stage.awards.summary(customer.me, number, "ru")
    (line,) = summary.lines
    assert (line.name, line.quantity, line.allocated, line.delivery_limit) == (
        "Труба стальная",
        Decimal(100),
        Decimal(1_000_000),
        90,
    )
    rows = [
        (each.supplier_bin, each.quantity, each.price, each.delivery_days, each.rejected)
        for each in line.offers
    ]
    assert rows == [
        (one.bin, Decimal(60), Decimal(500_000), 45, None),
        (two.bin, Decimal(100), Decimal(1_000_001), 60, "price_above_allocated"),
    ]
    board = await stage.awards.board(customer.me, number)
    assert [each.offered.characteristics for each in board.lines[0].offers] == [
        "ГОСТ 10704-91, Ø 108 мм"
    ] * 2
    assert await stage.kinds(silent, "order.window_closed") == ["order.window_closed"]
    assert await stage.kinds(declined, "order.window_closed") == []
    entries = [entry.action for entry in await stage.record(f"order:{number}")]
    assert entries.count("due.offer_window") == 1


@pytest.mark.clause("344-15.3", "344-16")
@pytest.mark.parametrize("rejected", [False, True])
async def test_without_a_valid_offer_the_order_fails_at_the_close(
    stage: Stage, rejected: bool
) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    if rejected:
        await stage.offer(one, number, offered(price="1000000.01"))
    await stage.until("11-25 10:00")
    card = await stage.card(customer, number)
    assert (card.state, card.failure_ground) == ("failed", "15.3")
    assert [line.outside_quantity for line in card.lines] == [100]
    (failed,) = await stage.told(customer, "order.failed")
    assert failed.params["ground"] == "15.3"
    assert await stage.deadlines("selection") == []
    protocol, _ = await stage.awards.protocol(customer.me, number)
    assert (protocol.failure, len(protocol.offers)) == ("15.3", int(rejected))
    with pytest.raises(Conflict, match="order_not_choosing"):
        await stage.select(customer, number, (one, "100"))


async def test_only_the_matching_lines_are_open_to_a_supplier(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    number = await stage.order(customer, new_line(), new_line(code="242013.200.000000"))
    with pytest.raises(RuleBroken) as refused:
        await stage.offer(one, number, offered(line=2))
    assert (refused.value.code, refused.value.params) == ("line_not_matched", {"line": 2})


async def test_declining_is_no_end_and_an_offer_takes_it_back(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.orders.decline(one.me, number, "  нет\x00 мощностей ")
    card = await stage.card(one, number)
    assert card.mine is not None
    assert card.mine.declined
    await stage.offer(one, number)
    card = await stage.card(one, number)
    assert card.mine is not None
    assert (card.mine.declined, card.mine.offer_version) == (False, 1)


async def test_two_of_one_company_offer_at_once(stage: Stage) -> None:
    """One offer, two versions: both are kept, the later one counts."""
    customer, one = await stage.customer(), await stage.supplier()
    colleague = await stage.colleague(one)
    number = await stage.order(customer)
    done = await asyncio.gather(
        stage.offers.submit(one.me, number, one.bin, [offered(price="900000")]),
        stage.offers.submit(again(colleague), number, one.bin, [offered(price="800000")]),
    )
    assert sorted(each.version for each in done) == [1, 2]
    assert len({each.number for each in done}) == 1
    assert len(await stage.offers.own(one.me, number, one.bin)) == 2


async def test_nobody_offers_in_the_name_of_others(stage: Stage) -> None:
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    number = await stage.order(customer)
    with pytest.raises(AccessDenied, match="not_your_company"):
        await stage.offers.submit(one.me, number, two.bin, [offered()])
    # A trusted integration does, on behalf of the company; photos stay on its platform.
    submitted = await stage.offers.submit(integration_actor(), number, two.bin, [offered(photos=0)])
    assert submitted.version == 1
    page = await stage.offers.page(two.me)
    assert [(row.number, row.order_number) for row in page.offers] == [(submitted.number, number)]
    assert page.after is None

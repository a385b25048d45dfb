"""An order from draft to the open window: who sees what, whom it reaches, when it fails at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest

from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken
from domain.files import FileInfo
from domain.registry.rules import Status
from domain.roles import Role
from tests.domain.stage import TERMS, Stage, moment, new_line, offered
from tests.support.factories import PIPE, again, integration_actor, make_person, make_producer

VALVE = "281413.100.000000"


@pytest.mark.clause("344-8")
async def test_a_registered_supplier_sees_the_need_whole_and_takes_part(stage: Stage) -> None:
    """Also whoever is not invited sees it; the invited offers; a guest sees nothing."""
    customer, invited = await stage.customer(), await stage.supplier()
    passer = await stage.supplier("ТОО «Мимо»", goods=[VALVE])
    number = await stage.order(customer)
    for side in (invited, passer):
        card = await stage.card(side, number)
        (line,) = card.lines
        assert (line.name_ru, line.characteristics) == ("Труба стальная", "ГОСТ 10704-91")
        assert (str(line.quantity), line.unit) == ("100.000", "m")
        assert str(line.allocated_sum) == "1000000.00"
        assert (card.delivery_place, card.delivery_terms, card.delivery_days) == (
            TERMS.delivery_place,
            TERMS.delivery_terms,
            90,
        )
        assert card.offers_due_at == moment("11-25 00:00")
        assert card.mine is not None
        assert card.mine.invited is (side is invited)
    assert (await stage.offer(invited, number)).version == 1
    with pytest.raises(AccessDenied) as refused:
        await stage.offer(passer, number)
    assert (refused.value.code, refused.value.clause) == ("not_invited", "344-13.2b")
    guest = await make_person(stage.site)
    with pytest.raises(AccessDenied) as unknown:
        await stage.orders.card(guest, number)
    assert (unknown.value.code, unknown.value.clause) == ("not_registered", "344-4")


@pytest.mark.clause("344-13.2a", "344-13.2b")
async def test_publishing_reaches_every_matching_supplier_at_once(stage: Stage) -> None:
    """Everybody of every company that makes the good, and nobody else."""
    customer, first, second = await stage.customer(), await stage.supplier(), await stage.supplier()
    colleague = await stage.colleague(first)
    other = await stage.supplier("ТОО «Мимо»", goods=[VALVE])
    gone = await stage.supplier("ТОО «Банкрот»")
    await stage.strike(gone, Status.BANKRUPT)
    number = await stage.order(customer)
    for person in (first, colleague, second):
        (notice,) = await stage.told(person)
        assert (notice.kind, notice.state, notice.lane) == ("order.invited", "queued", 0)
        assert notice.created_at == notice.not_before == stage.clock.now()
        assert notice.params["number"] == number
        assert datetime.fromisoformat(str(notice.params["due_at"])) == moment("11-25 00:00")
        assert notice.params["goods"] == [
            {
                "line": "1",
                "name_ru": "Труба стальная",
                "name_kk": "Болат құбыр",
                "quantity": "100.000",
                "unit": "m",
            }
        ]
        # Sums are shown on request only: a notice passes through servers abroad.
        assert "1000000" not in str(notice.params)
    assert await stage.kinds(other) == []
    assert await stage.kinds(gone) == []
    (told,) = await stage.told(customer)
    assert (told.kind, told.params["invited"]) == ("order.published", 2)
    (window,) = await stage.deadlines("offer_window")
    assert (window.started_at, window.due_at, window.term, window.clause) == (
        stage.clock.now(),
        moment("11-25 00:00"),
        "2wd",
        "344-13.3a",
    )


async def test_a_person_of_two_companies_is_told_for_each_and_which(stage: Stage) -> None:
    """Also when they match different lines; the card offers the other company to switch to."""
    customer, first = await stage.customer(), await stage.supplier("ТОО «Первый»")
    company = await make_producer(stage.site, goods=["242013.200.000000"], name_ru="ТОО «Второй»")
    person = await make_person(
        stage.site, first.person.telegram_id, role=Role.SUPPLIER, company=company
    )
    number = await stage.order(customer, new_line(), new_line(code="242013.200.000000"))
    told = await stage.told(person)
    assert [(n.kind, n.params["for_ru"]) for n in told] == [
        ("order.invited", "ТОО «Первый»"),
        ("order.invited", "ТОО «Второй»"),
    ]
    card = await stage.orders.card(again(person), number)
    assert card.mine is not None
    assert (card.mine.invited, card.mine.matched_lines) == (True, (2,))
    (elsewhere,) = card.mine.elsewhere
    assert elsewhere.company.name_ru == "ТОО «Первый»"
    assert elsewhere.membership_id == told[0].params["for_membership"]


async def test_the_customer_is_not_invited_to_its_own_order(stage: Stage) -> None:
    customer = await stage.customer()
    await make_producer(stage.site, customer.bin)
    maker = await make_person(stage.site, role=Role.SUPPLIER, company=customer.company)
    number = await stage.order(customer, publish=False)
    assert (await stage.orders.preview(customer.me, number)).suppliers == 0
    # A supplier's person of the same company has no rights of the customer.
    with pytest.raises(NotFound, match="order_unknown"):
        await stage.orders.card(maker, number)
    assert (await stage.orders.publish(customer.me, number)).state == "failed"


@pytest.mark.clause("344-15.3", "344-16")
async def test_without_a_matching_supplier_the_order_fails_at_once(stage: Stage) -> None:
    customer = await stage.customer()
    await stage.supplier("ТОО «Мимо»", goods=[VALVE])
    number = await stage.order(customer)
    card = await stage.card(customer, number)
    assert (card.state, card.failure_ground) == ("failed", "15.3")
    assert card.finished_at == card.closed_at == stage.clock.now()
    assert card.deadlines == []
    # All of it is bought without these rules, and the customer is told so.
    assert [line.outside_quantity for line in card.lines] == [100]
    (failed,) = await stage.told(customer, "order.failed")
    assert (failed.params["ground"], failed.lane) == ("15.3", 0)
    protocol, _ = await stage.awards.protocol(customer.me, number)
    assert (protocol.failure, protocol.offers, protocol.winners) == ("15.3", (), ())
    assert await stage.offers.of_order(customer.me, number) == []


@pytest.mark.clause("344-13.1b")
async def test_a_mixed_basket_becomes_orders_by_homogeneity(stage: Stage) -> None:
    """Codes are compared in one spelling, however they were typed."""
    customer = await stage.customer()
    lines = [
        new_line(code=" 242013.100.000000"),
        new_line(code=VALVE),
        new_line(code="242013 .300.000000 "),
    ]
    with pytest.raises(RuleBroken) as refused:
        await stage.orders.create(customer.me, customer.bin, TERMS, lines)
    assert (refused.value.code, refused.value.params["groups"]) == ("order_mixed", 2)
    created = await stage.orders.create(customer.me, customer.bin, TERMS, lines, split=True)
    cards = [await stage.card(customer, number) for number in created.numbers]
    assert [[line.code for line in card.lines] for card in cards] == [
        [PIPE, "242013.300.000000"],
        [VALVE],
    ]


async def test_an_error_names_the_line_as_it_was_given(stage: Stage) -> None:
    customer = await stage.customer()
    lines = [new_line(), new_line(code=VALVE), new_line(characteristics=" ")]
    for split in (False, True):
        with pytest.raises(RuleBroken) as refused:
            await stage.orders.create(customer.me, customer.bin, TERMS, lines, split=split)
        assert (refused.value.code, refused.value.params["line"]) == ("text_missing", 3)


@pytest.mark.clause("344-12.1", "344-12.2", "344-12.3", "344-12.4")
async def test_an_order_that_does_not_say_all_is_not_made(stage: Stage) -> None:
    customer = await stage.customer()
    bad_terms = [
        (replace(TERMS, delivery_place=" "), "text_missing", "344-12.3"),
        (replace(TERMS, delivery_terms=""), "text_missing", "344-12.3"),
        (replace(TERMS, delivery_days=59), "delivery_too_short", "344-12.4"),
    ]
    for terms, code, clause in bad_terms:
        with pytest.raises(RuleBroken) as refused:
            await stage.orders.create(customer.me, customer.bin, terms, [new_line()])
        assert (refused.value.code, refused.value.clause) == (code, clause)
    bad_lines = [
        (new_line(characteristics=""), "text_missing", "344-12.1"),
        (new_line(name=""), None, None),
        (new_line(quantity="0"), "not_positive", "344-12.2"),
        (new_line(allocated="-1"), "not_positive", "344-12.2"),
        (new_line(quantity="1E+9"), "quantity_too_large", "344-12.2"),
        (new_line(allocated="1E+20"), "money_too_large", "344-12.2"),
        (new_line(quantity="NaN"), "quantity_format", "344-12.2"),
    ]
    for line, wrong, source in bad_lines:
        if wrong is None:  # the Kazakh name is there
            await stage.orders.create(customer.me, customer.bin, TERMS, [line])
            continue
        with pytest.raises(RuleBroken) as broken:
            await stage.orders.create(customer.me, customer.bin, TERMS, [line])
        assert (broken.value.code, broken.value.clause) == (wrong, source)
    page = await stage.orders.page(customer.me)
    assert len(page.orders) == 1


async def test_a_published_order_stays_as_it_is(stage: Stage) -> None:
    customer = await stage.customer()
    await stage.supplier()
    number = await stage.order(customer, publish=False)
    file = FileInfo("ТЗ\x00\u202e.pdf", "application/pdf\x00", 10, "b" * 64)
    assert await stage.orders.attach(customer.me, number, file) == 1
    revised = await stage.orders.revise(customer.me, number, TERMS, [new_line("5")])
    assert revised.numbers == (number,)
    await stage.orders.publish(customer.me, number)
    for act in (
        stage.orders.revise(customer.me, number, TERMS, [new_line("6")]),
        stage.orders.attach(customer.me, number, file),
        stage.orders.publish(customer.me, number),
    ):
        with pytest.raises(Conflict, match="order_not_draft"):
            await act
    card = await stage.card(customer, number)
    assert [str(line.quantity) for line in card.lines] == ["5.000"]
    assert [(each.name, each.mime) for each in card.files] == [("ТЗ\u202e.pdf", "application/pdf")]


@pytest.mark.clause("344-13.1b")
async def test_a_draft_that_became_mixed_is_split_into_further_drafts(stage: Stage) -> None:
    customer = await stage.customer()
    number = await stage.order(customer, publish=False)
    lines = [new_line(), new_line(code=VALVE)]
    with pytest.raises(RuleBroken, match="order_mixed"):
        await stage.orders.revise(customer.me, number, TERMS, lines)
    revised = await stage.orders.revise(customer.me, number, TERMS, lines, split=True)
    assert revised.numbers[0] == number
    cards = [await stage.card(customer, each) for each in revised.numbers]
    assert [[line.code for line in card.lines] for card in cards] == [[PIPE], [VALVE]]
    assert [card.state for card in cards] == ["draft", "draft"]


async def test_a_file_of_a_draft_can_be_taken_off_and_makes_room(stage: Stage) -> None:
    customer, other = await stage.customer(), await stage.customer()
    await stage.supplier()
    number = await stage.order(customer, publish=False)
    for place in range(10):
        file = FileInfo(f"{place}.pdf", "application/pdf", 10, f"{place}" * 64)
        await stage.orders.attach(customer.me, number, file)
    one_more = FileInfo("new.pdf", "application/pdf", 10, "f" * 64)
    with pytest.raises(RuleBroken, match="too_many_files"):
        await stage.orders.attach(customer.me, number, one_more)
    with pytest.raises(AccessDenied, match="not_your_company"):
        await stage.orders.detach(other.me, number, 3)
    await stage.orders.detach(customer.me, number, 3)
    with pytest.raises(NotFound, match="file_unknown"):
        await stage.orders.detach(customer.me, number, 3)
    assert await stage.orders.attach(customer.me, number, one_more) == 11
    names = [each.name for each in (await stage.card(customer, number)).files]
    assert ("2.pdf" in names, "new.pdf" in names, len(names)) == (False, True, 10)
    await stage.orders.publish(customer.me, number)
    with pytest.raises(Conflict, match="order_not_draft"):
        await stage.orders.detach(customer.me, number, 11)


async def test_a_draft_is_its_customers_alone(stage: Stage) -> None:
    customer, other, supplier = (
        await stage.customer(),
        await stage.customer(),
        await stage.supplier(),
    )
    number = await stage.order(customer, publish=False)
    watcher = await make_person(stage.site, role=Role.TECHNICAL_OPERATOR)
    for actor in (other.me, supplier.me, again(watcher)):
        with pytest.raises(NotFound, match="order_unknown"):
            await stage.orders.card(actor, number)
    await stage.orders.publish(customer.me, number)
    assert (await stage.card(supplier, number)).state == "collecting"
    assert (await stage.orders.card(again(watcher), number)).state == "collecting"


@pytest.mark.parametrize("number", [0, -1, 999, 2**63, 10**30])
async def test_a_number_nobody_has_is_unknown(stage: Stage, number: int) -> None:
    customer = await stage.customer()
    with pytest.raises(NotFound, match="order_unknown"):
        await stage.orders.card(customer.me, number)
    with pytest.raises(NotFound, match="order_unknown"):
        await stage.orders.publish(customer.me, number)


@pytest.mark.parametrize("number", ["", "12", "\x00", "990140000385", "९९०१४००००३८५"])
async def test_a_bin_nobody_has_is_unknown(stage: Stage, number: str) -> None:
    with pytest.raises(NotFound, match="company_unknown"):
        await stage.orders.create(integration_actor(), number, TERMS, [new_line()])


async def test_texts_of_any_script_come_back_as_typed(stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    odd = '<b>Труба</b> & "қ" \u202eרtl 💩 {name} %s'
    line = new_line(name=odd, characteristics=f"{odd}\n\x00второй\r\nряд")
    number = await stage.order(customer, line)
    (shown,) = (await stage.card(supplier, number)).lines
    assert shown.name_ru == odd
    assert shown.characteristics == f"{odd}\nвторой\nряд"
    with pytest.raises(RuleBroken, match="text_too_long"):
        await stage.order(customer, new_line(characteristics="я" * 10_000))


async def test_an_order_of_five_hundred_lines_goes_its_way(stage: Stage) -> None:
    """The limit of an order: drafted, published, offered, closed, selected, confirmed."""
    customer, supplier = await stage.customer(), await stage.supplier()
    with pytest.raises(RuleBroken, match="order_too_many_lines"):
        await stage.order(customer, *[new_line()] * 501)
    number = await stage.order(customer, *[new_line()] * 500)
    await stage.offer(supplier, number, *[offered(line=line) for line in range(1, 501)])
    await stage.until("11-25 10:00")
    board = await stage.awards.board(customer.me, number)
    assert board.proposes
    awards = await stage.select(customer, number, *[(supplier, "100", n) for n in range(1, 501)])
    assert len({award.id for award in awards}) == 500
    confirmed = await stage.awards.confirm(supplier.me, awards[0].id)
    assert confirmed.state == "active"


async def test_two_of_one_company_publish_at_once(stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    colleague = await stage.colleague(customer)
    number = await stage.order(customer, publish=False)
    outcomes = await asyncio.gather(
        stage.orders.publish(customer.me, number),
        stage.orders.publish(again(colleague), number),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["Conflict", "Published"]
    assert await stage.kinds(supplier) == ["order.invited"]


@pytest.mark.clause("366-15", "366-16")
async def test_an_order_has_a_number_of_its_own_and_is_confirmed(stage: Stage) -> None:
    customer = await stage.customer()
    await stage.supplier()
    numbers = [await stage.order(customer) for _ in range(3)]
    assert len(set(numbers)) == 3
    published = await stage.told(customer, "order.published")
    assert [notice.params["number"] for notice in published] == numbers
    (receipt, *_) = [row.receipt for row in await stage.deadlines("offer_window")]
    assert receipt is not None
    assert receipt["from"] == "2026-11-20T10:00:00+05:00"
    assert receipt["due_at"] == "2026-11-25T00:00:00+05:00"


async def test_preview_says_who_would_be_invited(stage: Stage) -> None:
    customer = await stage.customer()
    await stage.supplier()
    await stage.supplier(goods=["242013.200.000000"])
    number = await stage.order(
        customer, new_line(), new_line(code="242013.200.000000"), publish=False
    )
    preview = await stage.orders.preview(customer.me, number)
    assert (preview.suppliers, preview.by_line) == (2, {1: 1, 2: 1})
    assert preview.codes == (PIPE, "242013.200.000000")
    assert preview.offers_due_at == moment("11-25 00:00")


async def test_lists_hold_what_concerns_their_reader(stage: Stage) -> None:
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    other = await stage.customer()
    number = await stage.closed(
        customer, (one, offered("60", "500000")), (two, offered("60", "500000"))
    )
    draft = await stage.order(other, publish=False)
    award = (await stage.select(customer, number, (one, "60"), (two, "40")))[0]
    assert award.supplier.bin == one.bin
    pages = {
        "customer": await stage.orders.page(customer.me),
        "other": await stage.orders.page(other.me),
        "one": await stage.orders.page(one.me),
    }
    assert {who: [row.number for row in page.orders] for who, page in pages.items()} == {
        "customer": [number],
        "other": [draft],
        "one": [number],
    }
    await stage.awards.confirm(one.me, award.id)
    # What waits for the other supplier is no deadline of this one.
    due = {
        side.bin: (await stage.orders.page(side.me)).orders[0].next_due_at for side in (one, two)
    }
    assert due == {one.bin: moment("11-28 00:00"), two.bin: moment("11-28 00:00")}


async def test_pages_of_orders_miss_and_repeat_nothing(stage: Stage) -> None:
    customer = await stage.customer()
    numbers = [await stage.order(customer, publish=False) for _ in range(7)]
    found: list[int] = []
    after = None
    while True:
        page = await stage.orders.page(customer.me, after=after, size=3)
        found += [row.number for row in page.orders]
        after = page.after
        if after is None:
            break
    assert found == numbers[::-1]


async def test_a_line_points_to_the_customers_own_list_only(stage: Stage) -> None:
    customer = await stage.customer()
    line = replace(new_line(), goods_list_item_id=12345)
    with pytest.raises(NotFound, match="goods_list_item_unknown"):
        await stage.order(customer, line)

"""One's own offers: the list, the card with versions and fates, changing and withdrawing."""

from __future__ import annotations

import pytest

from domain.roles import Role
from handlers.views.menus import ACTIONS
from tests.bot.sandbox.rig import png
from tests.handlers.supplier.market import Market, line
from tests.support.chat import Town, tap, tap_label
from tests.support.factories import integration_actor

NB = "\N{NO-BREAK SPACE}"


async def open_offer(market: Market, number: int) -> None:
    """The offer's card, through the menu."""
    await market.aigul.say(market.t.button(ACTIONS["offers"]))
    await tap(market.aigul, "offer.card", number)


async def test_empty_list_says_what_to_do(town: Town) -> None:
    market = await Market.opened(town, "kk")
    await market.aigul.say(market.t.button(ACTIONS["offers"]))
    await market.sees("You have no price offers yet. When an order for your goods comes, press")


async def test_list_has_pages(town: Town) -> None:
    market = await Market.opened(town)
    numbers = [await market.publish() for _ in range(9)]
    for number in numbers:
        await market.offer(number)
    await market.aigul.say(market.t.button(ACTIONS["offers"]))
    page = await market.sees("My price offers")
    assert not page.has(market.label("Offer No. {number}", number=1))
    await tap_label(market.aigul, market.label("Older offers"))
    older = await market.aigul.eventually(
        lambda each: each.has(market.label("To the first page")) and each.id == page.id
    )
    assert older.has(market.label("Offer No. {number}", number=1))
    await tap_label(market.aigul, market.label("To the first page"))
    await market.aigul.eventually(
        lambda each: each.has(market.label("Older offers")) and each.id == page.id
    )


async def test_change_is_prefilled_and_versions_are_kept(town: Town) -> None:
    market = await Market.opened(town)
    number = await market.publish()
    await market.offer(number, "1200000.00")
    await open_offer(market, number)
    card = await market.reads(f"1{NB}200{NB}000{NB}₸")
    assert "344" in card.text  # the ground it breaks, and its clause
    await tap_label(market.aigul, market.label("Change"))
    await tap_label(market.aigul, market.label("Correct price, line {line}", line=1))
    await market.sees("What is the price for {quantity} in all?")
    await market.aigul.say("990 000")
    # The first version came without a photo, which the chat asks for.
    await market.sees("Send photos of the goods")
    await market.aigul.send_photo(png())
    await tap_label(market.aigul, market.label("Done, go on"))
    await tap_label(market.aigul, market.label("Submit"))
    await tap_label(market.aigul, market.label("My offer"))
    newest = await market.aigul.eventually(
        lambda each: each.has(market.label("Version {version}", version=1))
    )
    assert f"990{NB}000{NB}₸" in newest.text
    await tap(market.aigul, "offer.photos", number, 2)
    await market.aigul.eventually(lambda each: each.kind == "document")
    await tap_label(market.aigul, market.label("Version {version}", version=1))
    older = await market.sees("replaced by version {version}")
    assert f"1{NB}200{NB}000{NB}₸" in older.text


async def test_withdrawing_asks_first(town: Town) -> None:
    market = await Market.opened(town)
    number = await market.publish()
    await market.offer(number)
    await open_offer(market, number)
    await tap_label(market.aigul, market.label("Withdraw"))
    asked = await market.sees("Withdraw offer No. {offer} on order No. {number}?")
    assert asked.buttons[0].text == market.label("Keep the offer")
    offers = town.services.offers
    (offer,) = await offers.own(integration_actor(), number, market.producer.bin)
    assert offer.state == "submitted"
    old = await market.aigul.press(market.label("Yes, withdraw"), asked)
    await market.aigul.wait_answer(old)
    (offer,) = await offers.own(integration_actor(), number, market.producer.bin)
    assert offer.state == "withdrawn"
    withdrawn = await market.aigul.eventually(
        lambda each: each.id == asked.id and each.has(market.label("Make an offer"))
    )
    assert not withdrawn.has(market.label("Withdraw"))


async def test_withdrawing_a_version_that_was_replaced_shows_the_newer(town: Town) -> None:
    market = await Market.opened(town)
    number = await market.publish()
    await market.offer(number)
    await open_offer(market, number)
    await tap_label(market.aigul, market.label("Withdraw"))
    asked = await market.sees("Withdraw offer No. {offer} on order No. {number}?")
    await market.offer(number, "800000.00")
    answer = await market.aigul.wait_answer(
        await market.aigul.press(market.label("Yes, withdraw"), asked)
    )
    assert answer.show_alert
    await market.reads(f"800{NB}000{NB}₸")
    own = await town.services.offers.own(integration_actor(), number, market.producer.bin)
    assert own[-1].state == "submitted"


@pytest.mark.clause("344-13.4b")
async def test_after_the_close_nothing_can_be_done_and_the_fate_shows(town: Town) -> None:
    market = await Market.opened(town)
    number = await market.publish([line(), line("Труба 2")])
    await market.offer(number, "1200000.00")
    await open_offer(market, number)
    open_card = await market.reads(f"1{NB}200{NB}000{NB}₸")
    await market.close_window(number)
    answer = await market.aigul.wait_answer(
        await market.aigul.press(market.label("Withdraw"), open_card)
    )
    assert answer.show_alert
    closed = await market.aigul.eventually(lambda each: "❌" in each.text)
    labels = [each.text for each in closed.buttons]
    assert market.label("Change") not in labels
    assert market.label("Withdraw") not in labels
    assert "13" in closed.text
    answer = await market.aigul.wait_answer(
        await market.aigul.press_data(f"1:offer.change:{number}", closed.id, forged=True)
    )
    assert answer.show_alert


async def test_a_stranger_sees_nobody_elses_offer(town: Town) -> None:
    market = await Market.opened(town)
    number = await market.publish()
    await market.offer(number)
    other = await Market.opened(town)
    await other.aigul.start()
    seen = await other.aigul.eventually(lambda each: True)
    for name in ("offer.card", "offer.withdraw", "offer.photos"):
        data = f"1:{name}:{number}:1"
        answer = await other.aigul.wait_answer(
            await other.aigul.press_data(data, seen.id, forged=True)
        )
        assert answer.show_alert
    customer = await town.person("Ерлан", role=Role.CUSTOMER, company=market.customer)
    await customer.start()
    seen = await customer.eventually(lambda each: True)
    for name in ("offer.card", "order.offer"):
        data = f"1:{name}:{number}"
        answer = await customer.wait_answer(await customer.press_data(data, seen.id, forged=True))
        assert answer.show_alert

"""Many lines of one order given to one supplier: one message, one press for all, or one by one."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.awards.rules import Choice
from domain.offers.service import OfferInput
from handlers.views.menus import ACTIONS
from tests.handlers.supplier.market import REQUIRED, Market, line
from tests.support.chat import Town, tap, tap_label
from tests.support.factories import integration_actor


async def given(market: Market, count: int) -> tuple[int, list[int]]:
    """An order whose lines were all given to the producer; its number and the awards'."""
    number = await market.publish([line(f"Труба {at + 1}") for at in range(count)])
    offers = [
        OfferInput(at + 1, Decimal(10), Decimal("900000.00"), 60, REQUIRED) for at in range(count)
    ]
    await market.town.services.offers.submit(
        integration_actor(), number, market.producer.bin, offers
    )
    await market.close_window(number)
    choices = [Choice(at + 1, market.producer.bin, Decimal(10)) for at in range(count)]
    made = await market.town.services.awards.select(integration_actor(), number, choices)
    return number, [each.id for each in made]


async def outcomes(market: Market, award: int) -> list[str | None]:
    """What became of each line of a selection."""
    found = await market.town.services.awards.selection(integration_actor(), award)
    return [each.outcome for each in found]


async def open_selection(market: Market, award: int) -> None:
    """The lines, through the menu."""
    await market.aigul.say(market.t.button(ACTIONS["awards"]))
    await tap(market.aigul, "awards.group", award)


@pytest.mark.clause("344-13.7b")
@pytest.mark.parametrize("language", ["ru", "kk"])
async def test_all_lines_are_confirmed_with_two_taps(town: Town, language: str) -> None:
    market = await Market.opened(town, language)
    number, awards = await given(market, 10)
    await open_selection(market, awards[0])
    card = await market.aigul.eventually(
        lambda each: each.has(market.label("Confirm all ({n})", n=10))
    )
    assert "Труба 8" in card.text or "Болат құбыр" in card.text
    await market.sees("By confirming you agree to deliver goods of these characteristics, in this")
    await tap_label(market.aigul, market.label("Next"))
    await market.aigul.eventually(lambda each: each.has(market.label("Line {line}", line=10)))
    await tap(market.aigul, "awards.confirm", awards[0])
    asked = await market.sees("Confirm all lines?")
    assert asked.buttons[0].text == market.label("Back")
    assert set(await outcomes(market, awards[0])) == {None}
    await tap_label(market.aigul, market.label("Yes, confirm all ({n})", n=10))
    done = await market.aigul.eventually(lambda each: each.has(market.label("Enter the contract")))
    assert done.button(market.label("Enter the contract")).data == (
        f"1:contract.enter:{number}:{awards[0]}"
    )
    assert set(await outcomes(market, awards[0])) == {"confirmed"}
    card_now = await town.services.orders.card(integration_actor(), number)
    assert card_now.protocol_version == 1


async def test_one_line_is_refused_with_its_reason_and_the_rest_confirmed(town: Town) -> None:
    market = await Market.opened(town)
    _, awards = await given(market, 3)
    await open_selection(market, awards[0])
    await tap(market.aigul, "award.card", awards[1])
    await tap(market.aigul, "award.refuse", awards[1])
    await market.sees("Why do you refuse?")
    await market.aigul.say("Линия на ремонте до марта")
    await tap_label(market.aigul, market.label("Yes, refuse"))
    refused = await market.sees("❌ Refused: {when}")
    assert refused.has(market.label("All lines ({n})", n=3))
    await tap(market.aigul, "awards.group", awards[1])
    await market.aigul.eventually(lambda each: each.has(market.label("Confirm all ({n})", n=2)))
    await tap(market.aigul, "awards.confirm", awards[0])
    await tap_label(market.aigul, market.label("Yes, confirm all ({n})", n=2))
    await market.aigul.eventually(lambda each: each.has(market.label("Enter the contract")))
    assert await outcomes(market, awards[0]) == ["confirmed", "refused", "confirmed"]


@pytest.mark.parametrize("swept", [False, True])
async def test_a_late_press_for_all_is_told_when_it_lapsed(town: Town, swept: bool) -> None:
    market = await Market.opened(town)
    _, awards = await given(market, 3)
    await open_selection(market, awards[0])
    await tap(market.aigul, "awards.confirm", awards[0])
    asked = await market.sees("Confirm all lines?")
    due = (await town.services.awards.one(integration_actor(), awards[0])).due_at
    await town.settled()
    town.clock.set(due)
    if swept:
        await town.come(due)
    pressed = await market.aigul.press(market.label("Yes, confirm all ({n})", n=3), asked)
    assert (await market.aigul.wait_answer(pressed)).show_alert
    late = await market.aigul.eventually(lambda each: each.id == asked.id)
    pressed = await market.aigul.press_data(f"1:awards.confirm:{awards[0]}", late.id, forged=True)
    assert (await market.aigul.wait_answer(pressed)).show_alert
    assert "confirmed" not in await outcomes(market, awards[0])


async def test_a_double_press_for_all_confirms_once(town: Town) -> None:
    market = await Market.opened(town)
    number, awards = await given(market, 3)
    await open_selection(market, awards[0])
    await tap(market.aigul, "awards.confirm", awards[0])
    asked = await market.sees("Confirm all lines?")
    await market.aigul.press(market.label("Yes, confirm all ({n})", n=3), asked)
    second = await market.aigul.press_data(f"1:awards.confirmed:{awards[0]}", asked.id, forged=True)
    assert (await market.aigul.wait_answer(second)).show_alert
    card = await town.services.orders.card(integration_actor(), number)
    assert card.protocol_version == 1


async def test_somebody_elses_selection(town: Town) -> None:
    market = await Market.opened(town)
    _, awards = await given(market, 2)
    other = await Market.opened(town)
    await other.aigul.start()
    seen = await other.aigul.eventually(lambda each: True)
    for name in ("awards.group", "awards.confirm", "awards.confirmed"):
        pressed = await other.aigul.press_data(f"1:{name}:{awards[0]}", seen.id, forged=True)
        assert (await other.aigul.wait_answer(pressed)).show_alert
    assert await outcomes(market, awards[0]) == [None, None]


async def test_an_order_of_five_hundred_lines_can_be_confirmed(town: Town) -> None:
    """The card of the order has a button for all of them, not one for each."""
    market = await Market.opened(town)
    number, awards = await given(market, 500)
    await market.open_order(number)
    await tap(market.aigul, "awards.group", awards[0])
    await tap(market.aigul, "awards.confirm", awards[0])
    await tap_label(market.aigul, market.label("Yes, confirm all ({n})", n=500))
    await market.aigul.eventually(lambda each: each.has(market.label("Enter the contract")))
    assert set(await outcomes(market, awards[0])) == {"confirmed"}

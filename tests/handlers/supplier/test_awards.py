"""An order for confirmation: the list, the card, confirming, refusing, late and second presses."""

from __future__ import annotations

import pytest

from domain.orders.views import AwardView
from domain.roles import Role
from handlers.views.menus import ACTIONS
from tests.handlers.supplier.market import REQUIRED, Market
from tests.support.chat import Town, tap, tap_label
from tests.support.factories import integration_actor

NB = "\N{NO-BREAK SPACE}"


async def chosen(market: Market, quantity: str = "10") -> tuple[int, int]:
    """An order whose customer has chosen the producer; its number and the award's."""
    number = await market.publish()
    await market.offer(number)
    await market.close_window(number)
    return number, await market.choose(number, quantity)


async def award_of(market: Market, number: int) -> AwardView:
    """The award as it stands."""
    return await market.town.services.awards.one(integration_actor(), number)


async def open_award(market: Market, award: int) -> None:
    """The card, through the menu."""
    await market.aigul.say(market.t.button(ACTIONS["awards"]))
    await tap(market.aigul, "award.card", award)


async def test_nothing_to_confirm(town: Town) -> None:
    market = await Market.opened(town, "kk")
    await market.aigul.say(market.t.button(ACTIONS["awards"]))
    await market.sees(
        "Nothing waits for your confirmation. When a customer chooses your offer, you"
    )


@pytest.mark.clause("344-13.7b")
@pytest.mark.parametrize("language", ["ru", "kk"])
async def test_confirming_takes_two_taps(town: Town, language: str) -> None:
    market = await Market.opened(town, language)
    number, award = await chosen(market, "4")
    await open_award(market, award)
    card = await market.reads(REQUIRED)
    assert f"360{NB}000{NB}₸" in card.text
    await market.sees("By confirming you agree to deliver goods of these characteristics, in this")
    assert card.has(market.label("? Deadline to confirm"))
    await tap(market.aigul, "award.confirm", award)
    asked = await market.sees("Confirm the order?")
    assert asked.buttons[0].text == market.label("Back")
    assert (await award_of(market, award)).state == "pending"
    await tap_label(market.aigul, market.label("Yes, confirm"))
    done = await market.sees("✅ Confirmed: {when}")
    assert done.has(market.label("Enter the contract"))
    assert done.button(market.label("Enter the contract")).data == (
        f"1:contract.enter:{number}:{award}"
    )
    confirmed = await award_of(market, award)
    assert confirmed.outcome == "confirmed"


async def test_refusing_needs_a_reason(town: Town) -> None:
    market = await Market.opened(town)
    _, award = await chosen(market)
    await open_award(market, award)
    await tap(market.aigul, "award.refuse", award)
    await market.sees("Why do you refuse?")
    await market.aigul.say("я" * 1001)
    await market.aigul.say("Линия на ремонте до марта")
    asked = await market.sees("Refuse the order?")
    assert "Линия на ремонте до марта" in asked.text
    assert asked.buttons[0].text == market.label("Do not refuse")
    assert (await award_of(market, award)).state == "pending"
    await tap_label(market.aigul, market.label("Yes, refuse"))
    await market.sees("❌ Refused: {when}")
    refused = await award_of(market, award)
    assert (refused.outcome, refused.reason) == ("refused", "Линия на ремонте до марта")


async def test_quick_reason_and_second_thoughts(town: Town) -> None:
    market = await Market.opened(town)
    _, award = await chosen(market)
    await open_award(market, award)
    await tap(market.aigul, "award.refuse", award)
    await tap_label(market.aigul, market.label("No raw material"))
    await market.sees("There is no raw material")
    await tap_label(market.aigul, market.label("Do not refuse"))
    await market.aigul.eventually(lambda each: not each.has(market.label("Yes, refuse")))
    assert (await award_of(market, award)).state == "pending"
    await tap(market.aigul, "award.refuse", award)
    await tap_label(market.aigul, market.label("Capacity is taken up"))
    await tap_label(market.aigul, market.label("Yes, refuse"))
    await market.sees("❌ Refused: {when}")
    assert (await award_of(market, award)).outcome == "refused"


@pytest.mark.clause("344-13.7a")
@pytest.mark.parametrize("swept", [False, True])
async def test_late_presses_are_told_when_it_lapsed(town: Town, swept: bool) -> None:
    market = await Market.opened(town)
    _, award = await chosen(market)
    await open_award(market, award)
    await tap(market.aigul, "award.confirm", award)
    asked = await market.sees("Confirm the order?")
    await town.settled()
    due = (await award_of(market, award)).due_at
    town.clock.set(due)  # the very instant
    if swept:
        await town.come(due)
    answer = await market.aigul.wait_answer(
        await market.aigul.press(market.label("Yes, confirm"), asked)
    )
    assert answer.show_alert
    late = await market.sees("The term ended on {when} without an answer")
    assert not late.has(market.label("Confirm"))
    for name in ("award.confirm", "award.refuse"):
        data = f"1:{name}:{award}"
        pressed = await market.aigul.press_data(data, late.id, forged=True)
        assert (await market.aigul.wait_answer(pressed)).show_alert
    assert (await award_of(market, award)).state != "active"


async def test_two_people_of_one_company_make_one_decision(town: Town) -> None:
    market = await Market.opened(town)
    _, award = await chosen(market)
    dauren = await town.person("Дәурен", role=Role.SUPPLIER, company=market.producer)
    await open_award(market, award)
    await tap(market.aigul, "award.confirm", award)
    asked = await market.sees("Confirm the order?")
    await dauren.say(market.t.button(ACTIONS["awards"]))
    await tap(dauren, "award.card", award)
    await tap(dauren, "award.refuse", award)
    await tap_label(dauren, market.label("The price has changed"))
    sure = await market.sees("Refuse the order?", dauren)
    await market.aigul.press(market.label("Yes, confirm"), asked)
    await market.sees("✅ Confirmed: {when}")
    await dauren.press(market.label("Yes, refuse"), sure)
    seen = await dauren.eventually(lambda each: "✅" in each.text)
    assert "Айгүл" in seen.text
    assert (await award_of(market, award)).outcome == "confirmed"


async def test_double_press_confirms_once(town: Town) -> None:
    market = await Market.opened(town)
    _, award = await chosen(market)
    await open_award(market, award)
    await tap(market.aigul, "award.confirm", award)
    asked = await market.sees("Confirm the order?")
    await market.aigul.press(market.label("Yes, confirm"), asked)
    second = await market.aigul.press_data(f"1:award.confirmed:{award}", asked.id, forged=True)
    assert (await market.aigul.wait_answer(second)).show_alert
    assert (await award_of(market, award)).outcome == "confirmed"


async def test_somebody_elses_award(town: Town) -> None:
    market = await Market.opened(town)
    _, award = await chosen(market)
    other = await Market.opened(town)
    await other.aigul.start()
    seen = await other.aigul.eventually(lambda each: True)
    for name in ("award.card", "award.confirm", "award.confirmed", "award.refuse"):
        pressed = await other.aigul.press_data(f"1:{name}:{award}", seen.id, forged=True)
        assert (await other.aigul.wait_answer(pressed)).show_alert
    assert (await award_of(market, award)).state == "pending"

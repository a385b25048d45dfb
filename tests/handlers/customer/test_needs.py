"""A line picked from a goods list: its unit is known, what exceeds the need is warned of."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.sandbox.client import Person
from domain.goods_lists.rules import ItemData
from tests.handlers.customer.chatting import ask, choose, customer, fill_delivery, label
from tests.handlers.customer.test_sources import own_bin
from tests.support.chat import Town, said, t_of, tap, tap_label
from tests.support.factories import PIPE, integration_actor, make_producer

BEYOND = "⚠️ More than the goods list needs ("


async def picked(town: Town, language: str = "ru") -> Person:
    """A customer at the quantity of an item that needs 100 metres."""
    aigul = await customer(town, language)
    item = ItemData("7", Decimal(100), "м", "Труба", "Құбыр", PIPE, "", "ГОСТ 8732")
    await town.services.goods_lists.put_list(
        integration_actor(), await own_bin(town, aigul), "P-1", "Школа", [item]
    )
    await aigul.say(label(language, "New order"))
    await tap(aigul, "order.pick")
    await aigul.wait_for(lambda each: each.has("Школа"))
    await choose(aigul, "Школа")
    step = await choose(aigul, "7")
    assert said(t_of(language), "Item {item} of the goods list.") in step.text
    return aigul


@pytest.mark.clause("344-3")
@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_more_than_the_need_is_warned_of_and_can_be_published(
    town: Town, language: str
) -> None:
    await make_producer(town.site)
    aigul = await picked(town, language)
    warning = said(t_of(language), BEYOND)
    await aigul.catch_up()
    await aigul.say("120 м")
    told = await aigul.wait_for(lambda each: warning in each.text)
    assert "20" in told.text
    await aigul.wait_for(
        lambda each: said(t_of(language), "The allocated sum in tenge") in each.text
    )
    await ask(aigul, "500000")
    await choose(aigul, label(language, "Leave as it is"))
    await choose(aigul, label(language, "Continue"))
    await fill_delivery(aigul)
    review = await choose(aigul, label(language, "Continue"))
    assert warning in review.text
    await tap_label(aigul, label(language, "Save the draft"))
    await aigul.wait_for(lambda each: each.has(label(language, "Preview")))
    actor = await town.actor(aigul)
    (row,) = (await town.services.orders.page(actor)).orders
    (line,) = (await town.services.orders.card(actor, row.number)).lines
    assert (line.quantity, line.unit) == (Decimal(120), "m")
    await tap(aigul, "order.publish", row.number)
    question = await aigul.wait_for(lambda each: each.has(label(language, "Yes, publish")))
    assert warning in question.text
    await tap(aigul, "order.published", row.number)
    await aigul.eventually(
        lambda each: said(t_of(language), "Suppliers invited: {count}") in each.text
    )


async def test_what_the_list_needs_is_not_warned_of(town: Town) -> None:
    aigul = await picked(town)
    asked = await ask(aigul, "100")
    assert said(t_of("ru"), "The allocated sum in tenge") in asked.text
    assert said(t_of("ru"), BEYOND) not in " ".join(each.text for each in await aigul.messages())
    back = await choose(aigul, label("ru", "Back"))
    assert said(t_of("ru"), "How much? Type the quantity without the unit.") in back.text


async def test_another_unit_or_a_word_is_refused_and_the_step_stays(town: Town) -> None:
    aigul = await picked(town)
    for text in ("0,1 км", "1 тыс."):
        await aigul.catch_up()
        await aigul.say(text)
        refused = await aigul.wait_for(lambda each: not each.buttons)
        assert said(t_of("ru"), "Only the number is needed here, without the unit") in refused.text
        step = await aigul.wait_for(lambda each: bool(each.buttons))
        assert said(t_of("ru"), "How much? Type the quantity without the unit.") in step.text


async def test_a_wrong_number_of_a_good_is_answered_with_those_there_are(town: Town) -> None:
    aigul = await picked(town)
    await ask(aigul, "100")
    await ask(aigul, "500000")
    await choose(aigul, label("ru", "Leave as it is"))
    for text in ("2", "0", "привет", "9" * 30):
        await aigul.catch_up()
        await aigul.say(text)
        refused = await aigul.wait_for(lambda each: not each.buttons)
        assert said(t_of("ru"), "There is no good with this number on the list.") in refused.text
        await aigul.wait_for(lambda each: bool(each.buttons))
    good = await ask(aigul, "1")
    assert good.has(label("ru", "Remove this good"))

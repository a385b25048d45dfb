"""A customer throws a draft order away: asked first, never a published one."""

from __future__ import annotations

import pytest

from handlers.views.press import press
from tests.handlers.customer.chatting import customer, label
from tests.handlers.customer.test_sources import draft
from tests.support.chat import Town, said, t_of, tap
from tests.support.factories import again, make_producer


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_a_draft_is_discarded_after_a_question(town: Town, language: str) -> None:
    aigul = await customer(town, language)
    number = await draft(town, aigul)
    actor = await town.actor(aigul)
    await aigul.say(label(language, "Orders"))
    await tap(aigul, "order.card", number)
    await tap(aigul, "order.discard", number)
    question = await aigul.wait_for(lambda each: each.has(label(language, "Yes, discard")))
    assert "Труба" in question.text
    first, second = question.buttons
    assert [first.data, second.data] == [
        press("order.card", number),
        press("order.discarded", number),
    ]
    assert (await town.services.orders.card(actor, number)).state == "draft"
    await tap(aigul, "order.discarded", number)
    gone = said(t_of(language), "The draft of order No. {number} is discarded.")
    await aigul.eventually(lambda each: gone in each.text)
    assert (await town.services.orders.page(actor)).orders == []


async def test_a_draft_published_meanwhile_is_not_discarded(town: Town) -> None:
    await make_producer(town.site)
    aigul = await customer(town)
    number = await draft(town, aigul)
    actor = await town.actor(aigul)
    await aigul.say(label("ru", "Orders"))
    await tap(aigul, "order.card", number)
    await tap(aigul, "order.discard", number)
    asked = await aigul.wait_for(lambda each: each.has(label("ru", "Yes, discard")))
    await town.services.orders.publish(again(actor), number)
    pressed = await aigul.press(label("ru", "Yes, discard"), asked)
    assert (await aigul.wait_answer(pressed)).show_alert
    assert (await town.services.orders.card(actor, number)).state == "collecting"

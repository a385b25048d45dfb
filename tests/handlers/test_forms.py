"""The life of a form: a message of its own, what is left behind, leaving, one answer a press."""

from __future__ import annotations

from structlog.testing import capture_logs

from bot.sandbox.client import Person
from tests.handlers.customer.chatting import ask, begin, customer, label
from tests.handlers.customer.test_sources import draft
from tests.support.chat import Town, said, t_of, tap, tap_label


async def opened_card(town: Town) -> tuple[Person, int]:
    """A customer who looks at the card of a draft order; its number."""
    aigul = await customer(town)
    number = await draft(town, aigul)
    await aigul.say(label("ru", "Orders"))
    await tap(aigul, "order.card", number)
    return aigul, number


async def test_a_card_keeps_its_text_and_buttons_when_a_form_opens_from_it(town: Town) -> None:
    aigul, number = await opened_card(town)
    card = await aigul.eventually(lambda each: each.has(label("ru", "Attach a file")))
    await tap(aigul, "order.edit", number)
    await aigul.wait_for(lambda each: each.has(label("ru", "Save the draft")))
    still = await aigul.find(lambda each: each.id == card.id)
    assert (still.text, still.buttons) == (card.text, card.buttons)


async def test_a_form_left_for_another_loses_its_buttons(town: Town) -> None:
    aigul, number = await opened_card(town)
    await tap(aigul, "order.edit", number)
    form = await aigul.wait_for(lambda each: each.has(label("ru", "Save the draft")))
    await tap(aigul, "order.attach", number)
    await aigul.wait_for(lambda each: each.has(label("ru", "Finish")))
    await aigul.eventually(lambda each: each.id == form.id and not each.buttons)


async def test_cancelling_asks_when_something_was_typed_and_answers_the_press_once(
    town: Town,
) -> None:
    aigul, _ = await opened_card(town)
    await begin(aigul, "ru")
    with capture_logs() as logs:
        await tap_label(aigul, label("ru", "Cancel"))
        await aigul.eventually(
            lambda each: said(t_of("ru"), "Cancelled. Nothing was sent.") in each.text
        )
        await begin(aigul, "ru")
        await ask(aigul, "Труба")
        await tap_label(aigul, label("ru", "Cancel"))
        await tap_label(aigul, label("ru", "Back to the form"))
        await tap_label(aigul, label("ru", "Cancel"))
        await tap_label(aigul, label("ru", "Keep for later"))
        await aigul.eventually(
            lambda each: said(t_of("ru"), "The draft waits for you. Nothing was sent.") in each.text
        )
    assert [each for each in logs if each["event"] == "telegram.harmless"] == []
    await tap(aigul, "order.form")
    await tap_label(aigul, label("ru", "Continue"))
    step = await aigul.eventually(lambda each: each.has(label("ru", "Skip")))
    assert not step.has(label("ru", "Start anew"))


async def test_the_rest_of_a_pasted_text_is_no_answer(town: Town) -> None:
    """The app cuts 8,292 characters into three messages; the last would do as a name."""
    aigul = await customer(town)
    await begin(aigul, "ru")
    await aigul.say("Х" * (2 * 4096 + 100))
    rest = said(t_of("ru"), "This is the rest of a long text")
    asked = said(t_of("ru"), "What do you need? Type the name.")
    await aigul.eventually(lambda each: each.text.startswith(rest))
    # The very next question is still the first one: what came after the long text named nothing.
    await aigul.eventually(lambda each: asked in each.text)
    await ask(aigul, "Труба")
    shown = "".join(each.text for each in await aigul.messages() if each.by_bot)
    assert "Труба" in shown
    assert "Х" * 100 not in shown

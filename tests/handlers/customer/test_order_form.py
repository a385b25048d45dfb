"""A customer makes an order in the chat, from the menu to the publication."""

from __future__ import annotations

import pytest

from tests.handlers.customer.chatting import (
    ask,
    begin,
    choose,
    customer,
    fill_delivery,
    fill_good,
    label,
)
from tests.support.chat import Town, said, t_of, tap, tap_label
from tests.support.factories import PIPE, make_producer


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_from_the_menu_to_the_publication(town: Town, language: str) -> None:
    await make_producer(town.site)
    aigul = await customer(town, language)
    await begin(aigul, language)
    goods = await fill_good(aigul, language, "Труба стальная")
    assert "Труба стальная" in goods.text
    assert "250" in goods.text
    await choose(aigul, label(language, "Continue"))
    await fill_delivery(aigul)
    await choose(aigul, label(language, "Continue"))
    await aigul.catch_up()
    await tap_label(aigul, label(language, "Save the draft"))
    card = await aigul.wait_for(lambda each: each.has(label(language, "Preview")))
    assert "ГОСТ" not in card.text
    actor = await town.actor(aigul)
    (row,) = (await town.services.orders.page(actor)).orders
    assert row.state == "draft"
    await tap(aigul, "order.preview", row.number)
    preview = await aigul.wait_for(lambda each: PIPE in each.text)
    assert "1" in preview.text
    await tap(aigul, "order.publish", row.number)
    await tap(aigul, "order.published", row.number)
    await aigul.wait_for(
        lambda each: said(t_of(language), "Suppliers invited: {count}") in each.text
    )
    assert (await town.services.orders.card(actor, row.number)).state == "collecting"


async def test_a_wrong_value_is_answered_and_the_step_stays(town: Town) -> None:
    aigul = await customer(town)
    await begin(aigul, "ru")
    await ask(aigul, "Труба")
    await choose(aigul, label("ru", "Skip"))
    await aigul.catch_up()
    await aigul.say("331312.1e5")
    await aigul.wait_for(lambda each: not each.buttons)
    again = await aigul.wait_for(lambda each: bool(each.buttons))
    assert "241-101-0101" in again.text
    await ask(aigul, PIPE)
    await aigul.catch_up()
    await aigul.say("1.250,00")
    await aigul.wait_for(lambda each: not each.buttons)
    still = await aigul.wait_for(lambda each: bool(each.buttons))
    assert "120,5" in still.text


async def test_a_photo_out_of_place_is_answered(town: Town) -> None:
    aigul = await customer(town)
    await begin(aigul, "ru")
    await aigul.catch_up()
    await aigul.send_voice(b"0" * 10)
    answer = await aigul.wait_for(lambda each: not each.buttons)
    assert said(t_of("ru"), "This step needs a text.") in answer.text


@pytest.mark.clause("344-12.4")
async def test_delivery_below_sixty_days_names_the_clause(town: Town) -> None:
    aigul = await customer(town)
    await begin(aigul, "ru")
    await fill_good(aigul, "ru", "Труба")
    await choose(aigul, label("ru", "Continue"))
    await ask(aigul, "Астана")
    await ask(aigul, "Партией")
    await aigul.catch_up()
    await aigul.say("59")
    refused = await aigul.wait_for(lambda each: not each.buttons)
    assert "344" in refused.text
    assert "60" in refused.text


async def test_the_draft_goes_on_after_a_break(town: Town) -> None:
    aigul = await customer(town)
    await begin(aigul, "ru")
    await ask(aigul, "Труба стальная")
    await choose(aigul, label("ru", "Skip"))
    await aigul.say(label("ru", "Orders"))
    await aigul.wait_for(lambda each: each.has(label("ru", "Drafts")))
    await aigul.say(label("ru", "New order"))
    await aigul.catch_up()
    await tap(aigul, "order.form")
    await aigul.wait_for(lambda each: each.has(label("ru", "Start anew")))
    step = await choose(aigul, label("ru", "Continue"))
    assert "241-101-0101" in step.text
    back = await choose(aigul, label("ru", "Back"))
    back = await choose(aigul, label("ru", "Back"))
    assert "Труба стальная" in back.text


@pytest.mark.clause("344-13.1b")
async def test_a_mixed_order_is_offered_to_be_split(town: Town) -> None:
    aigul = await customer(town)
    await begin(aigul, "ru")
    await fill_good(aigul, "ru", "Труба")
    await choose(aigul, label("ru", "One more good"))
    await fill_good(aigul, "ru", "Насос", "281314.100.000001")
    await choose(aigul, label("ru", "Continue"))
    await fill_delivery(aigul)
    await choose(aigul, label("ru", "Continue"))
    question = await choose(aigul, label("ru", "Save the draft"))
    assert "Насос" in question.text
    await aigul.catch_up()
    await tap_label(aigul, label("ru", "Split into orders"))
    await aigul.wait_for(lambda each: len(each.buttons) == 2)
    page = await town.services.orders.page(await town.actor(aigul))
    assert sorted(row.name_ru for row in page.orders) == ["Насос", "Труба"]


async def test_a_good_is_changed_by_its_number(town: Town) -> None:
    aigul = await customer(town)
    await begin(aigul, "ru")
    await fill_good(aigul, "ru", "Труба")
    step = await ask(aigul, "1")
    assert "Труба" in step.text
    for what in ("Leave as it is", "Skip", "Leave as it is"):
        step = await choose(aigul, label("ru", what))
    assert step.text.endswith("120,5")
    await ask(aigul, "7")
    for _ in range(3):
        step = await choose(aigul, label("ru", "Leave as it is"))
    assert step.text.count("Труба") == 1
    assert "7" in step.text


async def test_files_go_with_the_draft(town: Town) -> None:
    aigul = await customer(town)
    await begin(aigul, "ru")
    await fill_good(aigul, "ru", "Труба")
    await choose(aigul, label("ru", "Continue"))
    await fill_delivery(aigul)
    await aigul.catch_up()
    await aigul.send_document(b"%PDF-1.4 drawing", "drawing.pdf")
    step = await aigul.wait_for(lambda each: bool(each.buttons))
    assert "drawing.pdf" in step.text
    await choose(aigul, label("ru", "Continue"))
    await aigul.catch_up()
    await tap_label(aigul, label("ru", "Save the draft"))
    card = await aigul.wait_for(lambda each: each.has(label("ru", "Attach a file")))
    await tap_label(aigul, label("ru", "Files"))
    file = await aigul.wait_for(lambda each: each.kind == "document")
    assert await aigul.sandbox.content(file.file_id or "") == b"%PDF-1.4 drawing"
    assert card.has(label("ru", "Publish"))


async def test_cancelling_forgets_the_form(town: Town) -> None:
    aigul = await customer(town)
    await begin(aigul, "ru")
    await ask(aigul, "Труба")
    await tap_label(aigul, label("ru", "Cancel"))
    await tap_label(aigul, label("ru", "Delete the draft"))
    gone = str(t_of("ru")("Cancelled. Nothing was sent."))
    await aigul.eventually(lambda each: gone in each.text)
    await begin(aigul, "ru")


async def test_a_button_of_a_closed_form_is_answered(town: Town) -> None:
    aigul = await customer(town)
    await begin(aigul, "ru")
    step = await ask(aigul, "Труба")
    skip = step.button(label("ru", "Skip")).data or ""
    await tap_label(aigul, label("ru", "Cancel"))
    await tap_label(aigul, label("ru", "Delete the draft"))
    gone = str(t_of("ru")("Cancelled. Nothing was sent."))
    await aigul.eventually(lambda each: gone in each.text)
    answer = await aigul.wait_answer(await aigul.press_data(skip, step.id, forged=True))
    assert answer.show_alert


@pytest.mark.parametrize("name", ["<b>Труба</b> &amp; 🏗", "\u202eТруба", "A" * 300])
async def test_any_name_is_shown_as_typed(town: Town, name: str) -> None:
    aigul = await customer(town)
    await begin(aigul, "ru")
    goods = await fill_good(aigul, "ru", name)
    assert name.removeprefix("\u202e")[:100] in goods.text


@pytest.mark.parametrize("name", ["Т" * 301, "\u200b", "x" * 4000])
async def test_a_name_that_cannot_be_is_refused(town: Town, name: str) -> None:
    aigul = await customer(town)
    await begin(aigul, "ru")
    await aigul.catch_up()
    await aigul.say(name)
    await aigul.wait_for(lambda each: not each.buttons)
    step = await aigul.wait_for(lambda each: bool(each.buttons))
    assert said(t_of("ru"), "What do you need? Type the name.") in step.text


@pytest.mark.parametrize(("before", "after"), [("ru", "kk"), ("kk", "ru")])
async def test_another_language_in_the_middle_of_a_form(
    town: Town, before: str, after: str
) -> None:
    """The step is shown anew in the language chosen; what was typed stays."""
    aigul = await customer(town, before)
    await begin(aigul, before)
    old = await ask(aigul, "Труба стальная")
    await aigul.say("/language")
    await tap(aigul, "language", after)
    other = "The name in Russian?" if after == "kk" else "The name in Kazakh?"
    step = await aigul.wait_for(lambda each: said(t_of(after), other) in each.text)
    assert step.has(label(after, "Cancel"))
    assert not (await aigul.find(lambda each: each.id == old.id)).buttons
    labels = [each.text for each in await aigul.keyboard()]
    assert label(after, "New order") in labels
    await aigul.catch_up()
    await aigul.press(label(after, "Leave as it is"), step)
    code = await aigul.wait_for(lambda each: "241-101-0101" in each.text)
    assert said(t_of(after), "The code of the good: ENS TRU or AGSK-3.") in code.text


async def test_a_program_is_refused_among_the_files_and_the_step_stays(town: Town) -> None:
    aigul = await customer(town)
    await begin(aigul, "ru")
    await fill_good(aigul, "ru", "Труба")
    await choose(aigul, label("ru", "Continue"))
    await fill_delivery(aigul)
    for name, content, told in (
        ("setup.exe", b"MZ", "This file is a program: {name}."),
        ("estimate.pdf", b"MZ\x90", "This file is a program: {name}."),
        ("film.mp4", b"0000", "Files of this kind are not taken: {name}."),
    ):
        await aigul.catch_up()
        await aigul.send_document(content, name)
        refused = await aigul.wait_for(lambda each: not each.buttons)
        assert said(t_of("ru"), told) in refused.text
        assert name in refused.text
        await aigul.wait_for(lambda each: each.has(label("ru", "Continue")))
    await aigul.catch_up()
    await aigul.send_document(b"%PDF-1.7", "drawing.pdf")
    taken = await aigul.wait_for(lambda each: each.has(label("ru", "Remove the files")))
    assert "drawing.pdf" in taken.text
    assert "setup.exe" not in taken.text

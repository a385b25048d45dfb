"""Both sides conclude a contract in the chat."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.sandbox.client import Person
from domain.awards.rules import Choice
from domain.roles import Role
from tests.handlers.customer.chatting import ask, choose
from tests.handlers.customer.window import Window
from tests.support.chat import Town, said, t_of, tap, tap_label
from tests.support.factories import again
from tests.support.waiting import PATIENCE


async def confirmed(town: Town, language: str = "ru") -> tuple[Window, Person, int]:
    """A window with one confirmed award, the supplier's person and the award's number."""
    window = await Window.closed(town, language)
    berik = await town.person("Берик", language, role=Role.SUPPLIER, company=window.first)
    actor = await town.actor(window.aigul)
    awards = await town.services.awards.select(
        actor, window.number, [Choice(1, window.first.bin, Decimal(60))]
    )
    await town.services.awards.confirm(again(await town.actor(berik)), awards[0].id)
    return window, berik, awards[0].id


async def enter(window: Window, award: int) -> None:
    """The customer enters the contract, without a file."""
    aigul = window.aigul
    await window.open()
    await tap(aigul, "contract.enter", window.number, award)
    await aigul.wait_for(lambda each: each.has(window.label("Cancel")))
    await ask(aigul, "15/2026 <A>")
    await choose(aigul, window.label("Today"))
    review = await choose(aigul, window.label("Without a file"))
    assert "15/2026 <A>" in review.text
    await tap_label(aigul, window.label("Enter the contract"))
    entered = said(t_of(window.language), "The contract is entered.")
    await aigul.eventually(lambda each: entered in each.text)


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_one_side_enters_and_the_other_agrees(town: Town, language: str) -> None:
    window, berik, award = await confirmed(town, language)
    await enter(window, award)
    (contract,) = (await window.card()).contracts
    assert contract.state == "proposed"
    await berik.say(window.label("Orders"))
    await tap(berik, "order.card", window.number)
    await tap(berik, "contract.agree", contract.id)
    await tap(berik, "contract.agreed", contract.id)
    concluded = said(t_of(language), "The contract is concluded.")
    await berik.eventually(lambda each: concluded in each.text)
    (contract,) = (await window.card()).contracts
    assert contract.state == "concluded"


async def test_the_other_side_says_it_is_wrong(town: Town) -> None:
    window, berik, award = await confirmed(town)
    await enter(window, award)
    (contract,) = (await window.card()).contracts
    await berik.say(window.label("Orders"))
    await tap(berik, "order.card", window.number)
    await tap(berik, "contract.dispute", contract.id)
    await tap(berik, "contract.disputed", contract.id)
    withdrawn = said(t_of("ru"), "The entry of the contract is withdrawn and the other side")
    await berik.eventually(lambda each: withdrawn[:20] in each.text)
    assert not (await window.card()).contracts


@pytest.mark.parametrize("typed", ["31.02.2026", "24.11.26", "завтра", "01.01.2030", "01.11.2026"])
async def test_a_date_that_cannot_be_is_refused(town: Town, typed: str) -> None:
    window, _, award = await confirmed(town)
    aigul = window.aigul
    await window.open()
    await tap(aigul, "contract.enter", window.number, award)
    await aigul.wait_for(lambda each: each.has(window.label("Cancel")))
    await ask(aigul, "15")
    await aigul.say(typed)
    await aigul.wait_for(lambda each: not each.buttons)
    step = await aigul.wait_for(lambda each: bool(each.buttons))
    assert "24.11.2026" in step.text


async def test_a_file_goes_with_the_contract(town: Town) -> None:
    window, berik, award = await confirmed(town)
    aigul = window.aigul
    await window.open()
    await tap(aigul, "contract.enter", window.number, award)
    await aigul.wait_for(lambda each: each.has(window.label("Cancel")))
    await ask(aigul, "15")
    await choose(aigul, window.label("Today"))
    await aigul.catch_up()
    await aigul.send_document(b"%PDF-1.4", "contract.pdf")
    review = await aigul.wait_for(lambda each: bool(each.buttons))
    assert "contract.pdf" in review.text
    await tap_label(aigul, window.label("Enter the contract"))
    entered = said(t_of("ru"), "The contract is entered.")
    await aigul.eventually(lambda each: entered in each.text)
    (contract,) = (await window.card()).contracts
    await berik.say(window.label("Orders"))
    await tap(berik, "order.card", window.number)
    await tap(berik, "contract.agree", contract.id)
    asked = await berik.wait_for(lambda each: each.has(window.label("Show the file")))
    await tap(berik, "contract.file", contract.id)
    sent = await berik.wait_for(lambda each: each.kind == "document")
    assert await berik.sandbox.content(sent.file_id or "") == b"%PDF-1.4"
    stranger = await town.person("Чужой", role=Role.SUPPLIER, company=window.second)
    await stranger.start()
    seen = await stranger.eventually(lambda each: True)
    pressed = await stranger.press_data(f"1:contract.file:{contract.id}", seen.id, forged=True)
    assert (await stranger.wait_answer(pressed)).show_alert
    assert asked.has(window.label("Yes, I agree"))


async def test_the_protocol_comes_with_its_hash(town: Town) -> None:
    window, berik, _ = await confirmed(town)
    actor = await town.actor(berik)
    _, digest = await town.services.awards.protocol(actor, window.number)
    await berik.say(window.label("Orders"))
    await tap(berik, "order.card", window.number)
    await tap(berik, "order.protocol", window.number)
    file = await berik.eventually(lambda each: each.kind == "document", timeout_s=PATIENCE)
    assert digest in file.text
    assert (await berik.sandbox.content(file.file_id or "")).startswith(b"%PDF")


async def test_a_receipt_shows_the_days(town: Town) -> None:
    window, berik, award = await confirmed(town)
    await berik.say(window.label("Orders"))
    await tap(berik, "order.card", window.number)
    await tap(berik, "receipt", "a", award, "contract")
    counted = said(t_of("ru"), "How this deadline was counted")
    receipt = await berik.eventually(lambda each: counted in each.text)
    assert "26 ноября" in receipt.text
    assert "344" in receipt.text

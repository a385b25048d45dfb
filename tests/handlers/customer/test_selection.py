"""A customer chooses suppliers in the chat."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.awards.rules import Choice
from domain.roles import Role
from handlers.views.press import press
from handlers.views.selection import fingerprint
from tests.handlers.customer.chatting import ask, choose
from tests.handlers.customer.window import Window
from tests.support.chat import Town, said, t_of, tap, tap_label
from tests.support.factories import integration_actor, make_customer
from tests.support.waiting import PATIENCE


@pytest.mark.clause("344-13.6b")
@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_the_proposal_is_sent_after_a_confirm_step(town: Town, language: str) -> None:
    window = await Window.closed(town, language)
    aigul = window.aigul
    await window.open()
    await tap(aigul, "order.choose", window.number)
    await tap(aigul, "choose.plan", window.number)
    assert not (await window.card()).awards
    await tap(aigul, "choose.send", window.number, fingerprint(await window.board()))
    sent = said(t_of(language), "The suppliers answer by {when}.")
    await aigul.eventually(lambda each: sent in each.text)
    awards = (await window.card()).awards
    assert {(each.supplier.bin, each.quantity) for each in awards} == {
        (window.first.bin, Decimal(60)),
        (window.second.bin, Decimal(40)),
    }


async def test_what_stays_uncovered_is_told_with_its_reason(town: Town) -> None:
    window = await Window.closed(town, offers=[("60", "480000.00")])
    await window.open()
    await tap(window.aigul, "order.choose", window.number)
    why = said(t_of("ru"), "the offers do not hold enough volume")
    proposal = await window.aigul.eventually(lambda each: why in each.text)
    assert "40" in proposal.text


async def test_a_proposal_that_has_changed_is_shown_again(town: Town) -> None:
    window = await Window.closed(town)
    await window.open()
    await tap(window.aigul, "order.choose", window.number)
    await tap(window.aigul, "choose.plan", window.number)
    stale = await window.aigul.eventually(
        lambda each: any((b.data or "").startswith("1:choose.send") for b in each.buttons)
    )
    made = await town.services.awards.select(
        integration_actor(),
        window.number,
        [Choice(1, window.second.bin, Decimal(10))],
    )
    data = next(b.data for b in stale.buttons if (b.data or "").startswith("1:choose.send"))
    await window.aigul.press_data(data or "", stale.id)
    changed = said(t_of("ru"), "The proposal has changed meanwhile. Please look again.")
    await window.aigul.eventually(lambda each: changed in each.text)
    assert [each.id for each in (await window.card()).awards] == [made[0].id]


async def test_volumes_by_hand_with_remainders(town: Town) -> None:
    window = await Window.closed(town)
    aigul = window.aigul
    await window.open()
    await tap(aigul, "order.choose", window.number)
    await tap(aigul, "choose.own", window.number)
    await aigul.wait_for(lambda each: each.has(window.label("Review")))
    await choose(aigul, "ТОО «Береке»")
    again = await ask(aigul, "50,5")
    assert "495" in again.text  # 1,000,000 less 505,000
    assert "49,5" in again.text
    await choose(aigul, "ТОО «Алма & Ко»")
    rest = await choose(aigul, window.label("The remainder"))
    assert "49,5" in rest.text
    await choose(aigul, window.label("Review"))
    await aigul.catch_up()
    await tap_label(aigul, window.label("Send for confirmation"))
    await aigul.wait_for(lambda each: each.has(str(window.number)) and bool(each.buttons))
    awards = (await window.card()).awards
    assert {(each.supplier.bin, each.quantity) for each in awards} == {
        (window.first.bin, Decimal("49.5")),
        (window.second.bin, Decimal("50.5")),
    }


@pytest.mark.parametrize("typed", ["81", "0,0001", "много", "1e9", "-5"])
async def test_a_volume_that_cannot_be_is_refused_and_the_step_stays(
    town: Town, typed: str
) -> None:
    window = await Window.closed(town)
    aigul = window.aigul
    await window.open()
    await tap(aigul, "order.choose", window.number)
    await tap(aigul, "choose.own", window.number)
    await aigul.wait_for(lambda each: each.has(window.label("Review")))
    await choose(aigul, "ТОО «Береке»")
    await aigul.say(typed)
    await aigul.wait_for(lambda each: not each.buttons)
    step = await aigul.wait_for(lambda each: bool(each.buttons))
    assert step.has(window.label("The remainder"))


async def test_the_offer_in_full_escapes_what_was_typed(town: Town) -> None:
    window = await Window.closed(town)
    aigul = window.aigul
    await window.open()
    await tap(aigul, "order.choose", window.number)
    await tap(aigul, "choose.own", window.number)
    await aigul.wait_for(lambda each: each.has(window.label("Review")))
    await choose(aigul, "ТОО «Алма & Ко»")
    full = await choose(aigul, window.label("The offer in full"))
    assert "ГОСТ <8732>" in full.text
    assert "ТОО «Алма & Ко»" in full.text


async def test_the_summary_comes_as_pictures_and_a_sheet(town: Town) -> None:
    window = await Window.closed(town)
    await window.open()
    await tap(window.aigul, "order.summary", window.number)
    sheet = await window.aigul.eventually(lambda each: each.kind == "document", timeout_s=PATIENCE)
    assert str(window.number) in sheet.text
    picture = await window.aigul.find(lambda each: each.kind == "photo")
    assert (await window.aigul.sandbox.content(picture.file_id or "")).startswith(b"\x89PNG")


@pytest.mark.clause("344-13.6a")
async def test_overdue_is_shown_and_choosing_stays_possible(town: Town) -> None:
    window = await Window.closed(town)
    term = (await window.card()).deadline("selection")
    assert term is not None
    await window.pass_time(term.due_at)
    await window.open()
    await tap(window.aigul, "order.choose", window.number)
    overdue = said(t_of("ru"), "Overdue: suppliers had to be chosen by {when} ({clause}).")
    shown = await window.aigul.eventually(lambda each: overdue.split(":")[0] in each.text)
    assert shown.has(window.label("Send this proposal"))


async def test_nobody_else_chooses(town: Town) -> None:
    window = await Window.closed(town)
    other = await town.person("Болат", role=Role.CUSTOMER, company=await make_customer(town.site))
    await other.say(window.label("Orders"))
    message = await other.wait_for(lambda each: bool(each.buttons))
    data = press("choose.send", window.number, fingerprint(await window.board()))
    answer = await other.wait_answer(await other.press_data(data, message.id, forged=True))
    assert answer.text
    assert not (await window.card()).awards


async def test_more_than_the_need_is_refused_by_a_button_too(town: Town) -> None:
    window = await Window.closed(town)
    aigul = window.aigul
    await window.open()
    await tap(aigul, "order.choose", window.number)
    await tap(aigul, "choose.own", window.number)
    await aigul.wait_for(lambda each: each.has(window.label("Review")))
    await choose(aigul, "ТОО «Береке»")
    await choose(aigul, window.label("All"))
    await choose(aigul, "ТОО «Алма & Ко»")
    step = await aigul.eventually(lambda each: each.has(window.label("The remainder")))
    data = step.button(window.label("All")).data or ""
    answer = await aigul.wait_answer(await aigul.press_data(data, step.id))
    assert answer.show_alert
    rest = await choose(aigul, window.label("The remainder"))
    assert "20" in rest.text


async def test_volumes_by_hand_go_on_after_a_break(town: Town) -> None:
    window = await Window.closed(town)
    aigul = window.aigul
    await window.open()
    await tap(aigul, "order.choose", window.number)
    await tap(aigul, "choose.own", window.number)
    await aigul.wait_for(lambda each: each.has(window.label("Review")))
    await choose(aigul, "ТОО «Береке»")
    await ask(aigul, "7")
    await window.open()
    await tap(aigul, "order.choose", window.number)
    await tap(aigul, "choose.own", window.number)
    await aigul.wait_for(lambda each: each.has(window.label("Start anew")))
    line = await choose(aigul, window.label("Continue"))
    assert "70" in line.text  # 7 metres at 10,000

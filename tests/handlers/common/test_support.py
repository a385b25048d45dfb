"""Asking support: the page, voice and files, own requests; for everybody and in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from domain.law import SUPPORT_FLOOD
from domain.people.model import Consent
from domain.people.model import Person as PersonRow
from domain.roles import Role
from domain.support import writing
from domain.support.model import TicketFile, TicketMessage
from handlers.views.menus import ACTIONS
from handlers.views.press import press
from handlers.views.translator import plain
from tests.handlers.common.asking import LANGUAGES, NIGHT, VOICE, ask, taken, ticket
from tests.support.chat import Town, said, t_of, tap
from tests.support.factories import make_customer


@pytest.mark.parametrize("language", LANGUAGES)
async def test_in_hours_an_operator_answers_now(town: Town, language: str) -> None:
    t = t_of(language)
    person = await town.person(
        language=language, role=Role.SUPPLIER, company=await make_customer(town.site)
    )
    page = await ask(person, language)
    assert said(t, "An operator answers now. Write or say") in page.text
    assert "09:00–18:30" in page.text
    assert (
        plain(t("act No. {act}, clause {clause}, item {item}", act="366", clause="19", item="1"))
        in page.text
    )


@pytest.mark.clause("366-19.2")
@pytest.mark.parametrize("language", LANGUAGES)
async def test_out_of_hours_voice_is_asked_for_and_explained(town: Town, language: str) -> None:
    t = t_of(language)
    town.clock.set(NIGHT)
    person = await town.person(language=language)
    page = await ask(person, language)
    assert said(t, "The operators are not here now.") in page.text
    assert said(t, "To record: hold the microphone") in page.text
    assert "18:30" in page.text
    assert ("понедельник, 23 ноября" if language == "ru" else "дүйсенбі, 23 қараша") in page.text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_voice_opens_a_request_and_the_consent_is_told_once(
    town: Town, language: str
) -> None:
    t = t_of(language)
    town.clock.set(NIGHT)
    person = await town.person(language=language)
    await person.send_voice(VOICE, 7)
    first = await taken(person)
    assert plain(t("Request No. {number} is taken", number=1)) in first.text
    assert said(t, "By sending voice messages you agree") in first.text
    await person.send_voice(VOICE, 8)
    second = await taken(person)
    assert plain(t("Added to request No. {number}", number=1)) in second.text
    assert said(t, "By sending voice messages you agree") not in second.text
    async with town.site.sessions() as session:
        consents = list(await session.scalars(select(Consent).where(Consent.kind == "recording")))
        files = list(await session.scalars(select(TicketFile).order_by(TicketFile.id)))
    assert [(each.version, each.language) for each in consents] == [("1", language)]
    assert [(each.kind, each.duration, each.state) for each in files] == [
        ("voice", 7, "waiting"),
        ("voice", 8, "waiting"),
    ]
    assert (await ticket(town)).line.channel == "voice"


async def test_a_text_nobody_waits_for_goes_to_support_in_one_tap(town: Town) -> None:
    t = t_of("ru")
    person = await town.person()
    asked = await person.say("Где мой <договор>?")
    await tap(person, "support.ask")
    answer = await taken(person)
    assert plain(t("Request No. {number} is taken", number=1)) in answer.text
    found = await ticket(town)
    assert [each.text for each in found.messages if each.author == "user"] == [
        "Где мой &lt;договор&gt;?"
    ]
    async with town.site.sessions() as session:
        placed = await session.scalar(
            select(TicketMessage.message_id).where(TicketMessage.author == "user")
        )
    assert placed == asked.id
    pressed = await person.press_data(press("support.ask"), answer.id, forged=True)
    assert (await person.wait_answer(pressed)).text
    assert len((await ticket(town)).messages) == len(found.messages)


async def test_after_support_was_opened_all_goes_there_until_the_menu(town: Town) -> None:
    t = t_of("ru")
    person = await town.person()
    await ask(person, "ru")
    await person.say("Не открывается заказ")
    await taken(person)
    await person.send_photo(b"\xff\xd8\xff\xe0photo", "Вот так")
    await taken(person)
    await person.say("/menu")
    await person.say("просто текст")
    await person.wait_for(lambda each: said(t, "I did not understand.") in each.text)
    texts = [each.text for each in (await ticket(town)).messages if each.author == "user"]
    assert texts == ["Не открывается заказ", "Вот так"]


async def test_an_album_is_answered_once(town: Town) -> None:
    person = await town.person()
    for at in range(3):
        await person.send_photo(b"\xff\xd8\xff\xe0photo%d" % at, album="77")
    await taken(person)
    await person.say("/me")
    await person.wait_for(lambda each: said(t_of("ru"), "My account") in each.text)
    answers = [
        each
        for each in await person.messages()
        if any("ticket.card" in (b.data or "") for b in each.buttons)
    ]
    assert len(answers) == 1
    files = [file for each in (await ticket(town)).messages for file in each.files]
    assert [each.kind for each in files] == ["photo"] * 3


async def test_an_album_counts_as_one_message_and_is_refused_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "SUPPORT_FLOOD", replace(SUPPORT_FLOOD, value=4))
    t = t_of("ru")
    person = await town.person()
    # Six pictures, two messages.
    for album, at in ((album, at) for album in "ab" for at in range(3)):
        await person.send_photo(b"\xff\xd8\xff\xe0%d" % at, album=album)
    for text in ("три", "четыре"):
        await person.say(text)
        await person.wait_for(lambda each: said(t, "Added to request No.") in each.text)
    for at in range(3):
        await person.send_photo(b"\xff\xd8\xff\xe0%d" % at, album="c")
    await person.say("/me")
    await person.wait_for(lambda each: said(t, "My account") in each.text)
    refusal = said(t, "Too many messages: support takes")
    assert [refusal in each.text for each in await person.messages()].count(True) == 1
    files = [file.kind for each in (await ticket(town)).messages for file in each.files]
    assert files == ["photo"] * 6


@pytest.mark.clause("627-8")
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_file_over_20_mb_is_refused_with_the_advice(town: Town, language: str) -> None:
    person = await town.person(language=language)
    await person.send_document(bytes(25 * 1024 * 1024), "scan.pdf")
    answer = await person.wait_for(lambda each: "20" in each.text)
    assert said(t_of(language), "Please send it in parts") in answer.text
    page = await town.services.support.mine(await town.actor(person))
    assert page.total == 0


async def test_a_guest_asked_for_a_contact_may_ask_support(town: Town) -> None:
    person = await town.stranger("Ерлан")
    await person.start()
    await tap(person, "language", "ru")
    await tap(person, "consent.accept", "1", "1")
    await person.eventually(lambda each: "номер" in each.text.lower())
    await person.send_voice(VOICE)
    await taken(person)
    await person.say("и ещё текст")
    await taken(person)
    assert len([each for each in (await ticket(town)).messages if each.author == "user"]) == 2


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_suspended_account_may_ask(town: Town, language: str) -> None:
    t = t_of(language)
    person = await town.person(
        language=language, role=Role.SUPPLIER, company=await make_customer(town.site)
    )
    async with town.site.sessions.begin() as session:
        row = (
            await session.scalars(select(PersonRow).where(PersonRow.telegram_id == person.id))
        ).one()
        row.state, row.state_reason = "suspended", "Проверка"
    await person.say("почему?")
    told = await person.wait_for(lambda each: "Проверка" in each.text)
    assert "/support" in told.text
    await person.say("/support")
    await person.wait_for(lambda each: said(t, "What you send next goes to support") in each.text)
    await person.say("почему?")
    await taken(person)
    await person.send_voice(VOICE)
    first = await taken(person)
    assert said(t, "By sending voice messages you agree") in first.text
    await person.send_voice(VOICE)
    again = await taken(person)
    assert said(t, "By sending voice messages you agree") not in again.text
    async with town.site.sessions() as session:
        consents = list(await session.scalars(select(Consent).where(Consent.kind == "recording")))
    assert [(each.person_id, each.language) for each in consents] == [(row.id, language)]
    await tap(person, "ticket.card", 1)
    card = await person.wait_for(
        lambda each: any("ticket.history" in (b.data or "") for b in each.buttons)
    )
    assert "почему?" in card.text or said(t, "Voice message") in card.text
    assert len([each for each in (await ticket(town)).messages if each.author == "user"]) == 3


async def test_support_closes_a_form_that_would_take_the_messages(town: Town) -> None:
    t = t_of("ru")
    person = await town.person()
    await person.say(t.button(ACTIONS["register"]))
    await person.wait_for(lambda each: bool(each.buttons))
    await person.say(t.button(ACTIONS["support"]))
    await person.wait_for(lambda each: said(t, "The form is closed.") in each.text)
    await person.say("Помогите")
    await taken(person)
    assert (await ticket(town)).messages[-2].text == "Помогите" or (
        await ticket(town)
    ).line.subject == "Помогите"


async def test_a_sticker_gets_the_way_on(town: Town) -> None:
    person = await town.person()
    await person.share_contact("+77015550000", 999)
    await person.wait_for(
        lambda each: said(t_of("ru"), "I cannot read messages of this kind.") in each.text
    )


async def test_a_contact_in_the_talk_says_whom_to_call(town: Town) -> None:
    person = await town.person()
    await ask(person, "ru")
    await person.share_contact("+77015550000", 999)
    await taken(person)
    [said_] = [each.text for each in (await ticket(town)).messages if each.author == "user"]
    assert said_.endswith("+77015550000")
    assert (await town.actor(person)).telegram_id == person.id


async def test_any_button_of_the_menu_ends_the_talk(town: Town) -> None:
    """Also those that other parts answer, and the one under a message."""
    t = t_of("ru")
    person = await town.person(role=Role.SUPPORT)
    for leave in (t.button(ACTIONS["queue"]), t.button(ACTIONS["orders"]), "/help"):
        await ask(person, "ru")
        await person.say(leave)
        await person.say("просто текст")
        await person.wait_for(lambda each: said(t, "I did not understand.") in each.text)
    await ask(person, "ru")
    shown = (await person.messages())[-1]
    await person.press_data(press("menu"), shown.id, forged=True)
    await person.say("просто текст")
    await person.wait_for(lambda each: said(t, "I did not understand.") in each.text)
    assert (await town.services.support.mine(await town.actor(person))).total == 0

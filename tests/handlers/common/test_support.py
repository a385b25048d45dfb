"""Asking support: the page, voice and files, own requests; for everybody and in both languages."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from bot.sandbox.client import Message, Person
from domain.audit import AuditEntry
from domain.people.model import Consent
from domain.people.model import Person as PersonRow
from domain.roles import Role
from domain.support.model import TicketFile, TicketMessage
from domain.support.views import TicketView
from handlers.views.menus import ACTIONS
from handlers.views.press import press
from handlers.views.translator import plain
from tests.support.chat import Town, said, t_of, tap, tap_label
from tests.support.factories import integration_actor, make_customer, make_person, next_cause

LANGUAGES = ("kk", "ru")
VOICE = b"OggS voice"
NIGHT = datetime.fromisoformat("2026-11-20T18:31:00+05:00")


async def ask(person: Person, language: str) -> Message:
    """Press Support in the menu."""
    await person.catch_up()
    await person.say(t_of(language).button(ACTIONS["support"]))
    return await person.wait_for(lambda each: bool(each.text))


async def taken(person: Person) -> Message:
    """The next answer that names a request."""
    return await person.wait_for(
        lambda each: any("ticket.card" in (b.data or "") for b in each.buttons)
    )


async def ticket(town: Town, number: int = 1) -> TicketView:
    """A request as operators see it."""
    return await town.services.support.ticket(integration_actor(), number)


async def operator(town: Town) -> int:
    """An operator's answer to request 1; how many there are then."""
    actor = await make_person(town.site, role=Role.SUPPORT, name="Оператор")
    await town.services.support.answer(actor, 1, "Готово")
    return 1


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
    await tap(person, "ticket.card", 1)
    card = await person.wait_for(
        lambda each: any("ticket.history" in (b.data or "") for b in each.buttons)
    )
    assert "почему?" in card.text or said(t, "Voice message") in card.text
    assert len([each for each in (await ticket(town)).messages if each.author == "user"]) == 3


@pytest.mark.parametrize("language", LANGUAGES)
async def test_own_requests_card_history_receipt_and_the_head(town: Town, language: str) -> None:
    t = t_of(language)
    person = await town.person(language=language)
    await ask(person, language)
    assert not any(
        "tickets" in (b.data or "") for each in await person.messages() for b in each.buttons
    )
    for at in range(7):
        await person.say(f"Сұрақ {at}")
        await taken(person)
    page = await ask(person, language)
    assert page.button(t.button("My requests ({count})", count=1)).data
    await tap(person, "tickets", 0)
    await person.eventually(lambda each: plain(t("Requests: {count}", count=1)) in each.text)
    await tap(person, "ticket.card", 1)
    card = await person.wait_for(
        lambda each: any("ticket.receipt" in (b.data or "") for b in each.buttons)
    )
    assert "Сұрақ 6" in card.text
    assert "18:30" in card.text
    await tap(person, "ticket.receipt", 1)
    receipt = await person.wait_for(
        lambda each: said(t, "How this deadline was counted") in each.text
    )
    assert "366" in receipt.text
    await tap(person, "ticket.history", 1, 0)
    newest = await person.eventually(lambda each: "Сұрақ 3" in each.text)
    assert "Сұрақ 1" not in newest.text
    await tap(person, "ticket.history", 1, 1)
    oldest = await person.eventually(lambda each: "Сұрақ 1" in each.text)
    assert said(t, "The request was taken.") in oldest.text
    await tap(person, "ticket.back", 1)
    await person.eventually(lambda each: "Сұрақ 6" in each.text and each.id == oldest.id)
    pressed = await tap(person, "ticket.escalate", 1)
    assert (await person.wait_answer(pressed)).text == plain(
        t("The head of support was called to your request.")
    )
    pressed = await tap(person, "ticket.escalate", 1)
    assert (await person.wait_answer(pressed)).show_alert
    assert (await ticket(town)).line.escalation == 1


@pytest.mark.parametrize("language", LANGUAGES)
async def test_rating_with_a_word_and_objecting(town: Town, language: str) -> None:
    t = t_of(language)
    person = await town.person(language=language)
    await person.send_voice(VOICE)
    await taken(person)
    await operator(town)
    await tap(person, "ticket.card", 1)
    card = await person.wait_for(lambda each: "Готово" in each.text)
    assert "Оператор" not in card.text
    await tap(person, "ticket.rate", 1, 4)
    await person.wait_for(lambda each: said(t, "If you like, write a few words") in each.text)
    await person.say("Жылдам, рақмет")
    await person.wait_for(lambda each: said(t, "Thank you. Your words") in each.text)
    found = await ticket(town)
    assert (found.rating, found.rating_text) == (4, "Жылдам, рақмет")
    await tap(person, "ticket.reopen", 1)
    await person.wait_for(
        lambda each: plain(t("Request No. {number} is open again", number=1)) in each.text
    )
    await person.say("Всё ещё не работает")
    await taken(person)
    found = await ticket(town)
    assert found.state == "working"
    assert found.messages[-1].text == "Всё ещё не работает"


async def test_adding_to_one_of_several_and_replying_to_another(town: Town) -> None:
    person = await town.person()
    actor = await town.actor(person)
    for text in ("Первое", "Второе"):
        await town.services.support.open(actor.because(next_cause()), "chat", text)
    await ask(person, "ru")
    await tap(person, "tickets", 0)
    await tap(person, "ticket.card", 1)
    card = await person.wait_for(lambda each: "Первое" in each.text and len(each.buttons) > 3)
    await tap(person, "ticket.add", 1)
    await person.wait_for(
        lambda each: said(t_of("ru"), "Write, say it by voice, or send") in each.text
    )
    await person.say("к первому")
    await taken(person)
    await ask(person, "ru")
    await person.say("к последнему")
    await taken(person)
    await person.say("ответ на карточку", reply_to=card.id)
    await taken(person)
    said_in = {
        number: [
            each.text for each in (await ticket(town, number)).messages if each.author == "user"
        ]
        for number in (1, 2)
    }
    assert said_in == {
        1: ["Первое", "к первому", "ответ на карточку"],
        2: ["Второе", "к последнему"],
    }


async def test_what_is_added_to_a_closed_request_is_not_lost(town: Town) -> None:
    person = await town.person()
    await person.send_voice(VOICE)
    await taken(person)
    await tap(person, "ticket.card", 1)
    await tap(person, "ticket.add", 1)
    await person.wait_for(
        lambda each: said(t_of("ru"), "Write, say it by voice, or send") in each.text
    )
    actor = await make_person(town.site, role=Role.SUPPORT)
    await town.services.support.close(actor, 1, "refused", "Нет")
    await person.say("Ещё вопрос")
    answer = await taken(person)
    assert plain(t_of("ru")("Request No. {number} is taken", number=2)) in answer.text


async def test_somebody_elses_request_is_not_found(town: Town) -> None:
    person, other = await town.person(), await town.person("Ерлан")
    await person.send_voice(VOICE)
    await taken(person)
    shown = await ask(other, "ru")
    for name in (
        "ticket.card",
        "ticket.history",
        "ticket.receipt",
        "ticket.add",
        "ticket.reopen",
        "ticket.escalate",
    ):
        ids = (1, 0) if name == "ticket.history" else (1,)
        pressed = await other.press_data(press(name, *ids), shown.id, forged=True)
        assert (await other.wait_answer(pressed)).show_alert, name
    assert len((await ticket(town)).messages) == 2


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


async def test_an_edit_is_followed(town: Town) -> None:
    person = await town.person()
    await ask(person, "ru")
    message = await person.say("Заказ 12")
    await taken(person)
    await person.edit(message, "Заказ 13")
    await person.say("ещё")
    await taken(person)
    found = await ticket(town)
    edited = next(each for each in found.messages if each.author == "user")
    assert edited.text == "Заказ 13"
    assert edited.edited_at is not None
    strange = await person.say("/menu")
    await person.edit(strange, "не обращение")
    await tap_label(person, t_of("ru").button("Open the request"))


async def test_a_sticker_gets_the_way_on(town: Town) -> None:
    person = await town.person()
    await person.share_contact("+77015550000", 999)
    await person.wait_for(
        lambda each: said(t_of("ru"), "I cannot read messages of this kind.") in each.text
    )


async def test_the_same_update_after_a_crash_adds_nothing(town: Town) -> None:
    """An album's first picture and what went on in a new request would else come twice."""
    person = await town.person()
    await person.send_photo(b"\xff\xd8\xff\xe0photo", "Снимок", album="78")
    await taken(person)
    message = {
        "message_id": (await person.messages())[0].id,
        "date": 1,
        "chat": {"id": person.id, "type": "private"},
        "from": {"id": person.id, "is_bot": False, "first_name": "Айгүл"},
        "photo": [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}],
        "media_group_id": "78",
    }
    async with town.site.sessions() as session:
        cause = await session.scalar(
            select(AuditEntry.cause).where(AuditEntry.action == "ticket.write")
        )
    update_id = int(str(cause).rpartition(":")[2])
    await town.dispatcher.feed_raw_update(town.bot, {"update_id": update_id, "message": message})
    assert len([each for each in (await ticket(town)).messages if each.author == "user"]) == 1

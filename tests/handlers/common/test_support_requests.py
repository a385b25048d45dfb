"""Own requests: list, card, history, receipt, rating, objecting, adding; only one's own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.sandbox.client import Message
from domain.audit import AuditEntry
from domain.roles import Role
from handlers.views.notices import render
from handlers.views.press import press
from handlers.views.translator import plain
from tests.handlers.common.asking import LANGUAGES, VOICE, answer, ask, taken, ticket
from tests.support.chat import Town, said, t_of, tap, tap_label
from tests.support.factories import make_customer, make_order, make_person, next_cause


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
    await answer(town)
    await tap(person, "ticket.card", 1)
    card = await person.wait_for(lambda each: "Готово" in each.text)
    assert "Оператор" not in card.text
    await tap(person, "ticket.rate", 1, 4)
    await person.wait_for(lambda each: said(t, "If you like, write a few words") in each.text)
    await person.say("Жылдам, рақмет")
    await person.wait_for(lambda each: said(t, "Thank you. Your words") in each.text)
    found = await ticket(town)
    assert (found.rating, found.rating_text) == (4, "Жылдам, рақмет")
    await person.say("Рақмет")
    await person.wait_for(lambda each: said(t, "I did not understand.") in each.text)
    assert (await ticket(town)).state == "answered"
    await tap(person, "ticket.reopen", 1)
    await person.wait_for(
        lambda each: plain(t("Request No. {number} is open again", number=1)) in each.text
    )
    await person.say("Всё ещё не работает")
    await taken(person)
    found = await ticket(town)
    assert found.state == "working"
    assert found.messages[-1].text == "Всё ещё не работает"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_closing_asks_for_a_rating_and_may_be_objected_to_for_ten_days(
    town: Town, language: str
) -> None:
    t = t_of(language)
    person = await town.person(language=language)
    await person.send_voice(VOICE)
    await taken(person)
    operator = await make_person(town.site, role=Role.SUPPORT)
    await town.services.support.close(operator, 1, "answered", "Готово")
    [notice] = [
        each
        for each in await town.services.notice_queue.claim(9, timedelta(minutes=1))
        if each.kind == "ticket.closed"
    ]
    shown = render(t, notice, town.clock.now())
    assert shown.keyboard is not None
    [stars] = [row for row in shown.keyboard.inline_keyboard if len(row) == 5]
    page = await ask(person, language)
    await person.press_data(stars[4].callback_data or "", page.id, forged=True)
    await person.wait_for(lambda each: said(t, "If you like, write a few words") in each.text)
    assert (await ticket(town)).rating == 5
    await ask(person, language)
    await tap(person, "tickets", 0)
    await tap(person, "ticket.card", 1)
    await person.wait_for(lambda each: t.button("It is not solved") in _labels(each))
    town.clock.advance(timedelta(days=10))
    pressed = await tap(person, "ticket.reopen", 1)
    assert (await person.wait_answer(pressed)).show_alert
    assert (await ticket(town)).state == "closed"
    await tap(person, "ticket.card", 1)
    late = await person.wait_for(lambda each: said(t, "Closed: {when}") in each.text)
    assert t.button("It is not solved") not in _labels(late)
    town.clock.advance(-timedelta(seconds=1))
    await tap(person, "ticket.reopen", 1)
    await person.wait_for(
        lambda each: plain(t("Request No. {number} is open again", number=1)) in each.text
    )
    assert (await ticket(town)).state == "working"


def _labels(message: Message) -> list[str]:
    return [each.text for each in message.buttons]


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


async def test_a_voice_after_a_rating_opens_another_request(town: Town) -> None:
    person = await town.person()
    await person.send_voice(VOICE)
    await taken(person)
    await answer(town)
    await tap(person, "ticket.card", 1)
    await tap(person, "ticket.rate", 1, 5)
    await person.wait_for(lambda each: said(t_of("ru"), "If you like, write a few") in each.text)
    await person.send_voice(VOICE)
    await person.wait_for(
        lambda each: plain(t_of("ru")("Request No. {number} is taken", number=2)) in each.text
    )
    assert (await ticket(town)).state == "answered"
    assert (await ticket(town, 2)).state == "open"


async def test_an_answer_of_five_thousand_characters_is_read_to_its_end(town: Town) -> None:
    person = await town.person()
    await person.say("/support")
    await person.say("Сұрақ")
    await taken(person)
    actor = await make_person(town.site, role=Role.SUPPORT)
    words = " ".join(f"сөз{at}" for at in range(800))
    assert len(words) > 5_000
    message = (await town.services.support.answer(actor, 1, words)).messages[-1]
    await tap(person, "ticket.card", 1)
    await tap(person, "ticket.whole", 1, message.id)
    first = await person.wait_for(lambda each: "сөз300 " in each.text)
    await tap(person, "ticket.part", 1, message.id, 1)
    last = await person.eventually(lambda each: "сөз799" in each.text)
    assert last.id == first.id


async def test_somebody_elses_request_is_not_found(town: Town) -> None:
    person, other = await town.person(), await town.person("Ерлан")
    await person.send_voice(VOICE)
    await taken(person)
    shown = await ask(other, "ru")
    for name in (
        "ticket.card",
        "ticket.history",
        "ticket.whole",
        "ticket.part",
        "ticket.receipt",
        "ticket.add",
        "ticket.reopen",
        "ticket.escalate",
    ):
        ids = {"ticket.history": (1, 0), "ticket.whole": (1, 1), "ticket.part": (1, 1, 0)}.get(
            name, (1,)
        )
        pressed = await other.press_data(press(name, *ids), shown.id, forged=True)
        assert (await other.wait_answer(pressed)).show_alert, name
    assert len((await ticket(town)).messages) == 2


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


async def test_asking_about_an_order_from_its_card_and_by_a_reply(town: Town) -> None:
    t = t_of("ru")
    company = await make_customer(town.site)
    person = await town.person(role=Role.CUSTOMER, company=company)
    orders = [await make_order(town.services, company, publish=False) for _ in range(2)]
    # Of nothing in particular: it stays apart.
    await person.send_voice(VOICE)
    await taken(person)
    shown = await ask(person, "ru")
    await person.press_data(press("order.card", orders[0]), shown.id, forged=True)
    label = t.button("Ask about the order")
    card = await person.wait_for(lambda each: any(b.text == label for b in each.buttons))
    await person.press(label, card)
    page = await person.wait_for(lambda each: said(t, "You ask about order No.") in each.text)
    assert str(orders[0]) in page.text
    await person.say("Не публикуется")
    await taken(person)
    await person.send_voice(VOICE)
    await taken(person)
    assert (await ticket(town, 2)).line.order_number == orders[0]
    assert len([each for each in (await ticket(town, 2)).messages if each.author == "user"]) == 2
    await person.say("/menu")
    await person.catch_up()
    message = {
        "message_id": 900,
        "date": 1,
        "chat": {"id": person.id, "type": "private"},
        "from": {"id": person.id, "is_bot": False, "first_name": "Айгүл"},
        "voice": {"file_id": "f", "file_unique_id": "u", "duration": 1},
        "reply_to_message": {
            "message_id": card.id,
            "date": 1,
            "text": "?",
            "from": {"id": 1, "is_bot": True, "first_name": "Tapsyrys"},
            "chat": {"id": person.id, "type": "private"},
            "reply_markup": {
                "inline_keyboard": [
                    [{"text": "?", "callback_data": press("order.goods", orders[1], 0)}]
                ]
            },
        },
    }
    await town.dispatcher.feed_raw_update(town.bot, {"update_id": 10**9, "message": message})
    assert (await ticket(town, 3)).line.order_number == orders[1]


async def test_an_order_that_is_gone_loses_no_word(town: Town) -> None:
    person = await town.person()
    shown = await ask(person, "ru")
    await person.press_data(press("support", 404), shown.id, forged=True)
    await person.wait_for(lambda each: "404" in each.text)
    await person.send_voice(VOICE)
    await taken(person)
    assert (await ticket(town)).line.order_number is None

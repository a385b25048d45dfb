"""What is written in a ticket's topic: answers go to the user, notes and doubts never do."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import aiohttp
import pytest
from aiogram.types import BufferedInputFile, Update

from bot.sandbox.client import Message, Person
from domain.roles import Role
from domain.support.views import MessageView
from handlers.support.topics import replace_copy
from handlers.views.desk_choices import cancelled, outdated
from handlers.views.desk_terms import DOCUMENTS, MERGE
from handlers.views.press import press
from handlers.views.translator import escape, plain
from tests.support.chat import said, t_of
from tests.support.desk import DeskTown
from tests.support.waiting import until


async def opened(desk: DeskTown, text: str = "Не открывается заказ") -> tuple[int, int]:
    """A ticket with its topic: number and thread."""
    view = await desk.ask(text)
    await desk.mirror.drain()
    return view.number, await desk.thread(view.number)


async def written(desk: DeskTown, number: int, count: int) -> list[MessageView]:
    """What the desk wrote in a ticket, once there is so much of it."""

    async def there() -> bool:
        return len(await _of_desk(desk, number)) >= count

    await until(there)
    return await _of_desk(desk, number)


async def _of_desk(desk: DeskTown, number: int) -> list[MessageView]:
    view = await desk.ticket(number)
    return [each for each in view.messages if each.author in ("operator", "note")]


async def write(desk: DeskTown, text: str, thread: int, **more: int) -> Message:
    return await desk.operator.say(text, chat=desk.chat, thread=thread, **more)


async def test_an_answer_is_the_users(desk: DeskTown) -> None:
    number, thread = await opened(desk)
    sent = await write(desk, "Обновите страницу", thread)
    [answer] = await written(desk, number, 1)
    assert (answer.author, answer.text) == ("operator", "Обновите страницу")
    assert answer.origin is not None
    assert answer.origin.message_id == sent.id
    assert (await desk.ticket(number)).state == "answered"
    await desk.mirror.drain()
    # It stands in its topic already: the mirror does not repeat it.
    texts = [each.text for each in await desk.in_topic(thread)]
    assert sum("Обновите страницу" in text for text in texts) == 1


@pytest.mark.parametrize(
    "text",
    [
        "// он уже звонил",
        "  //он уже звонил",
        "/ / он уже звонил",
        "\u200b//он уже звонил",
        "\uff0f\uff0f он уже звонил",
        "#note он уже звонил",
        "#NOTE: он уже звонил",
        "«// он уже звонил»",
        "- // он уже звонил",
        "/unknown он уже звонил",
        "\N{LOCK} он уже звонил",
    ],
)
async def test_a_marked_message_is_a_note(desk: DeskTown, text: str) -> None:
    number, thread = await opened(desk)
    await write(desk, text, thread)
    [note] = await written(desk, number, 1)
    assert note.author == "note"
    assert (await desk.ticket(number)).state == "open"


async def test_a_reply_to_a_colleague_or_a_note_is_a_note(desk: DeskTown) -> None:
    number, thread = await opened(desk)
    first = await write(desk, "// спросим склад", thread)
    await write(desk, "да, спросим", thread, reply_to=first.id)
    answer = await write(desk, "Мы проверяем", thread)
    await write(desk, "верно ответил", thread, reply_to=answer.id)
    found = await written(desk, number, 4)
    assert [each.author for each in found] == ["note", "note", "operator", "note"]


async def asked_for(desk: DeskTown, name: str, sign: str, number: int, thread: int) -> Message:
    """The question that a button of the card puts into the topic."""
    card = (await desk.in_topic(thread))[0]
    await desk.operator.press_data(press(name, number), card.id, chat=desk.chat)
    return await desk.operator.eventually(lambda each: each.text.startswith(sign), chat=desk.chat)


async def test_a_newer_question_voids_the_older_one(desk: DeskTown) -> None:
    other = (await desk.ask("Второе")).number
    number, thread = await opened(desk)
    stale = await asked_for(desk, "desk.merge", MERGE, number, thread)
    newest = await asked_for(desk, "desk.docs", DOCUMENTS, number, thread)
    await write(desk, str(other), thread, reply_to=stale.id)
    [kept] = await written(desk, number, 1)
    assert (kept.author, kept.text) == ("note", str(other))
    assert (await desk.ticket(number)).merged_into is None
    void = plain(outdated(t_of("ru")))
    await desk.operator.eventually(lambda each: void in each.text, chat=desk.chat)
    await write(desk, "Снимок экрана", thread, reply_to=newest.id)
    found = await written(desk, number, 2)
    assert (found[1].kind, found[1].text) == ("documents", "Снимок экрана")


async def test_a_question_is_given_up_by_a_word(desk: DeskTown) -> None:
    number, thread = await opened(desk)
    question = await asked_for(desk, "desk.docs", DOCUMENTS, number, thread)
    word = t_of("ru").button("Cancel")
    assert word in question.text
    # The bar of the reply shows only to whom the text mentions.
    mentioned = [each["user"]["id"] for each in question.raw["entities"] if "user" in each]
    assert mentioned == [desk.operator.id]
    await write(desk, word.lower(), thread, reply_to=question.id)
    told = plain(cancelled(t_of("ru")))
    await desk.operator.eventually(lambda each: each.text == told, chat=desk.chat)
    assert await _of_desk(desk, number) == []


async def test_a_reply_to_the_users_message_or_the_card_is_an_answer(desk: DeskTown) -> None:
    number, thread = await opened(desk)
    card, theirs = await desk.in_topic(thread)
    await write(desk, "Смотрим", thread, reply_to=theirs.id)
    await write(desk, "Исправили", thread, reply_to=card.id)
    found = await written(desk, number, 2)
    assert [each.author for each in found] == ["operator", "operator"]


async def test_note_mode_keeps_everything_until_it_is_ended(desk: DeskTown) -> None:
    number, thread = await opened(desk)
    await tap_card(desk, thread, "desk.note", number, 1)
    t = t_of("ru")
    prompt = await desk.operator.eventually(
        lambda each: (
            said(t, "Ticket No. {number}: from now on").split("{")[0][:6] in each.text
            and each.text.startswith("\N{LOCK}")
        ),
        chat=desk.chat,
    )
    await write(desk, "между нами", thread)
    await write(desk, "и это", thread, reply_to=prompt.id)
    found = await written(desk, number, 2)
    assert [each.author for each in found] == ["note", "note"]
    await desk.mirror.drain()
    await tap_card(desk, thread, "desk.note", number, 0)
    await until_note_mode(desk, number, on=False)
    await write(desk, "а это ответ", thread)
    assert (await written(desk, number, 3))[-1].author == "operator"
    # A late reply to the question is still a note.
    await write(desk, "поздно", thread, reply_to=prompt.id)
    assert (await written(desk, number, 4))[-1].author == "note"


async def until_note_mode(desk: DeskTown, number: int, *, on: bool) -> None:
    async def so() -> bool:
        actor = await desk.town.actor(desk.operator)
        topic = await desk.town.services.desk.topic_of(actor, number)
        return topic is not None and topic.note_mode is on

    await until(so)


async def tap_card(desk: DeskTown, thread: int, name: str, *ids: int | str) -> str:
    """Press a button of the topic's card."""
    data = press(name, *ids)
    card = next(
        each
        for each in await desk.in_topic(thread)
        if any(button.data == data for button in each.buttons)
    )
    return await desk.operator.press_data(data, card.id, chat=desk.chat)


async def test_a_long_note_cut_by_the_app_stays_a_note(desk: DeskTown) -> None:
    number, thread = await opened(desk)
    await write(desk, "// " + "тайна " * 1000, thread)
    found = await written(desk, number, 2)
    assert {each.author for each in found} == {"note"}
    desk.town.clock.advance(timedelta(minutes=1))
    await write(desk, "Ответ", thread)
    assert (await written(desk, number, 3))[-1].author == "operator"


async def test_a_voice_goes_to_the_user_and_a_forward_does_not(desk: DeskTown) -> None:
    number, thread = await opened(desk)
    form = {"message_thread_id": thread}
    await send_file(desk, desk.operator, "voice", b"OggS voice", form)
    [answer] = await written(desk, number, 1)
    assert answer.author == "operator"
    assert answer.files[0].kind == "voice"


async def send_file(
    desk: DeskTown, person: Person, kind: str, content: bytes, more: Mapping[str, object]
) -> None:
    form = aiohttp.FormData()
    for name, value in {"from": person.id, "kind": kind, **more}.items():
        form.add_field(name, str(value))
    form.add_field("file", content, filename="f.bin", content_type="application/octet-stream")
    await desk.town.sandbox.request("POST", f"chats/{desk.chat}/messages", form=form)


async def test_an_album_is_an_answer_only_when_its_first_words_say_so(desk: DeskTown) -> None:
    number, thread = await opened(desk)
    for album, captions in {"a": ["", "// тайна"], "b": ["// тайна", ""], "c": ["Вот", ""]}.items():
        for caption in captions:
            more = {"message_thread_id": thread, "media_group_id": album, "caption": caption}
            await send_file(desk, desk.operator, "document", b"%PDF", more)
    found = await written(desk, number, 6)
    assert [each.author for each in found] == ["note"] * 4 + ["operator"] * 2


async def test_whoever_is_no_operator_is_told_and_nothing_goes_out(desk: DeskTown) -> None:
    number, thread = await opened(desk)
    guest = await desk.town.person("Гость", role=Role.OBSERVER)
    # The sandbox has no way in for them; with Telegram the owner of the group opens it.
    desk.world.chats[desk.chat].members.append(guest.id)
    await guest.say("Я отвечу!", chat=desk.chat, thread=thread)
    await desk.admin.eventually(
        lambda each: each.text.startswith(said(t_of("ru"), "Only operators of support")),
        chat=desk.chat,
    )
    assert await _of_desk(desk, number) == []


async def test_general_is_answered_once_and_goes_nowhere(desk: DeskTown) -> None:
    number, _ = await opened(desk)
    await desk.operator.say("Всем привет", chat=desk.chat)
    await desk.operator.say("Заказы", chat=desk.chat)
    await desk.operator.say("/menu", chat=desk.chat)
    helped = said(t_of("ru"), "What is written here goes to nobody.")
    await desk.operator.eventually(lambda each: each.text.startswith(helped), chat=desk.chat)
    await settled(desk)
    by_bot = [each for each in await desk.admin.messages(desk.chat) if each.by_bot]
    assert sum(each.text.startswith(helped) for each in by_bot) == 1
    assert await _of_desk(desk, number) == []
    assert not (await desk.admin.look(desk.chat))["reply_keyboard"]


async def settled(desk: DeskTown) -> None:
    async def quiet() -> bool:
        return not desk.world.updates.pending

    await until(quiet)


async def test_an_edit_follows_to_the_user(desk: DeskTown) -> None:
    number, thread = await opened(desk)
    sent = await write(desk, "Обновите страницу", thread)
    await written(desk, number, 1)
    await desk.operator.edit(sent, "Обновите страницу и войдите снова")

    async def followed() -> bool:
        return "снова" in (await _of_desk(desk, number))[0].text

    await until(followed)
    await desk.operator.edit(sent, "// ошибся")
    await desk.operator.eventually(
        lambda each: each.text.startswith(said(t_of("ru"), "The user has the answer as it was.")),
        chat=desk.chat,
    )
    assert "снова" in (await _of_desk(desk, number))[0].text


async def test_a_note_stays_one_whatever_it_is_edited_into(desk: DeskTown) -> None:
    number, thread = await opened(desk)
    sent = await write(desk, "// он уже звонил", thread)
    await written(desk, number, 1)
    await desk.operator.edit(sent, "Он уже звонил")

    async def followed() -> bool:
        return (await _of_desk(desk, number))[0].text == "Он уже звонил"

    await until(followed)
    [note] = await _of_desk(desk, number)
    assert note.author == "note"
    user = await desk.town.actor(desk.user)
    seen = await desk.town.services.support.ticket(user, number)
    assert "звонил" not in repr(seen)
    assert not [each for each in await desk.user.messages() if "звонил" in each.text]


async def test_words_that_outgrow_a_caption_come_in_a_message(desk: DeskTown) -> None:
    file = BufferedInputFile(b"%PDF", "a.pdf")
    sent = await desk.town.bot.send_document(desk.user.id, file, caption="Вот инструкция")
    for words in ("Вот она", "шаг " * 300):
        text = escape(words)
        await replace_copy(desk.town.bot, desk.user.id, sent.message_id, text, None)
    *_, copy, more = await desk.user.messages()
    assert copy.raw["caption"] == "Вот она"
    assert more.text.count("шаг") == 300


async def test_an_answer_in_a_topic_that_is_gone_is_taken_all_the_same(desk: DeskTown) -> None:
    number, thread = await opened(desk)
    await write(desk, "Ответ", thread)
    await desk.town.bot.delete_forum_topic(desk.chat, thread)

    [answer] = await written(desk, number, 1)
    assert answer.author == "operator"
    await desk.mirror.drain()
    new = await desk.thread(number)
    assert new != thread
    assert any("Ответ" in each.text for each in await desk.in_topic(new))


async def test_buttons_of_the_card(desk: DeskTown) -> None:
    number, thread = await opened(desk)
    await tap_card(desk, thread, "desk.take", number)

    async def taken() -> bool:
        return (await desk.ticket(number)).line.assignee == "Оператор Мұрат"

    await until(taken)
    await desk.mirror.drain()
    await tap_card(desk, thread, "desk.docs", number)
    prompt = await desk.operator.eventually(
        lambda each: each.text.startswith("\N{PAPERCLIP}"), chat=desk.chat
    )
    await write(desk, "Пришлите снимок экрана", thread, reply_to=prompt.id)
    [asked] = await written(desk, number, 1)
    assert (asked.author, asked.kind) == ("operator", "documents")
    assert (await desk.ticket(number)).state == "waiting"


async def test_two_write_at_once(desk: DeskTown) -> None:
    number, thread = await opened(desk)
    actor = await desk.town.actor(desk.user)
    await asyncio.gather(
        desk.town.services.support.add(actor, number, "Ещё одно"),
        write(desk, "Уже чиним", thread),
        desk.mirror.drain(),
    )
    await written(desk, number, 1)
    await desk.mirror.drain()
    texts = [each.text for each in await desk.in_topic(thread)]
    assert sum("Ещё одно" in text for text in texts) == 1
    assert sum("Уже чиним" in text for text in texts) == 1


async def test_an_anonymous_admin_reaches_nobody(desk: DeskTown) -> None:
    number, thread = await opened(desk)
    chat = {"id": desk.chat, "type": "supergroup", "title": "Поддержка", "is_forum": True}
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    body = {
        "message_id": 999_999,
        "date": 1_795_000_000,
        "chat": chat,
        "from": anonymous,
        "sender_chat": chat,
        "is_topic_message": True,
        "message_thread_id": thread,
        "text": "Ответ без имени",
    }
    update = Update.model_validate({"update_id": 9_000_001, "message": body})
    await desk.town.dispatcher.feed_update(desk.town.bot, update)
    [kept] = await _of_desk(desk, number)
    assert (kept.author, kept.person_id) == ("note", None)
    told = said(t_of("ru"), "It is not known who wrote this")
    assert any(each.text.startswith(told) for each in await desk.in_topic(thread))

"""Hard moments of the mirror: killed between two steps, thrown out, moved, refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
)
from aiogram.methods import DeleteForumTopic, SendMessage, SendVoice
from aiohttp import ClientConnectorError
from sqlalchemy import select

from bot.desk.mirror import Mirror
from bot.desk.refusals import meaning
from bot.telegram.gateway import Gateway
from domain.actor import Actor
from domain.errors import NotFound
from domain.notices.model import Notice
from domain.support.mirror import Desk
from domain.support.mirror_rows import DeskRows
from domain.support.model import DeskGroup, DeskTopic
from domain.support.views import NewFile, Origin
from tests.support.desk import DeskTown
from tests.support.factories import next_cause


class Killed(BaseException):
    """The process is gone: nothing in it catches this."""


def system() -> Actor:
    return Actor.system(next_cause(), source="telegram")


@pytest.mark.parametrize("step", ["made", "carded", "posted", "shown", "titled", "shut", "done"])
async def test_killed_between_a_step_and_its_record(
    desk: DeskTown, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """At most that one step is done again; after it the topic shows everything in order."""
    view = await desk.ask("Первое")
    user = await desk.town.actor(desk.user)
    await desk.town.services.support.add(user, view.number, "Второе")
    if step == "titled":
        await desk.mirror.drain()
        desk.town.clock.set(view.line.promised_at - timedelta(minutes=10))
    if step == "shut":
        await desk.mirror.drain()
        operator = await desk.town.actor(desk.operator)
        await desk.town.services.support.close(operator, view.number, "answered", "Готово")

    dying = Mirror(desk.town.bot, desk.town.services)

    async def killed(*_: Any, **__: Any) -> None:
        raise Killed

    monkeypatch.setattr(dying._rows, step, killed)
    with pytest.raises(Killed):
        await dying.drain()
    # The next owner takes over what the one before had in hand.
    await desk.mirror._rows.free()
    await desk.mirror.drain()
    thread = await desk.thread(view.number)
    texts = [each.text for each in await desk.in_topic(thread)]
    said = [text for text in texts if "#" in text]
    numbers = [text.split("#")[1].split(" ")[0] for text in said]
    assert numbers == sorted(numbers)
    assert len(numbers) - len(set(numbers)) <= (1 if step == "posted" else 0)
    assert "Первое" in " ".join(said)
    assert "Второе" in " ".join(said)
    await desk.mirror.drain()
    async with desk.town.site.sessions() as session:
        topic = (await session.scalars(select(DeskTopic))).one()
    assert topic.behind_since is None
    assert topic.closed is (step == "shut")


async def test_tickets_are_shared_among_groups(desk: DeskTown) -> None:
    other = await desk.add_group("Вторая")
    for number in range(4):
        await desk.ask(f"Вопрос {number}")
    await desk.mirror.drain()
    assert len(await desk.topics()) == 2
    assert len(await desk.topics(other)) == 2


async def test_a_group_that_is_off_hands_its_tickets_over(desk: DeskTown) -> None:
    view = await desk.ask("Первое")
    await desk.mirror.drain()
    other = await desk.add_group("Вторая")
    admin = await desk.town.actor(desk.admin)
    await desk.town.services.desk.off(admin, desk.chat)
    await desk.mirror.drain()
    [topic] = await desk.topics(other)
    assert str(topic["name"]).startswith(f"{view.number} - ")
    texts = [m.text for m in await desk.in_topic(await desk.thread(view.number), other)]
    assert any("Первое" in text for text in texts)


@pytest.mark.parametrize("refusal", ["not enough rights to manage topics", "CHAT_ADMIN_REQUIRED"])
async def test_rights_that_are_gone_make_a_group_lost(
    desk: DeskTown, monkeypatch: pytest.MonkeyPatch, refusal: str
) -> None:

    await desk.ask("Первое")
    real = desk.town.bot.create_forum_topic

    async def refused(chat_id: int, name: str) -> Any:
        if chat_id == desk.chat:
            raise TelegramBadRequest(SendMessage(chat_id=1, text=""), refusal)
        return await real(chat_id, name)

    monkeypatch.setattr(desk.town.bot, "create_forum_topic", refused)
    other = await desk.add_group("Вторая")
    await desk.town.services.desk.off(await desk.town.actor(desk.admin), other)
    await desk.mirror.drain()
    async with desk.town.site.sessions() as session:
        group = await session.get_one(DeskGroup, desk.chat)
        told = (await session.scalars(select(Notice).where(Notice.kind == "desk.lost"))).all()
    assert group.state == "lost"
    # The head knows, once, that no other group is left.
    admin = await desk.town.actor(desk.admin)
    assert [(each.person_id, each.params["groups"]) for each in told] == [(admin.person_id, 0)]
    assert await desk.topics() == []
    await desk.town.services.desk.add(
        (await desk.town.actor(desk.admin)).because(next_cause()), other, "Вторая", "kk"
    )
    await desk.mirror.drain()
    assert len(await desk.topics(other)) == 1


async def test_a_group_with_a_new_id_is_followed(desk: DeskTown) -> None:
    view = await desk.ask("Первое")
    await desk.mirror.drain()
    new = await desk.town.sandbox.group("Новая", [desk.admin, desk.operator], is_forum=True)
    assert await Desk(desk.town.site).moved(system(), desk.chat, new)
    await desk.mirror.drain()
    [topic] = await desk.topics(new)
    assert str(topic["name"]).startswith(f"{view.number} - ")
    async with desk.town.site.sessions() as session:
        assert await session.get(DeskGroup, desk.chat) is None


async def test_telegram_tells_of_the_new_id_when_the_old_is_used(
    desk: DeskTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message about it may have been lost: the first refused call names the new group."""
    new = await desk.town.sandbox.group("Новая", [desk.admin, desk.operator], is_forum=True)
    real = desk.town.bot.create_forum_topic

    async def refused(chat_id: int, name: str) -> Any:
        if chat_id == desk.chat:
            gone = SendMessage(chat_id=chat_id, text="")
            raise TelegramMigrateToChat(gone, "group chat was upgraded", migrate_to_chat_id=new)
        return await real(chat_id, name)

    monkeypatch.setattr(desk.town.bot, "create_forum_topic", refused)
    view = await desk.ask("Первое")
    await desk.mirror.drain()
    desk.town.clock.advance(timedelta(seconds=2))
    await desk.mirror.drain()
    [topic] = await desk.topics(new)
    assert str(topic["name"]).startswith(f"{view.number} - ")


async def test_one_group_told_to_wait_does_not_hold_the_others_up(
    desk: DeskTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await desk.add_group("Вторая")
    real = desk.town.bot.create_forum_topic

    async def refused(chat_id: int, name: str) -> Any:
        if chat_id == desk.chat:
            raise TelegramRetryAfter(SendMessage(chat_id=chat_id, text=""), "wait", 600)
        return await real(chat_id, name)

    monkeypatch.setattr(desk.town.bot, "create_forum_topic", refused)
    for number in range(4):
        await desk.ask(f"Вопрос {number}")
    await desk.mirror.drain()
    assert (len(await desk.topics()), len(await desk.topics(other))) == (0, 2)


async def test_a_topic_closed_by_hand_is_opened_for_what_comes(
    desk: DeskTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the bot may not write into a closed one."""
    view = await desk.ask("Первое")
    await desk.mirror.drain()
    thread = await desk.thread(view.number)
    await desk.town.bot.close_forum_topic(desk.chat, thread)
    real = Gateway.__call__

    async def strict(gateway: Gateway, make: Any, bot: Any, method: Any) -> Any:
        closed = (await desk.topics())[0]["closed"]
        if closed and isinstance(method, SendMessage) and method.message_thread_id == thread:
            raise TelegramBadRequest(method, "Bad Request: TOPIC_CLOSED")
        return await real(gateway, make, bot, method)

    monkeypatch.setattr(Gateway, "__call__", strict)
    user = await desk.town.actor(desk.user)
    await desk.town.services.support.add(user, view.number, "Второе")
    await desk.mirror.drain()
    assert "Второе" in (await desk.in_topic(thread))[-1].text


async def test_a_file_that_telegram_refuses_does_not_hold_the_topic_up(desk: DeskTown) -> None:
    wrong = NewFile("voice", "voice.ogg", "audio/ogg", 10, 3, telegram_file_id="no such id")
    view = await desk.ask("Слушайте", wrong)
    user = await desk.town.actor(desk.user)
    await desk.town.services.support.add(user, view.number, "Дальше")
    await desk.mirror.drain()
    texts = [each.text for each in await desk.in_topic(await desk.thread(view.number))]
    assert any("Слушайте" in text for text in texts)
    assert "Дальше" in texts[-1]


async def test_a_file_of_the_store_is_shown(desk: DeskTown) -> None:
    sha256 = await desk.town.site.files.put(b"%PDF-1.4")
    kept = NewFile("document", "a.pdf", "application/pdf", 8, sha256=sha256)
    view = await desk.ask("Смотрите", kept)
    await desk.mirror.drain()
    shown = (await desk.in_topic(await desk.thread(view.number)))[-1]
    assert shown.kind == "document"
    assert shown.file_id is not None
    assert await desk.town.sandbox.content(shown.file_id) == b"%PDF-1.4"


@pytest.mark.clause("366-21.3")
@pytest.mark.parametrize("reached", [True, False])
async def test_no_copy_of_a_recording_is_left_that_nobody_knows_of(
    desk: DeskTown, monkeypatch: pytest.MonkeyPatch, reached: bool
) -> None:
    """Sent, but the answer got lost: the topic goes with it. Never sent: the topic stays."""
    kept = desk.world.keep_file("voice", b"OggS", mime_type="audio/ogg", duration=1)
    view = await desk.ask("Слушайте")
    await desk.mirror.drain()
    old = await desk.thread(view.number)
    real = Gateway.__call__

    async def deaf(gateway: Gateway, make: Any, bot: Any, method: Any) -> Any:
        if not isinstance(method, SendVoice):
            return await real(gateway, make, bot, method)
        if reached:
            await real(gateway, make, bot, method)
            raise TelegramNetworkError(method, "Request timeout error") from TimeoutError()
        nobody = ClientConnectorError(Mock(), OSError("refused"))
        raise TelegramNetworkError(method, "ClientConnectorError") from nobody

    with monkeypatch.context() as patch:
        patch.setattr(Gateway, "__call__", deaf)
        user = await desk.town.actor(desk.user)
        voice = NewFile("voice", "v.ogg", "audio/ogg", 4, 1, telegram_file_id=kept.id)
        await desk.town.services.support.add(user, view.number, "", [voice])
        await desk.mirror.drain()
    desk.town.clock.advance(timedelta(minutes=1))
    await desk.mirror.drain()
    new = await desk.thread(view.number)
    assert (new == old) is not reached
    voices = [each for each in await desk.admin.messages(desk.chat) if each.kind == "voice"]
    assert [each.raw["message_thread_id"] for each in voices] == [new]
    assert "Слушайте" in " ".join(each.text for each in await desk.in_topic(new))


@pytest.mark.clause("366-21.3")
async def test_a_copy_that_could_not_be_taken_away_stays_in_doubt(
    desk: DeskTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The act of destruction names it: without the right to delete, a second copy is posted."""
    kept = desk.world.keep_file("voice", b"OggS", mime_type="audio/ogg", duration=1)
    view = await desk.ask("Слушайте")
    await desk.mirror.drain()
    real = Gateway.__call__
    lost: list[SendVoice] = []

    async def deaf(gateway: Gateway, make: Any, bot: Any, method: Any) -> Any:
        if isinstance(method, DeleteForumTopic):
            raise TelegramBadRequest(method, "Bad Request: not enough rights to delete a topic")
        done = await real(gateway, make, bot, method)
        if isinstance(method, SendVoice) and not lost:
            lost.append(method)
            raise TelegramNetworkError(method, "Request timeout error") from TimeoutError()
        return done

    monkeypatch.setattr(Gateway, "__call__", deaf)
    user = await desk.town.actor(desk.user)
    voice = NewFile("voice", "v.ogg", "audio/ogg", 4, 1, telegram_file_id=kept.id)
    said = await desk.town.services.support.add(user, view.number, "", [voice])
    await desk.mirror.drain()
    desk.town.clock.advance(timedelta(minutes=1))
    await desk.mirror.drain()
    voices = [each for each in await desk.admin.messages(desk.chat) if each.kind == "voice"]
    assert len(voices) == 2
    rows = DeskRows(desk.town.site)
    assert await rows.in_doubt(said.messages[-1].id, desk.chat)


async def test_an_edit_is_followed_into_the_topic(desk: DeskTown) -> None:
    user = await desk.town.actor(desk.user)

    support = desk.town.services.support
    view = await support.open(user, "chat", "Не тот заказ", origin=Origin(desk.user.id, 77))
    await desk.mirror.drain()
    again = (await desk.town.actor(desk.user)).because(next_cause())
    await support.edited(again, desk.user.id, 77, "Тот самый заказ")
    await desk.mirror.drain()
    shown = (await desk.in_topic(await desk.thread(view.number)))[-1]
    assert "Тот самый заказ" in shown.text
    assert "#" in shown.text


@pytest.mark.parametrize(("before", "after"), [(1, 3), (3, 1), (3, 3)])
async def test_an_edit_of_a_long_text_is_followed_whole(
    desk: DeskTown, before: int, after: int
) -> None:
    """However many posts it takes: none keeps a piece of the old words."""
    user, support = await desk.town.actor(desk.user), desk.town.services.support
    origin = Origin(desk.user.id, 77)
    view = await support.open(user, "chat", "старое " * 500 * before, origin=origin)
    await desk.mirror.drain()
    await support.edited(
        user.because(next_cause()), origin.chat_id, origin.message_id, "новое " * 600 * after
    )
    await desk.mirror.drain()
    await support.add(user.because(next_cause()), view.number, "И ещё")
    await desk.mirror.drain()
    _, *said = await desk.in_topic(await desk.thread(view.number))
    assert len(said) == after + 1
    texts = " ".join(each.text for each in said)
    assert texts.count("новое") == 600 * after
    assert "старое" not in texts


async def test_a_closed_ticket_closes_its_topic_and_opens_it_again(desk: DeskTown) -> None:
    view = await desk.ask()
    await desk.mirror.drain()
    operator = await desk.town.actor(desk.operator)
    support = desk.town.services.support
    await support.close(operator, view.number, "answered", "Готово")
    await desk.mirror.drain()
    assert [each["closed"] for each in await desk.topics()] == [True]
    await support.reopen(operator.because(next_cause()), view.number)
    await desk.mirror.drain()
    assert [each["closed"] for each in await desk.topics()] == [False]


async def test_only_the_system_may_say_that_a_group_is_lost(desk: DeskTown) -> None:

    actor = await desk.town.actor(desk.operator)
    with pytest.raises(NotFound):
        await desk.town.services.desk.lost(actor, desk.chat, "no")


def test_a_timeout_says_nothing_of_a_topic() -> None:
    assert meaning(TimeoutError()) == "other"


async def test_a_topic_made_anew_begins_with_the_last_messages(desk: DeskTown) -> None:
    """But nothing that was never shown is left out."""
    view = await desk.ask("Первое")
    support, operator = desk.town.services.support, await desk.town.actor(desk.operator)
    for number in range(30):
        await support.note(operator.because(next_cause()), view.number, f"Заметка {number}.")
    await desk.mirror.drain()
    await desk.town.bot.delete_forum_topic(desk.chat, await desk.thread(view.number))
    for number in range(30, 55):
        await support.note(operator.because(next_cause()), view.number, f"Заметка {number}.")
    await desk.mirror.drain()
    texts = "\n".join(each.text for each in await desk.in_topic(await desk.thread(view.number)))
    assert all(f"Заметка {number}." in texts for number in range(30, 55))
    assert "Заметка 20." not in texts
    await desk.town.bot.delete_forum_topic(desk.chat, await desk.thread(view.number))
    await support.note(operator.because(next_cause()), view.number, "Заметка последняя.")
    await desk.mirror.drain()
    shown = await desk.in_topic(await desk.thread(view.number))
    assert len(shown) == 21
    assert "Заметка последняя." in shown[-1].text


async def test_what_was_said_in_a_merged_ticket_stands_in_the_other_topic(desk: DeskTown) -> None:
    """Though all of it stands in the same group already: in a topic that is closed now."""
    first, second = await desk.ask("Первое"), await desk.ask("Второе")
    await desk.mirror.drain()
    support, operator = desk.town.services.support, await desk.town.actor(desk.operator)
    old = await desk.thread(second.number)
    sent = await desk.town.bot.send_message(desk.chat, "Ответ", message_thread_id=old)
    origin = Origin(desk.chat, sent.message_id)
    await support.answer(operator.because(next_cause()), second.number, "Ответ", origin=origin)
    await desk.mirror.drain()
    await support.merge(operator.because(next_cause()), second.number, first.number)
    await desk.mirror.drain()
    here = await desk.in_topic(await desk.thread(first.number))
    assert [sum(word in each.text for each in here) for word in ("Второе", "Ответ")] == [1, 1]
    user = await desk.town.actor(desk.user)
    await support.add(user.because(next_cause()), first.number, "Третье")
    await desk.mirror.drain()
    _, *said = await desk.in_topic(await desk.thread(first.number))
    texts = " ".join(each.text for each in said)
    assert [texts.count(word) for word in ("Первое", "Второе", "Ответ", "Третье")] == [1] * 4

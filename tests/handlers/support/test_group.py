"""How a group becomes a desk, and how it ceases to be one."""

from __future__ import annotations

import pytest
from aiogram.types import Update

from bot.sandbox.client import Message
from bot.sandbox.methods import chats
from domain.actor import Actor
from domain.roles import Role
from domain.support.mirror import GroupView
from tests.support.chat import Town, said, t_of
from tests.support.desk import DeskTown
from tests.support.waiting import until


async def group_of(town: Town, chat: int) -> GroupView | None:
    return await town.services.desk.group(Actor.system("test"), chat)


async def hears(desk: DeskTown, begins: str, chat: int, language: str = "ru") -> Message:
    text = said(t_of(language), begins)
    return await desk.admin.eventually(lambda each: text in each.text, chat=chat)


@pytest.mark.parametrize("language", ["ru", "kk"])
async def test_desk_in_a_language_and_off(desk: DeskTown, language: str) -> None:
    chat = await desk.town.sandbox.group("Новая", [desk.admin], is_forum=True)
    await hears(desk, "To make this group the support desk", chat)
    await desk.admin.say(f"/desk {language}", chat=chat)
    await hears(desk, "This group is the support desk", chat, language)
    found = await group_of(desk.town, chat)
    assert found is not None
    assert (found.state, found.language) == ("active", language)
    await desk.admin.say("/desk off", chat=chat)
    await hears(desk, "This group is the support desk no more. Its", chat, language)
    found = await group_of(desk.town, chat)
    assert found is not None
    assert found.state == "off"


async def test_what_is_missing_is_said(desk: DeskTown) -> None:
    chat = await desk.town.sandbox.group("Без тем", [desk.admin])
    await desk.admin.say("/desk", chat=chat)
    message = await hears(desk, "This group cannot be the support desk yet", chat)
    assert said(t_of("ru"), "• topics are switched off") in message.text
    assert await group_of(desk.town, chat) is None


@pytest.mark.clause("366-21.3")
async def test_a_bot_that_may_delete_nothing_cannot_keep_a_desk(
    desk: DeskTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A year later Telegram lets only such an administrator take copies of recordings out."""
    made = chats.administrator
    monkeypatch.setattr(
        chats, "administrator", lambda user: made(user) | {"can_delete_messages": False}
    )
    chat = await desk.town.sandbox.group("Без удаления", [desk.admin], is_forum=True)
    await desk.admin.say("/desk", chat=chat)
    message = await hears(desk, "This group cannot be the support desk yet", chat)
    assert said(t_of("ru"), "• the bot may not delete messages") in message.text
    assert await group_of(desk.town, chat) is None


async def test_only_an_admin_makes_a_desk(desk: DeskTown) -> None:
    chat = await desk.town.sandbox.group("Чужая", [desk.operator], is_forum=True)
    await desk.operator.say("/desk", chat=chat)
    refused = said(t_of("ru"), "Your role does not allow this.")
    await desk.operator.eventually(lambda each: refused in each.text, chat=chat)
    assert await group_of(desk.town, chat) is None


async def test_another_language_draws_the_cards_anew(desk: DeskTown) -> None:
    view = await desk.ask()
    await desk.mirror.drain()
    await desk.admin.say("/desk kk", chat=desk.chat)
    await hears(desk, "This group is the support desk", desk.chat, "kk")
    await desk.mirror.drain()
    card = (await desk.in_topic(await desk.thread(view.number)))[0]
    assert any(b.text == t_of("kk").button("Take") for b in card.buttons)


@pytest.mark.parametrize("status", ["left", "kicked", "member", "restricted admin"])
async def test_lost_rights_hand_the_tickets_over(desk: DeskTown, status: str) -> None:
    view = await desk.ask("Первое")
    await desk.mirror.drain()
    other = await desk.add_group("Вторая")
    new: dict[str, object] = {"user": desk.world.bot, "status": status}
    if status == "kicked":
        new["until_date"] = 0
    if status == "restricted admin":
        made = await desk.town.bot.get_chat_member(desk.chat, desk.town.bot.id)
        new = made.model_dump(mode="json", exclude_none=True) | {"can_manage_topics": False}
    body = {
        "chat": desk.world.chat_view(desk.world.chats[desk.chat]),
        "from": desk.world.people[desk.admin.id].user(),
        "date": desk.world.unix(),
        "old_chat_member": {"user": desk.world.bot, "status": "member"},
        "new_chat_member": new,
    }
    update = Update.model_validate({"update_id": 9_000_002, "my_chat_member": body})
    await desk.town.dispatcher.feed_update(desk.town.bot, update)
    found = await group_of(desk.town, desk.chat)
    assert found is not None
    assert found.state == "lost"
    await desk.mirror.drain()
    [topic] = await desk.topics(other)
    assert str(topic["name"]).startswith(f"{view.number} - ")


async def test_a_migrated_group_is_followed(desk: DeskTown) -> None:
    await desk.ask("Первое")
    await desk.mirror.drain()
    new = await desk.town.sandbox.group("Новая", [desk.admin], is_forum=True)
    body = {
        "message_id": 99_999,
        "date": desk.world.unix(),
        "chat": desk.world.chat_view(desk.world.chats[desk.chat]),
        "from": desk.world.people[desk.admin.id].user(),
        "migrate_to_chat_id": new,
    }
    update = Update.model_validate({"update_id": 9_000_003, "message": body})
    await desk.town.dispatcher.feed_update(desk.town.bot, update)
    assert await group_of(desk.town, desk.chat) is None
    await desk.mirror.drain()
    assert len(await desk.topics(new)) == 1


async def test_buttons_of_the_card_work_in_the_group(desk: DeskTown) -> None:
    """A ready answer is looked at before it goes; a stranger presses in vain."""
    support = desk.town.services.support
    admin = await desk.town.actor(desk.admin)
    canned = await support.add_canned(admin, "Обновить", "Бетті жаңартыңыз", "Обновите страницу")
    view = await desk.ask()
    await desk.mirror.drain()
    card = (await desk.in_topic(await desk.thread(view.number)))[0]
    number = view.number
    stranger = await desk.town.person("Чужой", role=Role.OBSERVER)
    desk.world.chats[desk.chat].members.append(stranger.id)
    pressed = await stranger.press_data(f"1:desk.take:{number}", card.id, chat=desk.chat)
    refused = await stranger.wait_answer(pressed)
    assert said(t_of("ru"), "Your role does not allow this.") in refused.text

    operator = desk.operator
    await operator.press_data(f"1:desk.canned:{number}", card.id, chat=desk.chat)
    show = f"1:desk.canned.show:{number}:{canned.id}"
    await operator.eventually(lambda m: any(b.data == show for b in m.buttons), chat=desk.chat)
    await operator.press_data(show, card.id, chat=desk.chat)
    send = f"1:desk.canned.send:{number}:{canned.id}"
    preview = await operator.eventually(
        lambda m: any(b.data == send for b in m.buttons), chat=desk.chat
    )
    assert "Обновите страницу" in preview.text
    assert (await desk.ticket(number)).state == "open"
    await operator.press_data(send, preview.id, chat=desk.chat)

    async def state(wanted: str) -> bool:
        return (await desk.ticket(number)).state == wanted

    await until(lambda: state("answered"))
    await operator.press_data(f"1:desk.close:{number}", card.id, chat=desk.chat)
    close = f"1:desk.close.as:{number}:answered"
    await operator.eventually(lambda m: any(b.data == close for b in m.buttons), chat=desk.chat)
    await operator.press_data(close, card.id, chat=desk.chat)
    await until(lambda: state("closed"))


async def test_a_dispute_and_an_incident_are_asked_for_in_words(desk: DeskTown) -> None:
    view = await desk.ask()
    await desk.mirror.drain()
    thread = await desk.thread(view.number)
    card = (await desk.in_topic(thread))[0]
    for name, sign, words in (
        ("dispute", "\N{SCALES}", "Спорят о сроке"),
        ("incident", "\N{WARNING SIGN}", "Не сохраняются предложения"),
    ):
        await desk.operator.press_data(f"1:desk.{name}:{view.number}", card.id, chat=desk.chat)
        asked = await desk.operator.eventually(
            lambda each, begins=sign: each.text.startswith(begins),  # type: ignore[misc] # how it is bound
            chat=desk.chat,
        )
        await desk.operator.say(words, chat=desk.chat, thread=thread, reply_to=asked.id)

    async def both() -> bool:
        found = await desk.ticket(view.number)
        return found.disputed == "Спорят о сроке" and found.incident is not None

    await until(both)
    texts = [each.text for each in (await desk.ticket(view.number)).messages]
    assert "Спорят о сроке" not in texts


@pytest.mark.parametrize("what", ["/notices", "/settings", "/me", "/menu", "/start", "/orders"])
async def test_nobody_reads_their_own_affairs_out_in_a_group(desk: DeskTown, what: str) -> None:
    """Whoever else is in the group would read them, too."""
    town, person = desk.town, desk.operator
    other = await town.sandbox.group("Завод", [desk.admin, person])
    for chat in (desk.chat, other):
        before = {each.id for each in await person.messages(chat)}
        await person.say(what, chat=chat)
        await town.settled()
        came = [each for each in await person.messages(chat) if each.id not in before]
        hint = said(t_of("ru"), "What is written here goes to nobody.")
        assert [each.text for each in came if each.by_bot and hint not in each.text] == []

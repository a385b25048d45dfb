"""Groups, forums, commands by scope, and what the bot says about itself."""

from __future__ import annotations

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramNotFound
from aiogram.methods import TelegramMethod
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    MenuButtonCommands,
    MenuButtonWebApp,
    WebAppInfo,
)

from bot.sandbox.client import Person, Sandbox
from tests.bot.sandbox.rig import fetch


def command(name: str) -> list[BotCommand]:
    return [BotCommand(command=name, description=name)]


async def test_a_forum(bot: Bot, aigul: Person, sandbox: Sandbox) -> None:
    ivan = await sandbox.person("Иван")
    forum = await sandbox.group("Қолдау", [aigul, ivan], is_forum=True)
    joined = (await fetch(bot))[-1].my_chat_member
    assert joined is not None
    assert joined.new_chat_member.status == "administrator"
    topic = await bot.create_forum_topic(forum, "Өтініш 1")
    thread = topic.message_thread_id
    sent = await bot.send_message(forum, "x", message_thread_id=thread)
    assert (sent.message_thread_id, sent.is_topic_message) == (thread, True)
    await ivan.say("answer", chat=forum, thread=thread)
    heard = (await fetch(bot))[-1].message
    assert heard is not None
    assert (heard.message_thread_id, heard.chat.is_forum) == (thread, True)
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(forum, "x", message_thread_id=999)
    await bot.edit_forum_topic(forum, thread, name="Өтініш 2")
    await bot.close_forum_topic(forum, thread)
    with pytest.raises(TelegramBadRequest, match="TOPIC_NOT_MODIFIED"):
        await bot.close_forum_topic(forum, thread)
    (shown,) = (await ivan.look(forum))["topics"]
    assert (shown["name"], shown["closed"]) == ("Өтініш 2", True)
    await bot.reopen_forum_topic(forum, thread)
    await bot.delete_forum_topic(forum, thread)
    assert await ivan.messages(forum) == []
    with pytest.raises(TelegramBadRequest, match="TOPIC_ID_INVALID"):
        await bot.edit_forum_topic(forum, thread, name="x")


async def test_a_plain_group_has_no_topics(bot: Bot, aigul: Person, sandbox: Sandbox) -> None:
    group = await sandbox.group("Топ", [aigul])
    with pytest.raises(TelegramBadRequest, match="the chat is not a forum"):
        await bot.create_forum_topic(group, "x")


async def test_chats_and_members(bot: Bot, aigul: Person, sandbox: Sandbox) -> None:
    stranger = await sandbox.person("Иван")
    group = await sandbox.group("Топ", [aigul])
    assert (await bot.get_chat(aigul.id)).first_name == "Айгүл"
    assert (await bot.get_chat(group)).title == "Топ"
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.get_chat(stranger.id)
    assert (await bot.get_chat_member(group, aigul.id)).status == "creator"
    assert (await bot.get_chat_member(group, stranger.id)).status == "left"
    assert (await bot.get_chat_member(group, bot.id)).status == "administrator"
    assert len(await bot.get_chat_administrators(group)) == 2
    assert await bot.get_chat_member_count(group) == 2
    assert (await bot.me()).username == "tapsyrys_bot"


async def test_commands_by_scope_and_language(bot: Bot, aigul: Person, sandbox: Sandbox) -> None:
    ivan = await sandbox.person("Иван", language="ru")
    await bot.set_my_commands(command("default"))
    assert await aigul.commands() == ["default"]
    everybody = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands(command("kazakh"), scope=everybody, language_code="kk")
    assert (await aigul.commands(), await ivan.commands()) == (["kazakh"], ["default"])
    own = BotCommandScopeChat(chat_id=aigul.id)
    await bot.set_my_commands(command("own"), scope=own)
    assert await aigul.commands() == ["own"]
    assert [each.command for each in await bot.get_my_commands(scope=own)] == ["own"]
    assert await bot.get_my_commands(scope=own, language_code="kk") == []
    await bot.delete_my_commands(scope=own)
    assert await aigul.commands() == ["kazakh"]
    with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_INVALID"):
        await bot.set_my_commands(command("Үлкен"))


async def test_name_descriptions_and_menu(bot: Bot, aigul: Person) -> None:
    await bot.set_my_description("Сипаттама", language_code="kk")
    await bot.set_my_description("Описание")
    assert (await bot.get_my_description(language_code="kk")).description == "Сипаттама"
    assert (await bot.get_my_description(language_code="en")).description == "Описание"
    await bot.set_my_short_description("x")
    assert (await bot.get_my_short_description()).short_description == "x"
    await bot.set_my_name("Тапсырыс")
    assert (await bot.get_my_name()).name == "Тапсырыс"
    with pytest.raises(TelegramBadRequest, match="too long"):
        await bot.set_my_short_description("x" * 121)
    assert isinstance(await bot.get_chat_menu_button(chat_id=aigul.id), MenuButtonCommands)
    app = MenuButtonWebApp(text="Ашу", web_app=WebAppInfo(url="https://example.kz"))
    await bot.set_chat_menu_button(chat_id=aigul.id, menu_button=app)
    assert (await aigul.look())["menu_button"]["type"] == "web_app"


class _Raw(TelegramMethod[bool]):
    __returning__ = bool
    __api_method__ = "sendDice"
    chat_id: int


class _Unknown(_Raw):
    __api_method__ = "sendNothing"


async def test_methods_not_worked(bot: Bot, aigul: Person) -> None:
    with pytest.raises(TelegramBadRequest, match="sandbox: method not implemented"):
        await bot(_Raw(chat_id=aigul.id))
    with pytest.raises(TelegramNotFound, match="method not found"):
        await bot(_Unknown(chat_id=aigul.id))

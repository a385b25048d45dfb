"""What the bot hears: fetching, webhooks, presses, edits, blocks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.sandbox.client import NothingCame, Person, Sandbox, SandboxError
from bot.sandbox.world import World
from domain.clock import ManualClock
from tests.bot.sandbox.rig import fetch
from tests.support.waiting import PATIENCE

KEYS = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="Растау", callback_data="v1:ok")]]
)


async def test_updates_stay_until_acknowledged(bot: Bot, aigul: Person) -> None:
    await aigul.say("one")
    await aigul.say("two")
    first = await bot.get_updates(limit=2)
    assert [each.message.text for each in first if each.message] == ["/start", "one"]
    assert first[1].update_id == first[0].update_id + 1
    again = await bot.get_updates(limit=2)
    assert [each.update_id for each in again] == [each.update_id for each in first]
    (rest,) = await bot.get_updates(offset=first[1].update_id + 1)
    assert rest.message is not None
    assert rest.message.text == "two"
    assert await bot.get_updates(offset=rest.update_id + 1) == []


async def test_a_negative_offset_keeps_the_newest(bot: Bot, aigul: Person) -> None:
    for text in ("one", "two", "three"):
        await aigul.say(text)
    (last,) = await bot.get_updates(offset=-1)
    assert last.message is not None
    assert last.message.text == "three"
    assert len(await bot.get_updates()) == 1


async def test_a_poll_wakes_at_once(bot: Bot, aigul: Person) -> None:
    await fetch(bot)
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await asyncio.sleep(0)
    await aigul.say("now")
    (update,) = await asyncio.wait_for(poll, PATIENCE)
    assert update.message is not None
    assert update.message.text == "now"


async def test_two_pollers_conflict(bot: Bot, aigul: Person, world: World) -> None:
    await fetch(bot)
    first = asyncio.create_task(bot.get_updates(timeout=30))
    before = world.updates.poll
    while world.updates.poll == before:  # noqa: ASYNC110  # the server runs in this loop
        await asyncio.sleep(0)
    second = asyncio.create_task(bot.get_updates(timeout=30))
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
        await asyncio.wait_for(first, PATIENCE)
    await aigul.say("x")
    assert len(await asyncio.wait_for(second, PATIENCE)) == 1


async def test_only_kinds_asked_for(bot: Bot, aigul: Person) -> None:
    await fetch(bot)
    await bot.get_updates(allowed_updates=["callback_query"])
    await aigul.say("unheard")
    assert await bot.get_updates() == []
    await bot.get_updates(allowed_updates=[])


async def test_a_press_is_answered_once_and_in_time(
    bot: Bot, aigul: Person, clock: ManualClock
) -> None:
    await bot.send_message(aigul.id, "card", reply_markup=KEYS)
    await fetch(bot)
    pressed = await aigul.press("Растау")
    (update,) = await fetch(bot)
    query = update.callback_query
    assert query is not None
    assert (query.id, query.data, query.from_user.id) == (pressed, "v1:ok", aigul.id)
    assert query.from_user.language_code == "kk"
    await bot.answer_callback_query(query.id, text="Қабылданды", show_alert=True)
    answer = await aigul.wait_answer(pressed)
    assert (answer.text, answer.show_alert) == ("Қабылданды", True)
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query(query.id)
    late = await aigul.press("Растау")
    clock.advance(timedelta(seconds=11))
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query(late)


async def test_stale_and_forged_presses(bot: Bot, aigul: Person) -> None:
    sent = await bot.send_message(aigul.id, "card", reply_markup=KEYS)
    await bot.edit_message_text("done", chat_id=aigul.id, message_id=sent.message_id)
    await fetch(bot)
    await aigul.press_data("v1:ok", sent.message_id)
    (update,) = await fetch(bot)
    assert update.callback_query is not None
    with pytest.raises(SandboxError, match="no button"):
        await aigul.press_data("v1:other", sent.message_id)
    await aigul.press_data("v1:other", sent.message_id, forged=True)
    (update,) = await fetch(bot)
    assert update.callback_query is not None
    assert update.callback_query.data == "v1:other"
    with pytest.raises(NothingCame, match="no such message"):
        await aigul.press("Растау")


async def test_edits_blocks_and_contacts(bot: Bot, aigul: Person, sandbox: Sandbox) -> None:
    said = await aigul.say("one /help")
    await aigul.edit(said, "two")
    await aigul.share_contact()
    other = await sandbox.person("Иван", phone="+77020000002")
    await aigul.share_contact(phone="+77020000002", user_id=other.id)
    await aigul.block()
    with pytest.raises(SandboxError, match="blocked"):
        await aigul.say("x")
    await aigul.start("inv_42")
    updates = (await fetch(bot))[1:]
    assert [each.event_type for each in updates] == [
        "message",
        "edited_message",
        "message",
        "message",
        "my_chat_member",
        "my_chat_member",
        "message",
    ]
    text, edited, own, foreign, banned, back, again = (each.event for each in updates)
    assert [each.type for each in text.entities] == ["bot_command"]  # type: ignore[attr-defined]  # Message
    assert edited.text == "two"  # type: ignore[attr-defined]  # Message
    assert own.contact.user_id == aigul.id  # type: ignore[attr-defined]  # Message
    assert own.contact.phone_number == "+77010000001"  # type: ignore[attr-defined]  # Message
    assert foreign.contact.user_id == other.id  # type: ignore[attr-defined]  # Message
    assert banned.new_chat_member.status == "kicked"  # type: ignore[attr-defined]  # update of a member
    assert back.new_chat_member.status == "member"  # type: ignore[attr-defined]  # update of a member
    assert again.text == "/start inv_42"  # type: ignore[attr-defined]  # Message


async def test_forwards_by_people_lose_the_buttons(bot: Bot, aigul: Person) -> None:
    sent = await bot.send_message(aigul.id, "card", reply_markup=KEYS)
    await fetch(bot)
    card = await aigul.find(lambda each: each.id == sent.message_id)
    await aigul.forward(card)
    (update,) = await fetch(bot)
    assert update.message is not None
    assert update.message.reply_markup is None
    assert update.message.forward_origin is not None


async def test_unread_marks(bot: Bot, aigul: Person, sandbox: Sandbox) -> None:
    for text in ("1", "2", "3"):
        sent = await bot.send_message(aigul.id, text)
    assert (await aigul.look())["unread"] == 3
    await bot.delete_message(aigul.id, sent.message_id)
    (line,) = await sandbox.request("GET", "chats")
    assert (line["unread"], line["last"]["text"]) == (2, "2")
    await aigul.read()
    assert (await aigul.look())["unread"] == 0


@dataclass
class Receiver:
    """A webhook that fails as often as told."""

    failures: int = 0
    got: list[dict[str, Any]] = field(default_factory=list)
    secrets: set[str | None] = field(default_factory=set)
    done: asyncio.Event = field(default_factory=asyncio.Event)
    wanted: int = 1

    async def handle(self, request: web.Request) -> web.Response:
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        if self.failures:
            self.failures -= 1
            return web.Response(status=500)
        self.got.append(await request.json())
        if len(self.got) >= self.wanted:
            self.done.set()
        return web.Response()


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[Receiver, str]]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.handle)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    yield receiver, str(server.make_url("/hook"))
    await server.close()


async def test_a_webhook_gets_updates_in_order_and_again_after_errors(
    bot: Bot, aigul: Person, world: World, receiver: tuple[Receiver, str]
) -> None:
    hook, url = receiver
    hook.failures, hook.wanted = 2, 4
    await bot.set_webhook(url, secret_token="s-1_x", max_connections=5)
    with pytest.raises(TelegramConflictError, match="while webhook is active"):
        await bot.get_updates()
    for text in ("one", "two", "three"):
        await aigul.say(text)
    await asyncio.wait_for(hook.done.wait(), PATIENCE)
    assert [each["message"]["text"] for each in hook.got] == ["/start", "one", "two", "three"]
    assert hook.secrets == {"s-1_x"}
    info = await bot.get_webhook_info()
    assert (info.url, info.max_connections) == (url, 5)
    assert info.last_error_message == ("Wrong response from the webhook: 500 Internal Server Error")
    while world.updates.pending:  # noqa: ASYNC110  # the courier runs in this loop
        await asyncio.sleep(0)
    await bot.delete_webhook()
    assert await bot.get_updates() == []


async def test_a_webhook_that_is_away_loses_nothing(
    bot: Bot, aigul: Person, receiver: tuple[Receiver, str]
) -> None:
    hook, url = receiver
    await bot.set_webhook("http://127.0.0.1:9/hook")
    await aigul.say("one")
    assert (await bot.get_webhook_info()).pending_update_count == 2
    hook.wanted = 2
    await bot.set_webhook(url)
    await asyncio.wait_for(hook.done.wait(), PATIENCE)
    assert [each["message"]["text"] for each in hook.got] == ["/start", "one"]


async def test_webhook_settings_refused(bot: Bot, aigul: Person) -> None:
    with pytest.raises(TelegramBadRequest, match="invalid webhook URL specified"):
        await bot.set_webhook("ftp://x")
    with pytest.raises(TelegramBadRequest, match="secret token contains unallowed characters"):
        await bot.set_webhook("http://127.0.0.1:9/", secret_token="a b")
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == []

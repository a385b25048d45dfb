"""The people's side: events, chats and files as the page uses them, and a whole aiogram bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiogram import Bot, Dispatcher, F, Router
from aiogram.filters import CommandStart
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
)
from aiohttp.test_utils import TestServer

from bot.sandbox.client import NothingCame, Person, Sandbox, SandboxError

KEYS = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="Растау", callback_data="v1:ok")]]
)


async def test_events_in_order(bot: Bot, aigul: Person, sandbox: Sandbox) -> None:
    version = (await aigul.look())["version"]
    sent = await bot.send_message(aigul.id, "one")
    await bot.send_chat_action(aigul.id, "typing")
    await bot.edit_message_text("two", chat_id=aigul.id, message_id=sent.message_id)
    await bot.delete_message(aigul.id, sent.message_id)
    page = await sandbox.request("GET", "events", query={"after": version})
    kinds = ["message", "chat_action", "edit", "delete"]
    assert [each["kind"] for each in page["events"]] == kinds
    assert [each["n"] for each in page["events"]] == list(range(version + 1, version + 5))
    assert page["version"] == version + 4
    shown = [each["message"]["text"] for each in page["events"] if "message" in each]
    assert shown == ["one", "two", "two"]


async def test_a_watcher_who_lost_track_learns_it_at_once(aigul: Person, sandbox: Sandbox) -> None:
    query = {"after": 10_000, "wait": 25}
    page = await asyncio.wait_for(sandbox.request("GET", "events", query=query), 20)
    assert page["events"] == []
    assert page["version"] < 10_000


async def test_waiting_tells_what_came_instead(bot: Bot, aigul: Person) -> None:
    await bot.send_message(aigul.id, "other", reply_markup=KEYS)
    with pytest.raises(NothingCame, match=r"'other' \['Растау'\]"):
        await aigul.wait_for(lambda each: each.has("wanted"), timeout_s=0)
    with pytest.raises(NothingCame, match="other"):
        await aigul.eventually(lambda each: each.has("wanted"), timeout_s=0)


async def test_wait_for_does_not_look_back(bot: Bot, aigul: Person) -> None:
    await bot.send_message(aigul.id, "one")
    await aigul.catch_up()
    with pytest.raises(NothingCame):
        await aigul.wait_for(lambda each: each.has("one"), timeout_s=0)
    assert (await aigul.eventually(lambda each: each.has("one"))).text == "one"


async def test_files_are_shown_or_saved(bot: Bot, aigul: Person, server: TestServer) -> None:
    sent = [
        await bot.send_document(aigul.id, BufferedInputFile(b"%PDF", "хаттама.pdf")),
        await bot.send_document(aigul.id, BufferedInputFile(b"<script>", "page.html")),
    ]
    ways = []
    async with aiohttp.ClientSession() as session:
        for message in sent:
            assert message.document is not None
            url = server.make_url(f"/sandbox/files/{message.document.file_id}")
            async with session.get(url) as answer:
                ways.append((answer.content_type, answer.headers["Content-Disposition"][:10]))
    assert ways == [("application/pdf", "inline; fi"), ("text/html", "attachment")]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "people", {"first_name": " "}, 400),
        ("POST", "people", {"name": "x"}, 400),
        ("GET", "chats/404", None, 404),
        ("POST", "chats/500000001/messages", {"from": 404, "text": "x"}, 404),
        ("POST", "chats/500000001/messages", {"from": "x", "text": "x"}, 400),
        ("POST", "chats/500000001/messages", {"from": 500000001}, 400),
        ("POST", "chats/500000001/press", {"from": 500000001, "message_id": 9, "data": "x"}, 404),
        ("DELETE", "chats/500000001/messages/9", {"from": 500000001}, 404),
        ("POST", "faults", {"kind": "rain"}, 400),
        ("POST", "chats", {"title": "x", "members": []}, 400),
    ],
)
async def test_refusals(
    sandbox: Sandbox, aigul: Person, method: str, path: str, body: dict[str, object], status: int
) -> None:
    assert aigul.id == 500_000_001
    with pytest.raises(SandboxError) as refused:
        await sandbox.request(method, path, body)
    assert refused.value.status == status


async def test_a_stranger_cannot_act_in_a_chat(sandbox: Sandbox, aigul: Person) -> None:
    ivan = await sandbox.person("Иван")
    said = await aigul.say("mine")
    with pytest.raises(SandboxError, match="403: not a member"):
        await ivan.say("x", chat=aigul.id)
    group = await sandbox.group("Топ", [aigul, ivan])
    theirs = await aigul.say("mine", chat=group)
    with pytest.raises(SandboxError, match="403: not this person's message"):
        await ivan.edit(theirs, "x")
    await aigul.delete(said)
    assert "mine" not in [each.text for each in await aigul.messages()]


@pytest.fixture
async def polling(bot: Bot) -> AsyncIterator[None]:
    """A small aiogram bot on long polling."""
    router = Router()

    @router.message(CommandStart(deep_link=True))
    @router.message(CommandStart())
    async def start(message: Message) -> None:
        await message.answer(f"<b>Сәлем</b> {message.text}", reply_markup=KEYS)

    @router.callback_query(F.data == "v1:ok")
    async def accept(query: CallbackQuery) -> None:
        await query.answer("Расталды")
        assert isinstance(query.message, Message)
        await query.message.edit_text("done")

    dispatcher = Dispatcher()
    dispatcher.include_router(router)
    task = asyncio.create_task(
        dispatcher.start_polling(bot, handle_signals=False, close_bot_session=False)
    )
    yield
    await dispatcher.stop_polling()
    await task


@pytest.mark.usefixtures("polling")
async def test_a_conversation_with_aiogram(aigul: Person) -> None:
    card = await aigul.wait_for(lambda each: each.has("Растау"))
    pressed = await aigul.press("Растау", card)
    assert (await aigul.wait_answer(pressed)).text == "Расталды"
    done = await aigul.wait_for(lambda each: each.text == "done")
    assert (done.id, done.buttons) == (card.id, [])
    await aigul.start("inv_1")
    assert (await aigul.wait_for(lambda each: each.has("inv_1"))).text == "Сәлем /start inv_1"

"""What goes over the line for a call, and what an answer means, whichever way it is made."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import (
    AnswerCallbackQuery,
    CreateChatInviteLink,
    EditMessageText,
    GetMe,
    SendMediaGroup,
    SendMessage,
    SendPhoto,
    SetMyCommands,
    TelegramMethod,
)
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    KeyboardButton,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.telegram.gateway import Gateway, make_bot, queued
from bot.telegram.limits import Limits
from bot.telegram.session import Receipt, SendText, number_of

_TOKEN = "1:" + "s" * 35
_BUTTONS = InlineKeyboardMarkup(
    inline_keyboard=[
        [InlineKeyboardButton(text="Ұсыныс беру", callback_data="1:order.offer:15")],
        [InlineKeyboardButton(text="Ашу", url="https://example.kz/?a=1&b=2")],
    ]
)
_MENU = ReplyKeyboardMarkup(
    keyboard=[[KeyboardButton(text="Мәзір"), KeyboardButton(text="☎️", request_contact=True)]],
    resize_keyboard=True,
    one_time_keyboard=False,
)
_SENT = {
    "message_id": 77,
    "date": 1_795_000_000,
    "chat": {"id": 5, "type": "private", "first_name": "A"},
    "text": "x",
}


class Telegram:
    """A server that keeps what it is sent and answers as it is told."""

    def __init__(self) -> None:
        self.given: list[tuple[str, str, dict[str, Any]]] = []
        self.status = 200
        self.answer: bytes = json.dumps({"ok": True, "result": _SENT}).encode()

    async def call(self, request: web.Request) -> web.Response:
        if request.content_type == "application/json":
            fields = json.loads(await request.read())
        else:
            fields = {
                name: (value.filename, value.file.read())
                if isinstance(value, web.FileField)
                else value
                for name, value in (await request.post()).items()
            }
        self.given.append((request.match_info["method"], request.content_type, fields))
        return web.Response(body=self.answer, status=self.status, content_type="application/json")


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


@pytest.fixture
async def base(telegram: Telegram) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", telegram.call)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    yield str(server.make_url("/")).rstrip("/")
    await server.close()


@pytest.fixture
async def bot(base: str) -> AsyncIterator[Bot]:
    made = make_bot(_TOKEN, base, Gateway(Limits(overall=1000, per_chat=1000, burst=1000)))
    yield made
    await made.session.close()


def _spelled(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields so that JSON and aiogram's form, where all is text, can be compared."""
    return {
        name: json.loads(value)
        if isinstance(value, str) and value[:1] in ("[", "{")
        else value
        if isinstance(value, (str, list, dict))
        else json.dumps(value)
        for name, value in fields.items()
    }


_CALLS: list[TelegramMethod[Any]] = [
    SendMessage(chat_id=5, text="Тапсырыс <b>№ 15</b> 😀"),
    SendMessage(chat_id=5, text="x", reply_markup=_BUTTONS, disable_notification=True),
    SendMessage(chat_id="@channel", text="x", reply_markup=_MENU, parse_mode=None),
    SendMessage(chat_id=5, text="x", reply_markup=ReplyKeyboardRemove(remove_keyboard=True)),
    SendMessage(chat_id=5, text="x", reply_markup=ForceReply(force_reply=True)),
    SendMessage(chat_id=5, text="x", parse_mode="MarkdownV2", message_thread_id=3),
    SendMessage(chat_id=5, text="x", link_preview_options=LinkPreviewOptions(is_disabled=False)),
    SendMessage(chat_id=5, text="x", reply_parameters=ReplyParameters(message_id=3)),
    SendMessage(chat_id=5, text="xy", entities=[MessageEntity(type="bold", offset=0, length=1)]),
    SendMessage(chat_id=5, text="x", something_new=[1, {"a": None, "b": 2}]),
    SendText(chat_id=5, text="x", reply_markup=_BUTTONS),
    EditMessageText(chat_id=5, message_id=2, text="x", reply_markup=_BUTTONS),
    AnswerCallbackQuery(callback_query_id="1", text="", show_alert=False),
    SendPhoto(chat_id=5, photo="FILE", caption="Сурет", reply_markup=_BUTTONS),
    SendMediaGroup(chat_id=5, media=[InputMediaPhoto(media="A"), InputMediaPhoto(media="B")]),
    SetMyCommands(commands=[BotCommand(command="start", description="Бастау")]),
    CreateChatInviteLink(chat_id=-5, expire_date=datetime(2027, 1, 1, tzinfo=UTC)),
    CreateChatInviteLink(chat_id=-5, expire_date=timedelta(days=400)),
    GetMe(),
]


async def test_json_says_what_a_form_would(base: str, bot: Bot, telegram: Telegram) -> None:
    telegram.answer = b'{"ok": false, "error_code": 400, "description": "none"}'
    telegram.status = 400
    async with Bot(
        _TOKEN, session=AiohttpSession(api=bot.session.api), default=bot.default
    ).context() as plain:
        for method in _CALLS:
            telegram.given.clear()
            for each in (bot, plain):
                with pytest.raises(TelegramBadRequest):
                    await each(method)
            (name, kind, fields), (plain_name, _, form) = telegram.given
            assert (name, kind) == (plain_name, "application/json")
            given, expected = _spelled(fields), _spelled(form)
            if "expire_date" in given:
                assert abs(int(given.pop("expire_date")) - int(expected.pop("expire_date"))) <= 2
            # aiogram's form leaves out what is false, and so does Telegram's idea of it.
            assert given == expected


async def test_files_go_as_a_form(bot: Bot, telegram: Telegram) -> None:
    sent = await bot(SendPhoto(chat_id=5, photo=BufferedInputFile(b"bytes", "a.png")))
    assert isinstance(sent, Message)
    ((name, kind, fields),) = telegram.given
    assert (name, kind) == ("sendPhoto", "multipart/form-data")
    attached = fields[fields["photo"].removeprefix("attach://")]
    assert attached == ("a.png", b"bytes")


async def test_of_a_text_of_the_queue_only_the_number_is_read(bot: Bot, telegram: Telegram) -> None:
    receipt = cast("object", await bot(SendText(chat_id=5, text="x")))
    message = await bot(SendMessage(chat_id=5, text="x"))
    assert isinstance(receipt, Receipt)
    assert isinstance(message, Message)
    assert (number_of(receipt), number_of(message), number_of(True)) == (77, 77, None)
    assert [name for name, *_ in telegram.given] == ["sendMessage", "sendMessage"]


_REFUSALS: list[tuple[int, dict[str, int], type[Exception]]] = [
    (429, {"retry_after": 100}, TelegramRetryAfter),
    (400, {"migrate_to_chat_id": -100}, TelegramMigrateToChat),
    (400, {}, TelegramBadRequest),
    (401, {}, TelegramUnauthorizedError),
    (403, {}, TelegramForbiddenError),
    (404, {}, TelegramNotFound),
    (418, {}, TelegramAPIError),
    (500, {}, TelegramServerError),
    (502, {}, TelegramServerError),
]
_NO_ANSWERS: list[tuple[int, bytes]] = [
    (200, b""),
    (200, b'{"ok": true, "result": {"message_id": 7'),
    (200, b'{"ok": true, "result": {"message_id": "many"}}'),
    (200, b'{"ok": true, "result": {}}'),
    (403, b"<html>Not by this proxy</html>"),
    (504, b"<html>Gateway Time-out</html>"),
]
# What stands before Telegram refuses in words of its own.
_PAGES: list[tuple[int, type[Exception]]] = [
    (429, TelegramRetryAfter),
    (500, TelegramServerError),
    (502, TelegramServerError),
    (503, TelegramServerError),
]


@pytest.mark.parametrize("kind", [SendText, SendMessage])
async def test_a_refusal_is_told_whatever_is_read_of_answers(
    bot: Bot, telegram: Telegram, kind: type[SendMessage]
) -> None:
    for chat, (status, parameters, error) in enumerate(_REFUSALS, 5):
        refused = {"ok": False, "error_code": status, "description": "why"}
        telegram.status = status
        telegram.answer = json.dumps({**refused, "parameters": parameters}).encode()
        with queued(), pytest.raises(error, match="why") as raised:
            await bot(kind(chat_id=chat, text="x"))
        assert type(raised.value) is error


@pytest.mark.parametrize("kind", [SendText, SendMessage])
async def test_an_answer_that_is_none_may_have_been_a_success(
    bot: Bot, telegram: Telegram, kind: type[SendMessage]
) -> None:
    for chat, (telegram.status, telegram.answer) in enumerate(_NO_ANSWERS, 5):
        with pytest.raises(ClientDecodeError):
            await bot(kind(chat_id=chat, text="x"))


@pytest.mark.parametrize("parameters", [{}, {"retry_after": 0}])
async def test_too_much_without_a_time_is_waited_out_all_the_same(
    bot: Bot, telegram: Telegram, parameters: dict[str, int]
) -> None:
    telegram.status = 429
    refused = {"ok": False, "error_code": 429, "description": "why", "parameters": parameters}
    telegram.answer = json.dumps(refused).encode()
    with queued(), pytest.raises(TelegramRetryAfter, match="why") as raised:
        await bot(SendText(chat_id=5, text="x"))
    assert raised.value.retry_after > 0


@pytest.mark.parametrize("kind", [SendText, SendMessage])
@pytest.mark.parametrize("page", [b"<html>Bad Gateway</html>", b"", b'{"detail": "no"}'])
async def test_a_page_instead_of_an_answer_is_told_by_its_status(
    bot: Bot, telegram: Telegram, kind: type[SendMessage], page: bytes
) -> None:
    telegram.answer = page
    for chat, (telegram.status, error) in enumerate(_PAGES, 5):
        with queued(), pytest.raises(error) as raised:
            await bot(kind(chat_id=chat, text="x"))
        assert type(raised.value) is error
        if isinstance(raised.value, TelegramRetryAfter):
            assert raised.value.retry_after > 0


async def test_nobody_there_and_no_answer_are_errors_of_the_network(
    bot: Bot, unused_tcp_port: int
) -> None:
    away = make_bot(_TOKEN, f"http://127.0.0.1:{unused_tcp_port}", Gateway())
    with pytest.raises(TelegramNetworkError):
        await away(SendText(chat_id=5, text="x"))
    await away.session.close()

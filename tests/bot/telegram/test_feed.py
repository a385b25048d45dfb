"""What counts as worked where Telegram takes no call of its handler any more."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramAPIError, TelegramForbiddenError, TelegramRetryAfter
from aiogram.methods import AnswerCallbackQuery, GetFile, SendMessage, TelegramMethod
from aiogram.types import Message

from bot.inbox import Received
from bot.telegram.gateway import PATIENCE
from bot.telegram.updates import feed

_CHAT, _GROUP, _HOURS = 5, -100, 10_072
_BOT = Bot(f"123456789:{'A' * 35}")


async def _work(error: TelegramAPIError, chat: int) -> None:
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def fails(_: Message) -> None:
        raise error

    payload = {
        "message": {
            "message_id": 1,
            "date": 0,
            "chat": {"id": chat, "type": "private" if chat > 0 else "supergroup"},
            "text": "Сәлем",
        }
    }
    received = Received(1, _BOT.id, 7, chat, payload, 1, datetime.now(UTC))
    await feed(_BOT, dispatcher)(received)


def _said(chat: int) -> SendMessage:
    return SendMessage(chat_id=chat, text="Сәлем")


@pytest.mark.parametrize(
    ("error", "chat"),
    [
        (TelegramForbiddenError(_said(_CHAT), "bot was blocked by the user"), _CHAT),
        (TelegramRetryAfter(_said(_CHAT), "flood", _HOURS), _CHAT),
        (TelegramRetryAfter(_said(_GROUP), "flood", _HOURS), _GROUP),
        (TelegramRetryAfter(AnswerCallbackQuery(callback_query_id="1"), "flood", _HOURS), _CHAT),
    ],
)
async def test_an_answer_that_nobody_gets_makes_no_failure(
    error: TelegramAPIError, chat: int
) -> None:
    await _work(error, chat)


def _calls_before_the_act() -> list[tuple[TelegramMethod[Any], int]]:
    """The file of an offer is fetched before it is taken; a desk's user is not the operator."""
    return [(GetFile(file_id="x"), _CHAT), (_said(_CHAT + 1), _CHAT), (_said(_CHAT), _GROUP)]


@pytest.mark.parametrize(("method", "chat"), _calls_before_the_act())
async def test_what_is_no_answer_is_tried_again(method: TelegramMethod[Any], chat: int) -> None:
    for error in (
        TelegramRetryAfter(method, "flood", _HOURS),
        TelegramForbiddenError(method, "forbidden"),
    ):
        with pytest.raises(type(error)):
            await _work(error, chat)


async def test_a_short_wait_is_waited_out_and_a_group_that_is_lost_is_no_reader() -> None:
    for error, chat in (
        (TelegramRetryAfter(_said(_CHAT), "flood", int(PATIENCE)), _CHAT),
        (TelegramForbiddenError(_said(_GROUP), "bot was kicked"), _GROUP),
    ):
        with pytest.raises(type(error)):
            await _work(error, chat)

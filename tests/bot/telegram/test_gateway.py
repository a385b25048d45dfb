"""Every call passes the gateway: limits, retry_after, the two harmless refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramRetryAfter
from aiogram.methods import (
    CloseForumTopic,
    CopyMessages,
    CreateForumTopic,
    EditForumTopic,
    EditMessageText,
    GetMe,
    PinChatMessage,
    SendChatAction,
    SendMediaGroup,
    SendMessage,
    TelegramMethod,
)
from aiogram.types import Chat, InputMediaPhoto
from aiogram_dialog.api.entities import NewMessage, OldMessage
from aiogram_dialog.api.protocols import MessageNotModified

from bot.telegram.gateway import DialogMessages, Gateway, messages_in, queued
from bot.telegram.limits import Limits
from tests.bot.telegram.session import scripted_bot
from tests.support.virtual_time import VirtualTime


@pytest.fixture
def time() -> VirtualTime:
    return VirtualTime()


@pytest.fixture
def gateway(time: VirtualTime) -> Gateway:
    return Gateway(Limits(monotonic=time.monotonic, sleep=time.sleep), sleep=time.sleep)


def bad(words: str) -> Callable[[TelegramMethod[Any]], Exception]:
    return lambda method: TelegramBadRequest(method, f"Bad Request: {words}")


def too_many(seconds: int) -> Callable[[TelegramMethod[Any]], Exception]:
    return lambda method: TelegramRetryAfter(method, "Too Many Requests", seconds)


async def test_messages_wait_for_their_turn_and_other_calls_do_not(
    gateway: Gateway, time: VirtualTime
) -> None:
    bot, session = scripted_bot(gateway)
    start = time.monotonic()
    await time.run(*(bot.send_message(5, "x") for _ in range(5)))
    assert 2 < time.monotonic() - start < 3
    await time.run(*(bot.edit_message_text("y", chat_id=5, message_id=1) for _ in range(50)))
    assert time.monotonic() - start < 3
    assert len(session.calls) == 55


async def test_retry_after_is_waited_out(gateway: Gateway, time: VirtualTime) -> None:
    bot, session = scripted_bot(gateway)
    session.script = [too_many(7), too_many(3)]
    start = time.monotonic()
    await time.run(bot.send_message(5, "x"))
    assert time.monotonic() - start == pytest.approx(10)
    assert len(session.calls) == 3

    session.script = [too_many(4)]
    start = time.monotonic()
    await time.run(bot.answer_callback_query("1"))
    assert time.monotonic() - start == pytest.approx(4)


async def test_too_long_a_wait_is_told(gateway: Gateway, time: VirtualTime) -> None:
    bot, session = scripted_bot(gateway)
    session.script = [too_many(600)]
    with pytest.raises(TelegramRetryAfter):
        await time.run(bot.send_message(5, "x"))


async def test_whoever_comes_next_is_told_at_once_how_long_it_is(
    gateway: Gateway, time: VirtualTime
) -> None:
    bot, session = scripted_bot(gateway)
    session.script = [too_many(10_072)]
    with pytest.raises(TelegramRetryAfter):
        await time.run(bot.send_message(5, "x"))
    start = time.monotonic()
    with pytest.raises(TelegramRetryAfter) as paused:
        await time.run(bot.send_message(5, "x"))
    assert (time.monotonic(), paused.value.retry_after) == (start, 10_072)
    await time.run(bot.send_message(6, "x"))
    assert len(session.calls) == 2


async def test_the_queue_does_not_wait_inside_a_call(gateway: Gateway, time: VirtualTime) -> None:
    bot, session = scripted_bot(gateway)
    session.script = [too_many(5)]
    start = time.monotonic()
    with queued(), pytest.raises(TelegramRetryAfter):
        await time.run(bot.send_message(5, "x"))
    assert time.monotonic() == start
    await time.run(bot.send_message(5, "x"))
    assert time.monotonic() - start == pytest.approx(5), "the chat's pause is kept all the same"


async def test_harmless_refusals_are_swallowed_and_only_those(gateway: Gateway) -> None:
    bot, session = scripted_bot(gateway)
    session.script = [bad("message is not modified"), bad("query is too old")]
    assert await bot.edit_message_text("x", chat_id=5, message_id=1) is True
    assert await bot.answer_callback_query("1") is True

    session.script = [bad("message to edit not found"), bad("message is not modified")]
    with pytest.raises(TelegramBadRequest):
        await bot.edit_message_text("x", chat_id=5, message_id=1)
    with pytest.raises(TelegramBadRequest):
        await bot.send_message(5, "x")


async def test_a_dialog_is_told_that_its_edit_changed_nothing(gateway: Gateway) -> None:
    bot, session = scripted_bot(gateway)
    session.script = [bad("message is not modified")]
    chat = Chat(id=5, type="private")
    old = OldMessage(
        chat=chat, message_id=1, media_id=None, media_uniq_id=None, text="a",
        has_reply_keyboard=False, has_protected_content=None, business_connection_id=None,
        content_type=None,
    )  # fmt: skip
    with pytest.raises(MessageNotModified):
        await DialogMessages().show_message(bot, NewMessage(chat=chat, text="b"), old)
    session.script = [bad("message is not modified")]
    assert await bot.edit_message_text("x", chat_id=5, message_id=1) is True


@pytest.mark.parametrize(
    ("method", "count"),
    [
        (SendMessage(chat_id=5, text="x"), 1),
        (
            SendMediaGroup(
                chat_id=5, media=[InputMediaPhoto(media="a"), InputMediaPhoto(media="b")]
            ),
            2,
        ),
        (CopyMessages(chat_id=5, from_chat_id=6, message_ids=[1, 2, 3]), 3),
        (SendChatAction(chat_id=5, action="typing"), 0),
        (EditMessageText(chat_id=5, message_id=1, text="x"), 0),
        (GetMe(), 0),
        (CreateForumTopic(chat_id=-5, name="x"), 1),
        (EditForumTopic(chat_id=-5, message_thread_id=1, name="x"), 1),
        (CloseForumTopic(chat_id=-5, message_thread_id=1), 1),
        (PinChatMessage(chat_id=-5, message_id=1), 1),
    ],
)
def test_what_counts_as_messages(method: TelegramMethod[Any], count: int) -> None:
    assert messages_in(method) == count

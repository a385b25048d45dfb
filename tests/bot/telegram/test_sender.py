"""A notice goes out whole, in as few messages as it takes, and its outcome is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import SendDocument, SendMediaGroup, SendMessage, SendPhoto, SendVoice
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.telegram.gateway import Gateway
from bot.telegram.limits import Limits
from bot.telegram.outgoing import Outgoing, OutgoingFile
from bot.telegram.sender import Render, TelegramSender, parts
from bot.telegram.session import SendText
from domain.notices.model import Lane
from domain.notices.views import NoticeView
from tests.bot.telegram.session import ScriptedSession, scripted_bot
from tests.support.virtual_time import VirtualTime

NOTICE = NoticeView(
    number=9,
    person_id=1,
    kind="order.invited",
    subject="order:1024",
    params={},
    created_at=datetime(2026, 11, 20, tzinfo=UTC),
    state="sending",
    sent_at=None,
    read_at=None,
    attempts=1,
)
KEYBOARD = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="Open", callback_data="1")]]
)
PICTURE = OutgoingFile("photo", "summary.png", b"png")
SHEET = OutgoingFile("document", "summary.xlsx", b"xlsx")


def message(text: str = "Order 1024", *files: OutgoingFile) -> Outgoing:
    return Outgoing(chat_id=5, text=text, keyboard=KEYBOARD, files=files)


def sender(answer: Outgoing | Exception | None) -> tuple[TelegramSender, ScriptedSession]:
    time = VirtualTime()

    async def no_wait(seconds: float) -> None:
        time._now += seconds

    bot, session = scripted_bot(Gateway(Limits(monotonic=time.monotonic, sleep=no_wait)))

    async def render(notice: NoticeView) -> Outgoing | None:
        if isinstance(answer, Exception):
            raise answer
        return answer

    made: Render = render
    return TelegramSender(bot, made), session


async def test_a_notice_is_sent() -> None:
    made, session = sender(message())
    outcome = await made.send(NOTICE)
    assert (outcome.state, outcome.message_id) == ("sent", 1)
    (call,) = session.calls
    assert isinstance(call, SendMessage)
    assert (call.chat_id, call.text, call.reply_markup) == (5, "Order 1024", KEYBOARD)


def test_a_long_text_is_cut_and_the_keyboard_stands_last() -> None:
    calls: list[Any] = parts(message("line of text\n" * 700))
    assert [type(call) for call in calls] == [SendText] * 3
    assert [call.reply_markup for call in calls] == [None, None, KEYBOARD]


def test_one_file_carries_a_short_text_as_caption() -> None:
    (call,) = parts(message("Summary", PICTURE))
    assert isinstance(call, SendPhoto)
    assert (call.caption, call.reply_markup) == ("Summary", KEYBOARD)
    (call,) = parts(message("Summary", replace(SHEET, file_id="FILE")))
    assert isinstance(call, SendDocument)
    assert call.document == "FILE"


def test_a_text_too_long_for_a_caption_follows_its_file() -> None:
    calls: list[Any] = parts(message("x" * 1025, PICTURE))
    assert [type(call) for call in calls] == [SendPhoto, SendText]
    assert calls[0].caption is None
    assert [calls[0].reply_markup, calls[1].reply_markup] == [None, KEYBOARD]


def test_several_files_go_as_albums_by_kind() -> None:
    calls: list[Any] = parts(message("Text", *[PICTURE] * 11, SHEET, SHEET))
    assert [type(call) for call in calls] == [
        SendMediaGroup, SendPhoto, SendMediaGroup, SendText,
    ]  # fmt: skip
    assert [len(calls[0].media), len(calls[2].media)] == [10, 2]


async def test_a_repetition_goes_on_where_it_stopped() -> None:
    made, session = sender(message("x" * 1025, PICTURE))
    session.script = [None, lambda method: TelegramServerError(method, "Bad Gateway")]
    assert (await made.send(NOTICE)).state == "retry"
    assert (await made.send(NOTICE)).state == "sent"
    assert [type(call) for call in session.calls] == [SendPhoto, SendText, SendText]


async def test_refusals_become_outcomes() -> None:
    made, session = sender(message())
    session.script = [
        lambda method: TelegramForbiddenError(method, "Forbidden: bot was blocked by the user"),
        lambda method: TelegramRetryAfter(method, "Too Many Requests", 30),
    ]
    assert (await made.send(NOTICE)).state == "unreachable"
    outcome = await made.send(NOTICE)
    assert (outcome.state, outcome.retry_after, outcome.counted) == ("retry", 30, False)


@pytest.mark.parametrize("attempts", [1, 4])
async def test_a_mistake_in_a_view_is_tried_again_later(attempts: int) -> None:
    made, _ = sender(KeyError("param"))
    outcome = await made.send(replace(NOTICE, attempts=attempts))
    assert (outcome.state, outcome.counted) == ("retry", True)
    assert "KeyError" in outcome.reason


async def test_a_person_without_a_chat_is_unreachable() -> None:
    made, session = sender(None)
    assert (await made.send(NOTICE)).state == "unreachable"
    assert session.calls == []


async def test_what_is_not_ours_any_more_is_not_sent() -> None:
    """Asked after the wait for a turn: a process that was frozen in it sends nothing."""
    made, session = sender(message())
    made._allowed = lambda fence: fence != 7
    outcome = await made.send(replace(NOTICE, fence=7))
    assert (outcome.state, outcome.counted) == ("retry", False)
    assert session.calls == []
    assert (await made.send(replace(NOTICE, fence=8))).state == "sent"


async def test_a_group_that_became_another_is_written_to_there() -> None:
    made, session = sender(message())
    session.script = [
        lambda method: TelegramMigrateToChat(method, "Bad Request: group chat was upgraded", -100)
    ]
    assert (await made.send(NOTICE)).state == "sent"
    assert [getattr(call, "chat_id", None) for call in session.calls] == [5, -100]


async def test_what_may_have_arrived_is_sent_once_more_and_statutory_until_it_is_answered() -> None:
    made, session = sender(message())
    session.script = [lambda method: TelegramNetworkError(method, "Request timeout error")] * 3
    assert (await made.send(NOTICE)).state == "unknown"
    again = await made.send(replace(NOTICE, repeated=True, attempts=2))
    assert (again.state, again.reason.startswith("unknown, twice")) == ("dead", True)
    law = replace(NOTICE, repeated=True, attempts=3, lane=int(Lane.STATUTORY))
    assert (await made.send(law)).state == "unknown"


async def test_a_file_goes_up_once() -> None:
    """The next reader gets it by its id; where Telegram knows the id no more, as bytes."""
    made, session = sender(message("Summary", SHEET))
    assert (await made.send(NOTICE)).state == "sent"
    session.script = [None, lambda method: TelegramBadRequest(method, "Bad Request: wrong file_id")]
    assert (await made.send(replace(NOTICE, number=10))).state == "sent"
    assert (await made.send(replace(NOTICE, number=11))).state == "sent"
    sent = [call.document for call in session.calls if isinstance(call, SendDocument)]
    assert [each if isinstance(each, str) else "bytes" for each in sent] == [
        "bytes",
        "FILE-1",
        "FILE-1",
        "bytes",
    ]


async def test_a_text_that_is_refused_brings_its_files_no_second_time() -> None:
    made, session = sender(message("x" * 1025, SHEET))
    session.script = [None, lambda method: TelegramBadRequest(method, "can't parse entities")]
    assert (await made.send(NOTICE)).state == "dead"
    assert [type(call) for call in session.calls] == [SendDocument, SendText]


@pytest.mark.parametrize(
    ("file", "refused", "call"),
    [
        (SHEET, TelegramEntityTooLarge, SendDocument),
        # An id that Telegram knows no more; a person who takes no voice.
        (OutgoingFile("photo", file_id="OLD"), TelegramBadRequest, SendPhoto),
        (OutgoingFile("voice", file_id="VOICE"), TelegramBadRequest, SendVoice),
    ],
)
async def test_words_are_not_lost_with_a_file(
    file: OutgoingFile, refused: type[TelegramAPIError], call: type
) -> None:
    made, session = sender(message("Summary", file))
    session.script = [lambda method: refused(method, "Refused")]
    assert (await made.send(NOTICE)).state == "sent"
    assert [type(each) for each in session.calls] == [call, SendText]
    last: Any = session.calls[-1]
    assert (last.text, last.reply_markup) == ("Summary", KEYBOARD)


async def test_what_has_become_shorter_meanwhile_comes_with_its_end() -> None:
    """The reader has chosen another language between two attempts: fewer parts than before."""
    long, short = message("line of text\n" * 700), message("line of text\n" * 100)
    made, session = sender(long)
    session.script = [None, None, lambda method: TelegramServerError(method, "Bad Gateway")]
    assert (await made.send(NOTICE)).state == "retry"

    async def render(notice: NoticeView) -> Outgoing | None:
        return short

    made._render = render
    outcome = await made.send(NOTICE)
    assert (outcome.state, outcome.message_id) == ("sent", len(session.calls))
    last = session.calls[-1]
    assert isinstance(last, SendText)
    assert (last.text, last.reply_markup) == (short.text.strip(), KEYBOARD)

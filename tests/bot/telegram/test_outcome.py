"""Each error of the Bot API is sorted as what it is."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    RestartingTelegram,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendMessage, TelegramMethod
from aiohttp.client_reqrep import ConnectionKey

from bot.telegram.limits import ChatPaused
from bot.telegram.outcome import TurnPassed, backoff, classify, is_harmless, is_telegram_away
from domain.notices.queue import Outcome
from tests.bot.telegram.session import TOKEN

SEND = SendMessage(chat_id=5, text="x")
EDIT = EditMessageText(chat_id=5, message_id=1, text="x")
ANSWER = AnswerCallbackQuery(callback_query_id="1")


@pytest.mark.parametrize(
    ("error", "state", "counted"),
    [
        (TelegramRetryAfter(SEND, "Too Many Requests", 17), "retry", False),
        (TelegramServerError(SEND, "Bad Gateway"), "retry", True),
        (RestartingTelegram(SEND, "restart"), "retry", True),
        (TelegramNetworkError(SEND, "Request timeout error"), "unknown", True),
        (
            ClientDecodeError("no JSON", json.JSONDecodeError("x", "<html>", 0), "<html>"),
            "unknown",
            True,
        ),
        (ZeroDivisionError("a mistake in a view"), "retry", True),
        (ConnectionRefusedError("database"), "retry", False),
        (TelegramUnauthorizedError(SEND, "Unauthorized"), "retry", False),
        (
            TelegramForbiddenError(SEND, "Forbidden: bot was blocked by the user"),
            "unreachable",
            True,
        ),
        (TelegramForbiddenError(SEND, "Forbidden: user is deactivated"), "unreachable", True),
        (
            TelegramForbiddenError(SEND, "Forbidden: bot can't initiate conversation with a user"),
            "unreachable",
            True,
        ),
        (TelegramBadRequest(SEND, "Bad Request: chat not found"), "unreachable", True),
        (TelegramBadRequest(SEND, "Bad Request: message text is empty"), "dead", True),
        (TelegramEntityTooLarge(SEND, "Request Entity Too Large"), "dead", True),
    ],
)
def test_states(error: AiogramError, state: str, counted: bool) -> None:
    outcome = classify(error)
    assert (outcome.state, outcome.counted) == (state, counted)
    assert (outcome.retry_after > 0) == (state in ("retry", "unknown"))


def test_retry_after_is_obeyed_to_the_second() -> None:
    assert classify(TelegramRetryAfter(SEND, "x", 17)).retry_after == 17


def test_a_wait_beyond_all_measure_is_no_more_than_days() -> None:
    """Whatever stands there, a moment has to come of it."""
    assert classify(TelegramRetryAfter(SEND, "x", 10**15)).retry_after == 7 * 86_400
    assert classify(TelegramRetryAfter(SEND, "x", -5)).retry_after == 0


def test_no_connection_at_all_is_not_counted() -> None:
    error = TelegramNetworkError(SEND, "Cannot connect")
    key = ConnectionKey("api.telegram.org", 443, True, True, None, None, None)
    error.__cause__ = aiohttp.ClientConnectorError(key, OSError("refused"))
    outcome = classify(error)
    assert (outcome.counted, outcome.everyone) == (False, True)


def test_what_concerns_one_chat_or_the_database_concerns_not_everyone() -> None:
    assert classify(TelegramUnauthorizedError(SEND, "Unauthorized")).everyone
    for error in (TelegramRetryAfter(SEND, "x", 17), ConnectionRefusedError("database")):
        assert not classify(error).everyone


def test_whoever_never_connected_has_sent_nothing() -> None:
    """A read that timed out may have brought the message; a connection that did not, has not."""
    error = TelegramNetworkError(SEND, "Request timeout error")
    error.__cause__ = aiohttp.ConnectionTimeoutError("no connection")
    assert classify(error).state == "retry"
    error.__cause__ = aiohttp.SocketTimeoutError("no answer")
    assert classify(error).state == "unknown"
    error.__cause__ = aiohttp.ServerDisconnectedError()
    assert classify(error).state == "unknown"


def test_what_holds_a_chat_holds_all_behind_it() -> None:
    """Order is kept while a person takes nothing; a message that fails by itself holds none."""
    assert classify(TelegramRetryAfter(SEND, "x", 10_072)).holds
    assert classify(ChatPaused(60)) == Outcome(
        "retry", retry_after=60, counted=False, reason="ChatPaused: paused for 60 s", holds=True
    )
    assert not classify(TelegramServerError(SEND, "Bad Gateway")).holds
    assert not classify(TurnPassed()).counted


def test_a_reason_is_kept_and_holds_no_secret() -> None:
    bad = TelegramBadRequest(SEND, "Bad Request: can't parse entities at offset 7")
    assert "can't parse entities at offset 7" in classify(bad).reason
    leaky = TelegramNetworkError(SEND, f"cannot reach https://host/bot{TOKEN}/sendMessage")
    assert TOKEN not in classify(leaky).reason
    assert len(classify(TelegramBadRequest(SEND, "x" * 5000)).reason) == 300


def test_delays_grow_and_spread() -> None:
    assert [backoff(attempt, lambda: 1.0) for attempt in range(1, 9)] == [
        5, 15, 45, 135, 405, 1215, 3600, 3600,
    ]  # fmt: skip
    assert backoff(3, lambda: 0.0) == 22.5


@pytest.mark.parametrize(
    ("method", "words", "harmless"),
    [
        (EDIT, "Bad Request: message is not modified: specified new message content", True),
        (ANSWER, "Bad Request: query is too old and response timeout expired", True),
        (SEND, "Bad Request: message is not modified", False),
        (EDIT, "Bad Request: query is too old", False),
        (EDIT, "Bad Request: message to edit not found", False),
        (ANSWER, "Bad Request: message is not modified", False),
    ],
)
def test_only_two_refusals_are_harmless(
    method: TelegramMethod[Any], words: str, harmless: bool
) -> None:
    assert is_harmless(method, TelegramBadRequest(method, words)) is harmless


def test_telegram_away() -> None:
    assert is_telegram_away(TelegramServerError(SEND, "Bad Gateway"))
    assert is_telegram_away(TelegramNetworkError(SEND, "timeout"))
    assert not is_telegram_away(TelegramEntityTooLarge(SEND, "x"))
    assert not is_telegram_away(TelegramBadRequest(SEND, "x"))

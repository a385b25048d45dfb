"""What each error of the Bot API means for a message on its way out."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import AnswerCallbackQuery, TelegramMethod
from aiohttp import ClientConnectorError, ClientError, ConnectionTimeoutError

from bot.logs import scrub
from bot.storage.outage import is_outage
from bot.telegram.limits import ChatPaused
from domain.notices.queue import Outcome


class TurnPassed(Exception):
    """Another process owns sending by now: nothing was called."""


_REASON_LENGTH = 300
# Seconds: with the eight attempts that a notice has, the last comes after an hour and a half.
_FIRST_DELAY, _FACTOR, _MOST_DELAY = 5.0, 3.0, 3600.0
# Seconds between attempts while nothing can reach Telegram at all.
_AWAY_DELAY = 15.0
# No wait that is asked for is longer: a moment has to come of it. Telegram asks for hours.
_LONGEST = 7 * 86_400.0
# A wrong token is an operator's mistake; the notices wait until it is mended.
_MISCONFIGURED_DELAY = 60.0
_MISCONFIGURED = (TelegramUnauthorizedError, TelegramNotFound, TelegramConflictError)

# Nothing can have been delivered.
_NOBODY_THERE = (ClientConnectorError, ConnectionTimeoutError)
_NO_CHAT = ("chat not found", "peer_id_invalid", "user not found", "user_is_deactivated")
_NOT_MODIFIED = "message is not modified"
_TOO_OLD = ("query is too old", "query id is invalid")


def _reason(error: BaseException) -> str:
    words = error.message if isinstance(error, TelegramAPIError) else str(error)
    return scrub(f"{type(error).__name__}: {words}")[:_REASON_LENGTH]


def backoff(attempts: int, chance: Callable[[], float] = random.random) -> float:
    """Seconds before the attempt after ``attempts`` failed ones; half of them up to chance, so
    that what failed together does not come back together."""
    delay = min(_MOST_DELAY, _FIRST_DELAY * _FACTOR ** max(0, attempts - 1))
    return delay * (0.5 + chance() / 2)


def _was_sent(error: BaseException) -> bool:
    """Whether the call had gone out: without an answer nobody knows what became of it."""
    if isinstance(error, ClientDecodeError):
        return True
    cause = error.__cause__
    if not isinstance(error, TelegramNetworkError) or isinstance(cause, _NOBODY_THERE):
        return False
    return isinstance(cause, (asyncio.TimeoutError, ClientError)) or cause is None


def _unanswered(error: BaseException, attempts: int, chance: Callable[[], float]) -> Outcome:
    """An error that says nothing about the message itself."""
    reason = _reason(error)
    nobody = isinstance(error.__cause__, _NOBODY_THERE)
    if nobody or is_outage(error):
        # Nothing was delivered and nothing is wrong with the message: not counted.
        delay = _AWAY_DELAY * (0.5 + chance() / 2)
        return _held(delay, reason, everyone=nobody)
    state = "unknown" if _was_sent(error) else "retry"
    return Outcome(state, retry_after=backoff(attempts, chance), reason=reason)


def _held(seconds: float, reason: str, *, everyone: bool) -> Outcome:
    return Outcome(
        "retry", retry_after=seconds, counted=False, reason=reason, holds=True, everyone=everyone
    )


def classify(
    error: BaseException, attempts: int = 1, chance: Callable[[], float] = random.random
) -> Outcome:
    """Sort an error: ``retry``, ``unknown`` (it may have arrived), ``unreachable`` (the person),
    or ``dead`` (the message).

    ``attempts`` is how many have been made with this one. A reason never holds a token.
    """
    reason, seconds = _reason(error), _waits(error)
    if seconds is not None:
        # Nothing may be sent to this chat before; the message is not to blame.
        return _held(seconds, reason, everyone=isinstance(error, _MISCONFIGURED))
    match error:
        case TurnPassed():
            return Outcome("retry", counted=False, reason=reason)
        case TelegramForbiddenError():
            return Outcome("unreachable", reason=reason)
        case TelegramBadRequest() if any(word in error.message.lower() for word in _NO_CHAT):
            return Outcome("unreachable", reason=reason)
        case TelegramBadRequest() | TelegramEntityTooLarge() | TelegramMigrateToChat():
            return Outcome("dead", reason=reason)
    return _unanswered(error, attempts, chance)


def _waits(error: BaseException) -> float | None:
    """Seconds in which nothing may be sent to this chat; None where nothing is said of that."""
    match error:
        case TelegramRetryAfter():
            return min(max(0.0, error.retry_after), _LONGEST)
        case ChatPaused():
            return error.seconds
    return _MISCONFIGURED_DELAY if isinstance(error, _MISCONFIGURED) else None


def is_telegram_away(error: BaseException) -> bool:
    """Whether an act failed because Telegram did not answer, and may be repeated."""
    if isinstance(error, TelegramEntityTooLarge):
        return False
    return isinstance(
        error,
        (
            TelegramNetworkError,
            TelegramServerError,
            TelegramRetryAfter,
            ClientDecodeError,
            asyncio.TimeoutError,
        ),
    )


def is_harmless(method: TelegramMethod[Any], error: BaseException) -> bool:
    """Whether the call has in truth done what was wanted, or came too late to matter.

    Only two: an edit that would change nothing, and an answer to a press that has lapsed.
    """
    if not isinstance(error, TelegramBadRequest):
        return False
    words = error.message.lower()
    if isinstance(method, AnswerCallbackQuery):
        return any(word in words for word in _TOO_OLD)
    return method.__api_method__.startswith("editMessage") and _NOT_MODIFIED in words

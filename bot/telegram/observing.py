"""Seeing how Telegram answers: every call of the bot passes here, inside the gateway.

A refused token is told to the process's health wherever it is met, and taken back by the first
call that is not refused.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiogram import Bot
from aiogram.client.session.middlewares.base import (
    BaseRequestMiddleware,
    NextRequestMiddlewareType,
)
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
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType

from bot.health import TOKEN, Health
from domain.notices.queue import Outcome
from domain.notices.views import NoticeView

log = structlog.get_logger(__name__)

Send = Callable[[NoticeView], Awaitable[Outcome]]

# The most special first: some of them are kinds of others.
_ANSWERS: tuple[tuple[type[BaseException], str], ...] = (
    (TelegramRetryAfter, "429"),
    (TelegramUnauthorizedError, "401"),
    (TelegramForbiddenError, "403"),
    (TelegramConflictError, "409"),
    (TelegramEntityTooLarge, "413"),
    (TelegramNetworkError, "no_answer"),
    (TelegramNotFound, "404"),
    (TelegramServerError, "5xx"),
    (TelegramMigrateToChat, "400"),
    (TelegramBadRequest, "400"),
    (ClientDecodeError, "no_answer"),
    (TimeoutError, "no_answer"),
)


def answer_of(error: BaseException) -> str:
    """The error as metrics name it."""
    return next((name for kind, name in _ANSWERS if isinstance(error, kind)), "other")


class Observer(BaseRequestMiddleware):
    """Tells ``answered`` of each answer, and ``health`` of a token that is refused."""

    def __init__(self, answered: Callable[[str], None], health: Health) -> None:
        self._answered = answered
        self._health = health

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Make one call; whatever it raises is raised."""
        try:
            response = await make_request(bot, method)
        except Exception as error:
            answer = answer_of(error)
            self._answered(answer)
            if answer == "401":
                self._health.set(TOKEN)
            elif isinstance(error, TelegramAPIError) and answer not in ("no_answer", "5xx"):
                self._health.clear(TOKEN)
            raise
        self._answered("ok")
        self._health.clear(TOKEN)
        return response


class Attempts:
    """Notes each attempt to send a notice, by whatever channel: a line in the log that tells it
    from all others by its ids, and a call of ``sent`` with channel, outcome and seconds.
    """

    def __init__(self, sent: Callable[[str, str, float], None]) -> None:
        self._sent = sent

    def note(self, notice: NoticeView, outcome: Outcome, seconds: float) -> None:
        """An attempt has ended."""
        self._sent(notice.channel, outcome.state, seconds)
        more: dict[str, Any] = {"why": outcome.reason} if outcome.reason else {}
        log.info(
            "notice.attempt",
            notice=notice.shown_number,
            kind=notice.kind,
            subject=notice.subject,
            channel=notice.channel,
            cause=notice.cause,
            attempt=notice.attempts,
            outcome=outcome.state,
            message=outcome.message_id,
            seconds=round(seconds, 3),
            **more,
        )

    def of(self, send: Send) -> Send:
        """``send``, each call of which is noted."""

        async def attempt(notice: NoticeView) -> Outcome:
            began = time.perf_counter()
            outcome = await send(notice)
            self.note(notice, outcome, time.perf_counter() - began)
            return outcome

        return attempt

"""Getting updates into the inbox: long polling, and the webhook's door."""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import AnswerCallbackQuery, TelegramMethod
from aiohttp import web

from bot.health import CONFLICT, TOKEN, Health
from bot.inbox import Inbox, Received
from bot.storage.outage import is_outage
from bot.telegram.gateway import PATIENCE

log = structlog.get_logger(__name__)

WEBHOOK_PATH = "/telegram/webhook"
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name, no secret
_POLL_SECONDS = 25
_PAUSE = 2.0
# Seconds between tries with a token that is refused: it will hardly mend itself.
_REFUSED = 30.0
# Seconds for which a conflict is only the hand-over from one replica to another.
_HANDING_OVER = 30.0


def allowed_updates(dispatcher: Dispatcher) -> list[str]:
    """The kinds of updates that some handler is there for, and the one on blocking the bot."""
    return sorted({*dispatcher.resolve_used_update_types(), "my_chat_member"} - {"aiogd_update"})


class GetRawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """``getUpdates``, its answer as Telegram sent it: it is stored so, and understood when worked.

    What is new to us is kept whole, and an update that nobody can read holds up no other.
    """

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None
    timeout: int
    allowed_updates: list[str]


async def poll(bot: Bot, inbox: Inbox, allowed: list[str], health: Health | None = None) -> None:
    """Store updates and only then acknowledge them, by asking for the next; never returns.

    A token that is refused, or somebody else who polls, is said to ``health`` and tried again.
    """
    health = health or Health()
    offset: int | None = None
    agreed = time.monotonic()
    while True:
        try:
            call = GetRawUpdates(offset=offset, timeout=_POLL_SECONDS, allowed_updates=allowed)
            updates = await bot(call, request_timeout=_POLL_SECONDS + 10)
            await inbox.store(bot.id, updates)
        except TelegramUnauthorizedError:
            health.set(TOKEN)
            await asyncio.sleep(_REFUSED)
        except TelegramConflictError:
            # Another replica polls: whoever stores an update first, the inbox holds it once.
            log.warning("polling.conflict")
            if time.monotonic() - agreed > _HANDING_OVER:
                health.set(CONFLICT)
            await asyncio.sleep(_PAUSE)
        except Exception as error:
            if not (isinstance(error, (TelegramAPIError, OSError)) or is_outage(error)):
                raise
            # Not acknowledged, so they come again: Telegram or the database is away.
            log.warning("polling.failed", error=type(error).__name__)
            await asyncio.sleep(_PAUSE)
        else:
            agreed = time.monotonic()
            health.clear(TOKEN)
            health.clear(CONFLICT)
            if updates:
                offset = updates[-1]["update_id"] + 1


def add_webhook(app: web.Application, bot_id: int, inbox: Inbox, secret: str) -> None:
    """Take updates at ``WEBHOOK_PATH``: stored, then answered 200; 401 without the secret."""

    async def receive(request: web.Request) -> web.Response:
        given = request.headers.get(_SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return web.Response(status=401)
        try:
            body = json.loads(await request.read())
        except (ValueError, RecursionError):
            return web.Response(status=400)
        if not isinstance(body, dict) or not _is_number(body.get("update_id")):
            return web.Response(status=400)
        await inbox.store(bot_id, [body])
        return web.Response()

    app.router.add_post(WEBHOOK_PATH, receive)


def _is_number(update_id: object) -> bool:
    """Whether it can be the number of an update, and the inbox can hold it."""
    return type(update_id) is int and 0 <= update_id < 2**63


def feed(bot: Bot, dispatcher: Dispatcher) -> _Feed:
    """What the inbox calls for each update."""
    return _Feed(bot, dispatcher)


class _Feed:
    def __init__(self, bot: Bot, dispatcher: Dispatcher) -> None:
        self._bot = bot
        self._dispatcher = dispatcher

    async def __call__(self, received: Received) -> None:
        payload = {**received.payload, "update_id": received.update_id}
        try:
            await self._dispatcher.feed_raw_update(
                self._bot, payload, received_at=received.received_at
            )
        except (TelegramForbiddenError, TelegramRetryAfter) as error:
            # What they did is done; the answer alone has no reader, or not for hours. Whoever
            # waited for it would hold up what comes next from this chat, past its term. What
            # waits for a person is told by another channel, as ever.
            if not _answers(error.method, received.chat_id) or not _is_lost(error, received):
                raise
            log.info("update.answer_given_up", error=type(error).__name__)


def _answers(method: TelegramMethod[Any], chat_id: int | None) -> bool:
    """Whether a call only answers an update: a file, say, is fetched before the act."""
    if isinstance(method, AnswerCallbackQuery):
        return True
    return chat_id is not None and getattr(method, "chat_id", None) == chat_id


def _is_lost(error: TelegramForbiddenError | TelegramRetryAfter, received: Received) -> bool:
    """Whether an answer can be brought no more: its person has stopped the bot (a group has no
    one reader), or the chat is to be left alone for longer than anybody waits.
    """
    if isinstance(error, TelegramRetryAfter):
        return error.retry_after > PATIENCE
    return (received.chat_id or 0) > 0

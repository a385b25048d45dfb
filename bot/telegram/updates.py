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
from aiogram.methods import TelegramMethod
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
        except TelegramForbiddenError as error:
            if not _is_from_its_reader(error, received.chat_id):
                raise
            # They have stopped the bot while this waited: what they did is done, and there is
            # nobody to answer. Whatever waits for them is told by another channel, as ever.
            log.info("update.nobody_to_answer")
        except TelegramRetryAfter as error:
            answers = getattr(error.method, "chat_id", received.chat_id) == received.chat_id
            if error.retry_after <= PATIENCE or not answers:
                raise
            # What they did is done. Whoever waited for the answer would hold up what comes next
            # from this chat, and what comes too late for its term is lost.
            log.warning("update.answer_given_up", seconds=error.retry_after)


def _is_from_its_reader(error: TelegramForbiddenError, chat_id: int | None) -> bool:
    """Whether the private chat that an update comes from takes no answer any more."""
    return chat_id is not None and chat_id > 0 and getattr(error.method, "chat_id", 0) == chat_id

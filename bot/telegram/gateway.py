"""The one way to Telegram: every call of the bot passes this middleware."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, cast

import structlog
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.middlewares.base import (
    BaseRequestMiddleware,
    NextRequestMiddlewareType,
)
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramBadRequest, TelegramRetryAfter
from aiogram.methods import Response, SendMediaGroup, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import LinkPreviewOptions, Message
from aiogram_dialog.api.entities import NewMessage, OldMessage
from aiogram_dialog.manager.message_manager import MessageManager
from aiohttp import ClientTimeout

from bot.storage.claims import check_claim
from bot.telegram.limits import ChatPaused, Limits, Urgency
from bot.telegram.outcome import TurnPassed, is_harmless
from bot.telegram.session import JsonSession

log = structlog.get_logger(__name__)

#: Seconds of one retry_after, and of all for one call, that an answer to a person waits out.
PATIENCE = 60.0
# Of a paused chat, that a message of the queue waits out in hand.
_QUEUE_PATIENCE = 3.0
# Seconds.
_CONNECTING = 8.0
_UNCOUNTED = frozenset({"sendChatAction", "sendMessageDraft"})
_COUNTED = ("send", "forward", "copy")
# Each of them leaves a service message in the chat.
_ANNOUNCED = frozenset(
    {
        "createForumTopic",
        "editForumTopic",
        "closeForumTopic",
        "reopenForumTopic",
        "pinChatMessage",
    }
)

# The lane of what the queue sends; None: somebody waits for the answer.
_queued: ContextVar[Urgency | None] = ContextVar("queued", default=None)
_allowed: ContextVar[Callable[[], bool]] = ContextVar("allowed", default=lambda: True)
_strict_edits: ContextVar[bool] = ContextVar("strict_edits", default=False)


class queued:  # noqa: N801 - a context manager, called like a function
    """Within it, a ``retry_after`` is raised at once: the queue waits, not the caller.

    Nothing is called any more when ``allowed`` says no: asked after the wait, just before.
    """

    __slots__ = ("_allowed", "_tokens", "_urgency")

    def __init__(
        self, urgency: Urgency = Urgency.WORK, allowed: Callable[[], bool] = lambda: True
    ) -> None:
        self._urgency = urgency
        self._allowed = allowed

    def __enter__(self) -> None:
        self._tokens = _queued.set(self._urgency), _allowed.set(self._allowed)

    def __exit__(self, *_error: object) -> None:
        _queued.reset(self._tokens[0])
        _allowed.reset(self._tokens[1])


def messages_in(method: TelegramMethod[Any]) -> int:
    """How many messages a call leaves in a chat, as Telegram's limits count them.

    Telegram does not say that it counts service messages: what is counted needlessly only waits.
    """
    name = method.__api_method__
    if name in _ANNOUNCED:
        return 1
    if name in _UNCOUNTED or not name.startswith(_COUNTED):
        return 0
    if isinstance(method, SendMediaGroup):
        return len(method.media)
    return len(getattr(method, "message_ids", None) or [None])


def _chat(method: TelegramMethod[Any]) -> int:
    chat = getattr(method, "chat_id", None)
    # A channel by its name: limited like a group; all of them share the turn of one.
    return chat if isinstance(chat, int) else -1


class Gateway(BaseRequestMiddleware):
    """Keeps the limits, obeys ``retry_after``, swallows the two harmless refusals."""

    def __init__(
        self,
        limits: Limits | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.limits = limits or Limits()
        self._sleep = sleep
        # aiogram asks pydantic for the envelope of each answer, and pydantic forgets an envelope
        # that nobody holds: making one anew takes longer than the call.
        self._envelopes: dict[object, object] = {}

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Make one call of the Bot API; raises what Telegram refuses it with.

        Nothing is called for an update that another process has taken over: raises TakenOver.
        """
        count, chat = messages_in(method), _chat(method)
        if method.__returning__ not in self._envelopes:
            self._envelopes[method.__returning__] = Response[method.__returning__]  # type: ignore[name-defined] # a type known at run time only
        waited, urgency = 0.0, _queued.get()
        patience = PATIENCE if urgency is None else _QUEUE_PATIENCE
        while True:
            try:
                if not count:
                    await check_claim()
                    return await make_request(bot, method)
                async with self.limits.turn(chat, count, urgency or Urgency.PRESS, patience):
                    if not _allowed.get()():
                        raise TurnPassed
                    await check_claim()
                    return await make_request(bot, method)
            except ChatPaused as error:
                if urgency is not None:
                    raise
                raise TelegramRetryAfter(method, "paused", math.ceil(error.seconds)) from error
            except TelegramRetryAfter as error:
                log.warning(
                    "telegram.retry_after", method=method.__api_method__, seconds=error.retry_after
                )
                if count:
                    self.limits.pause(chat, error.retry_after)
                waited += error.retry_after
                if urgency is not None or waited > PATIENCE:
                    raise
                if not count:
                    await self._sleep(error.retry_after)
            except TelegramBadRequest as error:
                if not self._swallows(method, error):
                    raise
                log.info("telegram.harmless", method=method.__api_method__)
                # aiogram types a middleware by the envelope and passes the bare result through.
                return cast("Response[TelegramType]", True)

    @staticmethod
    def _swallows(method: TelegramMethod[Any], error: TelegramBadRequest) -> bool:
        if not is_harmless(method, error):
            return False
        return not (_strict_edits.get() and method.__api_method__.startswith("editMessage"))


class DialogMessages(MessageManager):
    """aiogram-dialog's own sender: it needs to be told when an edit changed nothing.

    Give it to ``setup_dialogs(..., message_manager=DialogMessages())``.
    """

    async def edit_message_safe(
        self, bot: Bot, new_message: NewMessage, old_message: OldMessage
    ) -> Message:
        """Edit, or raise aiogram-dialog's MessageNotModified."""
        token = _strict_edits.set(True)
        try:
            return await super().edit_message_safe(bot, new_message, old_message)
        finally:
            _strict_edits.reset(token)


def make_bot(token: str, api: str, gateway: Gateway, timeout: float = 30) -> Bot:
    """A bot whose every call goes through the gateway to the Bot API server at ``api``."""
    session = JsonSession(api=TelegramAPIServer.from_base(api), timeout=timeout)
    # A connection that is not made in this time was not: the call did not go out.
    session.timeout = ClientTimeout(total=timeout, sock_connect=_CONNECTING)  # type: ignore[assignment] # passed on to aiohttp as it is
    session.middleware(gateway)
    return Bot(
        token,
        session=session,
        default=DefaultBotProperties(
            parse_mode=ParseMode.HTML,
            link_preview=LinkPreviewOptions(is_disabled=True),
        ),
    )

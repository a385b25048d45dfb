"""How a call goes over the line: as JSON where it has no files, and read no further than asked.

The outcome of a call, errors and all, is told by aiogram from the status and the answer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import Response, SendMessage, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import (
    ForceReply,
    InlineKeyboardMarkup,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from aiohttp import ClientError, ClientTimeout
from yarl import URL

_JSON = {"Content-Type": "application/json"}
_KEYBOARDS = (InlineKeyboardMarkup, ReplyKeyboardMarkup, ReplyKeyboardRemove, ForceReply)
# Seconds to wait where a server says only that there was too much.
_UNSAID = 5
_TOO_MANY = HTTPStatus.TOO_MANY_REQUESTS
_NOT_AT_WORK = frozenset(range(500, 600)) - {HTTPStatus.GATEWAY_TIMEOUT}
_encode = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class Receipt:
    """Of an answer that tells of a message, the number: nothing else is read."""

    message_id: int


class SendText(SendMessage):
    """``sendMessage`` of which only the number of the message is wanted: of what is sent by the
    thousand nobody reads more, and reading it all takes as long as the call.
    """

    __returning__ = Receipt  # type: ignore[assignment] # aiogram reads answers by it


def number_of(sent: object) -> int | None:
    """The number of the message that a call has left in a chat."""
    return sent.message_id if isinstance(sent, (Message, Receipt)) else None


def _receipt(status: int, content: str) -> Receipt | None:
    """What a plain success says; of anything else aiogram tells what it means."""
    if status != HTTPStatus.OK:
        return None
    try:
        answer = json.loads(content)
        number = answer["result"]["message_id"] if answer["ok"] else None
    except (ValueError, LookupError, TypeError):
        return None
    return Receipt(number) if type(number) is int else None


class JsonSession(AiohttpSession):
    """Sends a call without files as JSON.

    aiogram's form writes each letter of Kazakh or Russian as six characters, which takes as long
    as the rest of the call together.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._urls: dict[tuple[str, str], URL] = {}
        # What kinds of calls say without being told, as long as the bot's defaults are these.
        self._defaults_of: DefaultBotProperties | None = None
        self._unsaid: dict[type, dict[str, Any]] = {}

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram calls it so
    ) -> TelegramType:
        """One call; raises ClientDecodeError also for an answer cut off within a letter."""
        fields = self._plain_fields(bot, method)
        if fields is None:
            fields = self._fields(bot, method)
        try:
            if fields is None:
                return await super().make_request(bot, method, timeout)
            body = _encode(fields).encode(errors="replace")
            status, content = await self._post(bot, method, body, timeout)
        except UnicodeDecodeError as error:
            raise ClientDecodeError("The answer breaks off", error, error.object) from error
        if isinstance(method, SendText) and (receipt := _receipt(status, content)) is not None:
            return cast("TelegramType", receipt)
        response = self.check_response(bot, method, status, content)
        return cast("TelegramType", response.result)

    def check_response(
        self, bot: Bot, method: TelegramMethod[TelegramType], status_code: int, content: str
    ) -> Response[TelegramType]:
        """What an answer says; where it is none of Telegram's but a page of what stands before
        it, its status tells: too much, or not at work. After a time-out there nobody knows.
        """
        try:
            return super().check_response(bot, method, status_code, content)
        except (ClientDecodeError, TelegramAPIError) as error:
            said = error.message if isinstance(error, TelegramAPIError) else "no answer"
            if status_code == _TOO_MANY and not isinstance(error, TelegramRetryAfter):
                raise TelegramRetryAfter(method, said, _UNSAID) from error
            if isinstance(error, ClientDecodeError) and status_code in _NOT_AT_WORK:
                raise TelegramServerError(method, f"{status_code}: {said}") from error
            raise

    async def _post(
        self, bot: Bot, method: TelegramMethod[Any], body: bytes, seconds: int | None
    ) -> tuple[int, str]:
        session = await self.create_session()
        # What aiogram calls seconds is passed on to aiohttp as it is.
        timeout = cast("ClientTimeout", self.timeout if seconds is None else seconds)
        try:
            async with session.post(
                self._url(bot, method), data=body, headers=_JSON, timeout=timeout
            ) as answer:
                return answer.status, (await answer.read()).decode()
        except TimeoutError as error:
            raise TelegramNetworkError(method, "Request timeout error") from error
        except ClientError as error:
            raise TelegramNetworkError(method, f"{type(error).__name__}: {error}") from error

    def _url(self, bot: Bot, method: TelegramMethod[Any]) -> URL:
        key = (bot.token, method.__api_method__)
        url = self._urls.get(key)
        if url is None:
            url = self._urls[key] = URL(self.api.api_url(*key))
        return url

    def _plain_fields(self, bot: Bot, method: TelegramMethod[Any]) -> dict[str, Any] | None:
        """What ``_fields`` says, sooner; None where a call has more than words and a keyboard."""
        if method.model_extra:
            return None
        fields = self._by_default(bot, method).copy()
        for name in method.model_fields_set:
            value = getattr(method, name)
            if value is None or value == "":
                fields.pop(name, None)
            elif isinstance(value, (str, int, float)):
                fields[name] = value
            elif isinstance(value, _KEYBOARDS):
                fields[name] = value.model_dump(exclude_none=True, warnings=False)
            else:
                return None
        return fields

    def _fields(self, bot: Bot, method: TelegramMethod[Any]) -> dict[str, Any] | None:
        """The fields of a call as Telegram wants them; None where there are files among them."""
        files: dict[str, Any] = {}
        fields = {}
        for name, value in method.model_dump(warnings=False).items():
            prepared = self.prepare_value(value, bot=bot, files=files, _dumps_json=False)
            if prepared is not None and prepared != "":
                fields[name] = prepared
        return None if files else fields

    def _by_default(self, bot: Bot, method: TelegramMethod[Any]) -> dict[str, Any]:
        """The fields of a call of this kind of which nothing is said."""
        if self._defaults_of is not bot.default:
            self._defaults_of, self._unsaid = bot.default, {}
        kind = type(method)
        if kind not in self._unsaid:
            # Made without a check: what has no default is left out.
            self._unsaid[kind] = self._fields(bot, kind.model_construct()) or {}
        return self._unsaid[kind]

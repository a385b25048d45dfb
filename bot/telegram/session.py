"""How a call goes over the line: as JSON where it has no files, and read no further than asked.

The outcome of a call, errors and all, is told by aiogram from the status and the answer.
"""

from __future__ import annotations

import json
from typing import Any, cast

from aiogram import Bot
from aiogram.client.default import Default, DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.exceptions import ClientDecodeError, TelegramNetworkError
from aiogram.methods import SendMessage, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import (
    ForceReply,
    InlineKeyboardMarkup,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from aiogram.types.base import TelegramObject
from aiohttp import ClientError, ClientTimeout
from pydantic import ConfigDict
from yarl import URL

_JSON = {"Content-Type": "application/json"}
_KEYBOARDS = (InlineKeyboardMarkup, ReplyKeyboardMarkup, ReplyKeyboardRemove, ForceReply)
_encode = json.JSONEncoder(ensure_ascii=False).encode


class Receipt(TelegramObject):
    """Of an answer that tells of a message, the number: nothing else is read."""

    model_config = ConfigDict(extra="ignore")

    message_id: int


class SendText(SendMessage):
    """``sendMessage`` of which only the number of the message is wanted: of what is sent by the
    thousand nobody reads more, and reading it all takes as long as the call.
    """

    __returning__ = Receipt  # type: ignore[assignment] # aiogram reads answers by it


def number_of(sent: object) -> int | None:
    """The number of the message that a call has left in a chat."""
    return sent.message_id if isinstance(sent, (Message, Receipt)) else None


class JsonSession(AiohttpSession):
    """Sends a call without files as JSON.

    aiogram's form writes each letter of Kazakh or Russian as six characters, which takes as long
    as the rest of the call together.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._urls: dict[tuple[str, str], URL] = {}
        # What the bot's defaults come to, as long as they are these.
        self._defaults_of: DefaultBotProperties | None = None
        self._defaults: dict[str, Any] = {}

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
        response = self.check_response(bot, method, status, content)
        return cast("TelegramType", response.result)

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
        fields: dict[str, Any] = {}
        for name, value in vars(method).items():
            if value is None:
                continue
            if isinstance(value, (str, int, float)):
                fields[name] = value
            elif isinstance(value, Default):
                fields[name] = self._default(bot, value)
            elif isinstance(value, _KEYBOARDS):
                fields[name] = value.model_dump(exclude_none=True, warnings=False)
            else:
                return None
        return {name: value for name, value in fields.items() if value is not None and value != ""}

    def _fields(self, bot: Bot, method: TelegramMethod[Any]) -> dict[str, Any] | None:
        """The fields of a call as Telegram wants them; None where there are files among them."""
        files: dict[str, Any] = {}
        fields = {}
        for name, value in method.model_dump(warnings=False).items():
            prepared = self.prepare_value(value, bot=bot, files=files, _dumps_json=False)
            if prepared is not None and prepared != "":
                fields[name] = prepared
        return None if files else fields

    def _default(self, bot: Bot, default: Default) -> Any:
        if self._defaults_of is not bot.default:
            self._defaults_of, self._defaults = bot.default, {}
        if default.name not in self._defaults:
            self._defaults[default.name] = self.prepare_value(
                default, bot=bot, files={}, _dumps_json=False
            )
        return self._defaults[default.name]

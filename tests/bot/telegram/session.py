"""A session that answers as a test has written, behind the real gateway."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
from typing import Any

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.methods import SendDocument, SendMediaGroup, TelegramMethod
from aiogram.types import Chat, Document, InputFile, Message

from bot.telegram.gateway import Gateway

Answer = Callable[[TelegramMethod[Any]], object]
TOKEN = "123456789:" + "A" * 35


class ScriptedSession(BaseSession):
    """Keeps the calls; raises the next error of the script, else answers like Telegram."""

    def __init__(self, gateway: Gateway) -> None:
        super().__init__()
        self.calls: list[TelegramMethod[Any]] = []
        self.script: list[Callable[[TelegramMethod[Any]], Exception] | None] = []
        self.middleware(gateway)

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[Any],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's signature
    ) -> Any:
        self.calls.append(method)
        step = self.script.pop(0) if self.script else None
        if step is not None:
            raise step(method)
        number = len(self.calls)
        if isinstance(method, SendMediaGroup):
            return [self._message(method, number * 100 + at) for at in range(len(method.media))]
        return self._message(method, number) if hasattr(method, "chat_id") else True

    def _message(self, method: TelegramMethod[Any], number: int) -> Message:
        chat = Chat(id=getattr(method, "chat_id", 1), type="private")
        file = None
        if isinstance(method, SendDocument):
            given = method.document
            name = given.filename if isinstance(given, InputFile) else None
            file = Document(file_id=f"FILE-{number}", file_unique_id="u", file_name=name)
        at = datetime(2026, 1, 1, tzinfo=UTC)
        return Message(message_id=number, date=at, chat=chat, document=file)

    async def close(self) -> None:
        pass

    async def stream_content(self, *_: Any, **__: Any) -> AsyncGenerator[bytes, None]:
        yield b""


def scripted_bot(gateway: Gateway) -> tuple[Bot, ScriptedSession]:
    """A bot that talks to a script."""
    session = ScriptedSession(gateway)
    return Bot(TOKEN, session=session), session

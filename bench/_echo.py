"""The bare aiogram echo, a program of its own: what a press costs when nothing is done with it.

``python -m bench._echo BASE [seldom]``: polls the Bot API server at BASE, answers each press and
sends the text of its message back; ``seldom``: looks for garbage as ``tapsyrys run`` does.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery, Message

from bench._telegram import TOKEN
from bot.garbage import loading


async def _poll(base: str) -> None:
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(base)))
    dispatcher = Dispatcher()

    @dispatcher.callback_query()
    async def echo(query: CallbackQuery) -> None:
        await query.answer()
        if isinstance(query.message, Message):
            await query.message.answer(query.message.text or "")

    await dispatcher.start_polling(bot)


@asynccontextmanager
async def echo(base: str, *, seldom: bool = False) -> AsyncIterator[int]:
    """The echo at work; gives the number of its process."""
    command = [sys.executable, "-m", "bench._echo", base, *(["seldom"] if seldom else [])]
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    try:
        yield process.pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        await process.wait()


if __name__ == "__main__":
    if "seldom" in sys.argv:
        with loading():
            pass  # it has been
    asyncio.run(_poll(sys.argv[1]))

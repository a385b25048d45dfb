"""Pieces the sandbox's tests share."""

from __future__ import annotations

import struct
import zlib

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Update


class QuickSession(AiohttpSession):
    """aiogram's session without the quarter of a second it rests at closing, which TLS needs."""

    def __init__(self, base: str, timeout: float = 10.0) -> None:
        super().__init__(api=TelegramAPIServer.from_base(base), timeout=timeout)

    async def close(self) -> None:
        if self._session is not None and not self._session.closed:
            await self._session.close()


def png(width: int = 4, height: int = 3) -> bytes:
    """A black PNG of this size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        size, check = struct.pack(">I", len(body)), zlib.crc32(kind + body)
        return size + kind + body + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\0" * width) * height)
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


async def fetch(bot: Bot) -> list[Update]:
    """Every waiting update, acknowledged."""
    updates = await bot.get_updates()
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1)
    return updates

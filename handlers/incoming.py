"""Files that people send: checked before the download, kept in our store at once."""

from __future__ import annotations

import mimetypes

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.types import Message

from domain.errors import RuleBroken
from domain.files import MAX_FILE_BYTES, FileInfo
from handlers.context import Ctx

log = structlog.get_logger(__name__)


def described(message: Message) -> FileInfo | None:
    """The file of a message as its sender described it, or None when it bears none."""
    if message.photo:
        photo = message.photo[-1]
        # A photo has no name of its own; people see this one.
        name = f"photo-{message.message_id}.jpg"
        return _info(name, "image/jpeg", photo.file_size, photo.file_id, photo.file_unique_id)
    file = message.document or message.video or message.audio or message.voice
    if file is None:
        return None
    mime = file.mime_type or "application/octet-stream"
    name = getattr(file, "file_name", None) or (
        file.file_unique_id + (mimetypes.guess_extension(mime) or "")
    )
    return _info(name, mime, file.file_size, file.file_id, file.file_unique_id)


def _info(name: str, mime: str, size: int | None, file_id: str, unique_id: str) -> FileInfo:
    return FileInfo(name, mime, size or 0, "", file_id, unique_id)


async def keep(bot: Bot, ctx: Ctx, file: FileInfo) -> tuple[FileInfo, bytes]:
    """Download the file and keep a copy.

    Raises RuleBroken ``file_too_big`` before any download (act 627, clause 8) and
    ``file_not_received`` when Telegram does not give it.
    """
    if file.size > MAX_FILE_BYTES:
        raise RuleBroken("file_too_big", "627-8", size=file.size, limit=MAX_FILE_BYTES)
    try:
        stream = await bot.download(file.telegram_file_id)
    except (TelegramAPIError, OSError, TimeoutError) as error:
        log.warning("file_not_received", error=type(error).__name__, cause=ctx.actor.cause)
        raise RuleBroken("file_not_received") from error
    content = stream.read() if stream is not None else b""
    sha256 = await ctx.services.site.files.put(content)
    kept = FileInfo(
        file.name,
        file.mime,
        len(content),
        sha256,
        file.telegram_file_id,
        file.telegram_unique_id,
    )
    return kept, content

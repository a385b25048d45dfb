"""A message for support that its sender changed: the request follows, its topic behind it."""

from __future__ import annotations

from aiogram.types import Message

from handlers.common.support.intake import text_of
from handlers.context import Ctx


async def edited(message: Message, ctx: Ctx) -> None:
    """Follow the edit; a message of no request is none of ours."""
    await ctx.services.support.edited(
        ctx.actor, message.chat.id, message.message_id, text_of(message)
    )

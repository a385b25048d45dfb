"""A message for support that its sender changed: the request and its copies follow."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.types import Message

from domain.actor import Actor
from domain.support.views import Edited, MessageView
from handlers.common.support.intake import text_of
from handlers.context import Ctx
from handlers.views.desk import message_text
from handlers.views.parts import CAPTION_LIMIT, MESSAGE_LIMIT, cut, fits
from handlers.views.translator import Html, escape, plain, translator

log = structlog.get_logger(__name__)


async def edited(message: Message, ctx: Ctx, bot: Bot) -> None:
    """Follow the edit; a message of no request is none of ours."""
    done = await ctx.services.support.edited(
        ctx.actor, message.chat.id, message.message_id, text_of(message)
    )
    if done is not None and done.copies:
        await _follow(bot, ctx, done)


async def _follow(bot: Bot, ctx: Ctx, done: Edited) -> None:
    """Bring the copies up to date: what stands in a topic begins with its number and author."""
    system = Actor.system(ctx.actor.cause, source="telegram")
    ticket = await ctx.services.support.ticket(system, done.number)
    said = next((each for each in ticket.messages if each.id == done.message), None)
    if said is None:
        return
    for chat_id, copies in groupby(done.copies, key=lambda copy: copy[0]):
        group = await ctx.services.desk.group(system, chat_id)
        t = translator("kk" if group is not None and group.language == "kk" else "ru")
        await _change(bot, chat_id, [post for _, post in copies], said, message_text(t, said))


async def _change(
    bot: Bot, chat_id: int, posts: Sequence[int], said: MessageView, text: Html
) -> None:
    """Change the first copy in a chat, which bears the words; one that is gone stays gone."""
    # One file and its words stand as one post, the words under the file.
    caption = len(said.files) == len(posts)
    shown = _cut(text, CAPTION_LIMIT if caption else MESSAGE_LIMIT)
    try:
        if caption:
            await bot.edit_message_caption(chat_id=chat_id, message_id=posts[0], caption=shown)
        else:
            await bot.edit_message_text(shown, chat_id=chat_id, message_id=posts[0])
    except TelegramBadRequest as error:
        log.info("copy_not_edited", chat=chat_id, error=error.message)
    except TelegramAPIError as error:
        log.warning("copy_not_edited", chat=chat_id, error=type(error).__name__)


def _cut(text: Html, limit: int) -> Html:
    return text if fits(text, limit) else escape(cut(plain(text), limit - 1))

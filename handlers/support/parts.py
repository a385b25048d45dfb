"""Small things that handlers of the desk share."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from aiogram import Bot, F
from aiogram.enums import ChatType
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
)
from aiogram.types import CallbackQuery, Message, ReactionTypeEmoji

from domain.errors import NotFound
from domain.roles import Role
from domain.support.mirror import TopicView
from domain.support.views import TicketView
from handlers.context import Ctx
from handlers.ids import number_in
from handlers.views.desk_people import in_private, no_private
from handlers.views.desk_private import private_card
from handlers.views.translator import Html, Translator, translator

OPERATORS = frozenset({Role.SUPPORT, Role.ADMIN})
LEADS = frozenset({Role.ADMIN})
GROUPS = frozenset({ChatType.GROUP, ChatType.SUPERGROUP})
IN_GROUP = F.chat.type.in_(GROUPS)
IN_CHAT = F.chat.type == ChatType.PRIVATE
PRESSED_IN_GROUP = F.message.chat.type.in_(GROUPS)
PRESSED_IN_CHAT = F.message.chat.type == ChatType.PRIVATE

#: Reactions say what became of a message and take none of the group's turns.
SENT, KEPT = "\N{OK HAND SIGN}", "\N{WRITING HAND}"


def is_operator(ctx: Ctx) -> bool:
    """Whether the person works at the desk, by our register."""
    return ctx.actor.role in OPERATORS and not ctx.actor.suspended


def ticket_in(ids: Sequence[str], at: int = 0) -> int:
    """The number of a ticket that a button carries; NotFound ``ticket_unknown``."""
    try:
        return number_in(ids, at)
    except NotFound:
        raise NotFound("ticket_unknown", None, ticket=0) from None


def in_language(language: str) -> Translator:
    """The translator of a group's language."""
    return translator("kk" if language == "kk" else "ru")


async def topic_of(event: Message, ctx: Ctx) -> TopicView | None:
    """The topic of a ticket in which a message stands; None outside of such."""
    thread = event.message_thread_id
    if not event.is_topic_message or thread is None:
        return None
    return await ctx.services.desk.topic_at(ctx.actor, event.chat.id, thread)


async def words_of(press: CallbackQuery, ctx: Ctx) -> tuple[Translator, bool]:
    """The language of the card that was pressed, and whether its topic is in note mode."""
    message = press.message
    if isinstance(message, Message) and message.chat.type in GROUPS:
        topic = await topic_of(message, ctx)
        if topic is not None:
            return in_language(topic.language), topic.note_mode
    return ctx.t, False


async def react(message: Message, bot: Bot, emoji: str) -> None:
    """Mark a message; one that is gone needs no mark."""
    with contextlib.suppress(TelegramAPIError):
        await bot.set_message_reaction(
            message.chat.id, message.message_id, [ReactionTypeEmoji(emoji=emoji)]
        )


async def reply(message: Message, text: Html) -> None:
    """Say something below a message of a group; its topic may have been deleted meanwhile."""
    with contextlib.suppress(TelegramBadRequest):
        await message.answer(text)


async def to_private(press: CallbackQuery, ctx: Ctx, view: TicketView, bot: Bot) -> None:
    """Send a ticket's card to whoever pressed."""
    shown = private_card(ctx.t, view, ctx.now)
    try:
        await bot.send_message(press.from_user.id, shown.text, reply_markup=shown.keyboard)
    except (TelegramBadRequest, TelegramForbiddenError):
        await press.answer(no_private(ctx.t), show_alert=True)
    else:
        await press.answer(in_private(ctx.t), show_alert=True)

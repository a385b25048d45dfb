"""What is written in a group: in the topic of a ticket it is an answer or a note, else nothing.

An answer goes to the user as the bot; see ``kinds`` for what is one. Whoever is no operator by
our register is told so, and nothing of theirs goes anywhere.
"""

from __future__ import annotations

import contextlib
from dataclasses import asdict, replace
from typing import Any

import structlog
from aiogram import Bot, Router
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.fsm.context import FSMContext
from aiogram.types import InlineKeyboardMarkup, Message

from domain.actor import Actor
from domain.clock import astana
from domain.errors import RuleBroken
from domain.services import Services
from domain.support.mirror import TopicView
from domain.support.views import Edited, Origin
from handlers.common.support.intake import files_of
from handlers.context import Ctx, locale_of
from handlers.support.calls import mute
from handlers.support.faults import report_of_ticket
from handlers.support.kinds import Before, Kind, is_marked, kind_of, remembered
from handlers.support.parts import (
    IN_GROUP,
    KEPT,
    SENT,
    in_language,
    is_operator,
    react,
    reply,
    topic_of,
)
from handlers.support.questions import MEMORY, is_cancel, is_void
from handlers.support.writing import html_of
from handlers.views.desk_choices import (
    album_kept,
    cancelled,
    edit_kept,
    help_in_general,
    incident_made,
    not_a_number,
    not_operator,
    outdated,
    unsigned,
)
from handlers.views.desk_people import days_asked
from handlers.views.errors import describe
from handlers.views.notices import render
from handlers.views.translator import Html, Translator, escape, translator

log = structlog.get_logger(__name__)

# What does something by a question of the bot, and only by it.
_ASKED = ("documents", "merge", "dispute", "incident", "called", "mute")
_TO_USER = ("answer", "documents", "called", "mute")


def topics_router() -> Router:
    """Takes every message of every group: no other handler is meant for groups."""
    router = Router(name="support-topics")
    router.message.filter(IN_GROUP)
    router.edited_message.filter(IN_GROUP)
    router.message.register(written)
    router.edited_message.register(edited)
    return router


async def written(message: Message, ctx: Ctx, state: FSMContext, bot: Bot) -> None:
    """One message of a group."""
    topic = await topic_of(message, ctx)
    memory = (await state.get_data()).get(MEMORY) or {}
    before = _before(memory, message)
    kind = kind_of(
        message,
        bot_id=bot.id,
        note_mode=topic.note_mode if topic else False,
        card=(topic.card_id or 0) if topic else 0,
        before=before,
    )
    if kind == "service":
        return
    if topic is None or kind == "unsigned" or not is_operator(ctx):
        await _tell_once(message, ctx, state, memory, topic, kind)
        return
    void = kind in _ASKED and is_void(memory, message)
    if void:
        kind = "note"
    elif kind in _ASKED and is_cancel(message):
        await reply(message, cancelled(in_language(topic.language)))
        return
    # First: what comes next may be a part of the same note, whatever becomes of this one.
    after = asdict(remembered(message, kind, before)) | {"thread": message.message_thread_id}
    await state.update_data({MEMORY: {**memory, "before": after}})
    try:
        await _take(message, ctx, bot, topic, kind)
    except RuleBroken as error:
        log.info("desk.refused", code=error.code, ticket=topic.number)
        await reply(message, describe(in_language(topic.language), error))
        return
    if void:
        await reply(message, outdated(in_language(topic.language)))
    if kind == "note" and message.media_group_id and before.album != message.media_group_id:
        await _explain_album(message, topic)


def _before(memory: dict[str, Any], message: Message) -> Before:
    kept = dict(memory.get("before") or {})
    same_thread = kept.pop("thread", None) == message.message_thread_id
    return Before.read(kept) if same_thread else Before()


async def _take(message: Message, ctx: Ctx, bot: Bot, topic: TopicView, kind: Kind) -> None:
    """Do what the message is there for; the reaction tells which of them it was."""
    support, number = ctx.services.support, topic.number
    origin = Origin(message.chat.id, message.message_id)
    said = html_of(message)
    t = in_language(topic.language)
    match kind:
        case "answer":
            await support.answer(ctx.actor, number, said, files_of(message), origin=origin)
        case "documents":
            await support.ask_documents(ctx.actor, number, said, origin=origin)
        case "merge":
            await _merge(message, ctx, number, t)
        case "called":
            recording = next((replace(each, kind="call") for each in files_of(message)), None)
            await support.follow_up(
                ctx.actor, number, "call", "answered", said, recording=recording, origin=origin
            )
        case "mute":
            asked = message.reply_to_message
            days = days_asked(asked.text or "") if asked else 0
            await reply(message, await mute(ctx, number, days, message.text or "", t))
        case "dispute":
            await support.mark_dispute(ctx.actor, number, message.text or "")
        case "incident":
            taken = await report_of_ticket(ctx, number, message.text or "")
            await reply(message, incident_made(t, taken))
        case _:
            words = said or escape("" if files_of(message) else f"[{message.content_type}]")
            await support.note(ctx.actor, number, words, files_of(message), origin=origin)
    await react(message, bot, SENT if kind in _TO_USER else KEPT)


async def _merge(message: Message, ctx: Ctx, number: int, t: Translator) -> None:
    typed = (message.text or "").strip().lstrip("#\N{NUMERO SIGN}").strip()
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= 15):
        await reply(message, not_a_number(t))
        return
    await ctx.services.support.merge(ctx.actor, number, int(typed))


async def _explain_album(message: Message, topic: TopicView) -> None:
    if not (message.caption or "").strip() and not topic.note_mode:
        await reply(message, album_kept(in_language(topic.language)))


async def _tell_once(
    message: Message,
    ctx: Ctx,
    state: FSMContext,
    memory: dict[str, Any],
    topic: TopicView | None,
    kind: Kind,
) -> None:
    """Say why nothing goes anywhere: to each person once a day, for a group takes few messages."""
    group = await ctx.services.desk.group(ctx.actor, message.chat.id)
    if group is None or group.state != "active":
        return
    t = in_language(group.language)
    if kind == "unsigned":
        why, text = "unsigned", unsigned(t)
    elif not is_operator(ctx):
        why, text = "role", not_operator(t)
    else:
        why, text = "general", help_in_general(t)
    today = astana(ctx.now).date().isoformat()
    told = dict(memory.get("told") or {})
    if told.get(why) == today:
        return
    await state.update_data({MEMORY: {**memory, "told": {**told, why: today}}})
    await reply(message, text)


async def edited(message: Message, ctx: Ctx, bot: Bot) -> None:
    """Follow an edit of an answer or a note; what was an answer stays one, and only grows better.

    An edit that would turn an answer into a note is not followed: the user has it already.
    """
    topic = await topic_of(message, ctx)
    if topic is None or not is_operator(ctx):
        return
    t = in_language(topic.language)
    said = html_of(message)
    origin = Origin(message.chat.id, message.message_id)
    try:
        if is_marked(message.text or message.caption or "") and await _answered(ctx, topic, origin):
            await reply(message, edit_kept(t))
            return
        done = await ctx.services.support.edited(ctx.actor, origin.chat_id, origin.message_id, said)
    except RuleBroken as error:
        await reply(message, describe(t, error))
        return
    if done is not None and done.author == "operator":
        await follow(bot, ctx.services, ctx.actor, done)


async def _answered(ctx: Ctx, topic: TopicView, origin: Origin) -> bool:
    """Whether the message went to the user."""
    view = await ctx.services.support.ticket(ctx.actor, topic.number)
    return any(each.origin == origin and each.author == "operator" for each in view.messages)


async def follow(bot: Bot, services: Services, actor: Actor, done: Edited) -> None:
    """Bring the user's own copies of an answer up to date; topics follow by themselves."""
    now = services.site.moment(actor)
    for chat_id, post_id in done.copies:
        if chat_id < 0:
            continue
        found = await services.desk.notice_at(actor, chat_id, post_id)
        if found is None:
            continue
        notice, language = found
        shown = render(translator(locale_of(language)), notice, now)
        # Whoever has blocked the bot since keeps what they have.
        with contextlib.suppress(TelegramForbiddenError):
            await replace_copy(bot, chat_id, post_id, shown.text, shown.keyboard)


async def replace_copy(
    bot: Bot, chat_id: int, post_id: int, text: Html, keyboard: InlineKeyboardMarkup | None
) -> None:
    """A text or a caption; a copy that is gone, or too old to be edited, stays as it is.

    Words that have become too long for a caption come in a message of their own.
    """
    try:
        await bot.edit_message_text(
            text, chat_id=chat_id, message_id=post_id, reply_markup=keyboard
        )
    except TelegramBadRequest:
        try:
            await bot.edit_message_caption(
                chat_id=chat_id, message_id=post_id, caption=text, reply_markup=keyboard
            )
        except TelegramBadRequest as error:
            if "too long" in error.message or "TOO_LONG" in error.message:
                await bot.send_message(chat_id, text, reply_markup=keyboard)

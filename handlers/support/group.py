"""A group becomes a desk, and what is said in it."""

from __future__ import annotations

import contextlib

from aiogram import Bot, Router
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.filters import JOIN_TRANSITION, ChatMemberUpdatedFilter, Command, CommandObject
from aiogram.types import (
    ChatMemberAdministrator,
    ChatMemberMember,
    ChatMemberOwner,
    ChatMemberUpdated,
    Message,
)

from domain.actor import Actor
from handlers.context import Ctx
from handlers.support.parts import IN_GROUP, in_language, reply
from handlers.views.desk_choices import (
    desk_begun,
    desk_ended,
    desk_invites,
    desk_lacks,
)


def group_desk_router() -> Router:
    """The command, and what Telegram tells of the bot's place in a group."""
    router = Router(name="support-group-desk")
    router.message.filter(IN_GROUP)
    router.message.register(desk_command, Command("desk"))
    router.message.register(moved, _has_moved)
    router.my_chat_member.register(
        joined, IN_GROUP, ChatMemberUpdatedFilter(member_status_changed=JOIN_TRANSITION)
    )
    router.my_chat_member.register(changed, IN_GROUP)
    return router


async def _has_moved(message: Message) -> bool:
    return message.migrate_to_chat_id is not None


async def desk_command(message: Message, command: CommandObject, ctx: Ctx, bot: Bot) -> None:
    """``/desk``, ``/desk kk``, ``/desk ru``, ``/desk off``: by an administrator of ours only."""
    wanted = (command.args or "").strip().casefold()
    desk, chat = ctx.services.desk, message.chat
    if wanted == "off":
        group = await desk.off(ctx.actor, chat.id)
        await reply(message, desk_ended(in_language(group.language)))
        return
    known = await desk.group(ctx.actor, chat.id)
    if wanted and known is not None and known.state == "active":
        group = await desk.speak(ctx.actor, chat.id, wanted)
    else:
        lacking = desk_lacks(ctx.t, **await _what_there_is(message, bot))
        if lacking:
            await reply(message, lacking)
            return
        language = wanted or (known.language if known else ctx.t.locale)
        group = await desk.add(ctx.actor, chat.id, chat.title or str(chat.id), language)
    await reply(message, desk_begun(in_language(group.language), group))


async def _what_there_is(message: Message, bot: Bot) -> dict[str, bool]:
    """What the desk needs: topics, and the bot as an administrator who may manage them.

    And who may delete what is older than two days: recordings go after a year (366, 21.3).
    """
    me = await bot.get_chat_member(message.chat.id, bot.id)
    admin = isinstance(me, ChatMemberAdministrator | ChatMemberOwner)
    topics = isinstance(me, ChatMemberOwner) or (
        isinstance(me, ChatMemberAdministrator) and bool(me.can_manage_topics)
    )
    deletes = isinstance(me, ChatMemberOwner) or (
        isinstance(me, ChatMemberAdministrator) and me.can_delete_messages
    )
    forum = bool(message.chat.is_forum)
    return {"forum": forum, "admin": admin, "topics": topics, "deletes": deletes}


async def moved(message: Message, ctx: Ctx) -> None:
    """The group has another id from now on."""
    if message.migrate_to_chat_id is not None:
        await ctx.services.desk.moved(_telegram(ctx), message.chat.id, message.migrate_to_chat_id)


async def joined(event: ChatMemberUpdated, ctx: Ctx, bot: Bot) -> None:
    """The bot has come into a group: say what to do; a group that was a desk needs the same."""
    known = await ctx.services.desk.group(ctx.actor, event.chat.id)
    t = in_language(known.language) if known else ctx.t
    # It may have come in without the right to write.
    with contextlib.suppress(TelegramBadRequest, TelegramForbiddenError):
        await bot.send_message(event.chat.id, desk_invites(t))


async def changed(event: ChatMemberUpdated, ctx: Ctx, bot: Bot) -> None:
    """The bot's rights have changed: without topics the group is a desk no more."""
    now = event.new_chat_member
    able = isinstance(now, ChatMemberOwner) or (
        isinstance(now, ChatMemberAdministrator) and bool(now.can_manage_topics)
    )
    if not able:
        reason = "member" if isinstance(now, ChatMemberMember) else str(now.status)
        await ctx.services.desk.lost(_telegram(ctx), event.chat.id, reason)
        return
    known = await ctx.services.desk.group(ctx.actor, event.chat.id)
    if known is not None and known.state == "lost":
        await joined(event, ctx, bot)


def _telegram(ctx: Ctx) -> Actor:
    return Actor.system(ctx.actor.cause, source="telegram")

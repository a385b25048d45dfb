"""/me: the account, other companies and roles, colleagues; and whether the person is reachable."""

from __future__ import annotations

from aiogram import Bot, F, Router
from aiogram.enums import ChatType
from aiogram.filters import KICKED, MEMBER, ChatMemberUpdatedFilter, Command
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message

from domain.actor import Actor
from domain.errors import AccessDenied
from handlers.common.commands import publish_for
from handlers.common.start import show_home
from handlers.context import Ctx
from handlers.filters import MenuChosen, Pressed
from handlers.ids import number_in
from handlers.reply import say, show
from handlers.sending import chat_of
from handlers.views.account import account as account_page
from handlers.views.account import colleagues as colleagues_page
from handlers.views.account import invitation_link


def account_router() -> Router:
    """The account's pages and presses."""
    router = Router(name="common-account")
    router.message.register(show_me, Command("me"))
    router.message.register(show_me, MenuChosen("me"))
    router.callback_query.register(show_me, Pressed("me"))
    router.callback_query.register(switch, Pressed("switch"))
    router.callback_query.register(show_colleagues, Pressed("colleagues"))
    router.callback_query.register(invite_colleague, Pressed("invite.colleague"))
    private = F.chat.type == ChatType.PRIVATE
    router.my_chat_member.register(blocked, private, ChatMemberUpdatedFilter(KICKED))
    router.my_chat_member.register(unblocked, private, ChatMemberUpdatedFilter(MEMBER))
    return router


async def show_me(event: Message | CallbackQuery, ctx: Ctx) -> None:
    """The account as it stands."""
    people = ctx.services.people
    memberships = await people.my_memberships(ctx.actor)
    registrations = await people.my_registrations(ctx.actor)
    unread = (await ctx.services.notices.page(ctx.actor, None, 1)).unread
    await show(event, account_page(ctx.t, ctx.person, memberships, registrations[:8], unread))


async def switch(press: CallbackQuery, ctx: Ctx, ids: list[str], bot: Bot) -> None:
    """Act in another of one's own roles: menu and commands follow."""
    person = await ctx.services.people.switch_membership(ctx.actor, number_in(ids))
    role = person.membership.role if person.membership else None
    await publish_for(bot, chat_of(press), role, person.language)
    await show_home(press, ctx.seen_as(person))


async def show_colleagues(press: CallbackQuery, ctx: Ctx) -> None:
    """Who else acts for the company."""
    await show(press, colleagues_page(ctx.t, await ctx.services.people.colleagues(ctx.actor)))


async def invite_colleague(press: CallbackQuery, ctx: Ctx) -> None:
    """A link for somebody of the same company, in the same role."""
    if ctx.actor.role is None:
        raise AccessDenied("not_registered", "344-4")
    link = await ctx.services.people.invite(ctx.actor, ctx.actor.role)
    await say(press, invitation_link(ctx.t, link, ctx.bot_username))


async def blocked(event: ChatMemberUpdated, ctx: Ctx) -> None:
    """The person has blocked the bot. Told by Telegram, so it holds for suspended accounts, too."""
    await ctx.services.people.mark_unreachable(_telegram(ctx), event.from_user.id)


async def unblocked(event: ChatMemberUpdated, ctx: Ctx) -> None:
    """The person lets the bot write again."""
    await ctx.services.people.mark_reachable(_telegram(ctx), event.from_user.id)


def _telegram(ctx: Ctx) -> Actor:
    return Actor.system(ctx.actor.cause, source="telegram")

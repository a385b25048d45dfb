"""People and companies: cards, which role to give or take, links; and the register of roles."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from domain.roles import Role
from handlers.context import Ctx
from handlers.filters import MenuChosen, Pressed
from handlers.ids import number_in
from handlers.reply import show, show_new
from handlers.views.admin import (
    company_card,
    people_hub,
    person_card,
    revoke_choice,
    role_choice,
    role_register,
)

ADMINS = frozenset({Role.ADMIN})
_PAGE = 8


def people_router() -> Router:
    """Commands, menu buttons and presses."""
    router = Router(name="admin-people")
    router.message.register(open_hub, Command("people"))
    router.message.register(open_hub, MenuChosen("people"))
    router.callback_query.register(open_hub, Pressed("people"))
    router.callback_query.register(show_person, Pressed("person.card"))
    router.callback_query.register(choose_grant, Pressed("person.grant"))
    router.callback_query.register(choose_revoke, Pressed("person.revoke"))
    router.callback_query.register(show_company, Pressed("company.card"))
    router.callback_query.register(choose_invited, Pressed("invite"))
    router.message.register(open_register, Command("roles"))
    router.message.register(open_register, MenuChosen("role_register"))
    router.callback_query.register(turn_register, Pressed("roles"))
    return router


async def open_hub(event: Message | CallbackQuery, ctx: Ctx) -> None:
    """Where to search and to invite."""
    ctx.actor.check_role(ADMINS)
    await show(event, people_hub(ctx.t))


async def show_person(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """One person with all roles."""
    person = await ctx.services.people.person(ctx.actor, number_in(ids))
    await show_new(press, person_card(ctx.t, person))


async def choose_grant(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Which role to give."""
    person = await ctx.services.people.person(ctx.actor, number_in(ids))
    await show(press, role_choice(ctx.t, "grant.role", person.id))


async def choose_revoke(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Which role to take away."""
    person = await ctx.services.people.person(ctx.actor, number_in(ids))
    await show(press, revoke_choice(ctx.t, person))


async def choose_invited(press: CallbackQuery, ctx: Ctx) -> None:
    """To which role a link shall invite."""
    ctx.actor.check_role(ADMINS)
    await show(press, role_choice(ctx.t, "invite.role"))


async def show_company(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """A company of the registry."""
    ctx.actor.check_role(ADMINS)
    company = await ctx.services.registry.company(ctx.actor, "".join(ids[:1]))
    await show_new(press, company_card(ctx.t, company))


async def open_register(message: Message, ctx: Ctx) -> None:
    """The newest changes of roles."""
    page = await ctx.services.people.role_register(ctx.actor, None, _PAGE)
    await show(message, role_register(ctx.t, page, first=True))


async def turn_register(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Older changes, or the newest again."""
    before = number_in(ids) if ids else None
    page = await ctx.services.people.role_register(ctx.actor, before, _PAGE)
    await show(press, role_register(ctx.t, page, first=before is None))

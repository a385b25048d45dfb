"""Applications: the list, the card, approving; refusing asks for its ground in a form."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from domain.errors import Conflict
from handlers.common.commands import publish_for
from handlers.context import Ctx
from handlers.filters import MenuChosen, Pressed
from handlers.ids import number_in
from handlers.reply import show, show_late, show_new
from handlers.views.admin import approve_question, registration_card, registration_list
from handlers.views.errors import toast

_PAGE = 8


def registrations_router() -> Router:
    """The command, the menu button and the presses."""
    router = Router(name="admin-registrations")
    router.message.register(open_list, Command("registrations"))
    router.message.register(open_list, MenuChosen("registrations"))
    router.callback_query.register(turn, Pressed("registrations"))
    router.callback_query.register(show_card, Pressed("registration.card"))
    router.callback_query.register(ask, Pressed("registration.ask"))
    router.callback_query.register(approve, Pressed("registration.approve"))
    return router


async def open_list(message: Message, ctx: Ctx) -> None:
    """The oldest applications first."""
    page = await ctx.services.people.pending_registrations(ctx.actor, 0, _PAGE)
    await show(message, registration_list(ctx.t, page, first=True))


async def turn(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """A further page; as a new message, for a notice may have brought the press."""
    after = number_in(ids) if ids else 0
    page = await ctx.services.people.pending_registrations(ctx.actor, after, _PAGE)
    await show_new(press, registration_list(ctx.t, page, first=not after))


async def show_card(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """One application as it stands now."""
    view = await ctx.services.people.registration(ctx.actor, number_in(ids))
    await show_new(press, registration_card(ctx.t, view))


async def ask(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Asked once more before anybody may act for a company."""
    view = await ctx.services.people.registration(ctx.actor, number_in(ids))
    if view.state == "pending":
        await show(press, approve_question(ctx.t, view))
    else:
        await show(press, registration_card(ctx.t, view))


async def approve(press: CallbackQuery, ctx: Ctx, ids: list[str], bot: Bot) -> None:
    """The person acts from now on; decided meanwhile by another, the card says so."""
    number, people = number_in(ids), ctx.services.people
    try:
        view = await people.decide_registration(ctx.actor, number, True)
    except Conflict as error:
        card = registration_card(ctx.t, await people.registration(ctx.actor, number))
        await show_late(press, toast(ctx.t, error), card)
        return
    await show(press, registration_card(ctx.t, view))
    await publish_to(bot, ctx, view.person_id)


async def publish_to(bot: Bot, ctx: Ctx, person_id: int) -> None:
    """Give somebody else the commands of the role they act in now."""
    person = await ctx.services.people.person(ctx.actor, person_id)
    role = next((each.role for each in person.memberships if each.current), None)
    if person.telegram_id is not None:
        await publish_for(bot, person.telegram_id, role, person.language)

"""Searching people and companies by a typed text, and links for a company's people."""

from __future__ import annotations

from collections.abc import Callable

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, Window

from domain.roles import Role
from domain.texts import required_text
from handlers.admin.deciding import role_in
from handlers.admin.people import ADMINS
from handlers.context import Ctx, ctx_of
from handlers.filters import Pressed
from handlers.forms import finish, open_form, seeded
from handlers.reply import say
from handlers.sending import send_shown
from handlers.steps import Take, acts, asks_text
from handlers.views.account import invitation_link
from handlers.views.admin import companies_found, people_found
from handlers.views.deciding import ask_company, ask_invited, ask_person
from handlers.views.shown import Shown
from handlers.views.translator import Translator

_TEXT_LIMIT = 200
_PAGE = 8


class FindForm(StatesGroup):
    """One step each: nothing here is worth a draft."""

    person = State()
    company = State()
    invited = State()


def finding_forms() -> Router:
    """The searches and the presses that open them."""
    router = Router(name="admin-finding")
    router.callback_query.register(find_person, Pressed("people.find"))
    router.callback_query.register(find_company, Pressed("companies.find"))
    router.callback_query.register(invite, Pressed("invite.role"))
    router.include_router(finding_dialog())
    return router


async def _open(ctx: Ctx, manager: DialogManager, state: State, **values: str) -> None:
    ctx.actor.check_role(ADMINS)
    await open_form(manager, "find", state, values)


async def find_person(press: CallbackQuery, ctx: Ctx, dialog_manager: DialogManager) -> None:
    """Ask whom."""
    await _open(ctx, dialog_manager, FindForm.person)


async def find_company(press: CallbackQuery, ctx: Ctx, dialog_manager: DialogManager) -> None:
    """Ask which one."""
    await _open(ctx, dialog_manager, FindForm.company)


async def invite(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """A link for a member of staff at once; for a company's people ask for the company."""
    role = role_in(ids, 0)
    if role.of_company:
        await _open(ctx, dialog_manager, FindForm.invited, role=role.value)
        return
    link = await ctx.services.people.invite(ctx.actor, role)
    await say(press, invitation_link(ctx.t, link, ctx.bot_username))


async def take_person(manager: DialogManager, text: str) -> None:
    """Show who is found; the search stays open for another text."""
    ctx, wanted = ctx_of(manager), required_text(text, "text", _TEXT_LIMIT)
    found = await ctx.services.people.find_people(ctx.actor, wanted)
    await _answer(manager, people_found(ctx.t, found, wanted))


async def take_company(manager: DialogManager, text: str) -> None:
    """Show which companies are found; the search stays open for another text."""
    ctx, wanted = ctx_of(manager), required_text(text, "text", _TEXT_LIMIT)
    page = await ctx.services.registry.companies(ctx.actor, wanted, 0, _PAGE)
    await _answer(manager, companies_found(ctx.t, page, wanted))


async def _answer(manager: DialogManager, shown: Shown) -> None:
    manager.show_mode = ShowMode.NO_UPDATE
    event = manager.event
    if isinstance(event, Message):
        await send_shown(event, shown)


async def take_invited(manager: DialogManager, text: str) -> None:
    """Make the link for the company of a typed BIN."""
    ctx = ctx_of(manager)
    role = Role(manager.dialog_data["role"])
    link = await ctx.services.people.invite(ctx.actor, role, text)
    await finish(manager, Shown(invitation_link(ctx.t, link, ctx.bot_username)))


async def leave(manager: DialogManager) -> None:
    """Close the search; what was found stays."""
    await finish(manager)


def _window(ask: Callable[[Translator], str], take: Take, state: State) -> Window:
    close = acts(lambda t, _: t.button("Close"), "close", leave)
    return asks_text(lambda t, _: ask(t), take, state, close)


def finding_dialog() -> Dialog:
    """A question each."""
    return Dialog(
        _window(ask_person, take_person, FindForm.person),
        _window(ask_company, take_company, FindForm.company),
        _window(ask_invited, take_invited, FindForm.invited),
        on_start=seeded,
    )

"""Searching people and companies by a typed text, and links for a company's people."""

from __future__ import annotations

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window

from domain.roles import Role
from domain.texts import required_text
from handlers.admin.deciding import role_in
from handlers.admin.people import ADMINS
from handlers.context import Ctx, ctx_of
from handlers.filters import Pressed
from handlers.forms import Words
from handlers.reply import say
from handlers.sending import send_shown
from handlers.steps import acts, typed, wants_text
from handlers.views.account import invitation_link
from handlers.views.admin import companies_found, people_found
from handlers.views.shown import Shown

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


async def _open(press: CallbackQuery, ctx: Ctx, manager: DialogManager, state: State) -> None:
    ctx.actor.check_role(ADMINS)
    await press.answer()
    await manager.start(state, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


async def find_person(press: CallbackQuery, ctx: Ctx, dialog_manager: DialogManager) -> None:
    """Ask whom."""
    await _open(press, ctx, dialog_manager, FindForm.person)


async def find_company(press: CallbackQuery, ctx: Ctx, dialog_manager: DialogManager) -> None:
    """Ask which one."""
    await _open(press, ctx, dialog_manager, FindForm.company)


async def invite(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """A link for a member of staff at once; for a company's people ask for the company."""
    role = role_in(ids, 0)
    if role.of_company:
        await _open(press, ctx, dialog_manager, FindForm.invited)
        dialog_manager.dialog_data["role"] = role.value
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
    await manager.done(show_mode=ShowMode.EDIT)
    await _answer(manager, Shown(invitation_link(ctx.t, link, ctx.bot_username)))


async def leave(manager: DialogManager) -> None:
    """Close the search; what was found stays."""
    await manager.done(show_mode=ShowMode.EDIT)


def finding_dialog() -> Dialog:
    """A question each."""
    close = acts(lambda t, _: t.button("Close"), "close", leave)
    return Dialog(
        Window(
            Words(
                lambda t, _: t(
                    "Type a part of the name, the phone, the BIN or the name of the company. "
                    "Example: {example}",
                    example="701 123",
                )
            ),
            typed(take_person),
            wants_text(),
            close,
            state=FindForm.person,
        ),
        Window(
            Words(
                lambda t, _: t(
                    "Type a part of the company's name, the BIN or the number in the registry. "
                    "Example: {example}",
                    example="990140",
                )
            ),
            typed(take_company),
            wants_text(),
            close,
            state=FindForm.company,
        ),
        Window(
            Words(
                lambda t, _: t(
                    "For which company is the invitation? Type its BIN or IIN: 12 digits. "
                    "Example: {example}",
                    example="990140001234",
                )
            ),
            typed(take_invited),
            wants_text(),
            close,
            state=FindForm.invited,
        ),
    )

"""The form that registers somebody without Telegram, and those that correct one thing."""

from __future__ import annotations

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.kbd import Row

from domain.channels.enrolling import SignedForm
from domain.channels.rules import EMAIL, check_address
from domain.identifiers import parse_phone
from domain.people.rules import check_ground, parse_full_name
from domain.roles import Role
from handlers.admin.people import ADMINS
from handlers.admin.unchatty import person_of
from handlers.context import Ctx, ctx_of
from handlers.filters import Pressed
from handlers.forms import PRIMARY, Values, finish, go, open_form, seeded
from handlers.steps import (
    acts,
    asks_press,
    asks_text,
    back_button,
    cancel_button,
    leave_window,
    picks,
    resume_window,
)
from handlers.views import unchatty as texts
from handlers.views.parts import cut, name_of
from handlers.views.terms import POSITIONS, ROLES

_LABEL = 24


class UnchattyForm(StatesGroup):
    """Who, what they will be, how they are reached, and why."""

    resume = State()
    leave = State()
    name = State()
    language = State()
    role = State()
    company = State()
    position = State()
    phone = State()
    email = State()
    ground = State()
    review = State()


class UnchattyChange(StatesGroup):
    """One thing each."""

    name = State()
    email = State()
    code = State()


def unchatty_forms() -> Router:
    """The forms and the presses that open them."""
    router = Router(name="admin-unchatty-forms")
    router.callback_query.register(begin, Pressed("unchatty.new"))
    router.callback_query.register(change_name, Pressed("unchatty.name"))
    router.callback_query.register(change_email, Pressed("unchatty.email"))
    router.callback_query.register(enter_code, Pressed("unchatty.code"))
    router.include_routers(unchatty_dialog(), change_dialog())
    return router


async def begin(press: CallbackQuery, ctx: Ctx, dialog_manager: DialogManager) -> None:
    """Register somebody."""
    ctx.actor.check_role(ADMINS)
    await open_form(dialog_manager, "unchatty", UnchattyForm.name, {})


# Steps


async def take_name(manager: DialogManager, text: str) -> None:
    """The full name."""
    manager.dialog_data["name"] = parse_full_name(text)
    await go(manager, UnchattyForm.language)


async def take_language(manager: DialogManager, chosen: str) -> None:
    """The language of letters."""
    manager.dialog_data["language"] = chosen
    await go(manager, UnchattyForm.role)


async def take_role(manager: DialogManager, chosen: str) -> None:
    """The role; one of a company asks for the company next."""
    data = manager.dialog_data
    data["role"] = chosen
    for name in ("bin", "company", "position", "phone"):
        data.pop(name, None)
    of_company = Role(chosen).of_company
    await go(manager, UnchattyForm.company if of_company else UnchattyForm.email)


async def take_company(manager: DialogManager, text: str) -> None:
    """The company of the registry."""
    ctx, data = ctx_of(manager), manager.dialog_data
    company = await ctx.services.people.find_company(ctx.actor, text, Role(data["role"]))
    data["bin"], data["company"] = company.bin, name_of(ctx.t, company)
    await go(manager, UnchattyForm.position)


async def take_position(manager: DialogManager, chosen: str) -> None:
    """Head or contact person."""
    manager.dialog_data["position"] = chosen
    await go(manager, UnchattyForm.phone)


async def take_phone(manager: DialogManager, text: str) -> None:
    """The phone of the signed form."""
    manager.dialog_data["phone"] = parse_phone(text, "344-6.1")
    await go(manager, UnchattyForm.email)


async def take_email(manager: DialogManager, text: str) -> None:
    """The e-mail."""
    served = ctx_of(manager).services.addresses.served
    manager.dialog_data["email"] = check_address(EMAIL, text, served)
    await go(manager, UnchattyForm.ground)


async def without_email(manager: DialogManager) -> None:
    """By the API alone."""
    manager.dialog_data["email"] = ""
    await go(manager, UnchattyForm.ground)


async def take_ground(manager: DialogManager, text: str) -> None:
    """The ground."""
    manager.dialog_data["ground"] = check_ground(text, "366-34")
    await go(manager, UnchattyForm.review)


async def register(manager: DialogManager) -> None:
    """Register the person and show the card."""
    ctx, data = ctx_of(manager), manager.dialog_data
    signed = (
        SignedForm(str(data["bin"]), str(data["position"]), str(data["phone"]))
        if data.get("bin")
        else None
    )
    made = await ctx.services.addresses.enroll(
        ctx.actor,
        str(data["name"]),
        str(data["email"]),
        Role(data["role"]),
        str(data["language"]),
        str(data["ground"]),
        signed,
    )
    found = await ctx.services.unchatty.one(ctx.actor, made.person_id)
    await finish(manager, texts.registered(ctx.t, found))


def _spares_email(data: Values, _widget: object, _manager: DialogManager) -> bool:
    """Whether the role can be served without an e-mail; one of a company cannot (344, 6.1)."""
    return not data["dialog_data"].get("bin")


def unchatty_dialog() -> Dialog:
    """Who, what, how, why."""
    return Dialog(
        resume_window(UnchattyForm.resume),
        *_who_windows(),
        *_company_windows(),
        *_last_windows(),
        leave_window(UnchattyForm.leave),
        on_start=seeded,
    )


def _who_windows() -> tuple[Window, ...]:
    return (
        asks_text(lambda t, _: texts.ask_name(t), take_name, UnchattyForm.name, cancel_button()),
        asks_press(
            lambda t, _: texts.ask_language(t),
            UnchattyForm.language,
            picks(
                lambda t, data: t.button(texts.LANGUAGES[data["item"]]),
                "language",
                lambda _: list(texts.LANGUAGES),
                str,
                take_language,
                width=2,
            ),
            Row(back_button(UnchattyForm.name), cancel_button()),
        ),
        asks_press(
            lambda t, _: texts.ask_role(t),
            UnchattyForm.role,
            picks(
                lambda t, data: cut(str(t(ROLES[data["item"]])), _LABEL),
                "role",
                lambda _: [role.value for role in texts.OFFERED],
                str,
                take_role,
            ),
            Row(back_button(UnchattyForm.language), cancel_button()),
        ),
    )


def _company_windows() -> tuple[Window, ...]:
    return (
        asks_text(
            lambda t, _: texts.ask_bin(t),
            take_company,
            UnchattyForm.company,
            Row(back_button(UnchattyForm.role), cancel_button()),
        ),
        asks_press(
            lambda t, _: texts.ask_position(t),
            UnchattyForm.position,
            picks(
                lambda t, data: cut(str(t(POSITIONS[data["item"]])), _LABEL),
                "position",
                lambda _: list(POSITIONS),
                str,
                take_position,
                width=2,
            ),
            Row(back_button(UnchattyForm.company), cancel_button()),
        ),
        asks_text(
            lambda t, _: texts.ask_phone(t),
            take_phone,
            UnchattyForm.phone,
            Row(back_button(UnchattyForm.position), cancel_button()),
        ),
    )


def _last_windows() -> tuple[Window, ...]:
    return (
        asks_text(
            lambda t, data: texts.ask_email(t, data["dialog_data"]),
            take_email,
            UnchattyForm.email,
            acts(
                lambda t, _: t.button("By the API alone"), "none", without_email, when=_spares_email
            ),
            Row(back_button(UnchattyForm.role), cancel_button()),
        ),
        asks_text(
            lambda t, data: texts.ask_ground(t, data["dialog_data"]),
            take_ground,
            UnchattyForm.ground,
            Row(back_button(UnchattyForm.email), cancel_button()),
        ),
        asks_press(
            lambda t, data: texts.review(t, data["dialog_data"]),
            UnchattyForm.review,
            acts(lambda t, _: t.button("Register them"), "register", register, style=PRIMARY),
            Row(back_button(UnchattyForm.ground), cancel_button()),
        ),
    )


# One thing


async def _open(ctx: Ctx, manager: DialogManager, ids: list[str], state: State) -> None:
    found = await person_of(ctx, ids)
    values = {"person": found.id, "name": found.person.name}
    await open_form(manager, "unchatty-change", state, values, resumes=False)


async def change_name(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """Ask for the name as it should be."""
    await _open(ctx, dialog_manager, ids, UnchattyChange.name)


async def change_email(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """Ask for an e-mail."""
    ctx.services.addresses.served.check(EMAIL)
    await _open(ctx, dialog_manager, ids, UnchattyChange.email)


async def enter_code(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """Ask for the code."""
    await _open(ctx, dialog_manager, ids, UnchattyChange.code)


async def take_new_name(manager: DialogManager, text: str) -> None:
    """The name as it should be."""
    ctx, person = ctx_of(manager), int(manager.dialog_data["person"])
    found = await ctx.services.unchatty.change(ctx.actor, person, name=parse_full_name(text))
    await finish(manager, texts.person_page(ctx.t, found))


async def take_new_email(manager: DialogManager, text: str) -> None:
    """The e-mail: a code goes to it."""
    ctx, person = ctx_of(manager), int(manager.dialog_data["person"])
    found = await ctx.services.unchatty.give_email(ctx.actor, person, text)
    await finish(manager, texts.person_page(ctx.t, found))


async def take_code(manager: DialogManager, text: str) -> None:
    """The code that the person has told."""
    ctx, person = ctx_of(manager), int(manager.dialog_data["person"])
    await ctx.services.addresses.confirm_for(ctx.actor, person, EMAIL, text)
    found = await ctx.services.unchatty.one(ctx.actor, person)
    await finish(manager, texts.person_page(ctx.t, found))


def change_dialog() -> Dialog:
    """A question each."""
    return Dialog(
        asks_text(
            lambda t, _: texts.ask_name(t),
            take_new_name,
            UnchattyChange.name,
            cancel_button(),
        ),
        asks_text(
            lambda t, _: texts.ask_new_email(t),
            take_new_email,
            UnchattyChange.email,
            cancel_button(),
        ),
        asks_text(
            lambda t, data: texts.ask_code(t, str(data["dialog_data"]["name"])),
            take_code,
            UnchattyChange.code,
            cancel_button(),
        ),
        on_start=seeded,
    )

"""The registration form: role, company, position, name, e-mail, review (act 344, clause 6)."""

from __future__ import annotations

from typing import Any

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.filters import Command, Filter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.kbd import Row

from domain.channels.rules import EMAIL
from domain.errors import RuleBroken
from domain.identifiers import parse_email
from domain.people.rules import parse_full_name
from domain.registry.views import CompanyBrief
from domain.roles import Role
from handlers.common.commands import publish_for
from handlers.common.start import INVITATION, ask, missing_step, pending_invitation, show_home
from handlers.context import Ctx, ctx_of
from handlers.drafts import drop_draft, state_of
from handlers.filters import MenuChosen, Pressed
from handlers.forms import PRIMARY, Values, finish, go, open_form, seeded
from handlers.sending import chat_of
from handlers.steps import (
    acts,
    asks_press,
    asks_text,
    back_button,
    cancel_button,
    leave_window,
    moves,
    resume_window,
)
from handlers.views.account import home, masked_phone
from handlers.views.joining import elsewhere_card, elsewhere_label
from handlers.views.menus import main_menu
from handlers.views.registration import (
    ask_company,
    ask_email,
    ask_name,
    ask_position,
    ask_role,
    submitted,
)
from handlers.views.registration import company as company_page
from handlers.views.registration import review as review_page


class RegistrationForm(StatesGroup):
    """Who the person is and for whom they act."""

    resume = State()
    leave = State()
    role = State()
    number = State()
    company = State()
    position = State()
    name = State()
    email = State()
    review = State()


class LacksPhone(Filter):
    """The person has not shared a number yet."""

    async def __call__(self, _event: object, ctx: Ctx) -> bool:
        """Whether it is still to come."""
        return ctx.person.phone is None


def registration_forms() -> Router:
    """The form and what opens it."""
    router = Router(name="common-registration")
    private = F.chat.type == ChatType.PRIVATE
    router.message.register(take_contact, private, F.contact, LacksPhone())
    router.message.register(close, Command("cancel"))
    router.message.register(begin, MenuChosen("register"))
    router.callback_query.register(begin, Pressed("register"))
    router.include_router(registration_dialog())
    return router


# What opens and closes the form


async def take_contact(
    message: Message, ctx: Ctx, state: FSMContext, dialog_manager: DialogManager
) -> None:
    """One's own contact: the number is kept and the form opens."""
    contact, step = message.contact, missing_step(ctx.person)
    if contact is None:  # pragma: no cover - the filter lets only contacts in
        return
    if step is not None and step != "contact":
        # Nothing personal is kept before the consent to it (act 366, clause 6.1).
        await ask(message, ctx, step)
        return
    t, people = ctx.t, ctx.services.people
    person = await people.share_contact(ctx.actor, contact.user_id, contact.phone_number)
    kept = t("Your number is kept: {phone}", phone=masked_phone(person.phone))
    await message.answer(kept, reply_markup=main_menu(t, ctx.actor.role))
    await begin_form(message, ctx.seen_as(person), state, dialog_manager)


async def begin(
    event: Message | CallbackQuery, ctx: Ctx, state: FSMContext, dialog_manager: DialogManager
) -> None:
    """The button “Register”; an old keyboard may still show it to somebody registered."""
    if isinstance(event, Message) and ctx.person.membership is not None:
        await show_home(event, ctx)
        return
    await begin_form(event, ctx, state, dialog_manager)


async def begin_form(
    event: Message | CallbackQuery, ctx: Ctx, state: FSMContext, manager: DialogManager
) -> None:
    """Open the form, or ask for what must come before it."""
    step = missing_step(ctx.person)
    if step is not None:
        await ask(event, ctx, step)
        return
    manager.middleware_data["ctx"] = ctx
    found = await pending_invitation(ctx, state)
    shown_name = _usable(ctx.person.name)
    values: Values = {"token": None, "shown_name": shown_name, "old_email": ctx.person.email}
    first = RegistrationForm.role
    if found is not None:
        token, info = found
        values |= {"token": token, "role": info.role.value}
        first = RegistrationForm.name
        if info.company is not None:
            values |= _company_values(info.company)
            first = RegistrationForm.company
    await open_form(manager, "registration", first, values, ("token",))


def _usable(name: str) -> str:
    """The name Telegram tells when the form would take it, or nothing: it may be one emoji."""
    try:
        return parse_full_name(name)
    except RuleBroken:
        return ""


async def close(message: Message, ctx: Ctx, dialog_manager: DialogManager) -> None:
    """/cancel: the open form is closed, what was typed stays as its draft."""
    t = ctx.t
    if dialog_manager.has_context():
        await dialog_manager.reset_stack()
        text = t("The form is closed. What you typed is kept: open it again to go on.")
    else:
        text = t("There is no open form.")
    await message.answer(text, reply_markup=main_menu(t, ctx.actor.role))


# Steps


def _company_values(company: CompanyBrief) -> Values:
    return {
        "bin": company.bin,
        "name_ru": company.name_ru,
        "name_kk": company.name_kk,
        "status": company.status,
    }


async def _as(manager: DialogManager, role: Role) -> None:
    manager.dialog_data["role"] = role.value
    await go(manager, RegistrationForm.number)


async def as_supplier(manager: DialogManager) -> None:
    """A producer that wants to sell."""
    await _as(manager, Role.SUPPLIER)


async def as_customer(manager: DialogManager) -> None:
    """One that buys."""
    await _as(manager, Role.CUSTOMER)


async def from_elsewhere(manager: DialogManager) -> None:
    """Registered already, without Telegram: the e-mail of that account proves it."""
    await finish(manager, elsewhere_card(ctx_of(manager).t))


async def take_number(manager: DialogManager, text: str) -> None:
    """A typed BIN or IIN: the company is looked up in the registry."""
    ctx = ctx_of(manager)
    role = Role(manager.dialog_data["role"])
    company = await ctx.services.people.find_company(ctx.actor, text, role, applying=True)
    manager.dialog_data.update(_company_values(company))
    await go(manager, RegistrationForm.company)


async def this_is_us(manager: DialogManager) -> None:
    """The company is the right one."""
    await go(manager, RegistrationForm.position)


async def _holds(manager: DialogManager, position: str) -> None:
    manager.dialog_data["position"] = position
    await go(manager, RegistrationForm.name)


async def as_head(manager: DialogManager) -> None:
    """The head of the company."""
    await _holds(manager, "head")


async def as_contact(manager: DialogManager) -> None:
    """The contact person."""
    await _holds(manager, "contact")


async def take_name(manager: DialogManager, text: str) -> None:
    """A typed full name."""
    manager.dialog_data["full_name"] = parse_full_name(text)
    await go(manager, RegistrationForm.email)


async def same_name(manager: DialogManager) -> None:
    """The name the person already goes by."""
    await take_name(manager, str(manager.dialog_data["shown_name"]))


async def take_email(manager: DialogManager, text: str) -> None:
    """A typed e-mail address."""
    manager.dialog_data["email"] = parse_email(text)
    await go(manager, RegistrationForm.review)


async def same_email(manager: DialogManager) -> None:
    """The address given before."""
    await take_email(manager, str(manager.dialog_data["old_email"]))


async def submit(manager: DialogManager) -> None:
    """Send the application; by invitation the person is in at once."""
    ctx, data, state = ctx_of(manager), manager.dialog_data, state_of(manager)
    receipt = await ctx.services.people.register(
        ctx.actor,
        company_bin=data.get("bin"),
        role=Role(data["role"]),
        full_name=data["full_name"],
        # A member of staff stands for no company: the position is that of a contact person.
        position=data.get("position", "contact"),
        email=data["email"],
        invitation_token=data["token"],
    )
    person = await ctx.services.people.me(ctx.actor)
    event = manager.event
    await finish(manager)
    await drop_draft(state, INVITATION)
    if not isinstance(event, CallbackQuery) or event.bot is None:  # pragma: no cover - a press
        return
    role = person.membership.role if person.membership else None
    chat, menu = chat_of(event), main_menu(ctx.t, role)
    await event.bot.send_message(chat, submitted(ctx.t, receipt), reply_markup=menu)
    if person.membership is not None and receipt.state == "approved":
        await event.bot.send_message(chat, home(ctx.t, person, []), reply_markup=menu)
    await publish_for(event.bot, chat, role, person.language)


# Windows


def _chosen_freely(data: Values, _widget: object, _manager: DialogManager) -> bool:
    """Whether the person chooses the company; an invitation names it."""
    return data["dialog_data"].get("token") is None


def _has_steps_before_name(data: Values, _widget: object, _manager: DialogManager) -> bool:
    """Whether a step comes before the name; by an invitation of staff it is the first one."""
    return bool(data["dialog_data"].get("bin"))


def _mail_is_served(data: Values, _widget: object, manager: DialogManager) -> bool:
    """Whether the e-mail of an account made without Telegram can be proved here."""
    served = ctx_of(manager).services.addresses.served.channels
    return EMAIL in served and _chosen_freely(data, _widget, manager)


def _has(key: str) -> Any:
    def there(data: Values, _widget: object, _manager: DialogManager) -> bool:
        return bool(data["dialog_data"].get(key))

    return there


async def _phone(dialog_manager: DialogManager, **_: object) -> Values:
    return {"phone": ctx_of(dialog_manager).person.phone or ""}


def registration_dialog() -> Dialog:
    """Role, BIN, company, position, name, e-mail, review."""
    return Dialog(
        resume_window(RegistrationForm.resume),
        *_company_windows(),
        *_person_windows(),
        leave_window(RegistrationForm.leave),
        on_start=seeded,
    )


def _company_windows() -> tuple[Window, ...]:
    return (
        asks_press(
            lambda t, _: ask_role(t),
            RegistrationForm.role,
            acts(lambda t, _: t.button("As a supplier"), "supplier", as_supplier),
            acts(lambda t, _: t.button("As a customer"), "customer", as_customer),
            acts(
                lambda t, _: elsewhere_label(t), "elsewhere", from_elsewhere, when=_mail_is_served
            ),
            cancel_button(),
        ),
        asks_text(
            lambda t, _: ask_company(t),
            take_number,
            RegistrationForm.number,
            Row(back_button(), cancel_button()),
        ),
        asks_press(
            lambda t, data: company_page(t, data["dialog_data"]),
            RegistrationForm.company,
            acts(lambda t, _: t.button("Yes, this is us"), "ours", this_is_us, style=PRIMARY),
            moves(
                lambda t, _: t.button("Another number"),
                "other",
                RegistrationForm.number,
                when=_chosen_freely,
            ),
            cancel_button(),
        ),
        asks_press(
            lambda t, _: ask_position(t),
            RegistrationForm.position,
            acts(lambda t, _: t.button("Head"), "head", as_head),
            acts(lambda t, _: t.button("Contact person"), "contact", as_contact),
            Row(back_button(), cancel_button()),
        ),
    )


def _person_windows() -> tuple[Window, ...]:
    return (
        asks_text(
            lambda t, data: ask_name(t, data["dialog_data"].get("shown_name")),
            take_name,
            RegistrationForm.name,
            acts(
                lambda t, _: t.button("Use this name"),
                "same",
                same_name,
                when=_has("shown_name"),
            ),
            Row(back_button(when=_has_steps_before_name), cancel_button()),
        ),
        asks_text(
            lambda t, data: ask_email(t, data["dialog_data"].get("old_email")),
            take_email,
            RegistrationForm.email,
            acts(
                lambda t, _: t.button("Use this address"),
                "same",
                same_email,
                when=_has("old_email"),
            ),
            Row(back_button(), cancel_button()),
        ),
        asks_press(
            lambda t, data: review_page(t, data["dialog_data"], data["phone"]),
            RegistrationForm.review,
            acts(lambda t, _: t.button("Send"), "send", submit, style=PRIMARY),
            Row(back_button(), cancel_button()),
            getter=_phone,
        ),
    )

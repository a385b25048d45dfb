"""The way in: /start and its links, what is still missing before the form, the main menu."""

from __future__ import annotations

from typing import Literal

from aiogram import Bot, F, Router
from aiogram.enums import ChatType
from aiogram.filters import Command, CommandObject, CommandStart, Filter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from domain.channels.rules import EMAIL
from domain.errors import RuleBroken
from domain.people.views import InvitationView, PersonView
from handlers.common.commands import publish_for
from handlers.context import Ctx
from handlers.drafts import drop_draft, load_draft, save_draft
from handlers.faults.banner import topped
from handlers.filters import Pressed
from handlers.reply import say, show, show_new
from handlers.sending import chat_of, send_shown
from handlers.views.account import home, languages, suspended
from handlers.views.errors import describe
from handlers.views.menus import action_of, main_menu
from handlers.views.registration import (
    ask_contact,
    consent,
    contact_keyboard,
    declined,
    invited,
    register_button,
)
from handlers.views.shown import Shown

#: Under this name the conversation keeps the link a person came by.
INVITATION = "invitation"

Step = Literal["language", "consent", "contact"]


class Suspended(Filter):
    """The account is suspended: nothing else may answer (act 366, clause 9)."""

    async def __call__(self, _event: object, ctx: Ctx) -> bool:
        """Whether it is."""
        return ctx.person.suspended


class AwaitsContact(Filter):
    """A guest whose next step is to share a contact wrote something else."""

    async def __call__(self, event: Message, ctx: Ctx) -> bool:
        """Whether this message came in the place of the contact."""
        text = event.text or ""
        other = event.contact is not None or text.startswith("/") or action_of(text) is not None
        guest = ctx.person.membership is None
        return guest and not other and missing_step(ctx.person) == "contact"


def suspension_router() -> Router:
    """Stands before everything else."""
    router = Router(name="common-suspension")
    router.message.register(refuse_suspended, F.chat.type == ChatType.PRIVATE, Suspended())
    router.callback_query.register(refuse_suspended, Suspended())
    return router


def start_router() -> Router:
    """The way in."""
    router = Router(name="common-start")
    router.message.register(start, CommandStart())
    router.message.register(open_menu, Command("menu"))
    router.callback_query.register(open_menu, Pressed("menu"))
    router.callback_query.register(accept, Pressed("consent.accept"))
    router.callback_query.register(decline, Pressed("consent.decline"))
    router.message.register(remind_of_contact, F.chat.type == ChatType.PRIVATE, AwaitsContact())
    return router


async def refuse_suspended(event: Message | CallbackQuery, ctx: Ctx) -> None:
    """The reason and whom to ask, whatever was tried."""
    await say(event, suspended(ctx.t, ctx.person))


def missing_step(person: PersonView) -> Step | None:
    """What must still be given before the form can be filled in."""
    if not person.language_chosen:
        return "language"
    if not person.consented:
        return "consent"
    return None if person.phone else "contact"


async def start(
    message: Message, command: CommandObject, ctx: Ctx, state: FSMContext, bot: Bot
) -> None:
    """/start, plain or by an invitation's link."""
    if command.args:
        await _keep_invitation(message, ctx, state, command.args)
    if ctx.person.membership is not None and ctx.person.language_chosen:
        await publish_for(bot, message.chat.id, ctx.actor.role, ctx.person.language)
    await go_on(message, ctx, state)


async def _keep_invitation(message: Message, ctx: Ctx, state: FSMContext, token: str) -> None:
    """Remember the link until it is used; a bad one is told and the way in goes on without it."""
    try:
        info = await ctx.services.people.invitation_info(ctx.actor, token)
    except RuleBroken as error:
        await message.answer(describe(ctx.t, error))
        return
    if not info.used:
        await save_draft(state, INVITATION, {"token": token})


async def pending_invitation(ctx: Ctx, state: FSMContext) -> tuple[str, InvitationView] | None:
    """The link the person came by while it still works; one that does not is forgotten."""
    kept = await load_draft(state, INVITATION)
    if kept is None:
        return None
    token = str(kept["token"])
    try:
        info = await ctx.services.people.invitation_info(ctx.actor, token)
    except RuleBroken:
        info = None
    if info is None or info.used:
        await drop_draft(state, INVITATION)
        return None
    return token, info


async def go_on(event: Message | CallbackQuery, ctx: Ctx, state: FSMContext) -> None:
    """Show what comes next: a missing step, the invitation, or the menu."""
    found = await pending_invitation(ctx, state)
    member = ctx.person.membership is not None
    step = missing_step(ctx.person)
    if step is not None and (step == "language" or found is not None or not member):
        await ask(event, ctx, step)
        return
    if found is None:
        await show_home(event, ctx)
        return
    await say(event, invited(ctx.t, found[1]), main_menu(ctx.t, ctx.actor.role))
    await send_shown(event, register_button(ctx.t))


async def ask(event: Message | CallbackQuery, ctx: Ctx, step: Step) -> None:
    """Ask for one step."""
    if step == "language":
        await show_new(event, languages(ctx.t))
    elif step == "consent":
        await show_new(event, consent(ctx.t))
    else:
        await say(event, ask_contact(ctx.t), contact_keyboard(ctx.t))


async def show_home(event: Message | CallbackQuery, ctx: Ctx) -> None:
    """Who the person is here, with the main menu; a guest gets the way into the form as well."""
    membership = ctx.person.membership
    mine = [] if membership else await ctx.services.people.my_registrations(ctx.actor)
    role = membership.role if membership else None
    text = await topped(ctx, home(ctx.t, ctx.person, mine))
    await say(event, text, main_menu(ctx.t, role))
    if membership is None and not any(each.state == "pending" for each in mine):
        mail = EMAIL in ctx.services.addresses.served.channels
        await send_shown(event, register_button(ctx.t, elsewhere=mail))


async def open_menu(event: Message | CallbackQuery, ctx: Ctx) -> None:
    """/menu, and the buttons that lead back to it."""
    await show_home(event, ctx)


async def accept(press: CallbackQuery, ctx: Ctx, ids: list[str], state: FSMContext) -> None:
    """Put both consents on record, in the wording that was shown."""
    data, truth = [*ids, "", ""][:2]
    language = ctx.t.locale
    people = ctx.services.people
    await people.record_consent(ctx.step("data"), "data", data, language)
    person = await people.record_consent(ctx.step("truth"), "truth", truth, language)
    if isinstance(press.message, Message):
        await press.message.edit_reply_markup(reply_markup=None)
    t = ctx.t
    await send_shown(press, Shown(t("Thank you. Both are on record.")))
    await go_on(press, ctx.seen_as(person), state)


async def decline(press: CallbackQuery, ctx: Ctx) -> None:
    """Nothing is recorded."""
    await show(press, declined(ctx.t))
    t = ctx.t
    if press.bot is not None:
        text = t("Choose an action from the menu below.")
        menu = main_menu(t, ctx.actor.role)
        await press.bot.send_message(chat_of(press), text, reply_markup=menu)


async def remind_of_contact(message: Message, ctx: Ctx) -> None:
    """A typed number or anything else in the place of the contact."""
    await ask(message, ctx, "contact")

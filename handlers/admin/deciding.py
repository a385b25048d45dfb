"""Acts that must state their ground: refuse, suspend, resume, give and take roles.

One form for all: the company where a role needs one, the ground, a last look, the act.
"""

from __future__ import annotations

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager
from aiogram_dialog.widgets.kbd import Row

from domain.people.rules import check_ground
from domain.people.views import PersonRow
from domain.roles import Role
from handlers.admin.people import ADMINS
from handlers.admin.registrations import publish_to
from handlers.context import Ctx, ctx_of
from handlers.filters import Pressed
from handlers.forms import DANGER, Values, finish, go, open_form, seeded
from handlers.ids import number_in
from handlers.sending import send_shown
from handlers.steps import (
    acts,
    asks_press,
    asks_text,
    back_button,
    cancel_button,
    leave_window,
    resume_window,
)
from handlers.views.admin import person_card, registration_card
from handlers.views.deciding import decision_company, decision_ground, decision_review
from handlers.views.parts import name_of
from handlers.views.shown import Shown, bold
from handlers.views.translator import Translator, join
from handlers.views.unchatty import person_page as unchatty_page

_SAME = ("act", "subject", "role", "bin")


class DecisionForm(StatesGroup):
    """The ground of an act."""

    resume = State()
    leave = State()
    company = State()
    ground = State()
    review = State()


def deciding_forms() -> Router:
    """The form and the presses that open it."""
    router = Router(name="admin-deciding")
    router.callback_query.register(refuse_application, Pressed("registration.refuse"))
    router.callback_query.register(suspend, Pressed("person.suspend"))
    router.callback_query.register(resume, Pressed("person.resume"))
    router.callback_query.register(grant, Pressed("grant.role"))
    router.callback_query.register(revoke, Pressed("revoke.role"))
    router.callback_query.register(end, Pressed("unchatty.end"))
    router.include_router(decision_dialog())
    return router


# What opens the form


async def _open(
    manager: DialogManager,
    act: str,
    subject: int,
    who: str,
    role: Role | None = None,
    company: tuple[str, str] | None = None,
) -> None:
    """Ask for the ground; a role of a company that is not known yet asks for the company first."""
    number, name = company or (None, "")
    values: Values = {
        "act": act,
        "subject": subject,
        "who": who,
        "role": role.value if role else None,
        "bin": number,
        "company": name,
    }
    asks_company = act == "grant" and role is not None and role.of_company
    first = DecisionForm.company if asks_company else DecisionForm.ground
    same = ("act", "subject", "role") if asks_company else _SAME
    await open_form(manager, "decision", first, values, same)


async def refuse_application(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """Refuse an application that still waits; otherwise show what became of it."""
    view = await ctx.services.people.registration(ctx.actor, number_in(ids))
    if view.state != "pending":
        await press.answer()
        await send_shown(press, registration_card(ctx.t, view))
        return
    company = (view.company.bin, name_of(ctx.t, view.company)) if view.company else None
    await _open(dialog_manager, "refuse", view.number, view.full_name, view.role, company)


async def suspend(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """Suspend an account."""
    person = await ctx.services.people.person(ctx.actor, number_in(ids))
    await _open(dialog_manager, "suspend", person.id, person.name)


async def resume(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """Resume an account."""
    person = await ctx.services.people.person(ctx.actor, number_in(ids))
    await _open(dialog_manager, "resume", person.id, person.name)


async def grant(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """Give a role."""
    ctx.actor.check_role(ADMINS)
    person = await ctx.services.people.person(ctx.actor, number_in(ids))
    await _open(dialog_manager, "grant", person.id, person.name, role_in(ids, 1))


async def revoke(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """Take a role away; one that is gone meanwhile is answered with the person as they are."""
    person = await ctx.services.people.person(ctx.actor, number_in(ids))
    number = number_in(ids, 1)
    found = next((each for each in person.memberships if each.id == number), None)
    if found is None:
        await press.answer()
        await send_shown(press, person_card(ctx.t, person))
        return
    company = (found.company.bin, name_of(ctx.t, found.company)) if found.company else None
    await _open(dialog_manager, "revoke", person.id, person.name, found.role, company)


async def end(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """End everything of somebody without Telegram."""
    found = await ctx.services.unchatty.one(ctx.actor, number_in(ids))
    await _open(dialog_manager, "end", found.id, found.person.name)


def role_in(ids: list[str], at: int) -> Role:
    """The role a button carries; a forged one means the least of them."""
    try:
        return Role(ids[at])
    except (IndexError, ValueError):
        return Role.OBSERVER


# Steps


async def take_company(manager: DialogManager, text: str) -> None:
    """The company a role is given for."""
    ctx, data = ctx_of(manager), manager.dialog_data
    company = await ctx.services.people.find_company(ctx.actor, text, Role(data["role"]))
    data["bin"], data["company"] = company.bin, name_of(ctx.t, company)
    await go(manager, DecisionForm.ground)


async def take_ground(manager: DialogManager, text: str) -> None:
    """The typed ground."""
    manager.dialog_data["ground"] = check_ground(text, None)
    await go(manager, DecisionForm.review)


async def perform(manager: DialogManager) -> None:
    """Do it and show the card as it stands now."""
    ctx, data = ctx_of(manager), manager.dialog_data
    people, subject, ground = ctx.services.people, int(data["subject"]), str(data["ground"])
    if data["act"] == "refuse":
        view = await people.decide_registration(ctx.actor, subject, False, ground)
        await finish(manager, registration_card(ctx.t, view))
        return
    if data["act"] == "end":
        ended = await ctx.services.unchatty.end(ctx.actor, subject, ground)
        await finish(manager, unchatty_page(ctx.t, ended))
        return
    person = await _act(ctx, data, subject, ground)
    await finish(manager, _done(ctx.t, person))
    if manager.event.bot is not None:
        await publish_to(manager.event.bot, ctx, person.id)


async def _act(ctx: Ctx, data: Values, subject: int, ground: str) -> PersonRow:
    people = ctx.services.people
    if data["act"] == "suspend":
        return await people.suspend(ctx.actor, subject, ground)
    if data["act"] == "resume":
        return await people.resume(ctx.actor, subject, ground)
    role, number = Role(data["role"]), data["bin"]
    if data["act"] == "grant":
        return await people.grant_role(ctx.actor, subject, role, number, ground)
    return await people.revoke_role(ctx.actor, subject, role, number, ground)


def _done(t: Translator, person: PersonRow) -> Shown:
    card = person_card(t, person)
    head = bold(t("Done. It is recorded, and the person will be told."))
    return Shown(join([head, card.text], "\n\n"), card.keyboard)


def decision_dialog() -> Dialog:
    """Company, ground, review."""
    return Dialog(
        resume_window(DecisionForm.resume),
        asks_text(
            lambda t, data: decision_company(t, data["dialog_data"]),
            take_company,
            DecisionForm.company,
            cancel_button(),
        ),
        asks_text(
            lambda t, data: decision_ground(t, data["dialog_data"]),
            take_ground,
            DecisionForm.ground,
            cancel_button(),
        ),
        asks_press(
            lambda t, data: decision_review(t, data["dialog_data"]),
            DecisionForm.review,
            Row(
                back_button(),
                acts(lambda t, _: t.button("Confirm"), "confirm", perform, style=DANGER),
            ),
            cancel_button(),
        ),
        leave_window(DecisionForm.leave),
        on_start=seeded,
    )

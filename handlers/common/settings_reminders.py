"""Reminders in the chat: the company's usual ones, one's own, by press or typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager

from domain.errors import NotFound, RuleBroken
from domain.preferences.running_terms import RunningTerm
from handlers.context import Ctx, ctx_of
from handlers.faults.moments import parse_moment
from handlers.filters import Pressed
from handlers.forms import finish, open_form, seeded
from handlers.ids import number_in
from handlers.reply import show, show_new
from handlers.steps import asks_text, cancel_button
from handlers.views.settings_reminders import (
    ask_moment,
    choices_page,
    reminder_is_set,
    reminders_page,
    subject_of,
    terms_page,
)
from handlers.views.shown import Shown

# What names a thing in a button: its sort and its number.
_A_THING = 2


class RemindForm(StatesGroup):
    """A moment as it is typed."""

    at = State()


def reminders_router() -> Router:
    """The presses of the pages."""
    router = Router(name="common-settings-reminders")
    presses: dict[str, Callable[..., Awaitable[None]]] = {
        "set.remind": show_page,
        "set.rhythm": toggle,
        "set.remind.of": show_terms,
        "set.remind.on": show_terms_on,
        "set.remind.when": show_choices,
        "set.remind.at": set_chosen,
        "set.remind.drop": remove,
    }
    for name, handler in presses.items():
        router.callback_query.register(handler, Pressed(name))
    return router


async def show_page(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """All reminders, from the first page where no other is asked for."""
    mine = await ctx.services.reminders.mine(ctx.actor)
    await show(press, reminders_page(ctx.t, mine, number_in(ids) if ids else 0))


async def toggle(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """One of the usual reminders more, or one less."""
    name, wanted = "".join(ids[:1]), number_in(ids, 1) == 1
    now = (await ctx.services.reminders.mine(ctx.actor)).rhythm
    names = [*now, name] if wanted else [each for each in now if each != name]
    await show(press, reminders_page(ctx.t, await ctx.services.reminders.choose(ctx.actor, names)))


async def show_terms(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The terms that run."""
    terms = await ctx.services.reminders.terms(ctx.actor)
    await show(press, _terms(ctx, terms, number_in(ids)))


async def show_terms_on(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The terms of one thing, below its card."""
    if len(ids) != _A_THING:
        raise NotFound("term_unknown")
    terms = await ctx.services.reminders.terms(ctx.actor, subject_of(*ids))
    await show_new(press, _terms(ctx, terms, 0))


def _terms(ctx: Ctx, terms: Sequence[RunningTerm], page: int) -> Shown:
    role = ctx.actor.role
    return terms_page(ctx.t, terms, page, in_company=role is not None and role.of_company)


def _term(ids: Sequence[str]) -> tuple[str, str]:
    """Kind and subject of a term as a button carries them; raises NotFound ``term_unknown``."""
    if len(ids) != 3:
        raise NotFound("term_unknown")
    return ids[0], subject_of(ids[1], ids[2])


async def show_choices(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The moments for one term."""
    await show(
        press, choices_page(ctx.t, await ctx.services.reminders.choices(ctx.actor, *_term(ids)))
    )


async def set_chosen(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Set the reminder; a moment that has passed since the page was drawn is refused."""
    kind, subject = _term(ids[1:])
    found = await ctx.services.reminders.choices(ctx.actor, kind, subject)
    at = next((each.at for each in found.choices if each.name == ids[0]), None)
    if at is None:
        raise RuleBroken("reminder_out_of_term", None, due_at=found.term.due_at)
    await ctx.services.reminders.set(ctx.actor, kind, subject, at)
    await show_page(press, ctx, [])


async def remove(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Take one of one's own back."""
    mine = await ctx.services.reminders.remove(ctx.actor, number_in(ids))
    await show(press, reminders_page(ctx.t, mine))


async def type_moment(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """A moment of one's own."""
    kind, subject = _term(ids)
    await ctx.services.reminders.choices(ctx.actor, kind, subject)
    values = {"kind": kind, "subject": subject}
    await open_form(dialog_manager, "remind", RemindForm.at, values, resumes=False)


async def take_moment(manager: DialogManager, text: str) -> None:
    """The moment as typed."""
    ctx, data = ctx_of(manager), manager.dialog_data
    at = parse_moment(text, ctx.now)
    if at is None:
        raise RuleBroken("moment_format")
    own = await ctx.services.reminders.set(ctx.actor, str(data["kind"]), str(data["subject"]), at)
    mine = await ctx.services.reminders.mine(ctx.actor)
    await finish(manager, Shown(reminder_is_set(ctx.t, own)), reminders_page(ctx.t, mine))


def reminder_form() -> Router:
    """What opens the form, and the form."""
    router = Router(name="common-settings-remind")
    router.callback_query.register(type_moment, Pressed("set.remind.type"))
    router.include_router(
        Dialog(
            asks_text(lambda t, _: ask_moment(t), take_moment, RemindForm.at, cancel_button()),
            on_start=seeded,
        )
    )
    return router

"""The form of an absence: who, from when until when, who stands in."""

from __future__ import annotations

from datetime import date

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager

from domain.dates import parse_days
from domain.duty.rules import check_days
from domain.errors import RuleBroken
from handlers.common.duty import person_in
from handlers.context import Ctx, ctx_of
from handlers.filters import Pressed
from handlers.forms import PRIMARY, Values, finish, go, open_form, seeded
from handlers.steps import (
    acts,
    asks_press,
    asks_text,
    back_button,
    cancel_button,
    picks,
)
from handlers.views.duty import ask_days, ask_deputy, ask_who, duty_page, review_absence
from handlers.views.errors import describe
from handlers.views.parts import cut
from handlers.views.shown import Shown
from handlers.views.translator import Translator

#: A company with more people sees the first of them here.
_MOST = 40
_LABEL = 24


class AwayForm(StatesGroup):
    """The questions."""

    who = State()
    days = State()
    deputy = State()
    review = State()


def duty_forms() -> Router:
    """What opens the form, and the form."""
    router = Router(name="common-duty-forms")
    router.callback_query.register(start, Pressed("duty.away"))
    router.include_router(away_dialog())
    return router


async def start(press: CallbackQuery, ctx: Ctx, dialog_manager: DialogManager) -> None:
    """The head is asked who is away; anybody else enters their own absence."""
    plan = await ctx.services.duty.plan(ctx.actor)
    people = [[each.id, each.name] for each in plan.people][:_MOST]
    values = {"people": people, "person": plan.me, "name": person_in(plan, plan.me).name}
    first = AwayForm.who if plan.is_head and len(people) > 1 else AwayForm.days
    await open_form(dialog_manager, "away", first, values)


def _name(data: Values, person: int) -> str:
    return next((str(name) for id_, name in data["people"] if id_ == person), "")


async def take_who(manager: DialogManager, chosen: str) -> None:
    """Whose absence it is."""
    data = manager.dialog_data
    data["person"], data["name"] = int(chosen), _name(data, int(chosen))
    await go(manager, AwayForm.days)


async def take_days(manager: DialogManager, text: str) -> None:
    """The first and the last day."""
    ctx = ctx_of(manager)
    today = (await ctx.services.duty.plan(ctx.actor)).today
    first, last = parse_days(text, today)
    check_days(first, last, today)
    manager.dialog_data.update(first=first.isoformat(), last=last.isoformat())
    await go(manager, AwayForm.deputy)


async def take_deputy(manager: DialogManager, chosen: str) -> None:
    """Who stands in."""
    manager.dialog_data["deputy"] = int(chosen)
    await go(manager, AwayForm.review)


async def take_nobody(manager: DialogManager) -> None:
    """Nobody stands in."""
    manager.dialog_data["deputy"] = 0
    await go(manager, AwayForm.review)


async def enter(manager: DialogManager) -> None:
    """Enter the absence and show the page; a refusal is told with it."""
    ctx, data = ctx_of(manager), manager.dialog_data
    first, last = _days(data)
    why: list[Shown] = []
    try:
        plan = await ctx.services.duty.away(
            ctx.actor, int(data["person"]), first, last, int(data["deputy"]) or None
        )
    except RuleBroken as error:
        why = [Shown(describe(ctx.t, error))]
        plan = await ctx.services.duty.plan(ctx.actor)
    await finish(manager, duty_page(ctx.t, plan), *why)


def _days(data: Values) -> tuple[date, date]:
    return date.fromisoformat(str(data["first"])), date.fromisoformat(str(data["last"]))


def _people(data: Values) -> list[list[object]]:
    return list(data["dialog_data"]["people"])


def _others(data: Values) -> list[list[object]]:
    given = data["dialog_data"]
    return [each for each in given["people"] if each[0] != given["person"]]


def _deputy_asked(t: Translator, data: Values) -> str:
    given = data["dialog_data"]
    return ask_deputy(t, str(given["name"]), *_days(given))


def _reviewed(t: Translator, data: Values) -> str:
    given = data["dialog_data"]
    deputy = _name(given, int(given["deputy"]))
    return review_absence(t, str(given["name"]), *_days(given), deputy)


def away_dialog() -> Dialog:
    """Who, days, deputy, review."""
    return Dialog(
        asks_press(
            lambda t, _: ask_who(t),
            AwayForm.who,
            picks(
                lambda _, data: cut(str(data["item"][1]), _LABEL) or "–",
                "who",
                _people,
                lambda item: int(item[0]),
                take_who,
            ),
            cancel_button(),
        ),
        asks_text(
            lambda t, data: ask_days(t, str(data["dialog_data"]["name"])),
            take_days,
            AwayForm.days,
            cancel_button(),
        ),
        asks_press(
            _deputy_asked,
            AwayForm.deputy,
            acts(lambda t, _: t.button("Nobody"), "nobody", take_nobody),
            picks(
                lambda _, data: cut(str(data["item"][1]), _LABEL) or "–",
                "deputy",
                _others,
                lambda item: int(item[0]),
                take_deputy,
            ),
            back_button(AwayForm.days),
            cancel_button(),
        ),
        asks_press(
            _reviewed,
            AwayForm.review,
            acts(lambda t, _: t.button("Enter"), "enter", enter, style=PRIMARY),
            back_button(AwayForm.deputy),
            cancel_button(),
        ),
        on_start=seeded,
    )

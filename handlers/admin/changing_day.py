"""Changing a working day: the day, what it shall be, names, basis, preview, everything at once."""

from __future__ import annotations

from datetime import date, timedelta

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.kbd import Row

from domain.clock import astana
from domain.dates import parse_day
from domain.errors import Conflict, RuleBroken
from domain.texts import NAME_LIMIT, required_text
from domain.working_time.rules import BASIS_LIMIT, OverrideChange
from handlers.admin.people import ADMINS
from handlers.context import Ctx, ctx_of
from handlers.filters import Pressed
from handlers.forms import PRIMARY, Values, finish, go, open_form, seeded
from handlers.sending import send_shown
from handlers.steps import (
    Take,
    acts,
    asks_press,
    asks_text,
    back_button,
    cancel_button,
    leave_window,
    picks,
    resume_window,
)
from handlers.views.errors import describe
from handlers.views.shown import Shown
from handlers.views.working_days import (
    BLANK,
    PAGE,
    applied,
    ask_words,
    day_question,
    kind_question,
    month_cells,
)
from handlers.views.working_days import preview as preview_page


class CalendarForm(StatesGroup):
    """A decision on one day."""

    resume = State()
    leave = State()
    day = State()
    kind = State()
    name_kk = State()
    name_ru = State()
    basis = State()
    preview = State()


def calendar_forms() -> Router:
    """The form and the presses that open it."""
    router = Router(name="admin-calendar-forms")
    router.callback_query.register(change, Pressed("calendar.change"))
    router.callback_query.register(withdraw, Pressed("override.withdraw"))
    router.include_router(calendar_dialog())
    return router


async def change(press: CallbackQuery, ctx: Ctx, dialog_manager: DialogManager) -> None:
    """Begin with the month that is now."""
    ctx.actor.check_role(ADMINS)
    month = astana(ctx.now).date().replace(day=1)
    values: Values = {"month": month.isoformat(), "withdrawn": False, "page": 0}
    await open_form(dialog_manager, "calendar", CalendarForm.day, values)


async def withdraw(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """Take a decision back: straight to what that would move."""
    ctx.actor.check_role(ADMINS)
    day = parse_day("".join(ids[:1]))
    values: Values = {
        "day": day.isoformat(),
        "working": None,
        "name_kk": "",
        "name_ru": "",
        "basis": "",
        "withdrawn": True,
        "page": 0,
    }
    # Refused here already when there is nothing to take back.
    await ctx.services.working_time.preview(ctx.actor, [_change(values)])
    await open_form(dialog_manager, "withdrawal", CalendarForm.preview, values, resumes=False)


def _change(data: Values) -> OverrideChange:
    return OverrideChange(
        date.fromisoformat(data["day"]),
        data["working"],
        data["name_kk"],
        data["name_ru"],
        data["basis"],
    )


# Steps


async def take_day(manager: DialogManager, text: str) -> None:
    """A typed date."""
    await _set_day(manager, parse_day(text))


async def pick_day(manager: DialogManager, picked: str) -> None:
    """A day of the month below; names of weekdays and gaps mean nothing."""
    if not picked.startswith(BLANK):
        await _set_day(manager, date.fromisoformat(picked))


async def _set_day(manager: DialogManager, day: date) -> None:
    ctx = ctx_of(manager)
    calendar = await ctx.services.working_time.calendar(ctx.actor)
    calendar.reason(day)
    manager.dialog_data["day"] = day.isoformat()
    await go(manager, CalendarForm.kind)


async def earlier(manager: DialogManager) -> None:
    """The month before."""
    month = date.fromisoformat(manager.dialog_data["month"]) - timedelta(days=1)
    await _set_month(manager, month)


async def later(manager: DialogManager) -> None:
    """The month after."""
    await _set_month(manager, date.fromisoformat(manager.dialog_data["month"]) + timedelta(days=31))


async def _set_month(manager: DialogManager, day: date) -> None:
    ctx = ctx_of(manager)
    (await ctx.services.working_time.calendar(ctx.actor)).reason(day)
    manager.dialog_data["month"] = day.replace(day=1).isoformat()


async def make_off(manager: DialogManager) -> None:
    """A day off."""
    manager.dialog_data["working"] = False
    await go(manager, CalendarForm.name_kk)


async def make_working(manager: DialogManager) -> None:
    """A working day."""
    manager.dialog_data["working"] = True
    await go(manager, CalendarForm.name_kk)


async def take_name_kk(manager: DialogManager, text: str) -> None:
    """The name in Kazakh."""
    manager.dialog_data["name_kk"] = required_text(text, "name_kk", NAME_LIMIT)
    await go(manager, CalendarForm.name_ru)


async def take_name_ru(manager: DialogManager, text: str) -> None:
    """The name in Russian."""
    manager.dialog_data["name_ru"] = required_text(text, "name_ru", NAME_LIMIT)
    await go(manager, CalendarForm.basis)


async def take_basis(manager: DialogManager, text: str) -> None:
    """The legal basis; a change that would make somebody late is refused here, at the latest."""
    ctx, data = ctx_of(manager), manager.dialog_data
    data["basis"] = required_text(text, "basis", BASIS_LIMIT)
    data["page"] = 0
    await ctx.services.working_time.preview(ctx.actor, [_change(data)])
    await go(manager, CalendarForm.preview)


async def turn_back(manager: DialogManager) -> None:
    """The page before."""
    manager.dialog_data["page"] = max(0, manager.dialog_data["page"] - 1)


async def turn_on(manager: DialogManager) -> None:
    """The page after."""
    manager.dialog_data["page"] += 1


async def confirm(manager: DialogManager) -> None:
    """Change, move, tell: one act. A calendar changed meanwhile is previewed anew."""
    ctx, data = ctx_of(manager), manager.dialog_data
    try:
        done = await ctx.services.working_time.apply(ctx.actor, [_change(data)], data["version"])
    except Conflict as error:
        await _tell(manager, error)
        return
    await finish(manager, applied(ctx.t, done))


async def _tell(manager: DialogManager, error: RuleBroken) -> None:
    event = manager.event
    if isinstance(event, CallbackQuery):
        await send_shown(event, Shown(describe(ctx_of(manager).t, error)))


# What the windows show


async def _month(dialog_manager: DialogManager, **_: object) -> Values:
    ctx = ctx_of(dialog_manager)
    month = date.fromisoformat(dialog_manager.dialog_data["month"])
    calendar = await ctx.services.working_time.calendar(ctx.actor)
    return {"month": month, "cells": month_cells(ctx.t, calendar, month)}


async def _kind(dialog_manager: DialogManager, **_: object) -> Values:
    ctx = ctx_of(dialog_manager)
    calendar = await ctx.services.working_time.calendar(ctx.actor)
    day = date.fromisoformat(dialog_manager.dialog_data["day"])
    return {"text": kind_question(ctx.t, calendar, day)}


async def _preview(dialog_manager: DialogManager, **_: object) -> Values:
    """What would move now; the version that is shown is the one that will be confirmed."""
    ctx, data = ctx_of(dialog_manager), dialog_manager.dialog_data
    found = await ctx.services.working_time.preview(ctx.actor, [_change(data)])
    data["version"] = found.version
    last = max(0, (len(found.moves) - 1) // PAGE)
    data["page"] = min(data["page"], last)
    return {
        "text": preview_page(ctx.t, data, found.moves, data["page"]),
        "has_earlier": data["page"] > 0,
        "has_later": data["page"] < last,
    }


def _new_decision(data: Values, _widget: object, _manager: DialogManager) -> bool:
    """Whether there are steps to go back to: withdrawing has none."""
    return not data["dialog_data"]["withdrawn"]


def calendar_dialog() -> Dialog:
    """Day, kind, names, basis, preview."""
    return Dialog(
        resume_window(CalendarForm.resume),
        *_day_windows(),
        *_text_windows(),
        leave_window(CalendarForm.leave),
        on_start=seeded,
    )


def _day_windows() -> tuple[Window, ...]:
    return (
        asks_text(
            lambda t, data: day_question(t, data["month"]),
            take_day,
            CalendarForm.day,
            picks(
                lambda _, data: data["item"][1],
                "day",
                "cells",
                lambda cell: cell[0],
                pick_day,
                width=7,
            ),
            Row(
                acts(lambda t, _: t.button("Earlier"), "earlier", earlier),
                acts(lambda t, _: t.button("Later"), "later", later),
            ),
            cancel_button(),
            getter=_month,
        ),
        asks_press(
            lambda _, data: data["text"],
            CalendarForm.kind,
            acts(lambda t, _: t.button("Day off"), "off", make_off),
            acts(lambda t, _: t.button("Working day"), "on", make_working),
            Row(back_button(), cancel_button()),
            getter=_kind,
        ),
    )


def _text_window(step: str, take: Take) -> Window:
    return asks_text(
        lambda t, _: ask_words(t, step),
        take,
        getattr(CalendarForm, step),
        Row(back_button(), cancel_button()),
    )


def _text_windows() -> tuple[Window, ...]:
    return (
        _text_window("name_kk", take_name_kk),
        _text_window("name_ru", take_name_ru),
        _text_window("basis", take_basis),
        asks_press(
            lambda _, data: data["text"],
            CalendarForm.preview,
            Row(
                acts(
                    lambda t, _: t.button("Earlier deadlines"),
                    "fewer",
                    turn_back,
                    when="has_earlier",
                ),
                acts(lambda t, _: t.button("Further deadlines"), "more", turn_on, when="has_later"),
            ),
            acts(lambda t, _: t.button("Confirm the change"), "confirm", confirm, style=PRIMARY),
            Row(back_button(when=_new_decision), cancel_button()),
            getter=_preview,
        ),
    )

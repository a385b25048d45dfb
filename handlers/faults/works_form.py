"""The windows of the announcement of works."""

from __future__ import annotations

from typing import Any

from aiogram import Router
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.kbd import Row

from handlers.context import ctx_of
from handlers.faults import works_acts as act
from handlers.faults.both import LANGUAGES, take_text, without
from handlers.faults.regime_step import regime_window
from handlers.faults.works_acts import WALK, WorksForm
from handlers.filters import Pressed
from handlers.forms import PRIMARY, Values, seeded
from handlers.steps import (
    Take,
    acts,
    asks_press,
    asks_text,
    cancel_button,
    leave_window,
    resume_window,
)
from handlers.views import faults_works as texts
from handlers.views.incidents_effects import PAGE


def works_forms() -> Router:
    """The form and the press that opens it."""
    router = Router(name="faults-works-forms")
    router.callback_query.register(act.begin, Pressed("works.form"))
    router.include_router(
        Dialog(
            resume_window(WorksForm.resume),
            regime_window(WALK, act.take_regime),
            _window("starts", WALK.moment("starts", act.check_starts)),
            _window("ends", WALK.moment("ends", act.check_ends)),
            *(_window(step, act.take_announcement(step)) for step in ("text_kk", "text_ru")),
            *(_reason_window(f"reason_{language}") for language in LANGUAGES),
            _emergency_window(),
            _review_window(),
            leave_window(WorksForm.leave),
            on_start=seeded,
        )
    )
    return router


def _way_out() -> Row:
    return Row(WALK.back_button(), cancel_button())


def _reason_window(step: str) -> Window:
    """Why works take longer, in one of the two languages."""
    return _window(step, take_text(WALK, step, "reason", act.LIMIT), without(WALK, step))


def _window(step: str, take: Take, *buttons: Any) -> Window:
    return asks_text(
        lambda t, data: texts.question(t, data["dialog_data"], step, data["regime"]),
        take,
        WALK.state(step),
        *buttons,
        _way_out(),
        getter=_asked,
    )


def _emergency_window() -> Window:
    return asks_text(
        lambda t, data: texts.ask_emergency(t, data["latest"], data["regime"]),
        act.take_emergency,
        WorksForm.emergency,
        acts(lambda t, _: t.button("Give another time"), "another_time", act.another_time),
        _way_out(),
        getter=_asked,
    )


async def _asked(dialog_manager: DialogManager, **_: object) -> Values:
    starts = dialog_manager.dialog_data.get("starts")
    latest: Any = act.latest(dialog_manager) if starts else None
    return {"regime": act.regime_of(dialog_manager), "latest": latest or ctx_of(dialog_manager).now}


async def _review(dialog_manager: DialogManager, **_: object) -> Values:
    """The announcement with what it would move as things stand."""
    ctx, data = ctx_of(dialog_manager), dialog_manager.dialog_data
    moves = await act.moves(ctx, data)
    last = max(0, (len(moves) - 1) // PAGE)
    data["page"] = min(data["page"], last)
    return {
        "text": texts.review(ctx.t, data, moves, data["page"], act.regime_of(dialog_manager)),
        "has_earlier": data["page"] > 0,
        "has_later": data["page"] < last,
    }


def _review_window() -> Window:
    return asks_press(
        lambda _, data: data["text"],
        WorksForm.review,
        Row(
            acts(
                lambda t, _: t.button("Earlier deadlines"),
                "fewer",
                act.turn_back,
                when="has_earlier",
            ),
            acts(lambda t, _: t.button("Further deadlines"), "more", act.turn_on, when="has_later"),
        ),
        acts(lambda t, _: t.button("Announce to everybody"), "do", act.perform, style=PRIMARY),
        _way_out(),
        getter=_review,
    )

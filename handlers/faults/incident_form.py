"""The windows of the forms on incidents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiogram import Router
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.kbd import Row

from domain.incidents.model import MODULES, SCOPES
from handlers.context import ctx_of
from handlers.faults import incident_acts as act
from handlers.faults.both import LANGUAGES, take_text, without
from handlers.faults.incident_acts import WALK, IncidentForm
from handlers.faults.regime_step import regime_window
from handlers.filters import Pressed
from handlers.forms import PRIMARY, Say, Values, seeded
from handlers.steps import (
    Take,
    acts,
    asks_press,
    asks_text,
    cancel_button,
    leave_window,
    picks,
    resume_window,
)
from handlers.views import incidents_form as texts


def incident_forms() -> Router:
    """The form and the presses that open it."""
    router = Router(name="faults-incident-forms")
    router.callback_query.register(act.begin_new, Pressed("incident.new"))
    router.callback_query.register(act.begin, Pressed("incident.form"))
    router.include_router(
        Dialog(
            resume_window(IncidentForm.resume),
            regime_window(WALK, act.take_regime),
            *(_both_window(name, language) for name in act.BOTH for language in LANGUAGES),
            _text_window("note"),
            _text_window("ground"),
            _text_window("remark", _no_remark(), take=act.take_remark),
            _text_window("act_number"),
            _text_window("act_date", take=act.take_act_date),
            *_moment_windows(),
            *_reach_windows(),
            _review_window(),
            leave_window(IncidentForm.leave),
            on_start=seeded,
        )
    )
    return router


def _way_out() -> Row:
    return Row(WALK.back_button(), cancel_button())


def _question(step: str) -> Say:
    return lambda t, data: texts.question(t, data["dialog_data"], step)


def _text_window(step: str, *buttons: Any, take: Take | None = None) -> Window:
    return asks_text(
        _question(step),
        take or act.take_note(step),
        WALK.state(step),
        *buttons,
        _way_out(),
    )


def _both_window(name: str, language: str) -> Window:
    """The question for a text in one of the two languages."""
    step = f"{name}_{language}"
    keep = [_keep(step)] if name == "title" else []
    take = take_text(WALK, step, *act.FIELDS[name])
    return _text_window(step, *keep, without(WALK, step), take=take)


def _keep(step: str) -> Any:
    """Leave a value as it stands, where there is one."""

    def stands(data: Values, _: object, __: DialogManager) -> bool:
        return bool(data["dialog_data"].get(step))

    return acts(lambda t, _: t.button("Leave as it stands"), "as_it_is", WALK.on, when=stands)


def _no_remark() -> Any:
    return acts(lambda t, _: t.button("Without a note"), "no_remark", act.no_remark)


def _confirming(data: Values, _: object, __: DialogManager) -> bool:
    return bool(data["dialog_data"]["act"] == "confirm")


def _moment_windows() -> Sequence[Window]:
    unknown = acts(
        lambda t, _: t.button("Not known yet"),
        "unknown",
        act.leave_out("planned"),
        when=_confirming,
    )
    lasting = acts(
        lambda t, _: t.button("Not mended yet"), "lasts", act.leave_out("mended"), when=_confirming
    )
    return (
        _moment_window("began", act.check_past, _now("began"), _keep("began")),
        _moment_window("mended", act.check_past, _now("mended"), lasting, _keep("mended")),
        _moment_window("planned", act.check_future, unknown),
    )


def _now(step: str) -> Any:
    return acts(lambda t, _: t.button("Now"), "now", act.now_at(step))


def _moment_window(step: str, check: Any, *buttons: Any) -> Window:
    return _text_window(step, *buttons, take=WALK.moment(step, check))


_SCOPES = list(SCOPES)
_MODULES = list(MODULES)


def _reach_windows() -> Sequence[Window]:
    return (
        asks_press(
            _question("scope"),
            IncidentForm.scope,
            picks(
                lambda t, data: texts.scope_button(t, data["item"]),
                "scope",
                lambda _: _SCOPES,
                str,
                act.take_scope,
            ),
            _way_out(),
        ),
        asks_press(
            _question("modules"),
            IncidentForm.modules,
            picks(
                lambda t, data: texts.module_button(
                    t, data["item"], data["data"]["dialog_data"]["modules"]
                ),
                "module",
                lambda _: _MODULES,
                str,
                act.toggle_module,
            ),
            acts(lambda t, _: t.button("Go on"), "on", act.modules_done, style=PRIMARY),
            _way_out(),
        ),
        _text_window("orders", take=act.take_orders),
        _into_window(),
        _level_window(),
    )


async def _others(dialog_manager: DialogManager, **_: object) -> Values:
    return {"rows": await act.others(ctx_of(dialog_manager), dialog_manager.dialog_data)}


def _into_window() -> Window:
    """The incident to be joined to."""
    return asks_press(
        lambda t, data: texts.into_question(t, data["dialog_data"], data["rows"]),
        IncidentForm.into,
        picks(
            lambda t, data: t.button("No. {number}", number=data["item"].number),
            "into",
            "rows",
            lambda row: row.number,
            act.take_into,
            width=4,
        ),
        _way_out(),
        getter=_others,
    )


def _level_window() -> Window:
    """The level, each with its definition."""
    return asks_press(
        lambda t, data: texts.level_question(
            t, data["dialog_data"], data["regime"], data["levels"]
        ),
        IncidentForm.level,
        picks(
            lambda t, data: texts.level_button(t, data["item"]),
            "level",
            "levels",
            str,
            act.take_level,
            width=3,
        ),
        _way_out(),
        getter=_levels,
    )


def _review_window() -> Window:
    return asks_press(
        lambda t, data: texts.review(t, data["dialog_data"], data["steps"], data["regime"]),
        IncidentForm.review,
        acts(
            lambda t, data: t.button(texts.PERFORM[data["dialog_data"]["act"]]),
            "perform",
            act.perform,
            style=PRIMARY,
        ),
        _way_out(),
        getter=_regime,
    )


async def _levels(dialog_manager: DialogManager, **_: object) -> Values:
    return {
        "regime": act.regime_of(dialog_manager),
        "levels": await act.fitting_levels(dialog_manager),
    }


async def _regime(dialog_manager: DialogManager, **_: object) -> Values:
    return {
        "regime": act.regime_of(dialog_manager),
        "steps": act.steps_of(dialog_manager.dialog_data),
    }

"""The windows of the form of a broadcast."""

from __future__ import annotations

from typing import Any

from aiogram import Router
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.kbd import Row

from domain.broadcasts.rules import SCREENS
from domain.roles import Role
from handlers.admin import broadcast_steps as act
from handlers.admin.broadcast_steps import LINK, NO_BUTTON, WALK, WHOLE, BroadcastForm
from handlers.context import ctx_of
from handlers.filters import Pressed
from handlers.forms import PRIMARY, Say, Values, Words, seeded
from handlers.steps import (
    Take,
    acts,
    asks_press,
    asks_text,
    cancel_button,
    expects,
    leave_window,
    picks,
    resume_window,
    sent_file,
)
from handlers.views import broadcasts_form as texts
from handlers.views.broadcasts import LANGUAGES
from handlers.views.notices.broadcasts import SCREENS as SCREEN_LABELS
from handlers.views.regions import REGIONS
from handlers.views.translator import Translator, lazy

_BUTTONS = {
    NO_BUTTON: lazy("No button", context="button"),
    LINK: lazy("A link", context="button"),
    **SCREEN_LABELS,
}


def broadcast_forms() -> Router:
    """The form and the press that opens it."""
    router = Router(name="admin-broadcast-form")
    router.callback_query.register(act.begin, Pressed("broadcast.new"))
    router.include_router(
        Dialog(
            resume_window(BroadcastForm.resume),
            *(_text_window(step) for step in ("text_kk", "text_ru")),
            _file_window(),
            _button_window(),
            _typed_window("url", act.take_link),
            *(_typed_window(step, act.take_label(step)) for step in ("label_kk", "label_ru")),
            _roles_window(),
            _language_window(),
            _region_window(),
            _code_window(),
            _when_window(),
            _review_window(),
            leave_window(BroadcastForm.leave),
            on_start=seeded,
        )
    )
    return router


def _way_out() -> Row:
    return Row(WALK.back_button(), cancel_button())


def _asks(step: str) -> Say:
    return lambda t, data: texts.question(t, step, data.get("reached"))


def _kept(step: str) -> Any:
    """The button that goes on with what the step holds already."""

    def held(data: Values, _: object, __: DialogManager) -> bool:
        return bool(data["dialog_data"].get(step))

    return acts(lambda t, _: t.button("Leave as it is"), "keep", act.leave_as_it_is, when=held)


def _typed_window(step: str, take: Take) -> Window:
    return asks_text(
        _asks(step),
        take,
        WALK.state(step),
        _kept(step),
        _way_out(),
    )


def _text_window(step: str) -> Window:
    return _typed_window(step, act.take_text(step))


def _file_window() -> Window:
    return Window(
        Words(_asks("file")),
        sent_file(act.take_file),
        expects(lambda t, _: t("Please send a photo or a file, or press a button.")),
        _kept("file"),
        acts(lambda t, _: t.button("Without a file"), "none", act.no_file),
        _way_out(),
        state=BroadcastForm.file,
    )


def _button_window() -> Window:
    return asks_press(
        _asks("button"),
        BroadcastForm.button,
        picks(
            lambda t, data: t.button(_BUTTONS[data["item"]]),
            "button",
            lambda _: [NO_BUTTON, LINK, *SCREENS],
            str,
            act.take_button,
            width=2,
        ),
        _way_out(),
    )


async def _audience(dialog_manager: DialogManager, **_: object) -> Values:
    """How many people the audience has so far."""
    ctx, data = ctx_of(dialog_manager), dialog_manager.dialog_data
    return {"reached": await ctx.services.broadcasts.reach(ctx.actor, act.audience_of(data))}


def _role(t: Translator, data: Values) -> str:
    return texts.role_button(t, data["item"], data["item"] in data["data"]["dialog_data"]["roles"])


def _roles_window() -> Window:
    def some(data: Values, _: object, __: DialogManager) -> bool:
        return bool(data["dialog_data"]["roles"])

    return asks_press(
        _asks("roles"),
        BroadcastForm.roles,
        picks(_role, "role", lambda _: [role.value for role in Role], str, act.toggle_role),
        acts(lambda t, _: t.button("Continue"), "on", act.leave_as_it_is, when=some, style=PRIMARY),
        acts(lambda t, _: t.button("All roles"), "all", act.all_roles),
        _way_out(),
        getter=_audience,
    )


def _language_window() -> Window:
    def label(t: Translator, data: Values) -> str:
        known = LANGUAGES.get(data["item"])
        return t.button("Any language") if known is None else str(t(known))

    return asks_press(
        _asks("language"),
        BroadcastForm.language,
        picks(label, "language", lambda _: [WHOLE, *LANGUAGES], str, act.take_language),
        _way_out(),
        getter=_audience,
    )


def _region_window() -> Window:
    def label(t: Translator, data: Values) -> str:
        return str(t(REGIONS[data["item"]]))

    async def whole(manager: DialogManager) -> None:
        await act.take_region(manager, WHOLE)

    return asks_text(
        _asks("region"),
        act.take_region,
        BroadcastForm.region,
        acts(lambda t, _: t.button("Any region"), "any", whole),
        picks(label, "region", lambda _: list(REGIONS), str, act.take_region, width=2),
        _way_out(),
        getter=_audience,
    )


def _code_window() -> Window:
    return asks_text(
        _asks("code"),
        act.take_code,
        BroadcastForm.code,
        _kept("code"),
        acts(lambda t, _: t.button("Any goods"), "any", act.any_goods),
        _way_out(),
        getter=_audience,
    )


def _when_window() -> Window:
    return asks_text(
        _asks("when"),
        WALK.moment("when", act.check_when),
        BroadcastForm.when,
        acts(lambda t, _: t.button("At once"), "now", act.at_once),
        _kept("when"),
        _way_out(),
    )


async def _review(dialog_manager: DialogManager, **_: object) -> Values:
    """Everything with the number of people as it is now."""
    ctx, data = ctx_of(dialog_manager), dialog_manager.dialog_data
    data["changed"] = ""
    content, audience = act.content_of(data), act.audience_of(data)
    reached = await ctx.services.broadcasts.reach(ctx.actor, audience)
    return {
        "text": texts.review(ctx.t, content, audience, act.starts_of(data), reached),
        "some": bool(reached.total),
        "later": bool(data["when"]),
    }


def _review_window() -> Window:
    def send(t: Translator, data: Values) -> str:
        return t.button("Schedule it") if data["later"] else t.button("Send to everybody")

    changes = {
        "text": lazy("Change the text", context="button"),
        "more": lazy("Change file, button", context="button"),
        "whom": lazy("Change for whom", context="button"),
        "when": lazy("Change the time", context="button"),
    }

    def change(group: str) -> Any:
        return acts(lambda t, _: t.button(changes[group]), f"to_{group}", act.change(group))

    return asks_press(
        lambda _, data: data["text"],
        BroadcastForm.review,
        Row(
            acts(lambda t, _: t.button("How people see it"), "look", act.preview),
            acts(lambda t, _: t.button("Send to myself"), "test", act.test),
        ),
        Row(change("text"), change("more")),
        Row(change("whom"), change("when")),
        acts(send, "do", act.perform, style=PRIMARY, when="some"),
        _way_out(),
        getter=_review,
    )

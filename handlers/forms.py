"""Widgets that every form shares: texts through the catalogue, back and cancel, a typed value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiogram.enums import ButtonStyle
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button
from aiogram_dialog.widgets.style import Style
from aiogram_dialog.widgets.text import Text

from domain.errors import RuleBroken
from handlers.context import ctx_of
from handlers.drafts import drop_draft, save_draft, state_of
from handlers.views.errors import describe
from handlers.views.translator import Translator

Say = Callable[[Translator, dict[str, Any]], str]


class Words(Text):
    """A text of a form: ``Words(lambda t, data: t("..."))``, in the reader's language.

    ``data`` is what the window's getter gave, with ``dialog_data`` of the form inside.
    """

    def __init__(self, say: Say, when: Any = None) -> None:
        super().__init__(when=when)
        self.say = say

    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        return self.say(ctx_of(manager).t, data)


async def _back(_press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await manager.back()


def back_button() -> Button:
    """One step back."""
    return Button(Words(lambda t, _: t.button("Back")), id="back", on_click=_back)


def cancel_button(form: str) -> Button:
    """Leave the form and forget what was typed; says so."""

    async def cancel(press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
        ctx = ctx_of(manager)
        await drop_draft(state_of(manager), form)
        await press.answer()
        await manager.done(show_mode=ShowMode.NO_UPDATE)
        if isinstance(press.message, Message):
            await press.message.edit_text(ctx.t("Cancelled. Nothing was sent."))

    return Button(
        Words(lambda t, _: t.button("Cancel")), id="cancel", on_click=cancel, style=DANGER
    )


DANGER = Style(ButtonStyle.DANGER)
PRIMARY = Style(ButtonStyle.PRIMARY)


async def keep_step(manager: DialogManager, form: str) -> None:
    """Save what the form holds so far, so that a break loses nothing."""
    await save_draft(state_of(manager), form, dict(manager.dialog_data))


async def refuse(message: Message, manager: DialogManager, error: RuleBroken) -> None:
    """Say why a typed value was not taken; the step stays and is shown again below."""
    manager.show_mode = ShowMode.SEND
    await message.answer(describe(ctx_of(manager).t, error))

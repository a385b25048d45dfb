"""Which update is meant for which handler: presses, menu buttons, roles."""

from __future__ import annotations

from typing import Any

from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from handlers.views.menus import action_of
from handlers.views.press import unpress


class Pressed(Filter):
    """A press of one of our buttons; the handler gets ``ids: list[str]``."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def __call__(self, event: CallbackQuery) -> bool | dict[str, Any]:
        """Whether the data is of this name, in the version we know."""
        found = unpress(event.data or "")
        if found is None or found[0] != self.name:
            return False
        return {"ids": found[1]}


class MenuChosen(Filter):
    """A text of the main menu, in any of the languages (an old keyboard may still show)."""

    def __init__(self, action: str) -> None:
        self.action = action

    async def __call__(self, event: Message) -> bool:
        """Whether the text is this menu button."""
        return event.text is not None and action_of(event.text) == self.action


class OfForm(Filter):
    """A press of a form's own button.

    Without it an open form takes every press for its own, and the buttons of cards do nothing.
    """

    async def __call__(self, event: CallbackQuery) -> bool:
        """Whether the data is not that of a card's button."""
        return unpress(event.data or "") is None

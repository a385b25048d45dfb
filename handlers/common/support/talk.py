"""The talk with support: where what a person sends next goes, until they use the menu."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, fields
from typing import Any

from aiogram import BaseMiddleware
from aiogram.enums import ChatType
from aiogram.filters import Filter
from aiogram.fsm.context import FSMContext
from aiogram.types import Message, TelegramObject
from aiogram_dialog import DialogManager

from handlers.views.menus import action_of

_KEY = "support"


@dataclass(frozen=True)
class Talk:
    """An open talk.

    ``number``: the request it is about; without one, the person's newest. ``rating``: the next
    text is a word to this rating of it. ``album`` is the last album taken and ``album_number``
    the request it went to; ``asked`` the last message that was sent by its button.
    """

    number: int | None = None
    rating: int | None = None
    album: str = ""
    album_number: int | None = None
    asked: int | None = None


_NAMES = frozenset(each.name for each in fields(Talk))


async def talk_of(state: FSMContext) -> Talk | None:
    """The open talk, if any."""
    found = (await state.get_data()).get(_KEY)
    if not isinstance(found, dict):
        return None
    return Talk(**{name: value for name, value in found.items() if name in _NAMES})


async def keep_talk(state: FSMContext, talk: Talk) -> None:
    """Open a talk, or go on with it."""
    await state.update_data({_KEY: asdict(talk)})


async def end_talk(state: FSMContext) -> None:
    """What is sent next goes to support no more."""
    if await talk_of(state) is not None:
        await state.update_data({_KEY: None})


async def leave_form(manager: DialogManager | None) -> bool:
    """Close the open form, or what is sent next would go to it; its draft stays.

    Returns whether there was one.
    """
    if manager is None or not manager.has_context():
        return False
    await manager.reset_stack()
    return True


class Talking(Filter):
    """A talk with support is open."""

    async def __call__(self, _event: object, state: FSMContext) -> bool:
        """Whether it is."""
        return await talk_of(state) is not None


class MenuEndsTalk(BaseMiddleware):
    """A command or a button of the menu ends the talk, whoever handles it."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """End the talk first: the menu's Support opens a new one."""
        if isinstance(event, Message) and event.chat.type == ChatType.PRIVATE and _is_menu(event):
            await end_talk(data["state"])
        return await handler(event, data)


def _is_menu(message: Message) -> bool:
    text = message.text or ""
    return text.startswith("/") or action_of(text) is not None

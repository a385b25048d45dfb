"""The talk with support: where what a person sends next goes, until they use the menu."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, fields
from typing import Any

from aiogram import BaseMiddleware
from aiogram.enums import ChatType
from aiogram.filters import Filter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message, TelegramObject
from aiogram_dialog import DialogManager

from handlers.context import Ctx
from handlers.views.menus import action_of
from handlers.views.press import unpress

_KEY = "support"
_REFUSED = "refused_album"
_DIGITS = 16


@dataclass(frozen=True)
class Talk:
    """An open talk.

    ``number``: the request it is about; without one, the person's newest, or their newest on
    ``order``. ``rating``: the next
    text is a word to this rating of it. ``album`` is the last album taken and ``album_number``
    the request it went to; ``asked`` the last message that was sent by its button.
    ``cause`` is the update taken last: the same one, coming again after a crash, is done with.
    ``over``: nothing is kept but that.
    """

    number: int | None = None
    order: int | None = None
    rating: int | None = None
    album: str = ""
    album_number: int | None = None
    asked: int | None = None
    cause: str = ""
    over: bool = False


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


async def refuse_album(state: FSMContext, album: str) -> None:
    """Nothing of this album is taken, and its sender is told so: once, however many pictures."""
    await state.update_data({_REFUSED: album})


async def is_refused(state: FSMContext, album: str) -> bool:
    """Whether its sender was told that nothing of this album is taken."""
    return (await state.get_data()).get(_REFUSED) == album


async def leave_form(manager: DialogManager | None) -> bool:
    """Close the open form, or what is sent next would go to it; its draft stays.

    Returns whether there was one.
    """
    if manager is None or not manager.has_context():
        return False
    await manager.reset_stack()
    return True


def answered_ticket(message: Message) -> int | None:
    """The request a person answers to: they replied to a message with a button of it."""
    return _answered(message, "ticket.")


def answered_order(message: Message) -> int | None:
    """The order a person speaks of: they replied to its card, or to a notice of it."""
    return _answered(message, "order.")


def _answered(message: Message, begins: str) -> int | None:
    replied = message.reply_to_message
    markup = replied.reply_markup if replied is not None else None
    for row in markup.inline_keyboard if markup is not None else []:
        for button in row:
            name, ids = unpress(button.callback_data) or ("", [])
            if name.startswith(begins) and ids and ids[0].isdecimal() and len(ids[0]) < _DIGITS:
                return int(ids[0])
    return None


class Talking(Filter):
    """A talk with support is open, or the message answers what support wrote."""

    async def __call__(self, event: Message, state: FSMContext, ctx: Ctx) -> bool:
        """Whether it is for support."""
        if answered_ticket(event) is not None:
            return True
        talk = await talk_of(state)
        return talk is not None and (not talk.over or talk.cause == ctx.actor.cause)


class MenuEndsTalk(BaseMiddleware):
    """A command or a button of the menu ends the talk, whoever handles it."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """End the talk first: the menu's Support opens a new one."""
        if _is_menu(event):
            await end_talk(data["state"])
        return await handler(event, data)


def _is_menu(event: TelegramObject) -> bool:
    if isinstance(event, CallbackQuery):
        return unpress(event.data or "") == ("menu", [])
    if not isinstance(event, Message) or event.chat.type != ChatType.PRIVATE:
        return False
    text = event.text or ""
    return text.startswith("/") or action_of(text) is not None

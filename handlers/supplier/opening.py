"""Opening a form from a button of a notice or a card, and what forms of suppliers share."""

from __future__ import annotations

import contextlib
from typing import cast

from aiogram.exceptions import TelegramBadRequest
from aiogram.fsm.state import State
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode, StartMode
from aiogram_dialog.api.entities import Data
from aiogram_dialog.manager.manager import ManagerImpl

from domain.errors import AccessDenied
from handlers.context import Ctx, ctx_of
from handlers.sending import chat_of
from handlers.views.translator import Html


async def open_form(press: CallbackQuery, manager: DialogManager, state: State, data: Data) -> None:
    """Start a form in a message of its own; the notice or card above keeps its buttons.

    Started plainly, aiogram-dialog would write the form into the pressed message, or take its
    buttons away.
    """
    await press.answer()
    await _disarm(press, manager)
    await manager.start(state, data, mode=StartMode.RESET_STACK, show_mode=ShowMode.NO_UPDATE)
    # The protocol of managers does not tell of dialog(); the library has one manager only.
    shown = await cast("ManagerImpl", manager).dialog().render(manager)
    if press.bot is not None:
        sent = await press.bot.send_message(
            chat_of(press), shown.text or "", reply_markup=shown.reply_markup
        )
        manager.current_stack().last_message_id = sent.message_id


async def _disarm(press: CallbackQuery, manager: DialogManager) -> None:
    """Take the buttons off the form that is left behind: they would only say that it lapsed."""
    stack = manager.current_stack()
    pressed = press.message.message_id if press.message is not None else None
    if stack.last_message_id in (None, pressed) or press.bot is None:
        return
    # The person may have deleted it: nothing to take off then.
    with contextlib.suppress(TelegramBadRequest):
        await press.bot.edit_message_reply_markup(
            chat_id=chat_of(press), message_id=stack.last_message_id
        )


def is_repeated(manager: DialogManager) -> bool:
    """Whether the form has taken this very update before; otherwise remembers it.

    After a crash between the form's step and the end of the update the same message comes
    again, when the form already asks something else.
    """
    cause = ctx_of(manager).actor.cause
    if manager.dialog_data.get("cause") == cause:
        return True
    manager.dialog_data["cause"] = cause
    return False


async def tell(message: Message, manager: DialogManager, text: Html) -> None:
    """Say something above the step, which is shown again below."""
    manager.show_mode = ShowMode.SEND
    await message.answer(text)


async def close_form(press: CallbackQuery, manager: DialogManager) -> None:
    """End the form; its message has been given its last text already."""
    await manager.done(show_mode=ShowMode.NO_UPDATE)


def own_bin(ctx: Ctx) -> str:
    """The BIN of the company the person acts for; raises AccessDenied ``role_not_allowed``."""
    membership = ctx.person.membership
    if membership is None or membership.company is None:
        raise AccessDenied("role_not_allowed", "366-8", role=str(ctx.actor.role))
    return membership.company.bin

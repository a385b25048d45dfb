"""A button of a form that is no longer open: an ordinary event with its own answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, Bot, Dispatcher
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.filters import ExceptionTypeFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.storage.memory import DisabledEventIsolation
from aiogram.types import ErrorEvent, Message, TelegramObject
from aiogram_dialog import DEFAULT_STACK_ID
from aiogram_dialog.api.exceptions import OutdatedIntent, UnknownIntent, UnknownState
from aiogram_dialog.context.storage import StorageProxy

from handlers.common.support.intake import FILES
from handlers.context import Ctx
from handlers.views.menus import action_of, main_menu

_GONE = (UnknownIntent, OutdatedIntent, UnknownState)


class PastForms(BaseMiddleware):
    """Around the forms: one that is gone swallows neither a voice for support nor the next form.

    A form goes when a release no longer has it, or when its row was lost.
    """

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Forget the form; let voice and files go on to support, the menu to what it opens."""
        try:
            return await handler(event, data)
        except _GONE:
            if not isinstance(event, Message):
                raise
            # An answer to an old form says nothing about the one that may be open.
            answers = event.reply_to_message is not None
            if not answers:
                await _forget(data["bot"], data["state"])
            if FILES.resolve(event):
                return UNHANDLED
            text = event.text or ""
            if answers or not (text.startswith("/") or action_of(text)):
                raise
            return await handler(event, data)


async def _forget(bot: Bot, state: FSMContext) -> None:
    """Let no form be open."""
    key = state.key
    forms = StorageProxy(
        storage=state.storage,
        events_isolation=DisabledEventIsolation(),
        user_id=key.user_id,
        chat_id=key.chat_id,
        thread_id=key.thread_id,
        business_connection_id=key.business_connection_id,
        bot=bot,
        state_groups={},
    )
    await forms.remove_stack(DEFAULT_STACK_ID)


async def lapsed(event: ErrorEvent, ctx: Ctx) -> bool:
    """Say that the form has lapsed and where to go on; what was typed is kept as a draft."""
    press = event.update.callback_query
    text = ctx.t("This form is no longer open. What you typed is kept: choose the action again.")
    if press is not None:
        await press.answer(text, show_alert=True)
    elif event.update.message is not None:
        await event.update.message.answer(text, reply_markup=main_menu(ctx.t, ctx.actor.role))
    return True


def register_lapsed(dispatcher: Dispatcher) -> None:
    """Answer for the three ways in which a form can be gone."""
    dispatcher.errors.register(lapsed, ExceptionTypeFilter(*_GONE))

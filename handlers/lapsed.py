"""A button of a form that is no longer open: an ordinary event with its own answer."""

from __future__ import annotations

from aiogram import Dispatcher
from aiogram.filters import ExceptionTypeFilter
from aiogram.types import ErrorEvent
from aiogram_dialog.api.exceptions import OutdatedIntent, UnknownIntent, UnknownState

from handlers.context import Ctx
from handlers.views.menus import main_menu


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
    dispatcher.errors.register(
        lapsed, ExceptionTypeFilter(UnknownIntent, OutdatedIntent, UnknownState)
    )

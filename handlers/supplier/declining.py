""" "Not this time": a reason if one wishes, and no more reminders."""

from __future__ import annotations

from typing import Any

from aiogram import Router
from aiogram.enums import ContentType
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button

from domain.errors import RuleBroken
from domain.offers.rules import check_window
from domain.texts import REASON_LIMIT, clean_text
from handlers.context import Ctx, ctx_of
from handlers.filters import Pressed
from handlers.forms import Words, refuse
from handlers.ids import number_in
from handlers.sending import send_shown
from handlers.supplier.opening import close_form, open_form, tell
from handlers.views.invitations import declined
from handlers.views.shown import bold
from handlers.views.translator import Html, Translator, join


class DeclineForm(StatesGroup):
    """One question."""

    reason = State()


def declining_router() -> Router:
    """What opens the question, and the question."""
    router = Router(name="supplier-declining")
    router.callback_query.register(ask, Pressed("order.decline"))
    router.include_router(_dialog())
    return router


def _question(t: Translator, number: int) -> Html:
    return join(
        [
            bold(t("Order No. {number}: not this time?", number=number)),
            t("You will get no more reminders about it."),
            t("You may type why, for example: capacity is taken up. Or press “Skip the reason”."),
        ]
    )


def _dialog() -> Dialog:
    window = Window(
        Words(lambda t, data: _question(t, data["dialog_data"]["number"])),
        Button(Words(lambda t, _: t.button("Keep the order")), "stay", on_click=_stay),
        Button(Words(lambda t, _: t.button("Skip the reason")), "skip", on_click=_skip),
        MessageInput(_typed, content_types=ContentType.TEXT),
        MessageInput(_not_a_text),
        state=DeclineForm.reason,
    )
    return Dialog(window, on_start=_begin)


async def _begin(start_data: Any, manager: DialogManager) -> None:
    manager.dialog_data.update(start_data)


async def ask(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """Ask for a reason while the window is open."""
    card = await ctx.services.orders.card(ctx.actor, number_in(ids))
    check_window(card.state, card.offers_due_at, ctx.now)
    await open_form(press, dialog_manager, DeclineForm.reason, {"number": card.number})


async def _stay(press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    if isinstance(press.message, Message):
        text = ctx_of(manager).t("Nothing has changed. You can make an offer under the invitation.")
        await press.message.edit_text(text)
    await close_form(press, manager)


async def _skip(press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    ctx, number = ctx_of(manager), int(manager.dialog_data["number"])
    await ctx.services.orders.decline(ctx.actor, number)
    shown = declined(ctx.t, await ctx.services.orders.card(ctx.actor, number))
    if isinstance(press.message, Message):
        await press.message.edit_text(shown.text, reply_markup=shown.keyboard)
    await close_form(press, manager)


async def _typed(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    ctx, number = ctx_of(manager), int(manager.dialog_data["number"])
    try:
        reason = clean_text(message.text or "", "reason", REASON_LIMIT)
    except RuleBroken as error:
        await refuse(message, manager, error)
        return
    await ctx.services.orders.decline(ctx.actor, number, reason)
    await send_shown(message, declined(ctx.t, await ctx.services.orders.card(ctx.actor, number)))
    # The question above loses its buttons: it has been answered.
    await manager.done(show_mode=ShowMode.EDIT)


async def _not_a_text(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    text = ctx_of(manager).t("This step needs a text. Please type the answer, or press a button.")
    await tell(message, manager, text)

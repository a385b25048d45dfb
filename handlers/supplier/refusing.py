"""Refusing an order for confirmation: the reason must be stated, then it is asked once more."""

from __future__ import annotations

from typing import Any

from aiogram import Router
from aiogram.enums import ContentType
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Column, Select

from domain.awards.rules import check_refusal
from domain.errors import Conflict, RuleBroken
from handlers.context import Ctx, ctx_of
from handlers.filters import Pressed
from handlers.forms import DANGER, Words, refuse
from handlers.ids import number_in
from handlers.supplier.awards import card_shown, check_in_time, read_award, stale
from handlers.supplier.opening import close_form, is_repeated, open_form, tell
from handlers.views import format as fmt
from handlers.views.awards import QUICK_REASONS, REASON_BUTTONS
from handlers.views.errors import describe
from handlers.views.parts import cut
from handlers.views.shown import bold
from handlers.views.translator import Html, Translator, join, plain


class RefuseForm(StatesGroup):
    """The reason, and the last question."""

    reason = State()
    sure = State()


def refusing_router() -> Router:
    """What opens the form, and the form."""
    router = Router(name="supplier-refusing")
    router.callback_query.register(ask, Pressed("award.refuse"))
    router.include_router(_dialog())
    return router


async def ask(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """Ask for the reason; a late press is told when the term ended."""
    award, _ = await read_award(ctx, number_in(ids))
    try:
        check_in_time(ctx, award)
    except Conflict as error:
        await stale(press, ctx, award.id, error)
        return
    about = {"award": award.id, "number": award.order_number, "line": award.line}
    await open_form(press, dialog_manager, RefuseForm.reason, about)


def _reason(t: Translator, about: dict[str, Any]) -> Html:
    return join(
        [
            bold(t("Why do you refuse?")),
            t("Order No. {number}, line {line}", number=about["number"], line=about["line"]),
            t(
                "The reason must be stated ({clause}). Choose one or type your own, for example: "
                "the production line is under repair until March.",
                clause=fmt.clause(t, "344-15.2"),
            ),
        ]
    )


def _sure(t: Translator, about: dict[str, Any]) -> Html:
    return join(
        [
            bold(t("Refuse the order?")),
            t("Order No. {number}, line {line}", number=about["number"], line=about["line"]),
            t("Reason: {reason}", reason=cut(about["reason"], 1000)),
            t(
                "The customer will choose another supplier ({clause}). A refusal cannot be "
                "taken back.",
                clause=fmt.clause(t, "344-13.10"),
            ),
        ]
    )


async def _choices(dialog_manager: DialogManager, **_: object) -> dict[str, Any]:
    t = ctx_of(dialog_manager).t
    return {"reasons": [(name, t.button(label)) for name, label in REASON_BUTTONS.items()]}


def _first(item: tuple[str, str]) -> str:
    return item[0]


def _dialog() -> Dialog:
    reason = Window(
        Words(lambda t, data: _reason(t, data["dialog_data"])),
        Button(Words(lambda t, _: t.button("Do not refuse")), "stay_reason", on_click=_stay),
        Column(
            Select(
                Words(lambda t, data: data["item"][1]), "why", _first, "reasons", on_click=_chosen
            )
        ),
        MessageInput(_typed, content_types=ContentType.TEXT),
        MessageInput(_not_a_text),
        state=RefuseForm.reason,
        getter=_choices,
    )
    sure = Window(
        Words(lambda t, data: _sure(t, data["dialog_data"])),
        Button(Words(lambda t, _: t.button("Do not refuse")), "stay_sure", on_click=_stay),
        Button(Words(lambda t, _: t.button("Another reason")), "again", on_click=_again),
        Button(
            Words(lambda t, _: t.button("Yes, refuse")), "refuse", on_click=_refuse, style=DANGER
        ),
        MessageInput(_only_buttons),
        state=RefuseForm.sure,
    )
    return Dialog(reason, sure, on_start=_begin)


async def _begin(start_data: Any, manager: DialogManager) -> None:
    manager.dialog_data.update(start_data)


async def _chosen(
    _press: CallbackQuery, _select: object, manager: DialogManager, name: str
) -> None:
    label = QUICK_REASONS.get(name)
    if label is not None:
        manager.dialog_data["reason"] = plain(ctx_of(manager).t(label))
        await manager.switch_to(RefuseForm.sure)


async def _typed(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    if is_repeated(manager):
        return
    try:
        manager.dialog_data["reason"] = check_refusal(message.text or "")
    except RuleBroken as error:
        await refuse(message, manager, error)
        return
    await manager.switch_to(RefuseForm.sure)


async def _again(_press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await manager.switch_to(RefuseForm.reason)


async def _stay(press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _show_card(press, manager)
    await close_form(press, manager)


async def _refuse(press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Refuse; when somebody was faster, or the term is over, the card tells."""
    ctx, data = ctx_of(manager), manager.dialog_data
    why: Html | None = None
    try:
        await ctx.services.awards.refuse(ctx.actor, int(data["award"]), str(data["reason"]))
    except Conflict as error:
        why = describe(ctx.t, error)
    await _show_card(press, manager)
    if why is not None and isinstance(press.message, Message):
        await press.message.answer(why)
    await close_form(press, manager)


async def _show_card(press: CallbackQuery, manager: DialogManager) -> None:
    shown = await card_shown(ctx_of(manager), int(manager.dialog_data["award"]))
    if isinstance(press.message, Message):
        await press.message.edit_text(shown.text, reply_markup=shown.keyboard)


async def _not_a_text(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    text = ctx_of(manager).t("This step needs a text. Please type the answer, or press a button.")
    await tell(message, manager, text)


async def _only_buttons(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    await tell(message, manager, ctx_of(manager).t("Please press one of the buttons below."))

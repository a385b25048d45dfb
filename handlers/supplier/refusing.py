"""Refusing an order for confirmation: the reason must be stated, then it is asked once more."""

from __future__ import annotations

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager

from domain.awards.rules import check_refusal
from domain.errors import Conflict
from handlers.context import Ctx, ctx_of
from handlers.filters import Pressed
from handlers.forms import DANGER, finish, go, open_form, seeded
from handlers.ids import number_in
from handlers.steps import (
    acts,
    asks_press,
    asks_text,
    moves,
    picks,
)
from handlers.supplier.awards import card_shown, check_in_time, read_award, stale
from handlers.views.awards import QUICK_REASONS, REASON_BUTTONS, ask_reason, ask_refusal
from handlers.views.errors import describe
from handlers.views.shown import Shown
from handlers.views.translator import plain


class RefuseForm(StatesGroup):
    """The reason, and the last question."""

    reason = State()
    sure = State()


def refusing_router() -> Router:
    """What opens the form, and the form."""
    router = Router(name="supplier-refusing")
    router.callback_query.register(ask, Pressed("award.refuse"))
    router.include_router(refuse_dialog())
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
    await open_form(dialog_manager, "refuse", RefuseForm.reason, about)


async def take_quick_reason(manager: DialogManager, name: str) -> None:
    """One of the usual reasons, in the words that the customer and the protocol get."""
    if name in QUICK_REASONS:
        await _take(manager, plain(ctx_of(manager).t(QUICK_REASONS[name])))


async def take_reason(manager: DialogManager, text: str) -> None:
    """A typed reason."""
    await _take(manager, check_refusal(text))


async def _take(manager: DialogManager, reason: str) -> None:
    manager.dialog_data["reason"] = reason
    await go(manager, RefuseForm.sure)


async def stay(manager: DialogManager) -> None:
    """Nothing changes: the card again."""
    await finish(manager, await _card(manager))


async def refuse(manager: DialogManager) -> None:
    """Refuse; when somebody was faster, or the term is over, the card tells."""
    ctx, data = ctx_of(manager), manager.dialog_data
    why: list[Shown] = []
    try:
        await ctx.services.awards.refuse(ctx.actor, int(data["award"]), str(data["reason"]))
    except Conflict as error:
        why = [Shown(describe(ctx.t, error))]
    await finish(manager, await _card(manager), *why)


async def _card(manager: DialogManager) -> Shown:
    return await card_shown(ctx_of(manager), int(manager.dialog_data["award"]))


def refuse_dialog() -> Dialog:
    """The safe button first."""
    return Dialog(
        asks_text(
            lambda t, data: ask_reason(t, data["dialog_data"]),
            take_reason,
            RefuseForm.reason,
            acts(lambda t, _: t.button("Do not refuse"), "stay", stay),
            picks(
                lambda t, data: t.button(REASON_BUTTONS[data["item"]]),
                "why",
                lambda _: list(REASON_BUTTONS),
                str,
                take_quick_reason,
            ),
        ),
        asks_press(
            lambda t, data: ask_refusal(t, data["dialog_data"]),
            RefuseForm.sure,
            acts(lambda t, _: t.button("Do not refuse"), "stay", stay),
            moves(lambda t, _: t.button("Another reason"), "again", RefuseForm.reason),
            acts(lambda t, _: t.button("Yes, refuse"), "refuse", refuse, style=DANGER),
        ),
        on_start=seeded,
    )

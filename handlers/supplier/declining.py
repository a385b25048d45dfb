""" "Not this time": a reason if one wishes, and no more reminders."""

from __future__ import annotations

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager

from domain.offers.rules import check_window
from domain.texts import REASON_LIMIT, clean_text
from handlers.context import Ctx, ctx_of
from handlers.filters import Pressed
from handlers.forms import finish, open_form, seeded
from handlers.ids import number_in
from handlers.steps import acts, asks_text
from handlers.views.invitations import decline_question, declined, not_declined
from handlers.views.shown import Shown


class DeclineForm(StatesGroup):
    """One question."""

    reason = State()


def declining_router() -> Router:
    """What opens the question, and the question."""
    router = Router(name="supplier-declining")
    router.callback_query.register(ask, Pressed("order.decline"))
    router.include_router(decline_dialog())
    return router


async def ask(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """Ask for a reason while the window is open."""
    card = await ctx.services.orders.card(ctx.actor, number_in(ids))
    check_window(card.state, card.offers_due_at, ctx.now)
    await open_form(dialog_manager, "decline", DeclineForm.reason, {"number": card.number})


async def stay(manager: DialogManager) -> None:
    """Nothing changes."""
    await finish(manager, Shown(not_declined(ctx_of(manager).t)))


async def decline(manager: DialogManager, typed_reason: str = "") -> None:
    """No more reminders; the typed reason is for the customer."""
    ctx, number = ctx_of(manager), int(manager.dialog_data["number"])
    reason = clean_text(typed_reason, "reason", REASON_LIMIT)
    await ctx.services.orders.decline(ctx.actor, number, reason)
    card = await ctx.services.orders.card(ctx.actor, number)
    await finish(manager, declined(ctx.t, card))


def decline_dialog() -> Dialog:
    """The safe answer first."""
    return Dialog(
        asks_text(
            lambda t, data: decline_question(t, data["dialog_data"]["number"]),
            decline,
            DeclineForm.reason,
            acts(lambda t, _: t.button("Keep the order"), "stay", stay),
            acts(lambda t, _: t.button("Skip the reason"), "skip", decline),
        ),
        on_start=seeded,
    )

"""The form of a price offer: six questions for each line, a review, one press to submit."""

from __future__ import annotations

from typing import Any

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager

from domain.errors import AccessDenied
from domain.offers.rules import check_window
from domain.orders.views import OrderCard
from handlers.context import Ctx
from handlers.drafts import load_draft
from handlers.filters import Pressed
from handlers.ids import number_in
from handlers.reply import show_new
from handlers.supplier.offer_form.flow import form_name, shown_in
from handlers.supplier.offer_form.photos import photos_window
from handlers.supplier.offer_form.review import (
    fields_window,
    leave_window,
    resume_window,
    review_window,
)
from handlers.supplier.offer_form.states import OfferForm, state_of_step
from handlers.supplier.offer_form.steps import step_windows
from handlers.supplier.opening import open_form, own_bin
from handlers.views.offer_draft import draft_of
from handlers.views.offers import is_open, offer_card


def offer_form_router() -> Router:
    """What opens the form, and the form."""
    router = Router(name="supplier-offer-form")
    router.callback_query.register(open_offer, Pressed("order.offer"))
    router.callback_query.register(change_offer, Pressed("offer.change"))
    router.include_router(_dialog())
    return router


def _dialog() -> Dialog:
    return Dialog(
        resume_window(),
        *step_windows(),
        photos_window(),
        review_window(),
        fields_window(),
        leave_window(),
        on_start=_begin,
        getter=shown_in,
    )


async def _begin(start_data: Any, manager: DialogManager) -> None:
    manager.dialog_data.update(start_data)


async def open_offer(
    press: CallbackQuery,
    ctx: Ctx,
    ids: list[str],
    state: FSMContext,
    dialog_manager: DialogManager,
) -> None:
    """Make an offer; one that stands already, or can no longer be made, is shown instead."""
    number = number_in(ids)
    versions = await ctx.services.offers.own(ctx.actor, number, own_bin(ctx))
    card = await ctx.services.orders.card(ctx.actor, number)
    if versions and (versions[-1].state == "submitted" or not is_open(card)):
        await show_new(press, offer_card(ctx.t, card, versions))
        return
    await _start(press, ctx, card, state, dialog_manager)


async def change_offer(
    press: CallbackQuery,
    ctx: Ctx,
    ids: list[str],
    state: FSMContext,
    dialog_manager: DialogManager,
) -> None:
    """The form, filled in with the offer that stands."""
    card = await ctx.services.orders.card(ctx.actor, number_in(ids))
    await _start(press, ctx, card, state, dialog_manager)


async def _start(
    press: CallbackQuery, ctx: Ctx, card: OrderCard, state: FSMContext, manager: DialogManager
) -> None:
    if card.mine is None or not card.mine.matched_lines:
        raise AccessDenied("not_invited", "344-13.2b", number=card.number)
    supplier_bin = own_bin(ctx)
    kept = await load_draft(state, form_name(card.number, supplier_bin))
    if kept is None:
        check_window(card.state, card.offers_due_at, ctx.now)
    versions = await ctx.services.offers.own(ctx.actor, card.number, supplier_bin)
    fresh = draft_of(card, versions, supplier_bin)
    if kept is None:
        await open_form(press, manager, state_of_step(fresh.step), fresh.as_data())
    elif is_open(card):
        await open_form(press, manager, OfferForm.resume, {**kept, "fresh": fresh.as_data()})
    else:
        # Too late to submit, but what was typed can still be read.
        await open_form(press, manager, OfferForm.review, kept)

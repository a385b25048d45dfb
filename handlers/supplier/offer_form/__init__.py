"""The form of a price offer: six questions for each line, a review, one press to submit."""

from __future__ import annotations

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
from handlers.forms import draft_name, open_form, seeded
from handlers.ids import number_in
from handlers.reply import show_new
from handlers.steps import leave_window, resume_window
from handlers.supplier.offer_form.flow import ABOUT, FORM, shown_in
from handlers.supplier.offer_form.photos import photos_window
from handlers.supplier.offer_form.review import fields_window, review_window
from handlers.supplier.offer_form.states import OfferForm, state_of_step
from handlers.supplier.offer_form.steps import step_windows
from handlers.views.offer_draft import draft_of
from handlers.views.offer_form import leave, resume
from handlers.views.offers import is_open, offer_card


def offer_form_router() -> Router:
    """What opens the form, and the form."""
    router = Router(name="supplier-offer-form")
    router.callback_query.register(open_offer, Pressed("order.offer"))
    router.callback_query.register(change_offer, Pressed("offer.change"))
    router.include_router(offer_dialog())
    return router


def offer_dialog() -> Dialog:
    """The questions of each line, photos, the review."""
    return Dialog(
        resume_window(OfferForm.resume, lambda t, data: resume(t, data["card"])),
        *step_windows(),
        photos_window(),
        review_window(),
        fields_window(),
        leave_window(OfferForm.leave, lambda t, data: leave(t, data["draft"])),
        on_start=seeded,
        getter=shown_in,
    )


async def open_offer(
    press: CallbackQuery,
    ctx: Ctx,
    ids: list[str],
    state: FSMContext,
    dialog_manager: DialogManager,
) -> None:
    """Make an offer; one that stands already, or can no longer be made, is shown instead."""
    number = number_in(ids)
    versions = await ctx.services.offers.own(ctx.actor, number, ctx.own_bin)
    card = await ctx.services.orders.card(ctx.actor, number)
    if versions and (versions[-1].state == "submitted" or not is_open(card)):
        await show_new(press, offer_card(ctx.t, card, versions))
        return
    await _start(ctx, card, state, dialog_manager)


async def change_offer(
    press: CallbackQuery,
    ctx: Ctx,
    ids: list[str],
    state: FSMContext,
    dialog_manager: DialogManager,
) -> None:
    """The form, filled in with the offer that stands."""
    card = await ctx.services.orders.card(ctx.actor, number_in(ids))
    await _start(ctx, card, state, dialog_manager)


async def _start(ctx: Ctx, card: OrderCard, state: FSMContext, manager: DialogManager) -> None:
    if card.mine is None or not card.mine.matched_lines:
        raise AccessDenied("not_invited", "344-13.2b", number=card.number)
    about = {"number": card.number, "bin": ctx.own_bin}
    kept = await load_draft(state, draft_name(FORM, about, ABOUT))
    if kept is not None and not is_open(card):
        # Too late to submit, but what was typed can still be read.
        await open_form(manager, FORM, OfferForm.review, kept, ABOUT, resumes=False)
        return
    check_window(card.state, card.offers_due_at, ctx.now)
    versions = await ctx.services.offers.own(ctx.actor, card.number, ctx.own_bin)
    fresh = draft_of(card, versions, ctx.own_bin)
    await open_form(manager, FORM, state_of_step(fresh.step), fresh.as_data(), ABOUT)

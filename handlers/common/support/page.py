"""Opening the talk with support: the page with its promise, and adding to one request."""

from __future__ import annotations

from dataclasses import replace

from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager

from domain.support.regimes import Regime, regime_at
from handlers.common.support.intake import asked_now
from handlers.common.support.talk import Talk, keep_talk, leave_form
from handlers.context import Ctx
from handlers.faults.banner import topped
from handlers.ids import number_in
from handlers.reply import say, show_new
from handlers.support.parts import OPERATORS
from handlers.views.support import support_page
from handlers.views.support_ticket import adding, rated, reopened


def own_regime(ctx: Ctx) -> Regime:
    """The regime of this installation, as in force now."""
    return regime_at(ctx.services.site.regime, ctx.now)


async def open_page(
    event: Message | CallbackQuery,
    ctx: Ctx,
    state: FSMContext,
    ids: list[str] | None = None,
    dialog_manager: DialogManager | None = None,
) -> None:
    """What is promised now; what is sent next goes to support. A button may name an order."""
    order = number_in(ids) if ids else None
    closed = await leave_form(dialog_manager)
    promise = await ctx.services.support.promise(ctx.actor)
    mine = await ctx.services.support.mine(ctx.actor)
    await keep_talk(state, Talk(order=order))
    regime = own_regime(ctx)
    mute = await ctx.services.support.my_mute(ctx.actor)
    page = support_page(
        ctx.t,
        promise,
        regime,
        mine.total,
        order=order,
        form_closed=closed,
        mute=mute,
        at_desk=ctx.actor.role in OPERATORS,
    )
    # Who comes because of a fault reads first that it is known.
    await show_new(event, replace(page, text=await topped(ctx, page.text)))


async def add(
    press: CallbackQuery,
    ctx: Ctx,
    ids: list[str],
    state: FSMContext,
    dialog_manager: DialogManager | None = None,
) -> None:
    """What is sent next goes to this request."""
    ticket = await ctx.services.support.ticket(ctx.actor, number_in(ids))
    closed = await leave_form(dialog_manager)
    await keep_talk(state, Talk(number=ticket.number))
    await say(press, adding(ctx.t, ticket.number, form_closed=closed))


async def reopen(
    press: CallbackQuery,
    ctx: Ctx,
    ids: list[str],
    state: FSMContext,
    dialog_manager: DialogManager | None = None,
) -> None:
    """The user objects: a new promise at once; what is wrong may be said after."""
    ticket = await ctx.services.support.reopen(ctx.actor, number_in(ids))
    await leave_form(dialog_manager)
    await keep_talk(state, Talk(number=ticket.number))
    await show_new(press, reopened(ctx.t, ticket, await asked_now(ctx, ticket), ctx.now))


async def rate(
    press: CallbackQuery,
    ctx: Ctx,
    ids: list[str],
    state: FSMContext,
    dialog_manager: DialogManager | None = None,
) -> None:
    """A rating counts at once; the next text is a word to it, unless a form waits for texts."""
    number, rating = number_in(ids), number_in(ids, 1)
    await ctx.services.support.rate(ctx.actor, number, rating)
    word = dialog_manager is None or not dialog_manager.has_context()
    if word:
        await keep_talk(state, Talk(number=number, rating=rating))
    await say(press, rated(ctx.t, rating, word=word))

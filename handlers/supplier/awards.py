"""What waits for the company's answer: the list, the card, confirming with a second tap."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from domain.awards.rules import AwardOutcome, check_decision
from domain.errors import Conflict
from domain.orders.views import AwardView, OrderCard, by_selection
from domain.roles import Role
from handlers.context import Ctx
from handlers.filters import MenuChosen, Pressed
from handlers.ids import number_in
from handlers.reply import show, show_late
from handlers.views.awards import award_card, award_list, confirm_question
from handlers.views.errors import toast
from handlers.views.shown import Shown

_LISTED = 8


def awards_router() -> Router:
    """The menu button and the presses of an order for confirmation."""
    router = Router(name="supplier-awards")
    router.message.register(list_awards, MenuChosen("awards"))
    router.message.register(list_awards, Command("awards"))
    router.callback_query.register(turn_list, Pressed("awards"))
    router.callback_query.register(show_card, Pressed("award.card"))
    router.callback_query.register(ask_confirm, Pressed("award.confirm"))
    router.callback_query.register(confirm, Pressed("award.confirmed"))
    return router


async def list_awards(message: Message, ctx: Ctx) -> None:
    """What waits, the most urgent first."""
    await show(message, await _page(ctx, 0))


async def turn_list(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Another page; what has been answered meanwhile is not in it."""
    await show(press, await _page(ctx, number_in(ids)))


async def _page(ctx: Ctx, page: int) -> Shown:
    waiting = by_selection(await ctx.services.awards.waiting(ctx.actor))
    pages = max(1, -(-len(waiting) // _LISTED))
    page = min(page, pages - 1)
    shown = waiting[page * _LISTED : (page + 1) * _LISTED]
    cards = {
        number: await ctx.services.orders.card(ctx.actor, number)
        for number in {each[0].order_number for each in shown}
    }
    return award_list(ctx.t, shown, cards, page, pages)


async def show_card(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The order for confirmation as it stands."""
    await show(press, await card_shown(ctx, number_in(ids)))


async def ask_confirm(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The first tap asks; a late one is told when the term ended."""
    award, card = await read_award(ctx, number_in(ids))
    try:
        check_in_time(ctx, award)
    except Conflict as error:
        await stale(press, ctx, award.id, error)
        return
    await show(press, confirm_question(ctx.t, award, card))


async def confirm(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The second tap confirms; whoever comes second sees what was decided."""
    number = number_in(ids)
    try:
        await ctx.services.awards.confirm(ctx.actor, number)
    except Conflict as error:
        await stale(press, ctx, number, error)
        return
    await show(press, await card_shown(ctx, number))


def check_in_time(ctx: Ctx, award: AwardView) -> None:
    """Raises Conflict ``award_decided`` or ``award_lapsed`` before anything is asked."""
    outcome = AwardOutcome(award.outcome) if award.outcome else None
    check_decision(outcome, award.due_at, ctx.now)


async def read_award(ctx: Ctx, number: int) -> tuple[AwardView, OrderCard]:
    """The award and its order."""
    award = await ctx.services.awards.one(ctx.actor, number)
    return award, await ctx.services.orders.card(ctx.actor, award.order_number)


async def card_shown(ctx: Ctx, number: int) -> Shown:
    """The card for whoever looks: the supplier with its own offer, others without."""
    award, card = await read_award(ctx, number)
    own, who = None, ""
    if ctx.actor.role is Role.SUPPLIER:
        versions = await ctx.services.offers.own(ctx.actor, award.order_number, ctx.own_bin)
        lines = versions[-1].lines if versions else ()
        own = next((each for each in lines if each.line == award.line), None)
        who = await ctx.services.awards.decided_by(ctx.actor, number)
    return award_card(ctx.t, award, card, own, ctx.actor.role, who)


async def stale(press: CallbackQuery, ctx: Ctx, number: int, error: Conflict) -> None:
    """Say what has happened since, and show the card as it stands now."""
    await show_late(press, toast(ctx.t, error), await card_shown(ctx, number))

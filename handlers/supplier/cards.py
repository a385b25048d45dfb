"""A supplier's own offers: the list, the card, its versions and photos, withdrawing."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from domain.errors import Conflict, NotFound
from domain.offers.rules import check_window
from domain.offers.views import OfferView
from domain.orders.views import OrderCard
from handlers.context import Ctx
from handlers.documents import stored_file
from handlers.filters import MenuChosen, Pressed
from handlers.ids import number_in
from handlers.reply import show, show_late, show_new
from handlers.sending import send_document
from handlers.views.errors import toast
from handlers.views.offers import offer_card, offer_list, withdraw_question
from handlers.views.parts import cut
from handlers.views.translator import plain


def cards_router() -> Router:
    """The menu button and the presses of one's own offers."""
    router = Router(name="supplier-offers")
    router.message.register(list_offers, MenuChosen("offers"))
    router.message.register(list_offers, Command("offers"))
    router.callback_query.register(turn_list, Pressed("offers"))
    router.callback_query.register(show_card, Pressed("offer.card"))
    router.callback_query.register(send_photos, Pressed("offer.photos"))
    router.callback_query.register(ask_withdraw, Pressed("offer.withdraw"))
    router.callback_query.register(withdraw, Pressed("offer.withdrawn"))
    return router


async def list_offers(message: Message, ctx: Ctx) -> None:
    """The first page, newest first."""
    page = await ctx.services.offers.page(ctx.actor)
    await show(message, offer_list(ctx.t, page, first=True))


async def turn_list(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Older offers, or back to the first page."""
    after = number_in(ids)
    page = await ctx.services.offers.page(ctx.actor, after or None)
    await show(press, offer_list(ctx.t, page, first=not after))


async def show_card(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The offer as it stands: new below a list or a notice, in place between versions."""
    card, versions = await own_offer(ctx, number_in(ids))
    if len(ids) > 1:
        await show(press, offer_card(ctx.t, card, versions, number_in(ids, 1)))
    else:
        await show_new(press, offer_card(ctx.t, card, versions))


async def send_photos(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The photos of one version, each with its line."""
    _, versions = await own_offer(ctx, number_in(ids))
    wanted = number_in(ids, 1)
    shown = next((each for each in versions if each.version == wanted), versions[-1])
    await press.answer()
    for line in shown.lines:
        for photo in line.photos:
            caption = ctx.t("Line {line}: {name}", line=line.line, name=cut(photo.name, 100))
            await send_document(press, await stored_file(ctx, photo.sha256), photo.name, caption)


async def ask_withdraw(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Ask once more; after the window nothing is asked, the card says why."""
    card, versions = await own_offer(ctx, number_in(ids))
    try:
        check_window(card.state, card.offers_due_at, ctx.now)
    except Conflict as error:
        await _stale(press, ctx, card.number, toast(ctx.t, error))
        return
    await show(press, withdraw_question(ctx.t, card, versions[-1]))


async def withdraw(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Withdraw the version that was asked about; a newer one is shown first."""
    number, version = number_in(ids), number_in(ids, 1)
    _, versions = await own_offer(ctx, number)
    if versions[-1].version != version and versions[-1].state == "submitted":
        newer = ctx.t("Meanwhile the offer has a newer version. Please look at it first.")
        await _stale(press, ctx, number, newer)
        return
    try:
        await ctx.services.offers.withdraw(ctx.actor, number, ctx.own_bin)
    except Conflict as error:
        await _stale(press, ctx, number, toast(ctx.t, error))
        return
    card, versions = await own_offer(ctx, number)
    await show(press, offer_card(ctx.t, card, versions))


async def _stale(press: CallbackQuery, ctx: Ctx, number: int, why: str) -> None:
    """Say what has happened since, and show how the offer stands now."""
    card, versions = await own_offer(ctx, number)
    await show_late(press, plain(why), offer_card(ctx.t, card, versions))


async def own_offer(ctx: Ctx, number: int) -> tuple[OrderCard, list[OfferView]]:
    """The order and every version of the company's offer on it; raises NotFound ``no_offer``."""
    versions = await ctx.services.offers.own(ctx.actor, number, ctx.own_bin)
    if not versions:
        raise NotFound("no_offer", "344-13.3a", number=number)
    return await ctx.services.orders.card(ctx.actor, number), versions

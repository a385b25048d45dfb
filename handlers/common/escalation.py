"""Having seen a notice, and who was told of what waits."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram import Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from domain.support.clocks import ticket_subject
from handlers.context import Ctx
from handlers.filters import Pressed
from handlers.ids import number_in
from handlers.reply import show
from handlers.views.escalations import chains_page
from handlers.views.press import press as data_of
from handlers.views.press import unpress
from handlers.views.translator import plain

_UNCHANGED = "message is not modified"


def escalation_router() -> Router:
    """The button of notices that ask for it, and the page of what waits."""
    router = Router(name="common-escalation")
    router.callback_query.register(seen, Pressed("ack"))
    router.callback_query.register(show_chains, Pressed("chains"))
    return router


async def seen(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The reader has seen a notice: nobody else is woken for it, and the button goes."""
    done = await ctx.services.escalations.acknowledge(ctx.actor, number_in(ids))
    if done.stopped:
        said = ctx.t("Noted. Nobody else is woken for this.")
    else:
        said = ctx.t("Noted: you have seen it.")
    await press.answer(plain(said))
    await _without(press, "ack")


async def _without(press: CallbackQuery, name: str) -> None:
    """Take one button off the message; the others stay."""
    message = press.message
    if not isinstance(message, Message) or message.reply_markup is None:
        return
    rows = [
        [each for each in row if (unpress(each.callback_data) or ("",))[0] != name]
        for row in message.reply_markup.inline_keyboard
    ]
    try:
        await message.edit_reply_markup(
            reply_markup=InlineKeyboardMarkup(inline_keyboard=[row for row in rows if row])
        )
    except TelegramBadRequest as error:
        if _UNCHANGED not in error.message:
            raise


async def show_chains(press: CallbackQuery, ctx: Ctx, ids: Sequence[str]) -> None:
    """Who was told of an order, or of a ticket, when, and who comes next."""
    number = number_in(ids, 1)
    if ids[0] == "t":
        found = await ctx.services.escalations.of_subject(ctx.actor, ticket_subject(number))
        headline = ctx.t("Request No. {number}: who was told", number=number)
        await show(press, chains_page(ctx.t, headline, found, data_of("desk.open", number)))
        return
    found = await ctx.services.escalations.of_order(ctx.actor, number)
    headline = ctx.t("Order No. {number}: who was told", number=number)
    await show(press, chains_page(ctx.t, headline, found, data_of("order.card", number)))

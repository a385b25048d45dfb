"""Own requests: the list, the card, what was said, how the promise was counted, the head."""

from __future__ import annotations

from aiogram.types import CallbackQuery

from domain.errors import NotFound
from handlers.context import Ctx
from handlers.ids import number_in
from handlers.reply import show, show_new
from handlers.sending import put_shown
from handlers.views.support import ticket_list
from handlers.views.support_ticket import (
    history,
    lead_called,
    ticket_card,
    ticket_receipt,
    whole_message,
)


async def show_list(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """A page of own requests."""
    page = await ctx.services.support.mine(ctx.actor, number_in(ids) if ids else 0)
    await show(press, ticket_list(ctx.t, page, ctx.now))


async def show_card(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The request as it stands, as a new message: a list or a notice above stays."""
    ticket = await ctx.services.support.ticket(ctx.actor, number_in(ids))
    await show_new(press, ticket_card(ctx.t, ticket, ctx.now))


async def back_to_card(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """From what was said back to the card, in the same message."""
    ticket = await ctx.services.support.ticket(ctx.actor, number_in(ids))
    await show(press, ticket_card(ctx.t, ticket, ctx.now))


async def show_history(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """What was said, without what operators note for one another."""
    ticket = await ctx.services.support.ticket(ctx.actor, number_in(ids))
    await show(press, history(ctx.t, ticket, number_in(ids, 1)))


async def show_whole(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """A message that was shown cut, as a new one: what stands above stays."""
    ticket = await ctx.services.support.ticket(ctx.actor, number_in(ids))
    await show_new(press, whole_message(ctx.t, ticket, number_in(ids, 1), 0))


async def show_part(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Another part of it, in place."""
    ticket = await ctx.services.support.ticket(ctx.actor, number_in(ids))
    await show(press, whole_message(ctx.t, ticket, number_in(ids, 1), number_in(ids, 2)))


async def show_receipt(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """How the end of the promise was counted, day by day."""
    number = number_in(ids)
    # Whoever may not see the request is refused here.
    ticket = await ctx.services.support.ticket(ctx.actor, number)
    deadline = await ctx.services.deadlines.newest(f"ticket:{ticket.number}", "ticket.promise")
    if deadline is None:
        raise NotFound("ticket_unknown", None, ticket=number)
    await show_new(press, ticket_receipt(ctx.t, number, deadline, ctx.now))


async def escalate(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Call the head of support."""
    ticket = await ctx.services.support.ask_escalation(ctx.actor, number_in(ids))
    await press.answer(lead_called(ctx.t), show_alert=True)
    await put_shown(press, ticket_card(ctx.t, ticket, ctx.now))

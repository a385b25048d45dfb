"""/status for everybody; own fault reports."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from domain.errors import NotFound
from handlers.context import Ctx
from handlers.filters import Pressed
from handlers.ids import number_in
from handlers.reply import show, show_new
from handlers.views.faults import own_card, own_list
from handlers.views.faults_status import history_page, status_page


def status_router() -> Router:
    """The command, the pages, own reports."""
    router = Router(name="faults-status")
    router.message.register(show_status, Command("status"))
    router.callback_query.register(show_status, Pressed("status"))
    router.callback_query.register(show_history, Pressed("status.history"))
    router.callback_query.register(show_own, Pressed("faults.mine"))
    router.callback_query.register(show_own_card, Pressed("fault.mine"))
    return router


async def show_status(event: Message | CallbackQuery, ctx: Ctx) -> None:
    """Now and planned; guests see it, too."""
    status = await ctx.services.maintenance.status(ctx.actor)
    await show(event, status_page(ctx.t, status, reports=ctx.actor.role is not None))


async def show_history(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The last 90 days."""
    status = await ctx.services.maintenance.status(ctx.actor)
    await show(press, history_page(ctx.t, status, number_in(ids)))


async def show_own(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """A page of own reports."""
    rows = await ctx.services.incidents.mine(ctx.actor)
    await show(press, own_list(ctx.t, rows, number_in(ids) if ids else 0))


async def show_own_card(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """An incident the person has reported, as everybody may see it."""
    number = number_in(ids)
    rows = await ctx.services.incidents.mine(ctx.actor)
    row = next((each for each in rows if each.number == number), None)
    if row is None:
        raise NotFound("incident_unknown", None, number=number)
    status = await ctx.services.maintenance.status(ctx.actor)
    known = [*status.incidents, *status.past_incidents]
    public = next((each for each in known if each.number == number), None)
    await show_new(press, own_card(ctx.t, row, public))

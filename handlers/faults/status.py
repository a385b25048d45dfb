"""/status for everybody; own fault reports."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from handlers.context import Ctx
from handlers.faults.files import send_evidence_files
from handlers.filters import Pressed
from handlers.ids import number_in
from handlers.reply import show, show_new
from handlers.views.faults_own import moved_page, own_card, own_list
from handlers.views.faults_status import history_page, status_page


def status_router() -> Router:
    """The command, the pages, own reports."""
    router = Router(name="faults-status")
    router.message.register(show_status, Command("status"))
    router.callback_query.register(show_status, Pressed("status"))
    router.callback_query.register(show_history, Pressed("status.history"))
    router.callback_query.register(show_own, Pressed("faults.mine"))
    router.callback_query.register(show_own_card, Pressed("fault.mine"))
    router.callback_query.register(send_own_files, Pressed("fault.files"))
    router.callback_query.register(show_moved, Pressed("fault.moved"))
    return router


async def show_status(event: Message | CallbackQuery, ctx: Ctx) -> None:
    """Now and planned; guests see it, too."""
    status = await ctx.services.maintenance.status(ctx.actor, orders=True)
    await show(event, status_page(ctx.t, status, reports=ctx.actor.role is not None))


async def show_history(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The last 90 days."""
    status = await ctx.services.maintenance.status(ctx.actor, orders=True)
    await show(press, history_page(ctx.t, status, number_in(ids)))


async def show_own(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """A page of own reports."""
    page = number_in(ids) if ids else 0
    rows, total = await ctx.services.incidents.mine(ctx.actor, page)
    await show(press, own_list(ctx.t, rows, page, total))


async def show_own_card(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """What became of a report: from a list or a notice as a new message, turned in its place."""
    own = await ctx.services.incidents.my_reports(ctx.actor, number_in(ids))
    turned = len(ids) > 1
    shown = own_card(ctx.t, own, number_in(ids, 1) if turned else 0)
    await (show if turned else show_new)(press, shown)


async def send_own_files(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The screenshots and files of an own report, each as it was sent."""
    own = await ctx.services.incidents.my_reports(ctx.actor, number_in(ids))
    wanted = number_in(ids, 1)
    await press.answer()
    for report in own.reports:
        if report.id == wanted:
            await send_evidence_files(press, ctx, report)


async def show_moved(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """A page of what the incident did to own deadlines."""
    own = await ctx.services.incidents.my_reports(ctx.actor, number_in(ids))
    await show(press, moved_page(ctx.t, own, number_in(ids, 1)))

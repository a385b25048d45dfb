"""Incidents: the list, the card, reports with their evidence, acts of one press."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from domain.errors import Conflict
from domain.incidents.queries import incident_subject
from domain.incidents.watching import READERS
from handlers.context import Ctx
from handlers.faults.files import send_evidence_files
from handlers.filters import MenuChosen, Pressed
from handlers.ids import number_in
from handlers.reply import show, show_late, show_new
from handlers.views.errors import toast
from handlers.views.faults_own import own_list
from handlers.views.incidents_cards import (
    ASKED,
    FILTERS,
    asked,
    incident_card,
    incident_list,
    report_page,
)
from handlers.views.shown import Shown
from handlers.views.told import told_page


def incidents_router() -> Router:
    """The menu button and the presses."""
    router = Router(name="faults-incidents")
    router.message.register(open_list, MenuChosen("faults"))
    router.message.register(open_list, Command("faults"))
    router.callback_query.register(turn_list, Pressed("faults"))
    router.callback_query.register(show_card, Pressed("incident.card"))
    router.callback_query.register(back_to_card, Pressed("incident.back"))
    router.callback_query.register(show_reports, Pressed("incident.reports"))
    router.callback_query.register(show_told, Pressed("incident.told"))
    router.callback_query.register(send_files, Pressed("incident.files"))
    router.callback_query.register(ask, Pressed("incident.ask"))
    router.callback_query.register(perform, Pressed("incident.do"))
    return router


async def card_of(ctx: Ctx, number: int) -> Shown:
    """The card as it stands now."""
    view = await ctx.services.incidents.one(ctx.actor, number)
    return incident_card(ctx.t, view, ctx.actor.role, ctx.now)


async def open_list(message: Message, ctx: Ctx) -> None:
    """Open incidents; who may not see them all sees the own reports."""
    if ctx.actor.role not in READERS:
        rows, total = await ctx.services.incidents.mine(ctx.actor)
        await show(message, own_list(ctx.t, rows, 0, total))
        return
    page = await ctx.services.incidents.page(ctx.actor, FILTERS["open"])
    await show(message, incident_list(ctx.t, page, "open", ctx.actor.role))


async def turn_list(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Another filter, or older incidents."""
    chosen = ids[0] if ids and ids[0] in FILTERS else "open"
    before = number_in(ids, 1) or None
    page = await ctx.services.incidents.page(ctx.actor, FILTERS[chosen], before)
    await show(press, incident_list(ctx.t, page, chosen, ctx.actor.role))


async def show_card(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The card as a new message: the list or the notice above stays."""
    await show_new(press, await card_of(ctx, number_in(ids)))


async def back_to_card(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """From a page back to the card, in the same message."""
    await show(press, await card_of(ctx, number_in(ids)))


async def show_reports(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """One report of an incident after another."""
    view = await ctx.services.incidents.one(ctx.actor, number_in(ids))
    page = min(number_in(ids, 1), max(0, view.reports - 1))
    reports = await ctx.services.incidents.reports(ctx.actor, view.number, page, 1)
    await show(press, report_page(ctx.t, view, reports, page))


async def show_told(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Who was told of an incident, and how far each notice came."""
    view = await ctx.services.incidents.one(ctx.actor, number_in(ids))
    before = number_in(ids, 1) if len(ids) > 1 else None
    page = await ctx.services.receipts.told(ctx.actor, incident_subject(view.number), before)
    await show(press, told_page(ctx.t, view.number, page))


async def send_files(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The evidence of a report, each file as it was sent."""
    report = await ctx.services.incidents.report_of(ctx.actor, number_in(ids), number_in(ids, 1))
    await press.answer()
    await send_evidence_files(press, ctx, report)


async def ask(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The question before an act of one press."""
    view = await ctx.services.incidents.one(ctx.actor, number_in(ids, 1))
    if ids[0] in ASKED:
        await show(press, asked(ctx.t, ids[0], view))
    else:
        await show(press, incident_card(ctx.t, view, ctx.actor.role, ctx.now))


async def perform(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The second press; too late, it is told and the card is shown as it stands."""
    incidents, number = ctx.services.incidents, number_in(ids, 1)
    performing = {
        "agree": incidents.agree_level,
        "close": incidents.close,
        "owner": incidents.owner_told,
        "told": incidents.refutation_told,
    }
    act = performing.get(ids[0])
    try:
        if act is not None:
            await act(ctx.actor, number)
    except Conflict as error:
        await show_late(press, toast(ctx.t, error), await card_of(ctx, number))
        return
    await show(press, await card_of(ctx, number))

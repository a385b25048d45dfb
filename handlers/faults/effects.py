"""What an incident does to deadlines: looked at page by page, then applied by a second press."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from domain.errors import Conflict
from handlers.context import Ctx
from handlers.filters import Pressed
from handlers.ids import number_in
from handlers.reply import show, show_late
from handlers.views.errors import toast
from handlers.views.incidents_effects import PAGE, applied, ask_apply, done_page, preview_page
from handlers.views.shown import Shown


def effects_router() -> Router:
    """The presses."""
    router = Router(name="faults-effects")
    router.callback_query.register(show_preview, Pressed("incident.preview"))
    router.callback_query.register(ask, Pressed("incident.apply"))
    router.callback_query.register(apply, Pressed("incident.apply_yes"))
    router.callback_query.register(show_done, Pressed("incident.done"))
    return router


async def _preview(ctx: Ctx, number: int, page: int = 0) -> Shown:
    found = await ctx.services.incidents.preview(ctx.actor, number)
    view = await ctx.services.incidents.one(ctx.actor, number)
    return preview_page(ctx.t, view, found, page, ctx.actor.role)


async def show_preview(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """A page of the deadlines touched, as things stand."""
    await show(press, await _preview(ctx, number_in(ids), number_in(ids, 1)))


async def ask(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The question, bound to what was shown; what has changed since is shown anew."""
    number, digest = number_in(ids), "".join(ids[1:2])
    found = await ctx.services.incidents.preview(ctx.actor, number)
    if found.digest != digest:
        changed = Conflict("effects_changed", None)
        await show_late(press, toast(ctx.t, changed), await _preview(ctx, number))
        return
    await show(press, ask_apply(ctx.t, number, found))


async def apply(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Everything at once; pressed again, it finds other effects than were shown and stops."""
    number, digest = number_in(ids), "".join(ids[1:2])
    try:
        done = await ctx.services.incidents.apply(ctx.actor, number, digest)
    except Conflict as error:
        if error.code != "effects_changed":
            raise
        await show_late(press, toast(ctx.t, error), await _preview(ctx, number))
        return
    await show(press, applied(ctx.t, done))


async def show_done(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """What was done so far."""
    number, page = number_in(ids), number_in(ids, 1)
    # One more than is shown tells whether there is a further page.
    found = await ctx.services.incidents.effects(ctx.actor, number, page * PAGE, PAGE + 1)
    more = len(found) > PAGE
    await show(press, done_page(ctx.t, number, found[:PAGE], page, more=more))

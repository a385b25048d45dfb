"""Deciding about what waits since a restore: the counts, a question, the decision."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from handlers.context import Ctx
from handlers.filters import Pressed
from handlers.reply import show
from handlers.views.held import DECISIONS, held_card, held_done, held_question


def held_router() -> Router:
    """The presses; the way in is the notice of the restore."""
    router = Router(name="admin-held")
    router.callback_query.register(open_card, Pressed("held.list"))
    router.callback_query.register(ask, Pressed("held.ask"))
    router.callback_query.register(decide, Pressed("held.do"))
    return router


async def open_card(press: CallbackQuery, ctx: Ctx) -> None:
    """How much waits now."""
    await show(press, held_card(ctx.t, await ctx.services.restored.held(ctx.actor)))


async def ask(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The question before a decision; what is no decision shows the card."""
    # Rights are asked for here as well: whoever is no administrator learns nothing.
    held = await ctx.services.restored.held(ctx.actor)
    known = bool(ids) and ids[0] in DECISIONS and held.total
    await show(press, held_question(ctx.t, ids[0]) if known else held_card(ctx.t, held))


async def decide(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Do it for everything that waits now."""
    restored = ctx.services.restored
    held = await restored.held(ctx.actor)
    match ids:
        case ["send"]:
            count = await restored.send(ctx.actor, held.told)
        case ["drop"]:
            count = await restored.drop(ctx.actor, held.told)
        case ["fire"]:
            count = await restored.fire(ctx.actor, sorted(held.deadlines))
        case _:
            await show(press, held_card(ctx.t, held))
            return
    await show(press, held_done(ctx.t, ids[0], count))

"""Calls back to the user, and keeping them from writing."""

from __future__ import annotations

from datetime import timedelta

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery

from handlers.context import Ctx
from handlers.filters import Pressed
from handlers.support.acts import offer, redraw
from handlers.support.parts import OPERATORS, PRESSED_IN_GROUP, ticket_in, words_of
from handlers.support.questions import ask
from handlers.views import desk_people as people
from handlers.views.translator import Html, Translator, plain


def calls_router() -> Router:
    """Presses on the card of a ticket."""
    router = Router(name="support-calls")
    router.callback_query.register(choose_result, Pressed("desk.call"))
    router.callback_query.register(not_reached, Pressed("desk.unreached"))
    router.callback_query.register(ask_called, Pressed("desk.called"), PRESSED_IN_GROUP)
    router.callback_query.register(choose_term, Pressed("desk.mute"))
    router.callback_query.register(ask_mute, Pressed("desk.mute.for"), PRESSED_IN_GROUP)
    router.callback_query.register(unmute, Pressed("desk.unmute"))
    return router


async def choose_result(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The phone, and how the call ended."""
    ctx.actor.check_role(OPERATORS)
    view = await ctx.services.support.ticket(ctx.actor, ticket_in(ids))
    t, _ = await words_of(press, ctx)
    results = people.call_results(t, view.number, view.line.revision)
    await offer(press, results, people.phone_of(ctx.t, view))


async def not_reached(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Nobody picked up: the user is told once, however often the button is tapped."""
    number, revision = ticket_in(ids), "".join(ids[1:2])
    once = ctx.actor.because(f"unreached:{number}:{revision}:{ctx.actor.person_id}")
    view = await ctx.services.support.follow_up(once, number, "call", "not_reached", "")
    await redraw(press, ctx, view, plain(ctx.t("It is on record that nobody picked up.")))


async def ask_called(press: CallbackQuery, ctx: Ctx, state: FSMContext, ids: list[str]) -> None:
    """What was said, in reply to a question."""
    await ask(press, ctx, state, people.ask_called, ticket_in(ids))


async def choose_term(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """For how long; or the way back for somebody who may not write now."""
    ctx.actor.check_role(OPERATORS)
    view = await ctx.services.support.ticket(ctx.actor, ticket_in(ids))
    if view.line.person_id is None:
        await press.answer(people.nobody_to_mute(ctx.t), show_alert=True)
        return
    muted = {each.person_id for each in await ctx.services.support.muted(ctx.actor)}
    t, _ = await words_of(press, ctx)
    term = people.mute_terms(t, view.number, muted=view.line.person_id in muted)
    await offer(press, term)


async def ask_mute(press: CallbackQuery, ctx: Ctx, state: FSMContext, ids: list[str]) -> None:
    """Why, in reply to a question; the card is as it was."""
    number = ticket_in(ids)
    days = next((each for each in people.MUTE_FOR if ids[1:2] == [str(each)]), 0)
    view = await ctx.services.support.ticket(ctx.actor, number)
    await ask(press, ctx, state, lambda t, of: people.ask_mute(t, of, days), number)
    await redraw(press, ctx, view)


async def mute(ctx: Ctx, number: int, days: int, reason: str, t: Translator) -> Html:
    """Keep the user of a ticket from writing; returns the words that it is so."""
    view = await ctx.services.support.ticket(ctx.actor, number)
    until = ctx.now + timedelta(days=days)
    given = await ctx.services.support.mute(ctx.actor, view.line.person_id or 0, reason, until)
    return people.muted_now(t, given)


async def unmute(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The user of this ticket may write again."""
    view = await ctx.services.support.ticket(ctx.actor, ticket_in(ids))
    await ctx.services.support.unmute(ctx.actor, view.line.person_id or 0)
    await redraw(press, ctx, view, plain(ctx.t("The user may write again.")))

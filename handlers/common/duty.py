"""Who is on duty for a company: the page, turns, hand-overs, chains. A press does it at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from domain.duty.rules import monday_of
from domain.duty.views import DutyPlan, PersonBrief
from domain.errors import NotFound
from domain.escalations.rules import OPTIONAL, Step, Who, paced, without
from domain.escalations.views import OwnChain
from handlers.context import Ctx
from handlers.filters import Pressed
from handlers.ids import number_in
from handlers.reply import show
from handlers.views.duty import (
    SPANS,
    drop_question,
    duty_page,
    entries_page,
    hand_page,
    span_page,
    turns_page,
)
from handlers.views.escalations import own_chain, own_chains

#: How a pace changes every wait: numerator and denominator.
_PACES = {"faster": (1, 2), "slower": (3, 2)}


def duty_router() -> Router:
    """The command and the presses of the page."""
    router = Router(name="common-duty")
    router.message.register(show_plan, Command("duty"))
    presses: dict[str, Callable[..., Awaitable[None]]] = {
        "duty": show_plan,
        "duty.turns": show_turns,
        "duty.turn": turn,
        "duty.hand": choose_person,
        "duty.hand.to": choose_span,
        "duty.hand.for": hand_over,
        "duty.entries": show_entries,
        "duty.entry": remove,
        "duty.drop": ask_drop,
        "duty.dropped": drop,
        "duty.chains": show_chains,
        "duty.chain": show_chain,
        "duty.chain.pace": change_pace,
        "duty.chain.who": toggle,
    }
    for name, handler in presses.items():
        router.callback_query.register(handler, Pressed(name))
    return router


async def show_plan(event: Message | CallbackQuery, ctx: Ctx) -> None:
    """The roster as it stands."""
    await show(event, duty_page(ctx.t, await ctx.services.duty.plan(ctx.actor)))


async def show_turns(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The people of the company and their turns."""
    plan = await ctx.services.duty.plan(ctx.actor)
    await show(press, turns_page(ctx.t, plan, number_in(ids)))


async def turn(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """One more has a turn, or one less."""
    person = number_in(ids)
    plan = await ctx.services.duty.plan(ctx.actor)
    turns = [each.id for each in plan.turns]
    turns = [each for each in turns if each != person] if person in turns else [*turns, person]
    known = {each.id for each in plan.people}
    fresh = await ctx.services.duty.set_turns(ctx.actor, [each for each in turns if each in known])
    await show(press, turns_page(ctx.t, fresh, number_in(ids, 1)))


async def choose_person(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """To whom the duty is handed over."""
    plan = await ctx.services.duty.plan(ctx.actor)
    await show(press, hand_page(ctx.t, plan, number_in(ids)))


async def choose_span(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """For how long."""
    plan = await ctx.services.duty.plan(ctx.actor)
    await show(press, span_page(ctx.t, person_in(plan, number_in(ids))))


async def hand_over(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Hand the duty over; the colleague is told."""
    plan = await ctx.services.duty.plan(ctx.actor)
    person = person_in(plan, number_in(ids))
    first, last = _span(plan.today, ids[1] if len(ids) > 1 else "")
    await show(
        press,
        duty_page(ctx.t, await ctx.services.duty.hand_over(ctx.actor, person.id, first, last)),
    )


def _span(today: date, name: str) -> tuple[date, date]:
    sunday = monday_of(today) + timedelta(days=6)
    if name not in SPANS:
        raise NotFound("duty_entry_unknown")
    if name == "next":
        return sunday + timedelta(days=1), sunday + timedelta(days=7)
    return today, today if name == "today" else sunday


def person_in(plan: DutyPlan, number: int) -> PersonBrief:
    """Somebody of the company; NotFound ``duty_person_unknown``."""
    for each in plan.people:
        if each.id == number:
            return each
    raise NotFound("duty_person_unknown")


async def show_entries(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Hand-overs and absences that may be taken back."""
    plan = await ctx.services.duty.plan(ctx.actor)
    await show(press, entries_page(ctx.t, plan, number_in(ids)))


async def remove(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Take one back."""
    number = number_in(ids, 1)
    act = ctx.services.duty.back if ids[0] == "a" else ctx.services.duty.take_back
    await show(press, duty_page(ctx.t, await act(ctx.actor, number)))


async def ask_drop(press: CallbackQuery, ctx: Ctx) -> None:
    """Once more, before the roster goes."""
    await show(press, drop_question(ctx.t))


async def drop(press: CallbackQuery, ctx: Ctx) -> None:
    """No roster any more."""
    await show(press, duty_page(ctx.t, await ctx.services.duty.drop(ctx.actor)))


# Chains


async def show_chains(press: CallbackQuery, ctx: Ctx) -> None:
    """When others are woken."""
    await show(press, own_chains(ctx.t, await ctx.services.escalations.chains(ctx.actor)))


async def show_chain(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """One chain."""
    await show(press, own_chain(ctx.t, await _chain(ctx, ids)))


async def _chain(ctx: Ctx, ids: Sequence[str]) -> OwnChain:
    wanted = ids[0] if ids else ""
    for each in await ctx.services.escalations.chains(ctx.actor):
        if each.category == wanted:
            return each
    raise NotFound("escalation_unknown")


async def change_pace(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Everybody sooner, later, or as usual."""
    chain, pace = await _chain(ctx, ids), ids[1] if len(ids) > 1 else ""
    chains = ctx.services.escalations
    if pace in _PACES:
        steps = paced(chain.steps, *_PACES[pace], chain.longest)
        await show(press, own_chain(ctx.t, await chains.change(ctx.actor, chain.category, steps)))
        return
    await show(press, own_chain(ctx.t, await chains.reset(ctx.actor, chain.category)))


async def toggle(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """One kind of people less in the chain, or again in it."""
    chain = await _chain(ctx, ids)
    who = next((each for each in OPTIONAL if each.value in ids[1:2]), None)
    if who is None:
        raise NotFound("escalation_unknown")
    steps = _toggled(chain, who)
    changed = await ctx.services.escalations.change(ctx.actor, chain.category, steps)
    await show(press, own_chain(ctx.t, changed))


def _toggled(chain: OwnChain, who: Who) -> list[Step]:
    named = {each for step in chain.steps for each in step.who}
    if who in named:
        return without(chain.steps, who)
    steps: list[Step] = list(chain.default)
    for left_out in OPTIONAL - named - {who}:
        steps = without(steps, left_out)
    return steps

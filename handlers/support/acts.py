"""The buttons of a ticket's card: one act each, in the group as in the private chat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal, cast

from aiogram import Bot, Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from domain.errors import NotFound
from domain.support.views import CannedView, TicketView
from handlers.context import Ctx
from handlers.filters import Pressed
from handlers.reply import show
from handlers.support.parts import (
    GROUPS,
    LEADS,
    OPERATORS,
    PRESSED_IN_GROUP,
    ticket_in,
    to_private,
    words_of,
)
from handlers.support.questions import ask
from handlers.views import desk_choices as choices
from handlers.views.desk import card, has_transcript, transcribed, transcripts
from handlers.views.desk_private import private_card
from handlers.views.translator import plain

Handler = Callable[..., Awaitable[None]]
Priority = Literal["low", "normal", "high"]


def acts_router() -> Router:
    """Presses that need no typed word; and in the group, questions to be replied to."""
    router = Router(name="support-acts")
    acts: dict[str, Handler] = {
        "desk.card": show_card,
        "desk.take": take,
        "desk.release": release,
        "desk.assign": choose_operator,
        "desk.give": give,
        "desk.prio": choose_priority,
        "desk.prio.set": set_priority,
        "desk.close": choose_result,
        "desk.close.as": close,
        "desk.reopen": reopen,
        "desk.canned": choose_canned,
        "desk.canned.show": preview_canned,
        "desk.canned.send": send_canned,
        "desk.drop": drop_canned,
        "desk.words": show_transcripts,
        "desk.heard": heard,
    }
    for name, act in acts.items():
        router.callback_query.register(act, Pressed(name))
    questions: dict[str, Handler] = {
        "desk.note": note_mode,
        "desk.docs": ask_documents,
        "desk.merge": ask_merge,
        "desk.dispute": ask_dispute,
        "desk.settle": settle,
        "desk.incident": ask_incident,
    }
    for name, question in questions.items():
        router.callback_query.register(question, Pressed(name), PRESSED_IN_GROUP)
    return router


async def redraw(press: CallbackQuery, ctx: Ctx, view: TicketView, said: str = "") -> None:
    """Show the card as it is now in place of what was pressed."""
    await press.answer(said)
    t, note_mode_on = await words_of(press, ctx)
    if isinstance(press.message, Message) and press.message.text is not None:
        shown = (
            card(t, view, ctx.now, note_mode=note_mode_on)
            if press.message.chat.type in GROUPS
            else private_card(t, view, ctx.now)
        )
        await press.message.edit_text(shown.text, reply_markup=shown.keyboard)


async def offer(press: CallbackQuery, markup: InlineKeyboardMarkup, said: str = "") -> None:
    """Put a choice in place of the card's buttons; its text stays. ``said`` pops up."""
    await press.answer(said, show_alert=bool(said))
    if isinstance(press.message, Message):
        await press.message.edit_reply_markup(reply_markup=markup)


async def show_card(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The card as it is now."""
    ctx.actor.check_role(OPERATORS)
    view = await ctx.services.support.ticket(ctx.actor, ticket_in(ids))
    await redraw(press, ctx, view)


async def take(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The ticket is mine."""
    view = await ctx.services.support.take(ctx.actor, ticket_in(ids))
    await redraw(press, ctx, view, plain(ctx.t("The ticket is yours.")))


async def release(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The ticket is nobody's."""
    view = await ctx.services.support.release(ctx.actor, ticket_in(ids))
    await redraw(press, ctx, view, plain(ctx.t("The ticket is free again.")))


async def choose_operator(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Those on shift."""
    shifts = await ctx.services.support.on_shift(ctx.actor)
    t, _ = await words_of(press, ctx)
    await offer(press, choices.whom(t, ticket_in(ids), shifts))


async def give(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Give it to the one chosen, or to whose turn it is."""
    person = int(ids[1]) if len(ids) > 1 and ids[1].isdecimal() else 0
    view = await ctx.services.support.assign(ctx.actor, ticket_in(ids), person or None)
    said = ctx.t("Given to: {name}", name=view.line.assignee)
    await redraw(press, ctx, view, plain(said))


async def choose_priority(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Three of them."""
    ctx.actor.check_role(OPERATORS)
    view = await ctx.services.support.ticket(ctx.actor, ticket_in(ids))
    t, _ = await words_of(press, ctx)
    await offer(press, choices.priorities(t, view.number, view.line.priority))


async def set_priority(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The one chosen; the use case refuses any other word."""
    chosen = cast("Priority", ids[1] if len(ids) > 1 else "")
    view = await ctx.services.support.set_priority(ctx.actor, ticket_in(ids), chosen)
    await redraw(press, ctx, view)


async def choose_result(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """With what it ends."""
    ctx.actor.check_role(OPERATORS)
    t, _ = await words_of(press, ctx)
    await offer(press, choices.results(t, ticket_in(ids)))


async def close(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Close it; the user is told by a notice."""
    result = ids[1] if len(ids) > 1 else ""
    view = await ctx.services.support.close(ctx.actor, ticket_in(ids), result)
    await redraw(press, ctx, view, plain(ctx.t("The ticket is closed.")))


async def reopen(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Open it again."""
    number = ticket_in(ids)
    ctx.actor.check_role(OPERATORS)
    await ctx.services.support.reopen(ctx.actor, number)
    view = await ctx.services.support.ticket(ctx.actor, number)
    await redraw(press, ctx, view, plain(ctx.t("The ticket is open again.")))


async def settle(press: CallbackQuery, ctx: Ctx, ids: list[str], bot: Bot) -> None:
    """The dispute is over: by which decision is asked in the private chat."""
    ctx.actor.check_role(LEADS)
    await to_private(press, ctx, await ctx.services.support.ticket(ctx.actor, ticket_in(ids)), bot)


async def choose_canned(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The ready answers."""
    answers = await ctx.services.support.canned(ctx.actor)
    t, _ = await words_of(press, ctx)
    if not answers:
        await press.answer(choices.no_canned(ctx.t), show_alert=True)
        return
    await offer(press, choices.canned_list(t, ticket_in(ids), answers))


async def _canned(ctx: Ctx, ids: list[str]) -> tuple[TicketView, CannedView]:
    """The ticket and the ready answer of a button; NotFound ``canned_unknown``."""
    wanted = int(ids[1]) if len(ids) > 1 and ids[1].isdecimal() else 0
    answers = await ctx.services.support.canned(ctx.actor)
    answer = next((each for each in answers if each.id == wanted), None)
    if answer is None:
        raise NotFound("canned_unknown")
    return await ctx.services.support.ticket(ctx.actor, ticket_in(ids)), answer


async def preview_canned(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The answer as the user would get it, in a message of its own; the card is as it was."""
    view, answer = await _canned(ctx, ids)
    t, _ = await words_of(press, ctx)
    await redraw(press, ctx, view)
    if isinstance(press.message, Message):
        shown = choices.canned_preview(t, view, answer)
        await press.message.answer(shown.text, reply_markup=shown.keyboard)


async def send_canned(press: CallbackQuery, ctx: Ctx, ids: list[str], bot: Bot) -> None:
    """Send it: once, however often the preview is tapped before it is gone."""
    view, answer = await _canned(ctx, ids)
    text = choices.canned_text(view, answer)
    shown = press.message
    # Messages of another bot begin again with 1.
    once = f"canned:{bot.id}:{shown.chat.id}:{shown.message_id}" if shown else ctx.actor.cause
    await ctx.services.support.answer(ctx.actor.because(once), view.number, text)
    t, _ = await words_of(press, ctx)
    await show(press, choices.canned_sent(t, view.number))


async def drop_canned(press: CallbackQuery, ctx: Ctx) -> None:
    """Let the preview go."""
    t, _ = await words_of(press, ctx)
    await show(press, choices.dropped(t))


async def show_transcripts(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """What a machine wrote down, said to be that."""
    ctx.actor.check_role(OPERATORS)
    view = await ctx.services.support.ticket(ctx.actor, ticket_in(ids))
    t, _ = await words_of(press, ctx)
    await press.answer()
    if has_transcript(view) and isinstance(press.message, Message):
        sent = await press.message.answer(transcripts(t, view))
        # The draft goes with its recording (act 366, clause 21.3).
        await ctx.services.recordings.shown_in(transcribed(view), sent.chat.id, sent.message_id)


async def heard(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Put on record who has listened to a recording (act 366, clause 21.1)."""
    await ctx.services.recordings.listened(ctx.actor, ticket_in(ids))
    await press.answer(plain(ctx.t("It is on record that you have listened.")))


# Questions to be replied to, in the group only


async def note_mode(press: CallbackQuery, ctx: Ctx, state: FSMContext, ids: list[str]) -> None:
    """From now on, or no longer, all that is written in the topic is a note."""
    number, on = ticket_in(ids), len(ids) > 1 and ids[1] == "1"
    await ctx.services.desk.set_note_mode(ctx.actor, number, on)
    view = await ctx.services.support.ticket(ctx.actor, number)
    await redraw(press, ctx, view)
    if on:
        await ask(press, ctx, state, choices.ask_note, number, cancels=False)


async def ask_documents(press: CallbackQuery, ctx: Ctx, state: FSMContext, ids: list[str]) -> None:
    """Which are needed (act 627, clause 18)."""
    await ask(press, ctx, state, choices.ask_documents, ticket_in(ids))


async def ask_merge(press: CallbackQuery, ctx: Ctx, state: FSMContext, ids: list[str]) -> None:
    """Into which one."""
    await ask(press, ctx, state, choices.ask_merge, ticket_in(ids))


async def ask_dispute(
    press: CallbackQuery, ctx: Ctx, state: FSMContext, ids: list[str], bot: Bot
) -> None:
    """On what ground (act 366, clause 21.2); in a closed topic few may write, so elsewhere."""
    number = ticket_in(ids)
    ctx.actor.check_role(OPERATORS)
    view = await ctx.services.support.ticket(ctx.actor, number)
    if view.state == "closed":
        await to_private(press, ctx, view, bot)
        return
    await ask(press, ctx, state, choices.ask_dispute, number)


async def ask_incident(press: CallbackQuery, ctx: Ctx, state: FSMContext, ids: list[str]) -> None:
    """What is broken."""
    await ask(press, ctx, state, choices.ask_incident, ticket_in(ids))

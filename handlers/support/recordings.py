"""Recordings at the desk: of a ticket, one with its steps, what goes in a month, the acts.

In a topic as in the private chat; what is heard or handed over comes to the private chat only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.types import BufferedInputFile, CallbackQuery, Message

from domain.clock import astana
from domain.documents.destruction import render_act
from domain.errors import NotFound
from domain.files import FileInfo
from domain.support.recording_views import RecordingView
from domain.support.recordings import LISTENERS
from domain.support.views import TicketView
from handlers.common.support.recordings import page_in
from handlers.context import Ctx
from handlers.filters import MenuChosen, Pressed
from handlers.ids import number_in
from handlers.reply import show
from handlers.sending import chat_of
from handlers.support.parts import GROUPS, IN_CHAT, LEADS, OPERATORS, PRESSED_IN_CHAT, words_of
from handlers.views import recordings_desk as views
from handlers.views.shown import Shown

_ACTS_PAGE = 8


def recordings_router() -> Router:
    """Command, menu button and presses."""
    router = Router(name="support-recordings")
    router.message.register(open_menu, Command("recordings"), IN_CHAT)
    router.message.register(open_menu, MenuChosen("recordings"), IN_CHAT)
    router.callback_query.register(open_menu, Pressed("rec.menu"), PRESSED_IN_CHAT)
    router.callback_query.register(preview, Pressed("rec.ahead"), PRESSED_IN_CHAT)
    router.callback_query.register(list_acts, Pressed("rec.acts"), PRESSED_IN_CHAT)
    router.callback_query.register(send_act, Pressed("rec.act"))
    router.callback_query.register(of_ticket, Pressed("rec.of"))
    router.callback_query.register(show_card, Pressed("rec.card"))
    router.callback_query.register(show_steps, Pressed("rec.steps"))
    router.callback_query.register(listen, Pressed("rec.hear"), PRESSED_IN_CHAT)
    router.callback_query.register(ask_settle, Pressed("rec.settle"))
    return router


async def open_menu(event: Message | CallbackQuery, ctx: Ctx) -> None:
    """What there is to be seen."""
    ctx.actor.check_role(LISTENERS)
    await show(event, views.menu(ctx.t, _today(ctx)))


async def preview(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """What goes in a month, and what disputes keep."""
    today = _today(ctx)
    found = await ctx.services.recordings.preview(ctx.actor, _month_in(ids, today))
    await show(press, views.preview_page(ctx.t, found, page_in(ids, 1), today))


async def list_acts(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Acts of destruction, newest first."""
    before = number_in(ids) if ids else 0
    found = await ctx.services.recordings.acts(ctx.actor, before or None, _ACTS_PAGE + 1)
    more = len(found) > _ACTS_PAGE
    page = views.acts_page(ctx.t, found[:_ACTS_PAGE], more=more, first=not before)
    await show(press, page)


async def send_act(press: CallbackQuery, ctx: Ctx, ids: list[str], bot: Bot) -> None:
    """An act of destruction as a PDF."""
    act = await ctx.services.recordings.act(ctx.actor, _id_in(ids, "destruction_unknown"))
    await press.answer()
    pdf = await asyncio.to_thread(render_act, act)
    t, _ = await words_of(press, ctx)
    message = press.message
    await bot.send_document(
        chat_of(press),
        BufferedInputFile(pdf, f"destruction-{act.number}.pdf"),
        caption=views.act_caption(t, act.number),
        message_thread_id=message.message_thread_id
        if isinstance(message, Message) and message.is_topic_message
        else None,
    )


async def of_ticket(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The recordings of a ticket: below its card, or another page of the same list."""
    ticket = _id_in(ids, "recording_unknown")
    found = await ctx.services.recordings.of_ticket(ctx.actor, ticket)
    t, _ = await words_of(press, ctx)
    shown = views.ticket_page(t, ticket, found, page_in(ids, 1))
    # Without a page it was pressed on the card of the ticket, which stays.
    await (_put_below(press, shown) if len(ids) == 1 else show(press, shown))


async def show_card(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """One recording."""
    await _show_card(press, ctx, await _one(ctx, ids))


async def show_steps(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Its life; without a page the newest steps."""
    view = await _one(ctx, ids)
    found = await ctx.services.recordings.steps(ctx.actor, view.id)
    t, _ = await words_of(press, ctx)
    page = page_in(ids, 1) if len(ids) > 1 else None
    await show(press, views.steps_page(t, view, found, page))


async def listen(press: CallbackQuery, ctx: Ctx, ids: list[str], bot: Bot) -> None:
    """The recording itself, for a day; that it is heard is on record (act 366, clause 21.1)."""
    view = await _one(ctx, ids)
    file, content = await ctx.services.recordings.content(ctx.actor, view.id)
    await press.answer()
    caption = views.heard_caption(ctx.t, view.ticket)
    given = BufferedInputFile(content, named(view, file))
    chat = chat_of(press)
    if view.kind == "voice":
        sent = await bot.send_voice(chat, given, caption=caption, protect_content=True)
    else:
        sent = await bot.send_document(chat, given, caption=caption, protect_content=True)
    await ctx.services.recordings.shown_in([view.id], chat, sent.message_id)


async def ask_settle(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Ask first: what is past its term goes then."""
    ctx.actor.check_role(LEADS)
    t, _ = await words_of(press, ctx)
    await show(press, views.ask_settle(t, await _one(ctx, ids)))


async def came_from(ctx: Ctx, chat: int, posts: Sequence[int], ticket: TicketView) -> None:
    """What an operator has sent from this private chat is a recording now.

    Its messages go from the chat like all that is shown there; our copy is the one that is kept.
    """
    found = [
        [file.recording for file in each.files if file.recording is not None]
        for each in ticket.messages
    ]
    newest = next((each for each in reversed(found) if each), [])
    for post in posts if newest else ():
        await ctx.services.recordings.shown_in(newest, chat, post)


def named(view: RecordingView, file: FileInfo) -> str:
    """How the file of a recording is called when it is sent."""
    return file.name or f"{view.kind}-{view.ticket}-{view.id}.ogg"


async def _one(ctx: Ctx, ids: list[str]) -> RecordingView:
    return await ctx.services.recordings.one(ctx.actor, _id_in(ids, "recording_unknown"))


async def _show_card(press: CallbackQuery, ctx: Ctx, view: RecordingView) -> None:
    t, _ = await words_of(press, ctx)
    private = not (isinstance(press.message, Message) and press.message.chat.type in GROUPS)
    operator, lead = ctx.actor.role in OPERATORS, ctx.actor.role in LEADS
    await show(press, views.card(t, view, private=private, operator=operator, lead=lead))


async def _put_below(press: CallbackQuery, shown: Shown) -> None:
    """A new message, in the topic where the press was."""
    await press.answer()
    if isinstance(press.message, Message):
        await press.message.answer(shown.text, reply_markup=shown.keyboard)


def _id_in(ids: list[str], code: str) -> int:
    try:
        return number_in(ids)
    except NotFound:
        raise NotFound(code, None, number=0) from None


def _month_in(ids: list[str], today: date) -> date:
    """The month that a button carries; this one instead of a forged one."""
    given = ids[0] if ids else ""
    try:
        return date.fromisoformat(f"{given[:4]}-{given[4:6]}-01")
    except ValueError:
        return today


def _today(ctx: Ctx) -> date:
    return astana(ctx.now).date()

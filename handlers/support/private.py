"""The desk without a group: queue, shift and tickets in an operator's private chat."""

from __future__ import annotations

from typing import Any

from aiogram import Bot, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import Command
from aiogram.methods import (
    SendAudio,
    SendDocument,
    SendPhoto,
    SendVideoNote,
    SendVoice,
    TelegramMethod,
)
from aiogram.types import BufferedInputFile, CallbackQuery, Message

from domain.support.views import FileView, QueueFilter
from handlers.context import Ctx
from handlers.filters import MenuChosen, Pressed
from handlers.reply import say, show, show_new
from handlers.sending import chat_of
from handlers.support.parts import IN_CHAT, OPERATORS, PRESSED_IN_CHAT, ticket_in
from handlers.views.desk import lost_file, sendable
from handlers.views.desk_private import (
    FILTERS,
    PAGE,
    private_card,
    queue_page,
    shift_ended,
    shift_page,
)

_MOST_FILES = 10
_WAYS: dict[str, type[TelegramMethod[Message]]] = {
    "voice": SendVoice,
    "audio": SendAudio,
    "photo": SendPhoto,
    "document": SendDocument,
    "video_note": SendVideoNote,
}


def private_router() -> Router:
    """Commands, menu buttons and presses."""
    router = Router(name="support-private")
    router.message.filter(IN_CHAT)
    router.message.register(open_queue, Command("queue"))
    router.message.register(open_queue, MenuChosen("queue"))
    router.message.register(open_shift, Command("shift"))
    router.message.register(open_shift, MenuChosen("shift"))
    router.callback_query.register(turn_queue, Pressed("desk.queue"), PRESSED_IN_CHAT)
    router.callback_query.register(change_shift, Pressed("desk.shift"), PRESSED_IN_CHAT)
    router.callback_query.register(open_ticket, Pressed("desk.open"), PRESSED_IN_CHAT)
    router.callback_query.register(send_files, Pressed("desk.files"), PRESSED_IN_CHAT)
    return router


async def open_queue(message: Message, ctx: Ctx) -> None:
    """The queue from its beginning."""
    page = await ctx.services.support.queue(ctx.actor, FILTERS["all"], 0, PAGE)
    await show(message, queue_page(ctx.t, page, "all", ctx.now))


async def turn_queue(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Another page, or another filter."""
    chosen = ids[0] if ids and ids[0] in FILTERS else "all"
    wanted = int(ids[1]) if len(ids) > 1 and ids[1].isdecimal() and len(ids[1]) < 6 else 0
    page = await ctx.services.support.queue(ctx.actor, FILTERS[chosen], wanted, PAGE)
    await show(press, queue_page(ctx.t, page, chosen, ctx.now))


async def open_shift(message: Message, ctx: Ctx) -> None:
    """Who is on shift, and what waits for anybody."""
    await _show_shift(message, ctx)


async def _show_shift(event: Message | CallbackQuery, ctx: Ctx) -> None:
    support = ctx.services.support
    shifts = await support.on_shift(ctx.actor)
    free = await support.queue(ctx.actor, QueueFilter(whose="nobodys", unanswered=True), 0, 1)
    await show(event, shift_page(ctx.t, shifts, ctx.actor.person_id, free.total))


async def change_shift(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Begin one's shift, or end it."""
    support = ctx.services.support
    if ids[:1] == ["1"]:
        await support.begin_shift(ctx.actor)
    else:
        left = await support.end_shift(ctx.actor)
        await say(press, shift_ended(ctx.t, left))
    await _show_shift(press, ctx)


async def open_ticket(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """A ticket as a card of its own; the list stays."""
    ctx.actor.check_role(OPERATORS)
    view = await ctx.services.support.ticket(ctx.actor, ticket_in(ids))
    await show_new(press, private_card(ctx.t, view, ctx.now))


async def send_files(press: CallbackQuery, ctx: Ctx, ids: list[str], bot: Bot) -> None:
    """The newest files of a ticket, voice among them."""
    ctx.actor.check_role(OPERATORS)
    view = await ctx.services.support.ticket(ctx.actor, ticket_in(ids))
    await press.answer()
    files = [
        (message.position, file)
        for message in view.messages
        for file in message.files
        if sendable(file)
    ]
    for position, file in files[-_MOST_FILES:]:
        if file.recording is not None:
            # Heard from here on, so it is on record first (act 366, clause 21.1).
            listener = ctx.step(f"recording {file.recording}")
            await ctx.services.recordings.listened(listener, file.recording)
        await _send(press, ctx, bot, f"#{position}", file)


async def _send(press: CallbackQuery, ctx: Ctx, bot: Bot, caption: str, file: FileView) -> None:
    """One file: by Telegram's id as what it was, else as a document from our store."""
    sent = await _sent(press, ctx, bot, caption, file)
    if sent is not None and file.recording is not None:
        await ctx.services.recordings.shown_in([file.recording], sent.chat.id, sent.message_id)


async def _sent(
    press: CallbackQuery, ctx: Ctx, bot: Bot, caption: str, file: FileView
) -> Message | None:
    chat, kept = chat_of(press), file.recording is not None
    try:
        if file.kind in _WAYS and file.telegram_file_id:
            more: dict[str, Any] = {file.kind: file.telegram_file_id}
            if file.kind != "video_note":
                more["caption"] = caption
            # A recording is heard here and goes no further by itself (act 366, clause 21.1).
            return await bot(_WAYS[file.kind](chat_id=chat, protect_content=kept, **more))
    except TelegramBadRequest:
        # It was sent as something else (a film): our copy will do.
        pass
    try:
        content = await ctx.services.site.files.get(file.sha256)
    except KeyError:
        await say(press, lost_file(ctx.t, file))
        return None
    name = file.name or file.kind
    return await bot.send_document(
        chat, BufferedInputFile(content, name), caption=caption, protect_content=kept
    )

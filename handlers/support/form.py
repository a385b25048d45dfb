"""Words that an operator writes in the private chat: written, looked at, then sent."""

from __future__ import annotations

from dataclasses import asdict, replace

from aiogram import Router
from aiogram.enums import ContentType
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager
from aiogram_dialog.widgets.input import MessageInput

from domain.errors import Conflict, NotFound
from domain.support.views import NewFile
from handlers.common.support.intake import files_of
from handlers.context import Ctx, ctx_of
from handlers.filters import Pressed
from handlers.forms import (
    PRIMARY,
    finish,
    go,
    is_repeated,
    open_form,
    seeded,
    show_again,
)
from handlers.sending import chat_of, send_shown
from handlers.steps import (
    acts,
    asks_press,
    asks_text,
    back_button,
    cancel_button,
    leave_window,
    resume_window,
)
from handlers.support.calls import mute
from handlers.support.parts import LEADS, OPERATORS, PRESSED_IN_CHAT, ticket_in
from handlers.support.recordings import came_from
from handlers.support.writing import html_of
from handlers.views.desk_people import MUTE_FOR
from handlers.views.desk_private import (
    ACTS,
    ask_words,
    last_said,
    private_card,
    review_words,
    words_done,
)
from handlers.views.errors import toast
from handlers.views.shown import Shown

_WITH_FILES = ("answer", "note", "called")
_PLAIN = ("merge", "dispute", "settle", "mute.for")
_FILES = (
    ContentType.DOCUMENT,
    ContentType.PHOTO,
    ContentType.VIDEO,
    ContentType.AUDIO,
    ContentType.VOICE,
    ContentType.VIDEO_NOTE,
)


class DeskForm(StatesGroup):
    """One question, whatever is done with the answer."""

    resume = State()
    leave = State()
    words = State()
    review = State()


def desk_forms() -> Router:
    """The form and the buttons that open it."""
    router = Router(name="support-form")
    for act in ACTS:
        router.callback_query.register(start, Pressed(f"desk.{act}"), PRESSED_IN_CHAT)
    router.include_router(desk_dialog())
    return router


async def start(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """Ask for the words of the act that was pressed."""
    act = (press.data or "").split(":")[1].removeprefix("desk.")
    ctx.actor.check_role(LEADS if act == "settle" else OPERATORS)
    number = ticket_in(ids)
    more = int(ids[1]) if len(ids) > 1 and ids[1].isdecimal() else 0
    days = more if act == "mute.for" and more in MUTE_FOR else 0
    # Up to where the card had been read from which the answer was begun.
    seen = more if act == "answer" and len(ids) > 1 else None
    values = {
        "act": act,
        "number": number,
        "files": [],
        "text": "",
        "days": days,
        "seen": seen,
    }
    await open_form(dialog_manager, "desk", DeskForm.words, values, ("act", "number", "days"))


async def take_words(manager: DialogManager, text: str) -> None:
    """What was typed, with its formatting."""
    data, event = manager.dialog_data, manager.event
    if data["act"] == "merge" and not _number(text):
        raise NotFound("ticket_unknown", None, ticket=0)
    plain_one = data["act"] in _PLAIN
    data["text"] = html_of(event) if isinstance(event, Message) and not plain_one else text
    await go(manager, DeskForm.review)


def _number(text: str) -> int:
    bare = text.strip().lstrip("#\N{NUMERO SIGN}").strip()
    return int(bare) if bare.isascii() and bare.isdecimal() and len(bare) <= 15 else 0


async def _take_file(message: Message, _: MessageInput, manager: DialogManager) -> None:
    """A file with whatever is written under it."""
    if is_repeated(manager):
        return
    data = manager.dialog_data
    data["files"] = [*data.get("files", []), *(asdict(each) for each in files_of(message))]
    data["posts"] = [*data.get("posts", []), message.message_id]
    data["text"] = data.get("text") or html_of(message)
    await go(manager, DeskForm.review)


async def _answered(manager: DialogManager, text: str, files: list[NewFile]) -> bool:
    """Answer what was read; whatever came meanwhile is shown first, and the words are kept."""
    ctx, data = ctx_of(manager), manager.dialog_data
    support, number, event = ctx.services.support, int(data["number"]), manager.event
    try:
        await support.answer(ctx.actor, number, text, files, seen=data.get("seen"))
    except Conflict as error:
        if error.code != "ticket_moved_on" or not isinstance(event, CallbackQuery):
            raise
        await event.answer(toast(ctx.t, error), show_alert=True)
        view = await support.ticket(ctx.actor, number)
        data["seen"] = last_said(view)
        await send_shown(event, private_card(ctx.t, view, ctx.now))
        await show_again(manager)
        return False
    return True


async def send(manager: DialogManager) -> None:
    """Do it; the card follows as it is then."""
    ctx, data = ctx_of(manager), manager.dialog_data
    support, number, text = ctx.services.support, int(data["number"]), str(data["text"])
    files = [NewFile(**each) for each in data.get("files", [])]
    done = Shown(words_done(ctx.t, data))
    match data["act"]:
        case "answer":
            if not await _answered(manager, text, files):
                return
        case "note":
            await support.note(ctx.actor, number, text, files)
        case "docs":
            await support.ask_documents(ctx.actor, number, text)
        case "merge":
            number = (await support.merge(ctx.actor, number, _number(text))).number
        case "dispute":
            await support.mark_dispute(ctx.actor, number, text)
        case "settle":
            await support.settle_dispute(ctx.actor, number, text)
        case "called":
            call = replace(files[0], kind="call") if files else None
            await support.follow_up(ctx.actor, number, "call", "answered", text, recording=call)
        case _:
            done = Shown(await mute(ctx, number, int(data["days"]), text, ctx.t))
    view = await support.ticket(ctx.actor, number)
    if isinstance(manager.event, CallbackQuery):
        await came_from(ctx, chat_of(manager.event), data.get("posts", []), view)
    await finish(manager, done, private_card(ctx.t, view, ctx.now))


def desk_dialog() -> Dialog:
    """Words, review."""
    return Dialog(
        resume_window(DeskForm.resume),
        asks_text(
            lambda t, data: ask_words(t, data["dialog_data"]),
            take_words,
            DeskForm.words,
            cancel_button(),
            MessageInput(_take_file_where_it_may, content_types=_FILES),
        ),
        asks_press(
            lambda t, data: review_words(t, data["dialog_data"]),
            DeskForm.review,
            acts(lambda t, _: t.button("Send"), "send", send, style=PRIMARY),
            back_button(DeskForm.words),
            cancel_button(),
        ),
        leave_window(DeskForm.leave),
        on_start=seeded,
    )


async def _take_file_where_it_may(
    message: Message, widget: MessageInput, manager: DialogManager
) -> None:
    """Only answers and notes have files."""
    if manager.dialog_data["act"] in _WITH_FILES:
        await _take_file(message, widget, manager)
    elif not is_repeated(manager):
        t = ctx_of(manager).t
        await message.answer(
            t("This step needs a text. Please type the answer, or press a button.")
        )

"""A call is registered in an operator's private chat (act 366, clauses 20 and 26)."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime, timedelta

from aiogram import Router
from aiogram.enums import ContentType
from aiogram.filters import Command
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Row

from domain.errors import RuleBroken
from domain.identifiers import parse_phone
from domain.support.intake import check_call
from domain.support.texts import TEXT_LIMIT, escaped
from domain.support.views import NewFile
from domain.support.writing import check_files
from domain.texts import NAME_LIMIT, required_text
from handlers.common.support.intake import files_of
from handlers.context import Ctx, ctx_of
from handlers.faults.walk import DAY, HOUR, Walk
from handlers.filters import Pressed
from handlers.forms import PRIMARY, Values, Words, finish, is_repeated, open_form, refuse, seeded
from handlers.sending import chat_of
from handlers.steps import (
    Act,
    Take,
    acts,
    asks_press,
    asks_text,
    cancel_button,
    expects,
    leave_window,
    resume_window,
)
from handlers.support.parts import IN_CHAT, OPERATORS, PRESSED_IN_CHAT
from handlers.support.recordings import came_from
from handlers.views import desk_phone as texts
from handlers.views.desk_private import private_card
from handlers.views.shown import Shown

_SOUND = (
    ContentType.VOICE,
    ContentType.AUDIO,
    ContentType.DOCUMENT,
    ContentType.VIDEO,
    ContentType.VIDEO_NOTE,
)
_STEPS = ("name", "phone", "at", "language", "text", "recording")


class PhoneForm(StatesGroup):
    """A call that came to the desk."""

    resume = State()
    leave = State()
    name = State()
    phone = State()
    at = State()
    language = State()
    text = State()
    recording = State()
    review = State()


WALK = Walk(PhoneForm, lambda _: _STEPS)


def phone_forms() -> Router:
    """The form, the command and the button that open it."""
    router = Router(name="support-phone")
    router.message.register(begin, Command("call"), IN_CHAT)
    router.callback_query.register(begin, Pressed("desk.phone"), PRESSED_IN_CHAT)
    router.include_router(phone_dialog())
    return router


async def begin(_event: Message | CallbackQuery, ctx: Ctx, dialog_manager: DialogManager) -> None:
    """Ask who called."""
    ctx.actor.check_role(OPERATORS)
    values: Values = {"name": "", "phone": "", "at": "", "language": "ru", "text": ""}
    await open_form(dialog_manager, "phone", PhoneForm.name, {**values, "recording": None})


def _keeps(step: str, limit: int) -> Take:
    """A typed text that goes on record as it is."""

    async def take(manager: DialogManager, text: str) -> None:
        manager.dialog_data[step] = required_text(text, step, limit)
        await WALK.on(manager)

    return take


async def take_phone(manager: DialogManager, text: str) -> None:
    """A number in any of the usual forms."""
    manager.dialog_data["phone"] = parse_phone(text)
    await WALK.on(manager)


def check_at(manager: DialogManager, at: datetime) -> None:
    """A call to come, or one of long ago, is refused here."""
    check_call(at, ctx_of(manager).now)


def ago(span: timedelta) -> Act:
    """A button's act: they called this long ago."""

    async def take(manager: DialogManager) -> None:
        await WALK.put_moment(manager, "at", ctx_of(manager).now - span, check_at)

    return take


def speaks(language: str) -> Act:
    """A button's act: they spoke this language."""

    async def take(manager: DialogManager) -> None:
        manager.dialog_data["language"] = language
        await WALK.on(manager)

    return take


async def take_recording(message: Message, _: MessageInput, manager: DialogManager) -> None:
    """The sound of the call; its bytes are fetched like those of any file of a ticket."""
    if is_repeated(manager):
        return
    try:
        files = files_of(message)
        check_files(files, ctx_of(manager).services.site.regime)
    except RuleBroken as error:
        await refuse(message, manager, error)
        return
    manager.dialog_data["recording"] = asdict(replace(files[0], kind="call")) if files else None
    manager.dialog_data["posts"] = [message.message_id]
    await WALK.on(manager)


async def without(manager: DialogManager) -> None:
    """Nobody recorded it."""
    manager.dialog_data["recording"] = None
    await WALK.on(manager)


async def submit(manager: DialogManager) -> None:
    """Put the call on record; its ticket follows."""
    ctx, data = ctx_of(manager), manager.dialog_data
    file = data["recording"]
    made = await ctx.services.support.register_call(
        ctx.actor,
        str(data["name"]),
        str(data["phone"]),
        datetime.fromisoformat(str(data["at"])),
        escaped(str(data["text"])),
        NewFile(**file) if file else None,
        language="kk" if data["language"] == "kk" else "ru",
    )
    if file and isinstance(manager.event, CallbackQuery):
        await came_from(ctx, chat_of(manager.event), data.get("posts", []), made)
    done = Shown(texts.registered(ctx.t, made.number))
    await finish(manager, done, private_card(ctx.t, made, ctx.now))


def phone_dialog() -> Dialog:
    """One question a window, then the review."""
    return Dialog(
        resume_window(PhoneForm.resume),
        *_who(),
        *_what(),
        leave_window(PhoneForm.leave),
        on_start=seeded,
    )


def _way_out() -> Row:
    return Row(WALK.back_button(), cancel_button())


def _who() -> tuple[Window, ...]:
    return (
        asks_text(
            lambda t, _: texts.ask_name(t),
            _keeps("name", NAME_LIMIT),
            PhoneForm.name,
            _way_out(),
        ),
        asks_text(lambda t, _: texts.ask_phone(t), take_phone, PhoneForm.phone, _way_out()),
        asks_text(
            lambda t, _: texts.ask_called_at(t),
            WALK.moment("at", check_at),
            PhoneForm.at,
            Row(
                acts(lambda t, _: t.button("Now"), "now", ago(timedelta())),
                acts(lambda t, _: t.button("1 hour ago"), "hour", ago(HOUR)),
                acts(lambda t, _: t.button("Yesterday"), "yesterday", ago(DAY)),
            ),
            _way_out(),
        ),
        asks_press(
            lambda t, _: texts.ask_language(t),
            PhoneForm.language,
            Row(
                acts(lambda t, _: t.button("Kazakh"), "kk", speaks("kk")),
                acts(lambda t, _: t.button("Russian"), "ru", speaks("ru")),
            ),
            _way_out(),
        ),
    )


def _what() -> tuple[Window, ...]:
    return (
        asks_text(
            lambda t, _: texts.ask_text(t),
            _keeps("text", TEXT_LIMIT),
            PhoneForm.text,
            _way_out(),
        ),
        Window(
            Words(lambda t, _: texts.ask_recording(t)),
            MessageInput(take_recording, content_types=_SOUND),
            expects(lambda t, _: t("This step needs a recording. Send it, or press a button.")),
            acts(lambda t, _: t.button("Without a recording"), "without", without),
            _way_out(),
            state=PhoneForm.recording,
        ),
        asks_press(
            lambda t, data: texts.review(t, data["dialog_data"]),
            PhoneForm.review,
            acts(lambda t, _: t.button("Register the call"), "send", submit, style=PRIMARY),
            _way_out(),
        ),
    )

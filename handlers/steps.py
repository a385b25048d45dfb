"""Steps of forms: opening with a kept draft, moving with every step kept, taking typed values.

A form keeps in ``dialog_data`` what was typed and, under ``step``, the state it stands at.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram.enums import ContentType
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button

from domain.errors import RuleBroken
from domain.files import FileInfo
from handlers.context import ctx_of
from handlers.drafts import drop_draft, load_draft, state_of
from handlers.forms import PRIMARY, Say, Words, cancel_button, keep_step, refuse
from handlers.incoming import described, keep
from handlers.sending import send_shown
from handlers.views.shown import Shown

Values = dict[str, Any]
Take = Callable[[DialogManager, str], Awaitable[None]]
Act = Callable[[DialogManager], Awaitable[None]]

TakeFile = Callable[[DialogManager, FileInfo, bytes], Awaitable[None]]

_STEP = "step"
_FILES = (ContentType.DOCUMENT, ContentType.PHOTO, ContentType.VIDEO, ContentType.AUDIO)


async def open_form(
    manager: DialogManager, form: str, first: State, values: Values, same: tuple[str, ...] = ()
) -> None:
    """Start a form; with a kept draft of the same matter, ask whether to go on with it.

    ``same`` names the values that tell one matter from another: the order's number.
    """
    draft = await load_draft(state_of(manager), form)
    fits = draft is not None and all(draft.get(key) == values.get(key) for key in same)
    group: type[StatesGroup] = first.group
    state = state_named(group, "resume") if fits else first
    await manager.start(
        state,
        {"draft": draft if fits else None, "first": first.state, "values": values},
        mode=StartMode.RESET_STACK,
        show_mode=ShowMode.SEND,
    )


async def seeded(start_data: Any, manager: DialogManager) -> None:
    """``on_start`` of every form opened by ``open_form``: put its values in place."""
    manager.dialog_data.update(start_data["values"])
    manager.dialog_data[_STEP] = start_data["first"]


def state_named(group: type[StatesGroup], name: str) -> State:
    """A state of a form by its short name or its full one."""
    for state in group.__all_states__:
        if state.state is not None and name in (state.state, state.state.partition(":")[2]):
            return state
    raise LookupError(name)


async def go(manager: DialogManager, form: str, state: State) -> None:
    """Move to a step and keep what was typed so far."""
    manager.dialog_data[_STEP] = state.state
    await manager.switch_to(state)
    await keep_step(manager, form)


async def finish(manager: DialogManager, form: str, *shown: Shown) -> None:
    """Close a form that has done its work, forget its draft and show what came of it."""
    await drop_draft(state_of(manager), form)
    event = manager.event
    await manager.done(show_mode=ShowMode.EDIT)
    if isinstance(event, Message | CallbackQuery):
        for each in shown:
            await send_shown(event, each)


def resume_window(form: str, state: State) -> Window:
    """The first window of a form with a kept draft: go on with it, or start anew."""

    async def go_on(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
        start: Values = _start_values(manager)
        manager.dialog_data.update(start["draft"])
        step = state_named(state.group, str(manager.dialog_data.get(_STEP) or start["first"]))
        await go(manager, form, step)

    async def anew(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
        await drop_draft(state_of(manager), form)
        await manager.switch_to(state_named(state.group, _start_values(manager)["first"]))

    return Window(
        Words(lambda t, _: t("You began this form before and did not finish. Continue the draft?")),
        Button(Words(lambda t, _: t.button("Continue")), "go_on", go_on, style=PRIMARY),
        Button(Words(lambda t, _: t.button("Start anew")), "anew", anew),
        cancel_button(form),
        expects(lambda t, _: t("Please choose: continue the draft or start anew.")),
        state=state,
    )


def _start_values(manager: DialogManager) -> Values:
    data = manager.start_data
    return data if isinstance(data, dict) else {"draft": {}, "first": "", "values": {}}


def typed(take: Take) -> MessageInput:
    """Takes a typed text; what a rule refuses is answered with the reason and the step stays."""

    async def taken(message: Message, _: MessageInput, manager: DialogManager) -> None:
        try:
            await take(manager, message.text or "")
        except RuleBroken as error:
            await refuse(message, manager, error)

    return MessageInput(taken, content_types=ContentType.TEXT)


def sent_file(take: TakeFile) -> MessageInput:
    """Takes a file or a photo, kept in our store before ``take`` is called with it."""

    async def taken(message: Message, _: MessageInput, manager: DialogManager) -> None:
        ctx, file = ctx_of(manager), described(message)
        if file is None or message.bot is None:  # pragma: no cover - the filter lets only files in
            return
        try:
            kept, content = await keep(message.bot, ctx, file)
            await take(manager, kept, content)
        except RuleBroken as error:
            await refuse(message, manager, error)

    return MessageInput(taken, content_types=_FILES)


def expects(say: Say) -> MessageInput:
    """The answer to anything a step does not take: what it waits for. Goes last in a window."""

    async def unexpected(message: Message, _: MessageInput, manager: DialogManager) -> None:
        await message.answer(say(ctx_of(manager).t, manager.dialog_data))

    return MessageInput(unexpected)


def acts(say: Say, id: str, act: Act, **more: Any) -> Button:  # noqa: A002 - aiogram-dialog's word
    """A button of a form that does one thing."""

    async def clicked(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
        await act(manager)

    return Button(Words(say), id, clicked, **more)


def moves(say: Say, id: str, form: str, state: State, **more: Any) -> Button:  # noqa: A002 - as above
    """A button that moves to another step."""

    async def move(manager: DialogManager) -> None:
        await go(manager, form, state)

    return acts(say, id, move, **more)


def wants_text() -> MessageInput:
    """For steps that take a typed text and were given something else."""
    return expects(lambda t, _: t("Please type it as a text message."))


def wants_button() -> MessageInput:
    """For steps that only have buttons."""
    return expects(lambda t, _: t("Please press one of the buttons below."))

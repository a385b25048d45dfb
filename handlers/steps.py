"""What the steps of forms are made of: buttons, choices, typed values, files; shared windows.

Every step takes an update once: the same one, coming again after a crash, changes nothing more.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiogram.enums import ContentType
from aiogram.fsm.state import State
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Group, Select

from domain.errors import RuleBroken
from domain.files import FileInfo
from handlers.context import ctx_of
from handlers.forms import (
    DANGER,
    LONG_PART,
    PRIMARY,
    Say,
    Values,
    Words,
    begin_anew,
    cancel,
    drop,
    go,
    go_back,
    go_on,
    is_left_behind,
    is_repeated,
    keep_for_later,
    refuse,
    stay,
    tell,
)
from handlers.incoming import described, keep
from handlers.views import forms as texts

Act = Callable[[DialogManager], Awaitable[None]]
Take = Callable[[DialogManager, str], Awaitable[None]]
TakeFile = Callable[[DialogManager, FileInfo, bytes], Awaitable[None]]
Items = str | Callable[[Values], Sequence[Any]]

_FILES = (ContentType.DOCUMENT, ContentType.PHOTO, ContentType.VIDEO, ContentType.AUDIO)


# Buttons


async def _counts(manager: DialogManager) -> bool:
    """Whether a press does anything: not one that comes again, nor one on a copy left behind."""
    return not is_repeated(manager) and not await is_left_behind(manager)


def acts(say: Say, id: str, act: Act, **more: Any) -> Button:  # noqa: A002 - aiogram-dialog's word
    """A button of a form that does one thing."""

    async def clicked(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
        if await _counts(manager):
            await act(manager)

    return Button(Words(say), id, clicked, **more)


def moves(say: Say, id: str, state: State, **more: Any) -> Button:  # noqa: A002 - as above
    """A button that moves to another step."""

    async def move(manager: DialogManager) -> None:
        await go(manager, state)

    return acts(say, id, move, **more)


def picks(
    say: Say,
    id: str,  # noqa: A002 - as above
    items: Items,
    value: Callable[[Any], str | int],
    take: Take,
    *,
    width: int = 1,
    **more: Any,
) -> Group:
    """A button for each of ``items``; ``take`` gets the ``value`` of the one pressed."""

    async def picked(_: CallbackQuery, __: Any, manager: DialogManager, chosen: str) -> None:
        if await _counts(manager):
            await take(manager, chosen)

    return Group(Select(Words(say), id, value, items, on_click=picked, **more), width=width)


def back_button(state: State | None = None, **more: Any) -> Button:
    """One step back, or to the ``state`` given."""
    if state is not None:
        return moves(lambda t, _: t.button("Back"), "back", state, **more)
    return acts(lambda t, _: t.button("Back"), "back", go_back, **more)


def cancel_button() -> Button:
    """The way out of a form; asks first where something was typed."""
    return acts(lambda t, _: t.button("Cancel"), "cancel", cancel, style=DANGER)


# Answers that are typed or sent


# Apps cut a pasted text into messages of at most 4,096 characters, at a space near the end, and
# send them at once: one after another but for an answer of ours that may fall between.
_LONG = 3_500
_AT_ONCE, _CLOSE = 2.0, 4


def _goes_on(message: Message, manager: DialogManager, before: list[float] | None) -> bool:
    """Whether a text only continues the long one ``before`` it: it is no answer of its own."""
    now, number = message.date.timestamp(), message.message_id
    goes_on = before is not None and now - before[0] <= _AT_ONCE and number - before[1] <= _CLOSE
    if goes_on or len(message.text or "") >= _LONG:
        manager.dialog_data[LONG_PART] = [now, number]
    return goes_on


def typed(take: Take) -> MessageInput:
    """Takes a typed text; what a rule refuses is answered with the reason and the step stays."""

    async def taken(message: Message, _: MessageInput, manager: DialogManager) -> None:
        before = manager.dialog_data.get(LONG_PART)
        if is_repeated(manager):
            return
        if _goes_on(message, manager, before):
            await tell(message, manager, texts.rest_of_a_long_text(ctx_of(manager).t))
            return
        try:
            await take(manager, message.text or "")
        except RuleBroken as error:
            await refuse(message, manager, error)

    return MessageInput(taken, content_types=ContentType.TEXT)


def sent_file(take: TakeFile, check: Callable[[FileInfo], None] | None = None) -> MessageInput:
    """Takes a file or a photo, kept in our store before ``take`` is called with it.

    What ``check`` refuses by its name is not even fetched.
    """

    async def taken(message: Message, _: MessageInput, manager: DialogManager) -> None:
        file = described(message)
        if file is None or message.bot is None or is_repeated(manager):
            return
        try:
            if check is not None:
                check(file)
            kept, content = await keep(message.bot, ctx_of(manager), file)
            await take(manager, kept, content)
        except RuleBroken as error:
            await refuse(message, manager, error)

    return MessageInput(taken, content_types=_FILES)


def expects(say: Say) -> MessageInput:
    """The answer to anything a step does not take: what it waits for. Goes last in a window."""

    async def unexpected(message: Message, _: MessageInput, manager: DialogManager) -> None:
        if not is_repeated(manager):
            await tell(message, manager, say(ctx_of(manager).t, manager.dialog_data))

    return MessageInput(unexpected)


def wants_text() -> MessageInput:
    """For steps that take a typed text and were given something else."""
    return expects(
        lambda t, _: t("This step needs a text. Please type the answer, or press a button.")
    )


def wants_button() -> MessageInput:
    """For steps that only have buttons."""
    return expects(lambda t, _: t("Please press one of the buttons below."))


# Windows


def asks_text(say: Say, take: Take, state: State, *widgets: Any, getter: Any = None) -> Window:
    """A question that is answered in writing; ``widgets`` are its buttons, and files it takes."""
    return Window(Words(say), *widgets, typed(take), wants_text(), state=state, getter=getter)


def asks_press(say: Say, state: State, *widgets: Any, getter: Any = None) -> Window:
    """A question that is answered by one of its buttons, the ``widgets``."""
    return Window(Words(say), *widgets, wants_button(), state=state, getter=getter)


def resume_window(state: State, say: Say | None = None) -> Window:
    """The first window of a form with a kept draft: go on with it, or start anew."""
    return Window(
        Words(say or (lambda t, _: texts.resume(t))),
        acts(lambda t, _: t.button("Continue"), "go_on", go_on, style=PRIMARY),
        acts(lambda t, _: t.button("Start anew"), "anew", begin_anew),
        acts(lambda t, _: t.button("Keep for later"), "later_on", keep_for_later),
        wants_button(),
        state=state,
    )


def leave_window(state: State, say: Say | None = None) -> Window:
    """The question before a form lets go of what was typed: stay, let it wait, throw it away."""
    return Window(
        Words(say or (lambda t, _: texts.leave(t))),
        acts(lambda t, _: t.button("Back to the form"), "stay", stay),
        acts(lambda t, _: t.button("Keep for later"), "later_on", keep_for_later),
        acts(lambda t, _: t.button("Delete the draft"), "drop", drop, style=DANGER),
        wants_button(),
        state=state,
    )

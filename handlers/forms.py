"""The life of a form: opened in a message of its own, kept at every step, finished or left.

A form keeps in ``dialog_data`` what was typed and three things of its own: ``form`` (the name
of its draft), ``state`` (where the person stands) and ``cause`` (the update it took last). A
form whose states have a ``resume`` keeps drafts; one that has a ``leave`` asks before it lets
go of what was typed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any, cast

from aiogram.enums import ButtonStyle
from aiogram.exceptions import TelegramBadRequest
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode, StartMode
from aiogram_dialog.manager.manager import ManagerImpl
from aiogram_dialog.widgets.style import Style
from aiogram_dialog.widgets.text import Text

from domain.errors import RuleBroken
from handlers.context import ctx_of
from handlers.drafts import drop_draft, load_draft, save_draft, state_of
from handlers.sending import chat_of, put_shown, send_shown
from handlers.views.errors import describe
from handlers.views.shown import Shown
from handlers.views.translator import Html, Translator, plain

Values = dict[str, Any]
Say = Callable[[Translator, Values], str]

DANGER = Style(ButtonStyle.DANGER)
PRIMARY = Style(ButtonStyle.PRIMARY)


class Words(Text):
    """A text of a form: ``Words(lambda t, data: t("..."))``, in the reader's language.

    ``data`` is what the window's getter gave, with ``dialog_data`` of the form inside.
    """

    def __init__(self, say: Say, when: Any = None) -> None:
        super().__init__(when=when)
        self.say = say

    async def _render_text(self, data: Values, manager: DialogManager) -> str:
        return self.say(ctx_of(manager).t, data)


# Opening


def draft_name(form: str, values: Mapping[str, Any], about: tuple[str, ...] = ()) -> str:
    """How a draft is kept: each matter has its own, told apart by the values named ``about``."""
    return ":".join([form, *(str(values.get(key)) for key in about)])


async def open_form(
    manager: DialogManager,
    form: str,
    first: State,
    values: Mapping[str, Any],
    about: tuple[str, ...] = (),
    *,
    resumes: bool = True,
) -> None:
    """Start a form; with a kept draft of the same matter, ask whether to go on with it.

    The form comes in a message of its own: the notice or card above keeps its text and buttons.
    Started plainly, aiogram-dialog would write into the pressed message, or take its buttons.
    """
    event, name = _event(manager), draft_name(form, values, about)
    resume = state_named(first.group, "resume") if resumes else None
    draft = await load_draft(state_of(manager), name) if resume else None
    if isinstance(event, CallbackQuery):
        await event.answer()
    await _disarm(manager, event)
    start = {"draft": draft, "values": {**values, "form": name, "state": first.state}}
    state = resume if resume is not None and draft is not None else first
    await manager.start(state, start, mode=StartMode.RESET_STACK, show_mode=ShowMode.NO_UPDATE)
    await _send_step(manager, event)


async def show_again(manager: DialogManager) -> None:
    """Show the open form's step in a new message: its words have changed, not its place."""
    event, last = _event(manager), manager.current_stack().last_message_id
    if last is not None:
        await _take_buttons(event, last)
    manager.show_mode = ShowMode.NO_UPDATE
    await _send_step(manager, event)


async def _send_step(manager: DialogManager, event: Message | CallbackQuery) -> None:
    # The protocol of managers does not tell of dialog(); the library has one manager only.
    shown = await cast("ManagerImpl", manager).dialog().render(manager)
    if event.bot is not None:
        sent = await event.bot.send_message(
            chat_of(event), shown.text or "", reply_markup=shown.reply_markup
        )
        manager.current_stack().last_message_id = sent.message_id


async def _disarm(manager: DialogManager, event: Message | CallbackQuery) -> None:
    """Take the buttons off the form that is left behind: they would only say that it lapsed."""
    last = manager.current_stack().last_message_id
    pressed = event.message if isinstance(event, CallbackQuery) else None
    if last is None or event.bot is None or (pressed is not None and pressed.message_id == last):
        return
    await _take_buttons(event, last)


async def _take_buttons(event: Message | CallbackQuery, message: int) -> None:
    # The person may have deleted it, or it has none any more: nothing to take off then.
    if event.bot is not None:
        with contextlib.suppress(TelegramBadRequest):
            await event.bot.edit_message_reply_markup(chat_id=chat_of(event), message_id=message)


async def seeded(start_data: Any, manager: DialogManager) -> None:
    """``on_start`` of every form: put in place the values it was opened with."""
    manager.dialog_data.update(start_data["values"])


def state_named(group: type[StatesGroup], name: str) -> State | None:
    """A state of a form by its short name or its full one; None when the form has none such."""
    for state in group.__all_states__:
        if state.state is not None and name in (state.state, state.state.partition(":")[2]):
            return state
    return None


# Moving


async def go(manager: DialogManager, state: State) -> None:
    """Move to a step and keep what was typed so far."""
    manager.dialog_data["state"] = state.state
    await manager.switch_to(state)
    await keep_step(manager)


async def go_back(manager: DialogManager) -> None:
    """To the step before, in the order of the windows."""
    await manager.back()
    await go(manager, manager.current_context().state)


async def keep_step(manager: DialogManager) -> None:
    """Keep what the form holds so far, so that a break loses nothing."""
    if state_named(_group(manager), "resume") is not None:
        data = dict(manager.dialog_data)
        await save_draft(state_of(manager), str(data["form"]), data)


async def go_on(manager: DialogManager) -> None:
    """Go on with the kept draft, where the person stood."""
    start = manager.start_data
    if isinstance(start, dict) and start.get("draft"):
        manager.dialog_data.update(start["draft"])
    await stay(manager)


async def begin_anew(manager: DialogManager) -> None:
    """Forget the kept draft and begin with the first step."""
    await forget(manager)
    await manager.switch_to(_standing(manager))


async def stay(manager: DialogManager) -> None:
    """Back to the step the person stood at."""
    await go(manager, _standing(manager))


async def forget(manager: DialogManager) -> None:
    """Drop the kept draft."""
    await drop_draft(state_of(manager), str(manager.dialog_data["form"]))


def _standing(manager: DialogManager) -> State:
    state = state_named(_group(manager), str(manager.dialog_data["state"]))
    return state or manager.current_context().state


def _group(manager: DialogManager) -> type[StatesGroup]:
    return manager.current_context().state.group


# When and as which message a text came that may be the first part of a longer one.
LONG_PART = "long_part"


def is_repeated(manager: DialogManager) -> bool:
    """Whether the form has taken this very update before; otherwise remembers it.

    After a crash between the form's step and the end of the update the same message comes
    again, when the form already asks something else.
    """
    cause = ctx_of(manager).actor.cause
    if manager.dialog_data.get("cause") == cause:
        return True
    manager.dialog_data["cause"] = cause
    # A long text is continued by the very next message or by none.
    manager.dialog_data.pop(LONG_PART, None)
    return False


async def is_left_behind(manager: DialogManager) -> bool:
    """Whether the press is on an older copy of the form: it loses its buttons, the form follows.

    What stands in that copy may have been changed since, so nothing is done by it.
    """
    event, last = manager.event, manager.current_stack().last_message_id
    if not isinstance(event, CallbackQuery) or event.message is None or last is None:
        return False
    if event.message.message_id == last:
        return False
    said = ctx_of(manager).t("This is an older copy of the form. Please go on in the one below.")
    await event.answer(plain(said), show_alert=True)
    await _take_buttons(event, event.message.message_id)
    await show_again(manager)
    return True


# Answering and ending


async def tell(message: Message, manager: DialogManager, text: str) -> None:
    """Say something above the step, which is shown again below."""
    manager.show_mode = ShowMode.SEND
    await message.answer(text)


async def refuse(message: Message, manager: DialogManager, error: RuleBroken) -> None:
    """Say why a typed value was not taken; the step stays and is shown again below."""
    await tell(message, manager, describe(ctx_of(manager).t, error))


async def cancel(manager: DialogManager) -> None:
    """Leave the form: where something was typed, ask first whether it shall wait."""
    leave = state_named(_group(manager), "leave")
    name = str(manager.dialog_data["form"])
    if leave is not None and await load_draft(state_of(manager), name) is not None:
        await manager.switch_to(leave)
    else:
        await drop(manager)


async def drop(manager: DialogManager) -> None:
    """Leave the form and forget what was typed."""
    await finish(manager, Shown(_cancelled(ctx_of(manager).t)))


async def keep_for_later(manager: DialogManager) -> None:
    """Leave the form; its draft waits, kept at the last step."""
    text = ctx_of(manager).t("The draft waits for you. Nothing was sent.")
    await _end(manager, Shown(text))


async def finish(manager: DialogManager, *shown: Shown) -> None:
    """Close a form that has done its work, forget its draft and show what came of it."""
    await forget(manager)
    await _end(manager, *shown)


async def _end(manager: DialogManager, *shown: Shown) -> None:
    """After a press the form's message becomes the answer; otherwise it loses its buttons."""
    event, rest = _event(manager), list(shown)
    if isinstance(event, CallbackQuery) and rest:
        await put_shown(event, rest.pop(0))
        await manager.done(show_mode=ShowMode.NO_UPDATE)
    else:
        await manager.done(show_mode=ShowMode.EDIT)
    for each in rest:
        await send_shown(event, each)


def _cancelled(t: Translator) -> Html:
    return t("Cancelled. Nothing was sent.")


def _event(manager: DialogManager) -> Message | CallbackQuery:
    event = manager.event
    if not isinstance(event, Message | CallbackQuery):  # pragma: no cover - forms take no others
        raise TypeError(f"no form for {type(event).__name__}")
    return event

"""Handing a recording over: to whom and on what ground, on record before the file comes."""

from __future__ import annotations

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import BufferedInputFile, CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager

from domain.support.recordings import LISTENERS
from domain.texts import NAME_LIMIT, REASON_LIMIT, required_text
from handlers.context import Ctx, ctx_of
from handlers.filters import Pressed
from handlers.forms import PRIMARY, finish, go, open_form, seeded
from handlers.ids import number_in
from handlers.sending import chat_of
from handlers.steps import (
    acts,
    asks_press,
    asks_text,
    back_button,
    cancel_button,
    leave_window,
    resume_window,
)
from handlers.support.parts import PRESSED_IN_CHAT
from handlers.support.recordings import named
from handlers.views.recordings_desk import ask_ground, ask_whom, give_review, handed_over
from handlers.views.shown import Shown

_CLAUSE = "366-21.1"


class GiveForm(StatesGroup):
    """To whom, why."""

    resume = State()
    leave = State()
    whom = State()
    ground = State()
    review = State()


def give_form() -> Router:
    """The form and the press that opens it."""
    router = Router(name="support-recording-form")
    router.callback_query.register(begin, Pressed("rec.give"), PRESSED_IN_CHAT)
    router.include_router(
        Dialog(
            resume_window(GiveForm.resume),
            asks_text(lambda t, _: ask_whom(t), take_whom, GiveForm.whom, cancel_button()),
            asks_text(
                lambda t, _: ask_ground(t),
                take_ground,
                GiveForm.ground,
                back_button(GiveForm.whom),
                cancel_button(),
            ),
            asks_press(
                lambda t, data: give_review(t, data["dialog_data"]),
                GiveForm.review,
                acts(lambda t, _: t.button("Hand over"), "give", give, style=PRIMARY),
                back_button(GiveForm.ground),
                cancel_button(),
            ),
            leave_window(GiveForm.leave),
            on_start=seeded,
        )
    )
    return router


async def begin(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """Ask to whom."""
    ctx.actor.check_role(LISTENERS)
    view = await ctx.services.recordings.one(ctx.actor, number_in(ids))
    values = {"recording": view.id, "ticket": view.ticket, "whom": "", "ground": ""}
    await open_form(dialog_manager, "give", GiveForm.whom, values, ("recording",))


async def take_whom(manager: DialogManager, text: str) -> None:
    """A name or an organisation."""
    manager.dialog_data["whom"] = required_text(text, "to_whom", NAME_LIMIT, _CLAUSE)
    await go(manager, GiveForm.ground)


async def take_ground(manager: DialogManager, text: str) -> None:
    """A request, an order of a court."""
    manager.dialog_data["ground"] = required_text(text, "ground", REASON_LIMIT, _CLAUSE)
    await go(manager, GiveForm.review)


async def give(manager: DialogManager) -> None:
    """Put it on record; then the file comes."""
    ctx, data, event = ctx_of(manager), manager.dialog_data, manager.event
    recordings, number = ctx.services.recordings, int(data["recording"])
    view = await recordings.one(ctx.actor, number)
    file, content = await recordings.hand_over(
        ctx.actor, number, str(data["whom"]), str(data["ground"])
    )
    await finish(manager, Shown(handed_over(ctx.t)))
    if not isinstance(event, Message | CallbackQuery) or event.bot is None:  # pragma: no cover
        return
    chat = chat_of(event)
    sent = await event.bot.send_document(chat, BufferedInputFile(content, named(view, file)))
    await recordings.shown_in([number], chat, sent.message_id)

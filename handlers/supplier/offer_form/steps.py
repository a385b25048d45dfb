"""The questions of one line: typed values and one-tap answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiogram.enums import ContentType
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, Window
from aiogram_dialog.api.internal import Widget
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row

from domain.errors import RuleBroken
from domain.money import parse_days, parse_money, parse_quantity
from handlers.context import ctx_of
from handlers.forms import DANGER, PRIMARY, Words, refuse
from handlers.supplier.offer_form.flow import (
    asked_in,
    card_in,
    draft_in,
    go_back,
    go_on,
    move,
    next_line,
    to_review,
)
from handlers.supplier.offer_form.states import OfferForm, state_of_step
from handlers.supplier.opening import is_repeated, tell
from handlers.views import format as fmt
from handlers.views.offer_draft import LineDraft
from handlers.views.offer_form import question
from handlers.views.offers import line_at
from handlers.views.parts import cut

Take = Callable[[LineDraft, str, DialogManager], Awaitable[None]]
Click = Callable[[CallbackQuery, Button, DialogManager], Awaitable[None]]
_LABEL = 24


async def take_quantity(line: LineDraft, text: str, manager: DialogManager) -> None:
    """A part of the volume, or all of it; a price typed for another volume is asked again."""
    value = parse_quantity(text)
    line.quantity = line.checked(await asked_in(manager), quantity=value).quantity


async def take_price(line: LineDraft, text: str, manager: DialogManager) -> None:
    """The price for the whole volume."""
    line.price = line.checked(await asked_in(manager), price=parse_money(text)).price


async def take_days(line: LineDraft, text: str, manager: DialogManager) -> None:
    """The delivery period; beyond the limit it is taken, and the review tells."""
    value = parse_days(text)
    line.days = line.checked(await asked_in(manager), delivery_days=value).delivery_days


async def take_characteristics(line: LineDraft, text: str, manager: DialogManager) -> None:
    """The technical characteristics in the supplier's words."""
    checked = line.checked(await asked_in(manager), characteristics=text)
    line.characteristics = checked.characteristics


async def take_warranty(line: LineDraft, text: str, manager: DialogManager) -> None:
    """Warranty and service."""
    line.warranty = line.checked(await asked_in(manager), warranty=text).warranty


def typed(step: str, take: Take) -> MessageInput:
    """The input of a step: a wrong value is answered with the reason and the step stays."""

    async def on_text(message: Message, _input: MessageInput, manager: DialogManager) -> None:
        if is_repeated(manager):
            return
        draft = draft_in(manager)
        try:
            await take(draft.line, message.text or "", manager)
        except RuleBroken as error:
            await refuse(message, manager, error)
            return
        await go_on(manager, draft, step)

    return MessageInput(on_text, content_types=ContentType.TEXT)


async def _not_a_text(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    text = ctx_of(manager).t("This step needs a text. Please type the answer, or press a button.")
    await tell(message, manager, text)


TEXT_ONLY = MessageInput(_not_a_text)


def once(click: Click) -> Click:
    """The press does its work once, also when the same update comes again after a crash."""

    async def guarded(press: CallbackQuery, button: Button, manager: DialogManager) -> None:
        if not is_repeated(manager):
            await click(press, button, manager)

    return guarded


async def _all(_press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    draft = draft_in(manager)
    draft.line.quantity = line_at(await card_in(manager), draft.at).quantity
    await go_on(manager, draft, "quantity")


async def _as_required(_press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    draft = draft_in(manager)
    draft.line.characteristics = line_at(await card_in(manager), draft.at).characteristics
    await go_on(manager, draft, "characteristics")


async def _no_warranty(_press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    draft = draft_in(manager)
    draft.line.warranty = ""
    await go_on(manager, draft, "warranty")


async def _keep_value(_press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    draft = draft_in(manager)
    if draft.mending and draft.line.missing is None:
        await to_review(manager, draft)
    else:
        await go_on(manager, draft, draft.step)


async def _skip_line(_press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    draft = draft_in(manager)
    draft.line.skipped = True
    await next_line(manager, draft)


async def _skip_rest(_press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    draft = draft_in(manager)
    for at in draft.positions:
        if at >= draft.at and draft.lines[at].missing:
            draft.lines[at].skipped = True
    if draft.unfinished() is None:
        await to_review(manager, draft)
    else:
        await next_line(manager, draft)


async def _back(_press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await go_back(manager, draft_in(manager))


async def _leave(_press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await manager.switch_to(OfferForm.leave)


async def stay(_press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """From the question whether to leave, back to where one stood."""
    draft = draft_in(manager)
    await move(manager, draft, draft.step)


def leave_button(step: str) -> Button:
    """The way out of the form; asks first."""
    return Button(
        Words(lambda t, _: t.button("Leave")), f"leave_{step}", on_click=_leave, style=DANGER
    )


def foot(step: str) -> list[Widget]:
    """What every question ends with: keep what was typed, back, leave."""
    return [
        Button(
            Words(lambda t, _: t.button("Keep as it is")),
            f"keep_{step}",
            on_click=once(_keep_value),
            when="known",
        ),
        Row(
            Button(
                Words(lambda t, _: t.button("Back")),
                f"back_{step}",
                on_click=once(_back),
                when="back",
            ),
            leave_button(step),
        ),
    ]


def _window(step: str, take: Take, *answers: Widget) -> Window:
    return Window(
        Words(lambda t, data: question(t, data["card"], data["draft"], step)),
        *answers,
        *foot(step),
        typed(step, take),
        TEXT_ONLY,
        state=state_of_step(step),
    )


def step_windows() -> list[Window]:
    """Volume, price, period, characteristics, warranty; photos have a window of their own."""
    return [
        _window(
            "quantity",
            take_quantity,
            Button(
                Words(
                    lambda t, data: cut(
                        t.button(
                            "All ({quantity})",
                            quantity=fmt.number(
                                t, line_at(data["card"], data["draft"].at).quantity
                            ),
                        ),
                        _LABEL,
                    )
                ),
                "all",
                on_click=once(_all),
                style=PRIMARY,
            ),
            Button(
                Words(lambda t, _: t.button("Skip this line")),
                "skip_line",
                on_click=once(_skip_line),
                when="several",
            ),
            Button(
                Words(lambda t, _: t.button("Skip the rest")),
                "skip_rest",
                on_click=once(_skip_rest),
                when="rest",
            ),
        ),
        _window("price", take_price),
        _window("days", take_days),
        _window(
            "characteristics",
            take_characteristics,
            Button(
                Words(lambda t, _: t.button("As required")),
                "as_required",
                on_click=once(_as_required),
                style=PRIMARY,
            ),
        ),
        _window(
            "warranty",
            take_warranty,
            Button(
                Words(lambda t, _: t.button("Skip")), "no_warranty", on_click=once(_no_warranty)
            ),
        ),
    ]

"""The questions of one line: typed values and one-tap answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiogram_dialog import DialogManager, Window
from aiogram_dialog.widgets.kbd import Button, Row

from domain.money import parse_days, parse_money, parse_quantity
from handlers.forms import PRIMARY, Values
from handlers.steps import acts, asks_text, cancel_button
from handlers.supplier.offer_form.flow import (
    asked_in,
    card_in,
    draft_in,
    go_back,
    go_on,
    next_line,
    to_review,
)
from handlers.supplier.offer_form.states import state_of_step
from handlers.views import format as fmt
from handlers.views.offer_draft import LineDraft
from handlers.views.offer_form import question
from handlers.views.offers import line_at
from handlers.views.parts import cut
from handlers.views.translator import Translator
from handlers.views.units import same_unit

Take = Callable[[LineDraft, str, DialogManager], Awaitable[None]]
_LABEL = 24


async def take_quantity(line: LineDraft, text: str, manager: DialogManager) -> None:
    """A part of the volume, or all of it; a price typed for another volume is asked again."""
    unit = line_at(await card_in(manager), draft_in(manager).at).unit
    value = parse_quantity(text, lambda word: same_unit(word, unit))
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


async def take_all(manager: DialogManager) -> None:
    """The whole volume."""
    draft = draft_in(manager)
    draft.line.quantity = line_at(await card_in(manager), draft.at).quantity
    await go_on(manager, draft, "quantity")


async def as_required(manager: DialogManager) -> None:
    """The characteristics of the order."""
    draft = draft_in(manager)
    draft.line.characteristics = line_at(await card_in(manager), draft.at).characteristics
    await go_on(manager, draft, "characteristics")


async def no_warranty(manager: DialogManager) -> None:
    """No warranty and no service."""
    draft = draft_in(manager)
    draft.line.warranty = ""
    await go_on(manager, draft, "warranty")


async def keep_value(manager: DialogManager) -> None:
    """The answer that stands."""
    draft = draft_in(manager)
    if draft.mending and draft.line.missing is None:
        await to_review(manager, draft)
    else:
        await go_on(manager, draft, draft.step)


async def skip_line(manager: DialogManager) -> None:
    """No offer for this line."""
    draft = draft_in(manager)
    draft.line.skipped = True
    await next_line(manager, draft)


async def skip_rest(manager: DialogManager) -> None:
    """No offer for this line and those after it."""
    draft = draft_in(manager)
    for at in draft.positions:
        if at >= draft.at and draft.lines[at].missing:
            draft.lines[at].skipped = True
    if draft.unfinished() is None:
        await to_review(manager, draft)
    else:
        await next_line(manager, draft)


async def back(manager: DialogManager) -> None:
    """One question back."""
    await go_back(manager, draft_in(manager))


def way_out() -> Row:
    """Back and cancel."""
    return Row(acts(lambda t, _: t.button("Back"), "back", back, when="back"), cancel_button())


def _all(t: Translator, data: Values) -> str:
    quantity = fmt.number(t, line_at(data["card"], data["draft"].at).quantity)
    return cut(t.button("All ({quantity})", quantity=quantity), _LABEL)


def _window(step: str, take: Take, *answers: Button) -> Window:
    async def taken(manager: DialogManager, text: str) -> None:
        draft = draft_in(manager)
        await take(draft.line, text, manager)
        await go_on(manager, draft, step)

    return asks_text(
        lambda t, data: question(t, data["card"], data["draft"], step),
        taken,
        state_of_step(step),
        *answers,
        acts(lambda t, _: t.button("Keep as it is"), "keep", keep_value, when="known"),
        way_out(),
    )


def step_windows() -> list[Window]:
    """Volume, price, period, characteristics, warranty; photos have a window of their own."""
    required = acts(lambda t, _: t.button("As required"), "as_required", as_required, style=PRIMARY)
    return [
        _window(
            "quantity",
            take_quantity,
            acts(_all, "all", take_all, style=PRIMARY),
            acts(lambda t, _: t.button("Skip this line"), "skip", skip_line, when="several"),
            acts(lambda t, _: t.button("Skip the rest"), "skip_rest", skip_rest, when="rest"),
        ),
        _window("price", take_price),
        _window("days", take_days),
        _window("characteristics", take_characteristics, required),
        _window(
            "warranty",
            take_warranty,
            acts(lambda t, _: t.button("Skip"), "no_warranty", no_warranty),
        ),
    ]

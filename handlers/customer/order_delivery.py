"""The order form from the goods on: delivery, files, review, splitting a mixed order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiogram.fsm.state import State
from aiogram_dialog import DialogManager, Window
from aiogram_dialog.widgets.common import Whenable
from aiogram_dialog.widgets.kbd import Keyboard, Row, Select

from domain.law import MIN_DELIVERY_DAYS
from domain.orders.rules import split_by_homogeneity
from handlers.customer import order_steps as steps
from handlers.customer.order_draft import new_lines
from handlers.customer.order_states import FORM, OrderForm
from handlers.forms import PRIMARY, Words, cancel_button
from handlers.steps import Take, acts, expects, moves, sent_file, typed, wants_button, wants_text
from handlers.views import format as fmt
from handlers.views.order_form import now_is, order_review, split_question
from handlers.views.parts import cut
from handlers.views.translator import Html, Translator, join

Data = dict[str, Any]
Ask = Callable[[Translator, Data], Html]
_DAYS = (60, 90, 120)


async def _baskets(dialog_manager: DialogManager, **_: object) -> Data:
    return {"baskets": split_by_homogeneity(new_lines(dialog_manager.dialog_data))}


def _delivery_window(
    step: State, key: str, ask: Ask, take: Take, before: State, after: State, *extra: Keyboard
) -> Window:
    """A step of delivery, with what it says now."""

    def text(t: Translator, data: Data) -> Html:
        value = data["dialog_data"].get(key)
        return join([ask(t, data), now_is(t, str(value) if value else None)], "\n\n")

    def held(data: Data, _: Whenable, __: DialogManager) -> bool:
        return bool(data["dialog_data"].get(key))

    return Window(
        Words(text),
        typed(take),
        wants_text(),
        *extra,
        moves(lambda t, _: t.button("Leave as it is"), "keep", FORM, after, when=held),
        Row(moves(lambda t, _: t.button("Back"), "back", FORM, before), cancel_button(FORM)),
        state=step,
    )


def delivery_windows() -> list[Window]:
    """Place, terms, days."""
    return [
        _delivery_window(
            OrderForm.place,
            "place",
            lambda t, _: t(
                "Place of delivery? Type the address. "
                "Example: Astana, 12 Kabanbay Batyr Avenue, warehouse 3"
            ),
            steps.take_place,
            OrderForm.goods,
            OrderForm.terms,
        ),
        _delivery_window(
            OrderForm.terms,
            "terms",
            lambda t, _: t(
                "Terms of delivery? Who unloads, in which lots, on which days. "
                "Example: in one lot, on working days, unloading by the supplier"
            ),
            steps.take_terms,
            OrderForm.place,
            OrderForm.days,
        ),
        _delivery_window(
            OrderForm.days,
            "days",
            lambda t, _: t(
                "Within how many calendar days from the date of the contract? "
                "At least {days}: the law gives producers time to make the goods ({clause}).",
                days=MIN_DELIVERY_DAYS.value,
                clause=fmt.clause(t, MIN_DELIVERY_DAYS.clause or ""),
            ),
            steps.take_days,
            OrderForm.terms,
            OrderForm.files,
            Select(
                Words(
                    lambda t, data: t.plural("{n} calendar day", "{n} calendar days", data["item"])
                ),
                "days",
                item_id_getter=str,
                items=lambda _: list(_DAYS),
                type_factory=int,
                on_click=steps.choose_days,
            ),
        ),
    ]


def _files_text(t: Translator, data: Data) -> Html:
    files = data["dialog_data"].get("files", [])
    names = cut(", ".join(str(each["name"]) for each in files), 800)
    return join(
        [
            t("Send drawings or documents for suppliers: up to 10 files of 20 MB. Or continue."),
            t("Files so far: {names}", names=names) if files else "",
        ],
        "\n\n",
    )


def _has_files(data: Data, _: Whenable, __: DialogManager) -> bool:
    return bool(data["dialog_data"].get("files"))


def last_windows() -> list[Window]:
    """Files, the review, and the question of splitting."""
    return [
        Window(
            Words(_files_text),
            sent_file(steps.take_order_file),
            expects(lambda t, _: t("Please send a file or a photo, or press “Continue”.")),
            moves(lambda t, _: t.button("Continue"), "done", FORM, OrderForm.review, style=PRIMARY),
            acts(
                lambda t, _: t.button("Remove the files"), "drop", steps.drop_files, when=_has_files
            ),
            Row(
                moves(lambda t, _: t.button("Back"), "back", FORM, OrderForm.days),
                cancel_button(FORM),
            ),
            state=OrderForm.files,
        ),
        Window(
            Words(lambda t, data: order_review(t, data["dialog_data"])),
            wants_button(),
            acts(lambda t, _: t.button("Save the draft"), "save", steps.save, style=PRIMARY),
            Row(
                moves(lambda t, _: t.button("Change the goods"), "goods", FORM, OrderForm.goods),
                moves(lambda t, _: t.button("Change delivery"), "place", FORM, OrderForm.place),
            ),
            Row(
                moves(lambda t, _: t.button("Back"), "back", FORM, OrderForm.files),
                cancel_button(FORM),
            ),
            state=OrderForm.review,
        ),
        Window(
            Words(lambda t, data: split_question(t, data["baskets"])),
            wants_button(),
            moves(lambda t, _: t.button("Change the goods"), "goods", FORM, OrderForm.goods),
            acts(
                lambda t, _: t.button("Split into orders"), "split", steps.save_split, style=PRIMARY
            ),
            cancel_button(FORM),
            state=OrderForm.split,
            getter=_baskets,
        ),
    ]

"""The order form from the goods on: delivery, files, review, splitting a mixed order."""

from __future__ import annotations

from aiogram.fsm.state import State
from aiogram_dialog import DialogManager, Window
from aiogram_dialog.widgets.common import Whenable
from aiogram_dialog.widgets.kbd import Keyboard, Row

from domain.orders.attaching import check_document
from domain.orders.rules import split_by_homogeneity
from handlers.customer import order_steps as steps
from handlers.customer.order_draft import new_lines
from handlers.customer.order_states import OrderForm
from handlers.forms import PRIMARY, Values, Words
from handlers.steps import (
    Take,
    acts,
    asks_press,
    asks_text,
    back_button,
    cancel_button,
    expects,
    moves,
    picks,
    sent_file,
)
from handlers.views.order_form import order_review, split_question
from handlers.views.order_questions import delivery_question, files_question

_DAYS = (60, 90, 120)


async def _baskets(dialog_manager: DialogManager, **_: object) -> Values:
    return {"baskets": split_by_homogeneity(new_lines(dialog_manager.dialog_data))}


def _delivery_window(
    step: str, take: Take, before: State, after: State, *extra: Keyboard
) -> Window:
    def held(data: Values, _: Whenable, __: DialogManager) -> bool:
        return bool(data["dialog_data"].get(step))

    return asks_text(
        lambda t, data: delivery_question(t, data["dialog_data"], step),
        take,
        getattr(OrderForm, step),
        *extra,
        moves(lambda t, _: t.button("Leave as it is"), "keep", after, when=held),
        Row(back_button(before), cancel_button()),
    )


def delivery_windows() -> list[Window]:
    """Place, terms, days."""
    days = picks(
        lambda t, data: t.plural("{n} calendar day", "{n} calendar days", data["item"]),
        "days",
        lambda _: list(_DAYS),
        str,
        steps.take_days,
    )
    return [
        _delivery_window("place", steps.take_place, OrderForm.goods, OrderForm.terms),
        _delivery_window("terms", steps.take_terms, OrderForm.place, OrderForm.days),
        _delivery_window("days", steps.take_days, OrderForm.terms, OrderForm.files, days),
    ]


def _has_files(data: Values, _: Whenable, __: DialogManager) -> bool:
    return bool(data["dialog_data"].get("files"))


def last_windows() -> list[Window]:
    """Files, the review, and the question of splitting."""
    return [
        Window(
            Words(lambda t, data: files_question(t, data["dialog_data"])),
            sent_file(steps.take_order_file, check_document),
            expects(lambda t, _: t("Please send a file or a photo, or press “Continue”.")),
            moves(lambda t, _: t.button("Continue"), "done", OrderForm.review, style=PRIMARY),
            acts(
                lambda t, _: t.button("Remove the files"), "drop", steps.drop_files, when=_has_files
            ),
            Row(back_button(OrderForm.days), cancel_button()),
            state=OrderForm.files,
        ),
        asks_press(
            lambda t, data: order_review(t, data["dialog_data"], data["excesses"]),
            OrderForm.review,
            acts(lambda t, _: t.button("Save the draft"), "save", steps.save, style=PRIMARY),
            Row(
                moves(lambda t, _: t.button("Change the goods"), "goods", OrderForm.goods),
                moves(lambda t, _: t.button("Change delivery"), "place", OrderForm.place),
            ),
            Row(back_button(OrderForm.files), cancel_button()),
            getter=steps.excesses_now,
        ),
        asks_press(
            lambda t, data: split_question(t, data["baskets"]),
            OrderForm.split,
            moves(lambda t, _: t.button("Change the goods"), "goods", OrderForm.goods),
            acts(
                lambda t, _: t.button("Split into orders"), "split", steps.save_split, style=PRIMARY
            ),
            cancel_button(),
            getter=_baskets,
        ),
    ]

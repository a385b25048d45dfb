"""The order form: its goods, told in the chat, by XLSX or from a goods list."""

from __future__ import annotations

from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.common import Whenable
from aiogram_dialog.widgets.kbd import Keyboard, Row

from handlers.context import ctx_of
from handlers.customer import order_steps as steps
from handlers.customer.order_delivery import delivery_windows, last_windows
from handlers.customer.order_states import (
    OrderForm,
    begin_line,
    line_step_back,
    line_step_done,
)
from handlers.forms import DANGER, PRIMARY, Values, Words, seeded
from handlers.steps import (
    Take,
    acts,
    asks_press,
    asks_text,
    back_button,
    cancel_button,
    expects,
    leave_window,
    moves,
    picks,
    resume_window,
    sent_file,
    typed,
)
from handlers.views.goods_lists import lists_text, which_need
from handlers.views.order_form import goods_so_far
from handlers.views.order_questions import (
    line_now,
    line_question,
    name_keys,
    upload_question,
)
from handlers.views.parts import cut
from handlers.views.terms import UNITS, unit


def _line_window(step: str, take: Take, *extra: Keyboard) -> Window:
    """A step of one good: the question, what it says now, leave as it is, back, cancel."""

    def held(data: Values, _: Whenable, manager: DialogManager) -> bool:
        return bool(line_now(ctx_of(manager).t, data["dialog_data"], step))

    async def keep(manager: DialogManager) -> None:
        await line_step_done(manager, step)

    async def back(manager: DialogManager) -> None:
        await line_step_back(manager, step)

    return asks_text(
        lambda t, data: line_question(t, data["dialog_data"], step, data.get("need")),
        take,
        getattr(OrderForm, step),
        *extra,
        acts(lambda t, _: t.button("Leave as it is"), "keep", keep, when=held),
        Row(acts(lambda t, _: t.button("Back"), "back", back), cancel_button()),
        getter=steps.need_now if step == "quantity" else None,
    )


def _changing(data: Values, _: Whenable, __: DialogManager) -> bool:
    return data["dialog_data"].get("at") is not None


def _no_other_name(data: Values, _: Whenable, manager: DialogManager) -> bool:
    other = name_keys(ctx_of(manager).t)[1]
    return not data["dialog_data"].get("line", {}).get(other)


async def _skip_other_name(manager: DialogManager) -> None:
    await line_step_done(manager, "other_name")


def _line_windows() -> list[Window]:
    remove = acts(
        lambda t, _: t.button("Remove this good"),
        "remove",
        steps.remove_line,
        when=_changing,
        style=DANGER,
    )
    skip = acts(lambda t, _: t.button("Skip"), "skip", _skip_other_name, when=_no_other_name)
    units = picks(
        lambda t, data: unit(t, data["item"]),
        "unit",
        lambda _: list(UNITS),
        str,
        steps.take_unit,
        width=4,
    )
    return [
        _line_window("name", steps.take_name, remove),
        _line_window("other_name", steps.take_other_name, skip),
        _line_window("code", steps.take_code),
        _line_window("quantity", steps.take_quantity),
        _line_window("unit", steps.take_unit, units),
        _line_window("sum", steps.take_sum),
        _line_window("characteristics", steps.take_characteristics),
    ]


async def _lists(dialog_manager: DialogManager, **_: object) -> Values:
    ctx = ctx_of(dialog_manager)
    return {"lists": await ctx.services.goods_lists.lists(ctx.actor)}


async def _items(dialog_manager: DialogManager, **_: object) -> Values:
    page = await steps.items_page(dialog_manager)
    further = bool(dialog_manager.dialog_data.get("after"))
    return {"page": page, "more": page.after is not None or further}


def _source_windows() -> list[Window]:
    """XLSX and the goods list."""
    return [
        Window(
            Words(lambda t, _: upload_question(t)),
            sent_file(steps.take_sheet),
            expects(lambda t, _: t("Please send the filled XLSX file as a document.")),
            cancel_button(),
            state=OrderForm.upload,
        ),
        asks_press(
            lambda t, data: lists_text(t, data["lists"][:20]),
            OrderForm.lists,
            picks(
                lambda t, data: cut(data["item"].project_name, 24),
                "list",
                lambda data: data["lists"][:20],
                lambda item: item.id,
                steps.choose_list,
            ),
            Row(back_button(OrderForm.goods), cancel_button()),
            getter=_lists,
        ),
        asks_press(
            lambda t, data: which_need(t, data["page"]),
            OrderForm.items,
            picks(
                lambda t, data: cut(data["item"].item, 24),
                "item",
                lambda data: data["page"].items,
                lambda item: item.id,
                steps.choose_item,
                width=4,
            ),
            acts(lambda t, _: t.button("Further items"), "more", steps.further_items, when="more"),
            Row(back_button(OrderForm.lists), cancel_button()),
            getter=_items,
        ),
    ]


def _has_lines(data: Values, _: Whenable, __: DialogManager) -> bool:
    return bool(data["dialog_data"].get("lines"))


def _goods_window() -> Window:
    return Window(
        Words(lambda t, data: goods_so_far(t, data["dialog_data"].get("lines", []))),
        typed(steps.take_line_number),
        expects(lambda t, _: t("Please press a button, or type the number of a good.")),
        acts(
            lambda t, _: t.button("Continue"),
            "done",
            steps.goods_done,
            when=_has_lines,
            style=PRIMARY,
        ),
        Row(
            acts(lambda t, _: t.button("One more good"), "add", begin_line),
            moves(lambda t, _: t.button("From the goods list"), "pick", OrderForm.lists),
        ),
        cancel_button(),
        state=OrderForm.goods,
    )


def order_dialog() -> Dialog:
    """All windows, in the order of the steps."""
    return Dialog(
        resume_window(OrderForm.resume),
        *_source_windows(),
        *_line_windows(),
        _goods_window(),
        *delivery_windows(),
        *last_windows(),
        leave_window(OrderForm.leave),
        on_start=seeded,
    )

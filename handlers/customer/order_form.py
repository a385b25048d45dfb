"""The order form: its goods, told in the chat, by XLSX or from a goods list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiogram.fsm.state import State
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.common import Whenable
from aiogram_dialog.widgets.kbd import Group, Keyboard, Row, Select

from handlers.context import ctx_of
from handlers.customer import order_steps as steps
from handlers.customer.order_delivery import delivery_windows, last_windows
from handlers.customer.order_states import (
    FORM,
    LINE_STEPS,
    OrderForm,
    begin_line,
    leave_line,
    line_step_done,
)
from handlers.forms import DANGER, PRIMARY, Words, cancel_button
from handlers.steps import (
    Take,
    acts,
    expects,
    go,
    moves,
    resume_window,
    seeded,
    sent_file,
    typed,
    wants_button,
    wants_text,
)
from handlers.views.order_form import (
    goods_so_far,
    items_text,
    lists_text,
    now_is,
)
from handlers.views.parts import cut
from handlers.views.terms import UNITS, unit
from handlers.views.translator import Html, Translator, join

Data = dict[str, Any]
Ask = Callable[[Translator, Data], Html]


def _held(data: Data, key: str) -> Any:
    return data["dialog_data"].get("line", {}).get(key)


def _shown_now(t: Translator, data: Data, step: State) -> Html:
    """What the good being changed says at this step."""
    line = data["dialog_data"].get("line", {})
    keys = {
        OrderForm.code: ("code", "agsk3"),
        OrderForm.quantity: ("quantity",),
        OrderForm.sum: ("sum",),
        OrderForm.characteristics: ("characteristics",),
    }
    if step == OrderForm.name:
        return now_is(t, line.get(_keys(t)[0]))
    if step == OrderForm.other_name:
        return now_is(t, line.get(_keys(t)[1]))
    if step == OrderForm.unit:
        return now_is(t, unit(t, line["unit"]) if line.get("unit") else None)
    return now_is(t, ", ".join(filter(None, (line.get(key) for key in keys[step]))))


def _keys(t: Translator) -> tuple[str, str]:
    return ("name_kk", "name_ru") if t.locale == "kk" else ("name_ru", "name_kk")


def _line_window(step: State, ask: Ask, take: Take, *extra: Keyboard) -> Window:
    """A step of one good: the question, what it says now, leave as it is, back, cancel."""
    place = LINE_STEPS.index(step)

    def text(t: Translator, data: Data) -> Html:
        title = t("Good No. {number}", number=_number(data))
        return join([title, ask(t, data), _shown_now(t, data, step)], "\n\n")

    def held(data: Data, _: Whenable, manager: DialogManager) -> bool:
        return bool(_shown_now(ctx_of(manager).t, data, step))

    async def keep(manager: DialogManager) -> None:
        await line_step_done(manager, step)

    async def back(manager: DialogManager) -> None:
        if place:
            await go(manager, FORM, LINE_STEPS[place - 1])
        else:
            await leave_line(manager)

    return Window(
        Words(text),
        typed(take),
        wants_text(),
        *extra,
        acts(lambda t, _: t.button("Leave as it is"), "keep", keep, when=held),
        Row(acts(lambda t, _: t.button("Back"), "back", back), cancel_button(FORM)),
        state=step,
    )


def _number(data: Data) -> int:
    at = data["dialog_data"].get("at")
    return int(at) + 1 if at is not None else len(data["dialog_data"].get("lines", [])) + 1


def _changing(data: Data, _: Whenable, __: DialogManager) -> bool:
    return data["dialog_data"].get("at") is not None


def _no_other_name(data: Data, _: Whenable, manager: DialogManager) -> bool:
    return not _held(data, _keys(ctx_of(manager).t)[1])


async def _skip_other_name(manager: DialogManager) -> None:
    await line_step_done(manager, OrderForm.other_name)


def _line_windows() -> list[Window]:
    return [
        _line_window(
            OrderForm.name,
            lambda t, _: t("What do you need? Type the name. Example: Steel pipe 57x3.5"),
            steps.take_name,
            acts(
                lambda t, _: t.button("Remove this good"),
                "remove",
                steps.remove_line,
                when=_changing,
                style=DANGER,
            ),
        ),
        _line_window(
            OrderForm.other_name,
            lambda t, _: (
                t("The name in Russian?")
                if t.locale == "kk"
                else t("The name in Kazakh? Suppliers who read Kazakh will see it.")
            ),
            steps.take_other_name,
            acts(lambda t, _: t.button("Skip"), "skip", _skip_other_name, when=_no_other_name),
        ),
        _line_window(
            OrderForm.code,
            lambda t, _: t(
                "The code of the good: ENS TRU or AGSK-3. Suppliers are found by it.\n"
                "Examples: 242013.100.000000 or 241-101-0101. "
                "If you have both, put a comma between them."
            ),
            steps.take_code,
        ),
        _line_window(
            OrderForm.quantity,
            lambda t, _: t("How much? Type the quantity without the unit. Example: 120,5"),
            steps.take_quantity,
        ),
        _line_window(
            OrderForm.unit,
            lambda t, _: t("In which unit? Press a button or type your own."),
            steps.take_unit,
            Group(
                Select(
                    Words(lambda t, data: unit(t, data["item"])),
                    "unit",
                    item_id_getter=str,
                    items=lambda _: list(UNITS),
                    on_click=steps.choose_unit,
                ),
                width=4,
            ),
        ),
        _line_window(
            OrderForm.sum,
            lambda t, data: t(
                "The allocated sum in tenge for the whole quantity ({quantity})? "
                "Offers above it will be rejected. Example: 1 250 000,50",
                quantity=join(
                    [str(_held(data, "quantity")), unit(t, str(_held(data, "unit")))], " "
                ),
            ),
            steps.take_sum,
        ),
        _line_window(
            OrderForm.characteristics,
            lambda t, _: t(
                "Technical characteristics: size, material, standard, package. "
                "Up to 4000 characters in one message."
            ),
            steps.take_characteristics,
        ),
    ]


async def _lists(dialog_manager: DialogManager, **_: object) -> Data:
    ctx = ctx_of(dialog_manager)
    return {"lists": await ctx.services.goods_lists.lists(ctx.actor)}


async def _items(dialog_manager: DialogManager, **_: object) -> Data:
    ctx, data = ctx_of(dialog_manager), dialog_manager.dialog_data
    page = await ctx.services.goods_lists.items(
        ctx.actor, data["list"], data.get("after", 0), only_uncovered=True
    )
    return {"page": page, "more": page.after is not None or bool(data.get("after"))}


def _source_windows() -> list[Window]:
    """XLSX and the goods list."""
    return [
        Window(
            Words(
                lambda t, _: t(
                    "Fill in the template above: delivery on top, one good in each row. "
                    "Then send the file here."
                )
            ),
            sent_file(steps.take_sheet),
            expects(lambda t, _: t("Please send the filled XLSX file as a document.")),
            cancel_button(FORM),
            state=OrderForm.upload,
        ),
        Window(
            Words(lambda t, data: lists_text(t, data["lists"])),
            wants_button(),
            Group(
                Select(
                    Words(lambda t, data: cut(data["item"].project_name, 24)),
                    "list",
                    item_id_getter=lambda item: item.id,
                    items=lambda data: data["lists"][:20],
                    type_factory=int,
                    on_click=steps.choose_list,
                ),
                width=1,
            ),
            Row(
                moves(lambda t, _: t.button("Back"), "back", FORM, OrderForm.goods),
                cancel_button(FORM),
            ),
            state=OrderForm.lists,
            getter=_lists,
        ),
        Window(
            Words(
                lambda t, data: join(
                    [t("Which need shall be ordered?"), items_text(t, data["page"])], "\n\n"
                )
            ),
            wants_button(),
            Group(
                Select(
                    Words(lambda t, data: cut(data["item"].item, 24)),
                    "item",
                    item_id_getter=lambda item: item.id,
                    items=lambda data: data["page"].items,
                    type_factory=int,
                    on_click=steps.choose_item,
                ),
                width=4,
            ),
            acts(lambda t, _: t.button("Further items"), "more", steps.further_items, when="more"),
            Row(
                moves(lambda t, _: t.button("Back"), "back", FORM, OrderForm.lists),
                cancel_button(FORM),
            ),
            state=OrderForm.items,
            getter=_items,
        ),
    ]


def _has_lines(data: Data, _: Whenable, __: DialogManager) -> bool:
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
            moves(lambda t, _: t.button("From the goods list"), "pick", FORM, OrderForm.lists),
        ),
        cancel_button(FORM),
        state=OrderForm.goods,
    )


def order_dialog() -> Dialog:
    """All windows, in the order of the steps."""
    return Dialog(
        resume_window(FORM, OrderForm.resume),
        *_source_windows(),
        *_line_windows(),
        _goods_window(),
        *delivery_windows(),
        *last_windows(),
        on_start=seeded,
    )

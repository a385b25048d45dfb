"""Texts of the order form: its goods, the review, baskets of a mixed order, errors of a sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from domain.documents.sheets import SheetErrors
from domain.goods_lists.needs import Excess
from domain.orders.rules import LineTerms
from handlers.views import format as fmt
from handlers.views.errors import describe_sheet_error
from handlers.views.needs import excess_block
from handlers.views.order_details import back_to
from handlers.views.orders import codes
from handlers.views.parts import cut, fits, name_of
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.terms import unit
from handlers.views.translator import Html, Translator, escape, join

_NAME = 120
_CHARACTERISTICS = 150
_ROOM = (12, 6, 3, 1)
_ERRORS = 15

Values = Mapping[str, Any]


def new_order_choice(t: Translator) -> Shown:
    """How to make an order."""
    text = join(
        [
            bold(t("New order")),
            t("How would you like to fill it in?"),
            t("Form in the chat: step by step, good for a few goods."),
            t("XLSX: I send a template, you fill it in and send it back. Good for many goods."),
            t("Goods list: pick the needs of your project that no order covers yet."),
        ]
    )
    return Shown(
        text,
        keyboard(
            [button(t.button("Form in the chat"), press("order.form"), "primary")],
            [button(t.button("By XLSX"), press("order.xlsx"))],
            [button(t.button("From the goods list"), press("order.pick"))],
        ),
    )


def line_text(t: Translator, number: int, line: Values) -> Html:
    """A line of the form: name, quantity, sum, code."""
    return join(
        [
            t(
                "{line}. {name}: {quantity}, allocated sum {sum}",
                line=number,
                name=cut(line_name(t, line), _NAME),
                quantity=fmt.quantity(t, Decimal(line["quantity"]), unit(t, line["unit"])),
                sum=fmt.money(t, Decimal(line["sum"])),
            ),
            codes(t, line.get("code", ""), line.get("agsk3", "")),
        ]
    )


def line_name(t: Translator, line: Values) -> str:
    """The name in the reader's language, or in the other one."""
    first, second = str(line.get("name_ru", "")), str(line.get("name_kk", ""))
    return (second or first) if t.locale == "kk" else (first or second)


def _whole_line(t: Translator, number: int, line: Values) -> Html:
    """A line with the beginning of its characteristics, to be checked before it is saved."""
    told = cut(str(line.get("characteristics", "")), _CHARACTERISTICS)
    return join([line_text(t, number, line), t("Characteristics: {text}", text=told)])


def _lines(t: Translator, lines: Sequence[Values], room: int, *, whole: bool = False) -> Html:
    told = _whole_line if whole else line_text
    rows = [told(t, number, line) for number, line in enumerate(lines[:room], start=1)]
    if len(lines) > room:
        more = len(lines) - room
        rows.append(t.plural("and {n} more good", "and {n} more goods", more))
    total = sum((Decimal(line["sum"]) for line in lines), Decimal(0))
    if len(lines) > 1:
        rows.append(t("Allocated sum in all: {sum}", sum=fmt.money(t, total)))
    return join(rows)


def goods_so_far(t: Translator, lines: Sequence[Values]) -> Html:
    """The goods of the order so far, and how to go on."""
    if not lines:
        return t("There are no goods in the order yet. Add the first one.")
    for room in _ROOM:
        text = join(
            [
                bold(t("Goods of the order")),
                _lines(t, lines, room),
                t("Add one more good, or continue. To change a good, type its number."),
            ],
            "\n\n",
        )
        if fits(text):
            break
    return text


def order_review(t: Translator, values: Values, excesses: Sequence[Excess] = ()) -> Html:
    """The whole order before it is saved, with what goes beyond the needs of goods lists."""
    files = [str(each["name"]) for each in values.get("files", [])]
    attached = int(values.get("attached", 0))
    days = int(values.get("days", 0))
    for room in _ROOM:
        text = join(
            [
                bold(t("Please check the order")),
                _lines(t, values.get("lines", []), room, whole=True),
                join(
                    [
                        t("Place of delivery: {place}", place=cut(str(values["place"]), 300)),
                        t("Terms of delivery: {terms}", terms=cut(str(values["terms"]), 500)),
                        t(
                            "Delivery: at most {days} from the date of the contract",
                            days=t.plural("{n} calendar day", "{n} calendar days", days),
                        ),
                    ]
                ),
                excess_block(t, excesses),
                t("Files: {names}", names=cut(", ".join(files), 300)) if files else "",
                t("Files attached before: {count}", count=attached) if attached else "",
                t("It is saved as a draft. Nobody is told until you publish it."),
            ],
            "\n\n",
        )
        if fits(text):
            break
    return text


def split_question(t: Translator, baskets: Sequence[Sequence[LineTerms]]) -> Html:
    """Why the goods cannot stand in one order, and what they would be split into."""
    rows = []
    for number, basket in enumerate(baskets[:8], start=1):
        names = cut("; ".join(name_of(t, line) for line in basket), 250)
        rows.append(t("{number}) {names}", number=number, names=names))
    return join(
        [
            bold(t("These goods cannot stand in one order.")),
            t(
                "An order holds goods of one kind: the same first 6 digits of the ENS TRU code, "
                "or the same AGSK-3 group ({clause}).",
                clause=fmt.clause(t, "344-13.1"),
            ),
            join(
                [
                    t.plural(
                        "They can be split into {n} order:",
                        "They can be split into {n} orders:",
                        len(baskets),
                    ),
                    *rows,
                ]
            ),
        ],
        "\n\n",
    )


def orders_saved(t: Translator, numbers: Sequence[int]) -> Shown:
    """The drafts are saved; each opens by its button."""
    if len(numbers) == 1:
        text = t("Draft order No. {number} is saved.", number=numbers[0])
    else:
        listed = ", ".join(str(number) for number in numbers)
        text = t("Draft orders are saved: {numbers}. Publish each of them.", numbers=listed)
    return Shown(text, keyboard(*([back_to(t, number)] for number in numbers[:20])))


def sheet_errors(t: Translator, errors: SheetErrors) -> Html:
    """What is wrong with a sheet, by row and column, the first ones."""
    head = t("Nothing was taken from the file. Errors found: {count}.", count=errors.total)
    rows = [describe_sheet_error(t, each) for each in errors.errors[:_ERRORS]]
    while rows:
        more = errors.total - len(rows)
        text = join(
            [
                bold(head),
                join(rows),
                t.plural("and {n} more error", "and {n} more errors", more) if more else "",
                t("Correct them in the file and send it again."),
            ],
            "\n\n",
        )
        if fits(text):
            return text
        rows.pop()
    return head


def now_is(t: Translator, value: str | None) -> Html:
    """The value a step holds already."""
    return t("Now: {value}", value=cut(value, 500)) if value else escape("")

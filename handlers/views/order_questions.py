"""What each step of the order form asks, with an example and what it says now."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from domain.goods_lists.needs import Need
from domain.law import MIN_DELIVERY_DAYS
from handlers.views import format as fmt
from handlers.views.needs import need_row
from handlers.views.order_form import now_is
from handlers.views.parts import cut
from handlers.views.terms import unit
from handlers.views.translator import Html, Translator, join

Values = Mapping[str, Any]

#: The steps of one good, in their order; each is the name of its state.
LINE_STEPS = ("name", "other_name", "code", "quantity", "unit", "sum", "characteristics")
DELIVERY_STEPS = ("place", "terms", "days")


def name_keys(t: Translator) -> tuple[str, str]:
    """The keys of the name in the reader's language and in the other one."""
    return ("name_kk", "name_ru") if t.locale == "kk" else ("name_ru", "name_kk")


def line_question(t: Translator, values: Values, step: str, need: Need | None = None) -> Html:
    """A step of one good: which one it is, the question, what it says now.

    ``need`` is what the goods list still needs of it.
    """
    at = values.get("at")
    number = int(at) + 1 if at is not None else len(values.get("lines", [])) + 1
    asked = _ask_line(t, values.get("line", {}), step)
    listed = need_row(t, need) if need else ""
    head = t("Good No. {number}", number=number)
    return join([head, listed, asked, line_now(t, values, step)], "\n\n")


def line_now(t: Translator, values: Values, step: str) -> Html:
    """What the good being described says at this step; empty when nothing yet."""
    line = values.get("line", {})
    own, other = name_keys(t)
    said = {
        "name": line.get(own),
        "other_name": line.get(other),
        "code": ", ".join(filter(None, (line.get("code"), line.get("agsk3")))),
        "quantity": _number(t, line.get("quantity")),
        "unit": unit(t, line["unit"]) if line.get("unit") else None,
        "sum": fmt.money(t, Decimal(line["sum"])) if line.get("sum") else None,
    }
    return now_is(t, said[step] if step in said else line.get(step))


def _number(t: Translator, typed: str | None) -> str | None:
    return fmt.number(t, Decimal(typed)) if typed else None


def _ask_line(t: Translator, line: Values, step: str) -> Html:
    match step:
        case "name":
            return t("What do you need? Type the name. Example: Polyethylene pipe PE100, 225 mm")
        case "other_name":
            return _ask_other_name(t)
        case "code":
            return t(
                "The code of the good: ENS TRU or AGSK-3. Suppliers are found by it.\n"
                "Examples: 222121.500.000001 or 241-101-0101. "
                "If you have both, put a comma between them."
            )
        case "quantity":
            return t("How much? Type the quantity without the unit. Example: 120,5")
        case "unit":
            return t("In which unit? Press a button or type your own.")
    return _ask_sum(t, line) if step == "sum" else _ask_characteristics(t)


def _ask_other_name(t: Translator) -> Html:
    if t.locale == "kk":
        return t("The name in Russian?")
    return t("The name in Kazakh? Suppliers who read Kazakh will see it.")


def _ask_sum(t: Translator, line: Values) -> Html:
    measure = unit(t, str(line.get("unit")))
    return t(
        "The allocated sum in tenge for the whole quantity ({quantity})? "
        "Offers above it will be rejected. Example: 1 250 000,50",
        quantity=join([_number(t, line.get("quantity")) or "", measure], " "),
    )


def _ask_characteristics(t: Translator) -> Html:
    return t(
        "Technical characteristics: size, material, standard, package. "
        "Up to 4000 characters in one message."
    )


def delivery_question(t: Translator, values: Values, step: str) -> Html:
    """A step of delivery, with what it says now."""
    value = values.get(step)
    return join([_ask_delivery(t, step), now_is(t, str(value) if value else None)], "\n\n")


def _ask_delivery(t: Translator, step: str) -> Html:
    match step:
        case "place":
            return t(
                "Place of delivery? Type the address. "
                "Example: Astana, 12 Kabanbay Batyr Avenue, warehouse 3"
            )
        case "terms":
            return t(
                "Terms of delivery? Who unloads, in which lots, on which days. "
                "Example: in one lot, on working days, unloading by the supplier"
            )
    return t(
        "Within how many calendar days from the date of the contract? "
        "At least {days}: the law gives producers time to make the goods ({clause}).",
        days=MIN_DELIVERY_DAYS.value,
        clause=fmt.clause(t, MIN_DELIVERY_DAYS.clause or ""),
    )


def files_question(t: Translator, values: Values) -> Html:
    """Files for suppliers, those sent so far."""
    files = values.get("files", [])
    names = cut(", ".join(str(each["name"]) for each in files), 800)
    return join(
        [
            t("Send drawings or documents for suppliers: up to 10 files of 20 MB. Or continue."),
            t("Files so far: {names}", names=names) if files else "",
        ],
        "\n\n",
    )


def upload_question(t: Translator) -> Html:
    """The filled template comes back."""
    return t(
        "Fill in the template above: delivery on top, one good in each row. "
        "Then send the file here."
    )

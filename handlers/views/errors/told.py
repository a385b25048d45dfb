"""How a refusal is put into words: what happened, what to do now, and the values in between."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from domain.errors import RuleBroken
from handlers.views import format as fmt
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy

_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_UNSAID = "…"

#: How one value of an error is shown.
Shower = Callable[[Translator, object], Html]


@dataclass(frozen=True, slots=True)
class Told:
    """The text of one code; ``shown`` says how values are shown that do not speak for themselves.

    ``do`` tells the person the next step; none where the first sentence already does.
    """

    what: Lazy
    do: Lazy | None = None
    shown: Mapping[str, Shower] = field(default_factory=dict)


#: A text, or a function that picks it by the error's parameters.
Teller = Told | Callable[[RuleBroken], Told]

#: Names of what people fill in, as they stand after a colon.
FIELDS: Mapping[str, Lazy] = {
    "address": lazy("address", context="field"),
    "basis": lazy("ground", context="field"),
    "characteristics": lazy("technical characteristics", context="field"),
    "code": lazy("goods code", context="field"),
    "company": lazy("company", context="field"),
    "consent_data": lazy("consent to the processing of personal data", context="field"),
    "consent_truth": lazy("obligation to give true data", context="field"),
    "contacts": lazy("contacts", context="field"),
    "act_number": lazy("number of the act", context="field"),
    "contract_number": lazy("contract number", context="field"),
    "days": lazy("number of days", context="field"),
    "delivery_days": lazy("delivery period", context="field"),
    "delivery_place": lazy("place of delivery", context="field"),
    "delivery_terms": lazy("terms of delivery", context="field"),
    "email": lazy("e-mail", context="field"),
    "emergency": lazy("ground of the emergency", context="field"),
    "facts": lazy("facts", context="field"),
    "fault": lazy("what does not work", context="field"),
    "full_name": lazy("full name", context="field"),
    "ground": lazy("ground", context="field"),
    "item": lazy("item number", context="field"),
    "label_kk": lazy("words on the button in Kazakh", context="field"),
    "label_ru": lazy("words on the button in Russian", context="field"),
    "measures": lazy("measures taken", context="field"),
    "message": lazy("message", context="field"),
    "money": lazy("sum", context="field"),
    "name": lazy("name", context="field"),
    "name_kk": lazy("name in Kazakh", context="field"),
    "name_ru": lazy("name in Russian", context="field"),
    "note": lazy("note", context="field"),
    "phone": lazy("phone number", context="field"),
    "position": lazy("position", context="field"),
    "price": lazy("price", context="field"),
    "project_code": lazy("project code", context="field"),
    "project_name": lazy("project name", context="field"),
    "proposals": lazy("proposals", context="field"),
    "quantity": lazy("volume", context="field"),
    "reason": lazy("reason", context="field"),
    "registry_number": lazy("number in the registry", context="field"),
    "text_kk": lazy("text in Kazakh", context="field"),
    "text_ru": lazy("text in Russian", context="field"),
    "title": lazy("title", context="field"),
    "subject": lazy("subject", context="field"),
    "to_whom": lazy("to whom", context="field"),
    "unit": lazy("unit of measurement", context="field"),
    "warranty": lazy("warranty and service", context="field"),
}


def field_name(t: Translator, value: object) -> Html:
    """The name of a field; a path of the API (``goods[0].unit``) is shown as it is."""
    known = FIELDS.get(str(value))
    return t(known) if known else escape(str(value))


def field_names(t: Translator, value: object) -> Html:
    """Several names, separated by commas."""
    names = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    return join([field_name(t, name) for name in names], ", ")


def named(names: Mapping[str, Lazy]) -> Shower:
    """Shows a code by its name in ``names``."""

    def shower(t: Translator, value: object) -> Html:
        known = names.get(str(value))
        return t(known) if known else escape(str(value))

    return shower


def money(t: Translator, value: object) -> Html:
    """A sum in tenge."""
    return fmt.money(t, Decimal(str(value)))


def number(t: Translator, value: object) -> Html:
    """A count or a quantity, its digits in groups; other values stay what they are."""
    return fmt.number(t, value) if isinstance(value, int | Decimal) else show(t, value)


def day(t: Translator, value: object) -> Html:
    """A day, also one that came as text."""
    return fmt.day(t, date.fromisoformat(str(value)[:10]))


def megabytes(t: Translator, value: object) -> Html:
    """Bytes as whole megabytes."""
    return fmt.number(t, int(str(value)) // (1024 * 1024))


def show(t: Translator, value: object) -> Html:
    """A value as people write it, by its type. Whole numbers are names: no groups of digits."""
    match value:
        case Lazy():
            return t(value)
        case datetime():
            return fmt.deadline(t, value)
        case date():
            return fmt.day(t, value)
        case Decimal():
            return fmt.number(t, value)
        case list() | tuple():
            return join([show(t, each) for each in value], ", ")
    return escape(_UNSAID if value is None else value if isinstance(value, Html) else str(value))


def fill(t: Translator, text: Lazy, told: Told, params: Mapping[str, object]) -> Html:
    """``text`` with its values; a value that is missing leaves a mark, never an exception."""
    values: dict[str, Html] = {}
    for name in _PLACEHOLDER.findall(text.text):
        shower = told.shown.get(name, show)
        try:
            values[name] = shower(t, params.get(name))
        except (ValueError, ArithmeticError):
            values[name] = show(t, params.get(name))
    return t(text, **values)


def what_of(t: Translator, told: Told, params: Mapping[str, object]) -> Html:
    """What happened, with the line of the order it concerns."""
    what = fill(t, told.what, told, params)
    if params.get("line") is not None and "{line}" not in told.what.text:
        return t("Line {line}: {what}", line=show(t, params["line"]), what=what)
    return what


def do_of(t: Translator, told: Told, params: Mapping[str, object]) -> Html:
    """What to do now; empty when there is nothing to add."""
    return fill(t, told.do, told, params) if told.do else escape("")


def rule_of(t: Translator, clause: str | None) -> Html:
    """The act and the clause; empty for a rule of the house."""
    if not clause:
        return escape("")
    try:
        return fmt.clause(t, clause)
    except ValueError:
        return escape("")

"""Notices of chains: nobody of a company answers, somebody has; and of who has the duty."""

from __future__ import annotations

from collections.abc import Mapping

from aiogram.types import InlineKeyboardButton

from handlers.views import format as fmt
from handlers.views.notices.facts import (
    Draft,
    Facts,
    clause,
    due,
    in_language,
    open_order,
    short,
)
from handlers.views.press import press
from handlers.views.shown import button
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy

_SILENT: Mapping[str, Lazy] = {
    "confirmation": lazy("Order No. {number}: the supplier has not answered yet"),
    "selection": lazy("Order No. {number}: the customer has not chosen yet"),
    "contract": lazy("Order No. {number}: a side has not answered about the contract"),
    "offer_window": lazy("Order No. {number}: a supplier cannot be reached"),
}
_DUE = frozenset({"confirmation", "selection", "contract"})


def turn(t: Translator, f: Facts) -> Html:
    """Above a notice that a chain has sent: why the reader is told now."""
    if not f.text("turn"):
        return escape("")
    return t("Nobody of your company has answered yet: now it is up to you.")


def _company(t: Translator, f: Facts) -> Html:
    name = in_language(t, f.notice.params, "company")
    return t("Company: {name}", name=name) if name else escape("")


def silent(t: Translator, f: Facts) -> Draft:
    """To the other side and the administrators: everybody of a company was told in vain."""
    category = f.text("category")
    term = due(t, f, category) if category in _DUE else escape("")
    headline = _SILENT.get(category, _SILENT["confirmation"])
    return Draft(
        t(headline, number=f.number),
        [
            _company(t, f),
            term or clause(t, f),
            t("The company has nobody here who could be told. If it is urgent, call it.")
            if f.notice.params.get("told") is False
            else t("Its people were told here and have not answered. If it is urgent, call them."),
        ],
        [[open_order(t, f), _who(t, f)]] if f.number else [],
    )


def _who(t: Translator, f: Facts) -> InlineKeyboardButton:
    return button(t.button("Who was told"), press("chains", "o", f.number))


def done(t: Translator, f: Facts) -> Draft:
    """To those a chain has woken: it is settled. The other side learns no more than that."""
    ticket, incident = f.whole("ticket"), f.whole("incident")
    if ticket:
        return Draft(
            t("Request No. {number}: nothing is needed from you any more", number=ticket),
            [t("It was answered.")],
            [[button(t.button("Open the request"), press("desk.open", ticket))]],
        )
    if incident:
        return Draft(
            t("Incident No. {number}: nothing is needed from you any more", number=incident),
            [t("Somebody takes care of it.")],
            [[button(t.button("Open the incident"), press("incident.card", incident))]],
        )
    company = _company(t, f) if f.text("side") != "own" else escape("")
    rows = [[open_order(t, f)]] if f.number else []
    if f.text("how") != "acked":
        headline = t("Order No. {number}: nothing is needed from you any more", number=f.number)
        return Draft(headline, [company, _by_whom(t, f)], rows)
    # Seen is not done: the term runs on, and nobody may rely on more than that.
    category = f.text("category")
    term = due(t, f, category) if category in _DUE else escape("")
    return Draft(
        t("Order No. {number}: the notice has been seen", number=f.number),
        [company, _by_whom(t, f), t("The term runs on until an answer is given."), term],
        rows,
    )


def _by_whom(t: Translator, f: Facts) -> Html:
    if f.text("side") != "own":
        if f.text("how") == "acked":
            return t("Somebody of the company has seen the notice.")
        return t("The company has acted.")
    name = short(f.text("by"))
    if f.text("how") == "acked":
        if name:
            return t("Has seen the notice: {name}.", name=name)
        return t("Somebody of your company has seen the notice.")
    if name:
        return t("{name} has answered.", name=name)
    return t("Your company has answered.")


def given(t: Translator, f: Facts) -> Draft:
    """To whoever has the duty out of turn, or stands in for somebody away."""
    first, last = f.on("first"), f.on("last")
    if f.text("why") == "deputy":
        headline = t("You stand in for a colleague")
        name = short(f.text("instead_of"))
        whom = t("Away: {name}", name=name) if name else escape("")
    else:
        headline, whom = t("You are on duty for your company"), escape("")
    days = escape("")
    if first is not None and last is not None:
        days = t("From {first} to {last}", first=fmt.day(t, first), last=fmt.day(t, last))
    return Draft(
        headline,
        [
            join([whom, days]),
            t("What waits for your company comes to you first on these days."),
        ],
        [[button(t.button("On duty"), press("duty"))]],
    )

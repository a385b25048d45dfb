"""Reminders before a deadline, and word of a deadline that was moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime

from handlers.views import format as fmt
from handlers.views.notices.awards import confirmation_rows, contract_rows
from handlers.views.notices.facts import (
    Draft,
    Facts,
    Row,
    clause,
    due,
    goods,
    in_language,
    open_order,
    short,
    supplier,
    why,
)
from handlers.views.notices.orders import choosing_rows, invitation_rows
from handlers.views.press import press
from handlers.views.shown import bold, button
from handlers.views.terms import DEADLINE_KINDS
from handlers.views.translator import Html, Translator, escape, join

#: Characters of a ground, as administrators type it.
_BASIS = 300


def offer_window(t: Translator, f: Facts) -> Draft:
    """To a supplier who has neither offered nor declined."""
    return Draft(
        t("Reminder: you can still make an offer for order No. {number}", number=f.number),
        [goods(t, f), due(t, f, "offer_window")],
        invitation_rows(t, f),
    )


def selection(t: Translator, f: Facts) -> Draft:
    """To a customer who has not chosen."""
    return Draft(
        t("Reminder: choose suppliers for order No. {number}", number=f.number),
        [goods(t, f), due(t, f, "selection")],
        choosing_rows(t, f),
    )


def confirmation(t: Translator, f: Facts) -> Draft:
    """To a selected supplier who has not answered."""
    return Draft(
        t("Reminder: confirm or refuse order No. {number}", number=f.number),
        [
            goods(t, f),
            due(t, f, "confirmation"),
            t("Without an answer in time the customer can choose another supplier."),
        ],
        confirmation_rows(t, f),
    )


def contract(t: Translator, f: Facts) -> Draft:
    """To both sides of a contract that is not concluded."""
    return Draft(
        t("Reminder: conclude the contract on order No. {number}", number=f.number),
        [join([supplier(t, f), goods(t, f)]), due(t, f, "contract")],
        contract_rows(t, f),
    )


def me(t: Translator, f: Facts) -> Draft:
    """To the person who asked for it, with the next step of the term that it is about."""
    kind = f.text("deadline") or "offer_window"
    rows = _ROWS.get(kind)
    return Draft(
        t("You asked to be reminded: order No. {number}", number=f.number),
        [goods(t, f), due(t, f, kind)],
        rows(t, f) if rows is not None else [[open_order(t, f)]],
    )


_ROWS: Mapping[str, Callable[[Translator, Facts], Sequence[Row]]] = {
    "offer_window": invitation_rows,
    "selection": choosing_rows,
    "confirmation": confirmation_rows,
    "contract": contract_rows,
}


def dropped(t: Translator, f: Facts) -> Draft:
    """To the person who asked for it: the term now ends before that moment."""
    at, due_at = f.at("at"), f.at("due_at")
    return Draft(
        t("Order No. {number}: your reminder is dropped", number=f.number),
        [
            t("It was set for {when}.", when=fmt.due(t, at)) if at else escape(""),
            t("The term now ends earlier: {due_at}", due_at=fmt.deadline(t, due_at))
            if due_at
            else escape(""),
            fmt.left(t, f.now, due_at) if due_at else escape(""),
        ],
        [
            [button(t.button("Set another one"), press("set.remind"))],
            [open_order(t, f), why(f, f.text("deadline"), f.whole("award"))],
        ],
    )


def moved(t: Translator, f: Facts) -> Draft:
    """To the people touched: a change of the working calendar has moved a deadline."""
    kind, old, new = f.text("deadline"), f.at("old"), f.at("new")
    label = DEADLINE_KINDS.get(kind)
    return Draft(
        t("Order No. {number}: a deadline has moved", number=f.number),
        [
            join(
                [
                    t(label) + ": " + _new_end(t, new) if label else _new_end(t, new),
                    t("It was: {due_at}", due_at=fmt.deadline(t, old)) if old else "",
                    join([fmt.left(t, f.now, new) if new else "", clause(t, f)], " · "),
                ]
            ),
            join(
                [
                    t("The working calendar has changed. Reminders have moved with the deadline."),
                    *_changed_days(t, f),
                ]
            ),
        ],
        [[open_order(t, f), why(f, kind, f.whole("award"))]],
    )


def _changed_days(t: Translator, f: Facts) -> Iterator[Html]:
    """Which days have changed, each with the ground the administrator gave."""
    for each in f.items("days"):
        try:
            day = fmt.day(t, date.fromisoformat(str(each.get("day"))))
        except ValueError:
            continue
        working = each.get("working")
        if working is None:
            yield t("{day}: the earlier decision is taken back", day=day)
        elif working:
            yield t("{day}: a working day. {name}", day=day, name=in_language(t, each))
        else:
            yield t("{day}: a day off. {name}", day=day, name=in_language(t, each))
        if basis := str(each.get("basis") or ""):
            yield t("Ground: {ground}", ground=short(basis, _BASIS))
    if more := f.whole("more_days"):
        yield t.plural("and {n} more day", "and {n} more days", more)


def _new_end(t: Translator, new: datetime | None) -> Html:
    return bold(fmt.due(t, new)) if new else escape("…")

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
from handlers.views.terms import DEADLINE_KINDS, INCIDENT_TERMS
from handlers.views.translator import Html, Lazy, Translator, escape, join

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
    if at_desk(kind):
        return _me_at_desk(t, f, kind)
    rows = _ROWS.get(kind)
    return Draft(
        t("You asked to be reminded: order No. {number}", number=f.number),
        [goods(t, f), due(t, f, kind)],
        rows(t, f) if rows is not None else [[open_order(t, f)]],
    )


def at_desk(kind: str) -> bool:
    """Whether a term is of a ticket or an incident."""
    return kind.partition(".")[0] in ("ticket", "incident")


def _me_at_desk(t: Translator, f: Facts, kind: str) -> Draft:
    due_at, label = f.at("due_at"), _label(kind)
    until = join([t(label) if label else "", bold(fmt.due(t, due_at)) if due_at else ""], ": ")
    left = fmt.left(t, f.now, due_at) if due_at else escape("")
    headline = (
        t("You asked to be reminded: request No. {number}", number=f.number)
        if kind.startswith("ticket.")
        else t("You asked to be reminded: incident No. {number}", number=f.number)
    )
    return Draft(headline, [join([until, join([left, clause(t, f)], " · ")])], [_thing(t, f, kind)])


def _label(kind: str) -> Lazy | None:
    return DEADLINE_KINDS.get(kind) or INCIDENT_TERMS.get(kind)


def _thing(t: Translator, f: Facts, kind: str) -> Row:
    """To the card of the ticket or the incident."""
    if kind.startswith("ticket."):
        return [button(t.button("Open the request"), press("desk.open", f.number))]
    return [button(t.button("Show the incident"), press("incident.card", f.number))]


_ROWS: Mapping[str, Callable[[Translator, Facts], Sequence[Row]]] = {
    "offer_window": invitation_rows,
    "selection": choosing_rows,
    "confirmation": confirmation_rows,
    "contract": contract_rows,
}


def dropped(t: Translator, f: Facts) -> Draft:
    """To the person who asked for it: the term now ends before that moment."""
    at, due_at, kind = f.at("at"), f.at("due_at"), f.text("deadline")
    return Draft(
        _dropped(t, f, kind),
        [
            t("It was set for {when}.", when=fmt.due(t, at)) if at else escape(""),
            t("The term now ends earlier: {due_at}", due_at=fmt.deadline(t, due_at))
            if due_at
            else escape(""),
            fmt.left(t, f.now, due_at) if due_at else escape(""),
        ],
        [
            [button(t.button("Set another one"), press("set.remind"))],
            _thing(t, f, kind)
            if at_desk(kind)
            else [open_order(t, f), why(f, kind, f.whole("award"))],
        ],
    )


def _dropped(t: Translator, f: Facts, kind: str) -> Html:
    if kind.startswith("ticket."):
        return t("Request No. {number}: your reminder is dropped", number=f.number)
    if kind.startswith("incident."):
        return t("Incident No. {number}: your reminder is dropped", number=f.number)
    return t("Order No. {number}: your reminder is dropped", number=f.number)


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

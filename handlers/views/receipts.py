"""The receipt of a deadline: its start, its term, each day counted or not, and the clause."""

from __future__ import annotations

from datetime import date, datetime
from itertools import groupby
from typing import cast

from domain.deadlines import DeadlineView
from domain.terms import DayCode, ReceiptJson, Term
from handlers.views import format as fmt
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.terms import DAY_CODES, DEADLINE_KINDS, DEADLINE_STATES, HOLIDAYS
from handlers.views.translator import Html, Translator, join

_DAYS = 40


def receipt_view(
    t: Translator, deadline: DeadlineView, now: datetime, order: int | None = None
) -> Shown:
    """How the term was counted; ``order`` gives the way back to the order's card."""
    blocks = [
        join(
            [
                bold(t(DEADLINE_KINDS[deadline.kind])) + Html(": ") + fmt.due(t, deadline.due_at),
                t(DEADLINE_STATES[deadline.state]) + Html(" · ") + fmt.left(t, now, deadline.due_at)
                if deadline.state == "open"
                else t(DEADLINE_STATES[deadline.state]),
            ]
        ),
        join(
            [
                t("Starts: {when}", when=fmt.moment(t, deadline.started_at)),
                t("Term: {term}", term=fmt.term(t, Term.parse(deadline.term))),
                t("Source: {clause}", clause=fmt.clause(t, deadline.clause))
                if deadline.clause
                else "",
            ]
        ),
        _days(t, deadline),
        t("An act at the last instant itself is late. Times are of Astana."),
        t("Version of the calendar: {version}", version=deadline.calendar_version),
    ]
    back = []
    if order is not None:
        label = t.button("To order No. {number}", number=order)
        back.append(button(label, press("order.card", order)))
    return Shown(join(blocks, "\n\n"), keyboard(back))


def _days(t: Translator, deadline: DeadlineView) -> Html:
    """Each day counted or skipped; what follows one another for one reason stands together."""
    if deadline.receipt is None:
        return Html("")
    # The row holds what ``Receipt.as_json`` gave when the term was set.
    receipt = cast("ReceiptJson", deadline.receipt)
    days = [
        (date.fromisoformat(each["date"]), each["counted"], each["reason"])
        for each in receipt["days"]
    ]
    rows = []
    for (counted, reason), group in groupby(days, key=lambda each: each[1:]):
        run = [each[0] for each in group]
        when = fmt.weekday(t, run[0])
        if len(run) > 1:
            when = t("{first} to {last}", first=when, last=fmt.weekday(t, run[-1]))
        mark = Html("✓ ") if counted else Html("– ")
        rows.append(mark + join([when, _reason(t, reason)], ": "))
    if len(rows) > _DAYS:
        rest = len(rows) - _DAYS
        rows = [*rows[:_DAYS], t.plural("and {n} more line", "and {n} more lines", rest)]
    return join(rows)


def _reason(t: Translator, reason: str) -> Html:
    code, _, key = reason.partition(":")
    parts = [t(DAY_CODES[DayCode(code)])]
    if key in HOLIDAYS:
        parts.append(t(HOLIDAYS[key]))
    return join(parts, ", ")

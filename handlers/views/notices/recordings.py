"""Notices of recordings: to the administrators, when some were destroyed or came back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from domain.clock import astana
from handlers.views import format as fmt
from handlers.views.notices.facts import Draft, Facts, Row, cite, short
from handlers.views.press import press
from handlers.views.recordings import month_name, spoken
from handlers.views.shown import button
from handlers.views.translator import Html, Translator, escape, join


def _menu(t: Translator) -> list[Row]:
    return [[button(t.button("Open the menu"), press("menu"))]]


def _list(t: Translator, month: date) -> list[Row]:
    return [[button(t.button("Show the list"), press("rec.ahead", f"{month:%Y%m}"))]]


def _held(t: Translator, f: Facts) -> Html:
    held = f.whole("held")
    if not held:
        return escape("")
    return t.plural("{n} is under a dispute and stays.", "{n} are under a dispute and stay.", held)


def act_finished(t: Translator, f: Facts) -> Draft:
    """An act of destruction is complete (act 366, clause 21.3)."""
    count = t.plural(
        "{n} recording was destroyed.", "{n} recordings were destroyed.", f.whole("count")
    )
    why = (
        t("They had been destroyed before and came back with a backup.")
        if f.text("ground") == "restored"
        else t("Their term of keeping is over, and there is no dispute.")
    )
    return Draft(
        t("Act of destruction No. {number}", number=f.number),
        [join([count, why]), cite(t, "366-21.3")],
        [[button(t.button("Read the act (PDF)"), press("rec.act", f.number))]],
    )


def ahead(t: Translator, f: Facts) -> Draft:
    """What goes next month, told while a dispute can still be marked (act 366, clause 21.2)."""
    month = f.on("month")
    when = escape("") if month is None else month_name(t, month)
    count = f.whole("count")
    going = t.plural("{n} recording reaches its term.", "{n} recordings reach their term.", count)
    until = t("Is there a dispute about any of them? Mark it on the request, and they stay.")
    return Draft(
        t("Recordings to be destroyed: {month}", month=when),
        [join([going, _held(t, f)]), until, cite(t, "366-21.2")],
        _menu(t) if month is None else _list(t, month),
    )


def released(t: Translator, f: Facts) -> Draft:
    """A dispute is settled: what goes after the next working day (act 366, clause 21.2)."""
    until, found = f.at("until"), f.items("recordings")
    lines = [_named(t, each) for each in found]
    if (rest := f.whole("count") - len(found)) > 0:
        lines.append(t.plural("and {n} more", "and {n} more", rest))
    day = fmt.day(t, astana(until).date()) if until is not None else ""
    return Draft(
        t("The dispute on ticket No. {number} is settled.", number=f.number),
        [
            t("By the decision: {ground}", ground=short(f.text("ground"))),
            join([t("Past their term, destroyed as {day} begins:", day=day), *lines]),
            join(
                [
                    t("Is it not settled after all? Mark the dispute again before then."),
                    cite(t, "366-21.2"),
                ]
            ),
        ],
        [[button(t.button("Recordings"), press("rec.of", f.number))]],
    )


def _named(t: Translator, one: Mapping[str, object]) -> Html:
    try:
        when = fmt.moment(t, datetime.fromisoformat(str(one.get("at"))))
    except ValueError:
        when = escape("")
    return escape("• ") + join([spoken(t, str(one.get("kind") or ""), None), when], " · ")


def restored(t: Translator, f: Facts) -> Draft:
    """Recordings that were destroyed are here again (act 366, clause 21.3)."""
    found = t.plural(
        "{n} recording came back with a backup.",
        "{n} recordings came back with a backup.",
        f.whole("count"),
    )
    again = t("They are being destroyed again, by act No. {number}.", number=f.number)
    return Draft(
        t("Destroyed recordings are here again"),
        [join([found, again, _held(t, f)]), cite(t, "366-21.3")],
        [[button(t.button("Read the act (PDF)"), press("rec.act", f.number))]],
    )

"""Notices of the service itself to its administrators: of a restore, of the nightly check."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.views import format as fmt
from handlers.views.notices.facts import Draft, Facts, Row
from handlers.views.operation_acts import difference, subject_name
from handlers.views.press import press
from handlers.views.shown import button
from handlers.views.translator import Html, Translator, escape, join


def _menu(t: Translator) -> list[Row]:
    return [[button(t.button("Open the menu"), press("menu"))]]


def _when(t: Translator, f: Facts, name: str) -> Html:
    at = f.at(name)
    return escape("") if at is None else fmt.moment(t, at)


def held(t: Translator, f: Facts) -> Draft:
    """A backup was put back: what waited is not sent before somebody decides."""
    lines = []
    if notices := f.whole("notices"):
        lines.append(
            t.plural(
                "{n} notice waited then and may have been sent since.",
                "{n} notices waited then and may have been sent since.",
                notices,
            )
        )
    if deadlines := f.whole("deadlines"):
        lines.append(
            t.plural(
                "{n} deadline ended since, and what followed from it is not known here.",
                "{n} deadlines ended since, and what followed from them is not known here.",
                deadlines,
            )
        )
    if events := f.whole("events"):
        lines.append(
            t.plural(
                "{n} event waited to be sent to programs.",
                "{n} events waited to be sent to programs.",
                events,
            )
        )
    if lines:
        lines.append(t("None of that happens by itself: it is for you to decide."))
    rows = [[button(t.button("Decide"), press("held.list"))]] if lines else _menu(t)
    return Draft(
        t("The database was restored from a backup"),
        [
            t(
                "It is as of {made_at}; restored {restored_at}. What was done in between is lost.",
                made_at=_when(t, f, "made_at"),
                restored_at=_when(t, f, "restored_at"),
            ),
            join(lines),
        ],
        rows,
    )


def _difference(t: Translator, one: Mapping[str, object]) -> Html:
    name = subject_name(t, str(one.get("subject") or ""))
    return escape("• ") + join([name, difference(t, str(one.get("code") or ""))], ": ")


def reconciled(t: Translator, f: Facts) -> Draft:
    """The nightly check has found what does not agree; nothing was changed."""
    found, shown = f.whole("found"), f.items("differences")
    lines = [_difference(t, each) for each in shown]
    if (rest := found - len(shown)) > 0:
        lines.append(t.plural("and {n} more", "and {n} more", rest))
    return Draft(
        t.plural(
            "The nightly check has found {n} difference",
            "The nightly check has found {n} differences",
            found,
        ),
        [
            t.plural(
                "{n} record was compared with the law and the calendar.",
                "{n} records were compared with the law and the calendar.",
                f.whole("checked"),
            ),
            join(lines),
            t("Nothing was changed. The whole list: “tapsyrys reconcile --last”."),
        ],
        _menu(t),
    )

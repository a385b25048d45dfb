"""Reports of the desk and the journal of requests in the chat: which one, for which period."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from handlers.views import format as fmt
from handlers.views.desk_people import desk_links
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.translator import Html, Lazy, Translator, join, lazy

KINDS: Mapping[str, Lazy] = {
    "report": lazy("Report", context="button"),
    "journal": lazy("Journal", context="button"),
}
PERIODS: Mapping[str, Lazy] = {
    "week": lazy("This week", context="button"),
    "month": lazy("This month", context="button"),
    "last_month": lazy("Last month", context="button"),
}
_ABOUT: Mapping[str, Lazy] = {
    "report": lazy(
        "The report of support: requests, terms kept and broken, times of answers, operators. "
        "You get a picture and a spreadsheet."
    ),
    "journal": lazy(
        "The journal of requests with faults and decisions, in Kazakh and Russian. "
        "You get a spreadsheet."
    ),
}


def reports_page(t: Translator, kind: str) -> Shown:
    """What the document is, and the periods to choose from."""
    text = join([bold(t("Reports of support")), t(_ABOUT[kind]), t("For which period?")], "\n\n")
    kinds = [
        button(("• " if code == kind else "") + t.button(label), press("reports", code))
        for code, label in KINDS.items()
    ]
    periods = [
        button(t.button(label), press("reports.make", kind, code))
        for code, label in PERIODS.items()
    ]
    other = button(t.button("Another period"), press("reports.period", kind))
    return Shown(text, keyboard(kinds, periods[:2], [periods[2], other], desk_links(t)))


def ask_period(t: Translator) -> Html:
    """Two days, both within the period."""
    return join(
        [
            bold(t("From which day to which day? Both days are in the period.")),
            t("Example: {example}", example="01.11.2026 - 15.11.2026"),
        ],
        "\n\n",
    )


def period_unclear(t: Translator) -> Html:
    """What was typed is no period."""
    return t("These are not two days. Write them with figures: {example}", example="01.11 - 15.11")


def report_caption(t: Translator, kind: str, since: datetime, until: datetime) -> Html:
    """Under the file: what it is; ``until`` is exclusive."""
    return join(
        [
            t("Journal of requests") if kind == "journal" else t("Reports of support"),
            t("From {since} to {until}", since=fmt.moment(t, since), until=fmt.moment(t, until)),
        ]
    )


def period_taken(t: Translator) -> Html:
    """The form is over, the file comes next."""
    return t("The file comes next.")

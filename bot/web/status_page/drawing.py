"""The page of the status as HTML: every text escaped, nothing of it runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from domain.incidents.said import Said
from domain.incidents.views import MaintenanceView, PublicIncident, StatusView
from handlers.views import format as fmt
from handlers.views.faults_words import ranges, said
from handlers.views.terms import LEVELS, MODULES
from handlers.views.translator import (
    LOCALES,
    Html,
    Lazy,
    Translator,
    escape,
    lazy,
)

_NOW: Mapping[str, Lazy] = {
    "ok": lazy("Everything works"),
    "maintenance": lazy("Planned works are running"),
    "incident": lazy("There is a technical fault"),
}
_MODULE_NOW: Mapping[str, Lazy] = {
    "ok": lazy("works", context="module state"),
    "maintenance": lazy("planned works", context="module state"),
    "incident": lazy("technical fault", context="module state"),
}

# The page holds all that was written.
_LONG = 4000


def draw(t: Translator, status: StatusView) -> str:
    """The whole page in the translator's language."""
    title = t("Status of the platform")
    return (
        f'<!doctype html><html lang="{t.locale}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{title} – Tapsyrys</title>"
        '<link rel="stylesheet" href="/status/style.css"></head><body>'
        f"<header><strong>Tapsyrys</strong>{_languages(t)}</header><main>"
        f'<h1 class="now {_code(status.now)}">{t(_NOW[_code(status.now)])}</h1>'
        f'<p class="muted">{t("As of {at}", at=fmt.moment(t, status.at))}</p>'
        f"{_modules(t, status)}{_going_on(t, status)}{_planned(t, status)}{_history(t, status)}"
        "</main></body></html>"
    )


def _code(now: str) -> str:
    return now if now in _NOW else "ok"


def _languages(t: Translator) -> str:
    links = (
        f'<a href="/status?lang={code}" lang="{code}" hreflang="{code}"'
        + (' aria-current="true"' if code == t.locale else "")
        + f">{code.upper()}</a>"
        for code in LOCALES
    )
    return f'<nav aria-label="{t("Language of the page")}">{"".join(links)}</nav>'


def _modules(t: Translator, status: StatusView) -> str:
    rows = "".join(
        f'<li class="{_code(state)}"><span>{_first_upper(t(MODULES[module]))}</span>'
        f"<b>{t(_MODULE_NOW[_code(state)])}</b></li>"
        for module, state in status.modules.items()
        if module in MODULES
    )
    return f'<section><h2>{t("Modules")}</h2><ul class="modules">{rows}</ul></section>'


def _going_on(t: Translator, status: StatusView) -> str:
    cards = [
        *(_incident(t, each) for each in status.incidents),
        *(_works(t, each) for each in status.running),
    ]
    return _section(t("Now"), cards) if cards else ""


def _planned(t: Translator, status: StatusView) -> str:
    cards = [_works(t, each) for each in status.planned]
    return _section(t("Planned"), cards, none=t("No works are planned."))


def _history(t: Translator, status: StatusView) -> str:
    dated: list[tuple[datetime, str]] = [
        *((each.began_at, _incident(t, each)) for each in status.past_incidents),
        *((each.starts_at, _works(t, each)) for each in status.past_maintenance),
    ]
    cards = [card for _, card in sorted(dated, key=lambda pair: pair[0], reverse=True)]
    none = t("Nothing happened in the last 90 days.")
    return _section(t("The last 90 days"), cards, none=none)


def _section(head: Html, cards: Iterable[str], none: Html | None = None) -> str:
    body = "".join(cards) or (f'<p class="muted">{none}</p>' if none else "")
    return f"<section><h2>{head}</h2>{body}</section>"


def _incident(t: Translator, given: PublicIncident) -> str:
    scope = ", ".join(t(MODULES[each]) for each in given.modules if each in MODULES)
    touched = {
        "all": t("Touched: all functions"),
        "module": t("Touched: {modules}", modules=Html(scope)),
        "orders": t("Touched: some of the orders"),
    }[given.scope]
    known = LEVELS.get(given.level or "")
    level = t("Level: {level}", level=t(known)) if known else None
    planned = given.planned_mending_at if given.mended_at is None else None
    lines = [
        _span(t, given.began_at, given.mended_at),
        touched,
        level,
        t("To be mended by {at}", at=fmt.moment(t, planned)) if planned else None,
        t("What is done: {measures}", measures=said(t, given.done, _LONG)) if given.done else None,
        # All of them (act 627, clause 26.12).
        t("Orders with moved deadlines: No. {numbers}", numbers=ranges(given.orders))
        if given.orders
        else None,
    ]
    state = "incident" if given.mended_at is None else "over"
    head = t("Technical fault No. {number}", number=given.number)
    return _card(state, head, said(t, given.titles, _LONG), lines)


def _works(t: Translator, given: MaintenanceView) -> str:
    text = given.text_kk if t.locale == "kk" else given.text_ru
    # Works may end before their time, or last longer: then what was is told, not what was planned.
    starts, ends = given.started_at or given.starts_at, given.finished_at or given.ends_at
    urgent = (
        t("Urgent: {why}", why=said(t, Said.of(given.emergency), _LONG))
        if given.emergency
        else None
    )
    state = "over" if given.state == "finished" else "maintenance"
    head = t("Works No. {number}", number=given.number)
    return _card(state, head, escape(text), [_interval(t, starts, ends), urgent])


def _card(state: str, head: Html, text: Html, lines: Iterable[Html | None]) -> str:
    told = "".join(f"<p>{line}</p>" for line in lines if line)
    body = f"<p><strong>{text}</strong></p>" if text else ""
    return f'<article class="{state}"><h3>{head}</h3>{body}{told}</article>'


def _span(t: Translator, began: datetime, ended: datetime | None) -> Html:
    if ended is None:
        return t("Since {since}", since=fmt.moment(t, began))
    return _interval(t, began, ended)


def _interval(t: Translator, starts: datetime, ends: datetime) -> Html:
    return t("From {since} to {until}", since=fmt.moment(t, starts), until=fmt.moment(t, ends))


def _first_upper(text: Html) -> Html:
    return Html(text[:1].upper() + text[1:])

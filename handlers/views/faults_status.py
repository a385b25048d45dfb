"""How the platform is: the page of /status, its history, the line on top of menu and help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from aiogram.types import InlineKeyboardButton

from domain.incidents.views import MaintenanceView, PublicIncident, StatusView
from handlers.views import faults_words as words
from handlers.views import format as fmt
from handlers.views.parts import cut
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.terms import LEVELS, MODULES
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy

_NOW: Mapping[str, Lazy] = {
    "ok": lazy("Everything works."),
    "maintenance": lazy("Works are going on."),
    "incident": lazy("There is a fault."),
}
_MARKS = {"ok": "✅", "maintenance": "\N{HAMMER AND WRENCH}", "incident": "⚠️"}
_BY_MODULE: Mapping[str, Lazy] = {
    "ok": lazy("works", context="state of a module"),
    "maintenance": lazy("works are going on", context="state of a module"),
    "incident": lazy("a fault", context="state of a module"),
}
#: How many of each the page shows before it says that there are more.
_SHOWN = 4
PAGE = 6
_TEXT = 300
_RANGES = 20
#: Works that begin within this time stand on top of menus.
_SOON = timedelta(days=1)


def status_page(t: Translator, status: StatusView, *, reports: bool) -> Shown:
    """Now and planned, with the way to the last 90 days; ``reports``: may report a fault."""
    text = join(
        [
            bold(t("Status of the platform")),
            _now(t, status),
            *_some(t, [_incident(t, each) for each in status.incidents]),
            *_some(t, [works_lines(t, each) for each in status.running]),
            join([bold(t("Planned works")), *([t("None.")] if not status.planned else [])]),
            *_some(t, [works_lines(t, each) for each in status.planned]),
            t("As of {moment}", moment=fmt.moment(t, status.at)),
        ],
        "\n\n",
    )
    own = [
        [button(t.button("Report a fault"), press("fault.report"))],
        [button(t.button("My fault reports"), press("faults.mine"))],
    ]
    rows = own if reports else []
    return Shown(text, keyboard([_to_history(t), _again(t)], *rows))


def _now(t: Translator, status: StatusView) -> Html:
    head = escape(_MARKS[status.now] + " ") + bold(t(_NOW[status.now]))
    modules = [
        t(MODULES[name]) + ": " + t(_BY_MODULE[state])
        for name, state in status.modules.items()
        if name in MODULES
    ]
    return join([head, *(escape("• ") + each for each in modules)])


def _some(t: Translator, entries: Sequence[Html]) -> list[Html]:
    rest = len(entries) - _SHOWN
    more = [t.plural("and {n} more", "and {n} more", rest)] if rest > 0 else []
    return [*entries[:_SHOWN], *more]


def _incident(t: Translator, each: PublicIncident) -> Html:
    known = LEVELS.get(each.level or "")
    return join(
        [
            bold(t("Incident No. {number}", number=each.number)),
            words.said(t, each.titles, 120),
            t("Level: {level}", level=t(known)) if known else "",
            words.scope_of(t, each.scope, each.modules),
            words.interval(t, each.began_at, each.mended_at, each.planned_mending_at),
            t("Measures: {measures}", measures=words.said(t, each.done, _TEXT))
            if each.done
            else "",
            _orders(t, each),
        ]
    )


def _orders(t: Translator, each: PublicIncident) -> Html:
    if not each.orders:
        return escape("")
    named = words.ranges(each.orders[:_RANGES]) + ("…" if len(each.orders) > _RANGES else "")
    return t("Orders with moved deadlines: No. {numbers}", numbers=named)


def works_lines(t: Translator, each: MaintenanceView) -> Html:
    """Works in a few lines: number, time, what for."""
    text = each.text_kk if t.locale == "kk" else each.text_ru
    return join(
        [
            bold(t("Works No. {number}", number=each.number)),
            t(
                "{since} – {until}",
                since=fmt.moment(t, each.starts_at),
                until=fmt.moment(t, each.finished_at or each.ends_at),
            ),
            escape(cut(text, _TEXT)),
        ]
    )


def _to_history(t: Translator) -> InlineKeyboardButton:
    return button(t.button("The last 90 days"), press("status.history", 0))


def _again(t: Translator) -> InlineKeyboardButton:
    return button(t.button("Refresh"), press("status"))


def history_page(t: Translator, status: StatusView, page: int) -> Shown:
    """Mended incidents and finished works of the last 90 days, newest first."""
    dated = [(each.began_at, _incident(t, each)) for each in status.past_incidents]
    dated += [(each.starts_at, works_lines(t, each)) for each in status.past_maintenance]
    entries = [entry for _, entry in sorted(dated, key=lambda each: each[0], reverse=True)]
    page = min(page, max(0, (len(entries) - 1) // PAGE))
    shown = entries[page * PAGE : (page + 1) * PAGE]
    nothing = [t("There were no faults and no works in the last 90 days.")]
    turn = []
    if page:
        turn.append(button(t.button("Newer"), press("status.history", page - 1)))
    if (page + 1) * PAGE < len(entries):
        turn.append(button(t.button("Older"), press("status.history", page + 1)))
    now = button(t.button("Status now"), press("status"))
    return Shown(
        join([bold(t("The last 90 days")), *(shown or nothing)], "\n\n"), keyboard(turn, [now])
    )


def banner(t: Translator, status: StatusView) -> Html:
    """One line on top of menus while a fault or works last, or works begin within a day."""
    if status.incidents:
        first = status.incidents[0]
        said = t(
            "Fault since {moment}: {title}. More: /status",
            moment=fmt.moment(t, first.began_at),
            title=words.said(t, first.titles, 100),
        )
        return escape(_MARKS["incident"] + " ") + said
    if status.running:
        until = fmt.moment(t, status.running[0].ends_at)
        said = t("Works are going on until {moment}. More: /status", moment=until)
        return escape(_MARKS["maintenance"] + " ") + said
    soon = [each for each in status.planned if each.starts_at - status.at <= _SOON]
    if soon:
        said = t(
            "Works from {since} to {until}. More: /status",
            since=fmt.moment(t, soon[0].starts_at),
            until=fmt.moment(t, soon[0].ends_at),
        )
        return escape(_MARKS["maintenance"] + " ") + said
    return escape("")

"""Incidents for operators and the authorised body: the list, the card, reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from aiogram.types import InlineKeyboardButton

from domain.incidents.views import (
    IncidentPage,
    IncidentRow,
    IncidentView,
    ReportView,
)
from domain.incidents.watching import INSIDERS
from domain.preferences.running_terms import AT_DESK
from domain.roles import Role
from domain.support.regimes import Regime, regime_at
from handlers.views import faults_words as words
from handlers.views import format as fmt
from handlers.views.parts import cut
from handlers.views.press import press
from handlers.views.settings_reminders import parts_of
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.terms import INCIDENT_STATES, INCIDENT_TERMS, LEVEL_STATES, LEVELS
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy

#: Filters of the list by the states they let through; none lets through all.
FILTERS: Mapping[str, tuple[str, ...]] = {
    "open": ("analysing", "confirmed"),
    "analysing": ("analysing",),
    "confirmed": ("confirmed",),
    "refuted": ("refuted",),
    "closed": ("closed",),
    "all": (),
}
_FILTER_LABELS: Mapping[str, Lazy] = {
    "open": lazy("Open", context="button"),
    "analysing": lazy("In analysis", context="button"),
    "confirmed": lazy("Confirmed", context="button"),
    "refuted": lazy("Refuted", context="button"),
    "closed": lazy("Closed", context="button"),
    "all": lazy("All", context="button"),
}
_SOURCES: Mapping[str, Lazy] = {
    "user": lazy("a user's report", context="source of an incident"),
    "operator": lazy("an operator", context="source of an incident"),
    "health": lazy("the platform itself", context="source of an incident"),
}
OPERATORS = (Role.SUPPORT, Role.ADMIN)
_IN_A_ROW = 4
_SHOWN = 600


# The list


def incident_list(t: Translator, page: IncidentPage, chosen: str, role: Role | None) -> Shown:
    """A page of incidents, newest first; an empty one says what to do."""
    head = bold(escape(t.button("Faults"))) + ": " + escape(t.button(_FILTER_LABELS[chosen]))
    rows = page.incidents
    body = [_line(t, row) for row in rows] or [_nothing(t, chosen, role)]
    numbers = [
        button(t.button("No. {number}", number=row.number), press("incident.card", row.number))
        for row in rows
    ]
    older = []
    if page.older is not None:
        older.append(button(t.button("Older"), press("faults", chosen, page.older)))
    return Shown(
        join([head, *body], "\n\n"),
        keyboard(
            *(numbers[at : at + _IN_A_ROW] for at in range(0, len(numbers), _IN_A_ROW)),
            older,
            *_filters(t, chosen),
            _ways(t, role),
        ),
    )


def _line(t: Translator, row: IncidentRow) -> Html:
    return join(
        [
            bold(t("No. {number}", number=row.number)) + " · " + t(INCIDENT_STATES[row.state]),
            words.title(t, row.titles),
            words.level(t, row.level, row.level_state) if row.level else "",
            *words.times(t, row),
            t("Reports: {count}", count=row.reports),
        ]
    )


def _nothing(t: Translator, chosen: str, role: Role | None) -> Html:
    if chosen != "open":
        return t("There are no incidents of this kind. Choose another filter.")
    if role in OPERATORS:
        return t("No fault is open. If you see one, press “Open an incident”.")
    return t("No fault is open. You will be told when one waits for you.")


def _filters(t: Translator, chosen: str) -> list[list[InlineKeyboardButton]]:
    buttons = [
        button(
            ("• " if key == chosen else "") + t.button(label),
            press("faults", key, 0),
        )
        for key, label in _FILTER_LABELS.items()
    ]
    return [buttons[at : at + 2] for at in range(0, len(buttons), 2)]


def _ways(t: Translator, role: Role | None) -> list[InlineKeyboardButton]:
    works = button(t.button("Works"), press("works"))
    if role not in OPERATORS:
        return [button(t.button("Status"), press("status")), works]
    return [button(t.button("Open an incident"), press("incident.new"), "primary"), works]


# The card


def incident_card(t: Translator, view: IncidentView, role: Role | None, now: datetime) -> Shown:
    """An incident whole, with what may be done with it now."""
    regime = regime_at(view.regime, view.opened_at)
    applied = escape("")
    if view.applied_at is not None:
        applied = t("Deadlines moved: {moment}", moment=fmt.moment(t, view.applied_at))
    text = join(
        [
            bold(t("Incident No. {number}", number=view.number)),
            join(
                [
                    words.title(t, view.titles),
                    t("State: {state}", state=bold(t(INCIDENT_STATES[view.state]))),
                    words.level(t, view.level, view.level_state) if view.level else "",
                    _waiting(t, view),
                    _note(t, view),
                    t("Joined to incident No. {number}", number=view.joined_into)
                    if view.joined_into is not None
                    else "",
                ]
            ),
            join(
                [
                    _reach(t, view),
                    applied,
                    approved(t, view),
                ]
            ),
            t("Facts: {facts}", facts=words.said(t, view.said, _SHOWN)) if view.said else "",
            t("Measures: {measures}", measures=words.said(t, view.done, _SHOWN))
            if view.done
            else "",
            join(
                [
                    _source(t, view),
                    t("Reports: {count}", count=view.reports),
                    t("Late reports: {count}", count=view.late_reports)
                    if view.late_reports
                    else "",
                    words.act_of(t, regime),
                ]
            ),
            _timers(t, view, regime, now),
        ],
        "\n\n",
    )
    return Shown(text, keyboard(*_buttons(t, view, regime, role)))


def _reach(t: Translator, view: IncidentView) -> Html:
    """When the fault was and what it touches; nothing where there was none, or it goes on
    elsewhere: closed without a level it was refuted or joined.
    """
    if view.state == "refuted" or (view.state == "closed" and view.level is None):
        return escape("")
    return join(
        [
            words.interval(t, view.began_at, view.mended_at, view.planned_mending_at),
            words.scope(t, view.scope) if view.decided_at is not None else "",
        ]
    )


def approved(t: Translator, view: IncidentView) -> Html:
    """The approved act on the fault, where it is on record (act 366, clause 29.6)."""
    if view.act_date is None:
        return escape("")
    day = fmt.day(t, view.act_date)
    return t("Approved act on the fault: No. {number} of {day}", number=view.act_number, day=day)


def _waiting(t: Translator, view: IncidentView) -> Html:
    """Another level that waits, while the one above stays in force."""
    known = LEVELS.get(view.proposed_level or "")
    if known is None:
        return escape("")
    return (
        t("Proposed instead: {level}", level=bold(t(known))) + " · " + t(LEVEL_STATES["proposed"])
    )


def _note(t: Translator, view: IncidentView) -> Html:
    if not view.level_note:
        return escape("")
    return t("Note on the level: {note}", note=cut(view.level_note, _SHOWN))


def _source(t: Translator, view: IncidentView) -> Html:
    known = _SOURCES.get(view.source)
    source = t(known) if known else escape(view.source)
    opened = fmt.moment(t, view.opened_at)
    return t("Opened: {moment}, by {source}", moment=opened, source=source)


def _timers(t: Translator, view: IncidentView, regime: Regime, now: datetime) -> Html:
    """What is due on the incident itself, with what is left and the clause."""
    found = []
    for kind, due_at in sorted(view.deadlines.items(), key=lambda each: each[1]):
        known = INCIDENT_TERMS.get(kind)
        if known is None:
            continue
        clause = _clause_of(regime, kind, view.level)
        rest = [fmt.left(t, now, due_at), fmt.clause(t, clause) if clause else escape("")]
        found.append(join([t(known) + ": " + bold(fmt.due(t, due_at)), join(rest, " · ")]))
    return join(found)


def _clause_of(regime: Regime, kind: str, level: str | None) -> str | None:
    rule = regime.level(level) if level else None
    periods = {
        "incident.decide": regime.decision,
        "incident.refutation": regime.refutation,
        "incident.announce": rule.announced if rule else None,
        "incident.owner_report": rule.report if rule else None,
    }
    if kind == "incident.agree":
        return regime.level_clause
    if kind == "incident.apply":
        return rule.effect_clause if rule else None
    period = periods.get(kind)
    return period.clause if period is not None else None


def _buttons(
    t: Translator, view: IncidentView, regime: Regime, role: Role | None
) -> list[list[InlineKeyboardButton]]:
    rows: list[list[InlineKeyboardButton]] = []
    if role in OPERATORS:
        rows += _acts(t, view, regime)
    waits = view.level_state == "proposed" or view.proposed_level is not None
    if role is Role.AUTHORITY and view.state == "confirmed" and waits:
        rows.append(
            [
                _ask(t.button("Agree to the level"), "agree", view.number),
                _form(t.button("Return the level"), "return", view.number),
            ]
        )
    if view.state == "confirmed":
        rows.append(
            [button(t.button("Deadlines touched"), press("incident.preview", view.number, 0))]
        )
    if view.deadlines and role in AT_DESK["incident"]:
        remind = press("set.remind.on", *parts_of(f"incident:{view.number}"))
        rows.append([button(t.button("Remind me"), remind)])
    further = []
    if role in OPERATORS:
        further.append(button(t.button("Who was told"), press("incident.told", view.number)))
    if view.reports and role in INSIDERS:
        further.append(button(t.button("Reports"), press("incident.reports", view.number, 0)))
    if view.round:
        further.append(button(t.button("What was done"), press("incident.done", view.number, 0)))
    # Whoever only watches gets nothing that users have said (act 344, clause 11).
    papers = [button(t.button("Documents"), press("incident.papers", view.number))]
    back = [button(t.button("All faults"), press("faults", "open", 0))]
    return [*rows, further, (papers if role in INSIDERS else []) + back]


def _ask(label: str, act: str, number: int) -> InlineKeyboardButton:
    return button(label, press("incident.ask", act, number))


def _form(label: str, act: str, number: int) -> InlineKeyboardButton:
    return button(label, press("incident.form", act, number))


def _acts(t: Translator, view: IncidentView, regime: Regime) -> list[list[InlineKeyboardButton]]:
    """What an operator may do with it now."""
    number = view.number
    if view.state == "analysing":
        hold = [_form(t.button("Hold deadlines"), "hold", number)] if regime.hold_clause else []
        decide = [
            _form(t.button("Confirm the fault"), "confirm", number),
            _form(t.button("Refute the fault"), "refute", number),
        ]
        return [decide, [_form(t.button("Join to another"), "join", number), *hold]]
    due = []
    if "incident.owner_report" in view.deadlines:
        due.append(button(t.button("Report to sign"), press("incident.paper", number)))
        due.append(_ask(t.button("Owner has the report"), "owner", number))
    if "incident.refutation" in view.deadlines:
        due.append(_ask(t.button("Refutation told"), "told", number))
    again = _form(t.button("Analyse again"), "reopen", number)
    if view.state == "closed":
        return [due, [] if view.joined_into is not None else [again]]
    ended = view.state == "refuted" or view.mended_at is not None
    last = [_ask(t.button("Close"), "close", number)] if ended else []
    if view.state == "refuted":
        return [due, [*last, again]]
    level = _form(t.button("Propose a level"), "level", number)
    if view.mended_at is not None:
        correct = _form(t.button("Correct the mending"), "mend", number)
        return [[level], due, [*last, again], [correct]]
    plan = _form(t.button("Plan the mending"), "plan", number)
    return [[plan], [_form(t.button("It is mended"), "mend", number), level], due, [again]]


# Acts of one press, asked for once more


_ASKED: Mapping[str, tuple[Lazy, Lazy]] = {
    "agree": (
        lazy("Agree to the level of incident No. {number}? It takes effect at once."),
        lazy("Yes, agree", context="button"),
    ),
    "close": (
        lazy("Close incident No. {number}? Everything on it is done."),
        lazy("Yes, close", context="button"),
    ),
    "owner": (
        lazy("Was the written report on incident No. {number} given to the owner?"),
        lazy("Yes, it was given", context="button"),
    ),
    "told": (
        lazy("Were all who reported incident No. {number} told of the refutation?"),
        lazy("Yes, all were told", context="button"),
    ),
}
ASKED = tuple(_ASKED)
#: Of a medium fault the authorised body is told in writing (act 627, clause 25.3).
_TO_AUTHORITY = lazy(
    "Was the written report on incident No. {number} given to the authorised body?"
)


def asked(t: Translator, act: str, view: IncidentView) -> Shown:
    """The question before an act of one press."""
    question, yes = _ASKED[act]
    if act == "owner" and view.level != "high":
        question = _TO_AUTHORITY
    lines = [
        bold(t(question, number=view.number)),
        words.title(t, view.titles),
        words.level(t, view.level, view.level_state) if view.level else "",
        _waiting(t, view),
    ]
    return Shown(
        join(lines, "\n\n"),
        keyboard(
            [to_card(t, view.number)],
            [button(t.button(yes), press("incident.do", act, view.number), "primary")],
        ),
    )


def to_card(t: Translator, number: int) -> InlineKeyboardButton:
    """Back to the card, in the same message."""
    return button(t.button("Back to the incident"), press("incident.back", number))


# Reports and their evidence


def report_page(
    t: Translator, view: IncidentView, reports: Sequence[ReportView], page: int
) -> Shown:
    """One report with its evidence (pages from 0); ``reports`` begin with it."""
    number, pages = view.number, view.reports
    head = bold(t("Reports on incident No. {number}", number=number))
    if not reports:
        return Shown(
            join([head, t("Nobody has reported it.")], "\n\n"), keyboard([to_card(t, number)])
        )
    one = reports[0]
    company = one.company_kk if t.locale == "kk" else one.company_ru
    text = join(
        [
            head,
            t("Report {page} of {pages}", page=page + 1, pages=pages),
            escape(cut(one.text, 2000)),
            join(
                [
                    t("From: {name}", name=cut(one.name, 120)) if one.name else "",
                    escape(cut(company, 120)),
                    t("Phone: {phone}", phone=one.phone) if one.phone else "",
                    t("Contacts: {contacts}", contacts=cut(one.contacts, 300)),
                    t("Found: {moment}", moment=fmt.moment(t, one.found_at)),
                    t("Reported: {moment}", moment=fmt.moment(t, one.reported_at)),
                    bold(t("The report is late.")) if one.late else "",
                    t("Request No. {number}", number=one.ticket) if one.ticket else "",
                    t("Files: {count}", count=len(one.files)) if one.files else t("Without files"),
                ]
            ),
        ],
        "\n\n",
    )
    turn = []
    if page:
        turn.append(button(t.button("Earlier"), press("incident.reports", number, page - 1)))
    if page + 1 < pages:
        turn.append(button(t.button("Later"), press("incident.reports", number, page + 1)))
    files = []
    if one.files:
        files.append(button(t.button("Show the files"), press("incident.files", number, one.id)))
    return Shown(text, keyboard(files, turn, [to_card(t, number)]))

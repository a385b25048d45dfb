"""Own reports of faults: the list, a card with what became of each, deadlines moved by it."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram.types import InlineKeyboardButton

from domain.incidents.views import IncidentRow, IncidentView, OwnIncident, ReportView
from handlers.views import faults_words as words
from handlers.views import format as fmt
from handlers.views.faults import report_button
from handlers.views.incidents_effects import PAGE as EFFECTS
from handlers.views.incidents_effects import effect
from handlers.views.parts import cut
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.terms import INCIDENT_STATES
from handlers.views.translator import Html, Translator, escape, join, plain

PAGE = 8
_SHOWN = 600
_IN_A_ROW = 4


def own_list(t: Translator, rows: Sequence[IncidentRow], page: int, total: int) -> Shown:
    """A page of incidents that the user has reported; an empty list says what to do."""
    head = bold(t("My fault reports"))
    if not rows:
        nothing = t("You have reported no faults. If something does not work, tell us.")
        return Shown(join([head, nothing], "\n\n"), keyboard([report_button(t)], [_support(t)]))
    page = min(page, (total - 1) // PAGE)
    numbers = [
        button(t.button("No. {number}", number=row.number), press("fault.mine", row.number))
        for row in rows
    ]
    turn = []
    if page:
        turn.append(button(t.button("Newer"), press("faults.mine", page - 1)))
    if (page + 1) * PAGE < total:
        turn.append(button(t.button("Older"), press("faults.mine", page + 1)))
    return Shown(
        join([head, *(_own(t, row) for row in rows)], "\n\n"),
        keyboard(
            *(numbers[at : at + _IN_A_ROW] for at in range(0, len(numbers), _IN_A_ROW)),
            turn,
            [report_button(t)],
        ),
    )


def _support(t: Translator) -> InlineKeyboardButton:
    return button(t.button("Ask support"), press("support"))


def _own(t: Translator, row: IncidentRow) -> Html:
    return join(
        [
            bold(t("No. {number}", number=row.number)) + " · " + t(INCIDENT_STATES[row.state]),
            words.title(t, row.titles),
            fmt.moment(t, row.opened_at),
        ]
    )


def own_card(t: Translator, own: OwnIncident, page: int) -> Shown:
    """An incident as who reported it sees it: what became of it, and a report (from 0)."""
    view = own.incident
    page = min(page, len(own.reports) - 1)
    text = join(
        [
            bold(t("Incident No. {number}", number=view.number)),
            join(
                [
                    words.title(t, view.titles),
                    t("State: {state}", state=t(INCIDENT_STATES[view.state])),
                ]
            ),
            _decided(t, view, own.confirmed),
            _moved(t, own),
            _report(t, own.reports[page], page, len(own.reports)),
            t("Reports of other users on it: {count}", count=own.others) if own.others else "",
            _follows(t, view),
        ],
        "\n\n",
    )
    return Shown(text, keyboard(*_buttons(t, own, page)))


def _decided(t: Translator, view: IncidentView, confirmed: bool) -> Html:
    """The decision with its facts; nothing while it is analysed."""
    if view.decided_at is None:
        return escape("")
    planned = view.planned_mending_at
    return join(
        [
            t("Decided: {moment}", moment=fmt.moment(t, view.decided_at)),
            words.interval(t, view.began_at, view.mended_at, planned) if confirmed else "",
            words.level(t, view.level, view.level_state) if confirmed and view.level else "",
            t("Facts: {facts}", facts=words.said(t, view.said, _SHOWN)) if view.said else "",
            t("Measures: {measures}", measures=words.said(t, view.done, _SHOWN))
            if view.done
            else "",
        ]
    )


def _moved(t: Translator, own: OwnIncident) -> Html:
    count = len(own.effects)
    if not count:
        return escape("")
    return bold(t("Changes to deadlines of your orders: {count}", count=count))


def _report(t: Translator, report: ReportView, page: int, pages: int) -> Html:
    head = t("Your report:")
    if pages > 1:
        head = t("Your report {page} of {pages}:", page=page + 1, pages=pages)
    return join(
        [
            bold(head),
            escape(cut(report.text, _SHOWN)),
            t("Found: {moment}", moment=fmt.moment(t, report.found_at)),
            t("Reported: {moment}", moment=fmt.moment(t, report.reported_at)),
            bold(t("The report is late.")) if report.late else "",
            t("Contacts: {contacts}", contacts=cut(report.contacts, 200)),
            t("Request No. {number}", number=report.ticket) if report.ticket else "",
            t("Files: {count}", count=len(report.files)) if report.files else t("Without files"),
        ]
    )


def _follows(t: Translator, view: IncidentView) -> Html:
    if view.state == "analysing":
        due_at = view.deadlines.get("incident.decide")
        if due_at is not None:
            return t(
                "It will be confirmed or refuted by {due_at}.", due_at=bold(fmt.due(t, due_at))
            )
        return t("Support analyses it and tells you the result here.")
    if view.state == "refuted":
        return t("No fault was found. If it is back, report it once more.")
    return escape("")


def _buttons(t: Translator, own: OwnIncident, page: int) -> list[list[InlineKeyboardButton]]:
    number, report = own.incident.number, own.reports[page]
    turn = []
    if page:
        turn.append(button(t.button("Earlier"), press("fault.mine", number, page - 1)))
    if page + 1 < len(own.reports):
        turn.append(button(t.button("Later"), press("fault.mine", number, page + 1)))
    shown = []
    if report.files:
        shown.append(button(t.button("Show the files"), press("fault.files", number, report.id)))
    if own.effects:
        shown.append(button(t.button("My deadlines"), press("fault.moved", number, 0)))
    object_ = []
    if is_refuted(own):
        object_.append(button(t.button("I disagree"), press("fault.disagree", number)))
    evidence = button(t.button("Evidence (ZIP)"), press("incident.evidence", number))
    return [
        turn,
        shown,
        [evidence],
        object_,
        [button(t.button("My fault reports"), press("faults.mine"))],
    ]


def is_refuted(own: OwnIncident) -> bool:
    """Whether it was decided that there is no fault, also when it is closed since."""
    decided = own.incident.decided_at is not None
    return decided and not own.confirmed and own.incident.joined_into is None


def ask_why(t: Translator, number: int) -> Html:
    """What speaks against the decision."""
    return join(
        [
            bold(t("You disagree: incident No. {number} was refuted", number=number)),
            t("Say what speaks for the fault. Your words go to support, which answers you here."),
        ],
        "\n\n",
    )


def objection(t: Translator, number: int, text: str) -> str:
    """What support reads."""
    head = t("I disagree that incident No. {number} is refuted.", number=number)
    return f"{plain(head)}\n{text}"


def moved_page(t: Translator, own: OwnIncident, page: int) -> Shown:
    """What an incident did to the deadlines of the own company (pages from 0)."""
    number, effects = own.incident.number, own.effects
    page = min(page, max(0, (len(effects) - 1) // EFFECTS))
    shown = [effect(t, each) for each in effects[page * EFFECTS : (page + 1) * EFFECTS]]
    turn = []
    if page:
        turn.append(button(t.button("Earlier deadlines"), press("fault.moved", number, page - 1)))
    if (page + 1) * EFFECTS < len(effects):
        turn.append(button(t.button("Further deadlines"), press("fault.moved", number, page + 1)))
    head = bold(t("What incident No. {number} has done", number=number))
    body = shown or [t("Nothing has been changed.")]
    back = button(t.button("Back to my report"), press("fault.mine", number, 0))
    return Shown(join([head, *body], "\n\n"), keyboard(turn, [back]))

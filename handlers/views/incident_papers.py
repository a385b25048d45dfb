"""Documents of an incident in the chat: the evidence pack and the report to be signed."""

from __future__ import annotations

from domain.documents.evidence import Pack
from domain.incidents.views import IncidentView
from domain.roles import Role
from handlers.views.incidents_cards import OPERATORS, to_card
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.translator import Html, Translator, join


def papers_page(t: Translator, view: IncidentView, role: Role | None) -> Shown:
    """Which documents there are of an incident now."""
    text = [
        bold(t("Documents of incident No. {number}", number=view.number)),
        t(
            "The evidence pack holds reports, screenshots, own outages, decisions and terms "
            "moved. Its cover lists everything by SHA-256."
        ),
    ]
    rows = [[button(t.button("Evidence (ZIP)"), press("incident.evidence", view.number))]]
    if may_report(view, role):
        text.append(t("The written report is prepared for signing, in Kazakh and Russian."))
        rows.append([button(t.button("Report to sign"), press("incident.paper", view.number))])
    return Shown(join(text, "\n\n"), keyboard(*rows, [to_card(t, view.number)]))


def may_report(view: IncidentView, role: Role | None) -> bool:
    """Whether there is a written report to be prepared: the fault was confirmed."""
    confirmed = view.state in ("confirmed", "closed") and view.level is not None
    return role in OPERATORS and confirmed


def ask_proposals(t: Translator, number: int) -> Html:
    """The one thing in the report that is not on record."""
    return join(
        [
            bold(t("Report on incident No. {number}", number=number)),
            t("What do you propose so that it does not happen again? It goes into the report."),
            t("Example: Add a second disk and check the copies every day."),
        ],
        "\n\n",
    )


def report_caption(t: Translator, number: int) -> Html:
    """Under the report."""
    return t("The report on incident No. {number}. Check it and sign it.", number=number)


def report_made(t: Translator) -> Html:
    """The form is over."""
    return t("The report is ready.")


def evidence_caption(t: Translator, number: int, pack: Pack) -> Html:
    """Under the pack or a part of it; says how many files are only named in it."""
    omitted = len(pack.omitted)
    head = t("The evidence on incident No. {number}. Begin with cover.pdf.", number=number)
    if pack.part > 1:
        head = t("The evidence on incident No. {number} goes on.", number=number)
    return join(
        [
            head,
            t("Part {part} of {parts}", part=pack.part, parts=pack.parts) if pack.parts > 1 else "",
            t("Files that are only named in it: {count}. The cover says why.", count=omitted)
            if omitted and pack.part == 1
            else "",
        ]
    )

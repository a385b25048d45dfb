"""A user reports a fault: the questions of the form, the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from aiogram.types import InlineKeyboardButton

from domain.files import MAX_FILE_BYTES
from domain.incidents.views import IncidentRow, Reported
from domain.support.regimes import Regime, regime_at
from handlers.views import faults_words as words
from handlers.views import format as fmt
from handlers.views.parts import cut
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.terms import INCIDENT_STATES
from handlers.views.translator import Html, Translator, escape, join, plain

_MEGABYTE = 1024 * 1024
_SHOWN = 700


def report_button(t: Translator) -> InlineKeyboardButton:
    """Opens the form of a report; for the page of support and own reports."""
    return button(t.button("Report a fault"), press("fault.report"))


def term_note(t: Translator, regime: Regime) -> Html:
    """Within which term a fault is reported; a late report is taken all the same."""
    length = fmt.term(t, regime.report.term)
    return t(
        "A fault is reported within {term} after it was found ({clause}). "
        "A later report is taken, too, and is marked as late.",
        term=length,
        clause=words.cited(t, regime.report.clause),
    )


def not_for_guests(t: Translator) -> str:
    """Who is not registered reports in the words of a request."""
    return plain(t("This form is for registered users. Write here what happened: it goes to us."))


# Questions of the form


def ask_text(t: Translator, regime: Regime) -> Html:
    """What happened."""
    return join(
        [
            bold(t("Report a fault: what does not work?")),
            t("Say what you did, what you expected and what you saw."),
            t("Example: I cannot submit an offer on order 15, the page shows error 502."),
            term_note(t, regime),
        ],
        "\n\n",
    )


def ask_similar(t: Translator, rows: Sequence[IncidentRow]) -> Html:
    """Open incidents that read alike: join one of them, or go on with a new one."""
    return join(
        [
            bold(t("Is it one of these?")),
            t("These faults are known and read alike. Press the number to join your report."),
            *(_similar(t, row) for row in rows),
        ],
        "\n\n",
    )


def _similar(t: Translator, row: IncidentRow) -> Html:
    return join(
        [
            bold(t("No. {number}", number=row.number)) + " · " + t(INCIDENT_STATES[row.state]),
            words.title(t, row.titles),
            *words.times(t, row),
            t("Reports: {count}", count=row.reports),
        ]
    )


def ask_found(t: Translator, regime: Regime) -> Html:
    """When the user found it."""
    return join(
        [
            bold(t("When did you find the fault?")),
            words.ask_moment(t),
            term_note(t, regime),
        ],
        "\n\n",
    )


def ask_contacts(t: Translator, known: str) -> Html:
    """How to reach the user."""
    return join(
        [
            bold(t("How can we reach you?")),
            t("Known to us: {contacts}", contacts=known) if known else "",
            t("Type a phone number or an e-mail address, or both."),
        ],
        "\n\n",
    )


def ask_files(t: Translator, files: Sequence[Mapping[str, Any]]) -> Html:
    """Screenshots and files that show the fault."""
    names = [escape("• " + cut(str(each["name"]), 80)) for each in files]
    return join(
        [
            bold(t("Send screenshots or files that show the fault")),
            t(
                "One after another or several at once, up to {limit} MB each. "
                "Send a bigger file in parts, or a link to it in the text.",
                limit=MAX_FILE_BYTES // _MEGABYTE,
            ),
            join([t("Attached: {count}", count=len(files)), *names]) if files else "",
        ],
        "\n\n",
    )


def ask_orders(t: Translator, chosen: Sequence[int]) -> Html:
    """Orders whose terms are at stake."""
    numbers = ", ".join(map(str, chosen))
    return join(
        [
            bold(t("Which of your orders are at stake?")),
            t("Press those whose deadlines you may miss because of the fault. You may skip this."),
            t("Chosen: No. {numbers}", numbers=numbers) if chosen else "",
        ],
        "\n\n",
    )


def review(t: Translator, data: Mapping[str, Any], regime: Regime, *, late: bool) -> Html:
    """Everything that will be sent, and whether it is in time."""
    files, orders, join_to = data["files"], data["orders"], data["join"]
    lines = [
        escape(cut(str(data["text"]), _SHOWN)),
        join(
            [
                t(
                    "Found: {moment}",
                    moment=fmt.moment(t, datetime.fromisoformat(str(data["found"]))),
                ),
                t("Caller: {name}", name=str(data["caller"])) if data.get("caller") else "",
                t("Phone: {phone}", phone=str(data["phone"])) if data.get("phone") else "",
                t("Contacts: {contacts}", contacts=cut(str(data["contacts"]), 200)),
                t("Files: {count}", count=len(files)) if files else t("Without files"),
                t("Orders at stake: No. {numbers}", numbers=", ".join(map(str, orders)))
                if orders
                else "",
                t("Joins incident No. {number}", number=int(join_to)) if join_to else "",
            ]
        ),
        late_note(t) if late else "",
        term_note(t, regime),
    ]
    return join([bold(t("Check the report")), *lines], "\n\n")


def late_note(t: Translator) -> Html:
    """The term is over."""
    return bold(t("The term is over: your report is late. It is taken and analysed all the same."))


def reported(t: Translator, taken: Reported, now: datetime) -> Shown:
    """The report has its number; what follows."""
    regime = regime_at(taken.regime, now)
    head = t("Your report of a fault is taken: incident No. {number}", number=taken.incident)
    follows = t("Support analyses it and tells you the result here.")
    if taken.decide_by is not None and regime.decision is not None:
        follows = join(
            [
                t(
                    "It will be confirmed or refuted by {due_at}.",
                    due_at=bold(fmt.due(t, taken.decide_by)),
                ),
                words.cited(t, regime.decision.clause),
            ],
            " · ",
        )
    text = join(
        [
            bold(head),
            t("It joins the reports of other users.") if taken.joined else "",
            late_note(t) if taken.late else "",
            t.plural(
                "{n} deadline waits for the decision.",
                "{n} deadlines wait for the decision.",
                taken.held,
            )
            if taken.held
            else "",
            follows,
        ],
        "\n\n",
    )
    return Shown(text, keyboard([button(t.button("My fault reports"), press("faults.mine"))]))

"""What people read when something is refused: what happened, by which rule, what to do now.

Every code that ``domain`` raises has its text in one of the tables; a test compares them with the
code of ``domain``.
"""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from domain.documents.sheets.errors import SheetError
from domain.errors import ErrorKind, RuleBroken
from handlers.views.errors.api import API
from handlers.views.errors.broadcasts import BROADCASTS
from handlers.views.errors.channels import CHANNELS
from handlers.views.errors.desk import DESK
from handlers.views.errors.duty import DUTY
from handlers.views.errors.incidents import INCIDENTS
from handlers.views.errors.operations import OPERATIONS
from handlers.views.errors.people import PEOPLE
from handlers.views.errors.preferences import PREFERENCES
from handlers.views.errors.recordings import RECORDINGS
from handlers.views.errors.sheets import SHEETS, say_sheet_error
from handlers.views.errors.support import SUPPORT
from handlers.views.errors.told import Teller, Told, do_of, rule_of, show, what_of
from handlers.views.errors.trade import TRADE
from handlers.views.errors.typed import TYPED
from handlers.views.errors.webhooks import WEBHOOKS
from handlers.views.shown import bold, italic
from handlers.views.translator import Html, Translator, escape, join, lazy, plain

__all__ = ["SHEETS", "TEXTS", "describe", "describe_sheet_error", "toast"]

_log = structlog.get_logger(__name__)

#: Telegram shows at most this many characters in the answer to a press.
TOAST_LIMIT = 200
_PROBLEMS_SHOWN = 10

_IMPORT = Told(
    lazy("Nothing was loaded. Errors found: {count}."),
    lazy("Correct them and send everything again."),
)

#: The text of every code of RuleBroken.
TEXTS: Mapping[str, Teller] = {
    **DESK,
    **TRADE,
    **PEOPLE,
    **SUPPORT,
    **RECORDINGS,
    **INCIDENTS,
    **WEBHOOKS,
    **BROADCASTS,
    **CHANNELS,
    **OPERATIONS,
    **DUTY,
    **PREFERENCES,
    **TYPED,
    **API,
    "import_failed": _IMPORT,
}

_GENERIC: Mapping[ErrorKind, Told] = {
    "invalid": Told(
        lazy("This cannot be done as it stands."),
        lazy("Check what you gave and try again, or write to support."),
    ),
    "forbidden": Told(
        lazy("You have no right to do this."),
        lazy("If you need it, write to support."),
    ),
    "not_found": Told(
        lazy("This is not found."),
        lazy("Open the menu and choose again."),
    ),
    "conflict": Told(
        lazy("This cannot be done any more: something has changed meanwhile."),
        lazy("Open it again to see how it stands now."),
    ),
    "unauthenticated": Told(
        lazy("It is not known who asks."),
        lazy("Show a valid token, or press /start in the chat."),
    ),
}


def describe(t: Translator, error: RuleBroken) -> Html:
    """The refusal as a message: what happened, what to do, and the act with its clause."""
    told = _told(error)
    rule = rule_of(t, error.clause)
    parts = [
        bold(what_of(t, told, error.params)),
        *_problems(t, error),
        do_of(t, told, error.params),
        italic(t("The rule: {clause}", clause=rule)) if rule else "",
    ]
    return join(parts)


def toast(t: Translator, error: RuleBroken) -> str:
    """The refusal in at most 200 characters, for the answer to a press.

    What happened comes first, then as much of the way on and the rule as has room.
    """
    told = _told(error)
    said = plain(what_of(t, told, error.params))
    for sep, more in ((" ", do_of(t, told, error.params)), ("\n", rule_of(t, error.clause))):
        longer = f"{said}{sep}{plain(more)}" if more else said
        if len(longer) <= TOAST_LIMIT:
            said = longer
    return said if len(said) <= TOAST_LIMIT else said[: TOAST_LIMIT - 1].rstrip() + "…"


def describe_sheet_error(t: Translator, error: SheetError) -> Html:
    """One thing wrong in a spreadsheet, in one line: the cell, what is wrong, what to do."""
    told = SHEETS.get(error.code)
    if told is None:
        told = _told(RuleBroken(error.code, None, **error.params))
    return say_sheet_error(t, error, told)


def _told(error: RuleBroken) -> Told:
    teller = TEXTS.get(error.code)
    if teller is None:
        _log.error("error_without_text", code=error.code)
        return _GENERIC[error.kind]
    return teller if isinstance(teller, Told) else teller(error)


def _problems(t: Translator, error: RuleBroken) -> list[Html]:
    """The first errors of an import, one a line."""
    problems = error.params.get("errors")
    if error.code != "import_failed" or not isinstance(problems, list):
        return []
    lines = [_problem(t, each) for each in problems[:_PROBLEMS_SHOWN] if isinstance(each, Mapping)]
    rest = int(error.params.get("count", len(problems))) - len(lines)
    if rest > 0:
        lines.append(t.plural("and {n} more error", "and {n} more errors", rest))
    return lines


def _problem(t: Translator, problem: Mapping[str, object]) -> Html:
    params = problem.get("params")
    values = (
        {str(name): value for name, value in params.items()} if isinstance(params, dict) else {}
    )
    values.setdefault("field", problem.get("field"))
    told = _told(RuleBroken(str(problem.get("code")), None, **values))
    place = join([_row(t, problem.get("row")), show(t, problem.get("field") or "")], ", ")
    what = what_of(t, told, values)
    return escape("• ") + (place + ": " + what if place else what)


def _row(t: Translator, row: object) -> Html:
    return t("row {row}", row=row) if isinstance(row, int) and row > 0 else escape("")

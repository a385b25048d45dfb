"""Letters of the desk: subject and text, plain, in the language of the request.

The number stands in each subject, so that an answer finds its request.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from domain.notices.views import NoticeView
from handlers.views.notices.facts import Facts, clause, short
from handlers.views.support_words import TICKET_RESULTS, when
from handlers.views.translator import Html, Translator, escape, join, plain

_SUBJECT = 120
_LINK = re.compile(r"<a\s[^<>]*?href=\"([^\"<>]*)\"[^<>]*>(.*?)</a>", re.DOTALL)


@dataclass(frozen=True)
class LetterText:
    """A letter in words."""

    subject: str
    text: str


def letter(t: Translator, kind: str, notice: NoticeView, *, missing: int = 0) -> LetterText:
    """What a letter says; ``missing``: files of the answer that are too big to go along.

    Raises KeyError for a kind that no letter is written of.
    """
    f = Facts(notice, notice.created_at)
    number = f.whole("ticket")
    parts = [
        t("Hello!"),
        *_BODIES[kind](t, f),
        t.plural(
            "{n} file is too big for a letter: please ask us for it.",
            "{n} files are too big for a letter: please ask us for them.",
            missing,
        )
        if missing
        else escape(""),
        _ending(t, kind, number),
    ]
    head = " ".join(short(f.text("subject"), _SUBJECT).split())
    named = f"[#{number}] {head}" if head else f"[#{number}] {plain(t('Request to support'))}"
    return LetterText(named, plain(join(parts, "\n\n")) + "\n")


def _ending(t: Translator, kind: str, number: int) -> Html:
    sign = escape(f"[#{number}]")
    how = t(
        "To write to us about this, answer this letter: leave {sign} in its subject.", sign=sign
    )
    if kind == "ticket.closed":
        how = t("If anything is left, answer this letter: it becomes a new request.")
    return join([how, t("Support of Tapsyrys")])


def _said(f: Facts) -> Html:
    """What an operator wrote: the desk keeps it as HTML, and a letter shows where links lead."""
    return Html(_LINK.sub(_linked, f.text("text")))


def _linked(found: re.Match[str]) -> str:
    address, shown = found[1], found[2]
    bare = html.unescape(address).removeprefix("mailto:").removeprefix("tel:")
    return shown if bare in html.unescape(shown) else f"{shown} ({address})"


def _by(t: Translator, f: Facts) -> Html:
    due_at = f.at("due_at")
    promised = t("We will work it by: {when}", when=when(t, due_at)) if due_at else escape("")
    return join([promised, clause(t, f)])


def _received(t: Translator, f: Facts) -> list[Html]:
    open_now = f.notice.params.get("open") is True
    there = t("Operators are there and will answer by e-mail.")
    away = t("Operators are away now: we will answer by e-mail.")
    return [
        t("Your request No. {number} is taken", number=f.whole("ticket")) + ".",
        join([there if open_now else away, _by(t, f)]),
        t("This letter was written by a machine."),
    ]


def _reopened(t: Translator, f: Facts) -> list[Html]:
    head = t("Your request No. {number} is open again", number=f.whole("ticket")) + "."
    return [head, _by(t, f)]


def _answered(t: Translator, f: Facts) -> list[Html]:
    return [t("Answer to your request No. {number}", number=f.whole("ticket")) + ":", _said(f)]


def _refuted(t: Translator, f: Facts) -> list[Html]:
    number = f.whole("incident")
    return [
        t("Incident No. {number}: no fault was found", number=number) + ".",
        t("Facts: {facts}", facts=_said(f)),
        clause(t, f),
    ]


def _documents(t: Translator, f: Facts) -> list[Html]:
    number = f.whole("ticket")
    return [
        t("To work your request No. {number}, we need documents from you.", number=number),
        _said(f),
        t("Please attach them to your answer, each at most 20 MB."),
        clause(t, f),
    ]


def _called_back(t: Translator, f: Facts) -> list[Html]:
    number = f.whole("ticket")
    return [t("We called you back: request No. {number}", number=number) + ".", _said(f)]


def _not_reached(t: Translator, f: Facts) -> list[Html]:
    number = f.whole("ticket")
    return [
        t("We called you and could not reach you: request No. {number}", number=number) + ".",
        t("We will try again. You can also write when to call."),
    ]


def _closed(t: Translator, f: Facts) -> list[Html]:
    result = TICKET_RESULTS.get(f.text("result"))
    return [
        t("Your request No. {number} is closed", number=f.whole("ticket")) + ".",
        t("Result: {result}", result=t(result)) if result else escape(""),
        _said(f),
    ]


def _merged(t: Translator, f: Facts) -> list[Html]:
    into = f.whole("into")
    return [
        t("Your request No. {number} is joined with another", number=f.whole("ticket")) + ".",
        t("It goes on in request No. {number}.", number=into) if into else escape(""),
    ]


def _promise_moved(t: Translator, f: Facts) -> list[Html]:
    old, number = f.at("old"), f.whole("ticket")
    return [
        t("Your request No. {number}: the promised time has moved", number=number) + ".",
        join([_by(t, f), t("It was: {due_at}", due_at=when(t, old)) if old else ""]),
        t("The working calendar has changed."),
    ]


def _file_too_big(t: Translator, f: Facts) -> list[Html]:
    name = f.text("name")
    return [
        t("A file is over 20 MB: request No. {number}", number=f.whole("ticket")) + ".",
        t("File: {name}", name=name) if name else escape(""),
        join([t("Please send it in parts of at most 20 MB each."), clause(t, f)]),
    ]


_BODIES: Mapping[str, Callable[[Translator, Facts], list[Html]]] = {
    "ticket.received": _received,
    "ticket.reopened": _reopened,
    "ticket.answered": _answered,
    "ticket.refuted": _refuted,
    "ticket.documents": _documents,
    "ticket.called_back": _called_back,
    "ticket.not_reached": _not_reached,
    "ticket.closed": _closed,
    "ticket.merged": _merged,
    "ticket.promise_moved": _promise_moved,
    "ticket.file_too_big": _file_too_big,
}
LETTERS = frozenset(_BODIES)
"""Kinds that a letter is written of."""

"""Recordings of support in words: their life, what goes in a month, what a person asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from babel.dates import format_date

from domain.clock import astana
from domain.support.recording_views import DeletionAnswer, OwnRecording, StepView
from handlers.views import format as fmt
from handlers.views.parts import cut
from handlers.views.shown import bold, italic
from handlers.views.support_words import FILE_KINDS
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy

STEPS: Mapping[str, Lazy] = {
    "collected": lazy("collected", context="recording step"),
    "stored": lazy("stored", context="recording step"),
    "listened": lazy("listened to", context="recording step"),
    "transferred": lazy("handed over", context="recording step"),
    "held": lazy("held for a dispute", context="recording step"),
    "released": lazy("released, the dispute is settled", context="recording step"),
    "destroyed": lazy("destroyed", context="recording step"),
}

# Translators: a date pattern of CLDR: month and year, standing alone.
_MONTH = lazy("LLLL y", context="date pattern")
_SHOWN = 20
# Of a ground or a receiver: a page of steps fits one message.
_DETAIL, _NAME = 150, 60


def month_name(t: Translator, month: date) -> Html:
    """A month with its year."""
    return escape(format_date(month, str(t(_MONTH)), locale=t.locale))


def spoken(t: Translator, kind: str, seconds: int | None) -> Html:
    """What a recording is, and how long."""
    named = t(FILE_KINDS[kind]) if kind in FILE_KINDS else escape(kind)
    if seconds is None:
        return named
    return named + escape(f", {seconds // 60}:{seconds % 60:02}")


def steps(t: Translator, found: Sequence[StepView]) -> Html:
    """The life of a recording, a step a line."""
    return join([_step(t, each) for each in found])


def _step(t: Translator, step: StepView) -> Html:
    named = STEPS.get(step.step)
    what = t(named) if named else escape(step.step)
    line = fmt.moment(t, step.at) + ": " + what
    if step.step == "destroyed" and step.detail:
        return line + " · " + t("act No. {number}", number=step.detail)
    said = step.detail if step.step in ("transferred", "held") else ""
    return join([line, escape(cut(step.name, _NAME)), escape(cut(said, _DETAIL))], " · ")


def _more(t: Translator, rest: int) -> list[Html]:
    return [t.plural("and {n} more", "and {n} more", rest)] if rest > 0 else []


def deletion_answer(t: Translator, answer: DeletionAnswer) -> Html:
    """The answer to a request to delete what is kept: what goes and when, what stays and why."""
    lines = [_own(t, each) for each in answer.recordings[:_SHOWN]]
    rest = len(answer.recordings) - len(lines)
    return join(
        [
            bold(t("What is deleted, and when")),
            *(lines or [t("No recordings of your voice are kept.")]),
            *_more(t, rest),
            _why_not_now(t) if lines else "",
            "",
            bold(t("What stays by law")),
            t("• Your account: it can be suspended, it is never deleted."),
            italic(fmt.clause(t, "366-9")),
            t.plural(
                "• The register of roles: at least {n} year.",
                "• The register of roles: at least {n} years.",
                answer.register_years,
            ),
            italic(fmt.clause(t, "366-34")),
            t.plural(
                "• {n} request to support with its texts.",
                "• {n} requests to support with their texts.",
                answer.tickets,
            )
            if answer.tickets
            else "",
        ]
    )


def _why_not_now(t: Translator) -> Html:
    said = t(
        "Talks with support are recorded by law and kept until the end of their term, as they "
        "are the proof in a dispute. On that day they are destroyed without your asking, and an "
        "act says so."
    )
    source = fmt.clauses(t, ["366-20", "366-21.2", "366-21.3"])
    return join([said, italic(source)])


def _own(t: Translator, recording: OwnRecording) -> Html:
    if recording.until is None:
        return t(
            "• Recording in request No. {ticket}: when the dispute is settled.",
            ticket=recording.ticket,
        )
    day = fmt.day(t, astana(recording.until).date())
    return t("• Recording in request No. {ticket}: on {day}.", ticket=recording.ticket, day=day)

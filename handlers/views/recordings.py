"""Recordings of support in words: their life, what goes in a month, what a person asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from babel.dates import format_date

from domain.clock import astana
from domain.support.recording_views import (
    DeletionAnswer,
    OwnRecording,
    Preview,
    RecordingView,
    StepView,
)
from handlers.views import format as fmt
from handlers.views.shown import bold, italic
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


def month_name(t: Translator, month: date) -> Html:
    """A month with its year."""
    return escape(format_date(month, str(t(_MONTH)), locale=t.locale))


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
    return join([line, escape(step.name), escape(said)], " · ")


def preview(t: Translator, found: Preview) -> Html:
    """What goes in a month, and what disputes keep; the first of each."""
    going = [_line(t, each) for each in found.going[:_SHOWN]]
    held = [
        join([_line(t, each.recording), t("Dispute: {ground}", ground=each.ground)], " · ")
        for each in found.held[:_SHOWN]
    ]
    return join(
        [
            bold(t("Recordings to be destroyed: {month}", month=month_name(t, found.month))),
            t.plural("{n} recording", "{n} recordings", found.going_total),
            *going,
            *_more(t, found.going_total - len(going)),
            bold(t("Kept because of a dispute")) if held else "",
            *held,
            *_more(t, found.held_total - len(held)),
            italic(fmt.clause(t, "366-21.2")),
        ]
    )


def _line(t: Translator, recording: RecordingView) -> Html:
    collected = fmt.day(t, astana(recording.collected_at).date())
    return t("• request No. {ticket}, collected on {day}", ticket=recording.ticket, day=collected)


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
            italic(fmt.clause(t, "366-21.3")) if lines else "",
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


def _own(t: Translator, recording: OwnRecording) -> Html:
    if recording.until is None:
        return t(
            "• Recording in request No. {ticket}: when the dispute is settled.",
            ticket=recording.ticket,
        )
    day = fmt.day(t, astana(recording.until).date())
    return t("• Recording in request No. {ticket}: on {day}.", ticket=recording.ticket, day=day)

"""Registering a call: who, when, in which language, what was asked, the recording if any."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from handlers.views import format as fmt
from handlers.views.desk_terms import LANGUAGES, named
from handlers.views.faults_words import ask_moment
from handlers.views.parts import cut
from handlers.views.shown import bold
from handlers.views.translator import Html, Translator, escape, join

_TEXT = 800


def ask_name(t: Translator) -> Html:
    """Who called."""
    return join([bold(t("Who called?")), t("Type the full name.")], "\n\n")


def ask_phone(t: Translator) -> Html:
    """From which phone."""
    example = "+7 701 555 00 01"
    return join(
        [bold(t("From which phone?")), t("Type the number. Example: {example}", example=example)],
        "\n\n",
    )


def ask_called_at(t: Translator) -> Html:
    """When the call was; the term of an answer runs from then (act 366, clause 26)."""
    told = t(
        "The answer is promised from the moment of the call. A call can be registered "
        "within 10 days."
    )
    return join([bold(t("When was the call?")), ask_moment(t), told], "\n\n")


def ask_language(t: Translator) -> Html:
    """In which language the caller is answered."""
    return bold(t("In which language did they speak?"))


def ask_text(t: Translator) -> Html:
    """What the caller asked."""
    return join([bold(t("What did they ask?")), t("Type it in a few sentences.")], "\n\n")


def ask_recording(t: Translator) -> Html:
    """The recording, where there is one (act 366, clause 20)."""
    how = t("Send it as a voice message or a file of up to 20 MB, or press the button below.")
    return join([bold(t("Is there a recording of the call?")), how], "\n\n")


def review(t: Translator, data: Mapping[str, Any]) -> Html:
    """Everything once more before the call is registered."""
    at = datetime.fromisoformat(str(data["at"]))
    file = data.get("recording")
    kept = t("attached") if file else t("none")
    return join(
        [
            bold(t("Check the call")),
            join(
                [
                    t("Caller: {name}", name=str(data["name"])),
                    t("Phone: {phone}", phone=str(data["phone"])),
                    t("Time of the call: {moment}", moment=fmt.moment(t, at)),
                    t("Language: {language}", language=named(t, LANGUAGES, str(data["language"]))),
                    t("Recording: {recording}", recording=kept),
                ]
            ),
            escape(cut(str(data["text"]), _TEXT)),
        ],
        "\n\n",
    )


def registered(t: Translator, number: int) -> Html:
    """The call is a ticket now."""
    return t("The call is registered: ticket No. {number}", number=number)

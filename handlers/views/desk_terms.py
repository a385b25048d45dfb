"""Names of what the desk works with: states, channels, results, priorities, marks."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.views.terms import ROLES
from handlers.views.translator import Html, Lazy, Translator, escape, lazy

TICKET_STATES: Mapping[str, Lazy] = {
    "open": lazy("Nobody has taken it", context="ticket state"),
    "working": lazy("In work", context="ticket state"),
    "waiting": lazy("Waits for the user", context="ticket state"),
    "answered": lazy("Answered", context="ticket state"),
    "closed": lazy("Closed", context="ticket state"),
    "merged": lazy("Merged into another", context="ticket state"),
}

CHANNELS: Mapping[str, Lazy] = {
    "chat": lazy("Chat", context="channel"),
    "voice": lazy("Voice message", context="channel"),
    "email": lazy("E-mail", context="channel"),
    "phone": lazy("Phone call", context="channel"),
    "api": lazy("Platform", context="channel"),
}

RESULTS: Mapping[str, Lazy] = {
    "answered": lazy("Answered", context="ticket result"),
    "called_back": lazy("Called back", context="ticket result"),
    "not_reached": lazy("Not reached", context="ticket result"),
    "refused": lazy("Refused", context="ticket result"),
    "not_fault": lazy("Not a fault", context="ticket result"),
    "duplicate": lazy("Duplicate", context="ticket result"),
    "no_reply": lazy("The user did not reply", context="ticket result"),
}

#: How a call back to the user ended; the result of a ticket has the same word for it.
CALL_RESULTS: Mapping[str, Lazy] = {
    "answered": lazy("We talked", context="button"),
    "not_reached": RESULTS["not_reached"],
}

#: The act of keeping somebody from writing, wherever it stands.
MUTING = lazy("Keep from writing", context="button")

NO_CANNED = lazy(
    "There are no ready answers yet. An administrator adds them: /answers in the private chat "
    "with the bot."
)

PRIORITIES: Mapping[str, Lazy] = {
    "low": lazy("Low", context="priority"),
    "normal": lazy("Normal", context="priority"),
    "high": lazy("High", context="priority"),
}

LANGUAGES: Mapping[str, Lazy] = {
    "kk": lazy("Kazakh", context="language"),
    "ru": lazy("Russian", context="language"),
}

#: Signs that need no language. A message of the bot that begins with one of the first seven asks
#: for something, and what is written in reply to it is that and nothing else.
NOTE, DOCUMENTS, MERGE, DISPUTE, INCIDENT, CALL, MUTE = (
    "\N{LOCK}",
    "\N{PAPERCLIP}",
    "\N{LINK SYMBOL}",
    "\N{SCALES}",
    "\N{WARNING SIGN}",
    "\N{TELEPHONE RECEIVER}",
    "\N{SPEAKER WITH CANCELLATION STROKE}",
)
RED, OVERDUE = "\N{LARGE RED CIRCLE}", "\N{FIRE}"
PERSON, DESK = "\N{BUST IN SILHOUETTE}", "\N{SPEECH BALLOON}"


def named(t: Translator, names: Mapping[str, Lazy], code: str) -> Html:
    """The name of a code; an unknown one as it is written."""
    return t(names[code]) if code in names else escape(code)


def role_name(t: Translator, code: str) -> Html:
    """The role a person asked in; nothing for a guest."""
    return named(t, ROLES, code) if code else escape("")


def alarm_of(*, red: bool, overdue: bool) -> int:
    """0 in time, 1 red, 2 overdue: as a topic shows it."""
    return 2 if overdue else 1 if red else 0


def alarm_sign(alarm: int) -> str:
    """The sign of a ticket that burns; nothing for one in time."""
    return ("", RED, OVERDUE)[alarm]

"""Names of what a ticket is made of, and what the system says in it, as its user reads them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from aiogram.types import InlineKeyboardButton
from babel.dates import format_date

from domain.clock import astana
from domain.support.views import FileView, MessageView
from handlers.views import format as fmt
from handlers.views.parts import cut
from handlers.views.press import press
from handlers.views.shown import button
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy

TICKET_STATES: Mapping[str, Lazy] = {
    "open": lazy("Waits for an operator", context="ticket state"),
    "working": lazy("An operator is working on it", context="ticket state"),
    "waiting": lazy("Waits for you", context="ticket state"),
    "answered": lazy("Answered", context="ticket state"),
    "closed": lazy("Closed", context="ticket state"),
    "merged": lazy("Joined with another", context="ticket state"),
}

#: How a request ended, to whoever made it.
TICKET_RESULTS: Mapping[str, Lazy] = {
    "answered": lazy("You have the answer", context="ticket result"),
    "called_back": lazy("We called you back", context="ticket result"),
    "not_reached": lazy("We could not reach you", context="ticket result"),
    "refused": lazy("The request was refused", context="ticket result"),
    "not_fault": lazy("It is no fault of the platform", context="ticket result"),
    "duplicate": lazy("There is another request on the same", context="ticket result"),
    "no_reply": lazy("No reply came to our question", context="ticket result"),
}

FILE_KINDS: Mapping[str, Lazy] = {
    "voice": lazy("Voice message", context="file"),
    "audio": lazy("Audio", context="file"),
    "video_note": lazy("Video message", context="file"),
    "photo": lazy("Photo", context="file"),
    "document": lazy("File", context="file"),
    "call": lazy("Phone call", context="file"),
}

#: What became of the copy of a file, where its sender should know.
FILE_STATES: Mapping[str, Lazy] = {
    "failed": lazy("did not arrive, please send it once more", context="file"),
    "too_big": lazy("is over 20 MB, please send it in parts", context="file"),
    "destroyed": lazy("destroyed when its term ended", context="file"),
}

_EVENTS: Mapping[str, Lazy] = {
    "opened": lazy("The request was taken."),
    "documents_asked": lazy("Support asked for documents."),
    "closed": lazy("The request was closed."),
    "reopened": lazy("The request was opened again."),
    "merged": lazy("The request goes on together with another one."),
    "promise_moved": lazy("The time of the answer has moved."),
    "rated": lazy("The answer was rated."),
    "not_reached": lazy("We called you and could not reach you."),
    "escalation_asked": lazy("You called the head of support."),
}

# Translators: a date pattern of CLDR: day of the week, day and month.
_WEEKDAY = lazy("EEEE, d MMMM", context="date pattern")
_NAME_SHOWN = 60
_MOST_RATING = 5


def weekday(t: Translator, value: date) -> Html:
    """вторник, 24 ноября."""
    return escape(format_date(value, str(t(_WEEKDAY)), locale=t.locale))


def when(t: Translator, instant: datetime) -> Html:
    """вторник, 24 ноября, 18:30 (Астана); tapped, it shows the reader's own time."""
    day = weekday(t, astana(instant).date())
    said = t("{day}, {time} (Astana)", day=day, time=fmt.clock(t, instant))
    return fmt.tg_time(instant, said)


def read_in_full(t: Translator, number: int, message_id: int, at: str = "") -> InlineKeyboardButton:
    """To the whole of a message that is shown cut; ``at`` tells it from others."""
    label = t.button("Read in full ({time})", time=at) if at else t.button("Read in full")
    return button(label, press("ticket.whole", number, message_id))


def stars(number: int) -> list[InlineKeyboardButton]:
    """The buttons that rate the answer to a request."""
    return [
        button(f"{rating} ★", press("ticket.rate", number, rating))
        for rating in range(1, _MOST_RATING + 1)
    ]


def is_for_user(message: MessageView) -> bool:
    """Whether the user reads a message: never what operators note for one another."""
    if message.author == "system":
        return message.kind in _EVENTS
    return message.author in ("user", "operator")


def event(t: Translator, message: MessageView) -> Html:
    """What the system says in a ticket."""
    given = message.params
    number = given.get("into") or given.get("ticket")
    if message.kind == "merged" and isinstance(number, int):
        return t("The request goes on in request No. {number}.", number=number)
    rating = given.get("rating")
    if message.kind == "rated" and isinstance(rating, int):
        return t("You rated the answer: {rating} of 5.", rating=rating)
    known = _EVENTS.get(message.kind)
    result = TICKET_RESULTS.get(str(given.get("result") or ""))
    told = t(known) if known else t("The request was changed.")
    return join([told, t(result) + "." if message.kind == "closed" and result else ""], " ")


def file_line(t: Translator, file: FileView) -> Html:
    """A file of a message in one line: what it is, how long, and what became of it."""
    known = FILE_KINDS.get(file.kind)
    kind = t(known) if known else escape(file.kind)
    length = _length(file.duration) if file.duration else ""
    named = file.kind in ("document", "audio") and file.name
    name = cut(file.name, _NAME_SHOWN) if named else ""
    said = join([kind, escape(length), escape(name)], ", ")
    state = FILE_STATES.get(file.state)
    return said + " – " + t(state) if state else said


def _length(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"

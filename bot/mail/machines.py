"""Telling letters of machines from those of people (RFC 3834): machines get no answer."""

from __future__ import annotations

import re
from typing import Literal

from bot.mail.letter import Letter

# person: a request. quiet: a request whose sender asks for no automatic answer.
# machine: an automatic answer, a list. bounce: our letter has not arrived. own: of ourselves.
Author = Literal["person", "quiet", "machine", "bounce", "own"]

_BULK = frozenset({"bulk", "list", "junk", "auto_reply"})
_SAID_BY_MACHINES = ("x-autoreply", "x-autorespond", "x-autorepond", "auto-submitted-by")
_DAEMONS = frozenset({"mailer-daemon", "postmaster", "mail-daemon", "double-bounce"})
_ACTION = re.compile(r"^action:\s*(\w+)", re.IGNORECASE | re.MULTILINE)


def author_of(letter: Letter, own: str, sender: str | None = None) -> Author:
    """Who wrote a letter; ``own`` is the desk's address, ``sender`` that of the envelope."""
    address = letter.address.lower()
    if own and address == own:
        return "own"
    if _is_report(letter, address):
        return "bounce" if _has_failed(letter) else "machine"
    if _is_of_machine(letter):
        return "machine"
    returns = letter.header("return-path").strip()
    if sender == "" or returns == "<>":
        return "machine"
    suppressed = letter.header("x-auto-response-suppress").strip().lower()
    return "quiet" if suppressed not in ("", "none") else "person"


def _is_report(letter: Letter, address: str) -> bool:
    return letter.content_type == "multipart/report" or address.partition("@")[0] in _DAEMONS


def _has_failed(letter: Letter) -> bool:
    """Whether a report says that a letter was not delivered, not that it is late or was read."""
    if "disposition-notification" in letter.header("content-type").lower():
        return False
    actions = {found.lower() for found in _ACTION.findall(letter.reported)}
    return not actions or "failed" in actions


def _is_of_machine(letter: Letter) -> bool:
    submitted = letter.header("auto-submitted").split(";")[0].strip().lower()
    if submitted not in ("", "no"):
        return True
    if letter.header("precedence").strip().lower() in _BULK:
        return True
    names = {name for name, _ in letter.headers}
    return any(name.startswith("list-") for name in names) or not names.isdisjoint(
        _SAID_BY_MACHINES
    )

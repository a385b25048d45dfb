"""Calendar files: the small part of RFC 5545 (iCalendar) that a list of deadlines needs.

What is written: one VCALENDAR of METHOD PUBLISH (RFC 5546, 3.2.1) with VEVENTs of UID, SEQUENCE,
DTSTAMP, DTSTART, DTEND (all in UTC, so no VTIMEZONE is needed), SUMMARY, DESCRIPTION, STATUS and
TRANSP; no alarms, no people. Texts are escaped (3.3.11), lines end with CRLF and are folded at 75
octets of UTF-8 (3.1), never inside a character. The same events make the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

MIME = "text/calendar; charset=utf-8"
_OCTETS = 75
_PRODUCT = "-//Tapsyrys//Deadlines//EN"
# How often programs are asked to look again (RFC 7986, 5.7, and the older name of it).
_REFRESH = "PT1H"
# Controls may not stand in a text (3.3.11); a line break is written as such.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One event; instants are aware.

    ``uid`` stays the same when the event moves, and ``sequence`` grows; ``stamp``: when it was
    last changed; ``cancelled``: it does not take place any more.
    """

    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str
    cancelled: bool = False


def calendar_file(name: str, events: Sequence[CalendarEvent]) -> bytes:
    """The calendar as a file; ``name`` is what programs show for it."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{_PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{escaped(name)}",
        f"X-WR-CALNAME:{escaped(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{_REFRESH}",
        f"X-PUBLISHED-TTL:{_REFRESH}",
        *(line for event in events for line in _event(event)),
        "END:VCALENDAR",
    ]
    return b"".join(folded(line) for line in lines)


def _event(event: CalendarEvent) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(event.uid)}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTAMP:{_instant(event.stamp)}"
    yield f"LAST-MODIFIED:{_instant(event.stamp)}"
    yield f"DTSTART:{_instant(event.starts_at)}"
    yield f"DTEND:{_instant(event.ends_at)}"
    yield f"SUMMARY:{escaped(event.summary)}"
    yield f"DESCRIPTION:{escaped(event.description)}"
    yield f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def escaped(text: str) -> str:
    """A text as a value of type TEXT (3.3.11)."""
    plain = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    for char in ("\\", ";", ","):
        plain = plain.replace(char, "\\" + char)
    return plain.replace("\n", "\\n")


def folded(line: str) -> bytes:
    """A content line in pieces of at most 75 octets, the further ones after a space (3.1)."""
    pieces: list[bytes] = []
    piece, room = b"", _OCTETS
    for char in line:
        octets = char.encode()
        if len(piece) + len(octets) > room:
            pieces.append(piece)
            piece, room = b"", _OCTETS - 1
        piece += octets
    pieces.append(piece)
    return b"\r\n ".join(pieces) + b"\r\n"

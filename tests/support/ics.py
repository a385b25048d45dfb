"""A strict reader of calendar files (RFC 5545): refuses what a calendar program might refuse."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

_NAME = re.compile(r"([A-Z-]+)((?:;[A-Z-]+=[^;:\"]+)*):(.*)", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"\\": "\\", ";": ";", ",": ",", "n": "\n", "N": "\n"}


@dataclass
class Component:
    """VCALENDAR or VEVENT: its properties, each once, and what is inside."""

    name: str
    values: dict[str, str] = field(default_factory=dict)
    inside: list[Component] = field(default_factory=list)

    def text(self, name: str) -> str:
        """A value of type TEXT."""
        raw = self.values[name]
        assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", raw), f"unescaped in {raw!r}"
        return _ESCAPE.sub(lambda found: _ESCAPED[found[1]], raw)

    def instant(self, name: str) -> datetime:
        """A value of type DATE-TIME in UTC."""
        return datetime.strptime(self.values[name], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def unfolded(content: bytes) -> list[str]:
    """The content lines; each physical line is at most 75 octets of whole characters."""
    assert content.endswith(b"\r\n")
    lines: list[str] = []
    for raw in content[:-2].split(b"\r\n"):
        assert b"\n" not in raw
        assert b"\r" not in raw
        assert 0 < len(raw) <= 75, raw
        line = raw.decode()
        assert all(char >= " " or char == "\t" for char in line), raw
        if line[0] == " ":
            lines[-1] += line[1:]
        else:
            lines.append(line)
    return lines


def read(content: bytes) -> Component:
    """The calendar; AssertionError for anything that is not one."""
    open_: list[Component] = []
    whole: Component | None = None
    for line in unfolded(content):
        assert whole is None, "nothing follows the end"
        found = _NAME.fullmatch(line)
        assert found is not None, line
        name, _, value = found.groups()
        if name == "BEGIN":
            made = Component(value)
            if open_:
                open_[-1].inside.append(made)
            open_.append(made)
        elif name == "END":
            ended = open_.pop()
            assert ended.name == value
            whole = ended if not open_ else None
        else:
            assert name not in open_[-1].values, name
            open_[-1].values[name] = value
    assert whole is not None
    _check(whole)
    return whole


def _check(calendar: Component) -> None:
    assert calendar.name == "VCALENDAR"
    assert calendar.values["VERSION"] == "2.0"
    assert calendar.values["METHOD"] == "PUBLISH"
    assert calendar.values["PRODID"]
    seen = set()
    for event in calendar.inside:
        assert event.name == "VEVENT"
        assert not event.inside, "no alarms"
        assert event.values["UID"] not in seen
        seen.add(event.values["UID"])
        assert event.instant("DTSTART") < event.instant("DTEND")
        event.instant("DTSTAMP")
        assert event.values["STATUS"] in ("CONFIRMED", "CANCELLED")
        assert int(event.values["SEQUENCE"]) >= 0

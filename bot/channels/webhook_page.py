"""The table of events in ``docs/webhooks.md``, made from the catalogue.

``python -m bot.channels.webhook_page`` writes it anew; a test compares the page with it.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from domain.webhooks.catalogue import EVENTS, PING, EventType, schema_of
from domain.webhooks.rules import DELAYS

PAGE = Path(__file__).parents[2] / "docs" / "webhooks.md"
BEGIN, END = "<!-- made from the code: begin -->", "<!-- made from the code: end -->"


def _delays() -> list[str]:
    lines = ["| attempt | waits | after the first |", "|---|---|---|", "| 1 | – | at once |"]
    at = datetime(2026, 1, 1, tzinfo=UTC)
    first = at
    for number, delay in enumerate(DELAYS, 2):
        at += delay
        lines.append(f"| {number} | {delay_text(delay.total_seconds())} | {_after(at, first)} |")
    return lines


def _after(at: datetime, first: datetime) -> str:
    return delay_text((at - first).total_seconds())


def delay_text(seconds: float) -> str:
    """``75 h 35 min 5 s``."""
    whole = int(seconds)
    parts = ((whole // 3600, "h"), (whole // 60 % 60, "min"), (whole % 60, "s"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count)


def _event(event: EventType) -> list[str]:
    schema = json.dumps(schema_of(event), ensure_ascii=False, indent=1)
    said = " ".join((event.data.__doc__ or "").split())
    return [
        f"### `{event.name}`",
        "",
        f"{said} {event.summary}",
        "",
        "<details><summary>JSON Schema</summary>",
        "",
        "```json",
        schema,
        "```",
        "",
        "</details>",
        "",
    ]


def made() -> str:
    """Everything between the marks."""
    lines = ["## Retries", "", *_delays(), "", "## Events", ""]
    for event in (*EVENTS.values(), PING):
        lines += _event(event)
    return "\n".join([BEGIN, "", *lines, END])


def renewed(page: str) -> str:
    """The page with what is made from the code in its place."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{made()}{after}"


def main() -> None:
    """Write the page anew."""
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()

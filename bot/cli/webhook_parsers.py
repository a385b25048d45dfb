"""What can be said of webhooks on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Parsers = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Parsers = object

#: Adds a command: its group, name, function, help and example.
Add = Callable[[Parsers, str, str, str, str], argparse.ArgumentParser]

_STATES = ("held", "waiting", "queued", "sending", "delivered", "dead", "skipped")
_PLAIN = (
    ("enable", "Let an endpoint that was disabled take events again."),
    ("disable", "Send an endpoint nothing more for now."),
    ("remove", "Take an endpoint away for good."),
    ("test", "Send the event webhook.ping to an endpoint."),
)


def add_webhooks(kinds: Parsers, add: Add) -> None:
    """``tapsyrys webhooks …``."""
    add(kinds, "list", "webhooks:list_endpoints", "All endpoints and their state.", "webhooks list")
    add(
        kinds, "events", "webhooks:list_events", "All events and whom they tell.", "webhooks events"
    )
    made = add(
        kinds,
        "add",
        "webhooks:add",
        "Make an endpoint; its secret is shown this once.",
        "webhooks add https://erp.example.kz/in --bin 050140000656 --event order.published",
    )
    made.add_argument("url", metavar="URL", help="an https address")
    made.add_argument("--bin", help="whose endpoint it is; without it, the operator's")
    made.add_argument(
        "--event", action="append", default=[], metavar="NAME", help="once for each; default all"
    )
    made.add_argument("--description", default="", help="what it is for")
    for name, help_ in _PLAIN:
        _number(add(kinds, name, f"webhooks:{name}", help_, f"webhooks {name} 3"))
    rotate = add(
        kinds,
        "rotate",
        "webhooks:rotate",
        "Make a new secret; the old one signs beside it for a while.",
        "webhooks rotate 3 --hours 24",
    )
    _number(rotate)
    rotate.add_argument("--hours", type=int, default=24, help="default 24, at most 168")
    shown = add(
        kinds,
        "deliveries",
        "webhooks:deliveries",
        "What was delivered to an endpoint and what was not, newest first.",
        "webhooks deliveries 3 --state dead",
    )
    _number(shown)
    shown.add_argument("--state", choices=_STATES, help="only these")
    shown.add_argument("--limit", type=int, default=20, help="how many; default 20")
    replay = add(
        kinds,
        "replay",
        "webhooks:replay",
        "Send again what did not arrive, under the same webhook-id.",
        "webhooks replay 3 --since 2026-11-20T15:00",
    )
    _number(replay)
    replay.add_argument("--since", help="an instant; without an offset it is the time of Astana")
    replay.add_argument("--delivery", type=int, help="only this delivery, also if it arrived")
    replay.add_argument("--delivered", action="store_true", help="also what arrived")


def _number(command: argparse.ArgumentParser) -> None:
    command.add_argument("number", type=int, metavar="NUMBER", help="as in the list")

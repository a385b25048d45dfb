"""Commands by role, and what the bot says about itself before anybody has pressed Start."""

from __future__ import annotations

from collections.abc import Mapping

from domain.roles import Role
from handlers.views.translator import Lazy, Translator, lazy, plain

COMMANDS: Mapping[str, Lazy] = {
    "start": lazy("Begin, or come back to the start", context="command"),
    "menu": lazy("Show the menu", context="command"),
    "orders": lazy("Orders", context="command"),
    "queue": lazy("Queue of support", context="command"),
    "shift": lazy("Begin or end a shift", context="command"),
    "call": lazy("Register a phone call", context="command"),
    "reports": lazy("Reports of support and the journal", context="command"),
    "answers": lazy("Ready answers of support", context="command"),
    "recordings": lazy("Recordings of support and acts of destruction", context="command"),
    "registrations": lazy("Applications that wait for a decision", context="command"),
    "people": lazy("Find a person", context="command"),
    "calendar": lazy("Working days", context="command"),
    "broadcasts": lazy("Messages to many people", context="command"),
    "undelivered": lazy("Notices that could not be sent", context="command"),
    "webhooks": lazy("Webhooks: programs that are told what happens", context="command"),
    "roles": lazy("Register of changes of roles", context="command"),
    "me": lazy("My account, company and role", context="command"),
    "duty": lazy("Who is on duty, absences", context="command"),
    "notices": lazy("My notices", context="command"),
    "settings": lazy("Notices: how and when", context="command"),
    "faults": lazy("Faults and works", context="command"),
    "status": lazy("How the platform works now", context="command"),
    "desk": lazy("Support desk on a web page", context="command"),
    "support": lazy("Ask support", context="command"),
    "language": lazy("Choose the language", context="command"),
    "help": lazy("What to do next", context="command"),
    "cancel": lazy("Close the form, keep what was typed", context="command"),
}

_ALWAYS = ("support", "status", "me", "notices", "settings", "language", "help", "cancel")
BY_ROLE: Mapping[Role | None, tuple[str, ...]] = {
    None: ("start", "menu", "support", "status", "language", "help", "cancel"),
    Role.SUPPLIER: ("menu", "orders", "duty", "webhooks", *_ALWAYS),
    Role.CUSTOMER: ("menu", "orders", "duty", "webhooks", *_ALWAYS),
    Role.ADMIN: (
        *("menu", "registrations", "people", "calendar", "roles", "orders", "faults"),
        *("broadcasts", "undelivered", "webhooks", "desk", "call", "reports", "answers"),
        *("recordings", *_ALWAYS),
    ),
    Role.AUTHORITY: ("menu", "orders", "roles", "faults", "recordings", *_ALWAYS),
    Role.SUPPORT: (
        *("menu", "queue", "shift", "call", "desk", "reports", "answers", "recordings"),
        *("orders", "faults", *_ALWAYS),
    ),
    Role.TECHNICAL_OPERATOR: ("menu", "orders", *_ALWAYS),
    Role.OBSERVER: ("menu", "orders", "roles", *_ALWAYS),
}

#: Telegram's limits, in characters.
DESCRIPTION_LIMIT, SHORT_LIMIT = 512, 120

_DESCRIPTION = lazy(
    "Tapsyrys brings orders to Kazakhstani producers: suppliers get the orders for their "
    "registered goods, submit price offers and confirm in time; customers compare, select and "
    "conclude contracts. Every term is counted for you. Press Start to register."
)
_SHORT = lazy("Orders for Kazakhstani producers: offers, selection, contracts, terms.")


def commands(t: Translator, role: Role | None) -> list[tuple[str, str]]:
    """Commands of a role with their descriptions, in the order of the menu."""
    return [(name, plain(t(COMMANDS[name]))) for name in BY_ROLE[role]]


def description(t: Translator) -> str:
    """What stands in an empty chat; at most 512 characters."""
    return plain(t(_DESCRIPTION))[:DESCRIPTION_LIMIT]


def short_description(t: Translator) -> str:
    """What stands in the bot's profile; at most 120 characters."""
    return plain(t(_SHORT))[:SHORT_LIMIT]

"""Names of acts on people's addresses, for reading the record."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.views.translator import Lazy, lazy

CHANNEL_ACTS: Mapping[str, Lazy] = {
    "channel.want": lazy("Address for notices given", context="act"),
    "channel.ask_again": lazy("Another code for an address asked for", context="act"),
    "channel.confirm": lazy("Code of an address given", context="act"),
    "channel.remove": lazy("Address for notices removed", context="act"),
    "channel.test": lazy("Address for notices tested", context="act"),
    "integrations.create_person_token": lazy("API token of a person made", context="act"),
    "channel.enroll": lazy("Role given to a person without Telegram", context="act"),
    "unchatty.change": lazy("Data of a person without Telegram corrected", context="act"),
    "unchatty.email": lazy("E-mail of a person without Telegram given", context="act"),
    "unchatty.end": lazy("Everything of a person without Telegram ended", context="act"),
    "people.join": lazy("Two accounts of a person joined", context="act"),
    "people.joined": lazy("Account joined with another of the person", context="act"),
}

"""Refusals of broadcasts."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.views.errors.told import Teller, Told, named
from handlers.views.terms import BROADCAST_STATES
from handlers.views.translator import lazy

BROADCASTS: Mapping[str, Teller] = {
    "broadcast_unknown": Told(
        lazy("Broadcast No. {number} is not found."),
        lazy("Check the number."),
    ),
    "broadcast_state": Told(
        lazy("This cannot be done with broadcast No. {number} now. Its state: {state}."),
        lazy("Open it again to see how it stands."),
        {"state": named(BROADCAST_STATES)},
    ),
    "broadcast_nobody": Told(
        lazy("Nobody fits these conditions, so there is nobody to send it to."),
        lazy("Change for whom the message is."),
    ),
    "broadcast_past": Told(
        lazy("The broadcast would start in the past."),
        lazy("Give a time to come, in Astana."),
    ),
    "broadcast_far": Told(
        lazy("The broadcast would start too late: the latest is {latest}."),
        lazy("Check the year."),
    ),
    "broadcast_file": Told(
        lazy("Only a photo or a file can go with the message."),
        lazy("Send a photo, or attach what you have as a file."),
    ),
    "audience_unknown": Told(
        lazy("There is no such role or language: {text}."),
        lazy("Choose one of the list."),
    ),
    "link_format": Told(
        lazy("This is not an address that a button can open."),
        lazy("Type it whole, with https at the beginning and without spaces."),
    ),
    "kato_format": Told(
        lazy("This is not a code of KATO."),
        lazy("It has 2, 4, 6 or 9 digits, like this: 71 or 711010000"),
    ),
    "goods_code_format": Told(
        lazy("This is neither a code of ENS TRU nor of AGSK-3."),
        lazy("Type it whole or its beginning, like this: 24, 242013 or 241-101"),
    ),
}

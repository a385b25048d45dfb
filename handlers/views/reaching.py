"""How many of those told of something were reached, by which channels, and who has seen it."""

from __future__ import annotations

from collections.abc import Mapping

from domain.notices.receipts import Reach
from handlers.views.translator import Html, Lazy, Translator, join, lazy

#: Ways in which people are told.
CHANNELS: Mapping[str, Lazy] = {
    "telegram": lazy("Telegram", context="channel"),
    "email": lazy("e-mail", context="channel"),
    "sms": lazy("SMS", context="channel"),
    "other": lazy("another messenger", context="channel"),
}


def reached(t: Translator, reach: Reach) -> Html:
    """Two lines: 7 of 9 reached, of them 2 by e-mail; 5 have opened it."""
    ways = [
        t("{channel} – {count}", channel=t(CHANNELS[name]), count=count)
        for name, count in reach.elsewhere
    ]
    first = t("Reached: {reached} of {total}", reached=reach.reached, total=reach.total)
    if ways:
        first = join([first, t("of them: {ways}", ways=join(ways, ", "))], "; ")
    return join([first, t("Have opened the notice: {seen}", seen=reach.seen)])

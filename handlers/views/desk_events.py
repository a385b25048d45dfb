"""What the system says in a ticket that operators have to act upon: it stands in the topic."""

from __future__ import annotations

from collections.abc import Mapping

from domain.support.views import MessageView
from handlers.views.parts import cut
from handlers.views.shown import bold
from handlers.views.translator import Html, Lazy, Translator, join, lazy

_REASON = 300

_TOLD: Mapping[str, Lazy] = {
    "mail_failed": lazy("A letter has not reached the user."),
    "mail_waits": lazy("A letter is not sent yet."),
    "escalation_asked": lazy("The user called the head of support."),
    "reopened": lazy("Opened again by the user."),
}


def is_told(message: MessageView) -> bool:
    """Whether it stands in the topic; all else shows on the card, and in the web desk."""
    if message.author != "system" or message.kind not in _TOLD:
        return False
    return message.kind != "reopened" or message.params.get("by") == "user"


def told(t: Translator, message: MessageView) -> Html:
    """What has happened; of a letter also where it was to go, and why it did not."""
    address, reason = (str(message.params.get(name) or "") for name in ("address", "reason"))
    return join(
        [
            bold(t(_TOLD[message.kind])),
            t("Where the answer goes: {address}", address=address) if address else "",
            t("Reason: {reason}", reason=cut(reason, _REASON)) if reason else "",
        ]
    )

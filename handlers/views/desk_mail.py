"""Letters of the desk as operators see them: what became of one, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping

from domain.support.mail_rows import MailState
from domain.support.views import MessageView
from handlers.views import format as fmt
from handlers.views.parts import cut
from handlers.views.shown import bold
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy

_REASON = 300

_STATES: Mapping[str, Lazy] = {
    "waiting": lazy("Letter: not sent yet, written {moment}"),
    "sent": lazy("Letter: sent {moment}"),
    "failed": lazy("Letter: not taken by the server, the user has not got it"),
    "bounced": lazy("Letter: came back, the user has not got it"),
}
_TOLD: Mapping[str, Lazy] = {
    "mail_failed": lazy("A letter has not reached the user."),
    "mail_waits": lazy("A letter is not sent yet."),
}


def mail_line(t: Translator, mail: MailState | None) -> Html:
    """What became of the newest letter; nothing where there is none."""
    if mail is None or mail.state not in _STATES:
        return escape("")
    known = _STATES[mail.state]
    if mail.state in ("failed", "bounced"):
        return bold(t(known))
    return t(known, moment=fmt.moment(t, mail.at))


def is_told(message: MessageView) -> bool:
    """Whether the system says of a letter what operators have to act upon."""
    return message.author == "system" and message.kind in _TOLD


def mail_told(t: Translator, message: MessageView) -> Html:
    """A letter that has not gone, where it was to go, and why."""
    address, reason = (str(message.params.get(name) or "") for name in ("address", "reason"))
    return join(
        [
            bold(t(_TOLD[message.kind])),
            t("Where the answer goes: {address}", address=address) if address else "",
            t("Reason: {reason}", reason=cut(reason, _REASON)) if reason else "",
        ]
    )

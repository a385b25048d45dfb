"""Letters of the desk as operators see them: what became of the newest one."""

from __future__ import annotations

from collections.abc import Mapping

from domain.support.mail_rows import MailState
from handlers.views import format as fmt
from handlers.views.shown import bold
from handlers.views.translator import Html, Lazy, Translator, escape, lazy

_STATES: Mapping[str, Lazy] = {
    "waiting": lazy("Letter: not sent yet, written {moment}"),
    "sent": lazy("Letter: sent {moment}"),
    "failed": lazy("Letter: not taken by the server, the user has not got it"),
    "bounced": lazy("Letter: came back, the user has not got it"),
}


def mail_line(t: Translator, mail: MailState | None) -> Html:
    """What became of the newest letter; nothing where there is none."""
    if mail is None or mail.state not in _STATES:
        return escape("")
    known = _STATES[mail.state]
    if mail.state in ("failed", "bounced"):
        return bold(t(known))
    return t(known, moment=fmt.moment(t, mail.at))

"""What whoever enables a webhook again is shown."""

from __future__ import annotations

from domain.webhooks.views import Enabled
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.translator import Translator, join


def enabled(t: Translator, done: Enabled) -> Shown:
    """It takes events again; what it has missed is sent if they wish."""
    headline = bold(t("The webhook to {host} is enabled", host=done.host))
    if not done.missed:
        return Shown(join([headline, t("New events go to it again.")], "\n\n"), None)
    missed = t.plural("It has missed {n} event.", "It has missed {n} events.", done.missed)
    return Shown(
        join([headline, join([missed, t("New events go to it again.")])], "\n\n"),
        keyboard([button(t.button("Send what it missed"), press("webhook.replay", done.endpoint))]),
    )


def replayed(t: Translator, count: int) -> Shown:
    """How many events go once more."""
    if not count:
        return Shown(t("There is nothing to send again."), None)
    return Shown(
        t.plural("{n} event is being sent again.", "{n} events are being sent again.", count), None
    )

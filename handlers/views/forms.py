"""Texts that every form shares."""

from __future__ import annotations

from handlers.views.shown import bold
from handlers.views.translator import Html, Translator, join


def resume(t: Translator) -> Html:
    """There is a draft: go on with it or begin anew."""
    return t("You began this form before and did not finish. Continue the draft?")


def leave(t: Translator) -> Html:
    """Leaving: what was typed may wait or go."""
    return join(
        [
            bold(t("Leave the form?")),
            t(
                "Nothing has been sent. What you typed can wait for you: "
                "choose the action again to go on."
            ),
        ]
    )

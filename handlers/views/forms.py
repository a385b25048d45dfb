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


def rest_of_a_long_text(t: Translator) -> Html:
    """A pasted text came in several messages; only the first could be the answer."""
    return t(
        "This is the rest of a long text, and it was not taken: an answer is one message. "
        "Please go by what the step above asks."
    )

"""Notices about the ways to a person themselves."""

from __future__ import annotations

from handlers.views.notices.facts import Draft, Facts
from handlers.views.press import press
from handlers.views.shown import button
from handlers.views.translator import Translator


def tested(t: Translator, f: Facts) -> Draft:
    """To whoever has asked for it: it arrived."""
    return Draft(
        t("A test message from Tapsyrys"),
        [t("It has arrived: notices that cannot be brought to you in Telegram come here.")],
        [[button(t.button("E-mail, SMS"), press("addresses"))]],
    )

"""The notice that shows whether notices go at all."""

from __future__ import annotations

from handlers.views.notices.facts import Draft, Facts
from handlers.views.translator import Translator


def canary(t: Translator, _: Facts) -> Draft:
    """Nothing is asked of the reader."""
    return Draft(
        t("Test notice"),
        [t("Notices are being delivered. The next test takes the place of this one.")],
        [],
    )

"""Refusals of what keeps the service in order."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.views.errors.told import Teller, Told
from handlers.views.translator import lazy

OPERATIONS: Mapping[str, Teller] = {
    "dead_letter_unknown": Told(
        lazy("Notice No. {number} is not among those that could not be sent."),
        lazy("It may have been sent again or given up meanwhile: open the list."),
    ),
}

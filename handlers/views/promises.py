"""What support promises at a moment, with how it was counted."""

from __future__ import annotations

from domain.support.promise import Promise
from handlers.views import format as fmt
from handlers.views.receipts import receipt_text
from handlers.views.translator import Html, Translator, join


def promise_text(t: Translator, promise: Promise) -> Html:
    """Whether operators are there, by when a request is worked, the clause, and each day."""
    there = t("Operators are there: they answer at once.")
    head = there if promise.open else t("Operators are away: the request waits for them.")
    clause = fmt.clause(t, promise.clause) if promise.clause else ""
    return join([join([head, clause]), receipt_text(t, promise.receipt)], "\n\n")

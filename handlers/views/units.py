"""Units as people write them, in any of the languages."""

from __future__ import annotations

from functools import cache

from handlers.views.format import fold
from handlers.views.terms import UNITS
from handlers.views.translator import LOCALES, plain, translator


def _bare(text: str) -> str:
    return fold(text).rstrip(".")


@cache
def _codes() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, label in UNITS.items():
        for name in (code, *(plain(translator(locale)(label)) for locale in LOCALES)):
            found.setdefault(_bare(name), code)
    return found


def known_unit(typed: str) -> str:
    """The code of a unit typed as people write it, or what was typed."""
    return _codes().get(_bare(typed), typed)


def same_unit(typed: str, code: str) -> bool:
    """Whether a typed word names this unit: a known one by its code, or one as it was typed."""
    return _bare(known_unit(typed)) == _bare(known_unit(code))

"""Free text from outside: tidied, bounded in length, present where an act demands it."""

from __future__ import annotations

import unicodedata

from domain.errors import RuleBroken

NAME_LIMIT = 300
CHARACTERISTICS_LIMIT = 4000
PLACE_LIMIT = 500
TERMS_LIMIT = 2000
UNIT_LIMIT = 32
REASON_LIMIT = 1000
#: The fewest letters of a reason or a ground that somebody will read.
MIN_LETTERS = 3

_KEPT_CONTROLS = "\n\t"


def _visible(text: str) -> bool:
    return any(
        not character.isspace() and unicodedata.category(character) not in ("Cf", "Cc")
        for character in text
    )


def clean_text(text: str, field: str, limit: int) -> str:
    """``text`` with spaces around it, carriage returns and control characters removed.

    Emoji, other scripts and anything that looks like markup stay as typed. A text without a
    single visible character becomes empty. Raises ``RuleBroken``: ``text_too_long`` with
    ``field``, ``limit`` and ``length``, all in characters.
    """
    # PostgreSQL cannot hold NUL, and the other controls show nowhere.
    tidy = "".join(
        character
        for character in text.replace("\r\n", "\n").strip()
        if character in _KEPT_CONTROLS or unicodedata.category(character) not in ("Cc", "Cs")
    )
    if not _visible(tidy):
        return ""
    if len(tidy) > limit:
        raise RuleBroken("text_too_long", field=field, limit=limit, length=len(tidy))
    return tidy


def is_statement(text: str) -> bool:
    """Whether a text says anything: one or two letters are no reason and no ground."""
    return sum(map(str.isalpha, text)) >= MIN_LETTERS


def required_text(text: str, field: str, limit: int, clause: str | None = None) -> str:
    """``clean_text`` of a field that must be there.

    Raises ``RuleBroken``: ``text_too_long``, ``text_missing`` with ``field`` and the clause.
    """
    tidy = clean_text(text, field, limit)
    if not tidy:
        raise RuleBroken("text_missing", clause, field=field)
    return tidy

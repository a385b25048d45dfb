"""Dates as people type them."""

from __future__ import annotations

import re
from datetime import date

from domain.errors import RuleBroken
from domain.identifiers import bare

_DAY_FIRST = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_MAX_TYPED = 32


def parse_day(text: str) -> date:
    """A date: ``24.11.2026``, ``24/11/2026`` or ``2026-11-24``.

    A year of two digits is refused, never guessed. Raises ``RuleBroken``: ``date_format``.
    """
    typed = bare(text[: _MAX_TYPED + 1]).strip()
    if match := _DAY_FIRST.fullmatch(typed):
        day, month, year = match.groups()
    elif match := _YEAR_FIRST.fullmatch(typed):
        year, month, day = match.groups()
    else:
        raise RuleBroken("date_format")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise RuleBroken("date_format") from None

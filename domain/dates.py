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


_TOKEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{4}")


def parse_days(text: str) -> tuple[date, date]:
    """The first and the last day: ``24.11.2026 – 05.12.2026``; a date alone is one day.

    Raises ``RuleBroken``: ``date_format`` for anything but one date or two.
    """
    found = _TOKEN.findall(bare(text[: 3 * _MAX_TYPED]))
    if not 1 <= len(found) <= 2:
        raise RuleBroken("date_format")
    return parse_day(found[0]), parse_day(found[-1])

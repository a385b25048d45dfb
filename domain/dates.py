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


_TOKEN = re.compile(
    r"(?<![0-9./])(?:[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"|[0-9]{1,2}[./][0-9]{1,2}(?:[./][0-9]{4})?)(?![0-9/]|[.][0-9])"
)


def parse_days(text: str, today: date) -> tuple[date, date]:
    """The first and the last day: ``24.11.2026 – 05.12.2026``; a date alone is one day.

    Without a year the days are the next ones that are not over ``today``, in their order: 28.12 –
    10.01 passes the turn of the year. Raises ``RuleBroken``: ``date_format`` for anything but one
    date or two.
    """
    typed = bare(text[: 3 * _MAX_TYPED])
    found = _TOKEN.findall(typed)
    if not 1 <= len(found) <= 2 or re.search("[0-9]", _TOKEN.sub("", typed)):
        raise RuleBroken("date_format")
    begins, ends = found[0], found[-1]
    if _has_year(begins):
        first = parse_day(begins)
        return first, _near(ends, first, at_least=True)
    last = _near(ends, today, at_least=True)
    return _near(begins, last, at_least=False), last


def _has_year(typed: str) -> bool:
    return re.search("[0-9]{4}", typed) is not None


def _near(typed: str, day: date, *, at_least: bool) -> date:
    """The day typed; without a year the first one from ``day`` on, or the last one up to it."""
    if _has_year(typed):
        return parse_day(typed)
    # 29 February comes at the latest after eight years.
    for years in range(9):
        year = day.year + (years if at_least else -years)
        try:
            found = parse_day(f"{typed.replace('/', '.')}.{year}")
        except RuleBroken:
            continue
        if (found >= day) if at_least else (found <= day):
            return found
    raise RuleBroken("date_format")

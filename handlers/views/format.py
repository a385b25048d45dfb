"""Figures, sums, dates and terms as people of each language write them (Babel).

Every function takes the translator first and returns Html. Times are shown in Astana and say so;
groups of digits and units are held together by no-break spaces.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import assert_never

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import NumberPattern, format_decimal, parse_pattern

from domain.clock import astana
from domain.terms import Term, Unit
from handlers.views.translator import Html, Translator, escape, join, lazy
from locales.alphabet import KAZAKH, LOOK_ALIKES, SCHWA

NBSP = "\N{NO-BREAK SPACE}"
TENGE = "\N{TENGE SIGN}"

# Translators: a date pattern of CLDR; letters of the language stand in 'single quotes'.
_LONG = lazy("d MMMM y", context="date pattern")
# Translators: a date pattern of CLDR: short day of the week, day and month.
_DAY = lazy("EEE, d MMMM", context="date pattern")


def number(t: Translator, value: Decimal | int) -> Html:
    """1 250,5: digits in groups, no trailing zeros."""
    return _number(t, value, "#,##0.######")


def quantity(t: Translator, value: Decimal | int, unit: Html | None = None) -> Html:
    """1 250,5 м: a number with its unit, if any."""
    return number(t, value) + NBSP + unit if unit else number(t, value)


def money(t: Translator, amount: Decimal) -> Html:
    """1 250 000 ₸ or 1 250 000,50 ₸: tiyn only when there are some, and then both digits."""
    pattern = "#,##0.00" if amount % 1 else "#,##0"
    return escape(_number(t, amount, pattern) + NBSP + TENGE)


def percent(t: Translator, value: Decimal | int) -> Html:
    """12,5 % of a value in percent (not a share of one)."""
    gap = "" if t.locale == "en" else NBSP
    return _number(t, value, "#,##0.##") + gap + "%"


def _number(t: Translator, value: Decimal | int, pattern: str) -> Html:
    text = format_decimal(
        value, format=_pattern(pattern), locale=_locale(t.locale), group_separator=True
    )
    # Some releases of CLDR group by the narrow space, which phones draw too tight or break at.
    return escape(text.replace("\N{NARROW NO-BREAK SPACE}", NBSP))


@cache
def _pattern(text: str) -> NumberPattern:
    return parse_pattern(text)


@cache
def _locale(name: str) -> Locale:
    # Given a name, Babel reads it anew each time.
    return Locale.parse(name)


def day(t: Translator, value: date) -> Html:
    """24 ноября 2026 г."""
    return escape(format_date(value, str(t(_LONG)), locale=_locale(t.locale)))


def weekday(t: Translator, value: date) -> Html:
    """вт, 24 ноября."""
    return escape(format_date(value, str(t(_DAY)), locale=_locale(t.locale)))


def clock(t: Translator, value: datetime | time, *, seconds: bool = False) -> Html:
    """15:00, of an instant in Astana or of a wall time."""
    wall = astana(value).time() if isinstance(value, datetime) else value
    return escape(format_time(wall, "HH:mm:ss" if seconds else "HH:mm", locale=_locale(t.locale)))


def moment(t: Translator, instant: datetime, *, seconds: bool = False) -> Html:
    """24 ноября 2026 г., 15:00 (Астана)."""
    return _moment(t, astana(instant).date(), clock(t, instant, seconds=seconds))


def deadline(t: Translator, due_at: datetime) -> Html:
    """24 ноября 2026 г., 24:00 (Астана) for a term that ends at the next midnight, exclusive."""
    local = astana(due_at)
    if local.time() == time():
        return _moment(t, local.date() - timedelta(days=1), escape("24:00"))
    return moment(t, due_at)


def due(t: Translator, due_at: datetime) -> Html:
    """``deadline`` that shows the reader's own time when tapped."""
    return tg_time(due_at, deadline(t, due_at))


def _moment(t: Translator, on: date, at: Html) -> Html:
    return t("{date}, {time} (Astana)", date=day(t, on), time=at)


_TG_FORMAT = re.compile(r"r|w?[dD]?[tT]?")


def tg_time(instant: datetime, text: str, shape: str = "") -> Html:
    """``text`` as Telegram's date_time entity: a tap shows the reader's own time.

    An empty ``shape`` leaves the text as written. Any other (``r``, or ``w`` with ``d``/``D`` and
    ``t``/``T``) lets the reader's app put its own local time in its place: never for deadlines
    that say "(Astana)" or 24:00. Raises ValueError for any other shape.
    """
    if not _TG_FORMAT.fullmatch(shape):
        raise ValueError(f"Telegram knows no time format {shape!r}")
    form = f' format="{html.escape(shape)}"' if shape else ""
    return Html(f'<tg-time unix="{int(instant.timestamp())}"{form}>{escape(text)}</tg-time>')


def left(t: Translator, now: datetime, due_at: datetime) -> Html:
    """2 days 3 hours 15 minutes left, to the minute: a part of one counts as a whole one.

    Whoever has just been given 2 days reads of 2 days, not of a minute less.
    """
    rest = due_at - now
    if rest <= timedelta():
        return t("The time is over")
    if rest < timedelta(minutes=1):
        return t("Less than a minute left")
    return t("{time} left", time=duration(t, rest))


def duration(t: Translator, span: timedelta) -> Html:
    """Days, hours and minutes, rounded up to the minute: 2 days 3 hours 15 minutes."""
    minutes = -(-span // timedelta(minutes=1))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [
        t.plural("{n} day", "{n} days", days) if days else "",
        t.plural("{n} hour", "{n} hours", hours) if hours else "",
        t.plural("{n} minute", "{n} minutes", minutes) if minutes else "",
    ]
    found = [part for part in parts if part]
    if not found:
        return t.plural("{n} minute", "{n} minutes", 0)
    return escape(Html(" ".join(found)))


def term(t: Translator, value: Term) -> Html:
    """2 working days; 30 calendar days."""
    match value.unit:
        case Unit.WORKING_DAYS:
            return t.plural("{n} working day", "{n} working days", value.count)
        case Unit.CALENDAR_DAYS:
            return t.plural("{n} calendar day", "{n} calendar days", value.count)
        case Unit.HOURS:
            return t.plural("{n} hour", "{n} hours", value.count)
        case Unit.WORKING_MINUTES:
            return t.plural("{n} working minute", "{n} working minutes", value.count)
        case Unit.SUPPORT_DAYS:
            return t.plural("{n} support day", "{n} support days", value.count)
        case unreachable:
            assert_never(unreachable)


_CLAUSE = re.compile(r"(\d+)-(\d+)(?:\.(\d+))?[a-z.]*")


def clause(t: Translator, source: str) -> Html:
    """``344-13.3``, as rules name their source: act No. 344, clause 13, item 3).

    Raises ValueError for a source of any other form.
    """
    act, point, item = _parsed(source)
    if item:
        return t("act No. {act}, clause {clause}, item {item}", act=act, clause=point, item=item)
    return t("act No. {act}, clause {clause}", act=act, clause=point)


def clauses(t: Translator, sources: Sequence[str]) -> Html:
    """Several clauses; an act is named once where all are whole clauses of it.

    Raises ValueError as ``clause`` does.
    """
    found = [_parsed(source) for source in sources]
    points = list(dict.fromkeys(point for _, point, _ in found))
    if len({act for act, _, _ in found}) == 1 < len(points) and not any(item for *_, item in found):
        return t("act No. {act}, clauses {clauses}", act=found[0][0], clauses=", ".join(points))
    return join(dict.fromkeys(clause(t, source) for source in sources), "; ")


def _parsed(source: str) -> tuple[str, str, str | None]:
    """The act, the clause and the item that a source names."""
    found = _CLAUSE.fullmatch(source)
    if found is None:
        raise ValueError(f"not an act and a clause: {source!r}")
    return found[1], found[2], found[3]


_WORD = re.compile(r"[^\W_]+")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")


def fold(text: str) -> str:
    """``text`` for search: case, ё, Latin look-alikes inside Cyrillic words and spaces set aside.

    Kazakh letters stay what they are. A wholly Latin word (PVC) is not touched.
    """
    folded = unicodedata.normalize("NFKC", text).translate(SCHWA).casefold()
    words = _WORD.sub(_unmix, folded)
    return " ".join(words.replace("ё", "е").split())


def _unmix(word: re.Match[str]) -> str:
    return word[0].translate(LOOK_ALIKES) if _CYRILLIC.search(word[0]) else word[0]


_ORDER = {letter: place for place, letter in enumerate(KAZAKH)}


def sort_key(text: str, locale: str) -> tuple[tuple[tuple[int, int], ...], str]:
    """A key for sorting names: Kazakh alphabet (it holds the Russian order), digits first.

    Latin names come after Cyrillic ones, except for readers of English. In Russian ё counts as е.
    """
    folded = unicodedata.normalize("NFC", text).translate(SCHWA).casefold()
    folded = _WORD.sub(_unmix, folded)
    if locale == "ru":
        folded = folded.replace("ё", "е")
    latin_first = locale == "en"
    return tuple(_place(char, latin_first=latin_first) for char in folded), text


def _place(char: str, *, latin_first: bool) -> tuple[int, int]:
    if char in _ORDER:
        return 3, _ORDER[char]
    if not char.isalpha():
        return (1 if char.isdigit() else 0), ord(char)
    return (2 if latin_first else 4), ord(char)

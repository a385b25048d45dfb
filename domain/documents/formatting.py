"""How documents show money, volumes and moments: one form in both languages."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from domain.clock import astana
from domain.documents.labels import Language, labels

_NBSP = "\u00a0"
# Controls break a layout; bidi overrides would turn the words that follow them around.
# Lone surrogates cannot be written as UTF-8 at all.
_UNSHOWN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_LINE_ENDS = re.compile(r"[\t\r\n\u2028\u2029]+")


def amount_text(value: Decimal) -> str:
    """A sum in tenge without the sign: ``1 250 000,50``."""
    return _spaced(format_decimal(value, format="#,##0.00", locale="ru"))


def money_text(value: Decimal) -> str:
    """A sum in tenge: ``1 250 000,50 ₸``."""
    return f"{amount_text(value)}{_NBSP}₸"


def quantity_text(value: Decimal, unit: str = "") -> str:
    """A volume with its unit, without needless zeros: ``1 200,5 m``."""
    number = _spaced(format_decimal(value, format="#,##0.######", locale="ru"))
    return f"{number}{_NBSP}{shown(unit)}" if unit else number


def moment_text(moment: datetime, language: Language) -> str:
    """An instant in words, with the zone: 24 November 2026, 15:42:07 (Astana)."""
    local = astana(moment)
    day = format_date(local.date(), "d MMMM y", locale=language)
    text = labels("protocol", language)
    return f"{day} {text['year_sign']}, {local:%H:%M:%S} {text['zone']}"


def short_moment_text(moment: datetime, language: Language) -> str:
    """An instant in figures, with the zone: 24.11.2026 15:42:07 (Astana)."""
    return f"{astana(moment):%d.%m.%Y %H:%M:%S} {labels('protocol', language)['zone']}"


def shown(text: str) -> str:
    """Text from outside as it is drawn: no control characters, no direction overrides."""
    return _LINE_ENDS.sub(" ", _UNSHOWN.sub("", text))


def _spaced(number: str) -> str:
    return number.replace("\u202f", _NBSP).replace(" ", _NBSP)

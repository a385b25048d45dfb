"""Sums, quantities and days as people type them, and the arithmetic of prices.

Sums are tenge with 2 places, quantities have at most 3. A spelling that two people would read
differently (``1.250``, ``1,250.00``) is refused, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from domain.errors import RuleBroken
from domain.identifiers import bare

MONEY_DIGITS = 16  # before the comma: NUMERIC(18,2)
QUANTITY_PLACES = 3
QUANTITY_BELOW = Decimal(1_000_000_000)
MAX_DAYS = 3650
CENT = Decimal("0.01")

_MAX_TYPED = 64
# The tenge sign, "tg", "tenge" in Russian and in Kazakh, the code of the currency.
_TENGE = re.compile(
    "(\u20b8|\u0442\u0433\\.?|\u0442\u0435\u043d\u0433\u0435|\u0442\u0435\u04a3\u0433\u0435|kzt)$",
    re.IGNORECASE,
)
# "Days" as Russian, Kazakh and English write them beside a number.
_DAY_WORDS = re.compile(
    "(\u0434\u043d\u0435\u0439|\u0434\u043d\u044f|\u0434\u0435\u043d\u044c|\u0434\u043d\\.?"
    "|\u043a\u04af\u043d|days?)$",
    re.IGNORECASE,
)
_SPACES = re.compile("[ \u00a0\u2000-\u200a\u202f\u205f]")
_MINUSES = ("-", "\u2212", "\u2012", "\u2013")
_NUMBER = re.compile(r"(0|[1-9][0-9]*)(?:[.,]([0-9]+))?")
_WHOLE = re.compile("[-\u2212\u2012\u2013]?(0|[1-9][0-9]*)")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}( [0-9]{3})+(?:[.,][0-9]+)?")
# A number and a word: letters, at most one digit or sign of a power at the end ("m2").
_MEASURED = re.compile(r"([0-9][0-9.,\s]*?)\s*([^\W\d_](?:[^\W\d_]|[. /])*[23]?\.?)")
_MANY_MARKS = re.compile(r"[0-9]+(?:[., ][0-9]+)+")
# One mark and then exactly three digits: thousands to one reader, a fraction to another.
_THOUSANDS_OR_FRACTION = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")


def _plain(text: str, name: str) -> str:
    """Digits with at most one mark, the groups of thousands closed up."""
    number = _SPACES.sub(" ", text)
    if number.startswith(_MINUSES) and _NUMBER.fullmatch(number[1:].replace(" ", "")):
        raise RuleBroken("not_positive", field=name)
    if _GROUPED.fullmatch(number):
        return number.replace(" ", "")
    if _NUMBER.fullmatch(number):
        return number
    if _MANY_MARKS.fullmatch(number):
        raise RuleBroken(f"{name}_ambiguous")
    raise RuleBroken(f"{name}_format")


def _decimal(text: str, name: str, places: int) -> Decimal:
    plain = _plain(text, name)
    whole, _, fraction = plain.replace(",", ".").partition(".")
    if len(whole) > MONEY_DIGITS:
        raise RuleBroken(f"{name}_too_large")
    if len(fraction) > places:
        raise RuleBroken(f"{name}_decimals", places=places)
    value = Decimal(f"{whole}.{fraction}" if fraction else whole)
    if value <= 0:
        raise RuleBroken("not_positive", field=name)
    return value


def _typed(text: str, name: str) -> str:
    if len(text) > _MAX_TYPED:
        raise RuleBroken(f"{name}_format")
    return bare(text)


def parse_money(text: str) -> Decimal:
    """A sum in tenge, above zero, with 2 places.

    Accepts ``1 250 000,50`` and ``1250000.5`` with any kind of space between thousands and the
    currency after it. Raises ``RuleBroken``: ``money_format``, ``money_ambiguous``
    (``1.250``, ``1,250.00``, ``12 50``), ``money_decimals``, ``money_too_large``,
    ``not_positive``.
    """
    number = _TENGE.sub("", _typed(text, "money")).rstrip()
    if _THOUSANDS_OR_FRACTION.fullmatch(number):
        raise RuleBroken("money_ambiguous")
    return _decimal(number, "money", 2).quantize(CENT)


def parse_quantity(text: str, is_unit: Callable[[str], bool] | None = None) -> Decimal:
    """A quantity above zero and below 1,000,000,000, with at most 3 places.

    Both marks are the decimal one, as Kazakh and Russian use them: ``1,125`` is one and an
    eighth. A word after the number is taken when ``is_unit`` says that it is the unit asked
    for; any other (also "thousand") is refused, for it may change the meaning. Raises
    ``RuleBroken``: ``quantity_format``, ``quantity_with_unit``, ``quantity_ambiguous``,
    ``quantity_decimals``, ``quantity_too_large``, ``not_positive``.
    """
    number = _typed(text, "quantity")
    measured = _MEASURED.fullmatch(number)
    if measured is not None:
        number = measured[1]
    value = _decimal(number, "quantity", QUANTITY_PLACES)
    if measured is not None and not (is_unit is not None and is_unit(measured[2])):
        raise RuleBroken("quantity_with_unit")
    if value >= QUANTITY_BELOW:
        raise RuleBroken("quantity_too_large")
    return value


def parse_days(text: str) -> int:
    """A number of days from 1 to 3650; the word for days after it is forgiven.

    Raises ``RuleBroken``: ``days_format``, ``days_too_many``, ``not_positive``.
    """
    number = _DAY_WORDS.sub("", _typed(text, "days")).rstrip()
    if not _WHOLE.fullmatch(number):
        raise RuleBroken("days_format")
    days = -1 if number.startswith(_MINUSES) else int(number)
    if days <= 0:
        raise RuleBroken("not_positive", field="days")
    if days > MAX_DAYS:
        raise RuleBroken("days_too_many", maximum=MAX_DAYS)
    return days


def _round_half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def cents(amount: Decimal) -> int:
    """A sum as whole hundredths of a tenge. Raises ValueError when it has more than 2 places."""
    return _scaled(amount, 2)


def mills(quantity: Decimal) -> int:
    """A quantity as whole thousandths. Raises ValueError when it has more than 3 places."""
    return _scaled(quantity, QUANTITY_PLACES)


def _scaled(value: Decimal, places: int) -> int:
    # Integers of any size: the default decimal context rounds products beyond 28 digits.
    numerator, denominator = value.as_integer_ratio()
    scaled, rest = divmod(numerator * int("1" + "0" * places), denominator)
    if rest:
        raise ValueError(f"{value} has more than {places} decimal places")
    return scaled


def from_cents(amount: int) -> Decimal:
    """The sum in tenge, 2 places, for whole hundredths."""
    return Decimal(amount).scaleb(-2)


def from_mills(quantity: int) -> Decimal:
    """The quantity for whole thousandths, without idle zeros."""
    whole, rest = divmod(quantity, 1000)
    return Decimal(f"{whole}.{rest:03d}".rstrip("0").rstrip("."))


def unit_price(price: Decimal, quantity: Decimal) -> Decimal:
    """The price of one unit when ``quantity`` > 0 units cost ``price``, half up to 2 places."""
    return from_cents(_round_half_up(cents(price) * 1000, mills(quantity)))


def proportional_price(price: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """The price of ``part`` when ``whole`` > 0 units cost ``price``, half up to 2 places."""
    return from_cents(_round_half_up(cents(price) * mills(part), mills(whole)))

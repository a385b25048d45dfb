"""How single values look on the wire: generous in what is read, exact in what is written.

Sums and quantities are read from JSON strings or numbers (never through a binary float) and
written as decimal strings; instants are written with the offset of Astana.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from domain.clock import ASTANA, as_utc, astana
from domain.identifiers import check_bin_iin
from domain.law import citation
from domain.registry.rules import located

# A number of more digits is a slip or an attack, and formatting it would take for ever.
_MOST_DIGITS = 60
_NUMBERS_END = 10**18
_FIRST_DAY = datetime(1, 1, 3, tzinfo=UTC)
_LAST_DAY = datetime(9999, 12, 29, tzinfo=UTC)
_DECIMAL = re.compile(rf"-?[0-9]{{1,{_MOST_DIGITS}}}(\.[0-9]{{1,{_MOST_DIGITS}}})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _decimal(value: object) -> Decimal:
    if isinstance(value, bool):
        raise ValueError("a number is expected")
    if isinstance(value, str):
        if not _DECIMAL.fullmatch(value.strip()):
            raise ValueError('a decimal number such as "1250000.50" is expected')
        return Decimal(value.strip())
    if isinstance(value, int):
        value = Decimal(value)
    if not isinstance(value, Decimal):
        raise ValueError("a number is expected")
    if not value.is_finite() or (value and abs(value.adjusted()) > _MOST_DIGITS):
        raise ValueError("the number is too large")
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -_MOST_DIGITS:
        raise ValueError("the number has too many digits")
    return value


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise ValueError("a whole number is expected")
    try:
        number = _decimal(value)
    except ValueError:
        raise ValueError("a whole number is expected") from None
    if number != number.to_integral_value():
        raise ValueError("a whole number is expected")
    return int(number)


def _number(value: object) -> int:
    """A number that things are known by; one that nothing can bear is 0, which nothing bears."""
    number = _whole(value)
    return number if 0 < number < _NUMBERS_END else 0


def _text(value: object) -> object:
    return "" if value is None else value


def _loose(value: object) -> object:
    """Text, or a number taken as its digits."""
    if value is None:
        return ""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return plain_decimal(_decimal(value))
    return value


def _percent(value: object) -> object:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        value = value.strip().removesuffix("%").strip().replace(",", ".")
    return _decimal(value)


def _day(value: object) -> date:
    if isinstance(value, str) and _DAY.fullmatch(value.strip()):
        return date.fromisoformat(value.strip())
    raise ValueError("a date such as 2026-11-24 is expected")


def _instant(value: object) -> datetime:
    if not isinstance(value, str):
        raise ValueError("a time such as 2026-11-20T15:00:00+05:00 is expected")
    # In an address a plus that was not encoded arrives as a space.
    moment = datetime.fromisoformat(re.sub(r" (?=\d\d:?\d\d$)", "+", value.strip()))
    if moment.utcoffset() is None:
        raise ValueError("the time must bear its offset, such as +05:00")
    return _in_range(moment)


def _in_range(moment: datetime) -> datetime:
    """The moment in UTC, so far from the ends of time that every zone can show it."""
    try:
        found = as_utc(moment)
    except OverflowError:
        raise ValueError("the time is out of range") from None
    if not _FIRST_DAY < found < _LAST_DAY:
        raise ValueError("the time is out of range")
    return found


def _beginning(value: object) -> datetime:
    """A time, or a date taken as the moment at which it begins in Astana."""
    if isinstance(value, str) and _DAY.fullmatch(value.strip()):
        return _in_range(datetime.combine(_day(value), time(), ASTANA))
    return _instant(value)


def checked_bin(text: str, field: str) -> str:
    """A BIN or IIN; raises ``bin_format``, ``bin_check_digit`` with the ``field``."""
    with located(field):
        return check_bin_iin(text)


def plain_decimal(value: Decimal) -> str:
    """The number in plain digits: no exponent, no idle zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money_text(value: Decimal) -> str:
    """A sum in tenge with 2 places."""
    return f"{value:.2f}"


def moment_text(value: datetime) -> str:
    """ISO 8601 with the offset of Astana."""
    return astana(value).isoformat()


def clause_text(value: str | None) -> str | None:
    """Act and clause as people cite them: ``344-13.3a`` is ``344-13.3``."""
    return None if value is None else "-".join(citation(value))


def jsonable(value: object) -> Any:  # Any: a JSON value of any shape
    """Parameters of an error as JSON: decimals as strings, instants in Astana time."""
    match value:
        case Decimal():
            found: object = plain_decimal(value)
        case datetime():
            found = moment_text(value)
        case date():
            found = value.isoformat()
        case dict():
            found = {str(name): jsonable(item) for name, item in value.items()}
        case list() | tuple() | set() | frozenset():
            found = [jsonable(item) for item in value]
        case str() | int() | None:
            found = value
        case _:
            found = str(value)
    return found


def _number_schema(about: str, example: str) -> WithJsonSchema:
    return WithJsonSchema(
        {"type": ["string", "number"], "description": about, "examples": [example]}
    )


_MONEY = {"type": "string", "pattern": r"^-?\d+\.\d{2}$", "description": "Sum in tenge."}
_QUANTITY = {"type": "string", "pattern": r"^\d+(\.\d+)?$"}
_INSTANT = {"type": "string", "format": "date-time", "description": "With the Astana offset."}

#: Read from requests.
Amount: TypeAlias = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    _number_schema("Sum in tenge, at most 2 decimals.", "1250000.50"),
]
Volume: TypeAlias = Annotated[
    Decimal, BeforeValidator(_decimal), _number_schema("At most 3 decimals.", "120.5")
]
Percent: TypeAlias = Annotated[
    Decimal | None,
    BeforeValidator(_percent),
    WithJsonSchema({"type": ["string", "number", "null"], "description": "Per cent, 0 to 100."}),
]
Whole: TypeAlias = Annotated[int, BeforeValidator(_whole), WithJsonSchema({"type": "integer"})]
Number: TypeAlias = Annotated[int, BeforeValidator(_number), WithJsonSchema({"type": "integer"})]
Text: TypeAlias = Annotated[
    str, BeforeValidator(_text), WithJsonSchema({"type": ["string", "null"]})
]
LooseText: TypeAlias = Annotated[
    str, BeforeValidator(_loose), WithJsonSchema({"type": ["string", "number", "null"]})
]
Day: TypeAlias = Annotated[date, BeforeValidator(_day)]
Moment: TypeAlias = Annotated[datetime, BeforeValidator(_instant)]
Beginning: TypeAlias = Annotated[
    datetime,
    BeforeValidator(_beginning),
    WithJsonSchema(
        {
            "type": "string",
            "description": "A time with its offset, or a date: the moment it begins in Astana.",
            "examples": ["2026-11-01", "2026-11-20T15:00:00+05:00"],
        }
    ),
]
Bin: TypeAlias = Annotated[
    str,
    BeforeValidator(_loose),
    WithJsonSchema({"type": "string", "description": "BIN or IIN.", "examples": ["050140000656"]}),
]

#: Written into answers.
MoneyOut: TypeAlias = Annotated[
    Decimal, PlainSerializer(money_text, return_type=str), WithJsonSchema(_MONEY)
]
VolumeOut: TypeAlias = Annotated[
    Decimal, PlainSerializer(plain_decimal, return_type=str), WithJsonSchema(_QUANTITY)
]
MomentOut: TypeAlias = Annotated[
    datetime, PlainSerializer(moment_text, return_type=str), WithJsonSchema(_INSTANT)
]
ClauseOut: TypeAlias = Annotated[
    str | None,
    PlainSerializer(clause_text, return_type=str | None),
    Field(description="Act and clause, such as 344-13.3."),
]

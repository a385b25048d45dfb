"""Reading one cell: text as typed, codes uncorrupted, numbers in the spelling people use.

A spreadsheet turns what looks like a number into one: codes lose their zeros, dots and dashes.
What was lost cannot be restored, so such cells are refused by name instead of guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from openpyxl.cell.cell import Cell

from domain.documents.sheets.errors import ErrorList
from domain.errors import RuleBroken
from domain.money import parse_money, parse_quantity
from domain.texts import clean_text

Value = TypeVar("Value")

_SCIENTIFIC = re.compile(r"[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+")
_DECIMAL_TAIL = re.compile(r"[0-9]{4,}[.,][0-9]{0,2}")
_ANY_SPACE = re.compile(r"[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_UNSEEN = re.compile(r"[\u200b-\u200d\u2060\ufeff]")
# "24.11.2026", "2026-11-24", a year sign or midnight after it.
_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:\s*[\u0433\u0436]\.?)?")
_YEAR_FIRST = re.compile(r"(\d{4})[./-](\d{1,2})[./-](\d{1,2})(?:[T ]00:00(?::00)?)?")
_THREE_PLACES = re.compile(r"\d+\.\d{3}")
_HUNDRED = Decimal(100)


class RowReader:
    """One row of a table. Each method reads a column; what is wrong is noted in ``errors``.

    After an error a method answers an empty value of its type, so that the row is read to its
    end: a caller drops everything when there are errors.
    """

    def __init__(self, cells: Mapping[str, Cell], errors: ErrorList) -> None:
        self._cells = cells
        self._errors = errors
        self.number = next(iter(cells.values())).row

    def fail(self, key: str, code: str, **params: object) -> None:
        """Note an error at the cell of a column."""
        cell = self._cells.get(key)
        self._errors.add(self.number, cell.column_letter if cell else "", code, field=key, **params)

    def is_blank(self, key: str) -> bool:
        """Whether nothing stands in a column, or the column is not there."""
        cell = self._cells.get(key)
        return cell is None or not _plain(cell)

    def text(self, key: str, limit: int, *, needed: bool = False) -> str:
        """A text, tidied; a number typed into a text column reads as its digits."""
        return self.parsed(key, lambda typed: clean_text(typed, key, limit), "", needed=needed)

    def code(
        self, key: str, parse: Callable[[str], str], *, digits: int = 0, needed: bool = False
    ) -> str:
        """A code. A numeric cell passes only where all ``digits`` of a plain number are there."""
        cell = self._cells.get(key)
        if cell is not None and _is_corrupt_code(cell, digits):
            self.fail(key, "code_corrupt", value=_plain(cell))
            return ""
        return self.parsed(key, parse, "", needed=needed)

    def money(self, key: str) -> Decimal:
        """A sum in tenge, above zero."""
        return self.parsed(key, self._number(key, parse_money), Decimal(0), needed=True)

    def quantity(self, key: str) -> Decimal:
        """A volume, above zero."""
        return self.parsed(key, self._number(key, parse_quantity), Decimal(0), needed=True)

    def percent(self, key: str) -> Decimal | None:
        """A share from 0 to 100; a cell formatted as per cent holds a fraction of one."""
        cell = self._cells.get(key)
        scaled = cell is not None and cell.data_type == "n" and "%" in cell.number_format
        return self.parsed(key, lambda typed: _percent(typed, fraction=scaled), None)

    def day(self, key: str) -> date | None:
        """A calendar day: a date cell, ``24.11.2026`` or ``2026-11-24``."""
        cell = self._cells.get(key)
        if cell is not None and isinstance(cell.value, date):
            return cell.value.date() if isinstance(cell.value, datetime) else cell.value
        return self.parsed(key, _day, None)

    def _number(self, key: str, parse: Callable[[str], Decimal]) -> Callable[[str], Decimal]:
        cell = self._cells.get(key)
        if cell is None or cell.data_type != "n":
            return parse
        # A number needs no guess about its marks: "1.125" is no thousand here. A fourth place
        # says so, and is then refused as one too many where two are allowed.
        return lambda typed: parse(
            f"{typed}0" if parse is parse_money and _THREE_PLACES.fullmatch(typed) else typed
        )

    def parsed(
        self, key: str, parse: Callable[[str], Value], default: Value, *, needed: bool = False
    ) -> Value:
        """Any value, by a function of its text that raises ``RuleBroken``."""
        cell = self._cells.get(key)
        typed = "" if cell is None else self._typed(key, cell)
        if typed is None:
            return default
        if not typed:
            if needed:
                self.fail(key, "text_missing")
            return default
        try:
            return parse(typed)
        except RuleBroken as broken:
            column = cell.column_letter if cell else ""
            self._errors.add_broken(self.number, column, broken, field=key, value=typed[:100])
            return default

    def _typed(self, key: str, cell: Cell) -> str | None:
        """The cell as text, or None after an error."""
        if cell.data_type == "f":
            self.fail(key, "formula")
        elif cell.data_type == "e":
            self.fail(key, "cell_error", value=str(cell.value))
        elif cell.data_type == "d" or isinstance(cell.value, bool):
            self.fail(key, "cell_type", value=str(cell.value))
        else:
            return _plain(cell)
        return None


def _plain(cell: Cell) -> str:
    """What a cell says: digits of a number without an exponent, text with usual spaces."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        text = f"{Decimal(str(value)):f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return _UNSEEN.sub("", _ANY_SPACE.sub(" ", str(value))).strip()


def _is_corrupt_code(cell: Cell, digits: int) -> bool:
    if cell.data_type == "d" or isinstance(cell.value, float):
        return not (
            digits and isinstance(cell.value, float) and _whole_digits(cell.value) == digits
        )
    typed = _plain(cell)
    if cell.data_type == "n" and typed:
        return len(typed) != digits
    bare = typed.replace(" ", "")
    if _SCIENTIFIC.fullmatch(bare) or _DECIMAL_TAIL.fullmatch(bare):
        return True
    # Digits are missing: a leading zero went, and what else went nobody can tell.
    return bool(digits and bare.isdecimal() and len(bare) < digits)


def _whole_digits(value: float) -> int:
    return len(str(int(value))) if value.is_integer() and 0 < value < 2**53 else 0


def _percent(typed: str, *, fraction: bool) -> Decimal:
    number = typed.removesuffix("%").strip().replace(",", ".")
    if not re.fullmatch(r"\d{1,3}(\.\d{1,20})?", number):
        raise RuleBroken("percent_format")
    value = (Decimal(number) * (_HUNDRED if fraction else 1)).quantize(Decimal("0.01"))
    if value > _HUNDRED:
        raise RuleBroken("percent_format")
    return value


def _day(typed: str) -> date:
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

"""What is wrong with a spreadsheet: every place at once, by row and column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.errors import RuleBroken

MAX_ERRORS = 200


@dataclass(frozen=True, slots=True)
class SheetError:
    """One thing wrong. ``row`` is 0 and ``column`` empty where the whole file is meant.

    ``column`` is a letter as the spreadsheet shows it; ``params`` hold ``field`` (the column's
    key, see ``titles``), ``clause`` and what the text of ``code`` needs.
    """

    row: int
    column: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def cell(self) -> str:
        """The place as people name it, ``E7``; empty for the whole file."""
        return f"{self.column}{self.row}" if self.row else ""


@dataclass(frozen=True, slots=True)
class SheetErrors:
    """Why nothing was taken from a sheet: the first 200 errors, and how many there are in all."""

    errors: tuple[SheetError, ...]
    total: int


class ErrorList:
    """Errors as they are found; beyond the limit they are only counted."""

    def __init__(self) -> None:
        self._errors: list[SheetError] = []
        self._total = 0

    def add(self, row: int, column: str, code: str, **params: object) -> None:
        """Note one error."""
        self._total += 1
        if len(self._errors) < MAX_ERRORS:
            self._errors.append(SheetError(row, column, code, params))

    def add_broken(self, row: int, column: str, broken: RuleBroken, **params: object) -> None:
        """Note a rule that a cell breaks, with its clause."""
        clause = {"clause": broken.clause} if broken.clause else {}
        self.add(row, column, broken.code, **{**params, **clause, **broken.params})

    def __bool__(self) -> bool:
        return self._total > 0

    def result(self) -> SheetErrors:
        """All of them, in the order of rows."""
        ordered = sorted(
            self._errors, key=lambda error: (error.row, len(error.column), error.column)
        )
        return SheetErrors(tuple(ordered), self._total)


def refused(code: str, **params: object) -> SheetErrors:
    """The whole file is refused for one reason."""
    return SheetErrors((SheetError(0, "", code, params),), 1)

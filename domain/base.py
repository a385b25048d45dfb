"""The declarative base and the column types that every mapped class shares."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, TypeAlias

from pydantic_core import to_jsonable_python
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Identity,
    MetaData,
    Numeric,
    Select,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

# What JSONB columns hold. A recursive alias would be exact, but pydantic and mypy treat the
# values we read back more simply as objects that the reader narrows.
Json: TypeAlias = Mapping[str, object]

Key = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
Ref = Annotated[int, mapped_column(BigInteger)]
Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Money = Annotated[Decimal, mapped_column(Numeric(18, 2))]
Quantity = Annotated[Decimal, mapped_column(Numeric(18, 3))]


def is_id(number: int) -> bool:
    """Whether a number that somebody sent can stand in a column of ids at all."""
    return 0 < number < 2**63


def gathered(statement: Select[*tuple[Any, ...]]) -> ColumnElement[Any]:
    """All rows of a statement as one value, a list of tuples: children come with their parent.

    Each statement costs the process that asks more than the database that answers. The rows are
    as the driver reads them; a column must have a type of PostgreSQL's own.
    """
    row = func.row(*statement.selected_columns)
    return func.array(statement.with_only_columns(row).scalar_subquery())


def plain(values: Mapping[str, object]) -> dict[str, object]:
    """Values as JSON holds them: sums and volumes as strings of plain digits, never ``1E+3``."""
    return {str(key): _plain(value) for key, value in values.items()}


def spelled(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows of ``plain`` values as one text of JSON, for a statement that takes them all.

    The encoder itself asks only for what it does not know: thousands of rows cost a tenth.
    """
    return json.dumps(rows, default=_plain, ensure_ascii=False)


# Exact types: an enumeration that is a text, too, still has to become one.
_PLAIN_ALREADY = frozenset({str, int, bool, type(None)})


def _plain(value: object) -> object:
    # A change of thousands of deadlines asks this of a million values, nearly all of them such.
    if type(value) in _PLAIN_ALREADY:
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Mapping):
        return plain(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(each) for each in value]
    shown: object = to_jsonable_python(value)
    return shown


def stored_money(amount: Decimal) -> Decimal:
    """The sum with its 2 places, as the database gives it back: ``1E+3`` is ``1000.00``."""
    return amount.quantize(Decimal("0.01"))


def stored_quantity(quantity: Decimal) -> Decimal:
    """The quantity with its 3 places, as the database gives it back."""
    return quantity.quantize(Decimal("0.001"))


class Base(DeclarativeBase):
    """Root of all mapped classes; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {Json: JSONB}  # noqa: RUF012 - SQLAlchemy reads it as a plain attribute

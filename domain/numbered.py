"""Rows that are named by their number: read or held, or refused as unknown."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.base import is_id
from domain.errors import NotFound
from domain.work import Busy, Work

_Row = TypeVar("_Row")


async def read_row(
    session: AsyncSession, number: int, statement: Select[_Row], unknown: NotFound
) -> _Row:
    """The one row of a statement, not held; raises ``unknown`` where there is none."""
    found = (await session.scalars(statement)).one_or_none() if is_id(number) else None
    if found is None:
        raise unknown
    return found


async def lock_row(
    work: Work,
    number: int,
    statement: Select[_Row],
    unknown: NotFound,
    *,
    key_share: bool = False,
) -> _Row:
    """The one row of a statement as it is now, held until the transaction ends.

    Raises ``unknown`` where there is none. A sweep, which holds deadlines already, does not wait
    for it: raises Busy and comes back. With ``key_share`` others may go on referring to the row.
    """
    if not is_id(number):
        raise unknown
    held = statement.with_for_update(
        skip_locked=work.from_sweep, key_share=key_share
    ).execution_options(populate_existing=True)
    found = (await work.session.scalars(held)).one_or_none()
    if found is None:
        raise Busy(number) if work.from_sweep else unknown
    return found

"""Notices of which an attempt may have arrived: nobody knows, and that stays known of them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from domain.notices.model import Delivery, Notice
from domain.notices.views import UNKNOWN

#: What stands as the reason of such a notice that goes again.
DOUBT = f"{UNKNOWN}: an earlier attempt may have arrived"


def _in_doubt() -> ColumnElement[bool]:
    """Whether an attempt to tell the same event may have arrived, in whichever channel."""
    copy, event = aliased(Notice), func.coalesce(Notice.origin_id, Notice.id)
    return exists().where(
        or_(copy.id == event, copy.origin_id == event),
        Delivery.notice_id == copy.id,
        Delivery.outcome == UNKNOWN,
    )


def doubt() -> ColumnElement[str | None]:
    """The reason of a notice that waits again, by the attempts on record."""
    return case((_in_doubt(), DOUBT))


async def doubted(session: AsyncSession, numbers: Collection[int]) -> set[int]:
    """Which of these notices may have arrived."""
    found = await session.scalars(select(Notice.id).where(Notice.id.in_(numbers), _in_doubt()))
    return set(found)

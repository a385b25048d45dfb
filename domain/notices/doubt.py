"""Notices of which an attempt may have arrived: nobody knows, and that stays known of them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, case, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.notices.model import Delivery, Notice
from domain.notices.views import UNKNOWN

#: What stands as the reason of such a notice that goes again.
DOUBT = f"{UNKNOWN}: an earlier attempt may have arrived"


def doubt() -> ColumnElement[str | None]:
    """The reason of a notice that waits again, by its attempts on record."""
    of_notice = exists().where(Delivery.notice_id == Notice.id, Delivery.outcome == UNKNOWN)
    return case((of_notice, DOUBT))


async def doubted(session: AsyncSession, numbers: Collection[int]) -> set[int]:
    """Which of these notices may have arrived."""
    found = await session.scalars(
        select(Delivery.notice_id).where(
            Delivery.notice_id.in_(numbers), Delivery.outcome == UNKNOWN
        )
    )
    return set(found)

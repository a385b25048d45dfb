"""Dropping attempts that prove nothing any more.

The acts name no term for notices. What the law wants told proves that it was told: its notice and
its attempts stay as long as the order's record, which is for good. Of work and news the notice
itself stays, with when it was sent, opened and acknowledged, so that lists and receipts stay right;
its single attempts go after a time that an operator sets.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from domain.notices.model import Lane
from domain.work import Site

#: Attempts dropped in one transaction, and at most in one go.
BATCH, MOST = 5_000, 200_000
# What became old earlier than this before was looked at by the runs before: a run of each hour
# reads no old attempts again and again.
_LOOKED_BACK = timedelta(days=60)

_DROP = text(
    """
    DELETE FROM delivery WHERE id IN (
        SELECT attempt.id
        FROM delivery AS attempt JOIN notice ON notice.id = attempt.notice_id
        WHERE attempt.ended_at >= :since AND attempt.ended_at < :before
          AND notice.lane > :statutory
          AND notice.state NOT IN ('queued', 'sending', 'held', 'digest', 'dead')
        ORDER BY attempt.ended_at
        LIMIT :batch
    )
    """
)


async def forget_attempts(site: Site, older_than: timedelta) -> int:
    """Drop the attempts of work and news that ended so long ago, in batches; returns how many."""
    before = site.clock.now() - older_than
    values = {
        "since": before - _LOOKED_BACK,
        "before": before,
        "statutory": int(Lane.STATUTORY),
        "batch": BATCH,
    }
    dropped = 0
    while dropped < MOST:
        async with site.sessions.begin() as session:
            done = await session.execute(_DROP, values)
            count: int = done.rowcount  # type: ignore[attr-defined] # of a delete
        dropped += count
        if count < BATCH:
            break
    return dropped

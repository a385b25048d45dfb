"""A person's own list of notices (act 366, clause 11)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, update

from domain.notices.model import Notice
from domain.notices.views import NoticePage, notice_view
from domain.work import Look, Site, Work, query, use_case


class Notices:
    """What a person was told, and what of it they have read."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @query(by=None)
    async def page(self, look: Look, before: int | None = None, size: int = 5) -> NoticePage:
        """The actor's notices older than ``before`` (act 366, clause 11), each event once."""
        mine = (Notice.person_id == look.actor.person_id) & Notice.origin_id.is_(None)
        rows = list(
            await look.session.scalars(
                select(Notice)
                .where(mine, Notice.id < before if before else Notice.id > 0)
                .order_by(Notice.id.desc())
                .limit(size + 1)
            )
        )
        unread = await look.session.scalar(
            select(func.count()).where(mine, Notice.read_at.is_(None))
        )
        newer = None
        if before:
            ids = list(
                await look.session.scalars(
                    select(Notice.id)
                    .where(mine, Notice.id >= before)
                    .order_by(Notice.id)
                    .limit(size)
                )
            )
            newer = ids[-1] + 1 if ids else None
        older = rows[size - 1].id if len(rows) > size else None
        return NoticePage([notice_view(row) for row in rows[:size]], unread or 0, older, newer)

    @use_case("notices.read", by=None)
    async def mark_read(self, work: Work, numbers: Sequence[int]) -> int:
        """Mark these of the actor's notices as read; returns how many were unread."""
        where = [
            Notice.person_id == work.actor.person_id,
            Notice.read_at.is_(None),
            Notice.id.in_(numbers),
        ]
        done = await work.session.execute(
            update(Notice).where(*where).values(read_at=work.now).returning(Notice.id)
        )
        count = len(done.all())
        work.record(f"person:{work.actor.person_id}", read=count)
        return count

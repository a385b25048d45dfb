"""Notices that go by another channel as well."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert

from domain.notices.model import Notice
from domain.work import Site

_SAME = ("person_id", "kind", "subject", "params", "lane", "dedup", "created_at")


async def copied(site: Site, number: int, state: str, sent_at: datetime | None) -> None:
    """The same event goes by e-mail, too."""
    async with site.sessions.begin() as session:
        row = await session.get_one(Notice, number)
        await session.execute(
            insert(Notice).values(
                **{name: getattr(row, name) for name in _SAME},
                channel="email",
                origin_id=number,
                state=state,
                sent_at=sent_at,
                not_before=row.created_at,
                attempts=1,
            )
        )

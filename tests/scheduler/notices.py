"""People with notices, and a sender that remembers."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from sqlalchemy import insert, select

from domain.notices.model import Lane, Notice
from domain.notices.queue import Outcome
from domain.notices.views import NoticeView
from domain.work import Site


async def queue(
    site: Site, people: list[int], lane: Lane = Lane.WORK, mark: str = "", **values: object
) -> None:
    """Put one notice a person into the queue, in this order."""
    now = site.clock.now()
    rows = [
        {
            "person_id": person,
            "kind": "test",
            "subject": "order:1",
            "params": {"mark": mark},
            "lane": int(lane),
            "state": "queued",
            "dedup": f"{mark}|{number}",
            "created_at": now,
            "not_before": now,
            "attempts": 0,
        }
        | values
        for number, person in enumerate(people)
    ]
    if rows:
        async with site.sessions.begin() as session:
            await session.execute(insert(Notice), rows)


async def states(site: Site) -> Counter[str]:
    """How many notices are in each state."""
    async with site.sessions() as session:
        return Counter(await session.scalars(select(Notice.state)))


class Sender:
    """Sends nothing; remembers the order, and answers as told."""

    def __init__(self, answer: Callable[[NoticeView], Outcome] | None = None) -> None:
        self.sent: list[NoticeView] = []
        self.at_work: set[int] = set()
        self.most_at_once = 0
        self._answer = answer or (lambda notice: Outcome("sent", message_id=notice.number))

    async def __call__(self, notice: NoticeView) -> Outcome:
        assert notice.person_id not in self.at_work, "two notices of one person at once"
        self.at_work.add(notice.person_id)
        self.most_at_once = max(self.most_at_once, len(self.at_work))
        await asyncio.sleep(0)
        self.sent.append(notice)
        self.at_work.remove(notice.person_id)
        return self._answer(notice)

    def marks(self) -> list[object]:
        """The marks of what was sent, in order."""
        return [notice.params["mark"] for notice in self.sent]

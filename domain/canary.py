"""The canary: a notice to one chat, again and again, that shows whether notices go at all.

It takes the same queue and the same sender as every other. It is nobody's act, so it leaves no
entry on record, and only the newest one stays in the table and in the chat.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from domain.notices.kinds import KINDS
from domain.notices.model import TELEGRAM, Delivery, Notice
from domain.people.model import Person
from domain.work import Site

KIND = "canary"
_SUBJECT = "canary"
# The end state of a notice: nothing more becomes of it.
_OVER = ("sent", "dead", "unreachable", "useless", "dropped")


@dataclass(frozen=True)
class Spent:
    """A canary that a newer one has replaced, and its message in the chat."""

    number: int
    message_id: int | None


class Canaries:
    """The canaries of one chat; ``every`` is the time between two of them."""

    def __init__(self, site: Site, chat_id: int, every: timedelta) -> None:
        self.site = site
        self.chat_id = chat_id
        self._every = every

    async def put(self) -> bool:
        """Put one into the queue unless this turn's is there already, whichever process put it.

        Returns False where nobody with this chat is known: they have to begin a chat first.
        """
        now = self.site.clock.now()
        turn = int(now.timestamp() // self._every.total_seconds())
        async with self.site.sessions.begin() as session:
            person = await session.scalar(
                select(Person.id).where(Person.telegram_id == self.chat_id)
            )
            if person is None:
                return False
            await session.execute(
                insert(Notice)
                .values(
                    person_id=person,
                    kind=KIND,
                    subject=_SUBJECT,
                    params={},
                    lane=int(KINDS[KIND].lane),
                    channel=TELEGRAM,
                    state="queued",
                    dedup=f"canary:{turn}||",
                    created_at=now,
                    not_before=now,
                    # Nobody is to be told of it in their list.
                    read_at=now,
                    # After a long outage the newest is enough.
                    useless_after=now + self._every,
                    attempts=0,
                )
                .on_conflict_do_nothing()
            )
        return True

    async def arrived_at(self) -> datetime | None:
        """When the newest that arrived was sent."""
        async with self.site.reading() as session:
            return await session.scalar(
                select(func.max(Notice.sent_at)).where(
                    Notice.subject == _SUBJECT, Notice.state == "sent"
                )
            )

    async def spent(self) -> list[Spent]:
        """Those that are over and have a newer one behind them that arrived."""
        newest = (
            select(func.max(Notice.id))
            .where(Notice.subject == _SUBJECT, Notice.state == "sent")
            .scalar_subquery()
        )
        async with self.site.reading() as session:
            rows = await session.execute(
                select(Notice.id, Notice.message_id)
                .where(Notice.subject == _SUBJECT, Notice.state.in_(_OVER), Notice.id < newest)
                .order_by(Notice.id)
                .limit(100)
            )
            return [Spent(number, message_id) for number, message_id in rows]

    async def forget(self, one: Spent) -> None:
        """Delete one whose message has gone from the chat."""
        async with self.site.sessions.begin() as session:
            await session.execute(delete(Delivery).where(Delivery.notice_id == one.number))
            await session.execute(delete(Notice).where(Notice.id == one.number))

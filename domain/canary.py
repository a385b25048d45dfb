"""The canary: a notice to one chat, again and again, that shows whether notices go at all.

It takes the same queue and the same sender as every other. It is nobody's act, so it leaves no
entry on record, and only the newest one stays in the table and in the chat.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from domain.actor import Actor
from domain.audit import Draft
from domain.notices.model import Delivery, Notice
from domain.notices.writing import tell
from domain.people.model import Person
from domain.work import Site, Work

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
            # No dead letter: that it did not come is told by the alarm, and nobody sends it again.
            died = update(Notice).where(Notice.subject == _SUBJECT, Notice.state == "dead")
            await session.execute(died.values(state="useless"))
            actor = Actor.system(f"canary:{turn}")
            work = Work(session, now, actor, Draft(now, actor, "canary"))
            # After a long outage the newest is enough.
            await tell(work, [person], "service.canary", _SUBJECT, useless_after=now + self._every)
            # Quiet hours and digests are for people: it is silent, and goes now or never. In the
            # reader's list it is no news.
            await session.execute(
                update(Notice)
                .where(Notice.subject == _SUBJECT, Notice.created_at == now, Notice.attempts == 0)
                .values(state="queued", not_before=now, read_at=now)
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

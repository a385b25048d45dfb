"""People with addresses, and attempts that end as a test says."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select, update

from domain.actor import Actor
from domain.channels.rules import ADDRESSED, Served
from domain.channels.service import Addresses
from domain.channels.views import CodeLetter
from domain.notices.model import TELEGRAM, Notice
from domain.notices.queue import NoticeQueue, Outcome, Settled
from domain.notices.writing import tell
from domain.people.model import Person
from domain.work import Site, Work, use_case
from tests.support.factories import again, integration_actor, next_cause

ALL = Served(frozenset(ADDRESSED), frozenset({"json", "slack", "syslog"}))
GIVEN = {"email": "aigul@example.kz", "sms": "+77011234567", "other": "json://hooks.example.kz/a"}
LEASE = timedelta(minutes=5)


class Mailbox:
    """Gives addresses, reads the codes that come, and settles notices."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.addresses = Addresses(site)
        self.addresses.served = ALL

    async def code(self, channel: str) -> CodeLetter:
        """The one code on its way in a channel, taken and sent."""
        (letter,) = await self.addresses.codes.claim(channel, LEASE)
        await self.addresses.codes.sent(letter)
        return letter

    async def verified(self, person: Actor, *channels: str) -> None:
        """The person has confirmed addresses in these channels."""
        for channel in channels:
            await self.addresses.want(again(person), channel, GIVEN[channel])
            letter = await self.code(channel)
            await self.addresses.confirm(again(person), channel, letter.code)

    @use_case("test.tell", by=None)
    async def _tell(self, work: Work, people: list[int], kind: str, useless_in: int | None) -> None:
        until = None if useless_in is None else work.now + timedelta(seconds=useless_in)
        await tell(work, people, kind, "order:1", useless_after=until, number=1)

    async def tell(
        self, *people: Actor, kind: str = "order.invited", useless_in: int | None = None
    ) -> None:
        """Tell people something."""
        ids = [each.person_id or 0 for each in people]
        await self._tell(integration_actor(next_cause()), ids, kind, useless_in)

    async def end(self, state: str, channel: str = TELEGRAM, limit: int = 50) -> int:
        """All that waits in a channel ends so; returns how many notices."""
        queue = NoticeQueue(self.site, channel)
        found = await queue.claim(limit, LEASE)
        outcome = Outcome(state, reason="" if state == "sent" else f"{channel} said no")
        now = self.site.clock.now()
        if found:
            await queue.settle([Settled(each, outcome, now) for each in found])
        return len(found)

    async def rows(self, person: Actor, channel: str = "") -> list[Notice]:
        """The notices of a person, oldest first."""
        async with self.site.sessions() as session:
            rows = await session.scalars(
                select(Notice).where(Notice.person_id == person.person_id).order_by(Notice.id)
            )
            return [row for row in rows if channel in ("", row.channel)]

    async def states(self, person: Actor) -> list[tuple[str, str]]:
        """Channel and state of each notice of a person."""
        return [(row.channel, row.state) for row in await self.rows(person)]

    async def without_telegram(self, people: Collection[Actor]) -> None:
        """These people have no Telegram."""
        async with self.site.sessions.begin() as session:
            await session.execute(
                update(Person)
                .where(Person.id.in_([each.person_id for each in people]))
                .values(telegram_id=None)
            )

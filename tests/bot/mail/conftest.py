"""A desk that has mail: the listener, the worker, and the outside world."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from bot.mail.intake import MailIntake
from bot.mail.listener import listening
from bot.mail.sending import MailSender, handing_over
from domain.clock import ManualClock
from domain.support.mail_rows import OutgoingMail
from domain.work import Site
from tests.bot.mail.outside import AIGUL, OURS, OutsideServer, bring, outside_server
from tests.domain.support.desk import Desk


@dataclass
class Post:
    """Both directions, and the desk behind them."""

    desk: Desk
    outside: OutsideServer
    sender: MailSender
    port: int

    async def write(self, letter: EmailMessage | bytes, sender: str = AIGUL) -> tuple[int, str]:
        """Bring a letter to the desk and let what it leads to go out."""
        said = await bring(self.port, letter, sender)
        await self.sender.drain()
        return said

    @property
    def last(self) -> EmailMessage:
        """The last letter that arrived outside."""
        return self.outside.letters[-1]

    async def rows(self) -> list[OutgoingMail]:
        """Letters as the table has them, oldest first."""
        async with self.desk.site.sessions() as session:
            return list(await session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))

    def later(self, by: timedelta) -> None:
        """Let time pass."""
        self.desk.clock.advance(by)


@pytest.fixture
async def outside() -> AsyncIterator[OutsideServer]:
    """Somebody else's mail server."""
    async with outside_server() as server:
        yield server


@pytest.fixture
async def post(site: Site, clock: ManualClock, outside: OutsideServer) -> AsyncIterator[Post]:
    """A desk with mail, on Friday at 10:00."""
    desk = Desk(site, clock)
    sender = MailSender(desk.services, OURS, handing_over(outside.url))
    intake = MailIntake(desk.services, OURS)
    async with listening(intake, OURS, "127.0.0.1", 0) as port:
        yield Post(desk, outside, sender, port)

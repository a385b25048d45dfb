"""People with addresses, a mail server and a web server outside, and our senders between them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.gateways import AppriseGateway, Gateway, MailGateway
from bot.channels.sending import Budget, ChannelSender
from domain.actor import Actor
from domain.base import Json
from domain.channels.rules import ADDRESSED, Served
from domain.channels.service import Addresses
from domain.clock import ManualClock
from domain.notices.writing import tell
from domain.services import Services
from domain.webhooks.addresses import Allowed
from domain.work import Site, Work, use_case
from scheduler.lease import Lease
from tests.bot.mail.outside import OURS, OutsideServer, outside_server
from tests.domain.channels.people import Mailbox
from tests.support.factories import again, integration_actor

INSIDE = Allowed.of(["127.0.0.0/8"])


@dataclass
class Receiver:
    """Somebody's web server; ``answers`` are the statuses of the next requests."""

    url: str = ""
    got: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        status = self.answers.pop(0) if self.answers else 200
        if status == 302:
            return web.Response(status=302, headers={"Location": "/elsewhere"})
        if status == 200:
            self.got.append((request.path, await request.json()))
        return web.Response(status=status)


class Office(Mailbox):
    """The senders of a test beside the use cases of addresses."""

    def __init__(self, site: Site, clock: ManualClock, outside: OutsideServer) -> None:
        super().__init__(site)
        self.services = Services(site)
        self.addresses: Addresses = self.services.addresses
        self.addresses.served = Served(frozenset(ADDRESSED), frozenset({"json", "slack"}), INSIDE)
        self.clock = clock
        self.outside = outside

    def sender(
        self,
        channel: str = "email",
        gateway: Gateway | None = None,
        *,
        budget: Budget | None = None,
        lease: Lease | None = None,
        username: Callable[[], Awaitable[str]] | None = None,
    ) -> ChannelSender:
        """A sender; of letters by the server outside unless said otherwise."""
        gateway = gateway or MailGateway(self.outside.url, OURS, self.clock.now)
        return ChannelSender(
            self.services, channel, gateway, budget or Budget(6000), username or name, lease
        )

    @use_case("test.say", by=None)
    async def _say(self, work: Work, people: list[int], kind: str, about: Json) -> None:
        await tell(work, people, kind, "order:1", about=about)

    async def lost(self, *people: Actor, kind: str = "order.invited", **about: object) -> None:
        """Tell people something that Telegram does not bring them."""
        ids = [each.person_id or 0 for each in people]
        await self._say(integration_actor(), ids, kind, {"number": 15, **about})
        await self.end("unreachable")

    async def give(self, person: Actor, channel: str, address: str) -> None:
        """The person has a confirmed address."""
        await self.addresses.want(again(person), channel, address)
        letter = await self.code(channel)
        await self.addresses.confirm(again(person), channel, letter.code)

    def later(self, **by: float) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(**by))

    @property
    def last(self) -> EmailMessage:
        """The last letter that arrived outside."""
        return self.outside.letters[-1]


async def name() -> str:
    """The bot's name."""
    return "tapsyrys_bot"


def part(letter: EmailMessage, kind: str) -> str:
    """The letter as ``plain`` or ``html``."""
    found = letter.get_body((kind,))
    assert found is not None
    text = found.get_content()
    assert isinstance(text, str)
    return text


@pytest.fixture
async def outside() -> AsyncIterator[OutsideServer]:
    """Somebody else's mail server."""
    async with outside_server() as server:
        yield server


@pytest.fixture
def office(site: Site, clock: ManualClock, outside: OutsideServer) -> Office:
    """Everything inside, on Friday at 10:00."""
    return Office(site, clock, outside)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Somebody's web server."""
    found = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", found.take)
    async with TestServer(app, host="127.0.0.1") as server:
        found.url = f"json://127.0.0.1:{server.port}"
        yield found


def by_sms(receiver: Receiver) -> AppriseGateway:
    """A gateway of SMS as settings give it."""
    return AppriseGateway(f"{receiver.url}/sms/{{to}}")

"""Half a minute without the database in one town, without Telegram in another.

It is half a minute of the wall clock, paid once: time-outs, pools and pauses are the real ones.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.sandbox.records import Json
from domain.audit import AuditEntry
from domain.awards.rules import Choice
from domain.clock import ManualClock
from domain.registry.views import CompanyView
from domain.roles import Role
from handlers.views.menus import ACTIONS
from tests.e2e.cable import Cable, laid
from tests.e2e.player import Player
from tests.e2e.test_outages import invitations, offered, readiness, states
from tests.e2e.town import Town, open_town
from tests.support.database import Server
from tests.support.factories import (
    PIPE,
    integration_actor,
    make_customer,
    make_offer,
    make_order,
    make_producer,
)
from tests.support.waiting import PATIENCE, until

_AWAY = 30.0
_LOOK = 2.5
_KEY = "made-while-away"


@dataclass
class Cut:
    """A town whose database is away; the numbers of its orders."""

    town: Town
    cable: Cable
    contractor: CompanyView
    customer: Player
    typing: Player
    deciding: Player
    orders: list[int]
    award: int
    confirm: str
    lapses: datetime

    @property
    def body(self) -> Json:
        """An order that an integration makes meanwhile."""
        line = {
            "name_ru": "Труба",
            "code": PIPE,
            "quantity": "1",
            "unit": "m",
            "allocated_sum": "1000.00",
            "characteristics": "ГОСТ",
        }
        return {
            "customer_bin": self.contractor.bin,
            "delivery_place": "Астана",
            "delivery_terms": "DDP",
            "delivery_days": 90,
            "lines": [line],
        }

    async def begin(self) -> None:
        """The database goes; people go on typing and pressing, and a window closes."""
        await self.cable.cut()
        asked = await self.deciding.person.find(lambda each: each.has(self.confirm))
        await self.deciding.person.press(self.confirm, asked)
        await self.typing.person.say("900 000")
        await self.typing.person.say("75")
        await self.customer.person.say(self.customer.label(ACTIONS["orders"]))
        self.town.clock.set(self.lapses)

    async def look(self) -> None:
        """The process lives, says that it is not ready, and refuses what it cannot do."""
        assert (await self.town.api("GET", "/healthz")).status == 200
        assert await readiness(self.town) == 503
        refused = await self.town.api("POST", "/orders", self.body, key=_KEY)
        assert (refused.status, refused.body["code"]) == (503, "database_unavailable")
        assert "Retry-After" in refused.headers

    async def end(self) -> None:
        """It is back: ready, and everything comes through by itself."""
        await self.cable.mend()
        await until(self._ready, PATIENCE)
        await self.town.settled()
        made = await self.town.api("POST", "/orders", self.body, key=_KEY)
        again = await self.town.api("POST", "/orders", self.body, key=_KEY)
        assert (made.status, again.status, made.raw) == (201, 201, again.raw)
        await self._told_in_order()
        await finish_offer(self.typing)
        await self._done_once(made.body["number"])

    async def _ready(self) -> bool:
        return await readiness(self.town) == 200

    async def _told_in_order(self) -> None:
        """Each was answered once, in the order of what they said."""
        menu = self.customer.label(ACTIONS["orders"])
        said = await self.customer.person.messages()
        after = said[[each.text for each in said].index(menu) + 1 :]
        assert [each.by_bot for each in after].count(False) == 0
        lists = [each for each in after if each.has(str(self.orders[0])) and each.buttons]
        assert lists, "the list of orders came"
        confirmed = await self.deciding.person.messages()
        assert not any(each.has(self.confirm) for each in confirmed)
        for player in (self.typing, self.deciding):
            got = await invitations(player.person, player.language)
            for number, each in zip(self.orders, got, strict=True):
                assert str(number) in each

    async def _done_once(self, made: int) -> None:
        town, (_, lapsing, typed) = self.town, self.orders
        award = await town.services.awards.one(integration_actor(), self.award)
        assert award.state == "active"
        ended = await town.ok("GET", f"/orders/{lapsing}")
        assert (ended["state"], ended["failure_ground"]) == ("failed", "15.3")
        windows = [each for each in ended["deadlines"] if each["kind"] == "offer_window"]
        assert [each["state"] for each in windows] == ["fired"]
        assert (await town.ok("GET", f"/orders/{typed}"))["state"] == "collecting"
        listed = (await town.ok("GET", "/orders"))["items"]
        assert sorted(each["number"] for each in listed) == [*self.orders, made]
        assert (await offered(town)).count((Decimal(100), Decimal(900_000), 75)) == 1
        async with town.site.sessions() as session:
            acts = Counter(await session.scalars(select(AuditEntry.action)))
        assert (acts["award.confirm"], acts["offer.submit"]) == (1, 2)
        assert set(await states(town)) == {"sent"}
        assert town.app.failure is None


@dataclass
class Silent:
    """A town whose Telegram is away."""

    town: Town
    contractor: CompanyView
    typing: Player

    async def begin(self) -> None:
        """Telegram goes: nothing is fetched any more, nothing can be said."""
        for method in ("*", "getUpdates"):
            await self.town.sandbox.fault("drop", method, times=1_000_000)
        # The call that waits for updates still brings the first: its answer has to wait.
        await self.typing.person.say("900 000")
        await self.typing.person.say("75")
        for _ in range(3):
            await make_order(self.town.services, self.contractor)

    async def look(self) -> None:
        """All else serves; time goes on."""
        self.town.clock.advance(timedelta(seconds=_LOOK))
        assert await readiness(self.town) == 200
        assert len((await self.town.ok("GET", "/orders"))["items"]) == 4

    async def end(self) -> None:
        """It is back: what waited is said once, answers in their order."""
        await self.town.sandbox.clear_faults()
        await self.town.settled()
        await self.town.travel(timedelta(minutes=3))
        got = await invitations(self.typing.person, self.typing.language)
        orders = (await self.town.ok("GET", "/orders"))["items"]
        assert len(got) == len(set(got)) == len(orders)
        assert set(await states(self.town)) == {"sent"}
        await finish_offer(self.typing)
        assert await offered(self.town) == [(Decimal(100), Decimal(900_000), 75)]
        copies = Counter(each.text for each in await self.typing.messages())
        assert set(copies.values()) == {1}, "nothing was said twice"
        async with self.town.site.sessions() as session:
            submitted = select(func.count()).where(AuditEntry.action == "offer.submit")
            assert await session.scalar(submitted) == 1
        assert self.town.app.failure is None


async def begin_offer(supplier: Player) -> None:
    """The form up to the question of the price."""
    await supplier.press("Make an offer")
    await supplier.press_like("All ({quantity})")


async def finish_offer(supplier: Player) -> None:
    """From the characteristics on: price and days have been taken."""
    await supplier.press("As required")
    await supplier.send_photo()
    await supplier.press("Done, go on")
    await supplier.press("Skip")
    await supplier.press("Submit")
    await supplier.sees("Offer No. {offer} is submitted")


async def supplier_of(town: Town, company: CompanyView) -> Player:
    """A supplier who reads Kazakh."""
    person = await town.person("Нұрлан", "kk", role=Role.SUPPLIER, company=company)
    return Player(town, person, "kk")


@pytest.fixture
async def cut(database_url: str, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Cut]:
    """An award to be confirmed, a window about to close, an offer being typed."""
    async with (
        laid(database_url) as (cable, url),
        open_town(url, tmp_path / "cut", clock) as town,
    ):
        contractor = await make_customer(town.site)
        alpha, beta = [await make_producer(town.site) for _ in range(2)]
        person = await town.person("Данияр", "ru", role=Role.CUSTOMER, company=contractor)
        typing, deciding = await supplier_of(town, alpha), await supplier_of(town, beta)
        chosen = await make_order(town.services, contractor)
        await make_offer(town.services, chosen, beta)
        closes = await town.next_deadline("offer_window")
        await town.travel(timedelta(days=3))
        lapsing = await make_order(town.services, contractor)
        await town.travel(closes)
        choice = [Choice(1, beta.bin, Decimal(100))]
        (award,) = await town.services.awards.select(integration_actor(), chosen, choice)
        await town.settled()
        await deciding.press("Details")
        await deciding.press("Confirm")
        typed = await make_order(town.services, contractor)
        await town.settled()
        await begin_offer(typing)
        await town.ok("GET", f"/orders/{typed}")
        yield Cut(
            town,
            cable,
            contractor,
            Player(town, person, "ru"),
            typing,
            deciding,
            [chosen, lapsing, typed],
            award.id,
            deciding.label("Yes, confirm"),
            await town.next_deadline("offer_window"),
        )


@pytest.fixture
async def silent(database_server: Server, tmp_path: Path) -> AsyncIterator[Silent]:
    """An offer being typed."""
    clock = ManualClock(datetime.fromisoformat("2026-11-20T10:00:00+05:00"))
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(database_server.database())
        town = await stack.enter_async_context(open_town(url, tmp_path / "silent", clock))
        contractor, maker = await make_customer(town.site), await make_producer(town.site)
        typing = await supplier_of(town, maker)
        await make_order(town.services, contractor)
        await town.settled()
        await begin_offer(typing)
        await town.ok("GET", "/orders")
        yield Silent(town, contractor, typing)


async def test_half_a_minute_away(cut: Cut, silent: Silent) -> None:
    """What people and time did meanwhile comes through, in order and once."""
    towns = (cut, silent)
    for each in towns:
        await each.begin()
    end = time.monotonic() + _AWAY
    while time.monotonic() < end:
        for each in towns:
            await each.look()
        await asyncio.sleep(_LOOK)
    for each in towns:
        await each.end()

"""The database away and back, Telegram away and back: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

from sqlalchemy import select

from bot.sandbox.client import Person
from bot.sandbox.records import Json
from domain.audit import AuditEntry
from domain.awards.rules import Choice
from domain.clock import ManualClock
from domain.notices import Notice
from domain.roles import Role
from handlers.views.menus import ACTIONS
from handlers.views.press import press
from tests.e2e.cable import laid
from tests.e2e.player import Player, pattern
from tests.e2e.town import Town, open_town
from tests.support.chat import t_of
from tests.support.factories import (
    integration_actor,
    make_customer,
    make_offer,
    make_order,
    make_producer,
)
from tests.support.waiting import until

_INVITED = "New order No. {number}: your goods are needed"


async def states(town: Town) -> Counter[str]:
    """How many notices are in which state."""
    async with town.site.sessions() as session:
        return Counter(await session.scalars(select(Notice.state)))


async def invitations(person: Person, language: str = "ru") -> list[str]:
    """The invitations a supplier got, in their order."""
    wanted = pattern(t_of(language), _INVITED)
    found = [wanted.search(each.text) for each in await person.messages() if each.by_bot]
    return [each.group() for each in found if each]


def _to(person: Person, call: Json) -> bool:
    return str(call["params"]["chat_id"]) == str(person.id)


async def readiness(town: Town) -> int:
    return (await town.api("GET", "/readyz")).status


async def test_database_goes_away_and_comes_back(
    database_url: str, clock: ManualClock, tmp_path: Path
) -> None:
    """What people and time did meanwhile is worked when it is back, once."""
    async with laid(database_url) as (cable, url), open_town(url, tmp_path, clock) as town:
        contractor, maker = await make_customer(town.site), await make_producer(town.site)
        person = await town.person(role=Role.SUPPLIER, company=maker)
        number = await make_order(town.services, contractor)
        await town.ok("GET", f"/orders/{number}")
        await until(lambda: _is(town, 200), 10)
        due = await town.next_deadline("offer_window")
        await person.catch_up()
        await cable.cut()
        menu, fetched = t_of("ru").button(ACTIONS["orders"]), _fetches(town)
        await person.say(menu)
        clock.set(due)
        assert (await town.api("GET", "/healthz")).status == 200
        assert await readiness(town) == 503
        answer = await town.api("GET", f"/orders/{number}")
        assert answer.status == 503
        assert answer.body["code"] == "database_unavailable"
        assert "Retry-After" in answer.headers
        await until(lambda: _fetched(town, fetched), 10)
        await cable.mend()
        await until(lambda: _is(town, 200), 20)
        await person.wait_for(lambda each: each.has(str(number)), timeout_s=20)
        await town.settled()
        order = await town.ok("GET", f"/orders/{number}")
        assert order["state"] == "failed", "nobody offered: ground 15.3, as soon as it could be"
        fired = [each for each in order["deadlines"] if each["kind"] == "offer_window"]
        assert [each["state"] for each in fired] == ["fired"]
        assert set(await states(town)) == {"sent"}
        assert len(await invitations(person)) == 1
        assert town.app.failure is None
        asked = [each for each in await person.messages() if each.text == menu]
        assert len(asked) == 1


async def _is(town: Town, status: int) -> bool:
    return await readiness(town) == status


def _fetches(town: Town) -> int:
    return sum(call["method"] == "getUpdates" for call in town.world.calls)


async def _fetched(town: Town, before: int) -> bool:
    """Whether the update that came meanwhile was fetched; it could not be stored."""
    return _fetches(town) > before and bool(town.world.updates.pending)


async def test_database_blinks_while_people_act(
    database_url: str, clock: ManualClock, tmp_path: Path
) -> None:
    """Cut in the middle of handling: every message is answered, every act is done once."""
    async with laid(database_url) as (cable, url), open_town(url, tmp_path, clock) as town:
        contractor, maker = await make_customer(town.site), await make_producer(town.site)
        person = await town.person(role=Role.SUPPLIER, company=maker)
        await town.ok("GET", "/orders")
        pauses = (0.0, 0.01, 0.04)
        orders = [await make_order(town.services, contractor) for _ in pauses]
        for number in orders:
            await make_offer(town.services, number, maker)
        await town.travel(await town.next_deadline("offer_window"))
        choice = [Choice(1, maker.bin, Decimal(100))]
        for number, pause in zip(orders, pauses, strict=True):
            (award,) = await town.services.awards.select(integration_actor(), number, choice)
            await town.settled()
            begun, shown = town.world.updates.poll, (await person.messages())[-1]
            data = press("award.confirmed", award.id)
            await person.press_data(data, shown.id, forged=True)
            await until(partial(_polled, town, begun), 10)
            await asyncio.sleep(pause)  # into the middle of the work
            await cable.cut()
            await cable.mend()
            await until(partial(_confirmed, town, number), 20)
            await town.settled()
        assert town.app.failure is None
        # A claim whose answer never came is taken again when its lease is over.
        await town.travel(timedelta(minutes=6))
        assert set(await states(town)) == {"sent"}
        async with town.site.sessions() as session:
            acts = Counter(await session.scalars(select(AuditEntry.action)))
        assert acts["award.confirm"] == len(orders)


async def _confirmed(town: Town, number: int) -> bool:
    answer = await town.api("GET", f"/orders/{number}")
    return answer.status == 200 and answer.body["state"] == "contracting"


async def _polled(town: Town, before: int) -> bool:
    return town.world.updates.poll > before


async def test_telegram_away_delays_notices_and_loses_none(town: Town) -> None:
    """Errors of the server and cut connections: every invitation comes, each once, in order."""
    contractor, maker = await make_customer(town.site), await make_producer(town.site)
    person = await town.person(role=Role.SUPPLIER, company=maker)
    for kind in ("5xx", "drop", "5xx"):
        await town.sandbox.fault(kind, "sendMessage")
    numbers = [await make_order(town.services, contractor) for _ in range(3)]
    await town.settled()
    for _ in range(6):
        await town.travel(timedelta(seconds=30))
    assert set(await states(town)) == {"sent"}
    got = await invitations(person)
    assert [str(number) in each for number, each in zip(numbers, got, strict=True)] == [True] * 3


async def test_retry_after_is_obeyed(town: Town) -> None:
    """Told to wait for a second, the bot asks nothing of this chat for a second."""
    contractor, maker = await make_customer(town.site), await make_producer(town.site)
    person = await town.person(role=Role.SUPPLIER, company=maker)
    await town.sandbox.fault("429", "sendMessage", chat_id=person.id, retry_after=2)
    await make_order(town.services, contractor)
    await town.settled()
    sent = await town.sandbox.calls("sendMessage")
    mine = [each for each in sent if _to(person, each)]
    assert mine[-1]["fault"] == "429"
    await town.travel(timedelta(seconds=1.9))
    again = await town.sandbox.calls("sendMessage", after=mine[-1]["n"])
    assert not [each for each in again if _to(person, each)]
    await town.travel(timedelta(seconds=0.2))
    assert len(await invitations(person)) == 1
    assert set(await states(town)) == {"sent"}


async def test_blocked_bot_reaches_the_others_and_comes_back(town: Town) -> None:
    """A person who blocked the bot is unreachable, and nobody waits for them."""
    contractor, maker = await make_customer(town.site), await make_producer(town.site)
    gone = await town.person("Нұрлан", "kk", role=Role.SUPPLIER, company=maker)
    here = await town.person("Ольга", "ru", role=Role.SUPPLIER, company=maker)
    await gone.block()
    await town.settled()
    await make_order(town.services, contractor)
    await town.settled()
    assert len(await invitations(here)) == 1
    assert await states(town) == Counter(unreachable=1, sent=1)
    await gone.unblock()
    await town.settled()
    # What was missed stands in the person's own list, and the next one comes again.
    player = Player(town, gone, "kk")
    await player.say("/notices")
    await player.sees(_INVITED)
    await make_order(town.services, contractor)
    await town.settled()
    assert len(await invitations(gone, "kk")) >= 1

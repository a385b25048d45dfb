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
from bot.storage.tables import InboxUpdate
from domain.audit import AuditEntry
from domain.awards.rules import Choice
from domain.clock import ManualClock
from domain.notices.model import Notice
from domain.offers.model import OfferLine
from domain.roles import Role
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
from tests.support.waiting import PATIENCE, until

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
            await until(partial(_polled, town, begun), PATIENCE)
            await asyncio.sleep(pause)  # into the middle of the work
            await cable.cut()
            await cable.mend()
            await until(partial(_confirmed, town, number), PATIENCE)
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


async def test_calls_that_telegram_took_and_never_answered(town: Town) -> None:
    """A notice, a form, answers under it: each act is done once, what was sent comes twice at most.

    Nobody can know that a message without an answer has arrived: it is sent again. An edit or an
    answer to a press does no harm the second time.
    """
    contractor, maker = await make_customer(town.site), await make_producer(town.site)
    person = await town.person("Нұрлан", "kk", role=Role.SUPPLIER, company=maker)
    supplier = Player(town, person, "kk")
    town.app.bot.session.timeout = 0.3  # seconds of patience, not half a minute

    async def strike(method: str) -> None:
        await town.sandbox.fault("timeout_after", method, chat_id=person.id)

    await strike("sendMessage")
    await make_order(town.services, contractor)
    await town.settled()
    assert await states(town) == Counter(queued=1)
    await town.travel(timedelta(seconds=30))
    assert await states(town) == Counter(sent=1)
    assert len(await invitations(person, "kk")) == 2
    told = town.world.calls[-1]["n"]
    await strike("sendMessage")
    await supplier.press("Make an offer")
    await strike("editMessageText")
    await supplier.press_like("All ({quantity})")
    await strike("sendMessage")
    await supplier.say("900 000")
    await supplier.say("75")
    await town.sandbox.fault("timeout_after", "answerCallbackQuery")
    await supplier.press("As required")
    await town.sandbox.fault("timeout_after", "getFile")
    # A file that does not come is asked for again: the person is told, and the step stays.
    assert await supplier.send_photo()
    await supplier.send_photo()
    await supplier.press("Done, go on")
    await supplier.press("Skip")
    await strike("editMessageText")
    await supplier.press("Submit")
    await supplier.sees("Offer No. {offer} is submitted")
    assert (await offered(town)) == [(Decimal(100), Decimal(900_000), 75)]
    assert len([call for call in town.world.calls if call["fault"]]) == 7, "all have struck"
    sent = await town.sandbox.calls("sendMessage", after=told)
    copies = Counter(each["params"]["text"] for each in sent if _to(person, each))
    # The question of the volume and that of the days.
    assert sorted(copies.values(), reverse=True)[:3] == [2, 2, 1]
    assert town.app.failure is None


async def offered(town: Town) -> list[tuple[Decimal, Decimal, int]]:
    """Volume, price and days of every line of every version ever submitted."""
    async with town.site.sessions() as session:
        found = await session.execute(
            select(OfferLine.quantity, OfferLine.price, OfferLine.delivery_days)
        )
        return [(row.quantity, row.price, row.delivery_days) for row in found]


async def test_telegram_away_delays_notices_and_loses_none(town: Town) -> None:
    """Errors of the server and cut connections: every invitation comes, each once, in order."""
    contractor, maker = await make_customer(town.site), await make_producer(town.site)
    person = await town.person(role=Role.SUPPLIER, company=maker)
    # The first silence is long enough for the others to come in behind it.
    await town.sandbox.fault("timeout_before", "sendMessage", hang=1.0)
    for kind in ("drop", "5xx"):
        await town.sandbox.fault(kind, "sendMessage")
    numbers = [await make_order(town.services, contractor) for _ in range(3)]
    await until(partial(_all_in_hand, town), PATIENCE)
    await town.settled()
    for _ in range(6):
        await town.travel(timedelta(seconds=30))
    assert set(await states(town)) == {"sent"}
    got = await invitations(person)
    assert [str(number) in each for number, each in zip(numbers, got, strict=True)] == [True] * 3


async def _all_in_hand(town: Town) -> bool:
    return await states(town) == Counter(sending=3)


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


async def test_who_stops_the_bot_is_answered_no_more_and_nothing_failed(town: Town) -> None:
    """The act of somebody who stops the bot meanwhile is worked; only its answer has no reader."""
    maker = await make_producer(town.site)
    gone = await town.person("Нұрлан", "kk", role=Role.SUPPLIER, company=maker)
    await town.sandbox.fault("5xx", "sendMessage", chat_id=gone.id, times=1_000)
    before = len(await town.sandbox.calls("sendMessage"))
    await gone.say("/notices")

    async def tried() -> bool:
        return len(await town.sandbox.calls("sendMessage")) > before

    await until(tried)
    await gone.block()
    await town.sandbox.clear_faults()
    await town.settled()
    async with town.site.sessions() as session:
        assert set(await session.scalars(select(InboxUpdate.state))) == {"done"}
    await gone.unblock()
    player = Player(town, gone, "kk")
    await player.say("/notices")
    await player.sees("There are no notices yet. What concerns you comes here by itself.")


async def test_told_to_wait_for_hours_acts_are_worked_all_the_same(town: Town) -> None:
    """The answers are not waited for: what is pressed next must not come too late for its term."""
    maker = await make_producer(town.site)
    person = await town.person("Нұрлан", "kk", role=Role.SUPPLIER, company=maker)
    await town.sandbox.fault("429", "sendMessage", chat_id=person.id, retry_after=10_072)
    for words in ("/notices", "/menu", "/notices"):
        await person.say(words)
    await town.settled()
    async with town.site.sessions() as session:
        assert set(await session.scalars(select(InboxUpdate.state))) == {"done"}
    calls = await town.sandbox.calls("sendMessage")
    assert [each["fault"] for each in calls if _to(person, each)][-2:] == [None, "429"]

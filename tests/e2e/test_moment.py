"""An act counts by the moment in which it was received, however late it comes to be worked."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from domain.awards.rules import Choice
from domain.people.model import Person as PersonRow
from domain.roles import Role
from handlers.views.press import press
from tests.e2e.town import Town
from tests.support.factories import (
    integration_actor,
    make_customer,
    make_offer,
    make_order,
    make_producer,
)
from tests.support.waiting import until


@pytest.mark.clause("344-13.7a")
@pytest.mark.clause("366-16")
async def test_a_press_in_time_counts_when_it_is_worked_too_late(town: Town) -> None:
    buyer, maker = await make_customer(town.site), await make_producer(town.site)
    supplier = await town.person("Нұрлан", "kk", role=Role.SUPPLIER, company=maker)
    number = await make_order(town.services, buyer)
    await make_offer(town.services, number, maker)
    await town.travel(await town.next_deadline("offer_window"))
    choice = [Choice(1, maker.bin, Decimal(100))]
    (award,) = await town.services.awards.select(integration_actor(), number, choice)
    await town.settled()
    lapses = await town.next_deadline("confirmation")
    last = lapses - timedelta(microseconds=1)
    await town.travel(last)
    shown = (await supplier.messages())[-1].id
    async with town.site.sessions() as session:
        # What the supplier does first waits for its own row, and the confirmation behind it.
        await session.scalar(
            select(PersonRow.id).where(PersonRow.telegram_id == supplier.id).with_for_update()
        )
        await supplier.press_data(press("language", "ru"), shown, forged=True)
        await supplier.press_data(press("award.confirmed", award.id), shown, forged=True)

        async def received() -> bool:
            return await town.app.inbox.waiting() == 2

        await until(received)
        town.clock.set(lapses + timedelta(seconds=90))
        assert await town.services.deadlines.fire_due() == 0
        await session.rollback()
    await town.settled()
    confirmed = await town.services.awards.one(integration_actor(), award.id)
    assert confirmed.state == "active"
    assert confirmed.decided_at == last


async def test_an_act_that_cannot_be_worked_holds_up_the_others_for_two_minutes(
    town: Town,
) -> None:
    buyer, maker = await make_customer(town.site), await make_producer(town.site)
    supplier = await town.person("Нұрлан", "kk", role=Role.SUPPLIER, company=maker)
    number = await make_order(town.services, buyer)
    await town.settled()
    due = await town.next_deadline("offer_window")
    await town.travel(due - timedelta(seconds=1))
    shown = (await supplier.messages())[-1].id
    async with town.site.sessions() as session:
        await session.scalar(
            select(PersonRow.id).where(PersonRow.telegram_id == supplier.id).with_for_update()
        )
        await supplier.press_data(press("language", "ru"), shown, forged=True)

        async def received() -> bool:
            return await town.app.inbox.waiting() == 1

        await until(received)
        town.clock.set(due + timedelta(minutes=2))

        async def closed() -> bool:
            await town.app.sweeper.sweep_deadlines()
            card = await town.services.orders.card(integration_actor(), number)
            return card.state != "collecting"

        await until(closed)
        await session.rollback()
    await town.settled()

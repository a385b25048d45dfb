"""Whose deadlines a calendar shows, how it follows them, and private addresses."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, update

from domain.errors import AccessDenied, Conflict, NotFound
from domain.people.model import Membership, Person
from domain.preferences.calendars import CalendarDeadline
from domain.preferences.model import CalendarFeed
from domain.working_time.rules import OverrideChange
from tests.domain.stage import Side, Stage, moment, offered
from tests.support.factories import admin_actor, again


async def shown(stage: Stage, side: Side) -> dict[str, CalendarDeadline]:
    """What a side's calendar has, by kind and subject."""
    found = await stage.services.calendars.deadlines(side.me)
    return {f"{each.kind} {each.subject.partition(':')[0]}": each for each in found}


async def test_each_side_has_its_own_deadlines(stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    other = await stage.supplier("ТОО «Чужой»", goods=("222129.300.000099",))
    number = await stage.order(customer)
    (window,) = (await shown(stage, supplier)).values()
    assert (window.kind, window.order_number, window.generation) == ("offer_window", number, 1)
    assert window.due_at == moment("11-25 00:00")
    assert not window.cancelled
    assert await shown(stage, other) == {}
    await stage.offer(supplier, number, offered())
    await stage.until("11-25 10:00")
    assert set(await shown(stage, customer)) == {"offer_window order", "selection order"}
    assert set(await shown(stage, supplier)) == {"offer_window order"}
    await stage.select(customer, number, (supplier, "100"))
    found = await shown(stage, supplier)
    assert set(found) == {"offer_window order", "confirmation award"}
    assert not found["confirmation award"].cancelled
    selection = (await shown(stage, customer))["selection order"]
    assert selection.cancelled, "done: nothing is due any more"
    assert selection.changed_at == stage.clock.now()


async def test_a_moved_deadline_is_the_same_event(stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    await stage.order(customer)
    before = (await shown(stage, supplier))["offer_window order"]
    await stage.at("11-21 10:00")
    admin = await admin_actor(stage.site)
    change = OverrideChange(date(2026, 11, 24), False, "Демалыс", "Выходной", "Указ")
    days = stage.services.working_time
    seen = await days.preview(again(admin), [change])
    await days.apply(again(admin), [change], seen.version)
    after = (await shown(stage, supplier))["offer_window order"]
    assert (after.subject, after.kind) == (before.subject, before.kind)
    assert after.generation == before.generation + 1
    assert after.due_at > before.due_at
    assert after.changed_at == moment("11-21 10:00")


async def test_what_was_declined_is_cancelled_for_thirty_days(stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    await stage.at("11-21 10:00")
    await stage.orders.decline(supplier.me, number, "")
    window = (await shown(stage, supplier))["offer_window order"]
    assert (window.cancelled, window.changed_at) == (True, moment("11-21 10:00"))
    await stage.until("12-24 09:00")
    assert (await shown(stage, supplier))["offer_window order"].cancelled
    await stage.until("12-26 09:00")
    assert await shown(stage, supplier) == {}


async def test_an_address_shows_what_its_owner_sees(stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    await stage.order(customer)
    calendars = stage.services.calendars
    assert await calendars.since(supplier.me) is None
    token = await calendars.renew(supplier.me)
    assert await calendars.since(supplier.me) == stage.clock.now()
    feed = await calendars.feed(token)
    assert feed.deadlines == await calendars.deadlines(supplier.me)
    async with stage.site.sessions() as session:
        (row,) = await session.scalars(select(CalendarFeed))
    assert token not in row.token_hash
    entries = await stage.record(f"person:{supplier.person.person_id}")
    assert all(token not in str(each.result) + str(each.data) for each in entries)


async def test_an_address_ends(stage: Stage) -> None:
    supplier = await stage.supplier()
    calendars = stage.services.calendars
    first = await calendars.renew(supplier.me)
    act = supplier.me
    second = await calendars.renew(act)
    with pytest.raises(Conflict, match="calendar_address_lost"):
        await calendars.renew(act)
    for token in (first, "", "x" * 43):
        with pytest.raises(NotFound, match="calendar_unknown"):
            await calendars.feed(token)
    assert (await calendars.feed(second)).deadlines == []
    assert await calendars.revoke(supplier.me)
    assert not await calendars.revoke(supplier.me)
    with pytest.raises(NotFound):
        await calendars.feed(second)


async def test_an_address_serves_who_may_see(stage: Stage) -> None:
    supplier = await stage.supplier()
    token = await stage.services.calendars.renew(supplier.me)
    for row, hidden, back in ((Person, "suspended", "active"), (Membership, "revoked", "active")):
        async with stage.site.sessions.begin() as session:
            await session.execute(update(row).values(state=hidden))
        with pytest.raises(NotFound, match="calendar_unknown"):
            await stage.services.calendars.feed(token)
        async with stage.site.sessions.begin() as session:
            await session.execute(update(row).values(state=back))
    assert (await stage.services.calendars.feed(token)).deadlines == []
    with pytest.raises(AccessDenied):
        await stage.services.calendars.renew(await admin_actor(stage.site))

"""The private address over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from sqlalchemy import text, update

from bot.web.app import create_web
from domain.clock import ManualClock
from domain.people.model import Person
from domain.roles import Role
from domain.work import Site
from domain.working_time.rules import OverrideChange
from tests.domain.stage import Stage, moment, offered
from tests.support.factories import admin_actor, again, make_person
from tests.support.ics import read

MANY = text(
    """
    INSERT INTO deadline (kind, subject, generation, started_at, due_at, term, calendar_version,
                          state, params, order_id, attempts)
    SELECT 'term.' || n, subject, 1, started_at, due_at + n * interval '1 minute', term,
           calendar_version, 'open', params, order_id, 0
    FROM deadline CROSS JOIN generate_series(1, 1500) AS n WHERE kind = 'offer_window'
    """
)


@pytest.fixture
def stage(site: Site, clock: ManualClock) -> Stage:
    """An empty stage."""
    return Stage(site, clock)


@pytest.fixture
async def client(stage: Stage) -> AsyncIterator[TestClient[Request, Application]]:
    async with TestClient(TestServer(create_web(stage.services))) as made:
        yield made


@pytest.mark.parametrize(("language", "word"), [("kk", "тапсырыс"), ("ru", "Заказ")])
async def test_a_program_reads_the_calendar(
    stage: Stage, client: TestClient[Request, Application], language: str, word: str
) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    person = await make_person(stage.site, None, Role.SUPPLIER, supplier.company, language)
    number = await stage.order(customer)
    token = await stage.services.calendars.renew(person)
    answer = await client.get(f"/calendar/{token}.ics")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    body = await answer.read()
    (event,) = read(body).inside
    assert event.values["UID"] == f"offer_window-order-{number}@tapsyrys"
    assert event.instant("DTEND") == moment("11-25 00:00")
    assert word in event.text("SUMMARY")
    assert "344" in event.text("DESCRIPTION")
    assert "<" not in event.text("DESCRIPTION")
    same = await client.get(
        f"/calendar/{token}.ics", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert (same.status, await same.read()) == (304, b"")
    assert same.headers["ETag"] == answer.headers["ETag"]
    await stage.at("11-21 10:00")
    await stage.orders.decline(supplier.me, number, "")
    changed = await client.get(
        f"/calendar/{token}.ics", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert changed.status == 200
    (event,) = read(await changed.read()).inside
    assert event.values["STATUS"] == "CANCELLED"


async def test_programs_take_the_newest_word_on_an_event(
    stage: Stage, client: TestClient[Request, Application]
) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    token = await stage.services.calendars.renew(supplier.me)
    seen: list[tuple[int, datetime]] = []

    async def shown(status: str, due_at: str) -> None:
        (event,) = read(await (await client.get(f"/calendar/{token}.ics")).read()).inside
        assert (event.values["STATUS"], event.instant("DTEND")) == (status, moment(due_at))
        seen.append((int(event.values["SEQUENCE"]), event.instant("DTSTAMP")))

    await shown("CONFIRMED", "11-25 00:00")
    await stage.at("11-21 10:00")
    await stage.orders.decline(supplier.me, number, "")
    await shown("CANCELLED", "11-25 00:00")
    await stage.at("11-21 11:00")
    await stage.offer(supplier, number, offered())
    await shown("CONFIRMED", "11-25 00:00")
    await stage.at("11-21 12:00")
    admin, days = await admin_actor(stage.site), stage.services.working_time
    change = OverrideChange(date(2026, 11, 24), False, "Демалыс", "Выходной", "Указ")
    preview = await days.preview(again(admin), [change])
    await days.apply(again(admin), [change], preview.version)
    await shown("CONFIRMED", "11-26 00:00")
    # Of one event the higher sequence counts, whatever came to the program when.
    assert [number for number, _ in seen] == sorted({number for number, _ in seen})
    assert [at for _, at in seen] == sorted({at for _, at in seen})


async def test_a_calendar_of_very_many_terms_is_whole(
    stage: Stage, client: TestClient[Request, Application]
) -> None:
    customer = await stage.customer()
    await stage.supplier()
    await stage.order(customer)
    async with stage.site.sessions.begin() as session:
        await session.execute(MANY)
    token = await stage.services.calendars.renew(customer.me)
    events = read(await (await client.get(f"/calendar/{token}.ics")).read()).inside
    assert len(events) == 1 + 1_500


async def test_other_addresses_show_nothing(
    stage: Stage, client: TestClient[Request, Application]
) -> None:
    supplier = await stage.supplier()
    token = await stage.services.calendars.renew(supplier.me)
    for wrong in (
        "x.ics",
        f"{token}x.ics",
        f"{token[:-1]}.ics",
        f"{token}",
        "%00.ics",
        "a" * 900 + ".ics",
    ):
        assert (await client.get(f"/calendar/{wrong}")).status == 404, wrong
    assert (await client.post(f"/calendar/{token}.ics")).status == 405
    assert (await client.head(f"/calendar/{token}.ics")).status == 200
    async with stage.site.sessions.begin() as session:
        await session.execute(update(Person).values(state="suspended"))
    assert (await client.get(f"/calendar/{token}.ics")).status == 404

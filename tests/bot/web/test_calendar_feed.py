"""The private address over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from sqlalchemy import update

from bot.web.app import create_web
from domain.clock import ManualClock
from domain.people.model import Person
from domain.roles import Role
from domain.work import Site
from tests.domain.stage import Stage, moment
from tests.support.factories import make_person
from tests.support.ics import read


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

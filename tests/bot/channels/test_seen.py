"""Having seen a notice, said from the letter: the page, its button, and nobody else's."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from sqlalchemy import select

from bot.channels.seen import SeenLinks
from bot.web.app import create_web
from domain.actor import Actor
from domain.audit import AuditEntry
from domain.clock import ManualClock
from domain.escalations.model import Escalation
from domain.notices.model import Notice
from domain.notices.views import NoticeView
from domain.roles import Role
from domain.work import Site
from tests.bot.channels.conftest import Office, part
from tests.support.factories import (
    admin_actor,
    again,
    make_customer,
    make_offer,
    make_order,
    make_person,
    make_producer,
)

BASE = "https://orders.example.kz"
LINKS = SeenLinks(BASE, "42:token")
MAIL = "aigul@example.kz"
each_language = pytest.mark.parametrize("language", ["kk", "ru"])


@dataclass
class Reader:
    """Somebody who reads a letter and follows its link in a browser."""

    office: Office
    client: TestClient[Request, Application]

    async def letter(self) -> str:
        """Everything that waits goes out; the path of the one link in the letters."""
        sender = self.office.sender()
        sender.seen = LINKS.of
        await sender.drain()
        found = {
            each
            for letter in self.office.outside.letters
            for kind in ("plain", "html")
            for each in re.findall(BASE + r"(/seen/[\w-]+)", part(letter, kind))
        }
        (path,) = found
        assert isinstance(path, str)
        return path

    async def get(self, path: str) -> tuple[int, str]:
        async with self.client.get(path) as answered:
            assert answered.headers["Cache-Control"] == "no-store"
            assert answered.headers["Referrer-Policy"] == "no-referrer"
            return answered.status, await answered.text()

    async def press(self, path: str) -> tuple[int, str]:
        async with self.client.post(path) as answered:
            return answered.status, await answered.text()

    async def acked(self, person: Actor) -> list[tuple[str, bool]]:
        rows = await self.office.rows(person)
        return [(row.channel, row.acked_at is not None) for row in rows]


@pytest.fixture
async def reader(office: Office) -> AsyncIterator[Reader]:
    app = create_web(office.services, links=LINKS)
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:
        yield Reader(office, client)


@each_language
async def test_looking_changes_nothing_and_the_button_says_it(
    office: Office, reader: Reader, site: Site, language: str
) -> None:
    aigul = await make_person(site, language=language)
    await office.give(aigul, "email", MAIL)
    await office.lost(aigul)
    path = await reader.letter()
    for _ in range(3):
        status, page = await reader.get(path)
        assert (status, f'<html lang="{language}"' in page, '<form method="post">' in page) == (
            200,
            True,
            True,
        )
    assert await reader.acked(aigul) == [("telegram", False), ("email", False)]
    status, page = await reader.press(path)
    assert (status, "<form" in page) == (200, False)
    assert await reader.acked(aigul) == [("telegram", True), ("email", True)]
    # Once more, and from the mail program's second window: it stays what it was.
    at = [row.acked_at for row in await office.rows(aigul)]
    office.later(minutes=5)
    assert (await reader.press(path))[0] == 200
    assert "<form" not in (await reader.get(path))[1]
    assert [row.acked_at for row in await office.rows(aigul)] == at


async def test_the_page_is_in_the_other_language_on_request(
    office: Office, reader: Reader, site: Site
) -> None:
    aigul = await make_person(site, language="kk")
    await office.give(aigul, "email", MAIL)
    await office.lost(aigul)
    path = await reader.letter()
    assert 'href="?lang=ru"' in (await reader.get(path))[1]
    assert '<html lang="ru"' in (await reader.get(path + "?lang=ru"))[1]


async def test_it_ends_the_chain_of_the_company(
    office: Office, reader: Reader, site: Site, clock: ManualClock
) -> None:
    services = office.services
    producer, customer = await make_producer(site), await make_customer(site)
    dauren = await make_person(site, role=Role.CUSTOMER, company=customer, position="head")
    await office.give(dauren, "email", MAIL)
    number = await make_order(services, customer)
    await make_offer(services, number, producer)
    for _ in range(200):
        clock.advance(timedelta(hours=6))
        await services.deadlines.fire_due()
        if (await services.orders.card(again(dauren), number)).state == "choosing":
            break
    await office.end("unreachable")
    path = await reader.letter()
    assert (await reader.press(path))[0] == 200
    async with site.sessions() as session:
        states = await session.scalars(
            select(Escalation.state).where(Escalation.category == "selection")
        )
        assert list(states) == ["acked"]
        entry = await session.scalar(
            select(AuditEntry).where(AuditEntry.action == "notices.acknowledge")
        )
        assert entry is not None
        assert (entry.source, entry.person_id) == ("api", dauren.person_id)


async def test_forged_and_broken_links_are_nobodys(
    office: Office, reader: Reader, site: Site
) -> None:
    aigul = await make_person(site)
    await office.give(aigul, "email", MAIL)
    await office.lost(aigul)
    path = await reader.letter()
    token = path.rpartition("/")[2]
    other = SeenLinks(BASE, "42:other")
    (row, *_) = await office.rows(aigul)
    forged = other.of(await view(office, aigul, row.id)).rpartition("/")[2]
    for wrong in (token[:-3], token + "A", "x", "A" * 35, "%F0%9F%98%80", forged):
        assert (await reader.get(f"/seen/{wrong}"))[0] == 404, wrong
        assert (await reader.press(f"/seen/{wrong}"))[0] == 404, wrong
    assert await reader.acked(aigul) == [("telegram", False), ("email", False)]
    kazakh = {"Accept-Language": "kk-KZ,kk;q=0.9,ru;q=0.5"}
    async with reader.client.get("/seen/x", headers=kazakh) as answered:
        assert '<html lang="kk"' in await answered.text()


async def view(office: Office, person: Actor, number: int) -> NoticeView:
    page = await office.services.notices.page(again(person), number + 1, 1)
    return page.notices[0]


async def test_a_link_serves_no_longer_than_its_notice(
    office: Office, reader: Reader, site: Site
) -> None:
    aigul = await make_person(site)
    await office.give(aigul, "email", MAIL)
    await office.lost(aigul)
    path = await reader.letter()
    office.later(days=31)
    status, page = await reader.get(path)
    assert (status, "<form" in page) == (410, False)
    assert (await reader.press(path))[0] == 410
    assert await reader.acked(aigul) == [("telegram", False), ("email", False)]


async def test_who_is_suspended_reads_why_not(office: Office, reader: Reader, site: Site) -> None:
    aigul = await make_person(site, role=Role.OBSERVER)
    await office.give(aigul, "email", MAIL)
    await office.lost(aigul)
    path = await reader.letter()
    await office.services.people.suspend(
        await admin_actor(site), aigul.person_id or 0, "Проверка полномочий"
    )
    status, page = await reader.press(path)
    assert (status, "приостановлена" in page) == (403, True)
    assert (await reader.acked(aigul))[:2] == [("telegram", False), ("email", False)]


async def test_letters_that_ask_nothing_bear_no_link(office: Office, site: Site) -> None:
    aigul = await make_person(site)
    await office.give(aigul, "email", MAIL)
    await office.lost(aigul, kind="role.granted", role="observer", ground="Приказ")
    sender = office.sender()
    sender.seen = LINKS.of
    await sender.drain()
    assert "/seen/" not in part(office.last, "plain")
    async with site.sessions() as session:
        assert (await session.scalars(select(Notice.acked_at))).all() == [None, None]

"""The public page of the status: for everybody, in three languages, drawn once for many."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from aiohttp import ClientSession, DummyCookieJar
from aiohttp.test_utils import TestServer
from sqlalchemy import event

from bot.web.app import create_web
from bot.web.status_page.page import FRESH
from domain.clock import ManualClock
from domain.incidents.views import Scope
from domain.roles import Role
from domain.services import Services
from domain.work import Site
from handlers.views.translator import translator
from tests.domain.stage import moment
from tests.support.factories import again, make_person

EVIL = "<script>alert(1)</script>"


@dataclass
class Status:
    """The page as somebody reads it."""

    services: Services
    session: ClientSession
    server: TestServer

    async def read(self, query: str = "", accept: str = "") -> str:
        """The page's HTML."""
        headers = {"Accept-Language": accept} if accept else {}
        where = self.server.make_url("/status").with_query(query)
        async with self.session.get(where, headers=headers) as response:
            assert response.status == 200
            assert "script-src" not in response.headers["Content-Security-Policy"]
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]
            assert response.headers["Cache-Control"] == "public, max-age=5"
            return await response.text()


@pytest.fixture
async def status(site: Site) -> AsyncIterator[Status]:
    services = Services(site)
    server = TestServer(create_web(services))
    await server.start_server()
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        yield Status(services, session, server)
    await server.close()


@pytest.mark.parametrize(
    ("query", "accept", "language"),
    [
        ("", "", "ru"),
        ("", "kk-KZ,ru;q=0.8", "kk"),
        ("", "ru;q=0.1,kk;q=0.9", "kk"),
        ("", "de,en;q=0.5", "en"),
        ("", "de", "ru"),
        ("lang=kk", "ru", "kk"),
        ("lang=en", "kk", "en"),
        ("lang=xx", "kk", "kk"),
        ("", ";;q=,,,", "ru"),
    ],
)
async def test_the_language_is_asked_for(
    status: Status, query: str, accept: str, language: str
) -> None:
    page = await status.read(query, accept)
    assert f'<html lang="{language}">' in page
    t = translator(language)
    assert str(t("Everything works")) in page


async def test_now_planned_and_the_history(status: Status, clock: ManualClock) -> None:
    services = status.services
    operator = await make_person(services.site, role=Role.SUPPORT)
    admin = await make_person(services.site, role=Role.ADMIN)
    began = moment("11-20 08:00")
    number = await services.incidents.open_by_operator(again(operator), f"Сбой {EVIL}", began)
    scope = Scope("module", ("offers",))
    await services.incidents.confirm(again(operator), number, "Журнал", began, scope, "medium")
    starts, ends = moment("11-24 22:00"), moment("11-24 23:00")
    await services.maintenance.announce(
        again(admin), starts, ends, "Дерекқорды жаңарту", "Обновление базы"
    )
    page = await status.read("lang=ru")
    t = translator("ru")
    assert str(t("There is a technical fault")) in page
    assert "Обновление базы" in page
    assert "Дерекқорды жаңарту" in await status.read("lang=kk")
    assert EVIL not in page
    assert "&lt;script&gt;" in page

    clock.set(moment("11-20 11:00"))
    await services.incidents.mend(again(operator), number, clock.now(), "Перезапуск")
    page = await status.read("lang=ru")
    assert str(t("Everything works")) in page
    assert "Перезапуск" in page

    clock.set(moment("11-24 22:30"))
    assert str(t("Planned works are running")) in await status.read("lang=ru")
    clock.advance(timedelta(days=91))
    assert str(t("Nothing happened in the last 90 days.")) in await status.read("lang=ru")


async def test_many_readers_ask_the_database_once(status: Status, clock: ManualClock) -> None:
    asked: list[str] = []
    engine = status.services.site.sessions.kw["bind"].sync_engine

    def note(*given: object) -> None:
        asked.append(str(given[2]))

    event.listen(engine, "before_cursor_execute", note)
    for language in ("kk", "ru", "en") * 5:
        await status.read(f"lang={language}")
    once = len(asked)
    clock.advance(FRESH)
    await status.read()
    event.remove(engine, "before_cursor_execute", note)
    assert 0 < once <= 3
    assert len(asked) == 2 * once

"""The public status page in a real browser, in both languages, on a phone, without scripts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from domain.incidents.views import Scope
from domain.roles import Role
from tests.browser.desk_stage import DESKTOP, PHONE, running
from tests.browser.desk_stage import save_shot as shot
from tests.e2e.town import Town
from tests.support import database
from tests.support.chat import t_of
from tests.support.factories import again, make_person

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def town(
    browser: Browser, database_server: database.Server, tmp_path: Path
) -> AsyncIterator[Town]:
    assert browser.is_connected()
    async with running(database_server, tmp_path) as town:
        yield town


async def with_a_past(town: Town) -> None:
    """A fault that lasts, one that is over, works to come."""
    operator = await make_person(town.site, role=Role.SUPPORT)
    admin = await make_person(town.site, role=Role.ADMIN)
    incidents, now = town.services.incidents, town.clock.now()
    for hours, title in ((30, "Не открывались заказы"), (1, "Не подаются предложения")):
        began = now - timedelta(hours=hours)
        number = await incidents.open_by_operator(again(operator), title, began)
        scope = Scope("module", ("offers",))
        await incidents.confirm(again(operator), number, "Журнал", began, scope, "medium")
        if hours > 1:
            mended = began + timedelta(hours=2)
            await incidents.mend(again(operator), number, mended, "Перезапущен сервер")
    starts = now + timedelta(days=4)
    await town.services.maintenance.announce(
        again(admin), starts, starts + timedelta(hours=2), "Дерекқорды жаңарту", "Обновление базы"
    )


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_everybody_reads_the_status(browser: Browser, town: Town, language: str) -> None:
    context = await browser.new_context(locale=f"{language}-KZ", java_script_enabled=False)
    page = await context.new_page()
    url = f"{town.replicas[0].base}/status"
    t = t_of(language)
    await page.goto(url)
    await expect(page.locator("html")).to_have_attribute("lang", language)
    await expect(page.locator("h1")).to_have_text(str(t("Everything works")))
    await with_a_past(town)
    town.clock.advance(timedelta(seconds=10))
    for width, height in (DESKTOP, PHONE):
        await page.set_viewport_size({"width": width, "height": height})
        await page.reload()
        await expect(page.locator("h1")).to_have_text(str(t("There is a technical fault")))
        await expect(page.locator("article.incident")).to_have_count(1)
        await expect(page.locator("article.over")).to_contain_text("Перезапущен сервер")
        works = "Дерекқорды жаңарту" if language == "kk" else "Обновление базы"
        await expect(page.locator("article.maintenance")).to_contain_text(works)
        box = await page.locator("main").bounding_box()
        assert box is not None
        assert box["width"] <= width
        await shot(page, f"status-{language}-{width}")
    other = {"kk": "ru", "ru": "kk"}[language]
    await page.get_by_role("link", name=other.upper()).click()
    await expect(page.locator("html")).to_have_attribute("lang", other)
    await context.close()

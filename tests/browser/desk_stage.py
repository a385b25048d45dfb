"""The whole system with its web desk, for tests in a browser."""

from __future__ import annotations

import io
import os
import re
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from playwright.async_api import Browser, Locator, Page

from bot.sandbox.client import Person
from domain.actor import Actor
from domain.clock import ASTANA, ManualClock
from domain.roles import Role
from tests.e2e.town import Town, open_town
from tests.support import database
from tests.support.factories import next_cause

# Where to put pictures of the pages for people to look at; none are made unless this is set.
SHOTS = "TAPSYRYS_SHOTS"
#: Friday in working hours.
START = datetime(2026, 11, 20, 15, 0, tzinfo=ASTANA)
DESKTOP, PHONE = (1280, 860), (390, 844)


@asynccontextmanager
async def running(server: database.Server, folder: Path) -> AsyncIterator[Town]:
    """One application on a database of its own."""
    async with (
        server.database() as url,
        open_town(url, folder, ManualClock(START)) as town,
    ):
        yield town


@dataclass
class DeskPage:
    """A browser with the desk of one operator."""

    page: Page
    town: Town
    operator: Person
    complaints: list[str]

    def by(self, test_id: str) -> Locator:
        """A part of the page."""
        return self.page.get_by_test_id(test_id)

    def line(self, number: int) -> Locator:
        """A ticket in the queue."""
        return self.page.locator(f'.line[data-number="{number}"]')

    async def link(self) -> str:
        """A link from the bot, led to where the test's server really is."""
        await self.operator.say("/desk")
        message = await self.operator.wait_for(lambda each: "#enter=" in each.text)
        found = re.search(r"/desk#enter=[\w-]+", message.text)
        assert found is not None
        return self.town.replicas[0].base + found[0]

    async def enter(self) -> None:
        """Sign in by a link of the bot."""
        await self.page.goto(await self.link())
        await self.by("enter").click()
        await self.page.wait_for_selector("#page[data-ready] .queue")

    async def look(self) -> None:
        """Let the page look for news now, as it does whenever somebody comes back to it."""
        await self.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    async def shot(self, name: str) -> None:
        """A picture of the page, when somebody wants to look at it."""
        await save_shot(self.page, name)


@asynccontextmanager
async def opened(
    browser: Browser,
    town: Town,
    language: str = "ru",
    size: tuple[int, int] = DESKTOP,
    name: str = "Мұрат Оспанов",
) -> AsyncIterator[DeskPage]:
    """A browser for an operator who is not signed in yet; errors on its console are complaints."""
    operator = await town.person(name, language, role=Role.SUPPORT)
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale=f"{language}-KZ",
        timezone_id="Asia/Tokyo",
    )
    context.set_default_timeout(30_000)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
    page.on(
        "console",
        lambda line: (
            complaints.append(line.text)
            if line.type == "error" and "Failed to load resource" not in line.text
            else None
        ),
    )
    yield DeskPage(page, town, operator, complaints)
    await context.close()
    assert complaints == []


async def save_shot(page: Page, name: str) -> None:
    """A picture of a page in the folder that is named for them, if one is."""
    folder = os.environ.get(SHOTS)
    if folder:
        await page.screenshot(path=str(Path(folder) / f"{name}.png"))


async def user_actor(town: Town, person: Person) -> Actor:
    """Somebody who asks, as the use cases know them."""
    return (await town.actor(person)).because(next_cause())


def sound(seconds: float = 0.4) -> bytes:
    """A short recording that a browser can play."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(b"\0\0" * int(8_000 * seconds))
    return target.getvalue()

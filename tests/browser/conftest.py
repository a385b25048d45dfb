"""A browser for everybody here, the page on a real sandbox, and a bot that a test plays itself.

Tests and fixtures share one event loop for the whole run (``loop_scope="session"``): the browser
is started once and belongs to the loop it was started on.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page, async_playwright

from bot.sandbox.demo_page import add_page
from bot.sandbox.server import create_app
from bot.sandbox.world import World
from domain.clock import ASTANA, ManualClock
from tests.browser.demo_stage import demo, opened
from tests.browser.parts import ADMIN, CUSTOMER, DemoStub, FakeBot, PeopleApi, Who

NO_BROWSER = (
    "browser tests did not run: no Chromium found (on Debian: apt-get install chromium; "
    "elsewhere name it in TAPSYRYS_CHROMIUM)"
)
# What a browser without a window draws all the same, at the cost of as much again as our pages:
# the pop-ups of an address bar, and a process in reserve for a page that nobody opens.
_NOT_DRAWN = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "SpareRendererForSitePerProcess",
)
# What Playwright turns off; of two such flags only the last one counts, and ours is the last.
_NOT_PLAYED = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "TcpPortRandomizationWin",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
)
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(_NOT_PLAYED + _NOT_DRAWN)}",
)
_HERE = Path(__file__).parent
#: Modules on the demo as a newcomer starts it: it is told a story first, which takes its time.
_WITH_DEMO = ("test_story", "test_support_story", "test_hub_story")
START = datetime(2026, 11, 20, 15, 0, tzinfo=ASTANA)


def find_chromium() -> str | None:
    """The browser's program, or ``None``."""
    names = (os.environ.get("TAPSYRYS_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if name and (found := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of several workers one has the demo with its story, and one the browser for all else."""
    for item in items:
        if item.path.parent == _HERE:
            ours = "demo" if item.path.stem in _WITH_DEMO else "browser"
            item.add_marker(pytest.mark.xdist_group(ours))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say plainly at the end that there was no browser: a quiet ``s`` is easily missed."""
    skipped = terminalreporter.stats.get("skipped", [])
    if any(NO_BROWSER in str(report.longrepr) for report in skipped):
        terminalreporter.write_line(NO_BROWSER, yellow=True, bold=True)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Headless Chromium; skips the test where there is none."""
    program = find_chromium()
    if program is None:
        pytest.skip(NO_BROWSER)
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=program, args=list(_FLAGS))
        yield chromium
        await chromium.close()


@dataclass
class Stage:
    """The sandbox with the page on it, and everybody who acts there."""

    url: str
    world: World
    clock: ManualClock
    demo: DemoStub
    bot: FakeBot
    people: PeopleApi


@pytest_asyncio.fixture(loop_scope="session")
async def stage() -> AsyncIterator[Stage]:
    """A sandbox of one's own on a free port of the loopback."""
    clock = ManualClock(START)
    world = World(clock=clock, limits=None)
    demo = DemoStub(clock)
    app = create_app(world)
    add_page(app)
    demo.add_routes(app)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    url = f"http://{host}:{port}"
    async with aiohttp.ClientSession() as session:
        people = PeopleApi(session, url)
        for who in Who.all():
            await people.add(who)
        yield Stage(url, world, clock, demo, FakeBot(session, url, world.token), people)
    await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, stage: Stage) -> AsyncIterator[Page]:
    """The page in Russian at a desktop's size; any error on its console fails the test."""
    context = await browser.new_context(
        viewport={"width": 1600, "height": 900}, locale="ru-RU", timezone_id="Asia/Tokyo"
    )
    context.set_default_timeout(30_000)
    opened = await context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console",
        lambda line: (
            complaints.append(line.text)
            if line.type == "error" and "Failed to load resource" not in line.text
            else None
        ),
    )
    await open_page(opened, stage)
    yield opened
    await context.close()
    assert complaints == []


async def open_page(page: Page, stage: Stage, language: str = "ru") -> None:
    """Open the demo and wait until it follows the events."""
    await page.goto(f"{stage.url}/demo?lang={language}")
    await page.wait_for_selector("#page[data-ready]")


__all__ = ["ADMIN", "CUSTOMER", "Stage", "demo", "open_page", "opened"]

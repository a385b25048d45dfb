"""The demo as a newcomer starts it, and a person's chat on its page."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from handlers.views.translator import Lazy, Translator
from tests.e2e.killable import free_port
from tests.e2e.player import pattern
from tests.support.chat import t_of

_PATIENCE = 30_000


@dataclass
class Demo:
    """The demo as a newcomer starts it."""

    url: str
    token: str
    session: aiohttp.ClientSession

    async def get(self, path: str) -> Any:
        """What the HTTP API says."""
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.session.get(f"{self.url}/api/v1{path}", headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def post(self, path: str, body: object = None) -> Any:
        """What the HTTP API says to an act."""
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": str(uuid.uuid4()),
        }
        async with self.session.post(
            f"{self.url}/api/v1{path}", headers=headers, json=body or {}
        ) as answer:
            assert answer.status in (200, 201), await answer.text()
            return await answer.json()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    """`tapsyrys demo` with its story, in a process of its own; needs the browser to be there."""
    assert browser.is_connected()
    port, folder = free_port(), tmp_path_factory.mktemp("demo")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-u", "-m", "bot", "demo"),
        *("--port", str(port), "--data", str(folder / "data")),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(180):
            token = (await process.stdout.readline()).decode().strip()
            line = b""
            while not line.startswith(b"Open "):
                line = await process.stdout.readline()
                assert line, "the demo ended before it was ready"
        async with aiohttp.ClientSession() as session:
            yield Demo(f"http://127.0.0.1:{port}", token, session)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.communicate()


@pytest_asyncio.fixture(loop_scope="session")
async def opened(browser: Browser, demo: Demo) -> AsyncIterator[Page]:
    """The demo's page; any error on its console fails the test."""
    context = await browser.new_context(
        viewport={"width": 1600, "height": 950}, locale="ru-RU", timezone_id="Asia/Almaty"
    )
    context.set_default_timeout(_PATIENCE)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(f"{demo.url}/demo?lang=ru")
    await page.wait_for_selector("#page[data-ready]")
    yield page
    await context.close()
    assert complaints == []


@dataclass
class Column:
    """A person's chat on the page."""

    page: Page
    person: int
    language: str

    @property
    def t(self) -> Translator:
        """The texts as this reader gets them."""
        return t_of(self.language)

    @property
    def node(self) -> Locator:
        """The column."""
        return self.page.get_by_test_id(f"chat-{self.person}")

    async def open(self) -> None:
        """Bring the chat into view when it is not shown yet."""
        if not await self.node.count():
            await self.page.get_by_test_id("chooser").click()
            await self.page.get_by_test_id(f"pick-{self.person}").click()
        await expect(self.node).to_be_visible()

    async def menu(self, text: Lazy) -> None:
        """Click a button under the input field."""
        label = self.t.button(text)
        await self._answered(
            self.node.get_by_test_id("reply-button").get_by_text(label, exact=True)
        )

    async def click(self, text: str | Lazy) -> None:
        """Click the newest button with this label."""
        await self.click_shown(self.t.button(text))

    async def click_shown(self, label: str, *, whole: bool = True) -> None:
        """Click the newest button that shows just this, or begins so."""
        wanted = re.compile(f"^{re.escape(label)}" + ("$" if whole else ""))
        await self._click(self._buttons.filter(has_text=wanted).last)

    async def click_form(self, text: str) -> None:
        """Click a button of a form: a notice may bear one with the same label."""
        buttons = self.node.locator('[data-testid="inline-button"]:not([data-data^="1:"])')
        await self._click(buttons.filter(has_text=self.t.button(text)).last)

    @property
    def _buttons(self) -> Locator:
        return self.node.get_by_test_id("inline-button")

    async def click_data(self, data: str) -> None:
        """Click the newest button that carries this, or begins so."""
        carrying = f'[data-testid="inline-button"][data-data^="{data}"]'
        await self._click(self.node.locator(carrying).last)

    async def _click(self, button: Locator) -> None:
        await expect(button).to_be_visible(timeout=_PATIENCE)
        await button.click()

    async def type(self, text: str) -> None:
        """Write a line and wait for the answer."""
        before = await self._newest()
        await self.node.get_by_test_id("input").fill(text)
        await self.node.get_by_test_id("input").press("Enter")
        await self._newer_than(before)

    async def attach(self, kind: str, name: str, content: bytes) -> None:
        """Send a file and wait for the answer."""
        before = await self._newest()
        media = {"photo": "image/jpeg"}.get(kind, "application/octet-stream")
        await self.node.get_by_test_id(f"file-{kind}").set_input_files(
            {"name": name, "mimeType": media, "buffer": content}
        )
        await self.node.get_by_test_id("input").press("Enter")
        await self._newer_than(before)

    async def _answered(self, button: Locator) -> None:
        before = await self._newest()
        await button.click()
        await self._newer_than(before)

    @property
    def _said(self) -> Locator:
        return self.node.locator('[data-testid="message"][data-by="bot"]')

    async def _newest(self) -> str:
        if not await self._said.count():
            return ""
        return await self._said.last.get_attribute("data-id") or ""

    async def _newer_than(self, before: str) -> None:
        await expect(self._said.last).not_to_have_attribute("data-id", before, timeout=_PATIENCE)

    async def sees(self, message: str, number: int | None = None) -> None:
        """Wait until a text of the catalogue stands in the chat, about this order if given."""
        shown = self._said.filter(has_text=pattern(self.t, message, number)).last
        await expect(shown).to_be_visible(timeout=_PATIENCE)

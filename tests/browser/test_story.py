"""The whole story of one order on the page of the real demo, clicked through in both languages."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.sandbox.demo.story import PLASTIC_PIPE, STEEL_PIPE
from domain.clock import astana
from handlers.views.menus import ACTIONS
from handlers.views.press import press
from handlers.views.terms import UNITS
from handlers.views.translator import Lazy, Translator, plain
from tests.bot.sandbox.rig import png
from tests.domain.documents.sheet_samples import ORDER_HEADER, ORDER_ROW, changed, order_book, saved
from tests.e2e.killable import free_port
from tests.e2e.player import pattern, said_button
from tests.support.chat import t_of

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

# Where to put the picture for the README; nothing is written unless this is set.
SCREENSHOT = "TAPSYRYS_SCREENSHOT"
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


@pytest_asyncio.fixture(scope="session", loop_scope="session")
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


async def order_in_chat(customer: Column) -> None:
    """The order form, step by step."""
    await customer.menu(ACTIONS["new_order"])
    await customer.click("Form in the chat")
    await customer.type("Труба полиэтиленовая ПЭ100")
    await customer.click("Skip")
    await customer.type(PLASTIC_PIPE)
    await customer.type("1 000")
    await customer.click_shown(plain(customer.t(UNITS["m"])))
    await customer.type("9 000 000,00")
    await customer.type("ГОСТ 18599, PN10")
    await customer.click("Continue")
    await customer.type("Караганда, склад 3")
    await customer.type("Одной партией")
    await customer.type("90")
    await customer.click("Continue")


async def order_by_sheet(customer: Column) -> None:
    """The order as a spreadsheet."""
    row = changed(ORDER_ROW, ORDER_HEADER, "Код ЕНС ТРУ", STEEL_PIPE)
    row = changed(row, ORDER_HEADER, "Код АГСК-3", "")
    await customer.menu(ACTIONS["new_order"])
    await customer.click("By XLSX")
    await customer.sees("Template of an order. The second sheet explains each column.")
    await customer.attach("document", "order.xlsx", saved(order_book([row])))


async def publish(demo: Demo, customer: Column) -> int:
    """From the review to the publication; the order's number."""
    await customer.click("Save the draft")
    await customer.click("Preview")
    await customer.click("Publish")
    await customer.click("Yes, publish")
    await customer.sees("Order No. {number} is published.")
    return int((await demo.get("/orders"))["items"][0]["number"])


async def offer(supplier: Column, number: int, price: str) -> None:
    """From the invitation to the submitted offer."""
    await supplier.click_data(press("order.offer", number))
    await supplier.click_shown(said_button(supplier.t, "All ({quantity})"), whole=False)
    await supplier.type(price)
    await supplier.type("75")
    await supplier.click("As required")
    await supplier.attach("photo", "photo.jpg", png(64, 48))
    await supplier.click("Done, go on")
    await supplier.click("Skip")
    await supplier.click("Submit")
    await supplier.sees("Offer No. {offer} is submitted")


async def until_the_window_closes(demo: Demo, page: Page, number: int) -> None:
    """Put the one clock to the end of the window; every deadline on the way is fired."""
    due = (await demo.get(f"/orders/{number}"))["offers_due_at"]
    await page.get_by_test_id("clock-next-deadline").click()
    await expect(page.get_by_test_id("clock")).to_have_attribute("aria-busy", "false")
    await page.get_by_test_id("clock-any").click()
    await page.get_by_test_id("clock-input").fill(
        astana(datetime.fromisoformat(due)).strftime("%Y-%m-%dT%H:%M")
    )
    await page.get_by_test_id("clock-set").click()


async def choose_and_confirm(demo: Demo, customer: Column, supplier: Column, number: int) -> int:
    """The proposal is taken and confirmed; the award's number."""
    await customer.sees("Order No. {number}: the summary of offers is ready", number)
    await customer.click_data(press("order.choose", number))
    await customer.click("Send this proposal")
    await customer.click("Yes, send")
    await supplier.sees("You are chosen: confirm order No. {number}", number)
    (award,) = (await demo.get(f"/orders/{number}"))["awards"]
    for name in ("award.card", "award.confirm", "award.confirmed"):
        await supplier.click_data(press(name, award["id"]))
    await customer.sees("Order No. {number}: protocol of results", number)
    return int(award["id"])


async def conclude(customer: Column, supplier: Column, number: int, award: int) -> None:
    """The supplier enters the contract, the customer agrees."""
    await supplier.click_data(press("contract.enter", number, award))
    await supplier.type(f"{number}-2026")
    await supplier.click("Today")
    await supplier.click("Without a file")
    await supplier.click_form("Enter the contract")
    await customer.click_data(press("contract.agree", "")[:-1])
    await customer.click("Yes, I agree")
    await customer.sees("Order No. {number} is completed", number)


@pytest.mark.parametrize("language", ["ru", "kk"])
async def test_one_order_clicked_through(demo: Demo, opened: Page, language: str) -> None:
    """From the order to the contract, with the form in the chat and with a spreadsheet."""
    if language == "ru":
        customer, supplier = Column(opened, 101, "ru"), Column(opened, 103, "ru")
    else:
        customer, supplier = Column(opened, 105, "kk"), Column(opened, 102, "kk")
    await customer.open()
    await supplier.open()
    await (order_in_chat if language == "ru" else order_by_sheet)(customer)
    number = await publish(demo, customer)
    await offer(supplier, number, "1 150 000,50" if language == "kk" else "8 500 000")
    await until_the_window_closes(demo, opened, number)
    award = await choose_and_confirm(demo, customer, supplier, number)
    await conclude(customer, supplier, number, award)
    assert (await demo.get(f"/orders/{number}"))["state"] == "done"
    target = os.environ.get(SCREENSHOT)
    if target and language == "ru":
        await opened.screenshot(path=target)

"""The whole story of one order on the page of the real demo, clicked through in both languages."""

from __future__ import annotations

import os
from datetime import datetime

import pytest
from playwright.async_api import Page, expect

from bot.sandbox.demo.story import PLASTIC_PIPE, STEEL_PIPE
from domain.clock import astana
from handlers.views.menus import ACTIONS
from handlers.views.press import press
from handlers.views.terms import UNITS
from handlers.views.translator import plain
from tests.bot.sandbox.rig import png
from tests.browser.demo_stage import Column, Demo
from tests.domain.documents.sheet_samples import ORDER_HEADER, ORDER_ROW, changed, order_book, saved
from tests.e2e.player import said_button

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

# Where to put the picture for the README; nothing is written unless this is set.
SCREENSHOT = "TAPSYRYS_SCREENSHOT"


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

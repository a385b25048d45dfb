"""The hub on the page of the demo, in both languages: a chain climbs, a letter comes instead."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from bot.sandbox.demo.story import (
    AKIMAT,
    CONTRACTOR,
    ERTIS_POLYMER,
    KARAGANDA_PIPES,
    PEOPLE,
    DemoCompany,
)
from handlers.views.escalations import CATEGORIES
from handlers.views.translator import plain
from tests.browser.demo_stage import Column, Demo
from tests.e2e.player import pattern

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

# Where to put pictures of the page for people to look at; none are made unless this is set.
SHOTS = "TAPSYRYS_SHOTS"
CHOSEN = "You are chosen: confirm order No. {number}"
CONFIRMED = "You have confirmed order No. {number}"
#: By language: the contact, the head, whose order it is, whose offer, and how much.
CASES = {
    "kk": (102, 111, CONTRACTOR, KARAGANDA_PIPES, "2400"),
    "ru": (103, 112, AKIMAT, ERTIS_POLYMER, "3000"),
}


async def shot(page: Page, name: str) -> None:
    """A picture of the page, when somebody wants to look at it."""
    if folder := os.environ.get(SHOTS):
        await page.screenshot(path=str(Path(folder) / f"{name}.png"))


async def waiting_order(demo: Demo, customer: DemoCompany, supplier: DemoCompany) -> int:
    """The order of the story that waits for its customer to choose this supplier."""
    for each in (await demo.get("/orders"))["items"]:
        if each["state"] == "choosing" and each["customer_bin"] == customer.bin:
            offers = (await demo.get(f"/orders/{each['number']}/offers"))["items"]
            if supplier.bin in [offer["supplier_bin"] for offer in offers]:
                return int(each["number"])
    raise AssertionError("no order of the story waits")


async def hub_of(page: Page, person: Column) -> Locator:
    """The panel beside this person's chat."""
    await person.open()
    await page.get_by_test_id(f"tab-{person.person}").click()
    hub = page.get_by_test_id("hub")
    if not await hub.is_visible():
        await page.get_by_test_id("tab-hub").click()
    await expect(hub).to_be_visible()
    return hub


def message(person: Column, text: str, number: int) -> Locator:
    """What the bot has told a person about an order."""
    said = person.node.locator('[data-testid="message"][data-by="bot"]')
    return said.filter(has_text=pattern(person.t, text, number))


async def climbs(hub: Locator, contact: Column, head: Column, number: int) -> None:
    """Nobody acts: the head is woken; they have seen it, and the chain ends."""
    title = plain(contact.t(CATEGORIES["confirmation"]))
    chain = hub.get_by_test_id("chain").filter(has_text=re.compile(rf"№ {number}\D.*{title}"))
    await expect(chain).to_have_attribute("data-state", "running")
    await expect(chain.get_by_test_id("chain-woken")).to_have_count(1)
    await expect(message(head, CHOSEN, number)).to_have_count(0)
    await chain.locator('[data-testid^="climb-"]').click()
    await expect(message(head, CHOSEN, number)).to_be_visible()
    await expect(chain.get_by_test_id("chain-woken")).to_have_count(2)
    await message(head, CHOSEN, number).locator('[data-data^="1:ack:"]').click()
    await expect(chain).to_have_attribute("data-state", "acked")
    await expect(chain.locator('[data-testid^="climb-"]')).to_have_count(0)


async def letter_instead(demo: Demo, hub: Locator, contact: Column, award: int) -> None:
    """Blocked, a letter comes; back, the chat does not say it again."""
    page, number = contact.page, int((await demo.get(f"/awards/{award}"))["order"])
    email = next(each.email for each in PEOPLE if each.id == contact.person)
    await hub.get_by_test_id("hub-block").click()
    await expect(hub.get_by_test_id("hub-block")).to_have_attribute("aria-pressed", "true")
    await demo.post(f"/awards/{award}/confirm")
    told = pattern(contact.t, CONFIRMED, number)
    letter = hub.locator(f'[data-testid^="letter-"][data-to="{email}"]').filter(has_text=told)
    await letter.click()
    dialog = page.get_by_test_id("letter")
    frame = dialog.frame_locator('[data-testid="letter-html"]')
    await expect(frame.locator("body")).to_contain_text(told)
    await shot(page, f"hub-letter-{contact.language}")
    await dialog.get_by_test_id("letter-as-text").press("Enter")
    await expect(dialog.get_by_test_id("letter-text")).to_contain_text(told)
    await page.keyboard.press("Escape")
    where = hub.get_by_test_id("where-notice").filter(has_text=told)
    await expect(where.locator('[data-channel="telegram"]')).to_have_attribute(
        "data-state", "unreachable"
    )
    await expect(where.locator('[data-channel="email"]')).to_have_attribute("data-state", "sent")
    await hub.get_by_test_id("hub-block").click()
    await expect(hub.get_by_test_id("hub-block")).to_have_attribute("aria-pressed", "false")
    await contact.type("/menu")
    await expect(message(contact, CONFIRMED, number)).to_have_count(0)
    await expect(letter).to_have_count(1)


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_somebody_always_hears(demo: Demo, opened: Page, language: str) -> None:
    first, second, customer, supplier, quantity = CASES[language]
    await opened.get_by_test_id(f"lang-{language}").click()
    contact, head = Column(opened, first, language), Column(opened, second, language)
    await head.open()
    hub = await hub_of(opened, contact)
    number = await waiting_order(demo, customer, supplier)
    choice = {"supplier_bin": supplier.bin, "line": 1, "quantity": quantity}
    made = await demo.post(f"/orders/{number}/awards", {"awards": [choice]})
    award = int(made["awards"][0]["id"])
    await contact.sees(CHOSEN, number)

    await climbs(hub, contact, head, number)
    await shot(opened, f"hub-chain-{language}")
    # The panel shows the chat that was pressed in last, by now that of the head.
    await letter_instead(demo, await hub_of(opened, contact), contact, award)
    await expect(hub.get_by_test_id("hook").first).to_have_attribute("data-verified", "true")
    await shot(opened, f"hub-back-{language}")


async def test_messages_to_one_person_are_refused(demo: Demo, opened: Page) -> None:
    hub = await hub_of(opened, Column(opened, 103, "ru"))
    refuse, bad = hub.get_by_test_id("hub-refuse"), hub.get_by_test_id("fault-bad")
    await refuse.click()
    await expect(refuse).to_have_attribute("aria-pressed", "true")
    await bad.click()
    await expect(bad).to_have_attribute("aria-pressed", "true")
    # Everybody's trouble ends, that of the one person stays until it is switched off.
    await hub.get_by_test_id("fault-none").click()
    await expect(bad).to_have_attribute("aria-pressed", "false")
    await expect(refuse).to_have_attribute("aria-pressed", "true")
    await refuse.click()
    await expect(refuse).to_have_attribute("aria-pressed", "false")


async def test_the_chat_that_the_panel_speaks_of_stays_in_view(opened: Page) -> None:
    contact = Column(opened, 103, "ru")
    await contact.open()
    await opened.get_by_test_id("tab-103").click()
    if await opened.get_by_test_id("hub").is_visible():
        await opened.get_by_test_id("tab-hub").click()
    await opened.get_by_test_id("tab-hub").click()
    await expect(contact.node).to_be_in_viewport(ratio=1)

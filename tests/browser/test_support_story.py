"""The desk on the page of the real demo: a voice of Friday night is answered on Monday."""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from domain.clock import astana
from handlers.views import format as fmt
from handlers.views.press import press
from handlers.views.support_words import when
from handlers.views.translator import plain
from tests.browser.demo_stage import Column, Demo

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

NURLAN, OLGA = 102, 103
# Where to put pictures of the page for people to look at; none are made unless this is set.
SHOTS = "TAPSYRYS_SHOTS"


async def shot(page: Page, name: str) -> None:
    """A picture of the page, when somebody wants to look at it."""
    if folder := os.environ.get(SHOTS):
        await page.screenshot(path=str(Path(folder) / f"{name}.png"))


def forum(page: Page) -> Locator:
    """The group of the operators as the page shows it."""
    return page.locator(".chat.forum")


async def open_topic(page: Page, number: int) -> None:
    """Open the topic of a request."""
    line = forum(page).locator(".topic").filter(has_text=re.compile(rf"^\D*{number} - "))
    await line.click()
    await expect(forum(page).get_by_test_id("topics-back")).to_be_visible()


async def move(page: Page, button: str) -> datetime:
    """Press a button of the clock; the time when the system has caught up."""
    await page.get_by_test_id(button).click()
    await expect(page.get_by_test_id("clock")).to_have_attribute("aria-busy", "false")
    shown = await page.get_by_test_id("clock-now").get_attribute("datetime")
    return astana(datetime.fromisoformat(shown or ""))


async def newest_ticket(demo: Demo) -> dict[str, Any]:
    """The request that came last."""
    found: dict[str, Any] = (await demo.get("/tickets"))["items"][0]
    return found


async def test_receipt_tells_of_the_fault_that_moved_a_window(demo: Demo, opened: Page) -> None:
    (effect,) = (await demo.get("/incidents/1/effects"))["items"]
    old, new = (datetime.fromisoformat(effect[name]) for name in ("old", "new"))
    assert (effect["what"], effect["kind"]) == ("moved", "offer_window")
    assert new > old
    supplier, order = Column(opened, OLGA, "ru"), effect["order"]
    await supplier.click_data(press("order.card", order))
    await supplier.click_data(press("receipt", "o", order, "offer_window"))
    await supplier.sees("Extended")
    receipt = supplier.node.get_by_test_id("message").last
    for shown in (
        fmt.clause(supplier.t, effect["clause"]),
        fmt.deadline(supplier.t, old),
        fmt.deadline(supplier.t, new),
    ):
        await expect(receipt).to_contain_text(plain(shown))
    await shot(opened, "support-receipt")


async def test_links_lead_to_the_web_desk_and_the_status(demo: Demo, opened: Page) -> None:
    async with opened.expect_popup() as popup:
        await opened.get_by_test_id("link-desk").click()
    desk = await popup.value
    await desk.get_by_test_id("enter").click()
    await expect(desk.locator(".line[data-number]").first).to_be_visible()
    async with opened.expect_popup() as popup:
        await opened.get_by_test_id("link-status").click()
    status = await popup.value
    (works,) = (await demo.get("/maintenance"))["items"]
    await expect(status.locator("body")).to_contain_text(works["text_ru"])
    await shot(desk, "support-web")
    await shot(status, "support-status")


async def test_a_voice_of_friday_night_is_answered_on_monday(demo: Demo, opened: Page) -> None:
    supplier = Column(opened, NURLAN, "kk")
    night = await move(opened, "clock-night")
    assert (night.isoweekday(), night.hour, night.minute) == (5, 18, 31)

    await supplier.node.get_by_test_id("microphone").click()
    await supplier.sees("Request No. {number} is taken")
    ticket = await newest_ticket(demo)
    due = astana(datetime.fromisoformat(ticket["due_at"]))
    promise = supplier.node.get_by_text(plain(when(supplier.t, due)))
    await expect(promise.last).to_be_visible()
    await expect(supplier.node.get_by_test_id("voice").last).to_be_visible()
    await shot(opened, "support-night")

    morning = await move(opened, "clock-morning")
    assert (morning.date(), morning.hour, morning.minute) == (due.date(), 9, 0)
    assert (due.hour, due.minute) == (18, 30)

    await open_topic(opened, ticket["number"])
    desk = forum(opened)
    await expect(desk.get_by_test_id("pinned")).to_be_visible()
    await desk.get_by_test_id("voice").get_by_test_id("voice-play").click()
    await desk.get_by_test_id("input").fill("// алдымен журналды қараймын")
    await desk.get_by_test_id("input").press("Enter")
    await desk.get_by_test_id("input").fill("Сәлеметсіз бе! Ұсынысыңыз қабылданды.")
    await desk.get_by_test_id("input").press("Enter")
    await expect(desk.get_by_test_id("reaction")).to_have_count(2)
    await shot(opened, "support-topic")

    answer = supplier.node.get_by_text("Ұсынысыңыз қабылданды.")
    await expect(answer.last).to_be_visible()
    await supplier.click_data(press("ticket.card", ticket["number"]))
    await supplier.click_data(press("ticket.rate", ticket["number"], 5))
    await supplier.sees("Thank you for the rating: {rating} of 5.")
    await expect(supplier.node.get_by_text("журналды қараймын")).to_have_count(0)
    assert (await demo.get(f"/tickets/{ticket['number']}"))["rating"] == 5
    await shot(opened, "support-rated")

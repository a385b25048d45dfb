"""A forum group on the page: its topics, one of them open, writing where it belongs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Stage, open_page
from tests.browser.parts import ADMIN, CUSTOMER, KK
from tests.browser.test_page import keys

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@dataclass
class Group:
    """A forum of two people, as one of them has it on the page."""

    page: Page
    stage: Stage
    id: int

    @property
    def node(self) -> Locator:
        """The column."""
        return self.page.get_by_test_id(f"chat-{self.id}-{ADMIN}")

    def by(self, test_id: str) -> Locator:
        """A part of the column."""
        return self.node.get_by_test_id(test_id)

    async def topic(self, name: str) -> int:
        """A new topic of the bot; its number."""
        made = await self.stage.bot.call("createForumTopic", chat_id=self.id, name=name)
        return int(made["message_thread_id"])

    async def say(self, thread: int, text: str, **params: object) -> dict[str, Any]:
        """A message of the bot in a topic."""
        return await self.stage.bot.say(self.id, text, message_thread_id=thread, **params)

    async def write(self, text: str) -> None:
        """Write as the person."""
        await self.by("input").fill(text)
        await self.by("input").press("Enter")

    async def heard(self) -> dict[str, Any]:
        """The next message of the group that the bot hears."""
        while True:
            found: dict[str, Any] = await self.stage.bot.next("message")
            if found["chat"]["id"] == self.id:
                return found


@pytest_asyncio.fixture(loop_scope="session")
async def group(page: Page, stage: Stage) -> Group:
    """A forum opened on the page."""
    made = await stage.people.group("Қолдау қызметі", [ADMIN, CUSTOMER], is_forum=True)
    await page.get_by_test_id("chooser").click()
    await page.get_by_test_id(f"pick-group-{made}").click()
    await page.get_by_test_id(f"pick-{ADMIN}").click()
    opened = Group(page, stage, made)
    await expect(opened.by("topics")).to_be_visible()
    return opened


async def test_topics_are_listed_the_newest_first_with_what_is_new(group: Group) -> None:
    first, second = await group.topic("1 - <b>Ертіс</b>"), await group.topic("2 - Алатау")
    await group.say(first, "дауыстық хабарлама")
    lines = group.node.locator(".topic")
    await expect(lines).to_have_count(3)
    await expect(lines.first).to_contain_text("1 - <b>Ертіс</b>")
    await expect(lines.first).to_contain_text("дауыстық хабарлама")
    await expect(group.by(f"topic-unread-{first}")).to_have_text("2")
    await expect(group.by(f"topic-unread-{second}")).to_have_text("1")
    await expect(group.by("input")).to_be_hidden()


async def test_what_is_written_goes_into_the_topic_that_is_open(group: Group) -> None:
    first, second = await group.topic("1 - Ертіс"), await group.topic("2 - Алатау")
    await group.say(first, "бірінші")
    await group.say(second, "екінші")
    await group.by(f"topic-{first}").click()
    await expect(group.by("message")).to_have_text(["Tapsyrysбірінші15:00"])
    await expect(group.by("input")).to_be_focused()
    await group.write("жауап")
    await expect(group.by("message").last).to_contain_text("жауап")
    assert (await group.heard())["message_thread_id"] == first
    await group.by("microphone").click()
    await expect(group.by("message").last.get_by_test_id("voice")).to_be_visible()
    heard = await group.heard()
    assert (heard["message_thread_id"], heard["voice"]["duration"]) == (first, 2)


async def test_unfinished_words_stay_in_their_topic(group: Group) -> None:
    first, second = await group.topic("1 - Ертіс"), await group.topic("2 - Алатау")
    await group.by(f"topic-{first}").click()
    await group.by("input").fill("біріншіге ғана")
    await group.by("topics-back").click()
    await group.by(f"topic-{second}").click()
    await expect(group.by("input")).to_have_value("")
    await group.by("topics-back").click()
    await expect(group.by(f"topic-{second}")).to_be_focused()
    await group.by(f"topic-{first}").click()
    await expect(group.by("input")).to_have_value("біріншіге ғана")


async def test_open_topic_is_read_and_others_are_counted(group: Group, page: Page) -> None:
    first, second = await group.topic("1 - Ертіс"), await group.topic("2 - Алатау")
    await group.by(f"topic-{first}").click()
    await group.say(first, "осында")
    await group.say(second, "басқа жерде")
    await expect(page.get_by_test_id(f"unread-{group.id}-{ADMIN}")).to_have_text("2")
    await group.by("topics-back").click()
    await expect(group.by(f"topic-unread-{first}")).to_have_count(0)
    async with page.expect_response(lambda answer: answer.url.endswith("/read")):
        await group.by(f"topic-{second}").click()
    await expect(page.get_by_test_id(f"unread-{group.id}-{ADMIN}")).to_have_count(0)
    await expect(group.by("unread-mark")).to_be_visible()


async def test_pinned_card_stands_on_top_and_its_buttons_call_back(group: Group) -> None:
    thread = await group.topic("1 - Ертіс")
    board = keys([{"text": "Алу", "callback_data": "take"}])
    card = await group.say(thread, "№ 1 өтініш", reply_markup=board)
    await group.stage.bot.call("pinChatMessage", chat_id=group.id, message_id=card["message_id"])
    await expect(group.by("pinned")).to_be_hidden()
    await group.by(f"topic-{thread}").click()
    await expect(group.by("pinned")).to_contain_text("№ 1 өтініш")
    await group.by("inline-button").click()
    pressed = await group.stage.bot.next("callback_query")
    assert (pressed["data"], pressed["from"]["id"]) == ("take", ADMIN)
    await group.by("topics-back").click()
    await group.by("topic-0").click()
    await expect(group.by("pinned")).to_be_hidden()


async def test_voice_answers_the_message_that_was_chosen(group: Group) -> None:
    thread = await group.topic("1 - Ертіс")
    asked = await group.say(thread, "жазба", reply_markup={"force_reply": True})
    await group.by(f"topic-{thread}").click()
    await group.by("message").last.hover()
    await group.by("message").last.get_by_test_id("message-menu").click()
    await group.page.get_by_test_id("message-reply").click()
    await group.by("microphone").click()
    heard = await group.heard()
    assert heard["reply_to_message"]["message_id"] == asked["message_id"]
    await expect(group.by("banner")).to_be_hidden()


async def test_reactions_and_renaming_are_shown(group: Group) -> None:
    thread = await group.topic("1 - Ертіс")
    await group.by(f"topic-{thread}").click()
    await group.write("жауап")
    heard = await group.heard()
    await group.stage.bot.call(
        "setMessageReaction",
        chat_id=group.id,
        message_id=heard["message_id"],
        reaction=[{"type": "emoji", "emoji": "👌"}],
    )
    await expect(group.by("reaction")).to_have_text("👌")
    await group.stage.bot.call(
        "editForumTopic", chat_id=group.id, message_thread_id=thread, name="🔥 1 - Ертіс"
    )
    await expect(group.node.locator("h2")).to_have_text("🔥 1 - Ертіс")
    await expect(group.by("service-message").last).to_have_text("Тема названа иначе: 🔥 1 - Ертіс")


async def test_deleted_topic_leads_back_to_the_list(group: Group) -> None:
    thread = await group.topic("1 - Ертіс")
    await group.by(f"topic-{thread}").click()
    await group.stage.bot.call("deleteForumTopic", chat_id=group.id, message_thread_id=thread)
    await expect(group.by("topics")).to_be_visible()
    await expect(group.node.locator(".topic")).to_have_count(1)


async def test_group_stays_open_over_a_reload_and_fits_a_phone(group: Group, page: Page) -> None:
    thread = await group.topic("1 - " + "Ұзақ атау " * 11)
    await group.say(thread, "x" * 300)
    await page.set_viewport_size({"width": 390, "height": 844})
    await open_page(page, group.stage, "kk")
    await page.get_by_test_id(f"tab-{group.id}-{ADMIN}").click()
    await expect(page.get_by_test_id(f"chat-{KK}")).to_be_hidden()
    await group.by(f"topic-{thread}").click()
    await expect(group.by("message").last).to_be_in_viewport()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    assert await group.node.evaluate("(node) => node.scrollWidth") == 390

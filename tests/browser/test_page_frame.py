"""The page around the chats: clock, feed, languages, keyboard, phone, colours, connection."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from playwright.async_api import Browser, Page, Route, expect

from bot.sandbox.feed import Feed
from domain.clock import ASTANA
from tests.browser.conftest import START, Stage, open_page
from tests.browser.parts import ADMIN, CUSTOMER, KK, RU
from tests.browser.test_page import chat, keys, last

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CYRILLIC = re.compile("[Ѐ-ӿ]")

# Text colour, ground, the least contrast WCAG AA asks for.
PAIRS = [
    ("--text", "--surface", 4.5),
    ("--text", "--theirs", 4.5),
    ("--text", "--own", 4.5),
    ("--text", "--surface-2", 4.5),
    ("--text", "--accent-soft", 4.5),
    ("--muted", "--surface", 4.5),
    ("--muted", "--surface-2", 4.5),
    ("--muted", "--theirs", 4.5),
    ("--muted", "--accent-soft", 4.5),
    ("--own-muted", "--own", 4.5),
    ("--link", "--theirs", 4.5),
    ("--link", "--own", 4.5),
    ("--link", "--surface", 4.5),
    ("--accent", "--surface", 4.5),
    ("--accent", "--theirs", 4.5),
    ("--on-accent", "--accent", 4.5),
    ("--key-text", "--key", 4.5),
    ("--on-strong", "--danger", 4.5),
    ("#ffffff", "--key-danger", 4.5),
    ("#ffffff", "--key-success", 4.5),
    ("#ffffff", "--key-primary", 4.5),
    ("--on-strong", "--badge", 4.5),
    ("--on-day", "--day", 4.5),
    ("--danger", "--surface", 4.5),
    ("--focus", "--surface", 3.0),
    ("--focus", "--wall", 3.0),
    ("--deadline", "--surface", 3.0),
    ("--notice", "--surface", 3.0),
]


async def test_clock_shows_astana_and_the_end_of_a_term_as_24_00(page: Page, stage: Stage) -> None:
    stage.demo.deadline = datetime(2026, 11, 25, tzinfo=ASTANA)
    await expect(page.get_by_test_id("clock-now")).to_have_text("пт, 20 ноября · 15:00")
    await expect(page.get_by_test_id("clock-next")).to_contain_text("вт, 24 ноября · 24:00")
    await expect(page.get_by_test_id("clock-next")).to_contain_text("4 дн. 9 ч")
    await page.get_by_test_id("clock-hour").click()
    await expect(page.get_by_test_id("clock-now")).to_have_text("пт, 20 ноября · 16:00")
    await page.get_by_test_id("clock-next-deadline").click()
    await expect(page.get_by_test_id("clock-now")).to_have_text("ср, 25 ноября · 00:00")
    await expect(page.get_by_test_id("clock-next-deadline")).to_be_disabled()
    await page.get_by_test_id("clock-morning").click()
    await expect(page.get_by_test_id("clock")).to_have_attribute("aria-busy", "false")
    assert stage.demo.moves == [
        {"advance": "1h"},
        {"advance": "next_deadline"},
        {"advance": "next_morning"},
    ]


async def test_night_button_goes_to_the_end_of_the_next_friday(page: Page, stage: Stage) -> None:
    for shown in ("пт, 20 ноября · 18:31", "пт, 27 ноября · 18:31"):
        await page.get_by_test_id("clock-night").click()
        await expect(page.get_by_test_id("clock-now")).to_have_text(shown)
    assert stage.demo.moves == [
        {"now": "2026-11-20T18:31:00+05:00"},
        {"now": "2026-11-27T18:31:00+05:00"},
    ]


async def test_guide_leads_to_the_other_pages(page: Page) -> None:
    for name, address in (("desk", "/demo/desk"), ("status", "/status")):
        await expect(page.get_by_test_id(f"link-{name}")).to_have_attribute("href", address)


async def test_any_moment_is_astanas_wherever_the_browser_is(page: Page, stage: Stage) -> None:
    await page.get_by_test_id("clock-any").click()
    await expect(page.get_by_test_id("clock-input")).to_have_value("2026-11-20T15:00")
    await page.get_by_test_id("clock-input").fill("2026-12-31T23:30")
    await page.get_by_test_id("clock-set").click()
    await expect(page.get_by_test_id("clock-now")).to_have_text("чт, 31 декабря · 23:30")
    assert stage.demo.moves == [{"now": "2026-12-31T23:30:00+05:00"}]


async def test_messages_bear_astana_time_and_marks_the_readers_zone(
    page: Page, stage: Stage
) -> None:
    unix = int(START.timestamp())
    await stage.bot.say(RU, f'Срок: <tg-time unix="{unix}" format="Dt">20 ноября</tg-time>')
    await expect(last(page, RU).locator(".meta time")).to_have_text("15:00")
    await expect(chat(page, RU).locator(".day").last).to_have_text("20 ноября 2026 г.")
    # The browser of these tests is in Tokyo.
    mark = last(page, RU).get_by_test_id("instant")
    await expect(mark).to_have_text("20 ноября 2026 г., 19:00")
    await expect(mark).to_have_attribute("title", re.compile("Астана: 20 ноября 2026 г., 15:00"))


async def test_feed_lists_the_newest_first_and_filters(page: Page, stage: Stage) -> None:
    await expect(page.locator(".feed-none")).to_have_text("Пока ничего не произошло.")
    stage.demo.add_event("audit", "Заказ опубликован", "приглашено: 4", "заказ 15")
    stage.demo.add_event("deadline", "Приём предложений", "до 24 ноября", "заказ 15")
    stage.demo.add_event("notice", "<b>Приглашение</b>", "Айгүл", "заказ 16")
    rows = page.get_by_test_id("feed-row")
    await expect(rows).to_have_count(3)
    await expect(rows.first).to_contain_text("<b>Приглашение</b>")
    await page.get_by_test_id("feed-filter-notice").click()
    await expect(rows).to_have_count(2)
    await rows.first.get_by_role("button", name="заказ 15").click()
    await page.get_by_test_id("feed-find").fill("приглашено")
    await expect(rows).to_have_count(1)
    await expect(rows).to_have_attribute("data-kind", "audit")


async def test_guide_ticks_off_tasks(page: Page) -> None:
    await page.get_by_test_id("task-0").check()
    await expect(page.get_by_test_id("guide")).to_contain_text("1 / 1")
    await page.reload()
    await page.wait_for_selector("#page[data-ready]")
    await expect(page.get_by_test_id("task-0")).to_be_checked()


@pytest.mark.parametrize(
    ("code", "title", "edited"),
    [
        ("kk", "Неден бастау керек", "өңделді"),
        ("ru", "С чего начать", "изм."),
        ("en", "Where to start", "edited"),
    ],
)
async def test_page_speaks_three_languages(
    page: Page, stage: Stage, code: str, title: str, edited: str
) -> None:
    sent = await stage.bot.say(KK, "1")
    await stage.bot.call("editMessageText", chat_id=KK, message_id=sent["message_id"], text="2")
    await page.get_by_test_id(f"lang-{code}").click()
    await expect(page.locator("html")).to_have_attribute("lang", code)
    await expect(page.get_by_test_id("guide")).to_contain_text(title)
    await expect(last(page, KK).get_by_test_id("edited")).to_have_text(edited)
    await page.reload()
    await expect(page.get_by_test_id(f"lang-{code}")).to_be_visible()


async def test_english_frame_has_no_other_words(page: Page) -> None:
    await page.get_by_test_id("lang-en").click()
    await page.get_by_test_id("lang-en").focus()
    words = await page.evaluate(
        """() => [...document.querySelectorAll('.clock, .guide-intro, .feed h2, .feed-filters,'
             + '.tab-action, .tab small, .composer')].map((node) => node.innerText
             + [...node.querySelectorAll('[aria-label], [title], [placeholder]')].map((each) =>
                 `${each.title} ${each.placeholder ?? ''}`).join(' ')).join(' ')"""
    )
    assert not CYRILLIC.search(words), CYRILLIC.findall(words)


async def test_arrow_keys_go_from_chat_to_chat(page: Page) -> None:
    await page.get_by_test_id(f"tab-{KK}").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_test_id(f"tab-{RU}")).to_be_focused()
    await expect(page.get_by_test_id(f"tab-{RU}")).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("End")
    await expect(page.get_by_test_id(f"tab-{ADMIN}")).to_be_focused()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_test_id(f"tab-{KK}")).to_be_focused()
    await expect(chat(page, KK)).to_have_class("chat current")


async def test_story_can_be_walked_without_a_mouse(page: Page, stage: Stage) -> None:
    await stage.bot.say(RU, "Заказ", reply_markup=keys([{"text": "Открыть", "callback_data": "o"}]))
    await expect(last(page, RU)).to_contain_text("Заказ")
    await chat(page, RU).get_by_test_id("scroll").focus()
    for _ in range(12):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.dataset.data") == "o":
            break
    await page.keyboard.press("Enter")
    assert (await stage.bot.next("callback_query"))["data"] == "o"


async def test_everything_that_can_be_pressed_has_a_name(page: Page, stage: Stage) -> None:
    await stage.bot.upload("sendDocument", "document", "a.pdf", b"%PDF", chat_id=str(RU))
    await expect(last(page, RU).get_by_test_id("document")).to_be_visible()
    nameless = await page.evaluate(
        """() => [...document.querySelectorAll('button, a, input, textarea, select, [tabindex]')]
            .filter((node) => node.checkVisibility())
            .filter((node) => !(node.innerText || node.getAttribute('aria-label') || node.title
                || node.labels?.length))
            .map((node) => node.outerHTML)"""
    )
    assert nameless == []


async def test_new_messages_are_read_out(page: Page, stage: Stage) -> None:
    await stage.bot.say(CUSTOMER, "Приём закрыт")
    await expect(page.get_by_test_id("announcer")).to_have_text(
        "Динара Ахметова, новое сообщение: Приём закрыт"
    )


@pytest.mark.parametrize("code", ["kk", "ru", "en"])
async def test_phone_shows_one_chat_and_nothing_sticks_out(
    page: Page, stage: Stage, code: str
) -> None:
    long = "x" * 300
    await stage.bot.say(RU, long, reply_markup=keys([{"text": "Д" * 40, "callback_data": "a"}] * 3))
    await page.set_viewport_size({"width": 390, "height": 844})
    await open_page(page, stage, code)
    await expect(chat(page, KK)).to_be_visible()
    await expect(chat(page, RU)).to_be_hidden()
    await page.get_by_test_id(f"tab-{RU}").click()
    await expect(chat(page, RU)).to_be_visible()
    await expect(chat(page, KK)).to_be_hidden()
    await expect(last(page, RU)).to_be_in_viewport()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    assert await chat(page, RU).evaluate("(node) => node.scrollWidth") == 390
    await page.get_by_test_id("tab-feed").click()
    await expect(page.get_by_test_id("feed-find")).to_be_visible()
    await expect(chat(page, RU)).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_colours_keep_contrast(page: Page, scheme: str) -> None:
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    names = sorted({name for pair in PAIRS for name in pair[:2]})
    values: dict[str, str] = await page.evaluate(
        """(names) => Object.fromEntries(names.map((name) =>
            [name, getComputedStyle(document.documentElement).getPropertyValue(name)]))""",
        names,
    )
    weak = [
        (text, ground, round(found, 2))
        for text, ground, least in PAIRS
        if (found := contrast(values.get(text) or text, values[ground])) < least
    ]
    assert weak == []


def contrast(one: str, other: str) -> float:
    """The contrast of two colours ``#rrggbb``, as WCAG counts it."""

    def light(colour: str) -> float:
        parts = [int(colour.strip()[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


async def abort(route: Route) -> None:
    """A request that never arrives."""
    await route.abort()


async def test_lost_connection_is_told_and_nothing_is_missed(page: Page, stage: Stage) -> None:
    await page.route("**/sandbox/events**", abort)
    # Ends the poll which is under way.
    await stage.people.say(ADMIN, "1")
    await expect(page.get_by_test_id("offline")).to_be_visible()
    await stage.bot.say(RU, "сказано без связи")
    await page.unroute("**/sandbox/events**", abort)
    await expect(last(page, RU)).to_contain_text("сказано без связи")
    await expect(page.get_by_test_id("offline")).to_be_hidden()


async def change_unheard(page: Page, stage: Stage) -> None:
    """Let a message change without an event of it."""
    await stage.bot.say(KK, "прежний текст")
    await expect(last(page, KK)).to_contain_text("прежний текст")
    message = next(reversed(stage.world.messages[KK].values()))
    message.body = {**message.body, "text": "новый текст"}


async def test_gap_in_the_events_brings_everything_anew(page: Page, stage: Stage) -> None:
    await change_unheard(page, stage)
    stage.world.feed.version += 5
    stage.world.feed.add("chat_action", ADMIN, action="typing")
    await expect(last(page, KK)).to_contain_text("новый текст")
    await stage.bot.say(KK, "дальше")
    await expect(last(page, KK)).to_contain_text("дальше")


async def test_server_that_counts_anew_is_noticed(page: Page, stage: Stage) -> None:
    await change_unheard(page, stage)
    await page.route("**/sandbox/events**", abort)
    await stage.people.say(ADMIN, "1")
    await expect(page.get_by_test_id("offline")).to_be_visible()
    stage.world.feed = Feed()
    await page.unroute("**/sandbox/events**", abort)
    await expect(last(page, KK)).to_contain_text("новый текст")
    await stage.bot.say(KK, "дальше")
    await expect(last(page, KK)).to_contain_text("дальше")


async def test_newcomer_without_a_story_gets_a_working_page(browser: Browser, stage: Stage) -> None:
    context = await browser.new_context(locale="kk-KZ")
    opened = await context.new_page()
    await opened.route("**/demo/story", lambda route: route.fulfill(status=404, body="{}"))
    await opened.route("**/demo/clock", lambda route: route.fulfill(status=404, body="{}"))
    await opened.goto(f"{stage.url}/demo")
    await opened.wait_for_selector("#page[data-ready]")
    await expect(opened.locator("html")).to_have_attribute("lang", "kk")
    await expect(opened.locator(".chat")).to_have_count(4)
    await expect(opened.get_by_test_id("clock")).to_be_hidden()
    await context.close()

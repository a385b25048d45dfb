"""The page as people use it: chats."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Stage, open_page
from tests.browser.parts import ADMIN, CUSTOMER, KK, NEWCOMER, RU

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

GIF = bytes.fromhex("47494638396101000100800000ff0000ffffff2c00000000010001000002024401003b")


def chat(page: Page, person: int) -> Locator:
    """The column of a person."""
    return page.get_by_test_id(f"chat-{person}")


def last(page: Page, person: int) -> Locator:
    """The newest message of a column."""
    return chat(page, person).get_by_test_id("message").last


def keys(*rows: list[dict[str, object]]) -> dict[str, object]:
    """An inline keyboard."""
    return {"inline_keyboard": list(rows)}


async def write(page: Page, person: int, text: str) -> None:
    """Type a line and send it with Enter."""
    await chat(page, person).get_by_test_id("input").fill(text)
    await chat(page, person).get_by_test_id("input").press("Enter")


async def test_formatting_becomes_elements_and_never_markup(page: Page, stage: Stage) -> None:
    text = (
        "<b>жирный <i>и курсив</i></b> <code>A-17</code> &lt;img src=x onerror=pwned=1&gt; "
        "<tg-spoiler>12 500 ₸</tg-spoiler>\n<blockquote expandable>раз\nдва</blockquote>"
    )
    await stage.bot.say(KK, text)
    message = last(page, KK)
    await expect(message.locator("strong em")).to_have_text("и курсив")
    await expect(message.locator("code")).to_have_text("A-17")
    await expect(message).to_contain_text("<img src=x onerror=pwned=1>")
    assert await message.locator("img").count() == 0
    spoiler = message.locator(".spoiler")
    await expect(spoiler).not_to_have_class("spoiler shown")
    await spoiler.click()
    await expect(spoiler).to_have_class("spoiler shown")
    quote = message.locator("blockquote")
    await quote.get_by_role("button").click()
    await expect(quote.get_by_role("button")).to_have_attribute("aria-expanded", "true")
    assert await page.evaluate("typeof window.pwned") == "undefined"


async def test_people_cannot_inject_markup_either(page: Page, stage: Stage) -> None:
    await write(page, KK, "<script>window.pwned = 1</script> 🙂 مرحبا")
    await expect(last(page, KK)).to_contain_text("<script>window.pwned = 1</script> 🙂 مرحبا")
    got = await stage.bot.next("message")
    while got["text"].startswith("/start"):
        got = await stage.bot.next("message")
    assert got["text"] == "<script>window.pwned = 1</script> 🙂 مرحبا"
    assert await page.evaluate("typeof window.pwned") == "undefined"


async def test_enter_sends_and_shift_enter_starts_a_line(page: Page, stage: Stage) -> None:
    field = chat(page, RU).get_by_test_id("input")
    await field.fill("первая")
    await field.press("Shift+Enter")
    await field.press_sequentially("вторая")
    await field.press("Enter")
    await expect(last(page, RU).get_by_test_id("message-text")).to_have_text("первая\nвторая")
    await expect(field).to_have_value("")
    assert (await stage.people.chat(RU))["messages"][-1]["text"] == "первая\nвторая"


async def test_pressed_button_reaches_the_bot_and_its_answer_the_person(
    page: Page, stage: Stage
) -> None:
    button: dict[str, object] = {"text": "Растау", "callback_data": "v1:c:15", "style": "success"}
    sent = await stage.bot.say(KK, "Тапсырыс: № 15", reply_markup=keys([button]))
    shown = last(page, KK).get_by_test_id("inline-button")
    await expect(shown).to_have_text("Растау")
    await expect(shown).to_have_attribute("data-data", "v1:c:15")
    await expect(shown).to_have_class("inline-button success")
    await shown.click()
    query = await stage.bot.next("callback_query")
    assert (query["data"], query["from"]["id"]) == ("v1:c:15", KK)
    await expect(shown).to_have_attribute("aria-busy", "true")
    await stage.bot.call("answerCallbackQuery", callback_query_id=query["id"], text="Расталды")
    await expect(chat(page, KK).get_by_test_id("toast")).to_have_text("Расталды")
    await expect(shown).not_to_have_attribute("aria-busy", "true")
    await stage.bot.call(
        "editMessageText", chat_id=KK, message_id=sent["message_id"], text="Тапсырыс расталды"
    )
    await expect(last(page, KK)).to_contain_text("Тапсырыс расталды")
    await expect(last(page, KK).get_by_test_id("edited")).to_have_text("изм.")
    await expect(last(page, KK).get_by_test_id("inline-button")).to_have_count(0)


async def test_alert_waits_for_the_person(page: Page, stage: Stage) -> None:
    await stage.bot.say(RU, "?", reply_markup=keys([{"text": "?", "callback_data": "r"}]))
    await last(page, RU).get_by_test_id("inline-button").click()
    query = await stage.bot.next("callback_query")
    await stage.bot.call(
        "answerCallbackQuery", callback_query_id=query["id"], text="Срок истёк", show_alert=True
    )
    await expect(page.get_by_test_id("alert-text")).to_have_text("Срок истёк")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("alert")).to_have_count(0)


async def test_focus_stays_on_the_button_that_an_edit_replaces(page: Page, stage: Stage) -> None:
    def board(label: str) -> dict[str, object]:
        return keys(
            [{"text": "Назад", "callback_data": "b"}, {"text": label, "callback_data": "n"}]
        )

    sent = await stage.bot.say(RU, "1 / 2", reply_markup=board("Дальше"))
    await last(page, RU).get_by_test_id("inline-button").nth(1).focus()
    await stage.bot.call(
        "editMessageText",
        chat_id=RU,
        message_id=sent["message_id"],
        text="2 / 2",
        reply_markup=board("Готово"),
    )
    await expect(last(page, RU).get_by_test_id("inline-button").nth(1)).to_have_text("Готово")
    await expect(last(page, RU).get_by_test_id("inline-button").nth(1)).to_be_focused()


async def test_contact_button_shares_ones_own_number_once(page: Page, stage: Stage) -> None:
    board = {
        "keyboard": [[{"text": "Отправить номер", "request_contact": True}], [{"text": "Отмена"}]],
        "one_time_keyboard": True,
        "resize_keyboard": True,
        "input_field_placeholder": "Нажмите кнопку",
    }
    await stage.bot.say(RU, "Поделитесь номером", reply_markup=board)
    column = chat(page, RU)
    await expect(column.get_by_test_id("reply-button")).to_have_text(["Отправить номер", "Отмена"])
    await expect(column.get_by_test_id("input")).to_have_attribute("placeholder", "Нажмите кнопку")
    await column.get_by_test_id("reply-button").first.click()
    await expect(last(page, RU).get_by_test_id("contact")).to_contain_text("+77012222222")
    await expect(column.get_by_test_id("reply-keyboard")).to_be_hidden()
    mine = (await stage.people.chat(RU))["messages"][-1]["contact"]
    assert mine["user_id"] == RU


async def test_somebody_elses_contact_can_be_sent_too(page: Page, stage: Stage) -> None:
    await chat(page, RU).get_by_test_id("attach").click()
    await page.get_by_test_id("attach-contact").click()
    await page.get_by_test_id(f"pick-{CUSTOMER}").click()
    await expect(last(page, RU).get_by_test_id("contact")).to_contain_text("+77013333333")
    sent = (await stage.people.chat(RU))["messages"][-1]["contact"]
    assert sent["user_id"] == CUSTOMER


async def test_plain_reply_key_sends_its_text_and_stays(page: Page, stage: Stage) -> None:
    await stage.bot.say(KK, "Мәзір", reply_markup={"keyboard": [[{"text": "Тапсырыстар"}]]})
    await chat(page, KK).get_by_test_id("reply-button").click()
    await expect(last(page, KK)).to_contain_text("Тапсырыстар")
    await expect(chat(page, KK).get_by_test_id("reply-button")).to_be_visible()


async def test_forced_reply_answers_the_bots_message(page: Page, stage: Stage) -> None:
    asked = await stage.bot.say(RU, "Причина отказа?", reply_markup={"force_reply": True})
    await expect(chat(page, RU).get_by_test_id("banner")).to_contain_text("Причина отказа?")
    await write(page, RU, "Нет мощностей")
    await expect(last(page, RU)).to_contain_text("Нет мощностей")
    answer = (await stage.people.chat(RU))["messages"][-1]
    assert answer["reply_to_message"]["message_id"] == asked["message_id"]
    await expect(chat(page, RU).get_by_test_id("banner")).to_be_hidden()


async def test_photos_go_as_an_album_with_one_caption(
    page: Page, stage: Stage, tmp_path: Path
) -> None:
    for name in ("a.gif", "b.gif"):
        (tmp_path / name).write_bytes(GIF)
    column = chat(page, KK)
    await column.get_by_test_id("file-photo").set_input_files(
        [tmp_path / "a.gif", tmp_path / "b.gif"]
    )
    await column.get_by_test_id("input").fill("Бұйымдар")
    await column.get_by_test_id("send").click()
    await expect(last(page, KK).get_by_test_id("photo")).to_have_count(2)
    await expect(last(page, KK)).to_contain_text("Бұйымдар")
    first, second = (await stage.people.chat(KK))["messages"][-2:]
    assert first["media_group_id"] == second["media_group_id"]
    assert (first["caption"], second.get("caption")) == ("Бұйымдар", None)
    await last(page, KK).get_by_test_id("photo").first.click()
    await expect(page.get_by_test_id("lightbox")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("lightbox")).to_have_count(0)


async def test_chosen_file_can_be_taken_back_or_sent(
    page: Page, stage: Stage, tmp_path: Path
) -> None:
    (tmp_path / "смета.xlsx").write_bytes(b"PK")
    column = chat(page, CUSTOMER)
    picker = column.get_by_test_id("file-document")
    await picker.set_input_files(tmp_path / "смета.xlsx")
    await column.get_by_test_id("attachment-remove").click()
    await expect(column.get_by_test_id("send")).to_be_disabled()
    await picker.set_input_files(tmp_path / "смета.xlsx")
    await column.get_by_test_id("send").click()
    await expect(last(page, CUSTOMER).get_by_test_id("document")).to_have_attribute(
        "data-name", "смета.xlsx"
    )
    assert (await stage.people.chat(CUSTOMER))["messages"][-1]["document"]["file_size"] == 2


async def test_ready_voice_message_plays(page: Page, stage: Stage) -> None:
    await chat(page, ADMIN).get_by_test_id("attach").click()
    await page.get_by_test_id("attach-sample").click()
    player = last(page, ADMIN).get_by_test_id("voice")
    await player.get_by_test_id("voice-play").click()
    await expect(player.get_by_test_id("voice-play")).to_have_attribute("aria-label", "Пауза")
    voice = (await stage.people.chat(ADMIN))["messages"][-1]["voice"]
    assert (voice["duration"], voice["mime_type"]) == (2, "audio/ogg")


async def test_microphone_sends_a_voice_and_gives_way_to_what_is_written(
    page: Page, stage: Stage
) -> None:
    column = chat(page, KK)
    await column.get_by_test_id("microphone").click()
    await expect(last(page, KK).get_by_test_id("voice")).to_be_visible()
    voice = await stage.bot.next("message")
    while "voice" not in voice:
        voice = await stage.bot.next("message")
    assert voice["from"]["id"] == KK
    await column.get_by_test_id("input").fill("жазбаша")
    await expect(column.get_by_test_id("microphone")).to_be_hidden()
    await column.get_by_test_id("send").click()
    await expect(column.get_by_test_id("microphone")).to_be_visible()
    await expect(column.get_by_test_id("input")).to_be_focused()


async def test_document_of_the_bot_is_downloaded_under_its_name(page: Page, stage: Stage) -> None:
    await stage.bot.upload(
        "sendDocument", "document", "Хаттама № 15.pdf", b"%PDF-1.7 test", chat_id=str(KK)
    )
    async with page.expect_download() as waiting:
        await last(page, KK).get_by_test_id("document").click()
    download = await waiting.value
    assert download.suggested_filename == "Хаттама № 15.pdf"
    path = await download.path()
    assert await asyncio.to_thread(path.read_bytes) == b"%PDF-1.7 test"


async def test_deleted_message_vanishes(page: Page, stage: Stage) -> None:
    sent = await stage.bot.say(RU, "временное")
    await expect(last(page, RU)).to_contain_text("временное")
    await stage.bot.call("deleteMessage", chat_id=RU, message_id=sent["message_id"])
    await expect(chat(page, RU).get_by_text("временное")).to_have_count(0)


async def test_person_mends_and_deletes_an_own_message(page: Page, stage: Stage) -> None:
    await write(page, RU, "1 250 000,5")
    await expect(last(page, RU)).to_contain_text("1 250 000,5")
    await last(page, RU).hover()
    await last(page, RU).get_by_test_id("message-menu").click()
    await page.get_by_test_id("message-edit").click()
    await write(page, RU, "1 250 000,50")
    await expect(last(page, RU)).to_contain_text("1 250 000,50")
    assert (await stage.bot.next("edited_message"))["text"] == "1 250 000,50"
    await last(page, RU).hover()
    await last(page, RU).get_by_test_id("message-menu").click()
    await page.get_by_test_id("message-delete").click()
    await expect(chat(page, RU).get_by_text("1 250 000,50")).to_have_count(0)


async def test_deep_link_starts_the_bot_for_the_reader_or_for_another(
    page: Page, stage: Stage
) -> None:
    await stage.bot.say(ADMIN, "Шақыру: https://t.me/tapsyrys_bot?start=inv_9fA3")
    await last(page, ADMIN).get_by_test_id("deep-link").click()
    await expect(last(page, ADMIN)).to_contain_text("/start inv_9fA3")
    await chat(page, ADMIN).get_by_test_id("link-as").last.click()
    await page.get_by_test_id(f"pick-{NEWCOMER}").click()
    await expect(last(page, NEWCOMER)).to_contain_text("/start inv_9fA3")


async def test_commands_are_offered_and_sent(page: Page, stage: Stage) -> None:
    commands = [
        {"command": "orders", "description": "Мои заказы"},
        {"command": "help", "description": "Помощь"},
    ]
    await stage.bot.call("setMyCommands", commands=commands)
    await chat(page, RU).get_by_test_id("commands-button").click()
    await expect(chat(page, RU).get_by_test_id("command")).to_have_count(2)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(last(page, RU)).to_contain_text("/help")
    await chat(page, RU).get_by_test_id("input").fill("/or")
    await expect(chat(page, RU).get_by_test_id("command")).to_have_text(["/ordersМои заказы"])


async def test_bot_is_blocked_and_unblocked_from_the_menu(page: Page, stage: Stage) -> None:
    await chat(page, RU).get_by_test_id("chat-menu").click()
    await page.get_by_test_id("menu-block").click()
    await expect(chat(page, RU).get_by_test_id("unblock")).to_be_visible()
    member = await stage.bot.next("my_chat_member")
    assert member["new_chat_member"]["status"] == "kicked"
    await chat(page, RU).get_by_test_id("unblock").click()
    await expect(chat(page, RU).get_by_test_id("input")).to_be_visible()
    member = await stage.bot.next("my_chat_member")
    assert member["new_chat_member"]["status"] == "member"


async def test_unread_marks_stay_until_the_person_comes(page: Page, stage: Stage) -> None:
    await stage.bot.say(CUSTOMER, "Новое предложение")
    await expect(page.get_by_test_id(f"unread-{CUSTOMER}")).to_be_visible()
    await expect(chat(page, CUSTOMER).get_by_test_id("unread-mark")).to_be_visible()
    assert (await stage.people.chat(CUSTOMER))["unread"] > 0
    async with page.expect_response(lambda answer: answer.url.endswith("/read")):
        await chat(page, CUSTOMER).get_by_test_id("input").click()
    await expect(page.get_by_test_id(f"unread-{CUSTOMER}")).to_have_count(0)
    assert (await stage.people.chat(CUSTOMER))["unread"] == 0


async def test_any_person_can_be_opened_and_a_new_one_made(page: Page, stage: Stage) -> None:
    await page.get_by_test_id("chooser").click()
    await page.get_by_test_id("people-filter").fill("мадина")
    await page.get_by_test_id(f"pick-{NEWCOMER}").click()
    await expect(chat(page, NEWCOMER)).to_be_visible()
    await page.get_by_test_id("chooser").click()
    await page.get_by_test_id("person-new").click()
    await page.get_by_test_id("person-first_name").fill("Ерлан <b>")
    await page.get_by_test_id("person-phone").fill("+77017654321")
    await page.get_by_test_id("person-add").click()
    column = page.locator(".chat").last
    await expect(column).to_contain_text("Ерлан <b>")
    await column.get_by_test_id("start").click()
    await expect(column.get_by_test_id("message")).to_contain_text("/start")


async def test_group_is_read_and_answered_as_one_of_its_members(page: Page, stage: Stage) -> None:
    group = await stage.people.group("Қолдау қызметі", [ADMIN, CUSTOMER])
    await stage.bot.say(group, "Новое обращение")
    await page.get_by_test_id("chooser").click()
    await page.get_by_test_id(f"pick-group-{group}").click()
    await page.get_by_test_id(f"pick-{CUSTOMER}").click()
    column = page.get_by_test_id(f"chat-{group}-{CUSTOMER}")
    await expect(column.get_by_test_id("message")).to_contain_text("Новое обращение")
    await column.get_by_test_id("input").fill("Беру")
    await column.get_by_test_id("send").click()
    await expect(column.get_by_test_id("message").last).to_contain_text("Беру")


async def test_thousand_messages_come_by_pages(page: Page, stage: Stage) -> None:
    for number in range(1000):
        await stage.bot.say(ADMIN, f"№ {number}")
    await open_page(page, stage)
    column = chat(page, ADMIN)
    await expect(last(page, ADMIN)).to_contain_text("№ 999")
    await expect(column.get_by_test_id("message")).to_have_count(60)
    await column.get_by_test_id("earlier").click()
    await expect(column.get_by_test_id("message")).to_have_count(120)
    await column.get_by_test_id("earlier").click()
    await expect(column.get_by_test_id("message")).to_have_count(180)
    await expect(column.get_by_test_id("message").first).to_contain_text("№ 820")


async def test_refused_message_is_told_and_not_lost(page: Page, stage: Stage) -> None:
    stage.world.people[RU].blocked = True
    await write(page, RU, "важное")
    await expect(chat(page, RU).get_by_test_id("toast")).to_contain_text("Не получилось")
    await expect(chat(page, RU).get_by_test_id("input")).to_have_value("важное")

"""The web desk in a real browser: with the mouse, by keys alone, on a phone, under attack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect

from domain.roles import Role
from domain.support.views import NewFile
from handlers.views.translator import plain
from tests.browser.desk_stage import PHONE, DeskPage, opened, running, sound, user_actor
from tests.e2e.town import Town
from tests.support import database
from tests.support.chat import t_of
from tests.support.factories import again, make_person, make_producer

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

EVIL = (
    "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>"
    '<a href="javascript:window.hacked = 3">здесь</a> <b>смотри</b>'
    "<iframe srcdoc='<script>parent.hacked = 4</script>'></iframe>"
)
EVIL_NAME = '"><img src=x onerror="window.hacked=5">.pdf'


@pytest_asyncio.fixture(loop_scope="session")
async def town(
    browser: Browser, database_server: database.Server, tmp_path: Path
) -> AsyncIterator[Town]:
    assert browser.is_connected()
    async with running(database_server, tmp_path) as town:
        yield town


@pytest_asyncio.fixture(loop_scope="session")
async def desk(browser: Browser, town: Town) -> AsyncIterator[DeskPage]:
    async with opened(browser, town) as desk:
        await desk.enter()
        yield desk


async def asked(town: Town, text: str = "Не открывается заказ № 15", name: str = "Айгүл") -> int:
    """A ticket of a new person; its number."""
    person = await town.person(name, "ru", company=await make_producer(town.site))
    made = await town.services.support.open(await user_actor(town, person), "chat", text)
    return made.number


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_a_voice_message_is_heard_and_answered(
    browser: Browser, town: Town, language: str
) -> None:
    user = await town.person("Айгүл Сәрсенова", language)
    await user.send_voice(sound(), duration=1)
    await town.settled()
    async with opened(browser, town, language) as desk:
        await desk.enter()
        (line,) = await town_queue(desk)
        await desk.line(line).click()
        player = desk.by("player")
        await expect(player).to_be_visible()
        await desk.shot(f"voice-{language}")
        assert await player.evaluate(
            "media => new Promise((done) => {"
            " media.addEventListener('ended', () => done(true)); media.play(); })"
        )
        await desk.by("do-take").click()
        await expect(desk.by("do-release")).to_be_visible()
        await desk.by("composer").fill("Обновите страницу <F5> & войдите.")
        await desk.by("send").click()
        await expect(desk.page.locator(".message.operator")).to_have_count(1)
        await expect(desk.by("composer")).to_have_value("")
        await desk.shot(f"answered-{language}")
        await town.settled()
        said = await user.wait_for(lambda each: "Обновите страницу" in each.text)
        assert "Обновите страницу <F5> & войдите." in said.text
        actor = await user_actor(town, desk.operator)
        recording = (await town.services.recordings.of_ticket(actor, line))[0].id
        steps = await town.services.recordings.steps(actor, recording)
        assert [each.name for each in steps if each.step == "listened"] == ["Мұрат Оспанов"]


async def town_queue(desk: DeskPage) -> list[int]:
    """Numbers of the tickets in the queue as the page shows them."""
    await expect(desk.by("line").first).to_be_visible()
    lines = await desk.by("line").all()
    return [int(await each.get_attribute("data-number") or 0) for each in lines]


async def test_a_draft_of_a_machine_stands_beside_the_voice(desk: DeskPage, town: Town) -> None:
    user = await town.person("Айгүл", "ru")
    await user.send_voice(sound(), duration=1)
    await town.settled()
    number = (await town_queue(desk))[0]
    view = await town.services.support.ticket(await user_actor(town, desk.operator), number)
    file = next(each.id for message in view.messages for each in message.files)
    await town.services.support.transcribed(file, "не открывается <b>заказ</b>")
    await desk.line(number).click()
    mark = "A machine wrote this down: a draft with errors. Listen to the recording."
    await expect(desk.by("transcript")).to_contain_text(plain(t_of("ru")(mark)))
    await expect(desk.by("transcript")).to_contain_text("<b>заказ</b>")
    await expect(desk.by("player")).to_be_visible()


async def test_a_file_goes_with_an_answer(desk: DeskPage, town: Town) -> None:
    user = await town.person("Айгүл", "ru")
    actor = await user_actor(town, user)
    made = await town.services.support.open(actor, "chat", "Пришлите инструкцию")
    await desk.line(made.number).click()
    await desk.by("attach-input").set_input_files(
        {"name": "инструкция.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 text"}
    )
    await desk.by("composer").fill("Вот она.")
    await desk.by("send").click()
    await expect(desk.by("document")).to_contain_text("инструкция.pdf")
    await town.settled()
    await user.wait_for(lambda each: each.kind == "document")
    await desk.by("edit").click()
    await desk.by("field-text").fill("Вот инструкция.")
    await desk.by("window-send").click()
    await expect(desk.by("window")).to_have_count(0)
    await user.wait_for(lambda each: "Вот инструкция." in each.text)


async def test_a_note_looks_unlike_an_answer_and_stays_inside(desk: DeskPage, town: Town) -> None:
    number = await asked(town)
    await desk.page.goto(f"{town.replicas[0].base}/desk#{number}")
    await desk.by("mode-note").click()
    await desk.by("composer").fill("между нами: проверить склад")
    await desk.by("send").click()
    note = desk.page.locator(".message.note")
    await expect(note).to_have_count(1)
    badge = str(t_of("ru")("Internal: the user does not see it"))
    await expect(note).to_contain_text(badge)
    await desk.by("mode-answer").click()
    await desk.by("composer").fill("Откройте ещё раз.")
    await desk.by("send").click()
    answer = desk.page.locator(".message.operator")
    await expect(answer).to_have_count(1)
    look = "node => { const s = getComputedStyle(node); return s.backgroundColor + s.borderStyle; }"
    assert await note.evaluate(look) != await answer.evaluate(look)
    await desk.shot("note")
    view = await town.services.support.ticket(await user_actor(town, desk.operator), number)
    assert [each.author for each in view.messages if each.author != "system"] == [
        "user",
        "note",
        "operator",
    ]


async def test_a_whole_ticket_by_keys_alone(desk: DeskPage, town: Town) -> None:
    first = await asked(town, "Первый вопрос")
    town.clock.advance(timedelta(minutes=1))
    second = await asked(town, "Второй вопрос")
    await expect(desk.line(second)).to_be_visible()
    keys = desk.page.keyboard
    await desk.page.locator("body").focus()
    await keys.press("j")
    await expect(desk.line(first)).to_be_focused()
    await keys.press("j")
    await expect(desk.line(second)).to_be_focused()
    await keys.press("k")
    await expect(desk.line(first)).to_be_focused()
    outline = await desk.line(first).evaluate("node => getComputedStyle(node).outlineStyle")
    assert outline == "solid"
    await keys.press("Enter")
    await expect(desk.by("ticket")).to_contain_text("Первый вопрос")
    await keys.press("t")
    await expect(desk.by("do-release")).to_be_visible()
    await keys.press("n")
    await expect(desk.by("composer")).to_be_focused()
    await keys.type("заметка")
    await keys.press("Control+Enter")
    await expect(desk.page.locator(".message.note")).to_have_count(1)
    await keys.press("Escape")
    await keys.press("a")
    await keys.type("ответ клавишами")
    await keys.press("Control+Enter")
    await expect(desk.page.locator(".message.operator")).to_have_count(1)
    await keys.press("Escape")
    await keys.press("?")
    await expect(desk.by("window")).to_be_visible()
    await desk.shot("help")
    await keys.press("Escape")
    await expect(desk.by("window")).to_have_count(0)
    await keys.press("/")
    await expect(desk.by("search")).to_be_focused()
    await keys.type("Второй")
    await expect(desk.line(first)).to_have_count(0)
    await expect(desk.line(second)).to_be_visible()
    await keys.press("Escape")
    await expect(desk.line(first)).to_be_visible()


async def test_windows_ask_and_say_why_not(desk: DeskPage, town: Town) -> None:
    number = await asked(town)
    other = await asked(town, "Другой человек", "Ерлан")
    await desk.page.goto(f"{town.replicas[0].base}/desk#{number}")
    await desk.by("do-merge").click()
    await desk.by("field-into").fill(str(other))
    await desk.by("window-send").click()
    await expect(desk.by("window-alert")).to_contain_text(f"№ {number}")
    await desk.shot("refused")
    await desk.page.keyboard.press("Escape")
    await desk.by("do-assign").click()
    await expect(desk.by("window")).to_contain_text(str(t_of("ru")("Nobody is on shift.")))
    await desk.page.keyboard.press("Escape")
    await desk.by("shift").click()
    await expect(desk.by("shift")).to_have_attribute("aria-pressed", "true")
    await desk.by("do-assign").click()
    await desk.by("window-send").click()
    await expect(desk.by("do-release")).to_be_visible()
    await desk.by("do-dispute").click()
    await desk.by("field-ground").fill("жалоба на ответ")
    await desk.by("window-send").click()
    await expect(desk.by("ticket")).to_contain_text("жалоба на ответ")
    # It is settled by an administrator alone.
    await expect(desk.by("do-dispute")).to_have_count(0)
    await expect(desk.by("do-settle")).to_have_count(0)
    await desk.by("do-priority").select_option("high")
    await expect(desk.line(number)).to_contain_text(str(t_of("ru").context("priority", "High")))
    await desk.by("do-close").click()
    await desk.by("field-text").fill("Разобрались.")
    await desk.shot("closing")
    # Whatever is opened behind it, the window is about its own ticket; and it has read no more.
    colleague = await make_person(town.site, role=Role.SUPPORT)
    await town.services.support.note(again(colleague), number, "подождите")
    await desk.look()
    await expect(desk.by("messages")).to_contain_text("подождите")
    await desk.by("window-send").click()
    await expect(desk.by("window-alert")).to_contain_text(f"№ {number}")
    await desk.page.evaluate(f"location.hash = '#{other}'")
    await expect(desk.by("ticket").locator("h1")).to_contain_text(f"№ {other}")
    await desk.by("window-send").click()
    await expect(desk.by("ticket").locator("h1")).to_contain_text(f"№ {number}")
    await expect(desk.by("do-reopen")).to_be_visible()
    await expect(desk.by("composer-box")).to_be_hidden()


async def test_a_call_is_registered(desk: DeskPage) -> None:
    await desk.by("register-call").click()
    await desk.by("field-name").fill("Ерлан Касымов")
    await desk.by("field-phone").fill("+7 701 123 45 67")
    await desk.by("field-text").fill("Просит перезвонить утром")
    await desk.by("field-recording").set_input_files(
        {"name": "call.wav", "mimeType": "audio/wav", "buffer": sound()}
    )
    await desk.shot("call")
    await desk.by("window-send").click()
    await expect(desk.by("ticket")).to_contain_text("Просит перезвонить утром")
    await expect(desk.by("player")).to_be_visible()


async def test_timers_run_and_turn_red(desk: DeskPage, town: Town) -> None:
    number = await asked(town)
    await expect(desk.line(number)).to_have_attribute("data-alarm", "0")
    view = await town.services.support.ticket(await user_actor(town, desk.operator), number)
    await town.travel(view.line.promised_at - timedelta(minutes=20))
    await desk.look()
    await expect(desk.line(number)).to_have_attribute("data-alarm", "1")
    await expect(desk.line(number).get_by_test_id("timer")).to_contain_text("20 мин")
    await desk.shot("red")
    await town.travel(view.line.promised_at + timedelta(minutes=5))
    await desk.look()
    await expect(desk.line(number)).to_have_attribute("data-alarm", "2")
    await desk.by("only-red").click()
    told = plain(t_of("ru")("those above were told"))
    await expect(desk.line(number)).to_contain_text(told)
    # Drawn anew, it is red at once.
    await expect(desk.line(number)).to_have_attribute("data-alarm", "2")
    await desk.shot("overdue")


async def test_news_come_by_themselves_and_typing_is_kept(desk: DeskPage, town: Town) -> None:
    user = await town.person("Айгүл", "ru")
    await user.send_voice(sound(), duration=1)
    await town.settled()
    number = (await town_queue(desk))[0]
    await desk.line(number).click()
    await desk.by("composer").fill("пишу ответ")
    actor = await user_actor(town, user)
    await town.services.support.add(actor, number, "и ещё вопрос")
    await expect(desk.by("messages")).to_contain_text("и ещё вопрос")
    news = plain(t_of("ru")("Something new was said in this ticket."))
    await expect(desk.by("announcer")).to_have_text(news)
    await expect(desk.by("composer")).to_have_value("пишу ответ")


async def test_what_was_typed_waits_as_what_it_was_meant_for(desk: DeskPage, town: Town) -> None:
    one, two = await asked(town), await asked(town, "Другой вопрос", "Ерлан")
    await expect(desk.line(two)).to_be_visible()
    await desk.line(one).click()
    await desk.by("mode-note").click()
    await desk.by("composer").fill("заметка, не ответ")
    await desk.line(two).click()
    await expect(desk.by("composer")).to_have_value("")
    await expect(desk.by("mode-answer")).to_have_attribute("aria-pressed", "true")
    await desk.page.reload()
    await desk.line(one).click()
    await expect(desk.by("composer")).to_have_value("заметка, не ответ")
    await expect(desk.by("mode-note")).to_have_attribute("aria-pressed", "true")
    await desk.by("send").click()
    await expect(desk.page.locator(".message.note")).to_have_count(1)
    await expect(desk.by("composer")).to_have_value("")


async def test_what_another_operator_did_meanwhile_is_shown_first(
    desk: DeskPage, town: Town
) -> None:
    number, other = await asked(town), await make_person(town.site, role=Role.SUPPORT)
    await desk.page.goto(f"{town.replicas[0].base}/desk#{number}")
    await desk.by("composer").fill("мой ответ")
    # The page looks for news by itself, too; here it has not come to it yet.
    where = f"**/desk/api/tickets/{number}"
    await desk.page.route(where, lambda route: route.abort())
    await town.services.support.answer(again(other), number, "чужой ответ")
    await desk.by("send").click()
    await expect(desk.by("composer-alert")).to_contain_text(f"№ {number}")
    await expect(desk.by("composer")).to_have_value("мой ответ")
    await desk.page.unroute(where)
    await desk.look()
    await expect(desk.by("messages")).to_contain_text("чужой ответ")
    await desk.shot("moved-on")
    await desk.by("send").click()
    await expect(desk.page.locator(".message.operator")).to_have_count(2)
    await desk.by("composer").fill("ещё слово")
    await town.services.support.close(again(other), number, "answered")
    await desk.look()
    closed = "The ticket was closed meanwhile. Reopen it to send this: what you have typed is kept."
    await expect(desk.by("composer-alert")).to_have_text(plain(t_of("ru")(closed)))
    await expect(desk.by("send")).to_be_disabled()
    await desk.by("do-reopen").click()
    await desk.by("window-send").click()
    await desk.by("send").click()
    await expect(desk.by("messages")).to_contain_text("ещё слово")


async def test_nothing_typed_is_lost_with_the_connection_or_the_session(
    desk: DeskPage, town: Town
) -> None:
    number = await asked(town)
    await desk.page.goto(f"{town.replicas[0].base}/desk#{number}")

    async def swallow(route: Route) -> None:
        await route.fetch()
        await route.abort()

    # It arrives, and the answer is lost on the way, twice: nothing is said twice all the same.
    await desk.page.route("**/answer", swallow, times=2)
    await desk.by("composer").fill("первый ответ")
    await desk.by("send").click()
    await expect(desk.by("composer-alert")).not_to_be_empty()
    await expect(desk.by("composer")).to_have_value("первый ответ")
    await desk.by("send").click()
    await expect(desk.by("composer")).to_have_value("")
    await expect(desk.page.locator(".message.operator")).to_have_count(1)

    await desk.by("composer").fill("второй ответ")
    await town.services.support.desk_sign_out(again(await user_actor(town, desk.operator)))
    await desk.by("send").click()
    await expect(desk.page.locator(".door")).to_contain_text("/desk")
    # The link opens in another tab; the one before comes back by itself.
    tab = await desk.page.context.new_page()
    await tab.goto(await desk.link())
    await tab.get_by_test_id("enter").click()
    await tab.wait_for_selector("#page[data-ready] .queue")
    await desk.look()
    await expect(desk.by("composer")).to_have_value("второй ответ")
    await tab.close()
    await desk.by("send").click()
    await expect(desk.page.locator(".message.operator")).to_have_count(2)


async def test_faults_mutes_ready_answers_and_reports_by_keys(desk: DeskPage, town: Town) -> None:
    number, admin = await asked(town), await make_person(town.site, role=Role.ADMIN)
    kk, ru = "Бетті <b>жаңартыңыз</b>.", "<b>Обновите</b> страницу."
    await town.services.support.add_canned(again(admin), "Обновить", kk, ru)
    await desk.page.goto(f"{town.replicas[0].base}/desk#{number}")
    await expect(desk.by("do-take")).to_be_visible()
    keys = desk.page.keyboard
    await keys.press("i")
    await expect(desk.by("field-text")).to_have_value("Не открывается заказ № 15")
    await desk.by("field-contacts").fill("+7 701 123 45 67")
    await desk.shot("incident")
    await desk.by("window-send").click()
    await desk.by("incident").click()
    await expect(desk.by("incident-body")).to_contain_text("Не открывается заказ № 15")
    await keys.press("Escape")
    await keys.press("u")
    await desk.by("field-reason").fill("брань")
    await desk.by("window-send").click()
    await expect(desk.by("do-unmute")).to_be_visible()
    await keys.press("m")
    await desk.by("more-muted_all").click()
    await desk.by("lift").click()
    await expect(desk.by("muted-line")).to_have_count(0)
    await keys.press("Escape")
    await expect(desk.by("do-mute")).to_be_visible()
    await keys.press("r")
    await desk.by("canned-kk").click()
    await desk.by("canned-choice").click()
    await expect(desk.by("composer")).to_have_value("Бетті жаңартыңыз.")
    await keys.press("Control+Enter")
    await expect(desk.page.locator(".message.operator b").last).to_have_text("жаңартыңыз")
    await keys.press("Escape")
    await keys.press("m")
    await desk.by("more-reports").click()
    await expect(desk.by("report").locator("table")).not_to_have_count(0)
    await desk.shot("report")
    async with desk.page.expect_download() as saving:
        await desk.by("report-sheet").click()
    assert (await saving.value).suggested_filename == "report-2026-11-01-2026-11-20.xlsx"
    await desk.by("period-last_month").click()
    await expect(desk.by("report-empty")).to_be_visible()


async def test_nothing_of_a_users_html_runs(desk: DeskPage, town: Town) -> None:
    person = await town.person('<img src=x onerror="window.hacked=6">', "ru")
    actor = await user_actor(town, person)
    sha256 = await town.site.files.put(b"<script>parent.hacked = 7</script>")
    file = NewFile("document", EVIL_NAME, "text/html", 34, sha256=sha256)
    made = await town.services.support.open(actor, "chat", EVIL, [file], subject=EVIL[:40])
    await desk.line(made.number).click()
    message = desk.page.locator(".message.user")
    await expect(message).to_contain_text("смотри")
    assert await message.locator("script, img, iframe, a[href^=javascript]").count() == 0
    assert await message.locator(".text b").count() == 1
    await expect(desk.by("document")).to_contain_text(EVIL_NAME)
    await expect(desk.page.locator("h1")).to_contain_text("<script>")
    await desk.shot("evil")
    # Opened by itself, the file is not shown but saved.
    href = await desk.by("document").get_attribute("href") or ""
    answered = await desk.page.request.get(town.replicas[0].base + href)
    assert answered.headers["content-type"] == "application/octet-stream"
    await desk.page.wait_for_timeout(300)
    assert await desk.page.evaluate("window.hacked") is None


async def test_on_a_phone(browser: Browser, town: Town) -> None:
    for language in ("kk", "ru"):
        number = await asked(town, "Бағалық ұсынысты жібере алмаймын " * 6)
        async with opened(browser, town, language, PHONE) as desk:
            await desk.enter()
            wide = "document.documentElement.scrollWidth"
            assert await desk.page.evaluate(wide) <= PHONE[0]
            await desk.shot(f"phone-queue-{language}")
            await desk.line(number).click()
            await expect(desk.by("composer")).to_be_in_viewport()
            await expect(desk.by("send")).to_be_in_viewport()
            await expect(desk.page.locator(".queue")).to_be_hidden()
            assert await desk.page.evaluate(wide) <= PHONE[0]
            await desk.shot(f"phone-ticket-{language}")
            await desk.by("composer").fill("Жауап")
            await desk.by("send").click()
            await expect(desk.page.locator(".message.operator")).to_have_count(1)
            await desk.by("back").click()
            await expect(desk.line(number)).to_be_visible()


async def test_a_used_link_and_the_end_of_a_session(desk: DeskPage, town: Town) -> None:
    link = await desk.link()
    await desk.page.goto("about:blank")
    await desk.page.goto(link)
    assert "#" not in desk.page.url
    await desk.shot("door")
    await desk.by("enter").click()
    await desk.page.wait_for_selector("#page[data-ready] .queue")
    await desk.page.goto("about:blank")
    await desk.page.goto(link)
    await desk.by("enter").click()
    await expect(desk.by("door-alert")).to_contain_text("/desk")
    await desk.page.goto(f"{town.replicas[0].base}/desk")
    await expect(desk.by("sign-out")).to_be_visible()
    actor = await user_actor(town, desk.operator)
    await town.services.support.desk_sign_out(again(actor))
    # The page notices by itself, by its next look for news.
    await expect(desk.page.locator(".door")).to_contain_text("/desk")


async def test_every_control_has_a_name_in_the_language_chosen(desk: DeskPage, town: Town) -> None:
    await desk.by("language-kk").click()
    await expect(desk.page.locator("html")).to_have_attribute("lang", "kk")
    assert await desk.page.title() == f"{t_of('kk')('Support desk')} – Tapsyrys"
    await desk.page.reload()
    await expect(desk.page.locator("html")).to_have_attribute("lang", "kk")
    await desk.page.goto(f"{town.replicas[0].base}/desk#{await asked(town)}")
    await expect(desk.by("composer")).to_be_visible()

    async def nameless() -> list[str]:
        found: list[str] = await desk.page.evaluate(
            "() => [...document.querySelectorAll('button, input, select, textarea, a, audio')]"
            ".filter((n) => !n.hidden && !(n.getAttribute('aria-label') || n.textContent.trim()"
            " || (n.labels && n.labels.length))).map((n) => n.outerHTML)"
        )
        return found

    assert await nameless() == []

    await expect(desk.by("announcer")).to_have_attribute("aria-live", "polite")
    # And when the connection is lost, that is told.
    await desk.page.context.set_offline(True)
    await desk.look()
    await expect(desk.page.locator(".offline")).to_be_visible()
    await desk.page.context.set_offline(False)
    await desk.look()
    await expect(desk.page.locator(".offline")).to_be_hidden()

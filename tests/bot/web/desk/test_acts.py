"""What operators do on the page: the same use cases as in the groups, over HTTP."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from domain.actor import Actor
from domain.audit import AuditEntry
from domain.support.views import Author
from tests.bot.web.conftest import Answered
from tests.bot.web.desk.conftest import DeskWeb, Web
from tests.domain.support.desk import PHOTO, again
from tests.support.chat import t_of

EVIL = '<img src=x onerror="alert(1)"><script>alert(1)</script> <b>смотри</b>'


@pytest.fixture
async def operator(desk: DeskWeb) -> Actor:
    return await desk.operator("Мұрат")


@pytest.fixture
async def page(desk: DeskWeb, operator: Actor) -> Web:
    return await desk.page_of(operator)


@pytest.fixture
async def number(desk: DeskWeb) -> int:
    return await desk.asked(await desk.user("kk"), "Тапсырыс ашылмайды")


async def last(desk: DeskWeb, operator: Actor, number: int) -> tuple[Author, str]:
    said = [each for each in (await desk.seen(operator, number)).messages if each.text]
    return said[-1].author, said[-1].text


def ok(answered: Answered) -> Answered:
    assert answered.status == 200, answered.raw
    return answered


async def test_the_queue_shows_promises_and_filters(
    desk: DeskWeb, page: Web, operator: Actor, number: int
) -> None:
    voice = await desk.left_voice(await desk.user())
    await desk.support.take(again(operator), voice)
    found = ok(await page.get("/queue"))
    assert {each["number"] for each in found.json["tickets"]} == {number, voice}  # type: ignore[attr-defined]  # a list of lines
    assert found["counts"] == {
        "unanswered": 2, "voices": 1, "unassigned": 1, "red": 0, "overdue": 0
    }  # fmt: skip
    assert found["on_shift"] is True
    for query, wanted in (
        ("whose=mine", [voice]),
        ("whose=nobodys", [number]),
        ("channel=voice", [voice]),
        ("red=true", []),
    ):
        lines = ok(await page.get(f"/queue?{query}"))["tickets"]
        assert isinstance(lines, list)
        assert [each["number"] for each in lines] == wanted, query


@pytest.mark.parametrize("query", ["whose=theirs", "channel=fax", "page=-1", "page=x", "red=maybe"])
async def test_a_wrong_question_is_no_fault_of_ours(page: Web, query: str) -> None:
    assert (await page.get(f"/queue?{query}")).status == 400


async def test_nothing_new_is_said_with_304(desk: DeskWeb, page: Web, number: int) -> None:
    for path in ("/queue", f"/tickets/{number}", "/me"):
        first = ok(await page.get(path))
        tag = first.headers["ETag"]
        assert (await page.get(path, If_None_Match=tag)).status == 304
    queue = await page.get("/queue")
    await desk.asked(await desk.user())
    assert (await page.get("/queue", If_None_Match=queue.headers["ETag"])).status == 200


async def test_an_answer_goes_to_the_user_escaped(
    desk: DeskWeb, page: Web, operator: Actor, number: int
) -> None:
    answered = ok(await page.act(f"/tickets/{number}/answer", {"text": "Бар <тут> & там"}))
    assert answered["state"] == "answered"
    assert await last(desk, operator, number) == ("operator", "Бар &lt;тут&gt; &amp; там")


async def test_a_note_stays_with_operators(
    desk: DeskWeb, page: Web, operator: Actor, number: int
) -> None:
    ok(await page.act(f"/tickets/{number}/note", {"text": "между нами"}))
    assert await last(desk, operator, number) == ("note", "между нами")
    assert (await desk.seen(operator, number)).state == "open"


async def test_the_same_key_acts_once(
    desk: DeskWeb, page: Web, operator: Actor, number: int
) -> None:
    for _ in range(3):
        path = f"/tickets/{number}/answer"
        ok(await page.act(path, {"text": "один раз"}, X_Desk_Key="same-key-1"))
    said = [each for each in (await desk.seen(operator, number)).messages if each.text]
    assert [each.text for each in said] == ["Тапсырыс ашылмайды", "один раз"]


async def test_the_way_of_a_ticket(desk: DeskWeb, page: Web, operator: Actor, number: int) -> None:
    other = await desk.operator("Дана")
    path = f"/tickets/{number}"
    assert ok(await page.act(f"{path}/take"))["mine"] is True
    assert ok(await page.act(f"{path}/release"))["assignee"] == ""
    given = ok(await page.act(f"{path}/assign", {"person": other.person_id}))
    assert (given["assignee"], given["may_release"]) == ("Дана", False)
    lead = await desk.page_of(await desk.admin())
    assert ok(await lead.get(path))["may_release"] is True
    assert ok(await page.act(f"{path}/priority", {"priority": "high"}))["priority"] == "high"
    assert ok(await page.act(f"{path}/documents", {"text": "Пришлите акт"}))["state"] == "waiting"
    assert ok(await page.act(f"{path}/dispute", {"ground": "жалоба"}))["disputed"] == "жалоба"
    settling = {"ground": "решение суда № 7"}
    assert (await page.act(f"{path}/settle", settling)).status == 403
    assert ok(await lead.act(f"{path}/settle", settling))["disputed"] is None
    closed = ok(await page.act(f"{path}/close", {"result": "answered", "text": "Готово"}))
    assert (closed["state"], closed["result_text"]) == ("closed", "Дан ответ")
    opened = ok(await page.act(f"{path}/reopen", {"text": "не всё"}))
    assert opened["state"] in ("open", "working")
    assert await last(desk, operator, number) == ("note", "не всё")


async def test_by_turn_and_merged(desk: DeskWeb, page: Web, operator: Actor) -> None:
    user = await desk.user()
    one, two = await desk.asked(user), await desk.asked(user, "Ещё вопрос")
    assert ok(await page.act(f"/tickets/{one}/assign"))["assignee"] == "Мұрат"
    joined = ok(await page.act(f"/tickets/{one}/merge", {"into": two}))
    assert joined["number"] == two
    assert ok(await page.get(f"/tickets/{one}"))["merged_into"] == two
    refused = await page.act(f"/tickets/{two}/merge", {"into": two})
    assert (refused.status, refused["code"]) == (409, "merge_itself")
    assert "№" in str(refused["detail"])


async def test_a_call_back_is_recorded(desk: DeskWeb, page: Web, operator: Actor) -> None:
    number = await desk.left_voice(await desk.user())
    path = f"/tickets/{number}/called"
    ok(await page.act(path, {"result": "not_reached", "text": "не берёт трубку"}))
    record = ("call.ogg", "audio/ogg", b"OggS" * 20)
    ok(await page.send(path, {"result": "answered", "text": "Объяснили"}, record))
    view = await desk.seen(operator, number)
    assert view.state == "answered"
    call = next(file for each in view.messages for file in each.files if file.kind == "call")
    assert (call.state, call.size) == ("stored", 80)
    assert call.recording is not None


async def test_a_call_is_registered_in_astana_time(
    desk: DeskWeb, page: Web, operator: Actor
) -> None:
    values = {
        "name": "Ерлан", "phone": "+77011234567", "at": "2026-11-20T09:30",
        "text": "Не видит заказ", "language": "kk", "order": None,
    }  # fmt: skip
    made = ok(await page.send("/calls", values, ("call.ogg", "audio/ogg", b"OggS" * 9)))
    view = await desk.seen(operator, int(str(made["number"])))
    assert view.line.channel == "phone"
    assert view.line.opened_at.isoformat() == "2026-11-20T04:30:00+00:00"
    assert view.messages[0].files[0].recording is not None
    refused = await page.act("/calls", {**values, "at": "2026-11-20T23:30"})
    assert refused["code"] == "call_future"
    assert (await page.act("/calls", {**values, "at": "завтра"})).status == 400


async def test_files_of_an_answer_are_kept(
    desk: DeskWeb, page: Web, operator: Actor, number: int
) -> None:
    path = f"/tickets/{number}/answer"
    files = [("акт <b>.pdf", "application/pdf", b"%PDF-1"), ("e.html", "text/html", b"<script>")]
    ok(await page.send(path, {"text": ""}, *files))
    view = await desk.seen(operator, number)
    kept = view.messages[-1].files or view.messages[-2].files
    assert [(each.name, each.state) for each in kept] == [
        ("акт <b>.pdf", "stored"),
        ("e.html", "stored"),
    ]
    got = await page.get(f"/tickets/{number}/files/{kept[1].id}")
    assert got.raw == b"<script>"
    assert got.headers["Content-Type"] == "application/octet-stream"
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in got.headers["Content-Security-Policy"]


async def test_a_file_over_20_mb_is_refused(page: Web, number: int) -> None:
    big = ("big.bin", "application/zip", b"\0" * (20 * 1024 * 1024 + 1))
    refused = await page.send(f"/tickets/{number}/note", {"text": "файл"}, big)
    assert (refused.status, refused["code"]) == (413, "body_too_large")


async def test_a_ready_answer_keeps_its_formatting_until_it_is_changed(
    desk: DeskWeb, page: Web, operator: Actor, number: int
) -> None:
    admin = await desk.admin()
    kk, ru = "Бетті <b>жаңартыңыз</b>.", "<b>Обновите</b> страницу."
    made = await desk.support.add_canned(again(admin), "Обновить", kk, ru)
    assert ok(await page.get("/canned"))["canned.0.kk"] == "Бетті жаңартыңыз."
    path = f"/tickets/{number}/answer"
    ok(await page.act(path, {"text": "Бетті жаңартыңыз.", "canned": made.id}))
    assert await last(desk, operator, number) == ("operator", kk)
    ok(await page.act(path, {"text": "Бетті жаңартыңыз. <i>", "canned": made.id}))
    assert await last(desk, operator, number) == ("operator", "Бетті жаңартыңыз. &lt;i&gt;")


async def test_a_shift_begins_and_ends(desk: DeskWeb) -> None:
    page = await desk.page_of(await desk.operator(shift=False))
    assert ok(await page.get("/me"))["on_shift"] is False
    assert ok(await page.act("/shift", {"on": True}))["on_shift"] is True
    on_shift = ok(await page.get("/operators"))
    assert on_shift["operators.0.in_hand"] == 0
    assert "2026" in str(on_shift["operators.0.seen"])
    assert ok(await page.act("/shift", {"on": False}))["in_hand"] == 0
    assert (await page.act("/shift", {"on": False}))["code"] == "not_on_shift"


async def test_search_finds_by_words_and_number(page: Web, number: int) -> None:
    for text in ("ашылм", str(number), f"№{number}"):
        assert ok(await page.get(f"/search?text={text}"))["tickets.0.number"] == number
    assert ok(await page.get("/search?text=ничего"))["tickets"] == []


async def test_html_of_users_comes_as_a_tree(desk: DeskWeb, page: Web) -> None:
    user = await desk.user(name='"><script>alert(1)</script>')
    number = await desk.asked(user, EVIL, [PHOTO])
    found = ok(await page.get(f"/tickets/{number}"))
    assert found["messages.0.body"] == [" ", {"tag": "b", "of": ["смотри"]}]
    assert found.headers["Content-Type"] == "application/json"


async def test_lateness_is_counted_in_working_time(
    desk: DeskWeb, operator: Actor, number: int
) -> None:
    for at, late in (("11-21 12:00", 0), ("11-23 09:02", 2), ("11-23 10:30", 90)):
        # A session ends with its day.
        await desk.at(at)
        page = await desk.page_of(operator)
        assert ok(await page.get("/queue"))["tickets.0.late_minutes"] == late
        assert ok(await page.get(f"/tickets/{number}"))["late_minutes"] == late


async def test_texts_are_in_the_language_of_the_reader(desk: DeskWeb) -> None:
    page = await desk.page_of(await desk.operator())
    said = {
        language: ok(await page.get("/me", X_Desk_Language=language))["texts.queue"]
        for language in ("kk", "ru", "en")
    }
    assert len(set(said.values())) == 3
    assert ok(await page.get("/me", X_Desk_Language="xx"))["texts.queue"] == said["ru"]
    spoken = ok(await desk.guest.get("/texts", Accept_Language="kk-KZ,ru;q=0.8"))
    # An act has one name, in the topic as on the page.
    ru = t_of("ru")
    told = ok(await page.get("/me", X_Desk_Language="ru"))["texts"]
    assert isinstance(told, dict)
    names = ("We talked", "Keep from writing")
    assert [told["call_answered"], told["mute"]] == [ru.button(each) for each in names]
    assert told["call_not_reached"] == told["result.not_reached"]
    assert "/answers" in told["no_canned"]
    assert (spoken["language"], spoken["texts.queue"]) == ("kk", said["kk"])
    refused = await page.get("/tickets/999", X_Desk_Language="kk")
    assert (refused.status, refused.headers["Content-Language"]) == (404, "kk")


@pytest.mark.parametrize("number", ["0", "x", "99999999999999999999", "-1"])
async def test_a_ticket_that_cannot_be_is_not_found(page: Web, number: str) -> None:
    assert (await page.get(f"/tickets/{number}"))["code"] == "ticket_unknown"
    assert (await page.act(f"/tickets/{number}/take"))["code"] == "ticket_unknown"


async def test_reading_leaves_no_entry(desk: DeskWeb, page: Web, number: int) -> None:
    async def entries() -> int:
        async with desk.site.sessions() as session:
            return await session.scalar(select(func.count()).select_from(AuditEntry)) or 0

    before = await entries()
    for path in ("/queue", f"/tickets/{number}", "/me", "/canned", "/search?text=a"):
        ok(await page.get(path))
    assert await entries() == before

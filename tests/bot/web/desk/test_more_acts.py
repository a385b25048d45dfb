"""Beside answering on the page: muting, ready answers, incidents, reports, what was not read."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import GetMe
from aiohttp.test_utils import TestServer
from openpyxl import load_workbook

from bot.web.app import create_web
from domain.actor import Actor
from domain.support.views import Edited
from tests.bot.web.conftest import Answered
from tests.bot.web.desk.conftest import DeskWeb, Web
from tests.bot.web.desk.test_acts import ok
from tests.domain.support.desk import again


@pytest.fixture
async def operator(desk: DeskWeb) -> Actor:
    return await desk.operator("Мұрат")


@pytest.fixture
async def page(desk: DeskWeb, operator: Actor) -> Web:
    return await desk.page_of(operator)


@pytest.fixture
async def user(desk: DeskWeb) -> Actor:
    return await desk.user("kk")


@pytest.fixture
async def number(desk: DeskWeb, user: Actor) -> int:
    return await desk.asked(user, "Тапсырыс ашылмайды")


def refused(answered: Answered) -> tuple[int, object]:
    return answered.status, answered["code"]


async def test_what_was_not_read_stops_an_answer_and_nothing_is_sent(
    desk: DeskWeb, page: Web, operator: Actor, number: int
) -> None:
    path, other = f"/tickets/{number}", await desk.operator("Дана")
    seen = ok(await page.get(path))["seen"]
    await desk.support.answer(again(other), number, "Уже ответила")
    for act in ("answer", "documents"):
        answered = await page.act(f"{path}/{act}", {"text": "То же самое", "seen": seen})
        assert refused(answered) == (409, "ticket_moved_on")
    closing = {"result": "answered", "text": "То же самое", "seen": seen}
    assert refused(await page.act(f"{path}/close", closing)) == (409, "ticket_moved_on")
    assert "То же самое" not in str((await desk.seen(operator, number)).messages)
    # A note goes to nobody, so nothing stands in its way.
    ok(await page.act(f"{path}/note", {"text": "вижу", "seen": seen}))
    seen = ok(await page.get(path))["seen"]
    assert ok(await page.act(f"{path}/answer", {"text": "И от меня", "seen": seen}))["number"]


async def test_a_user_is_muted_with_reason_and_term_and_let_write_again(
    desk: DeskWeb, page: Web, user: Actor, number: int
) -> None:
    path = f"/tickets/{number}"
    assert ok(await page.get(path))["muted"] is None
    view = ok(await page.act(f"{path}/mute", {"reason": "брань <b>", "days": 1}))
    assert view["muted.reason"] == "брань <b>"
    assert str(view["muted.until_text"]).startswith("21 ноября 2026")
    assert ok(await page.get("/muted"))["muted.0.person"] == user.person_id
    assert await desk.told(user, "support.muted")
    left = ok(await page.act(f"/muted/{user.person_id}/lift"))
    assert left["muted"] == []
    assert ok(await page.get(path))["muted"] is None
    assert refused(await page.act(f"/muted/{user.person_id}/lift")) == (409, "not_muted")


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"reason": "", "days": 1}, (422, "text_missing")),
        ({"reason": "брань", "days": 31}, (422, "mute_range")),
        ({"reason": "брань", "days": 0}, (400, "invalid_request")),
        ({"reason": "брань"}, (400, "invalid_request")),
    ],
)
async def test_a_mute_needs_reason_and_term(
    page: Web, number: int, values: object, wanted: tuple[int, str]
) -> None:
    assert refused(await page.act(f"/tickets/{number}/mute", values)) == wanted


async def test_whoever_called_from_outside_cannot_be_muted(page: Web) -> None:
    call = {
        "name": "Ерлан", "phone": "+77011234567", "at": "2026-11-20T09:30", "text": "Не видит",
    }  # fmt: skip
    made = ok(await page.act("/calls", call))
    assert made["may_mute"] is False
    answered = await page.act(f"/tickets/{made['number']}/mute", {"reason": "брань", "days": 1})
    assert refused(answered) == (409, "mute_outsider")
    assert refused(await page.act("/muted/x/lift")) == (404, "person_unknown")


async def test_an_administrator_keeps_the_ready_answers(desk: DeskWeb, page: Web) -> None:
    lead = await desk.page_of(await desk.admin())
    assert ok(await lead.get("/me"))["lead"] is True
    given = {"title": "Обновить", "kk": "Бетті <жаңартыңыз>.", "ru": "Обновите & войдите."}
    assert refused(await page.act("/canned", given)) == (403, "role_not_allowed")
    added = ok(await lead.act("/canned", given))
    assert added["canned.0.kk"] == "Бетті <жаңартыңыз>."
    assert refused(await lead.act("/canned", {**given, "kk": " "})) == (422, "text_missing")
    removing = f"/canned/{added['canned.0.id']}/remove"
    assert refused(await page.act(removing)) == (403, "role_not_allowed")
    assert ok(await lead.act(removing))["canned"] == []
    for where in (removing, "/canned/x/remove"):
        assert refused(await lead.act(where)) == (404, "canned_unknown")


async def test_an_incident_is_made_of_a_ticket_and_joined_by_another(
    desk: DeskWeb, page: Web, user: Actor, number: int
) -> None:
    form = ok(await page.get(f"/tickets/{number}/incident"))
    assert form["text"] == "Тапсырыс ашылмайды"
    assert form["incidents"] == []
    values = {"text": form["text"], "at": form["at"], "contacts": form["contacts"]}
    view = ok(await page.act(f"/tickets/{number}/incident", values))
    incident = view["incident"]
    assert view["incident_text"] == "Анализируется"
    (report,) = await desk.services.incidents.reports(await desk.admin(), int(str(incident)))
    assert (report.ticket, report.person_id) == (number, user.person_id)
    assert await desk.told(user, "incident.received")

    other = await desk.asked(await desk.user("ru", "Ерлан"), "Тапсырыс ашылмайды ғой")
    form = ok(await page.get(f"/tickets/{other}/incident"))
    assert (form["alike"], form["incidents.0.number"]) == (1, incident)
    joined = {**values, "incident": incident, "contacts": "+7 701 123 45 67"}
    assert ok(await page.act(f"/tickets/{other}/incident", joined))["incident"] == incident
    listed = ok(await page.get("/incidents?open=true"))
    assert (listed["incidents.0.number"], listed["incidents.0.reports"]) == (incident, 2)
    assert listed["older"] is None
    one = ok(await page.get(f"/incidents/{incident}"))
    assert one["state"] == "analysing"
    assert "Тапсырыс ашылмайды" in str(one["body"])
    told = ok(await page.get(f"/incidents/{incident}/told"))
    shown = str(await desk.services.receipts.told(await desk.admin(), f"incident:{incident}"))
    assert "incident.received" in shown
    assert told["told.0"]
    assert told["older"] is None


async def test_a_wrong_incident_is_refused(page: Web, number: int) -> None:
    path = f"/tickets/{number}/incident"
    values = {"text": "не работает", "at": "2026-11-20T09:30", "contacts": "почта"}
    assert refused(await page.act(path, {**values, "text": " "})) == (422, "text_missing")
    assert refused(await page.act(path, {**values, "incident": 77})) == (404, "incident_unknown")
    future = {**values, "at": "2027-11-20T09:30"}
    assert refused(await page.act(path, future)) == (422, "found_in_future")
    for where in ("/incidents/77", "/incidents/x", "/incidents/77/told", "/incidents/x/told"):
        assert refused(await page.get(where)) == (404, "incident_unknown")
    assert (await page.get("/incidents?before=0")).status == 400


async def test_the_report_of_a_period_as_table_picture_and_sheets(
    desk: DeskWeb, page: Web, operator: Actor, number: int
) -> None:
    desk.clock.advance(timedelta(minutes=10))
    await desk.support.answer(again(operator), number, "Жауап")
    period = "since=2026-11-01&until=2026-11-20"
    table = ok(await page.get(f"/report?{period}"))
    assert (table["opened"], table["kept"], table["empty"]) == ("1", "1", False)
    assert table["operators.0"] == ["Мұрат", "1", "0", "10 мин", "–"]
    assert table["language"] == "ru"
    assert ok(await page.get(f"/report?{period}", X_Desk_Language="kk"))["language"] == "kk"
    assert ok(await page.get(f"/report.png?{period}")).raw.startswith(b"\x89PNG")
    for path in ("/report.xlsx", "/journal.xlsx"):
        sheet = ok(await page.get(f"{path}?{period}"))
        assert sheet.headers["Content-Disposition"] == "attachment"
        assert load_workbook(io.BytesIO(sheet.raw)).worksheets


@pytest.mark.parametrize(
    ("period", "wanted"),
    [
        ("since=2026-11-20&until=2026-11-01", (422, "period_range")),
        ("since=2016-11-20&until=2026-11-01", (422, "period_range")),
        ("since=2026-11-20&until=9999-12-31", (422, "period_range")),
        ("since=2026-11-20", (400, "invalid_request")),
        ("since=вчера&until=сегодня", (400, "invalid_request")),
    ],
)
async def test_a_wrong_period_is_refused(page: Web, period: str, wanted: tuple[int, str]) -> None:
    for path in ("/report", "/journal.xlsx"):
        assert refused(await page.get(f"{path}?{period}")) == wanted


@pytest.mark.parametrize(
    ("act", "values"),
    [
        ("assign", {"person": 10**30}),
        ("assign", {"person": 2**63}),
        ("answer", {"text": "x", "seen": 2**31}),
        ("answer", {"text": "x", "seen": -1}),
        ("close", {"result": "answered", "seen": 10**30}),
        ("incident", {"text": "x", "contacts": "x", "at": "0001-01-01T00:00"}),
        ("incident", {"text": "x", "contacts": "x", "at": "x"}),
        ("incident", {"text": "x", "contacts": "x", "at": "2026-11-20T09:30", "incident": 2**63}),
    ],
)
async def test_what_cannot_be_is_no_fault_of_ours(
    page: Web, number: int, act: str, values: object
) -> None:
    assert refused(await page.act(f"/tickets/{number}/{act}", values)) == (400, "invalid_request")


async def test_a_file_does_not_hide_its_end(page: Web, number: int) -> None:
    sent = ("../фото\u202egpj.exe", "image/jpeg", b"MZ")
    view = ok(await page.send(f"/tickets/{number}/note", {"text": ""}, sent))
    file = next(file for each in view.json["messages"] for file in each["files"])  # type: ignore[attr-defined]  # a list of messages
    assert file["name"] == "фотоgpj.exe"
    answered = await page.get(str(file["url"]))
    assert answered.headers["Content-Disposition"].endswith("gpj.exe")


async def said(desk: DeskWeb, operator: Actor, number: int) -> dict[str, int]:
    """Ids of the messages by their texts."""
    view = await desk.seen(operator, number)
    return {each.text: each.id for each in view.messages if each.author != "system"}


async def test_own_answers_and_notes_are_said_in_other_words(
    desk: DeskWeb, page: Web, operator: Actor, number: int
) -> None:
    path = f"/tickets/{number}"
    ok(await page.act(f"{path}/note", {"text": "замтка"}))
    view = ok(await page.act(f"{path}/answer", {"text": "Отвт"}))
    editable = [each["editable"] for each in view.json["messages"] if each["author"] != "system"]  # type: ignore[attr-defined]  # a list of messages
    assert editable == [False, True, True]
    ids = await said(desk, operator, number)
    for old, new in (("замтка", "заметка"), ("Отвт", "Ответ <b>")):
        ok(await page.act(f"{path}/messages/{ids[old]}", {"text": new}))
    assert set(await said(desk, operator, number)) == {
        "Тапсырыс ашылмайды", "заметка", "Ответ &lt;b&gt;"
    }  # fmt: skip
    empty = await page.act(f"{path}/messages/{ids['Отвт']}", {"text": " "})
    assert refused(empty) == (422, "message_empty")


async def test_the_words_of_others_stay_theirs(
    desk: DeskWeb, page: Web, operator: Actor, user: Actor, number: int
) -> None:
    other = await desk.operator("Дана")
    await desk.support.answer(again(other), number, "Чужой ответ")
    ids = await said(desk, operator, number)
    elsewhere = await desk.asked(user, "Другое обращение")
    await desk.support.note(again(operator), elsewhere, "моя заметка")
    own = (await said(desk, operator, elsewhere))["моя заметка"]
    for message in (ids["Тапсырыс ашылмайды"], ids["Чужой ответ"], own, 10**6, 10**30, "x"):
        answered = await page.act(f"/tickets/{number}/messages/{message}", {"text": "подмена"})
        assert refused(answered) == (404, "ticket_unknown"), message


async def test_an_edit_is_kept_and_followed_again_when_telegram_was_away(
    desk: DeskWeb, page: Web, operator: Actor, number: int
) -> None:
    followed: list[str] = []

    async def follow(_: Actor, done: Edited) -> None:
        if not followed:
            followed.append("away")
            raise TelegramNetworkError(GetMe(), "away")
        followed.append(done.text)

    ok(await page.act(f"/tickets/{number}/answer", {"text": "Отвт"}))
    path = f"/tickets/{number}/messages/{(await said(desk, operator, number))['Отвт']}"
    server = TestServer(create_web(desk.services, follow=follow))
    await server.start_server()
    page.url = str(server.make_url("")).rstrip("/")
    assert refused(await page.act(path, {"text": "Ответ"})) == (503, "copy_not_followed")
    assert "Ответ" in await said(desk, operator, number)
    ok(await page.act(path, {"text": "Ответ"}))
    assert followed == ["away", "Ответ"]
    await server.close()

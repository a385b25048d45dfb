"""Requests to support over HTTP: asked, continued, objected to, rated; files; the promise."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from domain.clock import ManualClock
from domain.integrations.model import IdempotentRequest
from domain.roles import Role
from domain.services import Services
from domain.support.views import NewFile
from domain.work import Site
from tests.bot.web.conftest import Answered, Api, MakeToken
from tests.bot.web.story import CUSTOMER, FIRST, companies, problem, published
from tests.support.factories import again, make_person

AUDIO = b"OggS voice"
# "https://" and a tag: plain text comes back as it was sent.
TEXT = "Не открывается заказ <15> & сбой"


async def asked(api: Api, **given: object) -> Answered:
    made = await api.post("/tickets", {"text": TEXT, **given})
    assert made.status == 201, made.raw
    return made


async def kept(api: Api, content: bytes, kind: str, name: str) -> str:
    made = await api.call("POST", f"/files?name={name}", raw=content, Content_Type=kind)
    return str(made["file"])


@pytest.mark.clause("366-19.1")
async def test_a_request_gets_its_number_and_promise(api: Api) -> None:
    await companies(api, FIRST)
    made = await asked(api, bin=CUSTOMER)
    # Friday, 10:00: operators are there.
    assert made["promise"] == {
        "open": True,
        "due_at": "2026-11-20T18:30:00+05:00",
        "clause": "366-19.1",
    }
    assert (made["state"], made["channel"], made["regime"]) == ("open", "api", "366")
    assert made["company_ru"] == "ТОО «Генподряд»"
    assert made["subject"] == TEXT
    messages = made["messages"]
    assert isinstance(messages, list)
    assert [(each["author"], each["text"]) for each in messages if each["text"]] == [("user", TEXT)]
    assert [each["kind"] for each in messages if each["author"] == "system"] == ["opened"]
    assert (await api.get(f"/tickets/{made['number']}")).json == made.json


async def test_a_request_names_who_asked_and_how_to_reach_them(
    api: Api, services: Services
) -> None:
    who = {"name": "Айгүл Серікқызы", "address": "aigul@example.kz", "language": "kk"}
    made = await asked(api, **who)
    assert made["name"] == who["name"]
    operator = await make_person(services.site, role=Role.SUPPORT)
    seen = await services.support.ticket(again(operator), int(str(made["number"])))
    assert (seen.address, seen.line.language) == (who["address"], "kk")
    assert (await api.post("/tickets", {"text": TEXT, "language": "en"})).status == 400


async def test_an_address_is_kept_so_that_a_letter_from_it_goes_on_in_the_request(
    api: Api, services: Services
) -> None:
    made = await asked(api, address="  Aigul@Example.KZ ")
    number = int(str(made["number"]))
    taken = await services.support.email_in(
        "aigul@example.kz", "", f"[#{number}]", "Ещё", message_id="<1@example.kz>"
    )
    assert (taken.number, taken.new) == (number, False)
    phoned = await asked(api, address="8 (701) 555-00-01", channel="phone")
    operator = await make_person(services.site, role=Role.SUPPORT)
    seen = await services.support.ticket(again(operator), int(str(phoned["number"])))
    assert seen.address == "+77015550001"
    for wrong, code in (("aigul@", "email_invalid"), ("at the gate", "phone_invalid")):
        problem(await api.post("/tickets", {"text": TEXT, "address": wrong}), 422, code)


@pytest.mark.clause("366-19.2")
async def test_a_voice_left_at_night_is_promised_the_next_working_day(
    api: Api, clock: ManualClock
) -> None:
    clock.set(clock.now().replace(hour=13, minute=31))  # Friday 18:31 in Astana
    voice = await kept(api, AUDIO, "audio/ogg", "voice.ogg")
    made = await asked(api, text="", files=[voice], channel="voice")
    assert made["promise.open"] is False
    assert made["promise.due_at"] == "2026-11-23T18:30:00+05:00"
    assert made["promise.clause"] == "366-19.2"
    messages = made["messages"]
    assert isinstance(messages, list)
    (file,) = messages[0]["files"]
    assert (file["kind"], file["state"], file["size"]) == ("voice", "stored", len(AUDIO))
    assert file["recording"] is not None


async def test_a_request_names_an_order_and_a_regime(api: Api) -> None:
    number = await published(api, FIRST)
    made = await asked(api, order=number, regime="627", subject="Заказ")
    assert (made["order"], made["regime"], made["subject"]) == (number, "627", "Заказ")
    assert made["promise.clause"] == "627-15"


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"text": " "}, 422, "message_empty"),
        ({"text": None}, 422, "message_empty"),
        ({"bin": "050140000657"}, 422, "bin_check_digit"),
        ({"bin": FIRST}, 404, "company_unknown"),
        ({"order": 404}, 404, "order_unknown"),
        ({"regime": "999"}, 422, "regime_unknown"),
        ({"channel": "pigeon"}, 400, "invalid_request"),
        ({"files": ["f" * 64]}, 404, "file_unknown"),
        ({"text": "x" * 16_001}, 422, "text_too_long"),
        ({"order": 10**30}, 404, "order_unknown"),
    ],
)
async def test_a_request_that_cannot_be_taken(
    api: Api, given: dict[str, object], status: int, code: str
) -> None:
    problem(await api.post("/tickets", {"text": TEXT, **given}), status, code)
    assert (await api.get("/tickets"))["items"] == []


async def test_the_same_request_twice_is_one_ticket(
    api: Api, site: Site, services: Services
) -> None:
    first = await api.post("/tickets", {"text": TEXT}, key="t-1")
    repeated = await api.post("/tickets", {"text": TEXT}, key="t-1")
    assert (repeated.status, repeated.raw) == (201, first.raw)
    assert repeated.headers["Idempotency-Replayed"] == "true"
    other = await api.post("/tickets", {"text": "Другое"}, key="t-1")
    problem(other, 409, "idempotency_key_reused")
    # The key keeps nothing of what was said: a repeat shows the request as it stands.
    async with site.sessions() as session:
        assert list(await session.scalars(select(IdempotentRequest.body))) == [None]
    operator = await make_person(site, role=Role.SUPPORT)
    number = int(str(first["number"]))
    await services.support.answer(again(operator), number, "Готово")
    later = await api.post("/tickets", {"text": TEXT}, key="t-1")
    assert (later.status, later["number"], later["state"]) == (201, number, "answered")
    for _ in range(2):
        await api.post(f"/tickets/{number}/messages", {"text": "Ещё"}, key="m-1")
    messages = (await api.get(f"/tickets/{number}"))["messages"]
    assert isinstance(messages, list)
    assert [each["text"] for each in messages].count("Ещё") == 1
    items = (await api.get("/tickets"))["items"]
    assert isinstance(items, list)
    assert len(items) == 1


async def test_requests_come_in_pages_by_state_and_company(api: Api, services: Services) -> None:
    await companies(api, FIRST)
    numbers = [
        (await asked(api, bin=bin_))["number"] for bin_ in (CUSTOMER, FIRST, CUSTOMER, CUSTOMER)
    ]
    operator = await make_person(services.site, role=Role.SUPPORT)
    await services.support.answer(again(operator), int(str(numbers[0])), "Исправили")
    page = await api.get(f"/tickets?bin={CUSTOMER}&limit=2")
    assert [page["items.0.number"], page["items.1.number"]] == [numbers[3], numbers[2]]
    last = await api.get(f"/tickets?bin={CUSTOMER}&limit=2&cursor={page['next']}")
    assert (last["items.0.number"], last["next"]) == (numbers[0], None)
    assert last["items.0.company_kk"] == "ТОО «Генподряд»"
    answered = await api.get("/tickets?state=answered,closed")
    items = answered["items"]
    assert isinstance(items, list)
    assert [each["number"] for each in items] == [numbers[0]]
    found = problem(await api.get("/tickets?state=lost"), 400, "ticket_state_unknown")
    assert found["params"] == {"states": "open, working, waiting, answered, closed, merged"}
    problem(await api.get("/tickets?cursor=x"), 400, "cursor_invalid")


async def test_what_operators_say_among_themselves_stays_there(
    api: Api, services: Services
) -> None:
    number = int(str((await asked(api))["number"]))
    operator = await make_person(services.site, role=Role.SUPPORT, name="Ерлан Секретов")
    await services.support.note(again(operator), number, "Клиент скандальный")
    await services.support.answer(again(operator), number, "<b>Исправили</b> &amp; проверили")
    shown = await api.ok("GET", f"/tickets/{number}")
    assert shown["state"] == "answered"
    messages = shown["messages"]
    assert isinstance(messages, list)
    (answer,) = [each for each in messages if each["author"] == "operator"]
    assert (answer["text"], answer["name"]) == ("Исправили & проверили", "")
    assert "скандальный" not in shown.raw.decode()
    assert "Секретов" not in shown.raw.decode()
    assert "Секретов" not in (await api.get("/tickets")).raw.decode()


async def test_the_user_goes_on_objects_rates_and_calls_the_lead(
    api: Api, services: Services, clock: ManualClock
) -> None:
    number = int(str((await asked(api))["number"]))
    operator = await make_person(services.site, role=Role.SUPPORT)
    problem(await api.post(f"/tickets/{number}/rate", {"rating": 5}), 409, "ticket_unanswered")
    problem(await api.post(f"/tickets/{number}/reopen"), 409, "ticket_open")
    await services.support.answer(again(operator), number, "Готово")
    rated = await api.ok("POST", f"/tickets/{number}/rate", {"rating": "4", "word": "Быстро"})
    assert (rated["rating"], rated["rating_text"]) == (4, "Быстро")
    problem(await api.post(f"/tickets/{number}/rate", {"rating": 6}), 422, "rating_range")

    more = await api.post(f"/tickets/{number}/messages", {"text": "Снова <не> работает"})
    assert (more.status, more["state"]) == (201, "working")
    messages = more["messages"]
    assert isinstance(messages, list)
    assert "Снова <не> работает" in [each["text"] for each in messages]
    await services.support.close(again(operator), number, "answered", "Сделано")
    closed = await api.get(f"/tickets/{number}")
    assert (closed["state"], closed["result"], closed["result_text"]) == (
        "closed",
        "answered",
        "Сделано",
    )
    problem(await api.post(f"/tickets/{number}/messages", {"text": "Ещё"}), 409, "ticket_closed")
    back = await api.ok("POST", f"/tickets/{number}/reopen", {"text": "Не помогло"})
    assert (back["state"], back["closed_at"]) == ("working", None)
    await api.ok("POST", f"/tickets/{number}/escalate")
    problem(await api.post(f"/tickets/{number}/escalate"), 409, "escalation_asked")


@pytest.mark.parametrize("number", ["404", "x", "0", "9" * 30])
async def test_a_request_that_nobody_made(api: Api, number: str) -> None:
    found = problem(await api.get(f"/tickets/{number}"), 404, "ticket_unknown")
    assert found["params"] != {}
    for act in ("messages", "reopen", "escalate"):
        answered = await api.post(f"/tickets/{number}/{act}", {"text": "Ещё"})
        problem(answered, 404, "ticket_unknown")
    problem(await api.post(f"/tickets/{number}/rate", {"rating": 5}), 404, "ticket_unknown")
    problem(await api.get(f"/tickets/{number}/files/1"), 404, "ticket_unknown")


async def test_a_token_that_only_reads_asks_nothing(api: Api, make_token: MakeToken) -> None:
    number = (await asked(api))["number"]
    reader = replace(api, token=await make_token("read"))
    assert (await reader.get(f"/tickets/{number}")).status == 200
    assert (await reader.get("/tickets")).status == 200
    problem(await reader.post("/tickets", {"text": TEXT}), 403, "scope_too_small")
    problem(await reader.post(f"/tickets/{number}/escalate"), 403, "scope_too_small")
    nobody = replace(api, token="")
    problem(await nobody.get("/tickets"), 401, "token_missing")
    problem(await nobody.get("/promise"), 401, "token_missing")


async def test_the_content_of_a_file_of_a_request(
    api: Api, services: Services, make_token: MakeToken
) -> None:
    picture = await kept(api, b"\xff\xd8\xff", "image/jpeg", "screen.jpg")
    paper = await kept(api, b"%PDF-1.7", "application/pdf", "paper.pdf")
    made = await asked(api, files=[picture, paper])
    files = made["messages.0.files"]
    assert isinstance(files, list)
    assert [each["kind"] for each in files] == ["photo", "document"]
    path = f"/tickets/{made['number']}/files"
    # Another integration may see the request, so its files, too.
    reader = replace(api, token=await make_token("read"))
    shown = await reader.get(f"{path}/{files[0]['id']}")
    assert (shown.status, shown.raw) == (200, b"\xff\xd8\xff")
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "screen.jpg" in shown.headers["Content-Disposition"]
    for unknown in ("404", "x"):
        problem(await api.get(f"{path}/{unknown}"), 404, "ticket_file_unknown")
    # Of another request.
    other = await asked(api)
    elsewhere = f"/tickets/{other['number']}/files/{files[0]['id']}"
    problem(await api.get(elsewhere), 404, "ticket_file_unknown")


async def test_a_file_that_is_still_on_its_way(api: Api, services: Services) -> None:
    user = await make_person(services.site)
    photo = NewFile("photo", "", "image/jpeg", 90_000, None, "AgACAgIAAxk")
    ticket = await services.support.open(again(user), "chat", "Снимок", [photo])
    shown = await api.ok("GET", f"/tickets/{ticket.number}")
    assert shown["messages.0.files.0.state"] == "waiting"
    path = f"/tickets/{ticket.number}/files/{shown['messages.0.files.0.id']}"
    found = problem(await api.get(path), 409, "ticket_file_not_stored")
    assert found["params"] == {"state": "waiting"}


@pytest.mark.parametrize(
    ("query", "open_", "due_at"),
    [
        ("", True, "2026-11-20T18:30:00+05:00"),
        ("?at=2026-11-20T18:29:59%2B05:00", True, "2026-11-20T18:30:00+05:00"),
        ("?at=2026-11-20T18:30:00%2B05:00&channel=voice", False, "2026-11-23T18:30:00+05:00"),
        ("?at=2026-11-23T08:59:59+05:00&kind=voice", False, "2026-11-23T18:30:00+05:00"),
        ("?at=2026-11-20T13:00:00Z&regime=627", True, "2026-11-20T18:30:00+05:00"),
        ("?at=2026-11-20T13:00:00%2B05:00&regime=627", False, "2026-11-20T18:30:00+05:00"),
    ],
)
async def test_the_promise_of_a_moment(api: Api, query: str, open_: bool, due_at: str) -> None:
    made = await api.ok("GET", f"/promise{query}")
    assert (made["open"], made["due_at"]) == (open_, due_at)
    days = made["days"]
    assert isinstance(days, list)
    assert days[-1]["date"] == due_at[:10]
    assert {"at", "regime", "open", "due_at", "days", "clause", "calendar"} == made.json.keys()


async def test_a_promise_that_cannot_be_counted(api: Api) -> None:
    problem(await api.get("/promise?at=2026-11-20T18:30:00"), 400, "invalid_request")
    problem(await api.get("/promise?channel=pigeon"), 400, "invalid_request")
    problem(await api.get("/promise?regime=1"), 422, "regime_unknown")

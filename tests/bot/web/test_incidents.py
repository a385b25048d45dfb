"""Faults over HTTP: reported, confirmed, agreed, previewed, applied, mended, closed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.clock import ManualClock
from domain.roles import Role
from domain.services import Services
from tests.bot.web.conftest import Api, MakeToken
from tests.bot.web.story import CUSTOMER, FIRST, companies, problem, published
from tests.domain.stage import moment
from tests.support.factories import again, make_person

FOUND = "2026-11-20T09:30:00+05:00"
REPORT = {
    "text": "Не открывается страница подачи ценового предложения",
    "found_at": FOUND,
    "contacts": "+7 701 000 00 00",
}
FACT = {
    "facts": "Сервер не отвечал с 11:00 до 13:00",
    "began_at": "2026-11-24T11:00:00+05:00",
    "mended_at": "2026-11-24T13:00:00+05:00",
    "level": "high",
}


async def agreed(services: Services, number: int) -> None:
    authority = await make_person(services.site, role=Role.AUTHORITY)
    await services.incidents.agree_level(again(authority), number)


@pytest.mark.clause("366-25")
async def test_a_report_opens_an_incident_and_others_join_it(api: Api, clock: ManualClock) -> None:
    screen = (await api.call("POST", "/files?name=a.png", raw=b"png", Content_Type="image/png"))[
        "file"
    ]
    ticket = (await api.post("/tickets", {"text": "Сбой"}))["number"]
    taken = await api.post("/incidents/reports", {**REPORT, "files": [screen], "ticket": ticket})
    assert taken.status == 201
    assert (taken["late"], taken["joined"], taken["regime"]) == (False, False, "366")
    # Found on Friday: Monday, Tuesday and Wednesday count.
    assert taken["reported_by"] == "2026-11-26T00:00:00+05:00"
    number = taken["incident"]
    assert (await api.get(f"/tickets/{ticket}"))["incident"] == number

    clock.set(moment("11-26 00:00"))
    late = await api.post("/incidents/reports", {**REPORT, "incident": number})
    assert (late["incident"], late["late"], late["joined"]) == (number, True, True)
    shown = await api.ok("GET", f"/incidents/{number}")
    assert (shown["state"], shown["reports"], shown["late_reports"]) == ("analysing", 2, 1)
    reports = await api.ok("GET", f"/incidents/{number}/reports")
    assert reports["items.0.files.0.file"] == screen
    assert (reports["items.0.ticket"], reports["items.1.late"]) == (ticket, True)

    assert reports["items.0.company_ru"] == ""
    await companies(api, FIRST)
    theirs = await api.post("/incidents/reports", {**REPORT, "incident": number, "bin": CUSTOMER})
    assert theirs.status == 201
    reports = await api.ok("GET", f"/incidents/{number}/reports")
    assert reports["items.2.company_ru"] == "ТОО «Генподряд»"
    problem(
        await api.post("/incidents/reports", {**REPORT, "bin": "081140000436"}),
        404,
        "company_unknown",
    )

    journal = await api.ok("GET", "/incidents/journal?since=2026-11-01&until=2026-11-26")
    items = journal["items"]
    assert isinstance(items, list)
    assert [(each["ticket"], each["outcome"], each["channel"]) for each in items] == [
        (ticket, "analysing", "api")
    ]
    problem(await api.get("/incidents/journal?since=2026-11-01"), 400, "invalid_request")


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"text": ""}, 422, "text_missing"),
        ({"contacts": None}, 422, "text_missing"),
        ({"found_at": "2026-11-20T10:00:01+05:00"}, 422, "found_in_future"),
        ({"found_at": "вчера"}, 400, "invalid_request"),
        ({"incident": 404}, 404, "incident_unknown"),
        ({"ticket": 404}, 404, "ticket_unknown"),
        ({"regime": "1"}, 422, "regime_unknown"),
        ({"files": ["f" * 64]}, 404, "file_unknown"),
    ],
)
async def test_a_report_that_cannot_be_taken(
    api: Api, given: dict[str, object], status: int, code: str
) -> None:
    problem(await api.post("/incidents/reports", {**REPORT, **given}), status, code)
    assert (await api.get("/incidents"))["items"] == []


@pytest.mark.clause("366-29.3")
async def test_a_fault_moves_the_deadlines_that_its_preview_shows(
    api: Api, services: Services, clock: ManualClock
) -> None:
    order = await published(api, FIRST)
    clock.set(moment("11-24 15:00"))
    made = await api.post(
        "/incidents", {"title": "Подача предложений", "began_at": FACT["began_at"]}
    )
    assert (made.status, made["state"], made["source"]) == (201, "analysing", "operator")
    number = int(str(made["number"]))
    path = f"/incidents/{number}"
    early = problem(await api.get(f"{path}/effects/preview"), 409, "incident_state")
    assert early["params"] == {"number": number, "state": "analysing"}

    confirmed = await api.ok("POST", f"{path}/confirm", FACT)
    assert (confirmed["state"], confirmed["level"], confirmed["level_state"]) == (
        "confirmed",
        "high",
        "proposed",
    )
    shown = await api.ok("GET", f"{path}/effects/preview")
    assert (shown["changes"], shown["total"], shown["next"]) == (1, 1, None)
    effect = shown["items.0"]
    assert isinstance(effect, dict)
    assert {name: effect[name] for name in ("what", "kind", "order", "old", "new", "clause")} == {
        "what": "moved",
        "kind": "offer_window",
        "order": order,
        "old": "2026-11-25T00:00:00+05:00",
        "new": "2026-11-26T00:00:00+05:00",
        "clause": "366-29.3",
    }
    expected = {"digest": shown["digest"]}
    problem(await api.post(f"{path}/apply", expected), 409, "level_not_agreed")
    await agreed(services, number)
    problem(await api.post(f"{path}/apply", {"digest": "0" * 16}), 409, "effects_changed")

    problem(await api.post(f"{path}/close"), 409, "effects_not_applied")
    problem(await api.post(f"{path}/refutation-told"), 409, "incident_nothing_due")
    problem(await api.post(f"{path}/owner-told"), 409, "incident_nothing_due")
    early = {"number": "17-С", "date": "2026-11-23"}
    problem(await api.post(f"{path}/act", early), 422, "act_date_wrong")
    entered = await api.ok("POST", f"{path}/act", {"number": "17-С", "date": "2026-11-24"})
    assert (entered["act_number"], entered["act_date"]) == ("17-С", "2026-11-24")
    done = await api.post(f"{path}/apply", expected, key="apply-1")
    assert (done.status, done["moved"], done["round"], done["waiting"]) == (200, 1, 1, 0)
    assert (await api.post(f"{path}/apply", expected, key="apply-1")).raw == done.raw
    window = (await api.get(f"/orders/{order}"))["deadlines"]
    assert isinstance(window, list)
    (open_,) = [each for each in window if each["state"] == "open"]
    assert open_["due_at"] == "2026-11-26T00:00:00+05:00"
    assert open_["receipt"]["extensions"][0]["cause"] == f"incident:{number}"
    listed = await api.ok("GET", f"{path}/effects")
    assert (listed["items.0.new"], listed["next"]) == ("2026-11-26T00:00:00+05:00", None)

    closed = await api.ok("POST", f"{path}/close")
    assert closed["state"] == "closed"
    problem(await api.post(f"{path}/reopen"), 422, "text_missing")
    again_ = await api.ok("POST", f"{path}/reopen", {"reason": "Снова сбой"})
    assert (again_["state"], again_["round"]) == ("analysing", 1)


@pytest.mark.clause("366-26")
@pytest.mark.clause("366-28")
async def test_a_caller_is_told_of_the_refutation_by_somebody(api: Api) -> None:
    given = {
        "text": "Не открывается страница",
        "found_at": "2026-11-20T09:30:00+05:00",
        "contacts": "звонить днём",
        "name": "Болат Ахметов",
        "phone": "8 701 555 00 99",
    }
    problem(await api.post("/incidents/reports", given | {"phone": "12"}), 422, "phone_invalid")
    number = (await api.post("/incidents/reports", given))["incident"]
    told = await api.ok("GET", f"/incidents/{number}/reports")
    assert (told["items.0.name"], told["items.0.phone"]) == ("Болат Ахметов", "+77015550099")
    refuted = await api.ok("POST", f"/incidents/{number}/refute", {"facts": "Сбоя нет"})
    assert "incident.refutation" in str(refuted["deadlines"])
    done = await api.ok("POST", f"/incidents/{number}/refutation-told")
    assert done["deadlines"] == {}


async def test_texts_are_taken_and_shown_in_both_languages(api: Api, clock: ManualClock) -> None:
    kazakh = replace(api, language="kk")
    made = await api.post(
        "/incidents",
        {"title_kk": "Іркіліс", "title_ru": "Сбой", "began_at": "2026-11-20T09:00:00+05:00"},
    )
    number = made["number"]
    assert (made["title"], made["title_kk"], made["title_ru"]) == ("Сбой", "Іркіліс", "Сбой")
    assert (await kazakh.get(f"/incidents/{number}"))["title"] == "Іркіліс"
    refuted = await kazakh.ok("POST", f"/incidents/{number}/refute", {"facts": "Сбоя нет"})
    assert (refuted["facts"], refuted["facts_kk"], refuted["facts_ru"]) == (
        "Сбоя нет",
        "",
        "Сбоя нет",
    )
    problem(await api.post(f"/incidents/{number}/reopen", {"reason_kk": " "}), 422, "text_missing")
    reopened = await api.ok("POST", f"/incidents/{number}/reopen", {"reason_kk": "Қайталанды"})
    assert reopened["state"] == "analysing"


async def test_one_fault_reported_twice_becomes_one_incident(api: Api) -> None:
    first = (await api.post("/incidents/reports", REPORT))["incident"]
    second = (await api.post("/incidents/reports", {**REPORT, "text": "Ещё"}))["incident"]
    joined = await api.ok("POST", f"/incidents/{second}/join", {"into": first})
    assert (joined["number"], joined["reports"]) == (first, 2)
    assert (await api.get(f"/incidents/{second}"))["joined_into"] == first
    problem(await api.post(f"/incidents/{first}/join", {"into": first}), 409, "incident_itself")
    problem(await api.post(f"/incidents/{first}/join", {"into": 404}), 404, "incident_unknown")


async def test_reports_come_in_pages(api: Api) -> None:
    number = (await api.post("/incidents/reports", REPORT))["incident"]
    await api.post("/incidents/reports", {**REPORT, "text": "Ещё", "incident": number})
    first = await api.get(f"/incidents/{number}/reports?limit=1")
    assert (first["items.0.text"], first["next"] is None) == (REPORT["text"], False)
    second = await api.get(f"/incidents/{number}/reports?limit=1&cursor={first['next']}")
    assert (second["items.0.text"], second["next"]) == ("Ещё", None)


async def test_a_preview_comes_in_pages_with_one_digest(
    api: Api, services: Services, clock: ManualClock
) -> None:
    orders = [await published(api, FIRST) for _ in range(3)]
    clock.set(moment("11-24 15:00"))
    number = (await api.post("/incidents", {"title": "Сбой", "began_at": FACT["began_at"]}))[
        "number"
    ]
    await api.ok("POST", f"/incidents/{number}/confirm", FACT)
    path = f"/incidents/{number}/effects/preview?limit=2"
    first = await api.ok("GET", path)
    last = await api.ok("GET", f"{path}&cursor={first['next']}")
    assert (first["total"], last["total"], last["next"]) == (3, 3, None)
    assert first["digest"] == last["digest"]
    items = [*_items(first["items"]), *_items(last["items"])]
    assert [each["order"] for each in items] == orders


def _items(value: object) -> list[dict[str, object]]:
    assert isinstance(value, list)
    return value


async def test_a_report_that_turns_out_wrong_is_refuted(api: Api) -> None:
    number = (await api.post("/incidents/reports", REPORT))["incident"]
    problem(await api.post(f"/incidents/{number}/refute"), 422, "text_missing")
    done = await api.ok("POST", f"/incidents/{number}/refute", {"facts": "Журнал чист"})
    assert (done["state"], done["facts"]) == ("refuted", "Журнал чист")
    problem(await api.post(f"/incidents/{number}/confirm", FACT), 409, "incident_state")
    listed = await api.ok("GET", "/incidents?state=refuted")
    assert listed["items.0.number"] == number
    assert (await api.get("/incidents?state=analysing,confirmed"))["items"] == []
    problem(await api.get("/incidents?state=odd"), 400, "incident_state_unknown")


async def test_a_lasting_fault_is_planned_ranked_and_mended(
    api: Api, services: Services, clock: ManualClock
) -> None:
    clock.set(moment("11-24 15:00"))
    number = (await api.post("/incidents", {"title": "Сбой", "began_at": FACT["began_at"]}))[
        "number"
    ]
    path = f"/incidents/{number}"
    scope = {"kind": "module", "modules": ["offers"]}
    wrong = {**FACT, "mended_at": None, "scope": scope}
    found = problem(await api.post(f"{path}/confirm", wrong), 422, "level_not_by_definition")
    assert found["clause"] == "366-23.1"
    lasting = {**wrong, "level": "medium", "title": "Подача предложений недоступна"}
    shown = await api.ok("POST", f"{path}/confirm", lasting)
    assert shown["scope"] == {"kind": "module", "modules": ["offers"], "orders": []}
    planned = {"planned_mending_at": "2026-11-24T18:00:00+05:00"}
    assert (await api.ok("POST", f"{path}/plan-mending", planned))["planned_mending_at"] == (
        planned["planned_mending_at"]
    )
    low = await api.ok("POST", f"{path}/level", {"level": "low", "note": "Один заказ"})
    assert (low["level"], low["level_state"], low["level_note"]) == (
        "low",
        "proposed",
        "Один заказ",
    )
    problem(await api.post(f"{path}/close"), 409, "incident_not_mended")
    clock.set(moment("11-24 17:00"))
    mended = {"mended_at": "2026-11-24T16:59:00+05:00", "measures": "Перезапуск"}
    assert (await api.ok("POST", f"{path}/mend", mended))["incident"] == number
    assert (await api.get(path))["measures"] == "Перезапуск"


@pytest.mark.clause("627-20")
async def test_windows_are_held_while_a_fault_is_analysed(api: Api, clock: ManualClock) -> None:
    order = await published(api, FIRST)
    clock.set(moment("11-24 15:00"))
    fault = {"title": "Сбой", "began_at": FACT["began_at"], "regime": "627"}
    number = (await api.post("/incidents", fault))["number"]
    scope = {"kind": "orders", "orders": [order]}
    held = await api.ok("POST", f"/incidents/{number}/hold", scope)
    assert held.json == {"incident": number, "held": 1}
    other = (await api.post("/incidents", {**fault, "regime": "366"}))["number"]
    problem(await api.post(f"/incidents/{other}/hold", scope), 409, "no_hold")


@pytest.mark.parametrize("number", ["404", "x", "0", "9" * 30])
async def test_an_incident_that_nobody_opened(api: Api, number: str) -> None:
    path = f"/incidents/{number}"
    for reading in ("", "/reports", "/effects", "/effects/preview"):
        problem(await api.get(path + reading), 404, "incident_unknown")
    bodies: dict[str, object] = {
        "hold": {},
        "confirm": FACT,
        "refute": {"facts": "Нет"},
        "level": {"level": "low"},
        "apply": {"digest": ""},
        "plan-mending": {"planned_mending_at": FOUND},
        "mend": {"mended_at": FOUND, "measures": "Нет"},
        "reopen": {"reason": "Снова"},
        "close": None,
    }
    for act, body in bodies.items():
        problem(await api.post(f"{path}/{act}", body), 404, "incident_unknown")


async def test_a_token_that_only_reads_decides_nothing(api: Api, make_token: MakeToken) -> None:
    number = (await api.post("/incidents/reports", REPORT))["incident"]
    reader = replace(api, token=await make_token("read"))
    assert (await reader.get(f"/incidents/{number}")).status == 200
    problem(await reader.post("/incidents/reports", REPORT), 403, "scope_too_small")
    refusal = await reader.post(f"/incidents/{number}/refute", {"facts": "Нет"})
    problem(refusal, 403, "scope_too_small")


@pytest.mark.clause("366-29.5")
async def test_a_procedure_that_the_fault_did_not_influence_is_left(
    api: Api, services: Services, clock: ManualClock
) -> None:
    order = await published(api, FIRST)
    clock.set(moment("11-25 10:00"))
    while await services.deadlines.fire_due():
        pass
    made = await api.post("/incidents", {"title": "Сбой", "began_at": FACT["began_at"]})
    number = made["number"]
    path = f"/incidents/{number}"
    await api.ok("POST", f"{path}/confirm", FACT)
    await agreed(services, int(str(number)))
    shown = await api.ok("GET", f"{path}/effects/preview")
    assert shown["items.0.what"] == "rerun"
    why = {"orders": [order], "ground": "В это время предложений никто не подавал"}
    problem(await api.post(f"{path}/spare", why | {"orders": []}), 400, "invalid_request")
    problem(await api.post(f"{path}/spare", why | {"orders": [77]}), 409, "nothing_to_spare")
    await api.ok("POST", f"{path}/spare", why)
    assert (await api.get(f"{path}/effects/preview"))["total"] == 0
    left = await api.ok("GET", f"{path}/effects")
    assert (left["items.0.what"], left["items.0.reason"]) == ("kept", "not_influenced")
    assert (await api.get(f"/orders/{order}"))["state"] == "failed"

"""Planned works over HTTP, and how the platform is: for everybody, and on every answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.web.api.status import FRESH
from domain.clock import ManualClock
from domain.incidents.views import Scope
from domain.roles import Role
from domain.services import Services
from tests.bot.web.conftest import Api, MakeToken
from tests.bot.web.story import FIRST, problem, published
from tests.domain.stage import moment
from tests.support.factories import again, make_person

WORKS = {
    "starts_at": "2026-11-24T22:00:00+05:00",
    "ends_at": "2026-11-24T23:00:00+05:00",
    "text_kk": "Жоспарлы жұмыстар",
    "text_ru": "Плановые работы",
}
HEADER = "Tapsyrys-Status"


async def later(services: Services, clock: ManualClock, text: str) -> None:
    """Come to a moment and let the sweep bring about what is due."""
    clock.set(moment(text))
    while await services.deadlines.fire_due():
        pass


@pytest.mark.clause("627-31b")
async def test_works_are_previewed_announced_prolonged_and_finished(
    api: Api, services: Services, clock: ManualClock
) -> None:
    order = await published(api, FIRST)
    given = {**WORKS, "regime": "627"}
    shown = await api.ok("POST", "/maintenance/preview", given)
    assert (shown["items.0.order"], shown["items.0.new"]) == (order, "2026-11-26T00:00:00+05:00")
    made = await api.post("/maintenance", given)
    assert (made.status, made["state"], made["text"]) == (201, "planned", "Плановые работы")
    number = made["number"]
    assert (await api.get(f"/orders/{order}"))["deadlines.1.due_at"] == "2026-11-26T00:00:00+05:00"
    kazakh = replace(api, language="kk")
    assert (await kazakh.get(f"/maintenance/{number}"))["text"] == "Жоспарлы жұмыстар"

    await later(services, clock, "11-24 22:00")
    assert (await api.get(f"/maintenance/{number}"))["state"] == "running"
    longer = {"ends_at": "2026-11-25T00:30:00+05:00", "reason": "Диск"}
    foreseen = await api.ok("POST", "/maintenance/preview", {**given, **longer, "works": number})
    assert (foreseen["items.0.order"], foreseen["items.0.new"]) == (
        order,
        "2026-11-27T00:00:00+05:00",
    )
    prolonged = await api.ok("POST", f"/maintenance/{number}/prolong", longer)
    assert prolonged["ends_at"] == longer["ends_at"]
    problem(await api.post(f"/maintenance/{number}/cancel"), 409, "maintenance_state")
    clock.set(moment("11-24 23:30"))
    done = await api.ok("POST", f"/maintenance/{number}/finish")
    assert (done["state"], done["finished_at"]) == ("finished", "2026-11-24T23:30:00+05:00")


@pytest.mark.clause("627-31a")
async def test_works_announced_too_late_need_an_emergency(api: Api, make_token: MakeToken) -> None:
    soon = {**WORKS, "regime": "627", "starts_at": "2026-11-22T09:59:00+05:00"}
    found = problem(await api.post("/maintenance", soon), 422, "maintenance_late")
    assert found["clause"] == "627-31"
    assert found["params"] == {"latest": "2026-11-20T00:00:00+05:00"}
    made = await api.post("/maintenance", {**soon, "emergency": "Отказ диска"})
    assert (made.status, made["emergency"]) == (201, "Отказ диска")
    reader = replace(api, token=await make_token("read"))
    problem(await reader.post("/maintenance", WORKS), 403, "scope_too_small")
    assert (await reader.post("/maintenance/preview", WORKS)).status == 200


async def test_works_are_listed_and_cancelled(api: Api) -> None:
    numbers = [(await api.post("/maintenance", WORKS))["number"] for _ in range(3)]
    first = await api.ok("GET", "/maintenance?limit=2")
    last = await api.ok("GET", f"/maintenance?limit=2&cursor={first['next']}")
    assert (first["items.0.number"], last["items.0.number"]) == (numbers[2], numbers[0])
    assert last["next"] is None
    gone = await api.ok("POST", f"/maintenance/{numbers[0]}/cancel")
    assert gone["state"] == "cancelled"
    for unknown in ("404", "x"):
        problem(await api.get(f"/maintenance/{unknown}"), 404, "maintenance_unknown")
    problem(await api.post("/maintenance", {**WORKS, "text_kk": ""}), 422, "text_missing")
    upside = {**WORKS, "ends_at": WORKS["starts_at"]}
    problem(await api.post("/maintenance", upside), 422, "maintenance_interval")


async def test_everybody_may_read_how_the_platform_is(
    api: Api, services: Services, clock: ManualClock
) -> None:
    nobody = replace(api, token="", language="kk")
    calm = await nobody.ok("GET", "/status")
    assert (calm["now.state"], calm["planned"]) == ("ok", [])
    assert calm["now.modules"] == {"offers": "ok", "awards": "ok", "contracts": "ok"}
    assert calm.headers["Content-Language"] == "kk"
    assert HEADER not in calm.headers
    number = (await api.post("/maintenance", WORKS))["number"]
    clock.advance(FRESH)
    planned = await nobody.ok("GET", "/status")
    assert (planned["planned.0.number"], planned["planned.0.text"]) == (number, WORKS["text_kk"])
    assert HEADER not in planned.headers

    await later(services, clock, "11-24 22:00")
    running = await nobody.ok("GET", "/status")
    assert (running["now.state"], running["now.maintenance.0.number"]) == ("maintenance", number)
    english = await replace(nobody, language="en").get("/status")
    assert english["now.text"] == "Works are going on."
    assert english["now.text"] != running["now.text"]
    assert english["planned"] == []

    await later(services, clock, "11-24 23:00")
    over = await nobody.ok("GET", "/status")
    assert (over["now.state"], over["history.maintenance.0.number"]) == ("ok", number)


async def test_every_answer_tells_of_works_and_faults(
    api: Api, services: Services, clock: ManualClock
) -> None:
    await api.post("/maintenance", WORKS)
    await later(services, clock, "11-24 22:00")
    assert (await api.get("/orders")).headers[HEADER] == "maintenance"
    # Refusals, too, of whatever kind; what is no part of the API not.
    for path in ("/orders/404", "/nowhere"):
        assert (await api.get(path)).headers[HEADER] == "maintenance"
    assert (await replace(api, token="").get("/orders")).headers[HEADER] == "maintenance"
    assert HEADER not in (await api.get("/healthz")).headers

    operator = await make_person(services.site, role=Role.SUPPORT)
    began = moment("11-24 21:00")
    number = await services.incidents.open_by_operator(again(operator), "Сбой", began)
    scope = Scope("module", ("offers",))
    await services.incidents.confirm(again(operator), number, "Журнал", began, scope, "low")
    # Read once in some seconds, not for every answer.
    clock.advance(FRESH - timedelta(seconds=1))
    assert (await api.get("/orders")).headers[HEADER] == "maintenance"
    clock.advance(timedelta(seconds=1))
    assert (await api.get("/orders")).headers[HEADER] == "incident"
    shown = await api.ok("GET", "/status")
    assert (shown["now.incidents.0.number"], shown["now.incidents.0.title"]) == (number, "Сбой")

    await services.incidents.mend(again(operator), number, services.site.clock.now(), "Перезапуск")
    await later(services, clock, "11-24 23:30")
    assert HEADER not in (await api.get("/orders")).headers
    assert (await api.get("/status"))["history.incidents.0.measures"] == "Перезапуск"


async def test_answers_go_out_when_nobody_can_say_how_the_platform_is(
    api: Api, services: Services, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0

    async def away(_actor: object, *, orders: bool) -> None:
        nonlocal asked
        asked += 1
        raise ConnectionError("the database is away")

    monkeypatch.setattr(services.maintenance, "status", away)
    for _ in range(3):
        answered = await api.get("/orders")
        assert (answered.status, HEADER in answered.headers) == (200, False)
    # Whoever is away is not asked again at once.
    assert asked == 1
    clock.advance(FRESH)
    await api.get("/orders")
    assert asked == 2

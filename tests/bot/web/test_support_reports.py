"""The work of the desk in a period, over HTTP."""

from __future__ import annotations

from domain.clock import ManualClock
from domain.roles import Role
from domain.services import Services
from tests.bot.web.conftest import Api
from tests.bot.web.story import problem
from tests.domain.stage import moment
from tests.support.factories import again, make_person


async def test_the_desk_in_a_period(api: Api, services: Services, clock: ManualClock) -> None:
    numbers = [int(str((await api.post("/tickets", {"text": "Сбой"}))["number"])) for _ in "12"]
    await api.post("/tickets", {"text": "Другое", "regime": "627"})
    operator = await make_person(services.site, role=Role.SUPPORT, name="Ерлан")
    clock.set(moment("11-20 10:30"))
    await services.support.answer(again(operator), numbers[0], "Готово")
    await api.ok("POST", f"/tickets/{numbers[0]}/rate", {"rating": 4})
    # The other promise of that day is broken.
    clock.set(moment("11-21 00:00"))
    report = await api.ok("GET", "/support/report?since=2026-11-20&until=2026-11-21&regime=366")
    assert (report["opened"], report["kept"], report["broken"]) == (2, 1, 1)
    assert report["by_channel"] == {"api": 2}
    assert report["first_answer"] == {"count": 1, "median": 30.0, "p90": 30.0}
    assert (report["rating"], report["ratings.4"]) == (4.0, 1)
    assert (report["operators.0.name"], report["operators.0.answers"]) == ("Ерлан", 1)
    assert report["since"] == "2026-11-20T00:00:00+05:00"
    both = await api.ok("GET", "/support/report?since=2026-11-20T10:00:00%2B05:00&until=2026-11-21")
    assert both["opened"] == 3
    none = await api.ok("GET", "/support/report?since=2026-11-21&until=2026-11-22")
    assert (none["opened"], none["rating"]) == (0, None)
    problem(await api.get("/support/report?since=2026-11-21&until=2026-11-20"), 422, "period_range")
    problem(await api.get("/support/report?since=2026-11-21"), 400, "invalid_request")

"""Confirming a whole selection in one act, over HTTP (act 344, clause 13.7)."""

from __future__ import annotations

from domain.clock import ManualClock
from domain.services import Services
from tests.bot.web.conftest import Api
from tests.bot.web.story import FIRST, SECOND, companies, line, offer, order, problem
from tests.domain.stage import moment


async def test_all_lines_of_a_selection_are_confirmed_at_once(
    api: Api, services: Services, clock: ManualClock
) -> None:
    await companies(api, FIRST, SECOND)
    number = (await api.ok("POST", "/orders", order(lines=[line(), line()])))["number"]
    await api.ok("POST", f"/orders/{number}/publish")
    both = offer(FIRST)
    first = both["lines"]
    assert isinstance(first, list)
    both["lines"] = [first[0], {**first[0], "line": 2}]
    await api.ok("POST", f"/orders/{number}/offers", both)
    clock.set(moment("11-25 00:00"))
    while await services.deadlines.fire_due():
        pass
    plan = await api.ok("GET", f"/orders/{number}/plan")
    chosen = await api.ok("POST", f"/orders/{number}/awards", {"awards": plan["awards"]})
    ids = [chosen["awards.0.id"], chosen["awards.1.id"]]

    done = await api.post("/awards/confirm", {"award": ids[1]}, key="all-1")
    assert done.status == 200
    awards = done["awards"]
    assert isinstance(awards, list)
    assert {(each["id"], each["state"], each["outcome"]) for each in awards} == {
        (each, "active", "confirmed") for each in ids
    }
    again = await api.post("/awards/confirm", {"award": ids[1]}, key="all-1")
    assert again.raw == done.raw
    problem(await api.post("/awards/confirm", {"award": ids[0]}), 409, "award_decided")
    problem(await api.post("/awards/confirm", {"award": 404}), 404, "award_unknown")
    problem(await api.post("/awards/confirm", {"award": 10**30}), 404, "award_unknown")
    problem(await api.post("/awards/confirm"), 400, "invalid_request")
    assert (await api.get(f"/orders/{number}"))["state"] == "contracting"

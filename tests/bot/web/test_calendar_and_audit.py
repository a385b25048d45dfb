"""The calendar moves deadlines, and every act is on record, over the API."""

from __future__ import annotations

import itertools

import pytest

from domain.clock import ManualClock
from domain.services import Services
from tests.bot.web.conftest import Api
from tests.bot.web.story import FIRST, offer, problem, published
from tests.bot.web.test_story import past

DAY = {
    "date": "2026-11-24",
    "working": False,
    "name_kk": "Демалыс",
    "name_ru": "Выходной",
    "basis": "Приказ № 1",
}


async def test_a_receipt_of_any_term(api: Api) -> None:
    found = await api.ok("GET", "/calendar/due?from=2026-11-20T15:00:00%2B05:00&term=2wd")
    assert found["due_at"] == "2026-11-25T00:00:00+05:00"
    assert found["from"] == "2026-11-20T15:00:00+05:00"
    assert found["days.1"] == {"date": "2026-11-21", "counted": False, "reason": "weekend"}
    # A plus that was not encoded arrives as a space, and is meant all the same.
    bare = await api.ok("GET", "/calendar/due?from=2026-11-20T15:00:00+05:00&term=2wd")
    assert bare.json == found.json
    assert (await api.get("/calendar/due?term=1h"))["due_at"] == "2026-11-20T11:00:00+05:00"
    problem(await api.get("/calendar/due?term=soon"), 422, "bad_term")
    problem(await api.get("/calendar/due"), 400, "invalid_request")
    problem(await api.get("/calendar/due?term=2wd&from=2026-11-20"), 400, "invalid_request")
    problem(
        await api.get("/calendar/due?term=2wd&from=2099-01-01T00:00:00Z"), 422, "calendar_range"
    )


async def test_an_override_is_previewed_then_moves_every_deadline(api: Api) -> None:
    number = await published(api, FIRST)
    before = await api.ok("GET", "/calendar/overrides")
    assert before["overrides"] == []
    preview = await api.ok("POST", "/calendar/overrides/preview", {"overrides": [DAY]})
    assert preview["moves"] == [
        {
            "order": number,
            "subject": f"order:{number}",
            "kind": "offer_window",
            "clause": "344-13.3",
            "old_due_at": "2026-11-25T00:00:00+05:00",
            "new_due_at": "2026-11-26T00:00:00+05:00",
        }
    ]
    assert preview["calendar"] == before["calendar"]
    assert (await api.get(f"/orders/{number}"))["offers_due_at"] == "2026-11-25T00:00:00+05:00"

    wish = {"overrides": [DAY], "expected_version": preview["calendar"]}
    done = await api.ok("PUT", "/calendar/overrides", wish)
    assert (done["moves"], done["calendar"]) == (preview["moves"], preview["new_calendar"])
    assert (await api.get(f"/orders/{number}"))["offers_due_at"] == "2026-11-26T00:00:00+05:00"
    listed = await api.ok("GET", "/calendar/overrides")
    assert listed["calendar"] == preview["new_calendar"]
    assert listed["overrides.0.date"] == "2026-11-24"
    assert listed["overrides.0.working"] is False

    problem(
        await api.put("/calendar/overrides", {**wish, "overrides": []}), 409, "calendar_changed"
    )
    # The same again changes nothing; without the day it is taken back.
    same = await api.ok("PUT", "/calendar/overrides", {"overrides": [DAY]})
    assert (same["moves"], same["calendar"]) == ([], listed["calendar"])
    back = await api.ok("PUT", "/calendar/overrides", {"overrides": []})
    assert (back["overrides"], back["calendar"]) == ([], before["calendar"])
    assert back["moves.0.new_due_at"] == "2026-11-25T00:00:00+05:00"


async def test_an_override_needs_no_more_than_its_day(api: Api) -> None:
    short = [{"date": "2026-12-01", "working": False}]
    done = await api.ok("PUT", "/calendar/overrides", short)
    assert done["overrides.0.basis"] == "integration of tests"
    twice = {"overrides": [DAY, DAY]}
    problem(await api.put("/calendar/overrides", twice), 422, "override_repeated")
    wrong = {"overrides": [{"date": "24.11.2026", "working": False}]}
    problem(await api.put("/calendar/overrides", wrong), 400, "invalid_request")


@pytest.mark.clause("366-32")
async def test_every_act_is_on_record_with_a_chained_hash(api: Api) -> None:
    number = await published(api, FIRST)
    found = await api.ok("GET", f"/audit?subject=order:{number}")
    items = found["items"]
    assert isinstance(items, list)
    assert [item["action"] for item in items] == ["order.create", "order.publish"]
    assert items[0]["actor"]["kind"] == "integration"
    assert items[0]["actor"]["label"] == "integration of tests"
    assert items[0]["source"] == "api"
    assert items[0]["at"] == "2026-11-20T10:00:00+05:00"
    short = await api.ok("GET", f"/audit?subject={number}")
    assert short["items"] == items

    everything: list[dict[str, object]] = []
    path = "/audit?limit=2"
    while True:
        page = await api.ok("GET", path)
        here = page["items"]
        assert isinstance(here, list)
        everything += here
        if page["next"] is None:
            break
        path = f"/audit?limit=2&after={page['next']}"
    positions = [entry["position"] for entry in everything]
    assert positions == list(range(1, len(everything) + 1))
    for earlier, later in itertools.pairwise(everything):
        assert later["previous_hash"] == earlier["hash"]
    last = await api.ok("GET", f"/audit?after={len(everything) - 1}")
    assert last["items"] == everything[-1:]
    problem(await api.get("/audit?after=nonsense"), 400, "cursor_invalid")


async def test_the_record_does_not_open_sealed_offers(
    api: Api, services: Services, clock: ManualClock
) -> None:
    number = await published(api, FIRST)
    made = await api.ok("POST", f"/orders/{number}/offers", offer(FIRST, price="9999999"))
    subject = f"/audit?subject=offer:{made['number']}"
    sealed = await api.ok("GET", subject)
    assert (sealed["items.0.sealed"], sealed["items.0.data"]) == (True, {})
    assert FIRST.encode() not in sealed.raw
    await past(services, clock, "2026-11-25T00:00:00+05:00")
    opened = await api.ok("GET", subject)
    assert opened["items.0.data.supplier"] == FIRST
    assert opened["items.0.hash"] == sealed["items.0.hash"]

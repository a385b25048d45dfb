"""One order, its whole way, by the API alone."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from decimal import Decimal

import pytest

from domain.clock import ManualClock
from domain.services import Services
from tests.bot.web.conftest import Api
from tests.bot.web.story import (
    CUSTOMER,
    FIRST,
    PIPE,
    PUMP,
    SECOND,
    THIRD,
    companies,
    line,
    offer,
    order,
    problem,
    published,
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def past(services: Services, clock: ManualClock, instant: str) -> None:
    """Come to an instant and let the sweep bring about what is due."""
    clock.set(at(instant))
    while await services.deadlines.fire_due():
        pass


@pytest.mark.clause("366-13")
@pytest.mark.clause("344-13.4a")
async def test_from_the_registry_to_a_concluded_contract(
    api: Api, services: Services, clock: ManualClock
) -> None:
    await companies(api, FIRST, SECOND, THIRD)
    made = await api.post("/orders", order())
    assert made.status == 201
    number = made["number"]
    assert made["state"] == "draft"

    shown = await api.ok("POST", f"/orders/{number}/publish")
    assert shown["state"] == "collecting"
    assert shown["invited"] == 3
    # Published on Friday: Monday and Tuesday count, the end is exclusive.
    assert shown["offers_due_at"] == "2026-11-25T00:00:00+05:00"

    first = await api.post(f"/orders/{number}/offers", offer(FIRST))
    assert first.status == 201
    assert first["version"] == 1
    assert first["warnings"] == []
    assert first["submitted_at"] == "2026-11-20T10:00:00+05:00"
    # A part of the volume, typed as JSON numbers.
    part = await api.post(f"/orders/{number}/offers", offer(SECOND, quantity=20.5, price=100000.5))
    assert part.status == 201
    dear = await api.post(
        f"/orders/{number}/offers", offer(THIRD, price="1250000.51", delivery_days=91)
    )
    assert dear.status == 201
    assert dear["warnings"] == [
        {"line": 1, "reason": "price_above_allocated", "clause": "344-13.4"},
        {"line": 1, "reason": "delivery_beyond_limit", "clause": "344-13.4"},
    ]
    problem(await api.get(f"/orders/{number}/offers"), 409, "sealed")
    problem(await api.get(f"/orders/{number}/plan"), 409, "sealed")
    assert (await api.get(f"/orders/{number}"))["offers"] is None

    await past(services, clock, "2026-11-25T00:00:00+05:00")
    assert (await api.get(f"/orders/{number}"))["state"] == "choosing"
    listed = await api.ok("GET", f"/orders/{number}/offers")
    items = listed["items"]
    assert isinstance(items, list)
    judged = {
        item["supplier_bin"]: (item["lines"][0]["accepted"], item["lines"][0]["reason"])
        for item in items
    }
    assert judged == {
        FIRST: (True, None),
        SECOND: (True, None),
        THIRD: (False, "price_above_allocated"),
    }
    assert listed["items.1.lines.0.price"] == "100000.50"
    assert listed["items.1.lines.0.quantity"] == "20.5"

    plan = await api.ok("GET", f"/orders/{number}/plan")
    assert plan["complete"] is True
    assert plan["lines.0.uncovered"] == "0"
    chosen = await api.call("POST", f"/orders/{number}/awards", {"awards": plan["awards"]})
    assert chosen.status == 201
    awards = chosen["awards"]
    assert isinstance(awards, list)
    assert {award["supplier_bin"] for award in awards} == {FIRST, SECOND}
    assert sum(Decimal(award["quantity"]) for award in awards) == Decimal("120.5")
    assert {award["state"] for award in awards} == {"pending"}
    assert {award["due_at"] for award in awards} == {"2026-11-28T00:00:00+05:00"}

    by_bin = {award["supplier_bin"]: award["id"] for award in awards}
    confirmed = await api.ok("POST", f"/awards/{by_bin[FIRST]}/confirm")
    assert (confirmed["state"], confirmed["outcome"]) == ("active", "confirmed")
    problem(
        await api.post(f"/awards/{by_bin[FIRST]}/refuse", {"reason": "Авария"}),
        409,
        "award_decided",
    )
    silent = problem(await api.post(f"/awards/{by_bin[SECOND]}/refuse"), 422, "text_missing")
    assert silent["clause"] == "344-15.2"
    refused = await api.ok("POST", f"/awards/{by_bin[SECOND]}/refuse", {"reason": "Авария"})
    assert (refused["state"], refused["reason"]) == ("unsuccessful", "Авария")

    # What the second gave back goes to the first, who had offered all of it.
    again = await api.ok("GET", f"/orders/{number}/plan")
    more = await api.ok("POST", f"/orders/{number}/awards", {"awards": again["awards"]})
    extra = more["awards.0.id"]
    assert (await api.get(f"/awards/{extra}"))["state"] == "pending"
    await api.ok("POST", f"/awards/{extra}/confirm")
    assert (await api.get(f"/orders/{number}"))["state"] == "contracting"

    entered = await api.post(
        f"/orders/{number}/contracts",
        {"supplier_bin": FIRST, "contract_number": "П-17/2026", "signed_on": "2026-11-25"},
    )
    assert (entered.status, entered["state"]) == (201, "concluded")
    assert entered["sum"] == "1000000.00"

    done = await api.ok("GET", f"/orders/{number}")
    assert done["state"] == "done"
    assert done["contracts.0.contract_number"] == "П-17/2026"
    deadlines = done["deadlines"]
    assert isinstance(deadlines, list)
    kinds = {(each["kind"], each["state"]) for each in deadlines}
    assert ("offer_window", "fired") in kinds
    assert ("contract", "done") in kinds
    window = next(each for each in deadlines if each["kind"] == "offer_window")
    assert window["clause"] == "344-13.3"
    assert window["started_at"] == "2026-11-20T10:00:00+05:00"
    assert window["due_at"] == "2026-11-25T00:00:00+05:00"
    assert [day["counted"] for day in window["receipt"]["days"]] == [
        False,
        False,
        False,
        True,
        True,
    ]


async def test_the_protocol_is_published_with_a_hash_anybody_can_check(
    api: Api, services: Services, clock: ManualClock
) -> None:
    number = await published(api, FIRST)
    await api.ok("POST", f"/orders/{number}/offers", offer(FIRST))
    problem(await api.get(f"/orders/{number}/protocol"), 404, "no_protocol")
    await past(services, clock, "2026-11-25T00:00:00+05:00")
    choice = {"supplier_bin": FIRST, "line": 1, "quantity": "120.5"}
    chosen = await api.ok("POST", f"/orders/{number}/awards", {"awards": [choice]})
    await api.ok("POST", f"/awards/{chosen['awards.0.id']}/confirm")

    protocol = (await api.ok("GET", f"/orders/{number}/protocol")).json
    assert (protocol["number"], protocol["version"]) == (f"{number}-1", 1)
    assert protocol["winners"] == [
        {
            "bin": FIRST,
            "name_kk": "ТОО «Завод 15»",
            "name_ru": "ТОО «Завод 15»",
            "goods_name_kk": "Болат құбыр",
            "goods_name_ru": "Труба стальная",
            "quantity": "120.5",
            "unit": "м",
            "amount": "1000000.00",
        }
    ]
    hashed = {name: value for name, value in protocol.items() if name not in ("hash", "signature")}
    text = json.dumps(hashed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == protocol["hash"]

    pdf = await api.ok("GET", f"/orders/{number}/protocol.pdf")
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert pdf.raw.startswith(b"%PDF-")
    assert pdf.raw == (await api.get(f"/orders/{number}/protocol.pdf?version=1")).raw
    problem(await api.get(f"/orders/{number}/protocol?version=2"), 404, "no_protocol")
    problem(await api.get(f"/orders/{number}/protocol?version={10**30}"), 404, "no_protocol")


async def test_an_order_nobody_can_supply_fails_at_once(api: Api) -> None:
    await companies(api, FIRST)
    made = await api.ok("POST", "/orders", order(lines=[line(code=PUMP)]))
    shown = await api.ok("POST", f"/orders/{made['number']}/publish")
    assert (shown["state"], shown["invited"], shown["offers_due_at"]) == ("failed", 0, None)
    assert (await api.get(f"/orders/{made['number']}"))["failure_ground"] == "15.3"


@pytest.mark.clause("344-13.1b")
async def test_a_mixed_basket_is_refused_and_may_be_split(api: Api) -> None:
    await companies(api, FIRST)
    mixed = order(lines=[line(), line(code=PUMP), line()])
    found = problem(await api.post("/orders", mixed), 422, "order_mixed")
    assert found["clause"] == "344-13.1"
    made = await api.post("/orders", {**mixed, "split": True})
    assert made.status == 201
    numbers = made["numbers"]
    assert isinstance(numbers, list)
    assert (made["number"], len(numbers)) == (numbers[0], 2)


@pytest.mark.clause("344-3")
async def test_an_order_line_points_to_its_need_in_the_goods_list(api: Api) -> None:
    await companies(api, FIRST)
    item = {"item": "1.1", "name_ru": "Труба", "quantity": 500, "unit": "м", "code": PIPE}
    path = f"/goods-lists/{CUSTOMER}/PSD-7"
    stored = await api.ok("PUT", path, {"project_name": "Котельная", "items": [item]})
    assert (stored["added"], stored["items"]) == (1, 1)
    need = await api.ok("GET", path)
    assert need["items.0.uncovered"] == "500"

    lines = [line(goods_list_item_id=need["items.0.id"])]
    made = await api.ok("POST", "/orders", order(lines=lines))
    await api.ok("POST", f"/orders/{made['number']}/publish")
    need = await api.ok("GET", path)
    assert (need["items.0.ordered"], need["items.0.uncovered"]) == ("120.5", "379.5")
    assert (await api.get(f"/goods-lists/{CUSTOMER}"))["items.0.project_code"] == "PSD-7"

    for unknown in (10**6, 10**30):
        wrong = order(lines=[line(goods_list_item_id=unknown)])
        problem(await api.post("/orders", wrong), 404, "goods_list_item_unknown")


async def test_a_draft_is_revised_and_previewed(api: Api) -> None:
    await companies(api, FIRST, SECOND)
    made = await api.ok("POST", "/orders", order())
    revised = order(lines=[line(quantity=7)])
    await api.ok("PUT", f"/orders/{made['number']}", revised)
    assert (await api.get(f"/orders/{made['number']}"))["lines.0.quantity"] == "7"
    preview = await api.ok("GET", f"/orders/{made['number']}/preview")
    assert (preview["suppliers"], preview["by_line"]) == (2, {"1": 2})
    await api.ok("POST", f"/orders/{made['number']}/publish")
    problem(await api.put(f"/orders/{made['number']}", revised), 409, "order_not_draft")
    problem(await api.post(f"/orders/{made['number']}/publish"), 409, "order_not_draft")


async def test_an_offer_is_changed_withdrawn_and_late(api: Api, clock: ManualClock) -> None:
    number = await published(api, FIRST, SECOND)
    one = await api.ok("POST", f"/orders/{number}/offers", offer(FIRST))
    two = await api.ok("POST", f"/orders/{number}/offers", offer(FIRST, price="900000"))
    assert (two["number"], two["version"]) == (one["number"], 2)
    gone = await api.ok("POST", f"/orders/{number}/withdraw-offer", {"supplier_bin": FIRST})
    assert gone.json == {"number": one["number"], "state": "withdrawn"}
    declined = await api.ok("POST", f"/orders/{number}/decline", {"supplier_bin": SECOND})
    assert declined["declined"] is True
    uninvited = offer(CUSTOMER)
    problem(await api.post(f"/orders/{number}/offers", uninvited), 403, "not_invited")
    # At the very instant it is late, whether or not the sweep has run.
    clock.set(at("2026-11-25T00:00:00+05:00"))
    late = problem(await api.post(f"/orders/{number}/offers", offer(SECOND)), 409, "window_closed")
    assert late["clause"] == "344-13.3"
    assert late["params"] == {"due_at": "2026-11-25T00:00:00+05:00"}

"""Whatever is put into any field, the answer is never a fault of ours."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import datetime

import pytest

from domain.clock import ManualClock
from domain.services import Services
from tests.bot.web.conftest import Api
from tests.bot.web.story import (
    CUSTOMER,
    FIRST,
    PIPE,
    SECOND,
    THIRD,
    companies,
    line,
    offer,
    order,
)

ODD: tuple[object, ...] = (
    None,
    True,
    -1,
    2**64,
    10**40,
    1e-300,
    "",
    "1e5",
    "а" * 5000,
    "\u202e<b>'",
    "0001-01-01",
    "9" * 60,
    [],
    [[1]],
    {"a": 1},
)
IN_ADDRESSES = ("", "-1", "0", "9" * 40, "%00", "%FF", "%F0%9F%94%A7", "..", "1%2F2", "x" * 2000)
QUERIES = (
    "/orders?cursor=",
    "/orders?limit=",
    "/orders?state=",
    "/orders?customer_bin=",
    "/audit?after=",
    "/audit?subject=",
    "/calendar/due?term=2wd&from=",
    "/calendar/due?term=2wd&from=9999-12-31T23:59:59-12:00&x=",
    "/calendar/due?term=",
    "/orders/1/protocol?version=",
)
PATHS = (
    "/orders/{}",
    "/orders/{}/offers",
    "/awards/{}",
    "/files/{}",
    "/producers/{}",
    "/customers/{}",
    "/goods-lists/{}",
    f"/goods-lists/{CUSTOMER}/{{}}",
)
DAY = {"date": "2026-12-01", "working": False, "name_kk": "а", "name_ru": "б", "basis": "в"}
GOOD = {
    "code": PIPE,
    "agsk3": None,
    "tnved": None,
    "name_ru": "Труба",
    "capacity": 1,
    "unit": "м",
    "local_content": "5",
    "included_on": "2026-01-01",
}
ITEM = {"item": "1", "name_ru": "Труба", "quantity": "1", "unit": "м", "code": PIPE}

REQUESTS: tuple[tuple[str, str, object], ...] = (
    ("POST", "/orders", order(split=False, files=[], lines=[line(goods_list_item_id=None)])),
    ("PUT", "/orders/{draft}", order(files=["{file}"])),
    ("POST", "/orders/{open}/offers", offer(SECOND, photos=["{file}"])),
    ("POST", "/orders/{open}/decline", {"supplier_bin": FIRST, "reason": "жоқ"}),
    ("POST", "/orders/{open}/withdraw-offer", {"supplier_bin": FIRST}),
    (
        "POST",
        "/orders/{closed}/awards",
        {"awards": [{"supplier_bin": FIRST, "line": 1, "quantity": "1"}]},
    ),
    ("POST", "/awards/{award}/refuse", {"reason": "себеп"}),
    (
        "POST",
        "/orders/{closed}/contracts",
        {
            "supplier_bin": FIRST,
            "contract_number": "1",
            "signed_on": "2026-11-25",
            "file": "{file}",
        },
    ),
    ("PUT", f"/producers/{THIRD}", {"name_ru": "Завод", "status": "active", "goods": [GOOD]}),
    ("PUT", f"/customers/{CUSTOMER}", {"name_ru": "Генподряд", "name_kk": "Мердігер"}),
    ("POST", "/invitations", {"bin": FIRST, "role": "supplier"}),
    ("PUT", f"/goods-lists/{CUSTOMER}/P-1", {"project_name": "Жоба", "items": [ITEM]}),
    ("POST", "/calendar/overrides/preview", {"overrides": [DAY], "expected_version": None}),
    ("PUT", "/calendar/overrides", {"overrides": [DAY], "expected_version": None}),
)


def spots(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths of every value inside ``value``, itself first."""
    yield path
    if isinstance(value, dict):
        for name in value:
            yield from spots(value[name], (*path, name))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from spots(item, (*path, place))


def with_at(value: object, path: tuple[str | int, ...], odd: object) -> object:
    if not path:
        return odd
    changed = copy.deepcopy(value)
    inner = changed
    for part in path[:-1]:
        inner = inner[part]  # type: ignore[index]  # the path was made from this very value
    inner[path[-1]] = odd  # type: ignore[index]  # the same
    return changed


async def prepared(api: Api, services: Services, clock: ManualClock) -> dict[str, object]:
    """Numbers of a draft, an order with awards, one that collects offers, a pending award."""
    await companies(api, FIRST, SECOND)
    draft = (await api.ok("POST", "/orders", order()))["number"]
    closed = await with_offers(api, FIRST, SECOND)
    clock.set(datetime.fromisoformat("2026-11-25T00:00:00+05:00"))
    await services.deadlines.fire_due()
    choices = [{"supplier_bin": each, "line": 1, "quantity": 1} for each in (FIRST, SECOND)]
    chosen = await api.ok("POST", f"/orders/{closed}/awards", {"awards": choices})
    await api.ok("POST", f"/awards/{chosen['awards.0.id']}/confirm")
    opened = await with_offers(api, FIRST)
    sent = await api.call("POST", "/files", raw=b"\xff\xd8\xff", Content_Type="image/jpeg")
    return {
        "draft": draft,
        "closed": closed,
        "open": opened,
        "award": chosen["awards.1.id"],
        "file": sent["file"],
    }


async def with_offers(api: Api, *suppliers: str) -> object:
    number = (await api.ok("POST", "/orders", order()))["number"]
    await api.ok("POST", f"/orders/{number}/publish")
    for supplier in suppliers:
        await api.ok("POST", f"/orders/{number}/offers", offer(supplier))
    return number


@pytest.mark.parametrize(
    ("method", "path", "body"), REQUESTS, ids=[f"{each[0]} {each[1]}" for each in REQUESTS]
)
async def test_odd_values_in_any_field(
    api: Api, services: Services, clock: ManualClock, method: str, path: str, body: object
) -> None:
    ready = await prepared(api, services, clock)
    where = path.format(**ready)
    body = json.loads(json.dumps(body).replace("{file}", str(ready["file"])))
    # The request as it stands is a good one, or the odd values would prove nothing.
    assert (await api.call(method, where, body)).status in (200, 201)
    for spot in spots(body):
        for odd in ODD:
            answered = await api.call(method, where, with_at(body, spot, odd))
            assert answered.status < 500, (spot, odd, answered.raw)


async def test_odd_values_in_any_address(api: Api) -> None:
    await companies(api, FIRST)
    for path in (*QUERIES, *PATHS):
        for odd in IN_ADDRESSES:
            where = path.format(odd) if "{}" in path else path + odd
            answered = await api.get(where)
            assert answered.status < 500, (where, answered.raw)

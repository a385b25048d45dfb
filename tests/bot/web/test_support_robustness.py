"""Whatever is put into any field of support, faults and works, the answer is no fault of ours."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import pytest

from domain.clock import ManualClock
from tests.bot.web.conftest import Api
from tests.bot.web.story import CUSTOMER, FIRST, published
from tests.bot.web.test_robustness import IN_ADDRESSES, ODD, spots, with_at
from tests.domain.stage import moment

# Not before the first day of a calendar, and not after its last.
ENDS = (
    "0001-01-01T00:00:00+05:00",
    "0001-01-01T00:00:00Z",
    "1970-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-12:00",
)
BEGAN = "2026-11-24T11:00:00+05:00"
FAULT = {"title": "Сбой", "began_at": BEGAN, "regime": "627"}
SCOPE = {"kind": "orders", "modules": [], "orders": [1]}
WORKS = {
    "starts_at": "2026-11-27T22:00:00+05:00",
    "ends_at": "2026-11-27T23:00:00+05:00",
    "text_kk": "Жұмыстар",
    "text_ru": "Работы",
    "regime": "627",
}

Make = Callable[[Api], Awaitable[str]]


async def _ticket(api: Api) -> str:
    made = await api.ok("POST", "/tickets", {"text": "Сбой"})
    return f"/tickets/{made['number']}"


async def _incident(api: Api) -> str:
    made = await api.ok("POST", "/incidents", FAULT)
    return f"/incidents/{made['number']}"


async def _confirmed(api: Api) -> str:
    path = await _incident(api)
    await api.ok("POST", f"{path}/confirm", {"facts": "Журнал", "began_at": BEGAN, "level": "high"})
    return path


async def _works(api: Api) -> str:
    return f"/maintenance/{(await api.ok('POST', '/maintenance', WORKS))['number']}"


async def _root(_api: Api) -> str:
    return ""


REQUESTS: tuple[tuple[Make, str, Mapping[str, object]], ...] = (
    (
        _root,
        "/tickets",
        {
            "text": "Сбой",
            "bin": CUSTOMER,
            "subject": "Заказ",
            "channel": "api",
            "order": 1,
            "regime": "366",
            "files": [],
        },
    ),
    (_ticket, "/messages", {"text": "Ещё", "files": []}),
    (
        _root,
        "/incidents/reports",
        {
            "text": "Сбой",
            "found_at": BEGAN,
            "contacts": "+7",
            "files": [],
            "incident": None,
            "ticket": None,
            "orders": [1],
            "regime": "627",
        },
    ),
    (_root, "/incidents", {**FAULT, "scope": SCOPE, "ticket": None}),
    (_incident, "/hold", SCOPE),
    (
        _incident,
        "/confirm",
        {
            "facts": "Журнал",
            "began_at": BEGAN,
            "mended_at": "2026-11-24T13:00:00+05:00",
            "planned_mending_at": None,
            "scope": {**SCOPE, "kind": "module", "modules": ["offers"]},
            "level": "high",
            "title": "Сбой",
        },
    ),
    (_incident, "/refute", {"facts": "Журнал чист"}),
    (_confirmed, "/level", {"level": "medium", "note": "Шире"}),
    (_confirmed, "/plan-mending", {"planned_mending_at": "2026-11-24T18:00:00+05:00"}),
    (_confirmed, "/mend", {"mended_at": "2026-11-24T13:00:00+05:00", "measures": "Перезапуск"}),
    (_root, "/maintenance", WORKS),
    (_root, "/maintenance/preview", WORKS),
    (_works, "/prolong", {"ends_at": "2026-11-28T00:00:00+05:00", "reason": "Диск"}),
)
QUERIES = (
    "/tickets?cursor=",
    "/tickets?state=",
    "/tickets?bin=",
    "/tickets?limit=",
    "/promise?at=",
    "/promise?channel=",
    "/promise?regime=",
    "/support/report?since=2026-11-01&until=",
    "/support/report?until=2026-11-01&since=",
    "/support/report?since=2026-11-01&until=2026-11-02&regime=",
    "/recordings/preview?month=",
    "/destruction-acts?cursor=",
    "/incidents?cursor=",
    "/incidents?state=",
    "/incidents/journal?since=2026-11-01&until=",
    "/maintenance?cursor=",
)
PATHS = (
    "/tickets/{}",
    "/tickets/1/files/{}",
    "/tickets/{}/recordings",
    "/recordings/{}",
    "/recordings/{}/steps",
    "/destruction-acts/{}",
    "/destruction-acts/{}.pdf",
    "/incidents/{}",
    "/incidents/{}/effects/preview",
    "/maintenance/{}",
)


@pytest.mark.parametrize(
    ("make", "path", "body"), REQUESTS, ids=[f"{each[0].__name__}{each[1]}" for each in REQUESTS]
)
async def test_odd_values_in_any_field(
    api: Api, clock: ManualClock, make: Make, path: str, body: Mapping[str, object]
) -> None:
    await published(api, FIRST)
    clock.set(moment("11-24 15:00"))
    # The request as it stands is a good one, or the odd values would prove nothing.
    await api.ok("POST", await make(api) + path, body)
    for spot in spots(body):
        for odd in (*ODD, *ENDS):
            # What an odd value did must not stand in the way of the next one.
            where = await make(api) + path
            answered = await api.post(where, with_at(body, spot, odd))
            assert answered.status < 500, (spot, odd, answered.raw)


async def test_odd_values_in_any_address(api: Api) -> None:
    await api.ok("POST", "/tickets", {"text": "Сбой"})
    for path in (*QUERIES, *PATHS):
        for odd in (*IN_ADDRESSES, *(end.replace("+", "%2B") for end in ENDS)):
            where = path.format(odd) if "{}" in path else path + odd
            answered = await api.get(where)
            assert answered.status < 500, (where, answered.raw)

"""Tokens, forms, errors, languages, pages: what all addresses have in common."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.web.api import problems
from domain.actor import Actor
from domain.errors import NotFound
from domain.services import Services
from handlers.views.errors import describe
from handlers.views.translator import Locale, plain, translator
from tests.bot.web.conftest import USERNAME, Answered, Api
from tests.bot.web.story import CUSTOMER, FIRST, PIPE, companies, line, order, problem, published

MakeToken = Callable[[str], Awaitable[str]]


async def test_nothing_without_a_valid_token(api: Api, services: Services) -> None:
    for token, code in (("", "token_missing"), ("guess", "token_invalid"), ("Ж", "token_invalid")):
        stranger = replace(api, token=token)
        if token == "Ж":
            answered = await replace(api, token="").get("/orders", Authorization="Bearer é")
        else:
            answered = await stranger.get("/orders")
        problem(answered, 401, code)
        assert answered.headers["WWW-Authenticate"].startswith("Bearer")
    await services.integrations.revoke_token(Actor.system("cli:r", "cli"), "integration of tests")
    problem(await api.get("/orders"), 401, "token_invalid")


async def test_a_reading_token_reads_all_and_changes_nothing(
    api: Api, make_token: MakeToken
) -> None:
    number = await published(api, FIRST)
    reader = replace(api, token=await make_token("read"))
    for path in (
        "/orders",
        f"/orders/{number}",
        f"/producers/{FIRST}",
        f"/producers/{FIRST}/goods",
        f"/goods-lists/{CUSTOMER}",
        "/calendar/overrides",
        "/audit",
    ):
        assert (await reader.get(path)).status == 200, path
    problem(await reader.get(f"/orders/{number}/plan"), 409, "sealed")
    preview = await reader.post("/calendar/overrides/preview", {"overrides": []})
    assert preview.status == 200
    for method, path, body in (
        ("POST", "/orders", order()),
        ("POST", f"/orders/{number}/publish", None),
        ("PUT", f"/customers/{CUSTOMER}", {"name_ru": "x"}),
        ("PUT", "/calendar/overrides", {"overrides": []}),
        ("POST", "/invitations", {"bin": FIRST, "role": "supplier"}),
    ):
        found = problem(await reader.call(method, path, body), 403, "scope_too_small")
        assert found["clause"] == "366-8"


async def test_companies_come_in_and_are_shown(api: Api) -> None:
    body = {
        "name_ru": "ТОО «Прибор»",
        "status": "active",
        "registry_number": 17,
        "goods": [
            {"code": PIPE, "name_ru": "Труба", "capacity": 1200.50, "local_content": "45,5 %"},
            {"agsk3": "241-101-0101", "tnved": None, "name_ru": "Труба", "unit": "м"},
        ],
        "a field of tomorrow": {"x": 1},
    }
    made = await api.put(f"/producers/{FIRST}", body)
    assert made.status == 201
    assert (made["name_kk"], made["goods"]) == ("ТОО «Прибор»", 2)
    assert (await api.put(f"/producers/{FIRST}", {**body, "status": "bankrupt"})).status == 200
    assert (await api.get(f"/producers/{FIRST}"))["status"] == "bankrupt"
    goods = await api.get(f"/producers/{FIRST}/goods?limit=1")
    assert (goods["total"], goods["items.0.capacity"]) == (2, "1200.5")
    assert goods["items.0.local_content"] == "45.5"
    rest = await api.get(f"/producers/{FIRST}/goods?cursor={goods['next']}")
    assert (rest["items.0.agsk3"], rest["next"]) == ("241-101-0101", None)

    problem(await api.get(f"/customers/{FIRST}"), 404, "company_unknown")
    assert (await api.put(f"/customers/{FIRST}", {"name_ru": "ТОО «Прибор»"})).status == 201
    both = await api.get(f"/producers/{FIRST}")
    assert (both["is_customer"], both["is_producer"]) == (True, True)
    problem(await api.put("/producers/123", body), 422, "bin_format")
    problem(await api.put("/producers/050140000657", body), 422, "bin_check_digit")
    wrong = {"name_ru": "x", "goods": [{"name_ru": "x", "code": "331312.1"}]}
    found = problem(await api.put(f"/producers/{FIRST}", wrong), 422, "ens_tru_format")
    assert found["params"] == {"field": "goods[0].code"}
    problem(await api.put(f"/producers/{FIRST}", {**body, "status": "gone"}), 422, "status_unknown")


async def test_an_invitation_is_a_link_to_the_bot(api: Api) -> None:
    await companies(api, FIRST)
    made = await api.post("/invitations", {"bin": FIRST, "role": "supplier"})
    assert made.status == 201
    assert str(made["link"]).startswith(f"https://t.me/{USERNAME}?start=")
    assert str(made["expires_at"]).endswith("+05:00")
    admin = {"bin": FIRST, "role": "admin"}
    assert (await api.post("/invitations", admin)).status in (403, 422)
    problem(await api.post("/invitations", {"bin": FIRST, "role": "king"}), 400, "invalid_request")
    unknown = {"bin": "050540000038", "role": "supplier"}
    assert (await api.post("/invitations", unknown)).status in (404, 422)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"{", "malformed_json"),
        (b"\xff\xfe", "malformed_json"),
        (b'{"delivery_days": NaN}', "malformed_json"),
        (b'{"customer_bin": "\\u0000"}', "malformed_json"),
        (b'{"customer_bin": "\\ud83d"}', "malformed_json"),
        (b"[" * 100_000, "malformed_json"),
        (b'{"delivery_days": ' + b"9" * 10_000 + b"}", "malformed_json"),
        (b"[]", "invalid_request"),
        (b'"text"', "invalid_request"),
        (b"{}", "invalid_request"),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(api: Api, raw: bytes, code: str) -> None:
    problem(await api.call("POST", "/orders", raw=raw), 400, code)


async def test_every_wrong_field_is_named(api: Api) -> None:
    body = order(delivery_days="soon", lines=[line(), line(quantity=True, allocated_sum="1,5")])
    found = problem(await api.post("/orders", body), 400, "invalid_request")
    errors = found["errors"]
    assert isinstance(errors, list)
    assert {(error["field"], error["pointer"]) for error in errors} == {
        ("delivery_days", "#/delivery_days"),
        ("lines[1].quantity", "#/lines/1/quantity"),
        ("lines[1].allocated_sum", "#/lines/1/allocated_sum"),
    }


@pytest.mark.parametrize(
    ("given", "code", "clause"),
    [
        ({"quantity": "0"}, "not_positive", "344-12.2"),
        ({"quantity": -5}, "not_positive", "344-12.2"),
        ({"quantity": "1.0001"}, "quantity_decimals", "344-12.2"),
        ({"quantity": 1e9}, "quantity_too_large", "344-12.2"),
        ({"allocated_sum": 10**30}, "money_too_large", "344-12.2"),
        ({"allocated_sum": "0.001"}, "money_decimals", "344-12.2"),
        ({"name_ru": "", "name_kk": None}, "text_missing", "344-12.1"),
        ({"name_ru": "я" * 10_000}, "text_too_long", None),
        ({"code": ""}, "code_missing", "344-13.2"),
        ({"code": 242013.1}, "ens_tru_format", None),
    ],
)
async def test_what_a_rule_refuses_names_its_clause(
    api: Api, given: dict[str, object], code: str, clause: str | None
) -> None:
    await companies(api, FIRST)
    found = problem(await api.post("/orders", order(lines=[line(**given)])), 422, code)
    assert found["clause"] == clause


async def test_sums_are_exact_however_they_are_written(api: Api) -> None:
    await companies(api, FIRST)
    body = b'{"customer_bin": "%s", "delivery_place": "A", "delivery_terms": "B", ' % (
        CUSTOMER.encode()
    )
    body += b'"delivery_days": "60", "lines": [{"name_kk": "\xd2\x9a", "code": "%s", ' % (
        PIPE.encode()
    )
    # A binary float would make 1234567890123456.8 of the sum.
    body += b'"quantity": 1e2, "unit": "m", "allocated_sum": 1234567890123456.79, '
    body += b'"characteristics": "<b>\xf0\x9f\x94\xa7 \xd7\xa9</b>"}]}'
    made = await api.call("POST", "/orders", raw=body)
    assert made.status == 201, made.raw
    shown = await api.get(f"/orders/{made['number']}")
    assert shown["lines.0.allocated_sum"] == "1234567890123456.79"
    assert shown["lines.0.quantity"] == "100"
    assert shown["lines.0.name_ru"] == "Қ"
    assert shown["lines.0.characteristics"] == "<b>🔧 ש</b>"


async def test_addresses_methods_and_sizes(api: Api) -> None:
    problem(await api.get("/nothing"), 404, "route_unknown")
    wrong = await api.call("DELETE", "/orders")
    problem(wrong, 405, "method_not_allowed")
    assert {"GET", "POST"} <= set(wrong.headers["Allow"].split(", "))
    problem(await api.call("POST", "/orders", raw=b" " * 11_000_000), 413, "body_too_large")
    for number in ("abc", "0", "-1", "9" * 40, "%00", "1.5"):
        problem(await api.get(f"/orders/{number}"), 404, "order_unknown")
    problem(await api.get("/orders/999"), 404, "order_unknown")
    problem(await api.get("/awards/999"), 404, "award_unknown")
    problem(await api.post("/contracts/999/agree"), 404, "contract_unknown")
    problem(await api.get("/orders?limit=ten"), 400, "invalid_request")
    problem(await api.get("/orders?state=lost"), 400, "order_state_unknown")


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("kk", "kk"),
        ("KK-kz", "kk"),
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("fr, kk;q=0.5, en;q=0.4", "kk"),
        ("ru;q=0, kk;q=0.1", "kk"),
        ("en", "en"),
        ("fr", "en"),
        ("*;;q=x", "en"),
    ],
)
async def test_errors_speak_the_language_asked_for(
    api: Api, monkeypatch: pytest.MonkeyPatch, accept: str, language: Locale
) -> None:
    answered = await api.get("/orders/999", Accept_Language=accept)
    found = problem(answered, 404, "order_unknown")
    assert answered.headers["Content-Language"] == language
    broken = NotFound("order_unknown", None, number=999)
    assert found["detail"] == plain(describe(translator(language), broken))
    assert "<" not in str(found["detail"])
    # A message that has long been in the catalogues, so that the languages differ for sure.
    monkeypatch.setattr(problems, "describe", lambda t, _: t("The time is over"))
    said = (await api.get("/orders/999", Accept_Language=accept))["detail"]
    assert said == plain(translator(language)("The time is over"))
    assert (said == "The time is over") == (language == "en")


async def test_answers_are_numbered(api: Api) -> None:
    assert len((await api.get("/orders")).headers["X-Request-Id"]) == 32
    named = await api.get("/orders/999", X_Request_Id="trace-7")
    assert named.headers["X-Request-Id"] == "trace-7"
    forged = await api.get("/orders", X_Request_Id="a b" * 90)
    assert forged.headers["X-Request-Id"] != "a b" * 90


async def test_a_fault_of_ours_shows_nothing_of_our_inside(
    api: Api, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise KeyError("secret")

    monkeypatch.setattr(services.orders, "page", broken)
    answered = await api.get("/orders", X_Request_Id="trace-8")
    found = problem(answered, 500, "internal_error")
    assert b"secret" not in answered.raw
    assert found["params"] == {"request_id": "trace-8"}


async def test_a_database_that_is_away_is_said_so(
    api: Api, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(services.orders, "page", away)
    answered = await api.get("/orders")
    problem(answered, 503, "database_unavailable")
    assert answered.headers["Retry-After"] == "2"


async def test_health_and_readiness(api: Api, silent: list[str], ill: dict[str, str]) -> None:
    stranger = replace(api, token="")
    assert (await stranger.get("/healthz")).json == {"status": "ok"}
    ready = await stranger.get("/readyz")
    assert (ready.status, ready["ready"], ready["database"]) == (200, True, True)
    silent.append("deadlines")
    still = await stranger.get("/readyz")
    assert (still.status, still["ready"], still["silent"]) == (503, False, ["deadlines"])
    assert still["parts"] == {"deadlines": 0, "desk": None}
    silent.clear()
    ill["telegram_token"] = "Get a new one."
    ailing = await stranger.get("/readyz")
    assert (ailing.status, ailing["ready"], ailing["ill"]) == (503, False, ill)


async def test_what_ails_all_replicas_alike_takes_none_out_of_the_proxy(
    api: Api, silent: list[str], ill: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A revoked token stops Telegram; whoever acts through the API must not be locked out, too."""
    stranger = replace(api, token="")
    ill["telegram_token"] = "Get a new one."
    silent.append("files")
    assert (await stranger.get("/readyz")).status == 503
    serving = await stranger.get("/serving")
    assert (serving.status, serving.json) == (200, {"status": "ok"})

    async def away(_site: object) -> bool:
        return False

    monkeypatch.setattr("bot.web.app._database_answers", away)
    refused = await stranger.get("/serving")
    assert (refused.status, refused.json) == (503, {"status": "database_away"})


async def test_orders_come_in_pages(api: Api) -> None:
    await companies(api, FIRST)
    numbers = [(await api.ok("POST", "/orders", order()))["number"] for _ in range(5)]
    await api.ok("POST", f"/orders/{numbers[0]}/publish")
    seen: list[object] = []
    path = "/orders?limit=2"
    while True:
        page = await api.ok("GET", path)
        items = page["items"]
        assert isinstance(items, list)
        seen += [item["number"] for item in items]
        if page["next"] is None:
            break
        path = f"/orders?limit=2&cursor={page['next']}"
    assert seen == numbers[::-1]

    async def found(path: str) -> list[object]:
        items = (await api.ok("GET", path))["items"]
        assert isinstance(items, list)
        return [item["number"] for item in items]

    assert await found("/orders?state=collecting") == [numbers[0]]
    assert len(await found("/orders?state=collecting,draft")) == 5
    assert len(await found("/orders?state=collecting&state=draft")) == 5
    assert len(await found(f"/orders?customer_bin={CUSTOMER}")) == 5
    assert await found(f"/orders?customer_bin={FIRST}") == []
    for cursor in ("x", "Z29vZDox", "%FF", "b3JkZXI6LTE"):
        answered: Answered = await api.get(f"/orders?cursor={cursor}")
        assert answered.status == 400, cursor

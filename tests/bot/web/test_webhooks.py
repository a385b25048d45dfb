"""Webhooks over the API: endpoints, secrets, deliveries, replays, the catalogue."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.channels.webhooks import WebhookSender
from domain.audit import AuditEntry
from domain.clock import ManualClock
from domain.integrations.model import IdempotentRequest
from domain.services import Services
from domain.webhooks.addresses import Allowed
from domain.webhooks.catalogue import EVENTS
from domain.work import Site
from tests.bot.channels.webhooks.receiver import receiving, status
from tests.bot.web.conftest import Api, MakeToken
from tests.bot.web.story import problem
from tests.domain.stage import Stage

URL = "https://erp.example.kz/in?key=hidden-in-the-record"


async def test_an_endpoint_from_its_making_to_its_end(api: Api, site: Site) -> None:
    made = await api.post("/webhooks", {"url": URL, "events": ["order.failed"]})
    assert made.status == 201
    assert str(made["secret"]).startswith("whsec_")
    number = made["id"]
    shown = await api.ok("GET", f"/webhooks/{number}")
    assert shown.json == {name: value for name, value in made.json.items() if name != "secret"}
    assert (shown["state"], shown["events"], shown["company_bin"]) == (
        "enabled",
        ["order.failed"],
        None,
    )
    changed = await api.ok("PATCH", f"/webhooks/{number}", {"events": [], "description": "ERP"})
    assert (changed["events"], changed["description"], changed["url"]) == ([], "ERP", URL)
    listed = await api.ok("GET", "/webhooks?limit=1")
    assert (listed["items.0.id"], listed["next"]) == (number, None)
    removed = await api.ok("DELETE", f"/webhooks/{number}")
    assert removed.json == {"id": number, "state": "removed"}
    assert (await api.ok("GET", "/webhooks"))["items"] == []
    problem(await api.get(f"/webhooks/{number}"), 404, "webhook_unknown")
    # Neither the secret nor the rest of the address is on record.
    async with site.sessions() as session:
        entries = list(await session.scalars(select(AuditEntry)))
    kept = [f"{each.data} {each.result}" for each in entries]
    assert not [each for each in kept if "hidden-in-the-record" in each or "whsec_" in each]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"url": "http://erp.example.kz/"}, "webhook_https"),
        ({"url": "https://10.0.0.5/"}, "webhook_private"),
        ({"url": "https://2130706433/"}, "webhook_private"),
        ({"url": "erp.example.kz"}, "webhook_url"),
        ({"url": URL, "events": ["order.eaten"]}, "webhook_event"),
        ({"url": URL, "description": "x" * 201}, "text_too_long"),
    ],
)
async def test_what_is_refused(api: Api, body: dict[str, object], code: str) -> None:
    problem(await api.post("/webhooks", body), 422, code)
    assert (await api.ok("GET", "/webhooks"))["items"] == []


async def test_an_unknown_company_has_no_endpoint(api: Api) -> None:
    body = {"url": URL, "company_bin": "971240001316"}
    problem(await api.post("/webhooks", body), 422, "bin_check_digit")
    body = {"url": URL, "company_bin": "971240001315"}
    problem(await api.post("/webhooks", body), 404, "company_unknown")


async def test_there_is_an_end_to_endpoints(api: Api) -> None:
    for _ in range(20):
        assert (await api.post("/webhooks", {"url": URL})).status == 201
    problem(await api.post("/webhooks", {"url": URL}), 422, "webhook_too_many")


async def test_a_reading_token_sees_and_changes_nothing(api: Api, make_token: MakeToken) -> None:
    number = (await api.post("/webhooks", {"url": URL}))["id"]
    reader = Api(api.client, await make_token("read"))
    assert "secret" not in (await reader.ok("GET", f"/webhooks/{number}")).json
    for method, path in (("POST", "/rotate"), ("POST", "/test"), ("PATCH", ""), ("DELETE", "")):
        refused = await reader.call(method, f"/webhooks/{number}{path}", {})
        problem(refused, 403, "scope_too_small")


async def test_the_same_key_answers_the_same_secret_which_is_not_stored(
    api: Api, site: Site
) -> None:
    first = await api.post("/webhooks", {"url": URL}, key="made-once")
    again = await api.post("/webhooks", {"url": URL}, key="made-once")
    assert (first.status, again.status) == (201, 201)
    assert first.json == again.json
    number = first["id"]
    new = await api.post(f"/webhooks/{number}/rotate", {"overlap_hours": 1}, key="turned")
    assert new["secret"] != first["secret"]
    assert new["old_secret_until"] == "2026-11-20T11:00:00+05:00"
    same = await api.post(f"/webhooks/{number}/rotate", {"overlap_hours": 1}, key="turned")
    assert same.json == new.json
    problem(
        await api.post(f"/webhooks/{number}/rotate", {"overlap_hours": 169}), 422, "webhook_overlap"
    )
    async with site.sessions() as session:
        bodies = list(await session.scalars(select(IdempotentRequest.body)))
    assert not [body for body in bodies if body]


async def test_deliveries_are_listed_and_sent_again(
    api: Api, services: Services, site: Site, clock: ManualClock
) -> None:
    services.webhooks.allowed = Allowed.of(["127.0.0.1"])
    stage = Stage(site, clock)
    customer = await stage.customer()
    sender = WebhookSender(services.webhooks)
    async with receiving(clock) as receiver:
        made = await api.post("/webhooks", {"url": receiver.url, "company_bin": customer.bin})
        number, receiver.secret = made["id"], str(made["secret"])
        receiver.answers = [status(410, "no longer here")]
        order = await stage.order(customer)
        await sender.drain()
        shown = await api.ok("GET", f"/webhooks/{number}")
        assert (shown["state"], shown["disabled_why"]) == ("disabled", "gone")
        problem(await api.post(f"/webhooks/{number}/test"), 409, "webhook_disabled")
        dead = await api.ok("GET", f"/webhooks/{number}/deliveries?state=dead")
        assert (dead["items.0.type"], dead["items.0.stream"]) == (
            "order.published",
            f"order:{order}",
        )
        assert dead["items.0.attempts.0.status"] == 410
        assert dead["items.0.attempts.0.answer"] == "no longer here"
        enabled = await api.ok("POST", f"/webhooks/{number}/enable")
        assert enabled["missed"] == 2
        problem(await api.post(f"/webhooks/{number}/enable"), 409, "webhook_enabled")
        one = dead["items.0.id"]
        replayed = await api.ok("POST", f"/webhooks/{number}/deliveries/{one}/replay")
        assert replayed["replayed"] == 1
        await sender.drain()
        assert receiver.types == ["order.published"] * 2
        body = {"since": "2026-11-20T09:59:00+05:00"}
        assert (await api.ok("POST", f"/webhooks/{number}/replay", body))["replayed"] == 2
        await sender.drain()
        assert receiver.types[2:] == ["protocol.formed", "order.failed"]
        listed = await api.ok("GET", f"/webhooks/{number}/deliveries?limit=2")
        assert [listed["items.0.state"], listed["items.1.state"]] == ["delivered"] * 2
        older = await api.ok("GET", f"/webhooks/{number}/deliveries?cursor={listed['next']}")
        assert (older["items.0.id"], older["next"]) == (one, None)
        full = await api.ok("GET", f"/webhooks/{number}/deliveries/{one}")
        assert '"type":"order.published"' in str(full["body"])
        tested = await api.ok("POST", f"/webhooks/{number}/test")
        disabled = await api.ok("POST", f"/webhooks/{number}/disable")
        assert disabled["skipped"] == 1
        skipped = await api.ok("GET", f"/webhooks/{number}/deliveries?state=skipped")
        assert skipped["items.0.id"] == tested["delivery"]
    await sender.close()


async def test_questions_about_nothing_are_answered_as_such(api: Api) -> None:
    number = (await api.post("/webhooks", {"url": URL}))["id"]
    for path in ("/webhooks/999", "/webhooks/x", "/webhooks/999/deliveries"):
        problem(await api.get(path), 404, "webhook_unknown")
    path = f"/webhooks/{number}/deliveries/5"
    problem(await api.get(path), 404, "webhook_delivery_unknown")
    problem(await api.post(f"{path}/replay"), 404, "webhook_delivery_unknown")
    wrong = await api.get(f"/webhooks/{number}/deliveries?state=lost")
    problem(wrong, 400, "delivery_state_unknown")
    empty = await api.ok("GET", f"/webhooks/{number}/deliveries")
    assert empty.json == {"items": [], "next": None}


async def test_the_catalogue_has_a_schema_for_every_event(api: Api) -> None:
    found = await api.ok("GET", "/webhooks/events")
    items = found["items"]
    assert isinstance(items, list)
    assert [each["name"] for each in items] == list(EVENTS)
    for each in items:
        assert each["schema"]["properties"]["type"] == {"const": each["name"]}
        assert each["description"]
        assert each["whom"]

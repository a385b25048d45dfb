"""Webhooks over the API: endpoints, secrets, deliveries, replays, the catalogue."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.channels.webhooks import WebhookSender
from domain.actor import Actor
from domain.audit import AuditEntry
from domain.clock import ManualClock
from domain.errors import RuleBroken
from domain.integrations.model import IdempotentRequest
from domain.services import Services
from domain.webhooks.addresses import Allowed
from domain.webhooks.catalogue import EVENTS
from domain.webhooks.model import WebhookEndpoint
from domain.work import Site
from tests.bot.channels.webhooks.receiver import receiving, status
from tests.bot.web.conftest import Api, MakeToken
from tests.bot.web.story import problem
from tests.domain.stage import Stage
from tests.support.factories import make_producer

URL = "https://erp.example.kz/in?key=hidden-in-the-record"


@pytest.fixture
async def bin_(site: Site) -> str:
    """A company on whose behalf the token acts."""
    return (await make_producer(site)).bin


async def test_an_endpoint_from_its_making_to_its_end(api: Api, site: Site, bin_: str) -> None:
    asked = {"url": URL, "events": ["order.failed"], "company_bin": bin_}
    made = await api.post("/webhooks", asked)
    assert made.status == 201
    assert str(made["secret"]).startswith("whsec_")
    number = made["id"]
    shown = await api.ok("GET", f"/webhooks/{number}")
    assert shown.json == {name: value for name, value in made.json.items() if name != "secret"}
    assert (shown["state"], shown["events"], shown["company_bin"]) == (
        "enabled",
        ["order.failed"],
        bin_,
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
async def test_what_is_refused(api: Api, bin_: str, body: dict[str, object], code: str) -> None:
    problem(await api.post("/webhooks", {"company_bin": bin_, **body}), 422, code)
    assert (await api.ok("GET", "/webhooks"))["items"] == []


async def test_an_unknown_company_has_no_endpoint(api: Api) -> None:
    body = {"url": URL, "company_bin": "971240001316"}
    problem(await api.post("/webhooks", body), 422, "bin_check_digit")
    body = {"url": URL, "company_bin": "971240001315"}
    problem(await api.post("/webhooks", body), 404, "company_unknown")


async def test_there_is_an_end_to_endpoints(api: Api, bin_: str) -> None:
    for _ in range(20):
        assert (await api.post("/webhooks", {"url": URL, "company_bin": bin_})).status == 201
    problem(await api.post("/webhooks", {"url": URL, "company_bin": bin_}), 422, "webhook_too_many")


async def test_a_reading_token_sees_and_changes_nothing(
    api: Api, make_token: MakeToken, bin_: str
) -> None:
    number = (await api.post("/webhooks", {"url": URL, "company_bin": bin_}))["id"]
    reader = Api(api.client, await make_token("read"))
    assert (await reader.ok("GET", "/webhooks"))["items"] == []
    problem(await reader.get(f"/webhooks/{number}"), 404, "webhook_unknown")
    for method, path in (("POST", "/rotate"), ("POST", "/test"), ("PATCH", ""), ("DELETE", "")):
        refused = await reader.call(method, f"/webhooks/{number}{path}", {})
        problem(refused, 403, "scope_too_small")


PATHS: tuple[tuple[str, str, dict[str, object] | None], ...] = (
    ("GET", "", None),
    ("PATCH", "", {"url": "https://thief.example.kz/"}),
    ("DELETE", "", None),
    ("POST", "/rotate", {}),
    ("POST", "/enable", None),
    ("POST", "/disable", None),
    ("POST", "/test", None),
    ("POST", "/replay", {}),
    ("GET", "/deliveries", None),
    ("GET", "/deliveries/1", None),
    ("POST", "/deliveries/1/replay", None),
)


async def _company_token(services: Services, bin_: str, name: str) -> str:
    cli = Actor.system(f"cli:{name}", "cli")
    return await services.integrations.create_token(cli, name, "webhooks", bin_)


async def test_a_token_knows_of_no_endpoint_but_its_own(
    api: Api, services: Services, site: Site, bin_: str
) -> None:
    cli = Actor.system("cli:made", "cli")
    other = (await make_producer(site)).bin
    mine = (await api.post("/webhooks", {"url": URL, "company_bin": bin_}))["id"]
    by_admin, _ = await services.webhooks.create(cli, URL)
    beside = await services.integrations.create_token(cli.because("cli:b"), "beside", "integration")
    second = Api(api.client, beside)
    of_other = (await second.post("/webhooks", {"url": URL, "company_bin": other}))["id"]
    program = Api(api.client, await _company_token(services, bin_, "program"))
    for caller, strange in (
        (api, of_other),
        (api, by_admin.id),
        (second, mine),
        (program, of_other),
        (program, by_admin.id),
    ):
        for method, path, body in PATHS:
            problem(
                await caller.call(method, f"/webhooks/{strange}{path}", body),
                404,
                "webhook_unknown",
            )
    for caller, own in ((api, mine), (second, of_other), (program, mine)):
        items = (await caller.ok("GET", "/webhooks"))["items"]
        assert isinstance(items, list)
        assert [each["id"] for each in items] == [own]
    async with site.sessions() as session:
        assert set(await session.scalars(select(WebhookEndpoint.url))) == {URL}


async def test_a_token_makes_no_endpoint_of_the_platform(api: Api) -> None:
    problem(await api.post("/webhooks", {"url": URL}), 403, "webhook_of_platform")


async def test_the_program_of_a_company_makes_its_endpoints_and_does_nothing_else(
    api: Api, services: Services, site: Site, bin_: str
) -> None:
    program = Api(api.client, await _company_token(services, bin_, "program"))
    made = await program.post("/webhooks", {"url": URL})
    assert (made.status, made["company_bin"]) == (201, bin_)
    other = (await make_producer(site)).bin
    asked = {"url": URL, "company_bin": other}
    problem(await program.post("/webhooks", asked), 403, "not_your_company")
    await program.ok("POST", f"/webhooks/{made['id']}/disable")
    for path in ("/orders", "/notices", "/audit", "/dead-letters"):
        problem(await program.get(path), 403, "scope_too_small")
    problem(await program.post("/orders", {}), 403, "scope_too_small")


@pytest.mark.parametrize(("scope", "has_bin"), [("webhooks", False), ("integration", True)])
async def test_a_token_is_for_a_company_or_for_all(
    services: Services, bin_: str, scope: str, has_bin: bool
) -> None:
    cli = Actor.system("cli:wrong", "cli")
    with pytest.raises(RuleBroken, match="token_company"):
        await services.integrations.create_token(cli, "wrong", scope, bin_ if has_bin else None)


async def test_with_its_token_an_endpoint_ends_until_its_owner_wants_it(
    api: Api, services: Services, site: Site, clock: ManualClock
) -> None:
    customer = await Stage(site, clock).customer()
    token = await _company_token(services, customer.bin, "program")
    made = await Api(api.client, token).post("/webhooks", {"url": URL})
    kept = (await api.post("/webhooks", {"url": URL, "company_bin": customer.bin}))["id"]
    await services.integrations.revoke_token(Actor.system("cli:end", "cli"), "program")
    shown = await services.webhooks.one(Actor.system("look"), int(str(made["id"])))
    assert (shown.state, shown.disabled_why) == ("disabled", "token")
    assert (await api.ok("GET", f"/webhooks/{kept}"))["state"] == "enabled"
    page = await services.notices.page(customer.me, None, 20)
    assert [each.params["why"] for each in page.notices] == ["token"]
    done = await services.webhooks.enable(customer.me, shown.id)
    assert done.endpoint == shown.id


async def test_the_same_key_answers_the_same_secret_which_is_not_stored(
    api: Api, site: Site, bin_: str
) -> None:
    first = await api.post("/webhooks", {"url": URL, "company_bin": bin_}, key="made-once")
    again = await api.post("/webhooks", {"url": URL, "company_bin": bin_}, key="made-once")
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


async def test_questions_about_nothing_are_answered_as_such(api: Api, bin_: str) -> None:
    number = (await api.post("/webhooks", {"url": URL, "company_bin": bin_}))["id"]
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

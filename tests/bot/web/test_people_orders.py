"""An order from the draft to the contract by people who have nothing but a token."""

from __future__ import annotations

import pytest

from domain.channels.rules import Served
from domain.clock import ManualClock
from domain.roles import Role
from domain.services import Services
from tests.bot.web.conftest import Api
from tests.bot.web.story import CUSTOMER, FIRST, SECOND, companies, offer, order, problem
from tests.bot.web.test_own_affairs import Clerk, Office
from tests.bot.web.test_story import past
from tests.support.factories import admin_actor, make_customer

PICTURE = bytes.fromhex("89504e470d0a1a0a")


@pytest.fixture
async def office(api: Api, services: Services) -> Office:
    services.addresses.served = Served(frozenset({"email"}))
    await companies(api, FIRST, SECOND)
    return Office(api, services, await admin_actor(services.site))


async def published(buyer: Clerk) -> int:
    """The number of an order of one's own whose window is open."""
    number = (await buyer.ok("POST", "/orders", order()))["number"]
    assert isinstance(number, int)
    await buyer.ok("POST", f"/orders/{number}/publish")
    return number


@pytest.mark.clause("344-13.4a")
async def test_from_the_draft_to_the_contract(
    office: Office, services: Services, clock: ManualClock
) -> None:
    buyer = await office.clerk(Role.CUSTOMER, CUSTOMER)
    maker, rival = (
        await office.clerk(Role.SUPPLIER, FIRST),
        await office.clerk(Role.SUPPLIER, SECOND),
    )
    number = await published(buyer)
    picture = await office.api.call(
        "POST",
        "/files?name=pipe.png",
        raw=PICTURE,
        Authorization=f"Bearer {maker.token}",
        Content_Type="image/png",
    )
    assert picture.status == 201
    body = offer(FIRST, photos=[picture["file"]])
    assert (await maker.call("POST", f"/orders/{number}/offers", body)).status == 201
    # Nobody else has that file, and nobody sees an offer before its time.
    theirs = offer(SECOND, photos=[picture["file"]])
    problem(await rival.call("POST", f"/orders/{number}/offers", theirs), 404, "file_unknown")
    assert (await rival.call("POST", f"/orders/{number}/offers", offer(SECOND))).status == 201
    problem(await buyer.call("GET", f"/orders/{number}/offers"), 409, "sealed")
    await rival.ok("POST", f"/orders/{number}/withdraw-offer", {"supplier_bin": SECOND})
    await past(services, clock, "2026-11-25T00:00:00+05:00")
    problem(await maker.call("GET", f"/orders/{number}/offers"), 403, "role_not_allowed")
    plan = await buyer.ok("GET", f"/orders/{number}/plan")
    chosen = await buyer.call("POST", f"/orders/{number}/awards", {"awards": plan["awards"]})
    award = chosen["awards.0.id"]
    problem(await rival.call("GET", f"/awards/{award}"), 404, "award_unknown")
    problem(await rival.call("POST", f"/awards/{award}/confirm"), 403, "not_your_company")
    confirmed = await maker.ok("POST", f"/awards/{award}/confirm")
    assert confirmed["outcome"] == "confirmed"
    contract = {"supplier_bin": FIRST, "contract_number": "П-17", "signed_on": "2026-11-25"}
    entered = await buyer.call("POST", f"/orders/{number}/contracts", contract)
    # One side has entered it: the other agrees, as in the chat.
    assert (entered.status, entered["state"]) == (201, "proposed")
    agreed = await maker.ok("POST", f"/contracts/{entered['id']}/agree")
    assert agreed["state"] == "concluded"
    assert (await buyer.ok("GET", f"/orders/{number}"))["state"] == "done"
    assert (await buyer.ok("GET", f"/orders/{number}/protocol"))["hash"]


async def test_nobody_acts_for_a_company_that_is_not_theirs(office: Office) -> None:
    stranger = await make_customer(office.services.site)
    buyer = await office.clerk(Role.CUSTOMER, CUSTOMER)
    other = await office.clerk(Role.CUSTOMER, stranger.bin)
    maker = await office.clerk(Role.SUPPLIER, FIRST)
    observer = await office.clerk(Role.OBSERVER)
    problem(await other.call("POST", "/orders", order()), 403, "not_your_company")
    problem(await observer.call("POST", "/orders", order()), 403, "role_not_allowed")
    problem(await maker.call("POST", "/orders", order()), 403, "role_not_allowed")
    number = await published(buyer)
    path = f"/orders/{number}"
    for clerk in (other, observer, buyer):
        refused = await clerk.call("POST", f"{path}/offers", offer(FIRST))
        problem(refused, 403, "role_not_allowed")
    problem(await maker.call("POST", f"{path}/offers", offer(SECOND)), 403, "not_your_company")
    for act in ("decline", "withdraw-offer"):
        refused = await maker.call("POST", f"{path}/{act}", {"supplier_bin": SECOND})
        problem(refused, 403, "not_your_company")
    await maker.ok("POST", f"{path}/decline", {"supplier_bin": FIRST})
    problem(await other.call("GET", path), 404, "order_unknown")
    problem(await other.call("POST", f"{path}/publish"), 403, "not_your_company")
    assert (await other.ok("GET", "/orders"))["items"] == []
    assert (await observer.ok("GET", path))["state"] == "collecting"
    problem(await observer.call("POST", "/files?name=a", {"a": 1}), 403, "role_not_allowed")
    problem(await buyer.call("GET", "/files/" + "0" * 64), 403, "scope_too_small")

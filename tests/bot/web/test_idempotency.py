"""The same request twice is done once, whatever happened in between."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import func, select, text, update

from bot.web.api import idempotency
from domain.actor import Actor
from domain.errors import NotFound
from domain.integrations.model import IdempotentRequest
from domain.orders.model import Order
from domain.orders.service import Orders
from domain.orders.views import Created
from domain.roles import Role
from domain.services import Services
from domain.work import Site
from tests.bot.web.conftest import Api
from tests.bot.web.story import FIRST, SECOND, companies, line, order, problem, published
from tests.domain.people.forms import apply, newcomer
from tests.support.factories import integration_actor


async def orders_made(site: Site) -> int:
    async with site.sessions() as session:
        return await session.scalar(select(func.count(Order.id))) or 0


async def test_the_same_key_gets_the_stored_answer_byte_for_byte(api: Api, site: Site) -> None:
    await companies(api, FIRST)
    first = await api.post("/orders", order(), key="k-1")
    again = await api.post("/orders", order(), key="k-1")
    assert (again.status, again.raw) == (201, first.raw)
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    # The order of members is no difference, nor is the way a number is written.
    turned = dict(reversed(order().items()))
    assert (await api.post("/orders", turned, key="k-1")).raw == first.raw
    assert await orders_made(site) == 1
    other = await api.post("/orders", order(), key="k-2")
    assert other["number"] != first["number"]


async def test_another_request_with_the_key_is_refused(api: Api, site: Site) -> None:
    await companies(api, FIRST)
    made = await api.post("/orders", order(), key="k-1")
    changed = order(lines=[line(quantity=5)])
    problem(await api.post("/orders", changed, key="k-1"), 409, "idempotency_key_reused")
    elsewhere = await api.post(f"/orders/{made['number']}/publish", key="k-1")
    problem(elsewhere, 409, "idempotency_key_reused")
    assert await orders_made(site) == 1


async def test_a_refusal_is_stored_too(api: Api) -> None:
    number = await published(api, FIRST)
    first = await api.post(f"/orders/{number}/publish", key="k-1")
    problem(first, 409, "order_not_draft")
    again = await api.post(f"/orders/{number}/publish", key="k-1")
    assert (again.status, again.raw) == (409, first.raw)
    assert again.headers["Content-Type"] == first.headers["Content-Type"]


@pytest.mark.parametrize("key", ["", "x" * 129, "a b"])
async def test_a_key_has_its_form(api: Api, key: str) -> None:
    await companies(api, FIRST)
    problem(await api.post("/orders", order(), key=key), 422, "idempotency_key_format")


async def test_many_at_once_are_done_once(api: Api, site: Site) -> None:
    await companies(api, FIRST)
    answers = await asyncio.gather(
        *(api.post("/orders", order(), key="race") for _ in range(12)),
    )
    made = {answer.raw for answer in answers if answer.status == 201}
    assert len(made) == 1
    assert {answer.status for answer in answers} <= {201, 409}
    assert await orders_made(site) == 1


async def test_while_the_first_is_worked_the_second_is_told_to_wait(
    api: Api, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await companies(api, FIRST)
    begun, go_on = asyncio.Event(), asyncio.Event()
    create = services.orders.create

    async def slow(*args: object, **kwargs: object) -> Created:
        begun.set()
        await go_on.wait()
        return await create(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(services.orders, "create", slow)
    first = asyncio.create_task(api.post("/orders", order(), key="k-1"))
    await begun.wait()
    second = await api.post("/orders", order(), key="k-1")
    problem(second, 409, "request_in_work")
    assert int(second.headers["Retry-After"]) > 0
    go_on.set()
    made = await first
    assert made.status == 201
    assert (await api.post("/orders", order(), key="k-1")).raw == made.raw


async def test_a_crash_between_the_act_and_its_answer_changes_nothing(api: Api, site: Site) -> None:
    """The act was committed, its answer not stored: the cause of the act answers the repeat."""
    await companies(api, FIRST)
    first = await api.post("/orders", order(), key="k-1")
    async with site.sessions.begin() as session:
        await session.execute(
            update(IdempotentRequest).values(status=None, content_type=None, body=None)
        )
    again = await api.post("/orders", order(), key="k-1")
    assert (again.status, again.raw) == (201, first.raw)
    assert "Idempotency-Replayed" not in again.headers
    assert await orders_made(site) == 1
    # And the key stays bound to its request.
    async with site.sessions.begin() as session:
        await session.execute(update(IdempotentRequest).values(status=None))
    changed = order(lines=[line(quantity=5)])
    problem(await api.post("/orders", changed, key="k-1"), 409, "idempotency_key_reused")


async def test_a_fault_of_ours_frees_the_key(
    api: Api, site: Site, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await companies(api, FIRST)

    async def broken(*_: object, **__: object) -> None:
        raise KeyError

    monkeypatch.setattr(services.orders, "create", broken)
    problem(await api.post("/orders", order(), key="k-1"), 500, "internal_error")
    monkeypatch.setattr(services.orders, "create", Orders.create.__get__(services.orders))
    assert (await api.post("/orders", order(), key="k-1")).status == 201
    assert await orders_made(site) == 1


async def stored(site: Site) -> str:
    """Everything the database holds of requests, invitations and acts, as text."""
    found: list[str] = []
    async with site.sessions() as session:
        for table in ("idempotent_request", "invitation", "audit_entry", "notice"):
            rows = await session.scalars(text(f"SELECT to_jsonb({table})::text FROM {table}"))
            found += rows
        bodies = await session.scalars(select(IdempotentRequest.body))
        found += [body.decode() for body in bodies if body]
    return "\n".join(found)


async def test_an_invitation_repeated_is_the_same_link_and_is_not_stored(
    api: Api, site: Site, services: Services
) -> None:
    await companies(api, FIRST)
    wish = {"bin": FIRST, "role": "supplier"}
    first = await api.post("/invitations", wish, key="k-1")
    again = await api.post("/invitations", wish, key="k-1")
    assert (again.status, again.raw) == (201, first.raw)
    assert again.headers["Idempotency-Replayed"] == "true"
    other = {"bin": FIRST, "role": "customer"}
    problem(await api.post("/invitations", other, key="k-1"), 409, "idempotency_key_reused")
    token = str(first["link"]).partition("start=")[2]
    assert len(token) == 32
    assert token not in await stored(site)
    # Another key is another invitation; without a key each is.
    links = {(await api.post("/invitations", wish, key=key))["link"] for key in ("k-2", None, None)}
    assert len(links | {first["link"]}) == 4

    guest = await newcomer(services.people)
    assert (await apply(services.people, guest, FIRST, token)).state == "approved"
    assert (await api.post("/invitations", wish, key="k-1")).raw == first.raw
    assert token not in await stored(site)


async def test_an_invitation_made_before_links_were_made_again(
    api: Api, site: Site, services: Services
) -> None:
    """Its link is not known any more: the repeat gets a new one, for the same invitation."""
    await companies(api, FIRST)
    wish = {"bin": FIRST, "role": "supplier"}
    await api.post("/invitations", wish, key="k-0")
    async with site.sessions() as session:
        token_id = await session.scalar(select(IdempotentRequest.token_id))
    before = integration_actor(f"api:{token_id}:k-1")
    old = await services.people.invite(before, Role.SUPPLIER, FIRST)
    first = await api.post("/invitations", wish, key="k-1")
    assert (await api.post("/invitations", wish, key="k-1")).raw == first.raw
    token = str(first["link"]).partition("start=")[2]
    assert token != old.token
    guest = await newcomer(services.people)
    with pytest.raises(NotFound, match="invitation_unknown"):
        await apply(services.people, guest, FIRST, old.token)
    assert (await apply(services.people, guest, FIRST, token)).state == "approved"


async def test_a_refused_invitation_is_stored_as_any_answer(api: Api) -> None:
    await companies(api, FIRST)
    unknown = {"bin": SECOND, "role": "supplier"}
    first = await api.post("/invitations", unknown, key="k-1")
    await companies(api, SECOND)
    again = await api.post("/invitations", unknown, key="k-1")
    assert (again.status, again.raw) == (404, first.raw)


async def test_the_same_key_of_another_token_makes_another_link(
    api: Api, services: Services
) -> None:
    await companies(api, FIRST)
    console = Actor.system("cli:other", "cli")
    other = await services.integrations.create_token(console, "other", "integration")
    wish = {"bin": FIRST, "role": "supplier"}
    first = await api.post("/invitations", wish, key="k-1")
    second = await replace(api, token=other).post("/invitations", wish, key="k-1")
    assert second["link"] != first["link"]


def test_numbers_are_compared_by_value() -> None:
    from decimal import Decimal

    same = idempotency._exact(Decimal("1.50"))
    assert same == idempotency._exact(Decimal("1.5"))
    assert same != idempotency._exact(Decimal("1.51"))

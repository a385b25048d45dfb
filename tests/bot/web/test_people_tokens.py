"""People without a chat act by a token of their own: with their rights, at few addresses."""

from __future__ import annotations

import pytest

from domain.actor import Actor
from domain.channels.rules import Served
from domain.clock import ManualClock
from domain.errors import AccessDenied, Conflict, NotFound
from domain.roles import Role
from domain.services import Services
from tests.bot.web.conftest import Answered, Api
from tests.bot.web.story import problem
from tests.bot.web.test_incidents import FACT, REPORT
from tests.domain.stage import moment
from tests.support.factories import admin_actor, again, integration_actor, make_person


@pytest.fixture
async def admin(services: Services) -> Actor:
    services.addresses.served = Served(frozenset({"email"}))
    return await admin_actor(services.site)


async def token_of(services: Services, admin: Actor, role: Role, name: str = "ministry") -> str:
    made = await services.addresses.enroll(
        again(admin), "Дәурен Оспанов", f"{name}@gov.example", role, "kk", "Приказ № 12"
    )
    return await services.integrations.create_person_token(again(admin), name, made.person_id)


async def call(api: Api, token: str, method: str, path: str, body: object = None) -> Answered:
    """A call by the token of a person."""
    return await api.call(method, path, body, Authorization=f"Bearer {token}")


async def proposed(api: Api, clock: ManualClock) -> int:
    """An incident whose level waits for the authorised body."""
    number = (await api.post("/incidents/reports", REPORT))["incident"]
    clock.set(moment("11-24 14:00"))
    await api.ok("POST", f"/incidents/{number}/confirm", FACT)
    assert isinstance(number, int)
    return number


async def test_the_authorised_body_agrees_by_its_own_token(
    api: Api, services: Services, clock: ManualClock, admin: Actor
) -> None:
    number = await proposed(api, clock)
    path = f"/incidents/{number}/level/agree"
    problem(await api.post(path), 403, "people_only")
    token = await token_of(services, admin, Role.AUTHORITY)
    assert (await call(api, token, "GET", f"/incidents/{number}"))["level_state"] == "proposed"
    agreed = await call(api, token, "POST", path)
    assert (agreed.status, agreed["level_state"]) == (200, "agreed")
    problem(await call(api, token, "POST", path), 409, "level_not_proposed")


async def test_it_returns_a_level_with_its_reason(
    api: Api, services: Services, clock: ManualClock, admin: Actor
) -> None:
    number = await proposed(api, clock)
    token = await token_of(services, admin, Role.AUTHORITY)
    path = f"/incidents/{number}/level/return"
    problem(
        await call(api, token, "POST", path, {"note": " "}),
        422,
        "text_missing",
    )
    back = await call(api, token, "POST", path, {"note": "Нет расчета"})
    assert (back["level_state"], back["level_note"]) == ("returned", "Нет расчета")


async def test_other_roles_and_other_addresses_are_refused(
    api: Api, services: Services, clock: ManualClock, admin: Actor
) -> None:
    number = await proposed(api, clock)
    token = await token_of(services, admin, Role.AUTHORITY)
    for method, path in (
        ("GET", "/notices"),
        ("GET", "/tickets"),
        ("GET", f"/incidents/{number}/reports"),
        ("POST", "/webhooks"),
        ("POST", f"/incidents/{number}/level"),
    ):
        body: dict[str, object] | None = {} if method == "POST" else None
        refused = await call(api, token, method, path, body)
        problem(refused, 403, "scope_too_small")
    observer = await token_of(services, admin, Role.OBSERVER, "observer")
    path = f"/incidents/{number}/level/agree"
    problem(await call(api, observer, "POST", path), 403, "role_not_allowed")


async def test_rights_are_those_of_the_moment(
    api: Api, services: Services, clock: ManualClock, admin: Actor
) -> None:
    number = await proposed(api, clock)
    token = await token_of(services, admin, Role.AUTHORITY)
    path = f"/incidents/{number}/level/agree"
    found = await services.integrations.actor_for_token(token, "api:x")
    person = found.actor.person_id or 0
    await services.people.suspend(again(admin), person, "Проверка полномочий")
    problem(await call(api, token, "POST", path), 403, "account_suspended")
    await services.people.resume(again(admin), person, "Проверено")
    await services.people.revoke_role(again(admin), person, Role.AUTHORITY, None, "Уволен")
    problem(await call(api, token, "POST", path), 403, "not_registered")
    await services.integrations.revoke_token(again(admin), "ministry")
    problem(await call(api, token, "POST", path), 401, "token_invalid")


async def test_only_people_without_a_chat_get_one_and_from_people(
    services: Services, admin: Actor
) -> None:
    aigul = await make_person(services.site, role=Role.AUTHORITY)
    create = services.integrations.create_person_token
    with pytest.raises(Conflict, match="person_has_chat"):
        await create(again(admin), "a", aigul.person_id or 0)
    with pytest.raises(NotFound, match="person_unknown"):
        await create(again(admin), "a", 999)
    with pytest.raises(AccessDenied):
        await create(again(aigul), "a", aigul.person_id or 0)
    with pytest.raises(AccessDenied, match="people_only"):
        await create(integration_actor(), "a", aigul.person_id or 0)

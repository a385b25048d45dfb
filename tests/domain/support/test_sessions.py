"""The way into the web desk: a link that works once, a session that ends with the right to it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.actor import Actor
from domain.audit import AuditEntry
from domain.errors import AccessDenied, NotFound, RuleBroken, Unauthenticated
from domain.people.service import People
from domain.roles import STAFF_ROLES, Role
from domain.support.model import DeskSession
from domain.work import Site
from tests.domain.support.desk import Desk, again
from tests.support.factories import integration_actor, make_person, make_producer


async def entered(desk: Desk, operator: Actor) -> str:
    """A session of the operator; its secret."""
    link = await desk.support.desk_link(again(operator))
    return (await desk.support.desk_sign_in(link.token)).token


async def is_in(desk: Desk, token: str) -> bool:
    try:
        await desk.support.desk_user(token, "test:read")
    except Unauthenticated:
        return False
    return True


async def refused_link(desk: Desk, token: str) -> None:
    with pytest.raises(NotFound, match="desk_link_dead"):
        await desk.support.desk_sign_in(token)


async def test_a_link_begins_a_session_of_its_operator(desk: Desk) -> None:
    operator = await desk.operator("Мұрат")
    token = await entered(desk, operator)
    user = await desk.support.desk_user(token, "desk:1")
    assert (user.name, user.language) == ("Мұрат", "ru")
    assert (user.actor.person_id, user.actor.role) == (operator.person_id, Role.SUPPORT)
    assert (user.actor.kind, user.actor.source, user.actor.cause) == ("person", "api", "desk:1")


@pytest.mark.parametrize("role", sorted(STAFF_ROLES - {Role.SUPPORT, Role.ADMIN}))
async def test_other_staff_gets_no_link(desk: Desk, site: Site, role: Role) -> None:
    with pytest.raises(AccessDenied, match="role_not_allowed"):
        await desk.support.desk_link(await make_person(site, role=role))


async def test_suppliers_get_no_link(desk: Desk, site: Site) -> None:
    company = await make_producer(site)
    supplier = await make_person(site, role=Role.SUPPLIER, company=company)
    with pytest.raises(AccessDenied, match="role_not_allowed"):
        await desk.support.desk_link(supplier)


async def test_guests_and_programs_get_no_link(desk: Desk) -> None:
    with pytest.raises(AccessDenied):
        await desk.support.desk_link(await desk.user())
    with pytest.raises(AccessDenied):
        await desk.support.desk_link(integration_actor())


async def test_a_link_works_once(desk: Desk) -> None:
    link = await desk.support.desk_link(await desk.operator())
    await desk.support.desk_sign_in(link.token)
    await refused_link(desk, link.token)


async def test_of_two_who_open_a_link_at_once_one_gets_in(desk: Desk) -> None:
    link = await desk.support.desk_link(await desk.operator())
    tries = [desk.support.desk_sign_in(link.token) for _ in range(5)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(not isinstance(each, BaseException) for each in results) == 1
    assert all(isinstance(each, NotFound) for each in results if isinstance(each, BaseException))


async def test_a_link_lasts_ten_minutes_to_the_second(desk: Desk) -> None:
    operator = await desk.operator()
    link = await desk.support.desk_link(again(operator))
    desk.clock.advance(timedelta(minutes=10) - timedelta(seconds=1))
    await desk.support.desk_sign_in(link.token)
    late = await desk.support.desk_link(again(operator))
    desk.clock.advance(timedelta(minutes=10))
    await refused_link(desk, late.token)


async def test_a_newer_link_ends_the_one_before(desk: Desk) -> None:
    operator = await desk.operator()
    first = await desk.support.desk_link(again(operator))
    second = await desk.support.desk_link(again(operator))
    await refused_link(desk, first.token)
    assert (await desk.support.desk_sign_in(second.token)).token


async def test_the_same_update_again_gets_a_link_that_works(desk: Desk) -> None:
    operator = await desk.operator()
    asked = again(operator)
    first = await desk.support.desk_link(asked)
    second = await desk.support.desk_link(asked)
    await refused_link(desk, first.token)
    assert (await desk.support.desk_sign_in(second.token)).token


async def test_a_session_lasts_twelve_hours(desk: Desk) -> None:
    token = await entered(desk, await desk.operator())
    desk.clock.advance(timedelta(hours=12) - timedelta(seconds=1))
    assert await is_in(desk, token)
    desk.clock.advance(timedelta(seconds=1))
    assert not await is_in(desk, token)


async def test_a_session_ends_with_the_role_and_does_not_come_back_with_it(desk: Desk) -> None:
    admin, operator = await desk.admin(), await desk.operator()
    token, person = await entered(desk, operator), operator.person_id or 0
    people = People(desk.site)
    desk.clock.advance(timedelta(minutes=1))
    await people.revoke_role(again(admin), person, Role.SUPPORT, None, "приказ")
    assert not await is_in(desk, token)
    await people.grant_role(again(admin), person, Role.SUPPORT, None, "приказ")
    assert not await is_in(desk, token)
    desk.clock.advance(timedelta(seconds=1))
    assert await is_in(desk, await entered(desk, operator))


async def test_a_session_ends_with_the_account(desk: Desk) -> None:
    admin, operator = await desk.admin(), await desk.operator()
    token, person = await entered(desk, operator), operator.person_id or 0
    link = await desk.support.desk_link(again(operator))
    await People(desk.site).suspend(again(admin), person, "проверка")
    assert not await is_in(desk, token)
    await refused_link(desk, link.token)
    await People(desk.site).resume(again(admin), person, "проверено")
    assert not await is_in(desk, token)
    await refused_link(desk, link.token)


async def test_signing_out_ends_one_session_or_all(desk: Desk) -> None:
    operator, other = await desk.operator(), await desk.operator("Дана")
    one, two, foreign = [await entered(desk, who) for who in (operator, operator, other)]
    link = await desk.support.desk_link(again(operator))
    user = await desk.support.desk_user(one, "test:out")
    assert await desk.support.desk_sign_out(user.actor, user.session_id) == 1
    assert [await is_in(desk, each) for each in (one, two, foreign)] == [False, True, True]
    assert await desk.support.desk_sign_out(again(operator)) == 2
    assert [await is_in(desk, each) for each in (two, foreign)] == [False, True]
    await refused_link(desk, link.token)


async def test_nobody_ends_the_session_of_another(desk: Desk) -> None:
    operator, other = await desk.operator(), await desk.operator("Дана")
    token = await entered(desk, operator)
    user = await desk.support.desk_user(token, "test:out")
    assert await desk.support.desk_sign_out(again(other), user.session_id) == 0
    assert await is_in(desk, token)


async def test_neither_link_nor_session_is_kept_or_on_record(desk: Desk, site: Site) -> None:
    link = await desk.support.desk_link(await desk.operator())
    token = (await desk.support.desk_sign_in(link.token)).token
    async with site.sessions() as session:
        rows = [
            str([getattr(row, column.key) for column in row.__table__.columns])
            for model in (DeskSession, AuditEntry)
            for row in await session.scalars(select(model))
        ]
    assert len(rows) > 3
    assert not any(secret in row for row in rows for secret in (link.token, token))


async def rows(site: Site) -> set[int | None]:
    """Whose links and sessions are still kept, by their operators."""
    async with site.sessions() as session:
        return set(await session.scalars(select(DeskSession.person_id)))


async def test_what_is_over_is_swept_a_day_later(desk: Desk, site: Site) -> None:
    people = [await desk.operator(name) for name in ("Ұзақ", "Бос", "Шыққан", "Жаңа")]
    stays, _, _, fresh = (each.person_id for each in people)
    token = await entered(desk, people[0])
    await desk.support.desk_link(again(people[1]))
    user = await desk.support.desk_user(await entered(desk, people[2]), "test:out")
    await desk.support.desk_sign_out(user.actor, user.session_id)
    desk.clock.advance(timedelta(hours=11, minutes=59))
    assert await desk.support.forget_sessions() == 0
    assert await is_in(desk, token)
    # Of the four only one is over for less than a day now, and the last has just begun.
    desk.clock.advance(timedelta(hours=12, minutes=11))
    newest = await entered(desk, people[3])
    assert await desk.support.forget_sessions() == 2
    assert await rows(site) == {stays, fresh}
    desk.clock.advance(timedelta(hours=11, minutes=50))
    assert await desk.support.forget_sessions() == 1
    assert await rows(site) == {fresh}
    assert await is_in(desk, newest)


@pytest.mark.parametrize("token", ["", "x", "ключ", "\ud800", "a" * 10_000])
async def test_what_is_no_token_opens_nothing(desk: Desk, token: str) -> None:
    await refused_link(desk, token)
    with pytest.raises(RuleBroken, match="desk_session_over"):
        await desk.support.desk_user(token, "test:read")

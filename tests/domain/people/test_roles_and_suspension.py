"""Roles, the register of their changes, suspension, and the search of administrators."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from domain.actor import Actor
from domain.audit import AuditEntry, verify
from domain.clock import ManualClock
from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken
from domain.law import ROLE_REGISTER_YEARS
from domain.notices.model import Notice
from domain.notices.service import Notices
from domain.people.model import Person, RoleChange
from domain.people.queries import active_admins, members, tell_company
from domain.people.service import People
from domain.roles import Role
from domain.work import Site, Work, use_case
from tests.support.factories import (
    admin_actor,
    again,
    company_id_of,
    integration_actor,
    make_person,
    make_producer,
    next_cause,
)


@pytest.fixture
def people(site: Site) -> People:
    return People(site)


async def kinds_of(site: Site, person_id: int | None) -> list[str]:
    async with site.sessions() as session:
        rows = await session.scalars(
            select(Notice.kind).where(Notice.person_id == person_id).order_by(Notice.id)
        )
        return list(rows)


def id_of(actor: Actor) -> int:
    assert actor.person_id is not None
    return actor.person_id


@pytest.mark.clause("366-34")
async def test_every_change_of_a_role_is_in_the_register(site: Site, people: People) -> None:
    admin = await admin_actor(site)
    company = await make_producer(site)
    guest = await make_person(site, 701, name="Ержан Қалиев")
    await people.grant_role(again(admin), id_of(guest), Role.SUPPLIER, company.bin, "Приказ 1")
    await people.grant_role(again(admin), id_of(guest), Role.OBSERVER, None, "Приказ 2")
    await people.revoke_role(again(admin), id_of(guest), Role.SUPPLIER, company.bin, "Приказ 3")
    await people.suspend(again(admin), id_of(guest), "Приказ 4")
    await people.resume(again(admin), id_of(guest), "Приказ 5")
    authority = await make_person(site, 702, Role.AUTHORITY)
    page = await people.role_register(authority, size=4)
    rest = await people.role_register(authority, before=page.before, size=4)
    lines = [*page.lines, *rest.lines]
    assert [(line.change, line.role, line.ground) for line in lines] == [
        ("resumed", None, "Приказ 5"),
        ("suspended", None, "Приказ 4"),
        ("revoked", Role.SUPPLIER, "Приказ 3"),
        ("granted", Role.OBSERVER, "Приказ 2"),
        ("granted", Role.SUPPLIER, "Приказ 1"),
    ]
    assert rest.before is None
    for line in lines:
        assert (line.at, line.person_name, line.executor) == (
            site.clock.now(),
            "Ержан Қалиев",
            "Админ Әділ",
        )
    assert lines[-1].company is not None
    assert lines[-1].company.bin == company.bin
    for role in (Role.SUPPLIER, Role.SUPPORT):
        reader = await make_person(site, None, role, company if role.of_company else None)
        with pytest.raises(AccessDenied, match="role_not_allowed"):
            await people.role_register(reader)


@pytest.mark.clause("366-34")
async def test_the_register_outlives_three_years(
    site: Site, people: People, clock: ManualClock
) -> None:
    admin = await admin_actor(site)
    guest = await make_person(site, 701)
    await people.grant_role(admin, id_of(guest), Role.OBSERVER, None, "Приказ 1")
    clock.advance(timedelta(days=366 * ROLE_REGISTER_YEARS.value))
    page = await people.role_register(again(admin))
    assert [line.ground for line in page.lines] == ["Приказ 1"]


async def test_a_granted_role_is_told_and_can_be_acted_in(site: Site, people: People) -> None:
    admin = await admin_actor(site)
    guest = await make_person(site, 701)
    row = await people.grant_role(admin, id_of(guest), Role.SUPPORT, None, "Приказ")
    assert [(m.role, m.current) for m in row.memberships] == [(Role.SUPPORT, True)]
    assert await kinds_of(site, guest.person_id) == ["role.granted"]
    assert (await people.actor_for(701, next_cause()))[0].role is Role.SUPPORT
    with pytest.raises(Conflict, match="already_member"):
        await people.grant_role(again(admin), id_of(guest), Role.SUPPORT, None, "Приказ")
    await people.revoke_role(again(admin), id_of(guest), Role.SUPPORT, None, "Приказ")
    assert (await people.actor_for(701, next_cause()))[0].kind == "guest"
    assert await kinds_of(site, guest.person_id) == ["role.granted", "role.revoked"]
    with pytest.raises(NotFound, match="membership_unknown"):
        await people.revoke_role(again(admin), id_of(guest), Role.SUPPORT, None, "Приказ")
    # Given again: the same membership is active once more.
    row = await people.grant_role(again(admin), id_of(guest), Role.SUPPORT, None, "Приказ")
    assert len(row.memberships) == 1


@pytest.mark.clause("366-8")
async def test_roles_are_given_by_administrators_alone(site: Site, people: People) -> None:
    company = await make_producer(site)
    guest = await make_person(site, 701)
    for actor in (
        guest,
        await make_person(site, None, Role.SUPPLIER, company),
        await make_person(site, None, Role.AUTHORITY),
        integration_actor(),
    ):
        for act in (
            people.grant_role(again(actor), id_of(guest), Role.ADMIN, None, "приказ"),
            people.suspend(again(actor), id_of(guest), "приказ"),
            people.find_people(again(actor), "приказ")
            if actor.kind != "integration"
            else people.resume(again(actor), id_of(guest), "приказ"),
        ):
            with pytest.raises(AccessDenied):
                await act
    async with site.sessions() as session:
        assert not list(await session.scalars(select(RoleChange)))


async def test_a_role_of_a_company_needs_a_complete_form(site: Site, people: People) -> None:
    admin = await admin_actor(site)
    company = await make_producer(site)
    actor, view = await people.actor_for(701, next_cause(), "kk", "Dana")
    with pytest.raises(RuleBroken) as refused:
        await people.grant_role(admin, view.id, Role.SUPPLIER, company.bin, "Приказ")
    assert refused.value.code == "registration_incomplete"
    with pytest.raises(RuleBroken, match="company_needed"):
        await people.grant_role(again(admin), view.id, Role.SUPPLIER, None, "Приказ")
    with pytest.raises(RuleBroken, match="company_not_needed"):
        await people.grant_role(again(admin), view.id, Role.SUPPORT, company.bin, "Приказ")
    with pytest.raises(RuleBroken, match="text_missing"):
        await people.grant_role(again(admin), view.id, Role.SUPPORT, None, " ")
    assert (await people.actor_for(701, next_cause()))[0].role is None
    assert actor.kind == "guest"


@pytest.mark.clause("366-9a")
@pytest.mark.clause("366-9b")
async def test_an_account_is_suspended_told_and_resumed_never_deleted(
    site: Site, people: People
) -> None:
    admin = await admin_actor(site)
    company = await make_producer(site)
    member = await make_person(site, 701, Role.SUPPLIER, company)
    row = await people.suspend(again(admin), id_of(member), "Жалоба № 7")
    assert (row.suspended, row.state_reason) == (True, "Жалоба № 7")
    async with site.sessions() as session:
        told = (
            await session.scalars(select(Notice).where(Notice.person_id == member.person_id))
        ).one()
        assert await members(session, member.company_id or 0, Role.SUPPLIER) == []
    assert (told.kind, dict(told.params)) == ("account.suspended", {"reason": "Жалоба № 7"})
    stopped, view = await people.actor_for(701, next_cause())
    assert (stopped.suspended, view.suspended, view.state_reason) == (True, True, "Жалоба № 7")
    with pytest.raises(AccessDenied) as refused:
        await people.invite(stopped, Role.SUPPLIER)
    assert (refused.value.code, refused.value.clause) == ("account_suspended", "366-9a")
    with pytest.raises(Conflict, match="account_suspended_already"):
        await people.suspend(again(admin), id_of(member), "again")
    await people.resume(again(admin), id_of(member), "Жалоба отозвана")
    resumed, _ = await people.actor_for(701, next_cause())
    assert (resumed.suspended, resumed.role) == (False, Role.SUPPLIER)
    assert await kinds_of(site, member.person_id) == ["account.suspended", "account.resumed"]
    with pytest.raises(Conflict, match="account_active"):
        await people.resume(again(admin), id_of(member), "again")
    async with site.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Person)) == 2


@pytest.mark.clause("366-9a")
async def test_there_is_no_way_to_delete_an_account(people: People) -> None:
    assert not [name for name in dir(people) if "delete" in name or "remove" in name]


async def test_the_last_administrator_stays(site: Site, people: People) -> None:
    admin = await admin_actor(site)
    for act in (
        people.suspend(again(admin), id_of(admin), "приказ"),
        people.revoke_role(again(admin), id_of(admin), Role.ADMIN, None, "приказ"),
    ):
        with pytest.raises(Conflict, match="last_admin"):
            await act


async def test_two_administrators_cannot_dismiss_each_other_at_once(
    site: Site, people: People
) -> None:
    first, second = await admin_actor(site), await admin_actor(site)
    outcomes = await asyncio.gather(
        people.suspend(again(first), id_of(second), "приказ"),
        people.revoke_role(again(second), id_of(first), Role.ADMIN, None, "приказ"),
        return_exceptions=True,
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [str(error) for error in refused] == ["last_admin [366-8]"]
    async with site.sessions() as session:
        assert len(await active_admins(session)) == 1


async def test_admins_of_the_settings_are_there_at_start(site: Site, people: People) -> None:
    known = await make_person(site, 701)
    assert sorted(await people.ensure_admins([702, 701, 702])) == [701, 702]
    assert await people.ensure_admins([701, 702]) == []
    actor, view = await people.actor_for(702, next_cause(), "kk", "Dana")
    assert (actor.role, view.memberships) == (Role.ADMIN, 1)
    page = await people.role_register(actor)
    assert {(line.person_id, line.ground, line.executor) for line in page.lines} == {
        (known.person_id, "settings", "system"),
        (actor.person_id, "settings", "system"),
    }


async def test_administrators_find_people(site: Site, people: People) -> None:
    admin = await admin_actor(site)
    company = await make_producer(site, name_ru="ТОО «Ёлка 100%»", name_kk="«Шырша» ЖШС")
    found = await make_person(site, 7010012, Role.SUPPLIER, company, name="Әсел ҚАНАТ")
    await make_person(site, 702, name="Другой Человек")

    async def names(what: str) -> list[str]:
        return [row.name for row in await people.find_people(again(admin), what)]

    for what in ("асел канат", "ӘСЕЛ", "+7 701 701 00 12", company.bin, "елка 100%"):
        assert await names(what) == ["Әсел ҚАНАТ"], what
    assert await names("100_") == []
    assert (await people.person(again(admin), id_of(found))).memberships[0].company is not None
    with pytest.raises(NotFound, match="person_unknown"):
        await people.person(again(admin), 10_000)


async def test_who_blocks_the_bot_is_unreachable_until_they_return(
    site: Site, people: People
) -> None:
    actor = await make_person(site, 701)
    assert await people.mark_unreachable(again(actor), 701)
    assert not await people.mark_unreachable(Actor.system(next_cause()), 701)
    async with site.sessions() as session:
        row = (await session.scalars(select(Person))).one()
        assert row.unreachable_since == site.clock.now()
    assert await people.mark_reachable(Actor.system(next_cause()), 701)
    assert not await people.mark_reachable(again(actor), 701)
    with pytest.raises(AccessDenied, match="not_your_account"):
        await people.mark_unreachable(again(actor), 702)


class Telling:
    def __init__(self, site: Site) -> None:
        self.site = site

    @use_case("test.tell", by=None)
    async def tell(self, work: Work, companies: list[int]) -> int:
        return await tell_company(
            work, companies, Role.SUPPLIER, "order.invited", "order:1", number=1
        )


@pytest.mark.clause("366-11")
async def test_a_company_is_told_once_a_person_and_each_sees_it_in_their_list(
    site: Site,
) -> None:
    first = await make_producer(site)
    second = await make_producer(site, name_ru="ТОО «Второй»", name_kk="«Екінші» ЖШС")
    one = await make_person(site, 701, Role.SUPPLIER, first)
    both = await make_person(site, 702, Role.SUPPLIER, first)
    both = await make_person(site, 702, Role.SUPPLIER, second)
    await make_person(site, 703, Role.CUSTOMER, second)
    async with site.sessions() as session:
        ids = [await company_id_of(session, company.bin) for company in (first, second)]
    told = await Telling(site).tell(Actor.system(next_cause()), [*ids, 999])
    assert told == 3
    page = await Notices(site).page(again(one))
    assert [(n.kind, n.subject, n.params) for n in page.notices] == [
        ("order.invited", "order:1", {"number": 1})
    ]
    assert page.unread == 1
    # Whoever acts for two companies is told for each, and sees for which.
    page = await Notices(site).page(again(both))
    assert {(n.kind, n.params["number"], n.params["for_ru"]) for n in page.notices} == {
        ("order.invited", 1, "ТОО «Прибор»"),
        ("order.invited", 1, "ТОО «Второй»"),
    }
    memberships = await People(site).my_memberships(again(both))
    assert {n.params["for_membership"] for n in page.notices} == {m.id for m in memberships}


@pytest.mark.clause("366-32")
@pytest.mark.clause("366-33")
async def test_acts_are_on_record_and_the_record_cannot_be_changed_unnoticed(
    site: Site, people: People
) -> None:
    admin = await admin_actor(site)
    guest = await make_person(site, 701)
    act = again(admin)
    await people.grant_role(act, id_of(guest), Role.OBSERVER, None, "Приказ")
    async with site.sessions() as session:
        entry = (
            await session.scalars(select(AuditEntry).where(AuditEntry.cause == act.cause))
        ).one()
        assert (entry.person_id, entry.at, entry.action, entry.subject, entry.source) == (
            admin.person_id,
            site.clock.now(),
            "people.grant_role",
            f"person:{guest.person_id}",
            "telegram",
        )
        assert entry.data["ground"] == "Приказ"
        assert (await verify(session)).broken_at is None
    change = text("UPDATE audit_entry SET data = '{}' WHERE position = :at")
    async with site.sessions() as session:
        with pytest.raises(DBAPIError):
            await session.execute(change, {"at": entry.position})
    async with site.sessions.begin() as session:
        # One who owns the database can lift its guard, and is found out by the chain.
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(change, {"at": entry.position})
    async with site.sessions() as session:
        verdict = await verify(session)
    assert (verdict.broken_at, verdict.problem) == (entry.position, "changed")

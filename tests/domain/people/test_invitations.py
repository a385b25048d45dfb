"""Invitations: single-use links, who may make them, and what they open."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.actor import Actor
from domain.audit import AuditEntry
from domain.clock import ManualClock
from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken
from domain.people.model import Registration
from domain.people.service import People
from domain.roles import Role
from domain.work import Site
from tests.domain.people.forms import apply, count, newcomer, notices_of
from tests.support.factories import (
    admin_actor,
    again,
    integration_actor,
    make_customer,
    make_person,
    make_producer,
    next_cause,
)


@pytest.fixture
def people(site: Site) -> People:
    return People(site)


@pytest.mark.clause("366-15")
async def test_an_invitation_opens_the_company_at_once(site: Site, people: People) -> None:
    company = await make_producer(site)
    boss = await make_person(site, 601, Role.SUPPLIER, company)
    link = await people.invite(again(boss), Role.SUPPLIER)
    actor = await newcomer(people)
    info = await people.invitation_info(actor, link.token)
    assert (info.company and info.company.bin, info.used) == (company.bin, False)
    receipt = await apply(people, actor, company.bin, link.token)
    assert receipt.state == "approved"
    (told,) = await notices_of(site, actor)
    assert (told[0], told[1]["number"]) == ("registration.approved", receipt.number)
    (joined,) = await notices_of(site, boss)
    assert (joined[0], joined[1]["name"]) == ("colleague.joined", "Дана Ахметова")
    member, view = await people.actor_for(501, next_cause())
    assert (member.role, member.company_id) == (Role.SUPPLIER, boss.company_id)
    assert view.name == "Дана Ахметова"
    assert [row.name for row in await people.colleagues(again(boss))] == ["Дана Ахметова"]
    # The same person with the same link: the same answer; another person: refused.
    assert await apply(people, again(actor), company.bin, link.token) == receipt
    assert (await people.invitation_info(again(actor), link.token)).used
    other = await newcomer(people, 502)
    for attempt in (
        apply(people, again(other), company.bin, link.token),
        people.invitation_info(again(other), link.token),
    ):
        with pytest.raises(Conflict, match="invitation_used"):
            await attempt


async def test_an_invitation_lifts_a_waiting_application(site: Site, people: People) -> None:
    company = await make_producer(site)
    actor = await newcomer(people)
    waiting = await apply(people, actor, company.bin)
    link = await people.invite(integration_actor(), Role.SUPPLIER, company.bin)
    lifted = await apply(people, again(actor), company.bin, link.token)
    assert (lifted.number, lifted.state) == (waiting.number, "approved")
    with pytest.raises(Conflict, match="already_member"):
        await apply(people, again(actor), company.bin)


async def test_links_that_do_not_work(site: Site, people: People, clock: ManualClock) -> None:
    company, other = await make_producer(site), await make_producer(site)
    link = await people.invite(integration_actor(), Role.SUPPLIER, company.bin)
    actor = await newcomer(people)
    with pytest.raises(NotFound, match="invitation_unknown"):
        await people.invitation_info(actor, "nonsense")
    with pytest.raises(RuleBroken, match="invitation_other"):
        await apply(people, again(actor), other.bin, link.token)
    clock.set(link.expires_at - timedelta(microseconds=1))
    assert not (await people.invitation_info(actor, link.token)).used
    clock.set(link.expires_at)
    with pytest.raises(Conflict, match="invitation_expired"):
        await apply(people, again(actor), company.bin, link.token)
    assert await count(site, Registration) == 0


@pytest.mark.clause("366-8")
async def test_who_may_invite_whom(site: Site, people: People) -> None:
    mine, other = await make_producer(site), await make_producer(site)
    member = await make_person(site, 601, Role.SUPPLIER, mine)
    admin = await admin_actor(site)
    for role, bin_iin in (
        (Role.SUPPLIER, other.bin),
        (Role.ADMIN, None),
        (Role.SUPPORT, None),
    ):
        with pytest.raises(AccessDenied, match="invite_not_allowed"):
            await people.invite(again(member), role, bin_iin)
    with pytest.raises(NotFound, match="company_unknown"):
        await people.invite(again(admin), Role.CUSTOMER, mine.bin)
    with pytest.raises(AccessDenied, match="invite_not_allowed"):
        await people.invite(integration_actor(), Role.ADMIN)
    with pytest.raises(AccessDenied, match="scope_too_small"):
        await people.invite(integration_actor(read_only=True), Role.SUPPLIER, mine.bin)
    assert (await people.invite(again(admin), Role.SUPPLIER, other.bin)).company is not None
    assert (await people.invite(again(admin), Role.SUPPORT)).company is None
    staff = await people.invite(Actor.system(next_cause(), "cli"), Role.ADMIN)
    newcomer_ = await newcomer(people)
    with pytest.raises(AccessDenied, match="role_by_invitation"):
        await apply(people, again(newcomer_), None, role=Role.ADMIN)
    receipt = await apply(people, again(newcomer_), None, staff.token, Role.ADMIN)
    assert (receipt.state, receipt.company) == ("approved", None)


async def test_a_token_never_enters_the_record_and_is_renewed_for_the_same_cause(
    site: Site, people: People
) -> None:
    company = await make_producer(site)
    cause = integration_actor()
    first = await people.invite(cause, Role.SUPPLIER, company.bin)
    second = await people.invite(cause, Role.SUPPLIER, company.bin)
    assert replace(first, token="") == replace(second, token="")
    actor = await newcomer(people)
    with pytest.raises(NotFound, match="invitation_unknown"):
        await people.invitation_info(actor, first.token)
    assert not (await people.invitation_info(actor, second.token)).used
    async with site.sessions() as session:
        entries = await session.scalars(select(AuditEntry))
        written = " ".join(f"{entry.data} {entry.result} {entry.cause}" for entry in entries)
    assert first.token not in written
    assert second.token not in written


async def test_one_person_of_two_companies_switches(site: Site, people: People) -> None:
    first, second = await make_producer(site), await make_customer(site)
    await make_person(site, 601, Role.SUPPLIER, first)
    actor = await make_person(site, 601, Role.CUSTOMER, second)
    mine = await people.my_memberships(actor)
    assert [(m.role, m.current) for m in mine] == [(Role.SUPPLIER, False), (Role.CUSTOMER, True)]
    view = await people.switch_membership(again(actor), mine[0].id)
    assert view.membership is not None
    assert view.membership.role is Role.SUPPLIER
    assert (await people.actor_for(601, next_cause()))[0].role is Role.SUPPLIER
    stranger = await make_person(site, 602, Role.SUPPLIER, first)
    with pytest.raises(NotFound, match="membership_unknown"):
        await people.switch_membership(again(stranger), mine[0].id)

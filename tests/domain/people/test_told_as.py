"""A notice goes only to who still is what they were told as, judged when it is taken to be sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from domain.actor import Actor
from domain.notices.model import Notice
from domain.notices.queue import NoticeQueue
from domain.notices.writing import tell
from domain.people.model import Membership, Person
from domain.people.queries import tell_admins, tell_company
from domain.people.service import People
from domain.preferences.digests import Digests
from domain.registry.model import Company
from domain.roles import Role
from domain.work import Site, Work, use_case
from tests.domain.stage import Stage
from tests.support.factories import again, integration_actor, make_person, make_producer

LEASE = timedelta(minutes=5)
DESK = (Role.SUPPORT, Role.ADMIN)


class Crier:
    """Tells people something as what they are."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @use_case("test.cry_company", by=None)
    async def company(self, work: Work, bin_: str) -> int:
        """To the suppliers of a company."""
        ids = await work.session.scalars(select(Company.id).where(Company.bin == bin_))
        return await tell_company(work, ids.all(), Role.SUPPLIER, "order.done", "order:1", number=1)

    @use_case("test.cry_desk", by=None)
    async def desk(self, work: Work, people: list[int]) -> None:
        """To operators."""
        about = {"count": 1, "voices": 0, "due_at": work.now}
        await tell(work, people, "desk.morning", "desk", about=about, as_roles=DESK)

    @use_case("test.cry_admins", by=None)
    async def admins(self, work: Work) -> int:
        """To the administrators."""
        return await tell_admins(work, "webhook.disabled", "webhook:1")

    @use_case("test.cry_own", by=None)
    async def own(self, work: Work, people: list[int], kind: str) -> None:
        """What is somebody's own."""
        await tell(work, people, kind, "ticket:1", ticket=1)


def ids(*people: Actor) -> list[int]:
    return [person.person_id or 0 for person in people]


async def taken(site: Site) -> list[tuple[int, str]]:
    return [(each.person_id, each.kind) for each in await NoticeQueue(site).claim(50, LEASE)]


async def left(site: Site) -> list[tuple[int, str | None]]:
    """Whose notice did not go, and why."""
    async with site.sessions() as session:
        rows = await session.scalars(select(Notice).where(Notice.state == "useless"))
        return [(row.person_id, row.error) for row in rows]


async def end(site: Site, person: Actor, **values: str) -> None:
    """End memberships without a word: as they stand the instant after a notice was written."""
    async with site.sessions.begin() as session:
        found = update(Membership).where(Membership.person_id == person.person_id)
        await session.execute(found.values(values or {"state": "revoked"}))


async def test_who_left_in_the_instant_it_was_written_is_not_told(stage: Stage) -> None:
    site = stage.site
    company = await make_producer(site)
    leaver = await make_person(site, role=Role.SUPPLIER, company=company)
    stays = await make_person(site, role=Role.SUPPLIER, company=company)
    await Crier(site).company(integration_actor(), company.bin)
    await end(site, leaver)
    assert await taken(site) == [(stays.person_id, "order.done")]
    assert await left(site) == [(leaver.person_id, "the reader is no more what they were told as")]


async def test_a_role_in_another_company_is_no_right_to_this_ones_news(stage: Stage) -> None:
    site = stage.site
    told, other = await make_producer(site), await make_producer(site)
    person = await make_person(site, 81, role=Role.SUPPLIER, company=told)
    await Crier(site).company(integration_actor(), told.bin)
    await end(site, person)
    await make_person(site, 81, role=Role.SUPPLIER, company=other)
    assert await taken(site) == []


@pytest.mark.parametrize(
    ("was", "still", "told"),
    [
        (Role.SUPPORT, None, False),
        (Role.SUPPORT, Role.OBSERVER, False),
        (Role.SUPPORT, Role.ADMIN, True),
        (Role.ADMIN, Role.SUPPORT, True),
    ],
)
async def test_the_desk_is_who_works_there_now(
    stage: Stage, was: Role, still: Role | None, told: bool
) -> None:
    site = stage.site
    person = await make_person(site, 82, role=was)
    await Crier(site).desk(integration_actor(), ids(person))
    await end(site, person)
    if still is not None:
        await make_person(site, 82, role=still)
    assert await taken(site) == ([(person.person_id, "desk.morning")] if told else [])


async def test_former_administrators_are_told_nothing_of_the_house(stage: Stage) -> None:
    site = stage.site
    former, admin = (
        await make_person(site, role=Role.ADMIN),
        await make_person(site, role=Role.ADMIN),
    )
    await Crier(site).admins(integration_actor())
    await end(site, former, role=Role.SUPPORT.value)
    assert await taken(site) == [(admin.person_id, "webhook.disabled")]


async def test_the_suspended_get_only_what_is_their_own(stage: Stage) -> None:
    site, cry = stage.site, Crier(stage.site)
    company = await make_producer(site)
    person = await make_person(site, role=Role.SUPPLIER, company=company)
    admin = await make_person(site, role=Role.ADMIN)
    await cry.company(integration_actor(), company.bin)
    for kind in ("maintenance.tomorrow", "ticket.answered"):
        await cry.own(integration_actor(), ids(person), kind)
    await People(site).suspend(again(admin), person.person_id or 0, "Приказ 4")
    assert sorted(kind for _, kind in await taken(site)) == ["account.suspended", "ticket.answered"]
    assert await left(site) == [(person.person_id, "the account of the reader is suspended")] * 2
    async with site.sessions() as session:
        assert await session.scalar(select(Person.state).where(Person.id == person.person_id))


async def test_what_a_digest_gathers_is_no_longer_of_a_company_left(stage: Stage) -> None:
    site = stage.site
    gone, kept = await make_producer(site), await make_producer(site)
    person = await make_person(site, 83, role=Role.SUPPLIER, company=gone)
    await make_person(site, 83, role=Role.SUPPLIER, company=kept)
    for company in (gone, kept):
        await Crier(site).company(integration_actor(), company.bin)
    async with site.sessions.begin() as session:
        await session.execute(update(Notice).values(state="digest"))
        of_gone = select(Company.id).where(Company.bin == gone.bin).scalar_subquery()
        await session.execute(
            update(Membership).where(Membership.company_id == of_gone).values(state="revoked")
        )
    assert await Digests(site).collect() == 1
    (digest,) = await NoticeQueue(site).claim(5, LEASE)
    assert digest.person_id == person.person_id
    assert digest.params["count"] == 1
    assert await left(site) == [(person.person_id, "the reader is no more what they were told as")]

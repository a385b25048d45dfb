"""Whoever acts for a company no more is told nothing of it, whatever waited for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from domain.notices.model import Lane, Notice
from domain.notices.queue import NoticeQueue, Outcome, Settled
from domain.people.queries import tell_company
from domain.people.service import People
from domain.registry.model import Company
from domain.roles import Role
from domain.work import Site, Work, use_case
from tests.domain.stage import Stage
from tests.support.factories import again, integration_actor, make_person, make_producer

LEASE = timedelta(minutes=5)


class Crier:
    """Tells companies something."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @use_case("test.cry", by=None)
    async def cry(self, work: Work, *bins: str) -> int:
        """One notice to each supplier of these companies."""
        ids = await work.session.scalars(select(Company.id).where(Company.bin.in_(bins)))
        return await tell_company(work, ids.all(), Role.SUPPLIER, "order.done", "order:1", number=1)


@pytest.mark.parametrize("state", ["queued", "held", "digest"])
async def test_what_waits_for_a_company_does_not_go_to_who_has_left_it(
    stage: Stage, state: str
) -> None:
    site, queue = stage.site, NoticeQueue(stage.site)
    left, kept = await make_producer(site), await make_producer(site)
    leaver = await make_person(site, 81, role=Role.SUPPLIER, company=left)
    await make_person(site, 81, role=Role.SUPPLIER, company=kept)
    stays = await make_person(site, 82, role=Role.SUPPLIER, company=left)
    await Crier(site).cry(integration_actor(), left.bin, kept.bin)
    async with site.sessions.begin() as session:
        copy = {"channel": "email"}
        first = (await session.scalars(select(Notice).order_by(Notice.id))).all()
        columns = [c.name for c in Notice.__table__.columns if c.name != "id"]
        for row in first:
            session.add(Notice(**{name: getattr(row, name) for name in columns} | copy))
        await session.flush()
        await session.execute(update(Notice).values(state=state, lane=int(Lane.WORK)))
    admin = await make_person(site, role=Role.ADMIN)
    assert leaver.person_id
    await People(site).revoke_role(
        again(admin), leaver.person_id, Role.SUPPLIER, left.bin, "Приказ 3"
    )
    async with site.sessions.begin() as session:
        await session.execute(update(Notice).where(Notice.state == state).values(state="queued"))
    taken = [
        (each.person_id, each.kind)
        for channel in ("telegram", "email")
        for each in await NoticeQueue(site, channel).claim(20, LEASE)
    ]
    assert sorted(taken) == sorted(
        [
            *[(leaver.person_id, "order.done")] * 2,  # for the company they are still in
            *[(stays.person_id, "order.done")] * 2,
            (leaver.person_id, "role.revoked"),
        ]
    )
    assert await queue.claim(20, LEASE) == []


async def test_what_was_being_sent_is_not_tried_again(stage: Stage) -> None:
    site, queue = stage.site, NoticeQueue(stage.site)
    left = await make_producer(site)
    leaver = await make_person(site, role=Role.SUPPLIER, company=left)
    await Crier(site).cry(integration_actor(), left.bin)
    (notice,) = await queue.claim(5, LEASE)
    admin = await make_person(site, role=Role.ADMIN)
    assert leaver.person_id
    await People(site).revoke_role(
        again(admin), leaver.person_id, Role.SUPPLIER, left.bin, "Приказ 3"
    )
    await queue.settle([Settled(notice, Outcome("retry", reason="away"), stage.clock.now())])
    assert [each.kind for each in await queue.claim(5, LEASE)] == ["role.revoked"]


async def test_whoever_keeps_another_role_in_the_company_is_told(stage: Stage) -> None:
    site, queue = stage.site, NoticeQueue(stage.site)
    company = await make_producer(site)
    both = await make_person(site, 83, role=Role.SUPPLIER, company=company)
    await make_person(site, 83, role=Role.CUSTOMER, company=company)
    await Crier(site).cry(integration_actor(), company.bin)
    admin = await make_person(site, role=Role.ADMIN)
    assert both.person_id
    await People(site).revoke_role(
        again(admin), both.person_id, Role.CUSTOMER, company.bin, "Приказ 3"
    )
    kinds = {each.kind for each in await queue.claim(5, LEASE)}
    assert kinds == {"order.done", "role.revoked"}

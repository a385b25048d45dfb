"""What an act writes beside its change: deadlines, notices and entries, many in one statement."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from domain.audit import AuditEntry, Draft, verify
from domain.deadlines import Deadline, NewDeadline, set_period, write
from domain.law import OFFER_WINDOW
from domain.notices.model import Notice
from domain.notices.writing import tell
from domain.people.queries import tell_company
from domain.registry.rules import ProducerData, Status
from domain.registry.service import Registry
from domain.roles import Role
from domain.work import Site, Work, sweep_work
from domain.working_time.model import OverrideRow
from tests.support.factories import (
    good,
    integration_actor,
    make_person,
    make_producer,
    next_bin,
    next_cause,
)
from tests.support.kinds import add_kinds


def new(site: Site, subject: str, kind: str = "k", *marks: NewDeadline) -> NewDeadline:
    now = site.clock.now()
    return NewDeadline(kind, subject, now, now + timedelta(days=1), reminders=marks)


def working(site: Site, session: object, cause: str = "") -> Work:
    now = site.clock.now()
    actor = integration_actor(cause or next_cause())
    return Work(session, now, actor, Draft(now, actor, "test"))  # type: ignore[arg-type] # given


async def test_deadlines_are_written_in_order_with_generations_and_parents(site: Site) -> None:
    async with site.sessions.begin() as session:
        first = await write(session, [new(site, "a"), new(site, "b")])
        mark = new(site, "a#early", "remind.k")
        second = await write(session, [new(site, "b"), new(site, "a", "k", mark), new(site, "c")])
        rows = {row.id: row for row in await session.scalars(select(Deadline))}
    assert [(rows[id_].subject, rows[id_].generation) for id_ in first] == [("a", 1), ("b", 1)]
    assert [(rows[id_].subject, rows[id_].generation) for id_ in second] == [
        ("b", 2),
        ("a", 2),
        ("c", 1),
    ]
    (marked,) = [row for row in rows.values() if row.kind == "remind.k"]
    assert (marked.parent_id, marked.generation) == (second[1], 1)
    assert {row.state for row in rows.values()} == {"open"}


async def test_written_instants_keep_their_microseconds(site: Site) -> None:
    at = datetime.fromisoformat("2026-11-20T10:00:00.123457+05:00")
    row = NewDeadline("k", "a", at, at + timedelta(microseconds=1), params={"x": 1}, receipt=None)
    async with site.sessions.begin() as session:
        await write(session, [row])
        found = (await session.scalars(select(Deadline))).one()
    assert (found.started_at, found.due_at) == (at, at + timedelta(microseconds=1))
    assert (found.params, found.receipt, found.clause, found.order_id) == (
        {"x": 1},
        None,
        None,
        None,
    )


async def test_a_calendar_read_once_holds_for_its_transaction_only(site: Site) -> None:
    async with site.sessions() as session:
        before = await set_period(working(site, session), OFFER_WINDOW, "a", order_id=None)
        await session.commit()
        session.add(
            OverrideRow(
                day=before.date(),
                working=False,
                name_kk="к",
                name_ru="к",
                basis="б",
                entered_label="",
                entered_at=site.clock.now(),
            )
        )
        await session.commit()
        after = await set_period(working(site, session), OFFER_WINDOW, "b", order_id=None)
    assert after > before


async def test_a_person_is_told_once_by_one_act(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_kinds(monkeypatch, "k")
    first, second = await make_producer(site), await make_producer(site)
    telegram_id = 700_123_456
    one = await make_person(site, telegram_id, Role.SUPPLIER, first)
    await make_person(site, role=Role.CUSTOMER, company=second)
    async with site.sessions.begin() as session:
        ids = [one.company_id or 0]
        work = working(site, session)
        told = await tell_company(work, ids, Role.SUPPLIER, "k", "order:1", number=1)
        again = await tell_company(work, ids, Role.SUPPLIER, "k", "order:1", number=1)
        nobody = await tell_company(work, [], Role.SUPPLIER, "k", "order:1", number=1)
        await tell(work, [one.person_id or 0] * 2, "k", "order:2", about={"a": 1}, b=2)
        rows = list(await session.scalars(select(Notice).order_by(Notice.id)))
    assert (told, again, nobody) == (1, 1, 0)
    assert [(row.person_id, row.subject, row.params) for row in rows] == [
        (one.person_id, "order:1", {"number": 1}),
        (one.person_id, "order:2", {"a": 1, "b": 2}),
    ]
    assert {(row.state, row.attempts, row.created_at) for row in rows} == {
        ("queued", 0, site.clock.now())
    }


async def test_one_act_may_have_the_same_consequence_for_several(site: Site) -> None:
    """Two producers of one import change their status: each change is on record."""
    numbers = [next_bin(), next_bin()]
    for status in (Status.ACTIVE, Status.BANKRUPT):
        producers = [
            ProducerData(
                bin=number,
                name_ru="ТОО «Прибор»",
                name_kk="«Аспап» ЖШС",
                status=status,
                registry_number="1",
                goods=(good(),),
            )
            for number in numbers
        ]
        await Registry(site).import_producers(integration_actor(), producers)
    async with site.sessions() as session:
        entries = list(
            await session.scalars(
                select(AuditEntry.subject).where(AuditEntry.action == "registry.status")
            )
        )
        assert entries == [f"company:{number}" for number in sorted(numbers)]
        assert (await verify(session)).broken_at is None


@pytest.mark.parametrize("text", ["ә «»", "\u2028 \\ \" '", "😀"])
async def test_the_chain_holds_whatever_is_recorded(site: Site, text: str) -> None:
    async with sweep_work(site) as (session, drafts):
        work = working(site, session)
        work.record("a", text=text, at=site.clock.now(), sum=1.5, none=None)
        drafts.extend([work.entry, work.entry.__class__(work.now, work.actor, "other")])
    async with site.sessions() as session:
        assert (await verify(session)).broken_at is None
        stored = (await session.scalars(select(AuditEntry).order_by(AuditEntry.position))).first()
        assert stored is not None
        assert stored.data["text"] == text

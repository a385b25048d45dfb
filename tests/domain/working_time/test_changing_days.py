"""Changing working days: preview, the move of running deadlines, and the people told."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from domain.audit import AuditEntry, verify
from domain.awards.model import Award
from domain.awards.rules import Choice
from domain.clock import ManualClock
from domain.deadlines import Deadline
from domain.errors import AccessDenied, Conflict, RuleBroken
from domain.notices.model import Notice
from domain.orders.model import Order
from domain.registry.views import CompanyView
from domain.roles import Role
from domain.services import Services
from domain.terms import Term
from domain.work import Site
from domain.working_time.model import OverrideRow
from domain.working_time.rules import OverrideChange
from tests.support.factories import (
    admin_actor,
    again,
    integration_actor,
    make_customer,
    make_offer,
    make_order,
    make_person,
    make_producer,
)


@pytest.fixture
def services(site: Site) -> Services:
    return Services(site)


def astana(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+05:00")


def off(day: int, working: bool | None = False) -> OverrideChange:
    return OverrideChange(
        date(2026, 11, day), working, "Демалыс", "Выходной", "Приказ министра № 1"
    )


# The clock stands on Friday 20 November 2026: two working days end after Tuesday the 24th.
DUE = astana("2026-11-25T00:00")
LATER = astana("2026-11-26T00:00")


async def version(services: Services) -> str:
    return (await services.working_time.calendar(integration_actor())).version


async def told(site: Site, kind: str = "deadline.moved") -> dict[int, dict[str, object]]:
    async with site.sessions() as session:
        rows = await session.scalars(select(Notice).where(Notice.kind == kind))
        return {row.person_id: dict(row.params) for row in rows}


async def open_rows(site: Site) -> list[Deadline]:
    async with site.sessions() as session:
        return list(
            await session.scalars(
                select(Deadline)
                .where(Deadline.state == "open")
                .order_by(Deadline.due_at, Deadline.id)
            )
        )


class Scene:
    """A published order with its people."""

    def __init__(self, number: int, customer: CompanyView, supplier: CompanyView) -> None:
        self.number, self.customer, self.supplier = number, customer, supplier


@pytest.fixture
async def scene(site: Site, services: Services) -> Scene:
    customer, supplier = await make_customer(site), await make_producer(site)
    return Scene(await make_order(services, customer), customer, supplier)


async def test_a_receipt_is_counted_on_the_calendar_in_force(services: Services) -> None:
    start = astana("2026-11-20T15:00")
    before = await services.working_time.receipt(integration_actor(), start, Term.parse("2wd"))
    assert before.due_at == DUE
    await services.working_time.apply(integration_actor(), [off(23)], await version(services))
    after = await services.working_time.receipt(integration_actor(), start, Term.parse("2wd"))
    assert after.due_at == LATER
    assert after.calendar_version == await version(services) != before.calendar_version


async def test_a_preview_lists_every_move_and_changes_nothing(
    site: Site, services: Services, scene: Scene
) -> None:
    admin = await admin_actor(site)
    rows = [(row.id, row.due_at) for row in await open_rows(site)]
    preview = await services.working_time.preview(admin, [off(23)])
    assert preview.version == await version(services) != preview.new_version
    (move,) = preview.moves
    assert (move.number, move.subject, move.kind, move.clause) == (
        scene.number,
        f"order:{scene.number}",
        "offer_window",
        "344-13.3a",
    )
    assert (move.old, move.new) == (DUE, LATER)
    assert [(row.id, row.due_at) for row in await open_rows(site)] == rows
    assert await told(site) == {}


async def test_applying_moves_the_window_with_its_reminders_and_tells(
    site: Site, services: Services, scene: Scene
) -> None:
    admin = await admin_actor(site)
    buyer = await make_person(site, None, Role.CUSTOMER, scene.customer)
    seller = await make_person(site, None, Role.SUPPLIER, scene.supplier)
    await make_person(site, None, Role.SUPPLIER, await make_producer(site, goods=["100000"]))
    change = again(admin)
    expected = await version(services)
    applied = await services.working_time.apply(change, [off(23)], expected)
    assert (applied.version, applied.told) == (await version(services), 2)
    assert await services.working_time.apply(change, [off(23)], expected) == applied
    notices = await told(site)
    assert set(notices) == {buyer.person_id, seller.person_id}
    assert notices[seller.person_id or 0] == {
        "deadline": "offer_window",
        "number": scene.number,
        "award": None,
        "old": "2026-11-24T19:00:00Z",
        "new": "2026-11-25T19:00:00Z",
        "clause": "344-13.3a",
        "days": [
            {
                "day": "2026-11-23",
                "working": False,
                "name_ru": off(23).name_ru,
                "name_kk": off(23).name_kk,
                "basis": off(23).basis,
            }
        ],
        "more_days": 0,
    }
    async with site.sessions() as session:
        order = (await session.scalars(select(Order))).one()
        assert order.offers_due_at == LATER
        old = (await session.scalars(select(Deadline).where(Deadline.state == "moved"))).one()
        entries = await session.scalars(
            select(AuditEntry.action).where(AuditEntry.cause == change.cause)
        )
        assert sorted(entries) == ["deadline.moved", "working_time.apply"]
        assert (await verify(session)).broken_at is None
    assert (old.due_at, old.generation) == (DUE, 1)
    *marks, fresh = await open_rows(site)
    assert (fresh.kind, fresh.due_at, fresh.generation, fresh.calendar_version) == (
        "offer_window",
        LATER,
        2,
        applied.version,
    )
    assert {mark.kind for mark in marks} == {"remind.offer_window"}
    assert {mark.parent_id for mark in marks} == {fresh.id}
    (entered,) = await services.working_time.overrides(again(admin))
    assert (entered.day, entered.working, entered.basis, entered.entered_by) == (
        date(2026, 11, 23),
        False,
        "Приказ министра № 1",
        "Админ Әділ",
    )


async def test_an_offer_between_the_old_and_the_new_end_is_in_time(
    services: Services, scene: Scene, clock: ManualClock
) -> None:
    await services.working_time.apply(integration_actor(), [off(23)], await version(services))
    clock.set(DUE)
    await services.deadlines.fire_due()
    await make_offer(services, scene.number, scene.supplier)
    clock.set(LATER)
    with pytest.raises(Conflict, match="window_closed"):
        await make_offer(services, scene.number, scene.supplier)


async def test_a_confirmation_moves_and_its_award_shows_it(
    site: Site, services: Services, scene: Scene, clock: ManualClock
) -> None:
    seller = await make_person(site, None, Role.SUPPLIER, scene.supplier)
    await make_offer(services, scene.number, scene.supplier)
    clock.set(DUE)
    await services.deadlines.fire_due()
    (award,) = await services.awards.select(
        integration_actor(),
        scene.number,
        [Choice(1, scene.supplier.bin, Decimal(100))],
    )
    assert award.due_at == astana("2026-11-28T00:00")  # Wednesday 25th + 2 working days
    applied = await services.working_time.apply(
        integration_actor(), [off(26)], await version(services)
    )
    end = astana("2026-12-01T00:00")  # Friday 27th, Monday 30th
    assert [(m.kind, m.subject, m.new) for m in applied.moves] == [
        ("confirmation", f"award:{award.id}", end)
    ]
    assert (await told(site))[seller.person_id or 0]["award"] == award.id
    async with site.sessions() as session:
        assert (await session.scalars(select(Award.due_at))).one() == end
    clock.set(end - timedelta(microseconds=1))
    confirmed = await services.awards.confirm(integration_actor(), award.id)
    assert confirmed.state == "active"


async def test_nobody_becomes_late_by_a_change(
    site: Site, services: Services, scene: Scene, clock: ManualClock
) -> None:
    # Saturday the 21st made a working day would end the term after Monday the 23rd.
    clock.set(astana("2026-11-24T00:00") - timedelta(microseconds=1))
    changes = [off(21, working=True)]
    preview = await services.working_time.preview(integration_actor(), changes)
    assert [move.new for move in preview.moves] == [astana("2026-11-24T00:00")]
    clock.advance(timedelta(microseconds=1))
    for act in (
        services.working_time.preview(integration_actor(), changes),
        services.working_time.apply(integration_actor(), changes, preview.version),
    ):
        with pytest.raises(RuleBroken) as refused:
            await act
        assert refused.value.code == "override_past"
        (late,) = refused.value.params["deadlines"]
        assert (late["subject"], late["old"], late["new"]) == (
            f"order:{scene.number}",
            DUE,
            astana("2026-11-24T00:00"),
        )
    async with site.sessions() as session:
        assert not list(await session.scalars(select(OverrideRow)))


async def test_a_term_that_is_over_is_not_opened_again(
    site: Site, services: Services, scene: Scene, clock: ManualClock
) -> None:
    clock.set(DUE)  # no sweep has run yet
    applied = await services.working_time.apply(
        integration_actor(), [off(24)], await version(services)
    )
    assert applied.moves == []
    with pytest.raises(Conflict, match="window_closed"):
        await make_offer(services, scene.number, scene.supplier)
    assert await services.deadlines.fire_due() > 0


async def test_an_override_is_taken_back(services: Services, scene: Scene) -> None:
    first = await version(services)
    await services.working_time.apply(integration_actor(), [off(23)], first)
    back = await services.working_time.apply(
        integration_actor(), [off(23, working=None)], await version(services)
    )
    assert (back.version, [move.new for move in back.moves]) == (first, [DUE])
    assert await services.working_time.overrides(integration_actor()) == []


async def test_a_change_is_made_by_the_calendar_of_its_preview(
    site: Site, services: Services
) -> None:
    expected = await version(services)
    outcomes = await asyncio.gather(
        services.working_time.apply(integration_actor(), [off(23)], expected),
        services.working_time.apply(integration_actor(), [off(24)], expected),
        return_exceptions=True,
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert len(refused) == 1
    assert isinstance(refused[0], Conflict)
    assert refused[0].code == "calendar_changed"
    async with site.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(OverrideRow)) == 1


@pytest.mark.clause("366-8")
async def test_days_are_changed_by_administrators_and_integrations_only(
    site: Site, services: Services
) -> None:
    supplier = await make_person(site, None, Role.SUPPLIER, await make_producer(site))
    reader = integration_actor(read_only=True)
    expected = await version(services)
    for actor in (supplier, await make_person(site, None, Role.SUPPORT), reader):
        with pytest.raises(AccessDenied):
            await services.working_time.apply(again(actor), [off(23)], expected)
    with pytest.raises(AccessDenied):
        await services.working_time.preview(again(supplier), [off(23)])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ([], "override_empty"),
        ([off(23), off(23, working=True)], "override_repeated"),
        ([OverrideChange(date(2026, 11, 23), False, "x", "x", " ")], "text_missing"),
        ([OverrideChange(date(2026, 11, 23), False, "", "x", "x")], "text_missing"),
        ([off(23, working=None)], "override_unchanged"),
        ([OverrideChange(date(1999, 1, 1), False, "x", "x", "x")], "calendar_range"),
        (
            [
                OverrideChange(date(2030, 1, 1) + timedelta(days=at), False, "x", "x", "x")
                for at in range(367)
            ],
            "override_too_many",
        ),
    ],
)
async def test_changes_refused(
    services: Services, changes: list[OverrideChange], code: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        await services.working_time.preview(integration_actor(), changes)
    assert refused.value.code == code


async def test_a_change_waits_for_an_act_that_sets_a_deadline(
    site: Site, services: Services
) -> None:
    """Ten publications and a change at once: every window ends by the calendar in force."""
    customer = await make_customer(site)
    await make_producer(site)
    numbers = [await make_order(services, customer, publish=False) for _ in range(10)]
    await asyncio.gather(
        *(services.orders.publish(integration_actor(), number) for number in numbers[:5]),
        services.working_time.apply(integration_actor(), [off(23)], await version(services)),
        *(services.orders.publish(integration_actor(), number) for number in numbers[5:]),
    )
    async with site.sessions() as session:
        ends = set(await session.scalars(select(Order.offers_due_at)))
    assert ends == {LATER}
    windows = [row for row in await open_rows(site) if row.kind == "offer_window"]
    assert [row.due_at for row in windows] == [LATER] * 10

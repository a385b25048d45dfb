"""In whatever world nothing is found; what is spoilt by hand is found, and that alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.awards.model import Award
from domain.deadlines import Deadline
from domain.notices.model import Delivery, Notice
from domain.orders.model import Order
from domain.reconciliation.looking import look
from domain.support.model import Ticket
from tests.domain.reconciliation.world import World, make_world
from tests.domain.stage import Stage, offered

_SECOND = timedelta(seconds=1)


async def found(stage: Stage, batch: int = 500) -> set[tuple[str, str, str]]:
    """Codes, subjects and kinds of all differences."""
    findings = await look(stage.site, batch)
    return {(each.code, each.subject, each.kind) for each in findings.differences}


@pytest.mark.parametrize("seed", range(5))
async def test_in_a_random_world_nothing_is_found(stage: Stage, seed: int) -> None:
    world = await make_world(stage, seed)
    for _ in range(4):
        await world.live(25)
        assert await found(stage) == set()
        assert await found(stage, batch=3) == set()
    assert world.done > 20


async def test_a_walk_looks_at_everything_in_batches_of_any_size(stage: Stage) -> None:
    world = await make_world(stage, 1)
    await world.live(60)
    counts = {(await look(stage.site, batch)).checked for batch in (1, 2, 7, 500)}
    assert len(counts) == 1
    assert counts.pop() > 10


Spoil = Callable[[AsyncSession], Awaitable[object]]


async def _row(session: AsyncSession, kind: str) -> Deadline:
    row = await session.scalar(
        select(Deadline).where(Deadline.kind == kind, Deadline.state == "open").limit(1)
    )
    assert row is not None, kind
    return row


def closed(kind: str) -> Spoil:
    """A row closed by hand, with its reminders."""

    async def spoil(session: AsyncSession) -> None:
        row = await _row(session, kind)
        row.state = "done"
        await session.execute(
            update(Deadline).where(Deadline.parent_id == row.id).values(state="cancelled")
        )

    return spoil


def later(kind: str) -> Spoil:
    """An end moved by a second."""

    async def spoil(session: AsyncSession) -> None:
        (await _row(session, kind)).due_at += _SECOND

    return spoil


def untold(kind: str) -> Spoil:
    """Notices of a kind removed."""

    async def spoil(session: AsyncSession) -> None:
        assert (await session.scalars(select(Notice.id).where(Notice.kind == kind))).all()
        ids = select(Notice.id).where(Notice.kind == kind)
        await session.execute(delete(Delivery).where(Delivery.notice_id.in_(ids)))
        await session.execute(delete(Notice).where(Notice.kind == kind))

    return spoil


def said(statement: object) -> Spoil:
    """A state or an end changed by hand."""

    async def spoil(session: AsyncSession) -> None:
        await session.execute(statement)  # type: ignore[call-overload]  # an update of the test's

    return spoil


async def everything(stage: Stage) -> World:
    """Order 1 collects, order 2 chooses, award 1 waits, award 2 is confirmed; two tickets."""
    world = await make_world(stage, 0)
    customer, one, two = world.customers[0], world.suppliers[0], world.suppliers[1]
    older = await stage.order(customer)
    for supplier in (one, two):
        await stage.offer(supplier, older, offered("50", "300000"))
    chosen = await stage.order(customer)
    for supplier in (one, two):
        await stage.offer(supplier, chosen, offered("50", "300000"))
    await stage.until("11-25 10:00")
    await stage.select(customer, chosen, (one, "50"), (two, "50"))
    await stage.awards.confirm(two.me, 2)
    await stage.order(customer)
    support = stage.services.support
    await support.open(customer.me, "chat", "Бірінші", [])
    await support.open(one.me, "chat", "Екінші", [])
    await support.answer(world.desk.operator, 2, "Жауап")
    await world.desk.incidents.open_by_operator(
        world.desk.operator, "Сбой", stage.clock.now(), regime="627"
    )
    await _works(stage, world)
    return world


async def _works(stage: Stage, world: World) -> None:
    now = stage.clock.now()
    await stage.services.maintenance.announce(
        world.desk.operator,
        now + timedelta(days=10),
        now + timedelta(days=10, hours=1),
        "Жұмыстар",
        "Работы",
    )


SPOILT: list[tuple[Spoil, set[tuple[str, str, str]]]] = [
    (closed("offer_window"), {("deadline_missing", "order:3", "offer_window")}),
    (closed("selection"), {("deadline_missing", "order:1", "selection")}),
    (closed("confirmation"), {("deadline_missing", "award:1", "confirmation")}),
    (closed("contract"), {("deadline_missing", "award:2", "contract")}),
    (closed("ticket.promise"), {("deadline_missing", "ticket:1", "ticket.promise")}),
    (closed("ticket.closes"), {("deadline_missing", "ticket:2", "ticket.closes")}),
    (closed("incident.decide"), {("deadline_missing", "incident:1", "incident.decide")}),
    (
        later("offer_window"),
        {
            ("due_differs", "order:3", "offer_window"),
            ("due_unlike", "order:3", "offer_window"),
        },
    ),
    (later("selection"), {("due_differs", "order:1", "selection")}),
    (
        later("confirmation"),
        {("due_differs", "award:1", "confirmation"), ("due_unlike", "award:1", "confirmation")},
    ),
    (later("contract"), {("due_differs", "award:2", "contract")}),
    (closed("maintenance.start"), {("deadline_missing", "maintenance:1", "maintenance.start")}),
    (later("maintenance.start"), {("due_unlike", "maintenance:1", "maintenance.start")}),
    (later("ticket.closes"), {("due_differs", "ticket:2", "ticket.closes")}),
    (untold("order.invited"), {("notice_missing", "order:3", "order.invited")}),
    (untold("order.summary"), {("notice_missing", "order:1", "order.summary")}),
    (untold("award.selected"), {("notice_missing", "award:1", "award.selected")}),
    (untold("award.confirmed"), {("notice_missing", "award:2", "award.confirmed")}),
    (
        untold("ticket.received"),
        {
            ("notice_missing", "ticket:1", "ticket.received"),
            ("notice_missing", "ticket:2", "ticket.received"),
        },
    ),
    (
        said(update(Order).where(Order.number == 3).values(state="draft")),
        {("deadline_unexpected", "order:3", "offer_window")},
    ),
    (
        said(
            update(Order)
            .where(Order.number == 3)
            .values(offers_due_at=Order.offers_due_at + _SECOND)
        ),
        {("due_unlike", "order:3", "offer_window")},
    ),
    (
        said(update(Award).where(Award.number == 1).values(state="unsuccessful")),
        {("deadline_unexpected", "award:1", "confirmation")},
    ),
    (
        said(update(Ticket).where(Ticket.number == 2).values(state="closed")),
        {("deadline_unexpected", "ticket:2", "ticket.closes")},
    ),
    (
        said(
            update(Deadline)
            .where(Deadline.kind == "selection", Deadline.state == "open")
            .values(subject="order:99")
        ),
        {
            ("deadline_missing", "order:1", "selection"),
            ("subject_unknown", "order:99", "selection"),
        },
    ),
]


@pytest.mark.parametrize("number", range(len(SPOILT)))
async def test_what_is_spoilt_by_hand_is_found_and_that_alone(stage: Stage, number: int) -> None:
    spoil, expected = SPOILT[number]
    await everything(stage)
    assert await found(stage) == set()
    async with stage.site.sessions.begin() as session:
        await spoil(session)
    assert await found(stage) == expected


async def test_a_chain_that_does_not_climb_any_more_is_found(stage: Stage) -> None:
    await everything(stage)
    async with stage.site.sessions.begin() as session:
        row = await _row(session, "escalate")
        row.state, subject = "done", row.subject
    assert await found(stage) == {("deadline_missing", subject, "escalate")}


async def test_a_reminder_left_behind_and_a_row_that_is_stuck_are_found(stage: Stage) -> None:
    await everything(stage)
    async with stage.site.sessions.begin() as session:
        row = await _row(session, "selection")
        row.state = "done"
        subject, row_id = row.subject, row.id
    left = {each for each in await found(stage) if each[0] == "reminder_left"}
    assert {kind for _, _, kind in left} == {"remind.selection"}
    async with stage.site.sessions.begin() as session:
        await session.execute(update(Deadline).where(Deadline.id == row_id).values(state="open"))
    assert await found(stage) == set()
    stage.clock.advance(timedelta(days=20))
    stuck = {subject for code, subject, _ in await found(stage) if code == "not_fired"}
    assert subject in stuck

"""In whatever world nothing is found; what is spoilt by hand is found, and that alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.awards.model import Award
from domain.clock import astana
from domain.deadlines import Deadline
from domain.incidents.views import Scope
from domain.notices.model import Delivery, Notice
from domain.orders.model import Order
from domain.reconciliation.looking import look
from domain.support.model import Ticket
from tests.domain.incidents.desk import FACTS
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
    (untold("order.published"), {("notice_missing", "order:3", "order.published")}),
    (untold("offer.judged"), {("notice_missing", "order:1", "offer.judged")}),
    (untold("protocol.formed"), {("notice_missing", "order:2", "protocol.formed")}),
    (
        untold("maintenance.announced"),
        {("notice_missing", "maintenance:1", "maintenance.announced")},
    ),
    (closed("remind.selection"), {("reminder_missing", "order:1", "remind.selection")}),
    (
        closed("remind.incident.decide"),
        {("reminder_missing", "incident:1", "remind.incident.decide")},
    ),
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


async def _missing(stage: Stage, kind: str, *subjects: str) -> None:
    """Nothing is found; with the notices of a kind gone, just that, and they are put back."""
    assert await found(stage) == set()
    async with stage.site.sessions.begin() as session:
        gone = update(Notice).where(Notice.kind == kind).values(kind="gone")
        assert (await session.scalars(gone.returning(Notice.id))).all(), kind
    assert await found(stage) == {("notice_missing", each, kind) for each in subjects}
    async with stage.site.sessions.begin() as session:
        await session.execute(update(Notice).where(Notice.kind == "gone").values(kind=kind))


async def test_what_orders_and_contracts_must_have_told_is_missed(stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    order = await stage.closed(customer, (supplier, offered("100", "300000")))
    waits = await stage.closed(customer, (supplier, offered("100", "300000")))
    await stage.select(customer, order, (supplier, "50"))
    await stage.awards.confirm(supplier.me, 1)
    await stage.select(customer, order, (supplier, "40"))
    today = astana(stage.clock.now()).date()
    entered = await stage.contracts.enter(supplier.me, order, supplier.bin, "№ 1", today)
    await _missing(stage, "contract.proposed", "contract:1")
    await stage.contracts.agree(customer.me, entered.id)
    await _missing(stage, "contract.concluded", "contract:1")
    await _missing(stage, "award.confirmed", "award:1")
    (confirming,) = [row for row in await stage.deadlines("confirmation") if row.state == "open"]
    stage.clock.set(confirming.due_at)
    await stage.sweep()
    await _missing(stage, "award.lapsed", "award:2")
    await stage.until("12-10 12:00")
    await _missing(stage, "selection.overdue", f"order:{waits}")


async def test_what_faults_and_works_must_have_told_is_missed(stage: Stage) -> None:
    world = await make_world(stage, 0)
    incidents, operator = world.desk.incidents, world.desk.operator
    now, reporter = stage.clock.now(), world.suppliers[0]
    began = now - timedelta(hours=1)
    fault = await incidents.open_by_operator(operator, "Сбой", began, regime="366")
    await incidents.confirm(operator, fault, FACTS, began, Scope(), "high", mended_at=now)
    await _missing(stage, "incident.level_asked", f"incident:{fault}")
    told = await incidents.report(reporter.me, "Сбой", now, "+7 701 000 00 00")
    await incidents.refute(operator, told.incident, "Не подтвердилось")
    await _missing(stage, "incident.refuted", f"incident:{told.incident}")
    await _works(stage, world)
    await _missing(stage, "maintenance.announced", "maintenance:1")
    await stage.services.maintenance.cancel(operator, 1)
    await _missing(stage, "maintenance.cancelled", "maintenance:1")


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

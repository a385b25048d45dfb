"""The night that orders a run, the one replica that does it, and who hears of it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from domain.deadlines import Deadline
from domain.reconciliation.model import ReconciliationDifference, ReconciliationRun
from domain.reconciliation.service import NIGHT, next_night
from domain.services import Services
from tests.domain.stage import Stage, moment
from tests.support.factories import admin_actor, again


async def spoil(stage: Stage) -> None:
    """An open window ends a second later than the law says."""
    async with stage.site.sessions.begin() as session:
        await session.execute(
            update(Deadline)
            .where(Deadline.kind == "offer_window", Deadline.state == "open")
            .values(due_at=Deadline.due_at + timedelta(seconds=1))
        )


@pytest.mark.parametrize(
    ("now", "night"),
    [
        ("11-20 10:00", "11-21 02:00"),
        ("11-21 01:59", "11-21 02:00"),
        ("11-21 02:00", "11-22 02:00"),
        ("12-31 23:00", "2027-01-01 02:00"),
    ],
)
def test_the_night_begins_at_two_in_astana(now: str, night: str) -> None:
    expected = (
        moment(night) if night[:2] in ("11", "12") else datetime.fromisoformat(f"{night}+05:00")
    )
    assert next_night(moment(now)) == expected


async def test_each_night_one_of_two_replicas_does_the_run(stage: Stage) -> None:
    other = Services(stage.site)
    assert [await each.reconciliation.tend() for each in (stage.services, other)] == [0, 0]
    assert len(await stage.deadlines(NIGHT)) == 1
    for night in (1, 2):
        await stage.until(f"11-2{night} 03:00")
        done = await asyncio.gather(
            stage.services.reconciliation.tend(), other.reconciliation.tend()
        )
        assert sorted(done) == [0, 1]
    async with stage.site.sessions() as session:
        runs = list(await session.scalars(select(ReconciliationRun).order_by(ReconciliationRun.id)))
    assert [(run.ground, run.state, run.found) for run in runs] == [("nightly", "done", 0)] * 2
    planned = [row.due_at for row in await stage.deadlines(NIGHT) if row.state == "open"]
    assert planned == [moment("11-23 02:00")]


async def test_a_run_that_nobody_has_begun_does_for_the_next_night(stage: Stage) -> None:
    await stage.services.reconciliation.tend()
    for night in (1, 2, 3):
        await stage.until(f"11-2{night} 03:00")
    done = [await stage.services.reconciliation.tend() for _ in range(2)]
    assert done == [1, 0]
    await stage.until("11-24 03:00")
    assert await stage.services.reconciliation.tend() == 1


async def test_a_run_whose_process_died_is_done_by_another(stage: Stage) -> None:
    await stage.services.reconciliation.tend()
    await stage.until("11-21 03:00")
    claimed = await stage.services.reconciliation._claim()
    assert claimed is not None
    assert await stage.services.reconciliation.tend() == 0
    stage.clock.advance(timedelta(minutes=31))
    assert await Services(stage.site).reconciliation.tend() == 1


async def test_what_waited_for_the_sweep_in_an_outage_is_fired_first(stage: Stage) -> None:
    reconciliation, deadlines = stage.services.reconciliation, stage.services.deadlines
    await stage.supplier()
    await stage.order(await stage.customer())
    await reconciliation.tend()
    (night,) = await stage.deadlines(NIGHT)
    (window,) = await stage.deadlines("offer_window")
    # Nothing runs until long after both; then the night's row is fired, and the window not yet.
    stage.clock.set(max(night.due_at, window.due_at) + timedelta(hours=1))
    assert await deadlines._fire(1, only=night.id) == 1
    assert await reconciliation.tend() == 0
    while await deadlines.fire_due():
        pass
    assert await reconciliation.tend() == 1
    assert await found(stage) == [0]


async def test_what_the_sweep_leaves_for_ten_minutes_is_told(stage: Stage) -> None:
    reconciliation = stage.services.reconciliation
    await stage.supplier()
    await stage.order(await stage.customer())
    await reconciliation.tend()
    (night,) = await stage.deadlines(NIGHT)
    (window,) = await stage.deadlines("offer_window")
    stage.clock.set(max(night.due_at, window.due_at) + timedelta(hours=1))
    assert await stage.services.deadlines._fire(1, only=night.id) == 1
    stage.clock.advance(timedelta(minutes=9))
    assert await reconciliation.tend() == 0
    stage.clock.advance(timedelta(minutes=1))
    assert await reconciliation.tend() == 1
    (count,) = await found(stage)
    assert count > 0


@pytest.mark.parametrize("swept", [True, False])
async def test_a_run_that_is_asked_for_waits_while_the_sweep_gets_on(
    stage: Stage, swept: bool
) -> None:
    admin = await admin_actor(stage.site)
    await stage.supplier()
    customer = await stage.customer()
    for _ in range(3):
        await stage.order(customer)
    (window, *_) = await stage.deadlines("offer_window")
    stage.clock.set(window.due_at + timedelta(hours=1))
    looks: list[float] = []

    async def pause(seconds: float) -> None:
        looks.append(seconds)
        if swept:
            await stage.services.deadlines.fire_due(2)

    run = await stage.services.reconciliation.run(again(admin), pause)
    assert (run.found == 0) is swept
    assert len(looks) >= (2 if swept else 5)
    looks.clear()
    await stage.services.reconciliation.run(again(admin), pause)
    assert (looks == []) is swept, "nothing waits for the sweep: no pause"


async def found(stage: Stage) -> list[int]:
    """How many differences each run that is done has found."""
    async with stage.site.sessions() as session:
        runs = await session.scalars(
            select(ReconciliationRun.found).where(ReconciliationRun.state == "done")
        )
        return list(runs)


async def test_administrators_hear_of_differences_and_nothing_is_mended(stage: Stage) -> None:
    admin = await admin_actor(stage.site)
    for _ in range(7):
        await stage.supplier()
        await stage.order(await stage.customer())
    await spoil(stage)
    before = [row.due_at for row in await stage.deadlines("offer_window")]
    run = await stage.services.reconciliation.run(again(admin))
    # An order and its row for each: the end is not the law's, nor the one that is shown.
    assert (run.ground, run.found) == ("asked", 14)
    (told,) = await stage.told(admin, "reconciliation.found")
    assert told.params["found"] == 14
    named = told.params["differences"]
    assert isinstance(named, list)
    assert len(named) == 5
    assert [row.due_at for row in await stage.deadlines("offer_window")] == before
    page = await stage.services.reconciliation.differences(again(admin), run.number, 0, 10)
    rest = await stage.services.reconciliation.differences(
        again(admin), run.number, page[-1].position, 10
    )
    assert [len(page), len(rest)] == [10, 4]


async def test_a_night_without_differences_says_nothing(stage: Stage) -> None:
    admin = await admin_actor(stage.site)
    await stage.supplier()
    await stage.order(await stage.customer())
    run = await stage.services.reconciliation.run(again(admin))
    assert (run.found, await stage.kinds(admin, "reconciliation")) == (0, [])
    async with stage.site.sessions() as session:
        assert await session.scalar(select(func.count(ReconciliationDifference.id))) == 0

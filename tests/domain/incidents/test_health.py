"""An outage of our own opens a draft incident by itself, once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tests.domain.incidents.desk import Desk, make_desk
from tests.domain.stage import Stage, moment

SECOND = timedelta(seconds=1)


async def _numbers(desk: Desk) -> list[int]:
    return [row.number for row in (await desk.incidents.page(desk.operator)).incidents]


async def test_beats_in_time_say_nothing(desk: Desk) -> None:
    at = moment("11-20 10:00")
    for step in (0, 60, 120):
        assert await desk.services.health.beat("bot", at + step * SECOND) is None
    assert await _numbers(desk) == []


async def test_a_gap_in_working_time_opens_one_draft(desk: Desk, stage: Stage) -> None:
    health = desk.services.health
    began, ended = moment("11-20 10:00"), moment("11-20 10:01:01")
    await stage.at("11-20 10:01:01")
    await health.beat("bot", began)
    number = await health.beat("bot", ended)
    assert number is not None
    view = await desk.one(number)
    assert (view.source, view.state, view.began_at, view.mended_at) == (
        "health",
        "analysing",
        began,
        ended,
    )
    assert await stage.kinds(desk.operator_) == ["incident.witnessed"]
    # The same gap told again, and another part that missed the same time.
    assert await health.gap("bot", began, ended) == number
    assert await health.gap("telegram", began - 20 * SECOND, ended + SECOND) == number
    assert await _numbers(desk) == [number]
    view = await desk.one(number)
    assert (view.began_at, view.mended_at) == (began - 20 * SECOND, ended + SECOND)
    gaps = await health.gaps(desk.operator, moment("11-20 00:00"), moment("11-21 00:00"))
    assert [(gap.part, gap.incident) for gap in gaps] == [("telegram", number), ("bot", number)]
    # Operators decide on it as on any other.
    await desk.fault("11-20 10:00", "11-20 10:01", number=number)
    assert (await desk.one(number)).state == "confirmed"


@pytest.mark.parametrize(
    ("began", "ended"),
    [
        ("11-20 18:29:30", "11-21 08:00"),  # 30 seconds of it in working time
        ("11-21 10:00", "11-21 12:00"),  # Saturday
        ("11-20 10:00", "11-20 10:01"),  # a minute is no gap yet
    ],
)
async def test_gaps_out_of_working_time_open_nothing(
    desk: Desk, stage: Stage, began: str, ended: str
) -> None:
    stage.clock.set(moment(ended))
    assert await desk.services.health.gap("bot", moment(began), moment(ended)) is None
    assert await _numbers(desk) == []


async def test_the_break_of_act_627_is_no_working_time(stage: Stage) -> None:
    desk = await make_desk(stage, "627")
    await stage.at("11-20 15:00")
    health = desk.services.health
    assert await health.gap("bot", moment("11-20 13:00"), moment("11-20 14:30")) is None
    assert await health.gap("sweeps", moment("11-20 12:50"), moment("11-20 13:30")) is not None


async def test_a_gap_that_lasts_is_one_incident(desk: Desk, stage: Stage) -> None:
    health = desk.services.health
    began = moment("11-20 10:00")
    await stage.at("11-20 10:05")
    number = await health.gap("telegram", began, None)
    await stage.at("11-20 10:10")
    assert await health.gap("telegram", began, None) == number
    assert number is not None
    assert (await desk.one(number)).mended_at is None
    assert await health.gap("telegram", began, moment("11-20 10:10")) == number
    assert (await desk.one(number)).mended_at == moment("11-20 10:10")
    assert len(await health.gaps(desk.operator, began, moment("11-21 00:00"))) == 1


async def test_two_processes_tell_of_one_outage(desk: Desk, stage: Stage) -> None:
    await stage.at("11-20 11:00")
    health = desk.services.health
    began = moment("11-20 10:00")
    numbers = await asyncio.gather(
        *(health.gap(f"part-{n}", began, moment("11-20 10:30")) for n in range(4))
    )
    assert len(set(numbers)) == 1
    assert len(await _numbers(desk)) == 1

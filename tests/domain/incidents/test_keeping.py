"""No window at stake closes while a fault is analysed (act 627, clause 20)."""

from __future__ import annotations

from datetime import datetime

import pytest

from domain.incidents.views import Scope
from tests.domain.incidents.desk import FACTS, Desk
from tests.domain.stage import Side, Stage, moment

pytestmark = pytest.mark.clause("627-20")


async def _window(stage: Stage, side: Side, number: int) -> tuple[str, datetime | None]:
    card = await stage.card(side, number)
    return card.state, card.offers_due_at


async def test_a_window_that_ends_in_the_very_moment_of_the_decision_waits(
    desk_627: Desk, stage: Stage
) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    await stage.at("11-20 12:00")
    number, other = await stage.order(customer), await stage.order(customer)
    await stage.at("11-23 10:00")
    taken = await desk_627.report(supplier, "11-23 09:30", orders=(number,))
    assert taken.decide_by == moment("11-25 00:00")
    assert await _window(stage, customer, number) == ("collecting", moment("11-25 00:00"))
    await stage.until("11-25 00:00")
    assert await _window(stage, customer, number) == ("collecting", moment("11-26 00:00"))
    # Nobody has named the other.
    assert (await _window(stage, customer, other))[0] == "failed"
    await stage.until("11-27 10:00")
    assert await _window(stage, customer, number) == ("collecting", moment("11-28 00:00"))
    await desk_627.incidents.refute(desk_627.operator, taken.incident, FACTS)
    await stage.until("11-28 00:00")
    assert (await _window(stage, customer, number))[0] == "failed"


async def test_a_window_that_ends_after_an_overdue_decision_waits(
    desk_627: Desk, stage: Stage
) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    await stage.at("11-24 10:00")
    number = await stage.order(customer)
    taken = await desk_627.report(supplier, "11-24 09:30", orders=(number,))
    assert (taken.held, taken.decide_by) == (0, moment("11-26 00:00"))
    assert await _window(stage, customer, number) == ("collecting", moment("11-27 00:00"))
    await stage.until("11-27 00:00")
    assert await _window(stage, customer, number) == ("collecting", moment("11-28 00:00"))


async def test_a_second_analysis_holds_what_was_at_stake_in_the_first(
    desk_627: Desk, stage: Stage
) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    taken = await desk_627.report(supplier, "11-20 09:30", orders=(number,))
    assert taken.held == 0
    await desk_627.incidents.refute(desk_627.operator, taken.incident, FACTS)
    await stage.at("11-24 17:00")
    assert await _window(stage, customer, number) == ("collecting", moment("11-25 00:00"))
    await desk_627.incidents.reopen(desk_627.operator, taken.incident, "Пришли снимки")
    assert await _window(stage, customer, number) == ("collecting", moment("11-26 00:00"))
    assert len(await stage.told(customer, "incident.moved")) == 1


async def test_orders_published_meanwhile_wait_where_everything_is_held(
    desk_627: Desk, stage: Stage
) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    taken = await desk_627.report(supplier, "11-20 09:30")
    assert await desk_627.incidents.hold(desk_627.operator, taken.incident, Scope()) == 0
    number = await stage.order(customer)
    await stage.until("11-25 00:00")
    assert await _window(stage, customer, number) == ("collecting", moment("11-26 00:00"))


async def test_awards_held_leave_windows_alone(desk_627: Desk, stage: Stage) -> None:
    customer, supplier = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    taken = await desk_627.report(supplier, "11-20 09:30")
    await desk_627.incidents.hold(desk_627.operator, taken.incident, Scope("module", ("awards",)))
    await stage.until("11-25 00:00")
    assert (await _window(stage, customer, number))[0] == "failed"


async def test_what_slept_through_the_night_finds_the_windows_that_ended_in_it(
    desk_627: Desk, stage: Stage
) -> None:
    """The sweep comes late: the window ended a day after the decision was due."""
    customer, supplier = await stage.customer(), await stage.supplier()
    await stage.at("11-23 10:00")
    taken = await desk_627.report(supplier, "11-23 09:30")
    number = await stage.order(customer)
    await desk_627.incidents.hold(desk_627.operator, taken.incident, Scope())
    await stage.at("11-27 10:00")
    await stage.services.deadlines.fire_due()
    assert await _window(stage, customer, number) == ("collecting", moment("12-01 00:00"))

"""A few seeds of the simulation, with all of its checks; many more by `make torture`."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support import database
from tests.torture.outer_faults import KINDS
from tests.torture.plan import MOST_ORDERS, draw, draw_town
from tests.torture.run import Result, run_seed
from tests.torture.stage import Stage, built
from tests.torture.table import lines

#: Few acts each, and between them: kills, Telegram failing, the database away, days that move.
_SEEDS = (3, 10)


@pytest.fixture
async def stage(database_server: database.Server, tmp_path: Path) -> AsyncIterator[Stage]:
    """What every seed begins with."""
    async with built(database_server, tmp_path) as made:
        yield made


# Processes of their own, several at once, on cores that others use as well.
@pytest.mark.timeout(300)
@pytest.mark.xdist_group("killed")
async def test_seeds(stage: Stage) -> None:
    """Nothing lost, nothing late in time, nothing to a wrong person, all at rest in the end."""
    for seed in _SEEDS:
        result = await run_seed(stage, seed)
        assert result.whole, result.told()
        assert result.acts > 5
        assert result.messages > 5


def test_a_seed_is_drawn_whole_and_alike() -> None:
    """Whatever runs, the plan is the same; nothing is drawn from a chance shared with others."""
    state = random.getstate()
    plans = [draw(seed, KINDS) for seed in range(1, 200)]
    assert random.getstate() == state
    assert [draw(seed, KINDS) for seed in range(1, 200)] == plans
    assert {repr(each) for each in plans} == {repr(draw(each.seed, KINDS)) for each in plans}


def test_every_fault_has_its_turn() -> None:
    """Any hundred seeds in a row meet every kind of fault, and the table has a row for each."""
    met = {
        strike.kind
        for seed in range(1, 101)
        for struck in draw(seed, KINDS).strikes[:12]
        for strike in struck
    }
    assert met == set(KINDS)
    table = "\n".join(lines([Result(1)]))
    assert all(f"| {each} |" in table for each in KINDS)


def test_a_town_is_many_lives_at_once_with_every_fault() -> None:
    plan = draw_town(1, KINDS, 300)
    assert plan == draw_town(1, KINDS, 300)
    assert len(plan.orders) == len(plan.others) == 300
    struck = [strike for struck in plan.strikes for strike in struck]
    assert {each.kind for each in struck} == set(KINDS)
    assert len(struck) < len(plan.orders)


def test_the_prices_of_a_town_are_of_one_offer_each() -> None:
    """By its price it is seen in whose chat an offer is named; no offer may cost too much."""
    plan = draw_town(1, KINDS, MOST_ORDERS)
    prices = [offer.price for order in plan.orders for offer in order.offers]
    assert len(set(prices)) == len(prices)
    assert max(prices) < 1_000_000

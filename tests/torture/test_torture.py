"""A few seeds of the simulation, with all of its checks; many more by `make torture`."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support import database
from tests.torture.faults import FAULTS, KINDS
from tests.torture.plan import draw
from tests.torture.run import Result, run_seed
from tests.torture.stage import Stage, built
from tests.torture.table import lines

#: Few acts each, and between them: kills, Telegram failing, the database away, days that move.
_SEEDS = (2, 3, 23)


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
    assert all(f"| {each} |" in table for each in FAULTS)

"""Fixtures of chains: an award of a company of four, and the desk."""

from __future__ import annotations

import pytest

from domain.clock import ManualClock
from domain.work import Site
from tests.domain.escalations.town import Cast, make_cast
from tests.domain.stage import Stage
from tests.domain.support.desk import Desk


@pytest.fixture
async def cast(stage: Stage) -> Cast:
    """Wednesday, 25 November, 10:00; the customer has the summary, nobody is selected yet."""
    return await make_cast(stage)


@pytest.fixture
def desk(site: Site, clock: ManualClock) -> Desk:
    """A desk with nobody at it."""
    return Desk(site, clock)

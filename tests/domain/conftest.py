"""The stage on which use cases are tested."""

from __future__ import annotations

import pytest

from domain.clock import ManualClock
from domain.work import Site
from tests.domain.stage import Stage


@pytest.fixture
def stage(site: Site, clock: ManualClock) -> Stage:
    """An empty stage on Friday, 20 November 2026, 10:00 in Astana."""
    return Stage(site, clock)

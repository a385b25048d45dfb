"""Fixtures of the desk."""

from __future__ import annotations

import pytest

from domain.clock import ManualClock
from domain.work import Site
from tests.domain.support.desk import Desk


@pytest.fixture
def desk(site: Site, clock: ManualClock) -> Desk:
    """A desk with nobody at it."""
    return Desk(site, clock)

"""Fixtures of the tests that see the whole system from outside."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.clock import ManualClock
from tests.e2e.town import Town, open_town


@pytest.fixture
async def town(database_url: str, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Town]:
    """One application on a database of its own; no limits of sending."""
    async with open_town(database_url, tmp_path, clock) as town:
        yield town

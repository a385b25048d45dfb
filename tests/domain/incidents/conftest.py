"""Desks under each act."""

from __future__ import annotations

import pytest

from tests.domain.incidents.desk import Desk, make_desk
from tests.domain.stage import Stage


@pytest.fixture
async def desk(stage: Stage) -> Desk:
    """A desk under act 366."""
    return await make_desk(stage)


@pytest.fixture
async def desk_627(stage: Stage) -> Desk:
    """A desk under act 627."""
    return await make_desk(stage, "627")

"""A desk in Russian, for the tests of its mirror."""

from __future__ import annotations

import pytest

from tests.support.chat import Town, town
from tests.support.desk import DeskTown, open_desk

__all__ = ["town"]


@pytest.fixture
async def desk(town: Town) -> DeskTown:
    """A group of operators, and somebody who asks."""
    return await open_desk(town)

"""Fixtures of the desk's tests."""

from __future__ import annotations

import pytest

from tests.support.chat import Town
from tests.support.desk import DeskTown, open_desk


@pytest.fixture
async def desk(town: Town) -> DeskTown:
    """A desk in Russian, with a user."""
    return await open_desk(town)

"""Fixtures of the tests that see the whole system from outside."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from domain.clock import ManualClock
from tests.e2e.town import Town, open_town

_HERE = Path(__file__).parent
#: Modules whose processes are forked from one that has loaded the code once.
_KILLING = (
    "test_destruction_killed",
    "test_kill",
    "test_kill_at_the_desk",
    "test_kill_in_chat",
    "test_replicas",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of several workers one loads the code for all processes that are to be killed."""
    for item in items:
        if item.path.parent == _HERE and item.path.stem in _KILLING:
            item.add_marker(pytest.mark.xdist_group("killed"))


@pytest.fixture(scope="session", autouse=True)
def plain_tracebacks() -> Iterator[None]:
    """Errors as production logs them: drawn with all their variables, each takes half a second."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S.%f"),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=False),
        ]
    )
    yield
    structlog.reset_defaults()


@pytest.fixture
async def town(database_url: str, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Town]:
    """One application on a database of its own; no limits of sending."""
    async with open_town(database_url, tmp_path, clock) as town:
        yield town

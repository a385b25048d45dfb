"""Fixtures for everybody: a database of one's own, and a site on it."""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import AsyncIterator, Generator, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bot.garbage import loading
from bot.storage.engine import make_engine, make_sessions
from bot.storage.files import local_files
from domain.clock import ManualClock
from domain.work import Site
from tests.support import database
from tests.support.authorities import read_authorities_once
from tests.support.callables import remember_callables
from tests.support.failures import let_go
from tests.support.groups import bind_groups, groups_of
from tests.support.statements import share_compiled
from tests.support.zygote import close_zygote

_BETWEEN_LOOKS = 50_000
_LONG_TABLE = 90
_LONGEST = "killed"
_FAILED = pytest.StashKey[bool]()


def _is_worker() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ


def pytest_configure(config: pytest.Config) -> None:
    """Name the folder of the run's database server, once; share what each test would find anew."""
    if not _is_worker():
        database.name_folder()
    share_compiled()
    remember_callables()
    read_authorities_once()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of several workers one has the whole of a long table of small examples.

    What takes one worker longest begins first: the others should not wait for it in the end.
    """
    counts = Counter(item.path for item in items)
    for item in items:
        if counts[item.path] >= _LONG_TABLE:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
    items.sort(key=lambda item: _LONGEST not in groups_of(item))
    if config.getoption("loadgroup", False):
        bind_groups(items)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What has been loaded stays: the collector need not walk through it again and again."""
    with loading():
        collected = yield
    # A test leaves its whole town behind at once: looking while it runs finds little.
    gc.set_threshold(_BETWEEN_LOOKS, 20, 20)
    return collected


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember which test has failed."""
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """A failure is that of its test alone."""
    done = yield
    if item.stash.get(_FAILED, False):
        let_go()
    return done


def pytest_unconfigure(config: pytest.Config) -> None:
    """Take the run's database server away, and whatever forks processes."""
    close_zygote()
    if not _is_worker():
        database.remove_folder()


@pytest.fixture(scope="session")
def database_server() -> Iterator[database.Server]:
    """The one PostgreSQL server of the run."""
    server = database.Server()
    yield server
    server.close()


@pytest.fixture
async def database_url(database_server: database.Server) -> AsyncIterator[str]:
    """The address of a migrated database that belongs to this test alone."""
    async with database_server.database() as url:
        yield url


@pytest.fixture
async def empty_database_url(database_server: database.Server) -> AsyncIterator[str]:
    """The address of a database without a single table."""
    async with database_server.database(empty=True) as url:
        yield url


@pytest.fixture
def clock() -> ManualClock:
    """Friday, 20 November 2026, 10:00 in Astana; it stands until a test moves it."""
    return ManualClock(datetime.fromisoformat("2026-11-20T10:00:00+05:00"))


@pytest.fixture
async def site(database_url: str, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Site]:
    """What use cases stand on: a fresh database, the standing clock, a folder for files."""
    engine = make_engine(database_url)
    yield Site(make_sessions(engine), clock, local_files(tmp_path / "files"))
    await engine.dispose()

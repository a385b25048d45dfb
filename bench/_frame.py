"""What every benchmark shares: the options, the machine, a database of its own, the table."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import platform
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import psutil  # type: ignore[import-untyped] # it ships no types
import structlog
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.storage.embedded import embedded
from bot.storage.engine import make_engine, make_sessions
from bot.storage.files import local_files
from bot.storage.migrations import migrate
from domain.clock import ManualClock
from domain.services import Services
from domain.work import Site

#: A working Friday, 10:00 in Astana: the moment at which the business of the benchmarks stands.
START = datetime(2026, 11, 20, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Span:
    """What an act took: wall time, this process's CPU and the database's CPU, in seconds."""

    wall: float
    cpu: float
    database: float = 0.0

    def each(self, count: int) -> Span:
        """The same for one of ``count`` items."""
        return Span(self.wall / count, self.cpu / count, self.database / count)


@dataclass
class Bench:
    """A migrated database of its own, with everything that use cases stand on."""

    site: Site
    services: Services
    clock: ManualClock
    engine: AsyncEngine
    url: str
    folder: Path
    server_version: str = ""
    _cpu_of_server: dict[int, float] = field(default_factory=dict)

    async def connect(self) -> asyncpg.Connection:
        """A bare connection, for seeding and looking at plans."""
        return await asyncpg.connect(plain_url(self.url))

    def database_cpu(self) -> float:
        """CPU seconds of all PostgreSQL processes of this folder up to now.

        A backend that has ended is remembered with what it had when last looked at.
        """
        pid = int((self.folder / "postgres" / "postmaster.pid").read_text().split()[0])
        for process in psutil.Process(pid).children(recursive=True):
            try:
                times = process.cpu_times()
            except psutil.Error:
                continue
            self._cpu_of_server[process.pid] = times.user + times.system
        return sum(self._cpu_of_server.values())

    @staticmethod
    async def stopwatch(act: Callable[[], Awaitable[object]]) -> Span:
        """Do something short and say what it took; the database's CPU is not looked at."""
        cpu, wall = time.process_time(), time.perf_counter()
        await act()
        return Span(time.perf_counter() - wall, time.process_time() - cpu)

    @asynccontextmanager
    async def beside(self, name: str) -> AsyncIterator[Bench]:
        """Another migrated database of the same server."""
        connection = await self.connect()
        await connection.execute(f'CREATE DATABASE "{name}"')
        await connection.close()
        url = make_url(self.url).set(database=name).render_as_string(hide_password=False)
        await migrate(url)
        engine = make_engine(url)
        site = Site(make_sessions(engine), self.clock, self.site.files)
        try:
            yield Bench(
                site, Services(site), self.clock, engine, url, self.folder, self.server_version
            )
        finally:
            await engine.dispose()

    async def timed(self, act: Callable[[], Awaitable[object]]) -> Span:
        """Do something and say what it took."""
        database, cpu, wall = self.database_cpu(), time.process_time(), time.perf_counter()
        await act()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        return Span(wall, cpu, self.database_cpu() - database)


@dataclass
class Table:
    """The one table of a benchmark; ``print`` shows it under the name of the machine."""

    title: str
    columns: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, *cells: str) -> None:
        """Add a row."""
        self.rows.append(cells)

    def print(self, server_version: str) -> None:
        """Print it as Markdown, the machine first."""
        widths = [
            max(len(cell) for cell in column)
            for column in zip(self.columns, *self.rows, strict=True)
        ]
        lines = [list(self.columns), ["-" * width for width in widths], *map(list, self.rows)]
        print(f"### {self.title}\n\n{machine(server_version)}\n")
        for line in lines:
            cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            print(f"| {' | '.join(cells)} |")
        for note in self.notes:
            print(f"\n{note}")


def plain_url(url: str) -> str:
    """The address as drivers other than SQLAlchemy's asyncpg want it."""
    return url.replace("postgresql+asyncpg://", "postgresql://", 1)


def cpu_model() -> str:
    """The processor's name, as the system tells it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def machine(server_version: str) -> str:
    """The machine and the versions in one line, with the load that others put on it."""
    memory = psutil.virtual_memory().total / 2**30
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    return (
        f"{cpu_model()}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}; "
        f"Python {platform.python_version()}, PostgreSQL {server_version}; "
        f"load {load:.1f}; {datetime.now(UTC):%Y-%m-%d}"
    )


def options(description: str | None, **more: str) -> argparse.Namespace:
    """The command line of every benchmark: ``--quick`` takes small sizes; ``more`` are switches
    of its own, each with its help.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="small sizes, to try it out")
    for name, about in more.items():
        parser.add_argument(f"--{name}", action="store_true", help=about)
    return parser.parse_args()


def verdict(good: bool) -> str:
    """Whether a bound was kept."""
    return "kept" if good else "MISSED"


def median(spans: Sequence[Span]) -> Span:
    """The median of each measure."""
    return Span(
        statistics.median(span.wall for span in spans),
        statistics.median(span.cpu for span in spans),
        statistics.median(span.database for span in spans),
    )


def ms(seconds: float) -> str:
    """Seconds, shown in milliseconds."""
    return f"{seconds * 1000:.2f} ms" if seconds < 0.1 else f"{seconds * 1000:.0f} ms"


@asynccontextmanager
async def bench(pool_size: int = 16) -> AsyncIterator[Bench]:
    """A fresh embedded server with its default durability, migrated, taken away afterwards."""
    quiet()
    with tempfile.TemporaryDirectory(prefix="tapsyrys-bench-") as name:
        folder = Path(name)
        async with embedded(folder / "postgres") as url:
            await migrate(url)
            engine = make_engine(url, pool_size)
            clock = ManualClock(START)
            files = await asyncio.to_thread(local_files, folder / "files")
            site = Site(make_sessions(engine), clock, files)
            made = Bench(site, Services(site), clock, engine, url, folder)
            connection = await made.connect()
            made.server_version = await connection.fetchval("SHOW server_version")
            await connection.close()
            try:
                yield made
            finally:
                await engine.dispose()


def quiet() -> None:
    """Only warnings are written: a table stands alone."""
    logging.disable(logging.INFO)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(),
    )

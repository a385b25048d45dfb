"""The embedded server outlives careless owners; the engine outlives the database being away."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped] # it ships no types
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.config import Settings
from bot.storage.engine import DatabaseUnreachable, make_engine, open_database, wait_for_database
from bot.storage.outage import is_outage

_OWNER = """
import sys, time
from pathlib import Path
from bot.storage.embedded import start
start(Path(sys.argv[1]))
print("started", flush=True)
time.sleep(600)
"""


@pytest.fixture
def settings() -> Iterator[Settings]:
    # Not pytest's own folder: the server's user must be able to enter it.
    with tempfile.TemporaryDirectory(prefix="tapsyrys-") as folder:
        yield Settings(_env_file=None, database_url=None, data_dir=Path(folder) / "var")


def server_of(settings: Settings) -> psutil.Process | None:
    """The running server of the data folder."""
    file = settings.data_dir / "postgres" / "postmaster.pid"
    if not file.exists():
        return None
    return psutil.Process(int(file.read_text().splitlines()[0]))


def is_up(server: psutil.Process) -> bool:
    return bool(server.is_running() and server.status() != psutil.STATUS_ZOMBIE)


def own(settings: Settings) -> subprocess.Popen[str]:
    """Another process that has the server started."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    owner = subprocess.Popen(
        [sys.executable, "-c", _OWNER, str(settings.data_dir / "postgres")],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    assert owner.stdout.readline() == "started\n"
    return owner


def end(owner: subprocess.Popen[str], by: signal.Signals) -> None:
    owner.send_signal(by)
    owner.wait(30)
    assert owner.stdout is not None
    owner.stdout.close()


async def test_the_embedded_server_stops_with_its_last_user(settings: Settings) -> None:
    async with open_database(settings) as database:
        server = server_of(settings)
        assert server is not None
        async with open_database(settings) as again:
            assert again.url == database.url
        assert is_up(server), "the same process has it open still"
        async with database.engine.connect() as connection:
            assert str(await connection.scalar(text("SHOW server_version"))).startswith("18")
            assert await connection.scalar(text("SHOW timezone")) == "UTC"
    assert not is_up(server)
    async with open_database(settings) as database, database.sessions() as session:
        assert await session.scalar(text("SELECT 1")) == 1


async def test_processes_share_the_server_and_a_killed_owner_is_forgotten(
    settings: Settings,
) -> None:
    killed = own(settings)
    server = server_of(settings)
    assert server is not None
    end(killed, signal.SIGKILL)
    assert is_up(server)

    async with open_database(settings) as database:
        joined = server_of(settings)
        assert joined is not None
        assert joined.pid == server.pid
        async with database.engine.connect() as connection:
            assert await connection.scalar(text("SELECT 1")) == 1
    assert not is_up(server), "the dead owner does not keep it alive"


async def test_a_stale_pid_of_another_program_is_not_believed(settings: Settings) -> None:
    async with open_database(settings):
        pass
    folder = settings.data_dir / "postgres"
    (folder / "postmaster.pid").write_text(
        f"{os.getpid()}\n{folder}\n1700000000\n5432\n{folder}\n\n  1 1\nready\n"
    )
    async with open_database(settings) as database, database.sessions() as session:
        assert await session.scalar(text("SELECT 1")) == 1


async def test_a_server_killed_with_its_data_recovers(settings: Settings) -> None:
    owner = own(settings)
    server = server_of(settings)
    assert server is not None
    server.kill()
    psutil.wait_procs([server], timeout=30)
    end(owner, signal.SIGKILL)
    async with open_database(settings) as database, database.sessions() as session:
        assert await session.scalar(text("SELECT 1")) == 1


async def test_an_unreachable_database_is_named_without_its_password() -> None:
    engine = make_engine("postgresql+asyncpg://tapsyrys:hunter2@127.0.0.1:1/site")
    with pytest.raises(DatabaseUnreachable) as caught:
        await wait_for_database(engine, tries=2, delay=0)
    assert "127.0.0.1:1/site" in str(caught.value)
    assert "TAPSYRYS_DATABASE_URL" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    await engine.dispose()


async def test_the_pool_survives_the_loss_of_its_connections(database_url: str) -> None:
    engine, other = make_engine(database_url), make_engine(database_url)
    async with engine.connect() as connection:
        pid = await connection.scalar(text("SELECT pg_backend_pid()"))
        async with other.connect() as killer:
            await killer.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        with pytest.raises(DBAPIError) as caught:
            await connection.execute(text("SELECT 1"))
        assert is_outage(caught.value)
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT 1")) == 1
        with pytest.raises(DBAPIError) as caught:
            await connection.execute(text("SELECT 1 / 0"))
        assert not is_outage(caught.value)
    for each in (engine, other):
        await each.dispose()

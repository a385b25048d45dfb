"""The demo, or a server, in a process of its own that is killed without a word, again and again.

Its code is imported once, in a server that forks: a restart takes a second, not five.

It is killed from outside, or by a fuse of its own: what it does for an update is a row of
crossings (each statement to the database, each commit, each call of the Bot API), and a kill
just before a chosen one does not depend on how fast the machine is. Or it dies as soon as Telegram
has done what it was asked for, before that is written down.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import socket
import sys
import time
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import Engine, event

from bot.cli import run_command
from bot.sandbox.demo.main import run_demo
from bot.sandbox.updates import UpdateQueue
from bot.telegram.gateway import Gateway

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([__name__])

_PATIENCE = 60.0


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _lay_fuse(planned: Any, done: Any) -> None:
    """Die at a crossing: the one numbered ``planned.value`` after the next update has come.

    And when Telegram has done ``done.value``: a method, with ``@group`` where it is to a group.
    """
    left = 0
    queued, called = UpdateQueue.add, Gateway.__call__

    def add(queue: UpdateQueue, kind: str, body: dict[str, Any], chat_id: int) -> None:
        nonlocal left
        queued(queue, kind, body, chat_id)
        left = planned.value

    def burn(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    async def call(gateway: Gateway, make_request: Any, bot: Any, method: Any) -> Any:
        if method.__api_method__ != "getUpdates":
            burn()
        answer = await called(gateway, make_request, bot, method)
        where = "@group" if getattr(method, "chat_id", 0) < 0 else ""
        if done.value == f"{method.__api_method__}{where}".encode():
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    event.listen(Engine, "before_cursor_execute", burn)
    event.listen(Engine, "commit", burn)
    UpdateQueue.add = add  # type: ignore[assignment,method-assign] # here only
    Gateway.__call__ = call  # type: ignore[assignment,method-assign] # here only


def _run(port: int, data: Path, log: Path, planned: Any, done: Any) -> None:
    _lay_fuse(planned, done)
    _write_to(log)
    asyncio.run(run_demo("127.0.0.1", port, data, story=False))


def _serve(environment: dict[str, str], log: Path) -> None:
    os.environ.update(environment)
    _write_to(log)
    sys.exit(run_command(["run"]))


def _write_to(log: Path) -> None:
    with log.open("ab", buffering=0) as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr] # a text file


class Demo:
    """An empty demo in ``data``: start, kill, start again; calls that live through kills."""

    def __init__(self, data: Path, log: Path) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.starts = 0
        self._log = log
        self._process: ForkServerProcess | None = None
        self._planned = _context.Value("i", 0)
        self._done: Any = _context.Array("c", 64)

    @property
    def token(self) -> str:
        """The token of its HTTP API."""
        return (self.data / "api-token").read_text(encoding="ascii").strip()

    async def start(self) -> None:
        """Start it and wait until it works."""
        self.starts += 1
        self._process = _context.Process(
            target=_run, args=(self.port, self.data, self._log, self._planned, self._done)
        )
        self._process.start()
        end = time.monotonic() + _PATIENCE
        while self._opened() < self.starts:
            if not self._process.is_alive() or time.monotonic() > end:
                raise AssertionError(f"it does not start:\n{self._log.read_text()[-4000:]}")
            await asyncio.sleep(0.02)

    def _opened(self) -> int:
        return self._log.read_text().count("\nOpen ") if self._log.exists() else 0

    def plan(self, crossings: int) -> None:
        """Let it die at that crossing after the next update has come; 0 lets it live."""
        self._planned.value = crossings

    def plan_after(self, method: str) -> None:
        """Let it die when Telegram has done this, to a group ``...@group``; empty: let it live."""
        self._done.value = method.encode()

    @property
    def alive(self) -> bool:
        """Whether it has not died by itself."""
        return self._process is not None and self._process.is_alive()

    def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is said."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.join(10)
            process.close()
            # A start that was cut off has not counted.
            self.starts = self._opened()

    async def call(
        self, session: aiohttp.ClientSession, method: str, path: str, body: Any, key: str
    ) -> tuple[int, bytes]:
        """One call of the HTTP API; raises aiohttp's errors when it dies meanwhile."""
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key}
        where = path if path.startswith("/demo") else f"/api/v1{path}"
        async with session.request(method, self.url + where, json=body, headers=headers) as answer:
            return answer.status, await answer.read()


class Server:
    """``tapsyrys run`` with these settings, on a port of its own."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self._environment = {**environment, "TAPSYRYS_WEB_PORT": str(free_port())}
        self._log = log
        self._process: ForkServerProcess | None = None

    async def start(self) -> None:
        """Start it and wait until it says that it runs."""
        self._process = _context.Process(target=_serve, args=(self._environment, self._log))
        self._process.start()
        end = time.monotonic() + _PATIENCE
        while not (self._log.exists() and "is running" in self._log.read_text()):
            if not self._process.is_alive() or time.monotonic() > end:
                raise AssertionError(f"it does not start:\n{self._log.read_text()[-4000:]}")
            await asyncio.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.join(10)
            process.close()

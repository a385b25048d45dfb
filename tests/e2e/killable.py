"""The demo, or a server, in a process of its own that is killed without a word, again and again.

Its code is loaded once, in a zygote that forks: a restart takes a tenth of a second, not five.

It is killed from outside, or by a fuse of its own: what it does for an update is a row of
crossings (each statement to the database, each commit, each call of the Bot API), and a kill
just before a chosen one does not depend on how fast the machine is. Or it dies as soon as Telegram
has done what it was asked for, before that is written down.
"""

from __future__ import annotations

import asyncio
import importlib
import mmap
import os
import signal
import socket
import struct
import sys
import time
from pathlib import Path
from typing import Any, get_args

import aiohttp
from sqlalchemy import Engine, event

from bot.app import assemble
from bot.cli import run_command
from bot.sandbox.demo.main import demo_settings, run_demo
from bot.sandbox.updates import UpdateQueue
from bot.storage.engine import Database, make_engine, make_sessions
from bot.telegram.gateway import Gateway
from domain.clock import SystemClock
from handlers.views.translator import Locale, translator
from tests.support.authorities import read_authorities_once
from tests.support.callables import remember_callables
from tests.support.zygote import Process, zygote

_PATIENCE = 60.0


def whole_bot() -> None:
    """Load all that a server or a demo runs, and look at each of its callbacks once."""
    remember_callables()
    read_authorities_once()
    for locale in get_args(Locale):
        translator(locale)
    # Commands are named where they are told, and imported when they are called.
    importlib.import_module("bot.cli.serve")
    url = "postgresql+asyncpg://postgres@/nobody-connects"
    engine = make_engine(url)
    assemble(
        demo_settings(Path("/nonexistent"), "127.0.0.1", 0),
        Database(engine, make_sessions(engine), url),
        SystemClock(),
        token="1:" + "s" * 35,
        api="http://127.0.0.1:1",
    )


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Plan:
    """When to die, in a file that the test writes and the process reads without asking."""

    _CROSSINGS = struct.Struct("i")
    _METHOD = struct.Struct("64p")

    def __init__(self, path: Path) -> None:
        size = self._CROSSINGS.size + self._METHOD.size
        with path.open("a+b") as file:
            file.truncate(size)
            self._shared = mmap.mmap(file.fileno(), size)

    @property
    def crossings(self) -> int:
        """At which crossing after the next update; 0: at none."""
        found: int = self._CROSSINGS.unpack_from(self._shared)[0]
        return found

    @crossings.setter
    def crossings(self, number: int) -> None:
        self._CROSSINGS.pack_into(self._shared, 0, number)

    @property
    def method(self) -> str:
        """After which method of Telegram; empty: after none."""
        found: bytes = self._METHOD.unpack_from(self._shared, self._CROSSINGS.size)[0]
        return found.decode()

    @method.setter
    def method(self, name: str) -> None:
        self._METHOD.pack_into(self._shared, self._CROSSINGS.size, name.encode())


def _lay_fuse(plan: Plan) -> None:
    """Die at a crossing: the one numbered ``plan.crossings`` after the next update has come.

    And when Telegram has done ``plan.method``, with ``@group`` where it is to a group.
    """
    left = 0
    queued, called = UpdateQueue.add, Gateway.__call__

    def add(queue: UpdateQueue, kind: str, body: dict[str, Any], chat_id: int) -> None:
        nonlocal left
        queued(queue, kind, body, chat_id)
        left = plan.crossings

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
        if plan.method == f"{method.__api_method__}{where}":
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    event.listen(Engine, "before_cursor_execute", burn)
    event.listen(Engine, "commit", burn)
    UpdateQueue.add = add  # type: ignore[assignment,method-assign] # here only
    Gateway.__call__ = call  # type: ignore[assignment,method-assign] # here only


def _run(port: int, data: Path, plan: Path) -> None:
    _lay_fuse(Plan(plan))
    asyncio.run(run_demo("127.0.0.1", port, data, story=False))


def _serve() -> None:
    sys.exit(run_command(["run"]))


class Demo:
    """An empty demo in ``data``: start, kill, start again; calls that live through kills."""

    def __init__(self, data: Path, log: Path) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.starts = 0
        self._log = log
        self._process: Process | None = None
        self._plan = Plan(log.with_name(f"{log.name}-plan"))

    @property
    def token(self) -> str:
        """The token of its HTTP API."""
        return (self.data / "api-token").read_text(encoding="ascii").strip()

    async def start(self) -> None:
        """Start it and wait until it works."""
        self.starts += 1
        plan = self._log.with_name(f"{self._log.name}-plan")
        self._process = zygote().start(
            _run, self.port, self.data, plan, log=self._log, warm=whole_bot
        )
        end = time.monotonic() + _PATIENCE
        while self._opened() < self.starts:
            if not self._process.alive or time.monotonic() > end:
                raise AssertionError(f"it does not start:\n{self._log.read_text()[-4000:]}")
            await asyncio.sleep(0.02)

    def _opened(self) -> int:
        return self._log.read_text().count("\nOpen ") if self._log.exists() else 0

    def plan(self, crossings: int) -> None:
        """Let it die at that crossing after the next update has come; 0 lets it live."""
        self._plan.crossings = crossings

    def plan_after(self, method: str) -> None:
        """Let it die when Telegram has done this, to a group ``...@group``; empty: let it live."""
        self._plan.method = method

    @property
    def alive(self) -> bool:
        """Whether it has not died by itself."""
        return self._process is not None and self._process.alive

    def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is said."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
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
        self._process: Process | None = None

    async def start(self) -> None:
        """Start it and wait until it says that it runs."""
        self._process = zygote().start(
            _serve, environment=self._environment, log=self._log, warm=whole_bot
        )
        end = time.monotonic() + _PATIENCE
        while not (self._log.exists() and "is running" in self._log.read_text()):
            if not self._process.alive or time.monotonic() > end:
                raise AssertionError(f"it does not start:\n{self._log.read_text()[-4000:]}")
            await asyncio.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()

    def ask_to_end(self) -> None:
        """SIGTERM: it ends in good order."""
        if self._process is not None:
            self._process.signal(signal.SIGTERM)

    @property
    def exit_code(self) -> int | None:
        """What it ended with; None while it lives."""
        return None if self._process is None else self._process.code

    def freeze(self) -> None:
        """SIGSTOP: it keeps its connections and does nothing."""
        if self._process is not None:
            self._process.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT: it goes on as if no time had passed."""
        if self._process is not None:
            self._process.signal(signal.SIGCONT)

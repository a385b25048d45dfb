"""A process of the bot: ``tapsyrys run`` with the common clock, fuses and shortened leases.

What is waited for by the machine's own clock (leases, pauses after a lost connection) is shortened
by one factor, so that the proportions stay; nothing else differs from a server in service.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_connection

import bot.channels.outgoing
import bot.channels.sending
import bot.channels.webhooks
import bot.cli.serve
import bot.desk.mirror
import bot.inbox
import scheduler.lease
from bot.channels.gateways import check_gateway
from bot.channels.sending import ChannelSender
from bot.channels.webhooks import WebhookSender
from bot.cli import run_command
from bot.storage import engine as engines
from bot.telegram.gateway import Gateway
from bot.telegram.limits import Limits
from tests.e2e.killable import whole_bot
from tests.support.zygote import Process, zygote
from tests.torture.board import Board, BoardClock, Fuse

#: Leases and pauses by the machine's own clock are so many times shorter than in service.
SCALE = 3
#: A turn of sending less so: what renews it comes round each few seconds at its own pace.
TURN_SCALE = 1.6
#: Seconds that a webhook may take, and between looks for what goes out besides Telegram.
HOOKED = 1.0
_LOOK = 1.0
# Ports below those that systems give to outgoing connections.
_LOWEST, _PORTS = 20_000, 12_000
_PATIENCE = 60.0
_GLANCE = 0.1


def _lay_fuses(board: Board, replica: int) -> None:
    commit, call = AsyncAdapt_asyncpg_connection.commit, Gateway.__call__

    def die_at(fuse: Fuse) -> None:
        if board.burn(replica, fuse):
            os.kill(os.getpid(), signal.SIGKILL)

    def committing(connection: Any) -> None:
        if connection._transaction is None:
            return
        die_at(Fuse.BEFORE_COMMIT)
        commit(connection)  # type: ignore[no-untyped-call] # it bears no types
        die_at(Fuse.AFTER_COMMIT)

    async def calling(gateway: Gateway, make_request: Any, bot: Any, method: Any) -> Any:
        answer = await call(gateway, make_request, bot, method)
        if method.__api_method__.startswith("send"):
            die_at(Fuse.AFTER_ANSWER)
        return answer

    AsyncAdapt_asyncpg_connection.commit = committing  # type: ignore[method-assign] # here only
    Gateway.__call__ = calling  # type: ignore[assignment,method-assign] # here only


def _defaults(function: Any) -> dict[str, Any]:
    """What a function takes where it is given nothing: ours to change, in a process of our own."""
    given: dict[str, Any] = function.__kwdefaults__
    return given


def _shorten(board: Board) -> None:
    given = _defaults(bot.inbox.Inbox.__init__)
    given["lease"] = given["lease"] / SCALE
    given["delays"] = tuple(each / SCALE for each in given["delays"])
    engines._CONNECT_TIMEOUT //= SCALE
    turn = _defaults(scheduler.lease.Lease.__init__)
    turn["turn"] = turn["turn"] / TURN_SCALE
    scheduler.lease._RENEWED_EVERY /= TURN_SCALE
    scheduler.lease._MARGIN /= TURN_SCALE
    begun, at = time.monotonic(), board.now()

    def monotonic() -> float:
        """What Telegram asks to wait passes with the common clock, too."""
        return time.monotonic() + max(timedelta(), board.now() - at).total_seconds() - begun

    async def sleep(seconds: float) -> None:
        """The limiter looks again and again: the common clock may have moved meanwhile."""
        await asyncio.sleep(min(seconds, _GLANCE))

    _defaults(Limits.__init__).update(monotonic=monotonic, sleep=sleep)
    _shorten_outside(monotonic)


def _shorten_outside(monotonic: Callable[[], float]) -> None:
    _defaults(WebhookSender.__init__)["poll"] = _LOOK
    _defaults(ChannelSender.__init__)["poll"] = _LOOK
    bot.channels.outgoing.TOTAL = HOOKED
    bot.channels.sending._RECORDING /= SCALE
    bot.channels.webhooks._RECORDING /= SCALE
    mirror: Any = bot.desk.mirror
    mirror._POLL /= SCALE
    # For how long Telegram wants a group to be left alone.
    mirror.time = SimpleNamespace(monotonic=monotonic)


def with_gateways() -> None:
    """The whole bot, and what sends SMS: it takes seconds to load."""
    whole_bot()
    check_gateway("json://127.0.0.1/{to}")


def serve(board: Path, replica: int) -> None:
    """The whole life of a process, in the environment it was given."""
    shared = Board(board)
    _lay_fuses(shared, replica)
    _shorten(shared)
    serving: Any = bot.cli.serve
    serving.SystemClock = lambda: BoardClock(shared)  # the one place where it is made
    sys.exit(run_command(["run"]))


def free_port() -> int:
    """A free port that no outgoing connection takes while whoever listens there is away."""
    while True:
        port = _LOWEST + secrets.randbelow(_PORTS)
        with socket.socket() as found, contextlib.suppress(OSError):
            found.bind(("127.0.0.1", port))
            return port


class Replica:
    """One process: started, killed, frozen, thawed, stopped in good order."""

    def __init__(
        self, number: int, environment: Mapping[str, str], board: Path, folder: Path
    ) -> None:
        self.number = number
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self._environment = {**environment, "TAPSYRYS_WEB_PORT": str(self.port)}
        self._board = board
        self.log = folder / f"log-{number}"
        self._process: Process | None = None
        self._starts = 0

    async def start(self) -> None:
        """Start it and wait until it serves; raises AssertionError when it does not come up."""
        self.begin()
        await self.up()

    def begin(self) -> None:
        """Start it, unless another hand has."""
        if self.alive:
            return
        self._starts = self._said()
        self._process = zygote().start(
            serve,
            self._board,
            self.number,
            environment=self._environment,
            log=self.log,
            warm=with_gateways if "TAPSYRYS_SMS_URL" in self._environment else whole_bot,
        )

    async def up(self) -> None:
        """Wait until it serves."""
        end = time.monotonic() + _PATIENCE
        while self._said() == self._starts:
            if not self.alive or time.monotonic() > end:
                raise AssertionError(f"it does not start:\n{self.log.read_text()[-4000:]}")
            await asyncio.sleep(0.01)

    def _said(self) -> int:
        return self.log.read_bytes().count(b"is running;") if self.log.exists() else 0

    @property
    def alive(self) -> bool:
        """Whether there is a process (it may be frozen)."""
        return self._process is not None and self._process.alive

    @property
    def exit_code(self) -> int | None:
        """What it ended with; None while it lives."""
        return None if self._process is None else self._process.code

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.signal(number)

    def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is said."""
        self._signal(signal.SIGKILL)
        self.bury()

    def shoot(self) -> None:
        """SIGKILL without waiting for the end."""
        self._signal(signal.SIGKILL)

    def freeze(self) -> None:
        """SIGSTOP: it keeps its connections and does nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)

    async def stop(self) -> int | None:
        """SIGTERM: it ends in good order; returns what it ended with.

        A fault may kill it on its way; None where another hand has replaced it.
        """
        process = self._process
        self._signal(signal.SIGTERM)
        end = time.monotonic() + _PATIENCE
        # Another fault may kill and replace it meanwhile.
        while process is not None and process.alive:
            if time.monotonic() > end:
                raise AssertionError(f"it does not stop:\n{self.log.read_text()[-4000:]}")
            await asyncio.sleep(0.01)
        if process is None or process is not self._process:
            return None
        self.bury()
        return process.code

    def bury(self) -> None:
        """Wait for the end of one that was killed."""
        process, self._process = self._process, None
        if process is not None:
            process.join(10)

"""Real processes that start within milliseconds: forks of one that has loaded the code already.

    process = zygote().start(serve, environment, log=folder / "log", warm=whole_bot)
    process.kill()                       # SIGKILL, by its parent: never the wrong process
    process.signal(signal.SIGSTOP)       # or any other
    assert process.alive

To import the bot takes three seconds of a processor, to wire it half a second more; a test that
kills forty processes would do little else. So one process, the zygote, imports what its children
run and calls ``warm`` once; then it forks for each of them. A child is a process of its own in
every respect, with its own pid, memory and connections. The zygote itself has neither an event
loop nor a connection nor a thread: it refuses to fork when it has.

``target``, its arguments and ``warm`` travel by name: they are what a module has at its top.
"""

from __future__ import annotations

import contextlib
import functools
import os
import pickle
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any

from bot.garbage import loading

_ROOT = Path(__file__).resolve().parents[2]
_THREADS = Path("/proc/self/task")
_POLL = 0.002


@dataclass(frozen=True)
class _Start:
    """What a child is to do; ``call`` is pickled and read in the zygote, which imports it."""

    call: bytes
    environment: dict[str, str]
    log: str | None


@dataclass(frozen=True)
class _Signal:
    pid: int
    number: int


@dataclass(frozen=True)
class _Poll:
    pid: int


class Process:
    """A child of the zygote."""

    def __init__(self, zygote: Zygote, pid: int) -> None:
        self.pid = pid
        self._zygote = zygote
        self._code: int | None = None

    @property
    def code(self) -> int | None:
        """The exit code, negative for a signal; None while it lives."""
        if self._code is None:
            self._code = self._zygote.ask(_Poll(self.pid))
        return self._code

    @property
    def alive(self) -> bool:
        """Whether it has not ended; a stopped process lives."""
        return self.code is None

    def signal(self, number: int) -> None:
        """Send a signal; to one that has ended nothing is sent."""
        self._zygote.ask(_Signal(self.pid, number))

    def kill(self, patience: float = 10) -> None:
        """SIGKILL, and wait until it is gone; raises TimeoutError after ``patience`` seconds."""
        self.signal(signal.SIGKILL)
        self.join(patience)

    def join(self, patience: float) -> int:
        """Wait until it has ended; its code. Raises TimeoutError after ``patience`` seconds."""
        end = time.monotonic() + patience
        while (code := self.code) is None:
            if time.monotonic() > end:
                raise TimeoutError(f"process {self.pid} lives after {patience} s")
            time.sleep(_POLL)
        return code


class Zygote:
    """The process that forks, as its owner sees it; with the owner it ends, and all its children.

    Not for several threads.
    """

    def __init__(self) -> None:
        self._connection, theirs = Pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(theirs.fileno())],
            cwd=_ROOT,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
        )
        theirs.close()

    def start(
        self,
        target: Callable[..., object],
        *args: object,
        environment: Mapping[str, str] | None = None,
        log: Path | None = None,
        warm: Callable[[], object] | None = None,
    ) -> Process:
        """Run ``target(*args)`` in a new process; its code is 1 when that raises.

        ``environment`` comes on top of the owner's at the time the zygote began; output and errors
        are added to the file ``log``. ``warm`` runs in the zygote, at its first mention.
        """
        call = pickle.dumps((target, args, warm))
        asked = _Start(call, dict(environment or {}), str(log) if log else None)
        return Process(self, self.ask(asked))

    def ask(self, request: object) -> Any:
        """One question and its answer; raises what the zygote raised, as RuntimeError."""
        self._connection.send(request)
        answer, error = self._connection.recv()
        if error is not None:
            raise RuntimeError(error)
        return answer

    def close(self) -> None:
        """End it, and whatever it started."""
        self._connection.close()
        self._process.wait(10)


_ours: list[Zygote] = []


def zygote() -> Zygote:
    """The one of this process, begun when first asked for."""
    if not _ours:
        _ours.append(Zygote())
    return _ours[0]


def close_zygote() -> None:
    """End the one of this process, where it has been asked for."""
    while _ours:
        _ours.pop().close()


# From here on: within the zygote.


@dataclass
class _Nursery:
    """The children that have not been seen to end."""

    connection: Connection
    living: set[int] = field(default_factory=set)
    codes: dict[int, int] = field(default_factory=dict)

    def serve(self) -> None:
        """Answer until the owner is gone."""
        while True:
            try:
                request = self.connection.recv()
            except (EOFError, ConnectionError):
                return
            try:
                answer, error = self._do(request), None
            except Exception:
                answer, error = None, traceback.format_exc()
            with contextlib.suppress(BrokenPipeError):
                self.connection.send((answer, error))

    def _do(self, request: object) -> int | None:
        match request:
            case _Start():
                return self._fork(request)
            case _Signal(pid, number):
                # Nobody else waits for it: the number is its own until we do.
                if self._ended(pid) is None:
                    os.kill(pid, number)
                return None
            case _Poll(pid):
                return self._ended(pid)
            case _:
                raise TypeError(request)

    def _ended(self, pid: int) -> int | None:
        if pid in self.living:
            found, status = os.waitpid(pid, os.WNOHANG)
            if not found:
                # Another may have had its number before, and have left its code.
                return None
            self.living.discard(pid)
            self.codes[pid] = os.waitstatus_to_exitcode(status)
        return self.codes.get(pid)

    def _fork(self, asked: _Start) -> int:
        with loading():
            target, args, warm = pickle.loads(asked.call)
            if warm is not None:
                _once(warm)
        if _THREADS.is_dir() and (running := len(list(_THREADS.iterdir()))) > 1:
            raise RuntimeError(f"{running} threads: a fork would take along one of them only")
        pid = os.fork()
        if pid == 0:
            self.connection.close()
            _live(functools.partial(target, *args), asked)
        self.living.add(pid)
        return pid

    def end(self) -> None:
        """No child outlives the owner."""
        for pid in self.living:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in self.living:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


@functools.cache
def _once(warm: Callable[[], object]) -> None:
    warm()


def _live(work: Callable[[], object], asked: _Start) -> None:
    """The whole life of a child; it never comes back into the zygote's loop."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.update(asked.environment)
        if asked.log is not None:
            _write_to(Path(asked.log))
        work()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)


def _write_to(log: Path) -> None:
    with log.open("ab", buffering=0) as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr] # a text file


def _main() -> None:
    # Ctrl+C in the terminal is for the owner: it ends us by ending.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # By the name under which the owner knows it: so questions are of the kinds that are asked.
    from tests.support.zygote import _Nursery as Nursery

    nursery = Nursery(Connection(int(sys.argv[1])))
    try:
        nursery.serve()
    finally:
        nursery.end()


if __name__ == "__main__":
    _main()

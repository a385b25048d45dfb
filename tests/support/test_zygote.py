"""The zygote's children are processes like any other, and none of them outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Pipe
from pathlib import Path
from subprocess import PIPE

import psutil  # type: ignore[import-untyped] # it ships no types
import pytest

from tests.support.zygote import Zygote, _Nursery, _Poll

_warmed: list[int] = []
_stop = threading.Event()


def warm() -> None:
    _warmed.append(os.getpid())


def begin_thread() -> None:
    threading.Thread(target=_stop.wait, daemon=True).start()


def tell(word: str) -> None:
    given = f"{word} {os.environ.get('GIVEN')}"
    sys.stdout.write(f"{given} {len(_warmed)} {os.getpid() not in _warmed}\n")
    sys.stderr.write("and an error\n")


def leave(code: int) -> None:
    sys.exit(code)


def fail() -> None:
    raise LookupError("on purpose")


def wait() -> None:
    time.sleep(600)


@pytest.fixture
def zygote() -> Iterator[Zygote]:
    made = Zygote()
    yield made
    made.close()


def test_a_child_does_what_it_is_told_in_its_environment(zygote: Zygote, tmp_path: Path) -> None:
    for word in ("first", "second"):
        child = zygote.start(
            tell, word, environment={"GIVEN": word}, log=tmp_path / "log", warm=warm
        )
        assert child.join(30) == 0
    said = (tmp_path / "log").read_text().splitlines()
    assert sorted(said) == ["and an error"] * 2 + ["first first 1 True", "second second 1 True"]
    assert "GIVEN" not in os.environ


def test_its_end_is_known(zygote: Zygote, tmp_path: Path) -> None:
    assert zygote.start(leave, 3).join(30) == 3
    assert zygote.start(fail, log=tmp_path / "log").join(30) == 1
    assert "LookupError: on purpose" in (tmp_path / "log").read_text()


def test_it_is_stopped_resumed_and_killed(zygote: Zygote) -> None:
    child = zygote.start(wait)
    child.signal(signal.SIGSTOP)
    assert child.alive
    with pytest.raises(TimeoutError):
        child.join(0.01)
    child.signal(signal.SIGCONT)
    assert child.alive
    child.kill()
    assert (child.alive, child.code) == (False, -signal.SIGKILL)
    child.kill()


def test_none_outlives_the_owner(zygote: Zygote) -> None:
    children = [zygote.start(wait) for _ in range(3)]
    zygote.close()
    assert not [each.pid for each in children if psutil.pid_exists(each.pid)]


def test_it_refuses_to_fork_what_a_fork_would_break(zygote: Zygote) -> None:
    with pytest.raises(RuntimeError, match="2 threads"):
        zygote.start(wait, warm=begin_thread)


def test_a_number_that_comes_again_is_another_process() -> None:
    """Systems use the numbers of processes again: what the first ended with is not the second's."""
    ours, theirs = Pipe()
    with subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=PIPE) as it:
        nursery = _Nursery(ours, living={it.pid}, codes={it.pid: -signal.SIGKILL})
        assert nursery._do(_Poll(it.pid)) is None
        it.kill()
        os.waitid(os.P_PID, it.pid, os.WEXITED | os.WNOWAIT)
        assert nursery._do(_Poll(it.pid)) == -signal.SIGKILL
    ours.close()
    theirs.close()

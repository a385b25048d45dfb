"""systemd is told what its unit asks for, and nobody else anything."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import systemd
from tests.support.waiting import PATIENCE


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The socket at which systemd listens."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(PATIENCE)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield listener


async def test_up_alive_and_on_the_way_out(
    heard: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "20000")
    async with systemd.told():
        said = [await asyncio.to_thread(heard.recv, 100) for _ in range(4)]
    assert said == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1", b"WATCHDOG=1"]
    while (last := heard.recv(100)) == b"WATCHDOG=1":
        pass
    assert last == b"STOPPING=1"


async def test_without_a_watchdog_there_are_no_signs_of_life(heard: socket.socket) -> None:
    async with systemd.told():
        assert heard.recv(100) == b"READY=1"
    assert heard.recv(100) == b"STOPPING=1"


async def test_without_systemd_nothing_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    async with systemd.told():
        pass
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    async with systemd.told():
        pass

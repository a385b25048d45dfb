"""``tapsyrys run`` and ``tapsyrys demo`` as processes: they start, say so, and end cleanly."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.sandbox.client import Sandbox
from bot.sandbox.server import create_app
from bot.sandbox.world import World
from domain.clock import SystemClock
from tests.bot.cli.conftest import Terminal
from tests.support.waiting import until

TOKEN = "123456789:" + "A" * 35
PATIENCE = 90


@contextmanager
def taken_port() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def free_port() -> int:
    with taken_port() as port:
        return port


@asynccontextmanager
async def process(
    folder: Path, *arguments: str, **settings: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """``python -m bot`` with these arguments and settings, killed if it is still there."""
    environment = {n: v for n, v in os.environ.items() if not n.startswith("TAPSYRYS_")}
    environment.update({f"TAPSYRYS_{name.upper()}": value for name, value in settings.items()})
    environment["PYTHONPATH"] = str(Path(__file__).parents[3])
    started = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=folder,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
            await started.communicate()


async def line_of(started: asyncio.subprocess.Process) -> str:
    """The next line it prints; fails with what it said on standard error when it ends instead."""
    assert started.stdout is not None
    async with asyncio.timeout(PATIENCE):
        line = (await started.stdout.readline()).decode()
    assert line, await end_of(started)
    return line.rstrip("\n")


async def end_of(started: asyncio.subprocess.Process) -> tuple[int | None, str]:
    """Its exit code and what it said on standard error."""
    async with asyncio.timeout(PATIENCE):
        _, said = await started.communicate()
    return started.returncode, said.decode()


@pytest.fixture
async def telegram() -> AsyncIterator[tuple[World, str]]:
    """A Bot API server and its address."""
    world = World(token=TOKEN, clock=SystemClock(), limits=None)
    server = TestServer(create_app(world), host="127.0.0.1")
    await server.start_server()
    yield world, str(server.make_url("/")).rstrip("/")
    await server.close()


@pytest.mark.parametrize("webhook", [False, True])
async def test_it_serves_and_ends_when_asked(
    tmp_path: Path, database_url: str, telegram: tuple[World, str], webhook: bool
) -> None:
    _, api = telegram
    port = free_port()
    settings = {
        "bot_token": TOKEN,
        "telegram_api": api,
        "database_url": database_url,
        "web_port": str(port),
    }
    if webhook:
        settings["public_url"] = f"http://127.0.0.1:{port}"
        settings["webhook_secret"] = "a-long-random-word"
    async with process(tmp_path, "run", **settings) as started, Sandbox(api) as sandbox:
        address = f"http://127.0.0.1:{port}/readyz"
        assert await line_of(started) == f"Tapsyrys is running; {address} tells how it is."
        async with aiohttp.ClientSession() as session:

            async def ready() -> bool:
                async with session.get(address) as answer:
                    return answer.status == 200

            await until(ready, PATIENCE)
        person = await sandbox.person("Айгүл", language="kk")
        await person.start()
        await person.eventually(lambda message: message.buttons != [], timeout_s=PATIENCE)
        started.send_signal(signal.SIGTERM)
        code, said = await end_of(started)
    assert code == 0
    assert "Traceback" not in said


async def test_telegram_may_be_away_when_it_starts(tmp_path: Path, database_url: str) -> None:
    telegram, web = free_port(), free_port()
    api = f"http://127.0.0.1:{telegram}"
    settings = {"bot_token": TOKEN, "telegram_api": api, "database_url": database_url}
    async with process(tmp_path, "run", web_port=str(web), **settings) as started:
        assert (await line_of(started)).startswith("Tapsyrys is running")
        async with aiohttp.request("GET", f"http://127.0.0.1:{web}/healthz") as answer:
            assert answer.status == 200
        world = World(token=TOKEN, clock=SystemClock(), limits=None)
        server = TestServer(create_app(world), host="127.0.0.1", port=telegram)
        await server.start_server()
        async with Sandbox(api) as sandbox:
            person = await sandbox.person("Айгүл", language="kk")
            await person.start()
            await person.eventually(lambda message: message.buttons != [], timeout_s=PATIENCE)
        started.send_signal(signal.SIGTERM)
        code, _ = await end_of(started)
        await server.close()
    assert code == 0


async def test_a_revoked_token_ends_it_with_a_sentence(
    tmp_path: Path, database_url: str, telegram: tuple[World, str]
) -> None:
    world, api = telegram
    world.token = "123456789:" + "B" * 35
    settings = {"bot_token": TOKEN, "telegram_api": api, "database_url": database_url}
    async with process(tmp_path, "run", web_port=str(free_port()), **settings) as started:
        code, said = await end_of(started)
    assert code == 2
    assert said.splitlines()[-1].startswith("Telegram does not know this token (401)")
    assert "Traceback" not in said
    assert TOKEN not in said


def test_a_port_in_use_is_told_before_anything_starts(bare: Terminal) -> None:
    with taken_port() as port:
        bare.set(bot_token=TOKEN, web_port=str(port))
        run = bare.run("run")
        demo = bare.run("demo", "--port", str(port))
    why = f"Cannot listen on 127.0.0.1:{port}: another program listens there already."
    assert (run.code, run.err) == (2, f"{why} Set TAPSYRYS_WEB_HOST or TAPSYRYS_WEB_PORT.\n")
    assert demo.code == 2
    assert demo.err.startswith(f"{why} Try --port ")
    assert list(bare.folder.iterdir()) == []


def test_an_address_of_another_machine_is_told(bare: Terminal) -> None:
    ended = bare.run("demo", "--host", "203.0.113.1", "--port", str(free_port()))
    assert ended.code == 2
    assert ended.err.startswith("Cannot listen on 203.0.113.1:")
    assert "this machine has no such address" in ended.err


def test_a_folder_that_cannot_be_made_is_told(bare: Terminal) -> None:
    (bare.folder / "taken").write_text("a file")
    ended = bare.run("demo", "--port", str(free_port()), "--data", "taken/demo")
    assert (ended.code, ended.err) == (2, "taken/demo: Not a directory.\n")


async def test_the_demo_starts_twice_on_its_data_and_keeps_its_token(tmp_path: Path) -> None:
    port = free_port()
    demo = ("demo", "--empty", "--data", str(tmp_path / "demo"), "--port", str(port))
    orders = f"http://127.0.0.1:{port}/api/v1/orders"
    tokens = []
    for stop in (signal.SIGINT, signal.SIGTERM):
        async with process(tmp_path, *demo) as started:
            tokens.append(await line_of(started))
            assert f"http://127.0.0.1:{port}/demo" in await line_of(started)
            headers = {"Authorization": f"Bearer {tokens[-1]}"}
            async with aiohttp.request("GET", orders, headers=headers) as answer:
                assert answer.status == 200
            started.send_signal(stop)
            code, said = await end_of(started)
        assert code == 0
        assert "Traceback" not in said
        # The embedded database left with it.
        assert not (tmp_path / "demo" / "postgres" / "postmaster.pid").exists()
    assert tokens[0] == tokens[1]

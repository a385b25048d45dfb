"""``tapsyrys run`` from its start until ``/readyz`` says ready, with the database present."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Mapping

import aiohttp
import psutil  # type: ignore[import-untyped] # it ships no types

from bench._frame import Span, Table, bench, median, ms, options, verdict
from bench._telegram import TOKEN, telegram

_BOUND = 3.0


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


async def _ready(
    session: aiohttp.ClientSession, url: str, process: asyncio.subprocess.Process
) -> None:
    while True:
        if process.returncode is not None:
            raise SystemExit(f"tapsyrys run ended with code {process.returncode}")
        try:
            async with session.get(url) as answer:
                if answer.status == 200:
                    return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.01)


async def _run_once(settings: Mapping[str, str]) -> Span:
    port = _free_port()
    environment = {**os.environ, **settings, "TAPSYRYS_WEB_PORT": str(port)}
    start = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with aiohttp.ClientSession() as session:
            await asyncio.wait_for(_ready(session, f"http://127.0.0.1:{port}/readyz", process), 120)
        wall = time.perf_counter() - start
        times = psutil.Process(process.pid).cpu_times()
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()
    return Span(wall, times.user + times.system)


async def _imports() -> Span:
    """What the interpreter takes to import the libraries alone."""
    start = time.perf_counter()
    code = "import aiogram, aiogram_dialog, aiohttp.web, sqlalchemy.ext.asyncio, asyncpg, alembic"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
    await process.wait()
    return Span(time.perf_counter() - start, 0)


async def _main(*, quick: bool) -> None:
    rounds = 3 if quick else 7
    with tempfile.TemporaryDirectory(prefix="tapsyrys-bench-") as name:
        async with bench() as made, telegram() as base:
            common = {
                "TAPSYRYS_BOT_TOKEN": TOKEN,
                "TAPSYRYS_TELEGRAM_API": base,
                "TAPSYRYS_DATA_DIR": name,
            }
            server = {**common, "TAPSYRYS_DATABASE_URL": made.url}
            first = await _run_once(common)
            asleep = [await _run_once(common) for _ in range(rounds)]
            awake = [await _run_once(server) for _ in range(rounds)]
            bare = [await _imports() for _ in range(rounds)]
            table = Table(
                f"tapsyrys run until ready: median of {rounds}",
                ("database", "wall", "slowest", "CPU", "bound"),
            )
            for what, spans, bound in (
                ("(imports of the libraries alone)", bare, 0.0),
                ("a server that runs", awake, _BOUND),
                ("embedded, present, not running", asleep, _BOUND),
                ("embedded, made anew", [first], 0.0),
            ):
                middle = median(spans)
                table.add(
                    what,
                    ms(middle.wall),
                    ms(max(span.wall for span in spans)),
                    ms(middle.cpu) if middle.cpu else "",
                    f"<= {bound:g} s: {verdict(middle.wall <= bound)}" if bound else "",
                )
            table.print(made.server_version)


if __name__ == "__main__":
    asyncio.run(_main(quick=options(__doc__).quick))

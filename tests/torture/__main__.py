"""``python -m tests.torture``: many seeds side by side, a table of faults, the page of figures."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter, deque
from pathlib import Path
from typing import Any

import structlog

from tests.support import database
from tests.support.zygote import close_zygote
from tests.torture.flood import flood
from tests.torture.plan import MOST_ORDERS
from tests.torture.run import Result, run_seed, run_town
from tests.torture.stage import Stage, built
from tests.torture.table import lines, summary, write

_WORKER = "--worker"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _options() -> argparse.Namespace:
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    parser = argparse.ArgumentParser(prog="torture", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many seeds")
    parser.add_argument("--first", type=int, default=1, help="the first of them")
    parser.add_argument("--seed", type=int, help="this one alone, told whole")
    parser.add_argument("--flood", type=int, help="so many deadlines due after three days, alone")
    parser.add_argument("--town", type=int, help="one town with so many orders at once, alone")
    parser.add_argument("--jobs", type=int, default=(os.cpu_count() or 1) + 1)
    parser.add_argument("--minutes", type=float, help="begin no seed after so many minutes")
    parser.add_argument("--write", action="store_true", help="put the figures into the docs")
    parser.add_argument(_WORKER, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.town is not None and not 1 <= given.town <= MOST_ORDERS:
        parser.error(f"a town has 1 to {MOST_ORDERS} orders")
    return given


async def _work(stage: Stage) -> None:
    """Play each seed that comes by a line; answer by a line."""
    while line := await asyncio.to_thread(sys.stdin.readline):
        found = await run_seed(stage, int(line))
        _say(json.dumps(found.as_json()))


async def _worker(stage: Stage, seeds: deque[int], found: list[Result], end: float) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.torture", _WORKER, stage.write()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**24,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    while seeds and time.monotonic() < end:
        seed = seeds.popleft()
        process.stdin.write(f"{seed}\n".encode())
        await process.stdin.drain()
        line = await process.stdout.readline()
        if not line:
            found.append(Result(seed, ["its driver died"]))
            break
        found.append(_result(json.loads(line)))
        _tell(found[-1], len(found))
    process.stdin.close()
    await process.wait()


def _result(given: dict[str, Any]) -> Result:
    return Result(**{**given, "armed": Counter(given["armed"]), "struck": Counter(given["struck"])})


def _tell(result: Result, place: int) -> None:
    what = "ok" if result.whole else "BROKEN"
    _say(
        f"{place:4}  seed {result.seed:4} {what:6} {result.seconds:5.1f} s  {result.acts:2} acts  "
        f"{result.deaths:2} deaths  {result.messages:3} messages  {result.letters:3} letters  "
        f"{result.hooks:3} webhooks  {result.copied:2} copies  "
        f"well after {result.recovery:4.1f} s"
    )
    if not result.whole:
        _say(result.told())


async def _one(stage: Stage, seed: int) -> list[Result]:
    result = await run_seed(stage, seed)
    _say(result.told())
    _tell(result, 1)
    return [result]


async def _town(stage: Stage, options: argparse.Namespace) -> list[Result]:
    result = await run_town(stage, options.seed or options.first, options.town)
    _say(result.told())
    _tell(result, 1)
    _say(summary([result]))
    return [result]


async def _many(stage: Stage, options: argparse.Namespace) -> list[Result]:
    seeds = deque(range(options.first, options.first + options.seeds))
    found: list[Result] = []
    end = time.monotonic() + (options.minutes * 60 if options.minutes else float("inf"))
    jobs = min(options.jobs, options.seeds)
    await asyncio.gather(*(_worker(stage, seeds, found, end) for _ in range(jobs)))
    return found


async def _all(options: argparse.Namespace) -> list[Result]:
    database.name_folder()
    server = database.Server()
    try:
        with tempfile.TemporaryDirectory() as folder:
            async with built(server, Path(folder), by_sms=True) as stage:
                if options.flood:
                    _say(await flood(stage, options.flood))
                    return []
                if options.town:
                    return await _town(stage, options)
                if options.seed is not None:
                    return await _one(stage, options.seed)
                return await _many(stage, options)
    finally:
        server.close()
        database.remove_folder()


def main() -> int:
    """Run, and tell; 1 when a seed found something broken."""
    options = _options()
    if options.worker:
        asyncio.run(_work(Stage.read(options.worker)))
        close_zygote()
        return 0
    began = time.monotonic()
    found = asyncio.run(_all(options))
    close_zygote()
    if not found:
        return 0
    _say("\n".join(lines(found)))
    _say(f"{len(found)} seeds in {time.monotonic() - began:.0f} s")
    broken = sorted(each.seed for each in found if not each.whole)
    if broken:
        _say(f"BROKEN: {', '.join(map(str, broken))}")
        _say('One of them again, told whole: make torture ARGS="--seed N"')
    if options.write:
        write(found)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

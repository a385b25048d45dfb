"""Setting and firing deadlines against APScheduler's SQLAlchemyJobStore on the same server.

APScheduler is given fewer jobs and scaled by the item (its cost of one job does not fall with
their number) and the executor that costs it least: jobs run in the scheduler's own thread.
Then a process that fires is killed several times: every deadline must have its effect once.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from datetime import timedelta
from typing import Any

from apscheduler.executors.debug import DebugExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import create_engine

from bench._fire import KIND
from bench._frame import START, Bench, Span, Table, bench, ms, options, plain_url, verdict
from domain.audit import verify
from domain.deadlines import Deadline, NewDeadline, write
from domain.firing import Deadlines
from domain.work import Work

_BATCH = 1_000
_KILLS = 3
_fired = 0


async def nothing(work: Work, deadline: Deadline) -> None:
    """The empty effect."""
    work.record(deadline.subject)


def _job(number: int) -> None:
    global _fired  # noqa: PLW0603 - APScheduler calls a module's function by its name
    _fired += 1


def _rows(prefix: str, start: int, count: int) -> list[NewDeadline]:
    return [
        NewDeadline(
            kind=KIND,
            subject=f"{prefix}:{number}",
            started_at=START,
            due_at=START + timedelta(minutes=1),
            term="2wd",
            clause="344-13.3a",
            calendar_version="bench",
            params={"number": number},
        )
        for number in range(start, start + count)
    ]


async def _set(made: Bench, prefix: str, count: int, batch: int) -> None:
    for start in range(0, count, batch):
        async with made.site.sessions.begin() as session:
            await write(session, _rows(prefix, start, min(batch, count - start)))


async def _fire(made: Bench, deadlines: Deadlines, count: int) -> None:
    made.clock.set(START + timedelta(minutes=2))
    fired = 0
    while done := await deadlines.fire_due():
        fired += done
    made.clock.set(START)
    if fired != count:
        raise SystemExit(f"{fired} of {count} deadlines fired")


def _apscheduler(made: Bench, count: int) -> tuple[BackgroundScheduler, Any]:
    url = plain_url(made.url).replace("postgresql://", "postgresql+psycopg://", 1)
    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(engine=create_engine(url))},
        executors={"default": DebugExecutor()},
        job_defaults={"misfire_grace_time": None, "coalesce": True},
    )
    due = START.replace(year=2020)

    def set_all() -> None:
        # Paused, it stores jobs at once and runs none.
        scheduler.start(paused=True)
        for number in range(count):
            scheduler.add_job(_job, "date", run_date=due, args=(number,))

    return scheduler, set_all


def _run_jobs(scheduler: BackgroundScheduler, count: int) -> None:
    scheduler.resume()
    while _fired < count:
        time.sleep(0.005)
    scheduler.shutdown()
    if _fired != count:
        raise SystemExit(f"{_fired} of {count} jobs ran")


async def _baseline(made: Bench, count: int) -> tuple[Span, Span]:
    scheduler, set_all = _apscheduler(made, count)
    stored = await made.timed(lambda: asyncio.to_thread(set_all))
    ran = await made.timed(lambda: asyncio.to_thread(_run_jobs, scheduler, count))
    return stored.each(count), ran.each(count)


async def _killed(made: Bench, count: int) -> tuple[int, str]:
    """Kill a firing process again and again; returns the kills and what was found in the end."""
    connection = await made.connect()
    await connection.execute("CREATE TABLE bench_effect (subject text)")
    await _set(made, "killed", count, _BATCH)
    arguments = (made.url, (START + timedelta(minutes=2)).isoformat(), str(made.folder / "f"))
    kills = 0
    for part in range(1, _KILLS + 2):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench._fire", *arguments
        )
        while process.returncode is None:
            marks = await connection.fetchval("SELECT count(*) FROM bench_effect")
            if part <= _KILLS and marks >= count * part // (_KILLS + 1):
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                    kills += 1
                break
            await asyncio.sleep(0.005)
        await process.wait()
    found = await connection.fetchrow(
        "SELECT count(*) AS marks, count(DISTINCT subject) AS subjects, "
        "(SELECT count(*) FROM deadline WHERE state = 'open') AS open FROM bench_effect"
    )
    await connection.close()
    async with made.site.sessions() as session:
        chain = await verify(session)
    once = (found["marks"], found["subjects"], found["open"]) == (count, count, 0)
    if once and chain.broken_at is None:
        return kills, "each fired once, audit chain whole"
    return kills, f"MISSED: {found['marks']} effects of {found['subjects']} subjects, {chain}"


async def _main(*, quick: bool) -> None:
    count, jobs, killed = (5_000, 500, 3_000) if quick else (100_000, 5_000, 20_000)
    table = Table(
        f"Deadlines: {count:,} set and fired",
        ("what", "each, wall", "CPU", "database CPU", "a second", "times faster", "bound"),
    )
    async with bench() as made:
        deadlines = Deadlines(made.site)
        deadlines.on(KIND, nothing)
        stored, ran = await _baseline(made, jobs)
        few = count // 20
        single = (await made.timed(lambda: _set(made, "single", few, 1))).each(few)
        many = (await made.timed(lambda: _set(made, "many", count, _BATCH))).each(count)
        fired = await made.timed(lambda: _fire(made, deadlines, count + few))
        fired = fired.each(count + few)

        def add(what: str, span: Span, against: Span, bound: float) -> None:
            ratio = against.wall / span.wall
            shown = f">= {bound:g}: {verdict(ratio >= bound)}" if bound else ""
            table.add(
                what,
                ms(span.wall),
                ms(span.cpu),
                ms(span.database),
                f"{1 / span.wall:,.0f}",
                f"{ratio:.1f}" if span is not against else "1",
                shown,
            )

        add("set: APScheduler", stored, stored, 0)
        add("set: one a transaction", single, stored, 0)
        add(f"set: {_BATCH:,} a transaction", many, stored, 10)
        add("fire: APScheduler", ran, ran, 0)
        add("fire: sweep", fired, ran, 5)
        kills, outcome = await _killed(made, killed)
        table.notes.append(f"kill -9, {kills} times while {killed:,} were fired: {outcome}.")
        table.notes.append(f"APScheduler was measured with {jobs:,} jobs.")
        table.print(made.server_version)


if __name__ == "__main__":
    asyncio.run(_main(quick=options(__doc__).quick))

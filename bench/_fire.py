"""A process that fires deadlines until none is due; the benchmark kills it in the middle."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from bench._frame import quiet
from bot.storage.engine import make_engine, make_sessions
from bot.storage.files import local_files
from domain.clock import ManualClock
from domain.deadlines import Deadline
from domain.firing import Deadlines
from domain.work import Site, Work

#: The kind of the benchmark's deadlines.
KIND = "bench"

_EFFECT = text("INSERT INTO bench_effect (subject) VALUES (:subject)")


async def leave_a_mark(work: Work, deadline: Deadline) -> None:
    """An effect that can be counted: a table without a single constraint."""
    work.record(deadline.subject)
    await work.session.execute(_EFFECT, {"subject": deadline.subject})


async def fire_all(url: str, now: datetime, folder: Path) -> None:
    """Fire everything due at ``now``, batch by batch."""
    engine = make_engine(url)
    deadlines = Deadlines(Site(make_sessions(engine), ManualClock(now), local_files(folder)))
    deadlines.on(KIND, leave_a_mark)
    while await deadlines.fire_due():
        pass
    await engine.dispose()


if __name__ == "__main__":
    quiet()
    asyncio.run(fire_all(sys.argv[1], datetime.fromisoformat(sys.argv[2]), Path(sys.argv[3])))

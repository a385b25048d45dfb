"""The parts of a process, and how it ends: within a bound, whatever hangs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from scheduler.watch import Stuck
from scheduler.worker import Worker

log = structlog.get_logger(__name__)

#: Seconds for an end in good order: handlers and messages in hand are finished in these.
PATIENCE = 28.0
#: Seconds that whoever was cancelled after that has; both fit into the grace of a supervisor.
_LAST = 4.0
# Seconds between two cancellations: the first may be lost in a connection that is being made.
_AGAIN = 2.0
_NAMED = 20


@dataclass(frozen=True)
class Part:
    """What runs beside everything else: its loops are under the watchdog.

    ``end`` asks it to end by itself; a part without one is cancelled.
    """

    name: str
    run: Callable[[], Coroutine[object, object, None]]
    workers: Sequence[Worker]
    end: Callable[[], object] | None = None


async def end_parts(parts: Sequence[Part], tasks: Collection[asyncio.Task[None]]) -> None:
    """Ask each part to end, or cancel it, as well as the tasks that are no part."""
    gentle = {part.name for part in parts if part.end is not None}
    for part in parts:
        for worker in part.workers if part.end is None else ():
            worker.stop()
    asked = [part.end() for part in parts if part.end is not None]
    hard = [task for task in tasks if task.get_name() not in gentle]
    await asyncio.gather(
        _ended(hard),
        *(each for each in asked if isinstance(each, Awaitable)),
        *(task for task in tasks if task not in hard),
        return_exceptions=True,
    )


async def _ended(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Cancel them until each has ended; a library may have swallowed the first cancellation."""
    waiting = set(tasks)
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=_AGAIN)


async def end_within(
    work: Coroutine[object, object, None],
    patience: float = PATIENCE,
    last: float = _LAST,
) -> None:
    """Do the work of ending; raises Stuck when it has not come to its end in these seconds.

    By then everything that hangs stands in the log, by name and place, and has been cancelled.
    """
    before = asyncio.current_task()
    ending = asyncio.create_task(work, name="end")
    try:
        done, _ = await asyncio.wait({ending}, timeout=patience)
    except asyncio.CancelledError:
        ending.cancel()
        raise
    if done:
        await ending
        return
    hung = {task for task in asyncio.all_tasks() if task is not before}
    log.error("stop.hangs", seconds=patience, tasks=sorted(map(_place, hung))[:_NAMED])
    ending.cancel()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(last):
            await _ended(hung)
    raise Stuck("end")


def _place(task: asyncio.Task[Any]) -> str:
    """The name of a task and where it waits."""
    stack = task.get_stack(limit=1)
    where = f"{stack[0].f_code.co_qualname}:{stack[0].f_lineno}" if stack else "nowhere"
    return f"{task.get_name()} at {where}"

"""A monotonic clock whose sleepers wake at once, in the order of their instants."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Coroutine
from typing import TypeVar

T = TypeVar("T")


class VirtualTime:
    """Give ``monotonic`` and ``sleep`` to what is tested and run it with ``run``."""

    def __init__(self) -> None:
        self._now = 1000.0
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def monotonic(self) -> float:
        """Seconds."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Wait without waiting."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._order), future))
        await future

    async def run(self, *work: Coroutine[object, object, T]) -> list[T]:
        """Run all of it together; time moves only when everybody sleeps."""
        tasks = [asyncio.ensure_future(each) for each in work]
        while not all(task.done() for task in tasks):
            for _ in range(50):
                await asyncio.sleep(0)
            while self._sleepers and self._sleepers[0][2].done():
                heapq.heappop(self._sleepers)  # who is not waiting any more
            if self._sleepers and not all(task.done() for task in tasks):
                self._now, _, future = heapq.heappop(self._sleepers)
                future.set_result(None)
        return [task.result() for task in tasks]

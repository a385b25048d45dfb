"""The pool of connections, which tells how long each one was waited for."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry, QueuePool


class TimedPool(AsyncAdaptedQueuePool):
    """SQLAlchemy's pool; ``on_wait`` is told the seconds until a connection was there, or was
    not: a wait that ended in a time-out counts, too.
    """

    on_wait: Callable[[float], None] | None = None

    def _do_get(self) -> ConnectionPoolEntry:
        began = time.perf_counter()
        try:
            return super()._do_get()
        finally:
            if self.on_wait is not None:
                self.on_wait(time.perf_counter() - began)

    def recreate(self) -> QueuePool:
        """A pool like this one, which tells the same."""
        made = super().recreate()
        if isinstance(made, TimedPool):
            made.on_wait = self.on_wait
        return made

"""A thread that sees what no task can: that the event loop itself does not turn.

A blocked thread cannot be woken. Its stack is written into the log, so that the culprit is known,
and if it is still blocked as long again the process ends at once: everything durable stands in
the database, and the supervisor's next process goes on from there.
"""

from __future__ import annotations

import asyncio
import faulthandler
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable

import structlog

from scheduler.watch import SILENCE

log = structlog.get_logger(__name__)

#: The exit code of a process that ended because a part of it was stuck.
EXIT_STUCK = 70
_TICK = 1.0
# Seconds that the last words may take: the log itself may be what blocks.
_LAST_WORDS = 2.0


def end_at_once() -> None:
    """End the process without any tidying up, which could be stuck as well."""
    os._exit(EXIT_STUCK)


class LoopGuard:
    """Asks the loop for a sign of life each ``tick`` seconds, from a thread of its own.

    Silence is counted in ticks of this thread, not in time: a process that was stopped, or a
    machine that slept, begins to count anew. Code that holds the interpreter's own lock stops
    this thread, too: that only a supervisor can see from outside.
    """

    def __init__(
        self,
        silence: float = SILENCE,
        tick: float = _TICK,
        end: Callable[[], None] = end_at_once,
    ) -> None:
        self._allowed = max(1, round(silence / tick))
        self._tick = tick
        self._end = end
        self._over = threading.Event()
        self._alive = threading.Event()

    def start(self) -> None:
        """Begin to guard the running loop, whose thread calls this."""
        self._over.clear()
        loop, thread = asyncio.get_running_loop(), threading.get_ident()
        threading.Thread(
            target=self._guard, args=(loop, thread), name="loop guard", daemon=True
        ).start()

    def stop(self) -> None:
        """Guard no more."""
        self._over.set()

    def end_after(self, seconds: float) -> None:
        """End the process if it has not ended by itself so soon: tidying up may be stuck."""
        timer = threading.Timer(seconds, self._end)
        timer.daemon = True
        timer.start()

    def _guard(self, loop: asyncio.AbstractEventLoop, thread: int) -> None:
        missed, last = 0, time.monotonic()
        self._alive.set()
        while not self._over.wait(self._tick):
            now = time.monotonic()
            stood_still, last = now - last > 4 * self._tick + 1, now
            if self._alive.is_set() or stood_still:
                missed = 0
                self._alive.clear()
                try:
                    loop.call_soon_threadsafe(self._alive.set)
                except RuntimeError:  # the loop is closed: the process is about to end
                    return
                continue
            missed += 1
            if missed == self._allowed:
                _say(_blocked, thread, missed * self._tick)
            elif missed >= 2 * self._allowed:
                _say(_last_words)
                self._end()
                return


def _say(words: Callable[..., None], *about: float) -> None:
    """Let another thread say it, and wait for it only so long."""
    speaker = threading.Thread(target=words, args=about, daemon=True)
    speaker.start()
    speaker.join(_LAST_WORDS)


def _blocked(thread: int, seconds: float) -> None:
    frame = sys._current_frames().get(thread)
    stack = "".join(traceback.format_stack(frame)) if frame is not None else ""
    log.error("part.frozen", part="event loop", seconds=round(seconds), stack=stack)


def _last_words() -> None:
    log.error("part.stuck", part="event loop")
    faulthandler.dump_traceback(file=sys.stderr, all_threads=True)

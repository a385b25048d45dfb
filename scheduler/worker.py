"""The one loop of all workers: woken or by itself, at most once in a gap, through any trouble.

What is to be done always stands in a table, so a look that fails or is cancelled loses nothing:
the next one finds it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress

import structlog

from domain.waking import woken
from scheduler.watch import SILENCE, Pulse

log = structlog.get_logger(__name__)

_PAUSE = 1.0


def _is_no_outage(_error: BaseException) -> bool:
    return False


class Worker:
    """Calls ``act`` whenever it is woken, and by itself each ``poll`` seconds (None: never).

    Between two calls lie at least ``gap`` seconds, after a failure ``pause``. ``is_outage`` tells
    a trouble that will pass by itself, which is no mistake to be traced. A call may take
    ``patience`` seconds, more if it says ``pulse.turn()`` on its way; after that the watchdog
    shakes it. ``every`` says how often others wake it where it never looks by itself.
    ``at_once``: it begins with a call, before anybody wakes it.
    """

    def __init__(
        self,
        name: str,
        act: Callable[[], Awaitable[object]],
        *,
        poll: float | None = 1.0,
        gap: float = 0.0,
        pause: float = _PAUSE,
        every: float | None = None,
        patience: float = SILENCE,
        vital: bool = True,
        at_once: bool = True,
        is_outage: Callable[[BaseException], bool] = _is_no_outage,
    ) -> None:
        self._act = act
        self._poll = poll
        self._gap = gap
        self._pause = pause
        self._at_once = at_once
        self._is_outage = is_outage
        self.pulse = Pulse(name, every or poll or SILENCE, patience=patience, vital=vital)
        self._woken = asyncio.Event()
        self._ended = asyncio.Event()
        self._task: asyncio.Task[object] | None = None
        self._shaken = False
        self._failed = 0

    @property
    def stopping(self) -> bool:
        """Whether it was told to end."""
        return self._ended.is_set()

    def wake(self) -> None:
        """Say that there may be something to do."""
        self._woken.set()

    def stop(self) -> None:
        """Begin nothing more; ``run`` returns when the call in hand has ended."""
        self._ended.set()
        self._woken.set()

    def shake(self) -> None:
        """Cancel the call in hand, which has taken too long, and call again at once."""
        if self._task is not None and not self._task.done():
            self._shaken = True
            self._task.cancel()
        self.wake()

    def run(self) -> Coroutine[object, object, None]:
        """Work until ``stop``, also if that is before the first turn.

        Begins with a call if ``at_once``; survives whatever ``act`` raises.
        """
        self._ended.clear()
        if self._at_once:
            # What waits from before is not to wait for a wake-up.
            self._woken.set()
        return self._run()

    async def _run(self) -> None:
        self._task = asyncio.current_task()
        self.pulse.turn()
        try:
            while not self.stopping:
                try:
                    await self._turn()
                except asyncio.CancelledError:
                    if not self._was_shaken():
                        raise
        finally:
            self._task = None

    async def _turn(self) -> None:
        await woken(self._woken, self._poll)
        if self.stopping:
            return
        try:
            await self._act()
        except Exception as error:
            self._note(error)
            self.pulse.turn()
            await self._rest(self._pause)
        else:
            self._recover()
            self.pulse()
        await self._rest(self._gap)

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ended.wait()

    def _was_shaken(self) -> bool:
        """Whether a cancellation was the watchdog's alone; only then does the loop go on."""
        shaken, self._shaken = self._shaken, False
        return shaken and self._task is not None and self._task.uncancel() == 0

    def _note(self, error: Exception) -> None:
        """Log a failure: of many in a row the 1st, 2nd, 4th, 8th ..., and its traceback once."""
        self._failed += 1
        times = self._failed
        if times & (times - 1):
            return
        traced = times == 1 and not self._is_outage(error)
        kind = type(error).__name__
        log.warning(
            "worker.failed", worker=self.pulse.name, error=kind, times=times, exc_info=traced
        )

    def _recover(self) -> None:
        if self._failed:
            log.info("worker.recovered", worker=self.pulse.name, times=self._failed)
            self._failed = 0

"""What the driver and its processes share: one clock, and for each process its fuses.

A file in memory of whole numbers; the driver writes, the processes read (and count their fuses
down). The clock stands until the driver moves it, so days pass without anybody waiting.
"""

from __future__ import annotations

import mmap
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from pathlib import Path

_WIDTH = 16
_MOST = 8
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


class Fuse(IntEnum):
    """Where a process kills itself: at the so many-th of these from now on (0: nowhere)."""

    BEFORE_COMMIT = 1
    AFTER_COMMIT = 2
    #: When Telegram's answer to a message has come, before anybody is told of it.
    AFTER_ANSWER = 3


class Board:
    """The numbers; ``path`` is made by whoever comes first."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(8 * _WIDTH * (_MOST + 1)))
        with path.open("r+b") as file:
            self._memory = memoryview(mmap.mmap(file.fileno(), 0)).cast("q")

    def now(self) -> datetime:
        """The common instant, in UTC."""
        return _EPOCH + self._memory[0] * _TICK

    def set(self, instant: datetime) -> None:
        """Put the common clock to an instant (aware)."""
        self._memory[0] = (instant - _EPOCH) // _TICK

    def lay(self, replica: int, fuse: Fuse, count: int) -> None:
        """Lay a fuse in a process, or take it away (0)."""
        self._memory[_WIDTH * (replica + 1) + fuse] = count

    def burn(self, replica: int, fuse: Fuse) -> bool:
        """One more of these has come; says whether it is the one to die at."""
        place = _WIDTH * (replica + 1) + fuse
        left = self._memory[place]
        if left > 0:
            self._memory[place] = left - 1
        return left == 1

    def clear(self, replica: int) -> None:
        """Take all fuses of a process away."""
        for fuse in Fuse:
            self.lay(replica, fuse, 0)


class BoardClock:
    """The clock of the driver and of every process."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return self._board.now()

    def set(self, instant: datetime) -> None:
        """Put the clock to ``instant``."""
        self._board.set(instant)

    def advance(self, by: timedelta) -> None:
        """Move the clock."""
        self._board.set(self._board.now() + by)

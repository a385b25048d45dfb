"""The demo's clock: runs at the system's speed from wherever it was set; survives a restart."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from domain.clock import ShiftedClock, SystemClock


class DemoClock(ShiftedClock):
    """A ``ShiftedClock`` whose shift is kept in a file."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._system = SystemClock()
        if path.exists():
            seconds = float(path.read_text(encoding="ascii"))
            super().set(self._system.now() + timedelta(seconds=seconds))

    def set(self, instant: datetime) -> None:
        """Set the clock and remember by how much it differs from the system's."""
        super().set(instant)
        shift = (instant - self._system.now()).total_seconds()
        fresh = self._path.with_suffix(".new")
        fresh.write_text(f"{shift:.6f}", encoding="ascii")
        # A kill in between leaves the old file or the new one, never half of one.
        fresh.replace(self._path)

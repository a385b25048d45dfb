"""Who answers what people do: the process that keeps the limits of sending, before all others."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import InboxUpdate

# Seconds that an update is left to the keeper.
_LEFT = 1.0


class Left:
    """What a process may work: all while it ``keeps`` the limits, else what the keeper has left.

    A keeper may be dead, frozen, stopping or busy: what still waits after a second is anybody's.
    That is told by the order in which updates came, for no two clocks can be compared.
    """

    def __init__(self, keeps: Callable[[], bool], monotonic: Callable[[], float]) -> None:
        self._keeps = keeps
        self._monotonic = monotonic
        # The newest update when one last looked what waits for the keeper, and the time before.
        self._newest = self._upto = 0
        self._looked_at = float("-inf")

    async def upto(self, connection: AsyncConnection) -> int | None:
        """The id of the newest update that is ours to work; None where all are."""
        if self._keeps():
            return None
        now = self._monotonic()
        if now - self._looked_at >= _LEFT:
            newest = await connection.scalar(select(func.max(InboxUpdate.id)))
            self._upto, self._newest, self._looked_at = self._newest, newest or 0, now
        return self._upto

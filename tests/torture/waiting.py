"""What waits for a supplier: seen by somebody, or climbing from one to the next.

A chain of a confirmation wakes the company's head after two working hours, and tells the other
side and the administrators after two working days of 570 minutes, unless somebody has said that
they have seen it, or has acted.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from handlers.views.press import press
from tests.torture.model import Award
from tests.torture.stage import ADMIN, BUYER, MAKERS
from tests.torture.town import Town

#: Working minutes until the head is woken, and until the other side is told.
INSIDE, OUTSIDE = 120, 1140

_NUMBER = """
SELECT notice.id, notice.acked_at FROM notice JOIN person ON person.id = notice.person_id
WHERE notice.kind = 'award.selected' AND notice.subject = $1 AND person.telegram_id = $2
    AND notice.origin_id IS NULL
ORDER BY notice.id LIMIT 1
"""
_SILENT = """
SELECT count(DISTINCT person_id) AS told FROM notice JOIN person ON person.id = notice.person_id
WHERE notice.kind = 'escalation.silent' AND notice.subject = $1
    AND notice.params->>'category' = 'confirmation' AND person.telegram_id = ANY($2::bigint[])
"""


class Waiting:
    """An award that waits for its supplier."""

    def __init__(self, town: Town, award: Award) -> None:
        self._town, self._award = town, award
        self._subject = f"award:{award.number}"

    def after(self, minutes: int, more: int = 0) -> Callable[[], datetime]:
        """So many working minutes after the selection, and some minutes of the clock."""

        def when() -> datetime:
            found = self._town.ledger.days.minutes(self._award.started_at, minutes)
            return found + timedelta(minutes=more)

        return when

    @property
    def _runs(self) -> bool:
        award = self._award
        return award.outcome is None and self._town.latest < award.due

    def ended(self) -> None:
        """Somebody has seen it, or acted, now."""
        self._award.in_time |= self._town.latest < self.after(OUTSIDE)()

    async def seen(self) -> None:
        """The supplier's person says that they have seen it."""
        town, award = self._town, self._award
        if not self._runs or award.seen_at is not None:
            return
        person = MAKERS[town.stage.makers.index(award.maker)]
        number = (await town.look(_NUMBER, self._subject, person))["id"]
        query = await town.press(person, press("ack", number))
        await town.taken()

        async def noted() -> bool:
            return (await town.look(_NUMBER, self._subject, person))["acked_at"] is not None

        await town.answered(query, noted)
        await town.until(noted, f"{self._subject} was seen, and that is not on record")
        award.seen_at = town.clock.now()
        self.ended()

    async def climbs(self) -> None:
        """Nobody has said a word: the other side and the administrators are told."""
        town, award = self._town, self._award
        if not self._runs or award.seen_at is not None:
            return

        async def told() -> bool:
            row = await town.look(_SILENT, self._subject, [BUYER, ADMIN])
            return bool(row["told"] == 2) or not self._runs

        what = f"{self._subject}: nobody was told that it waits"
        await town.comes_about(told, what, self.after(OUTSIDE, 2)())
        award.climbed = award.climbed or self._runs

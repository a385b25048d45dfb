"""When a person may be woken: their own quiet hours, but for what is close to its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from domain.preferences.model import Preference
from domain.preferences.rules import CLOSE, QuietHours
from domain.work import Work


async def wakes_at(
    work: Work, people: Sequence[int], due_at: datetime | None
) -> dict[int, datetime]:
    """From when each of these people may be rung for what is due at ``due_at``.

    The first to be told have been told when the term began; whoever a step wakes has time until
    their quiet hours end, unless the term ends soon after them, or nobody knows when.
    """
    found = dict.fromkeys(people, work.now)
    if due_at is None:
        return found
    rows = await work.session.execute(
        select(
            Preference.person_id,
            Preference.quiet_from,
            Preference.quiet_until,
            Preference.quiet_days,
        ).where(Preference.person_id.in_(people), Preference.quiet_from.is_not(None))
    )
    for person, first, last, days in rows:
        if first is None or last is None:
            continue
        end = QuietHours(first, last, days).until(work.now)
        if end is not None and end + CLOSE < due_at:
            found[person] = end
    return found
